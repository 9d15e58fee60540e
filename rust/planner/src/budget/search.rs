//! Branch and bound, best bound first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::greedy::{Choice, improve};
use super::instance::Instance;
use super::relaxation::{Price, Relaxation};
use crate::choice::{Cut, SearchLimits};

/// The best choice that was found, and what none exceeds.
pub(super) struct Found {
    /// By item, whether it is completed.
    pub(super) chosen: Vec<bool>,
    pub(super) weight: i128,
    pub(super) upper_bound: i128,
    pub(super) nodes: u64,
    pub(super) cut: Option<Cut>,
}

/// One decision, after the decisions of another node.
#[derive(Clone, Copy, Debug)]
struct Decision {
    before: Option<usize>,
    item: usize,
    is_taken: bool,
}

/// A part of the search that is still to be looked at. The heap gives the one with the largest
/// bound, of those the deepest, of those the one that takes, of those the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    bound: i128,
    depth: usize,
    is_taken: bool,
    number: usize,
    last: Option<usize>,
}

/// Finds the most valuable choice within the budget.
///
/// The answer follows from the instance and the limits alone, unless `should_stop` ends the
/// search.
pub(super) fn solve(
    instance: &Instance,
    limits: SearchLimits,
    should_stop: &mut dyn FnMut() -> bool,
) -> Found {
    let mut search = Search::new(instance, limits, should_stop);
    search.run(limits.nodes);
    Found {
        upper_bound: search.upper_bound.max(search.best.weight),
        weight: search.best.weight,
        chosen: search.best.taken(),
        nodes: search.nodes,
        cut: search.cut,
    }
}

struct Search<'i, 's> {
    instance: &'i Instance,
    should_stop: &'s mut dyn FnMut() -> bool,
    relaxation: Relaxation<'i>,
    best: Choice<'i>,
    decisions: Vec<Decision>,
    /// By decision, a price that was good before it.
    prices: Vec<Option<Price>>,
    open: BinaryHeap<Open>,
    upper_bound: i128,
    nodes: u64,
    cut: Option<Cut>,
}

impl<'i, 's> Search<'i, 's> {
    fn new(
        instance: &'i Instance,
        limits: SearchLimits,
        should_stop: &'s mut dyn FnMut() -> bool,
    ) -> Self {
        let mut greedy = Choice::new(instance);
        greedy.fill();
        let all: i128 = instance.weights.iter().sum();
        Self {
            instance,
            should_stop,
            relaxation: Relaxation::new(instance, limits.work.unwrap_or(u64::MAX)),
            best: greedy,
            decisions: Vec::new(),
            prices: Vec::new(),
            open: BinaryHeap::from([Open {
                bound: all,
                depth: 0,
                is_taken: true,
                number: 0,
                last: None,
            }]),
            upper_bound: all,
            nodes: 0,
            cut: None,
        }
    }

    fn run(&mut self, node_limit: Option<u64>) {
        while let Some(open) = self.open.pop() {
            // All that is still open is worth no more.
            self.upper_bound = open.bound;
            if open.bound <= self.best.weight {
                return;
            }
            if (self.should_stop)() {
                self.cut = Some(Cut::Stopped);
                return;
            }
            if self.relaxation.is_exhausted() {
                self.cut = Some(Cut::Work);
                return;
            }
            if node_limit == Some(self.nodes) {
                self.cut = Some(Cut::Nodes);
                return;
            }
            self.nodes += 1;
            self.expand(open);
        }
        self.upper_bound = self.best.weight;
    }

    fn expand(&mut self, open: Open) {
        let Some(choice) = self.choice(open.last) else {
            return;
        };
        let price = open.last.and_then(|last| self.prices[last]);
        let relaxed =
            self.relaxation
                .solve(&choice, self.best.weight, price, &mut *self.should_stop);
        let mut filled = choice.clone();
        for item in relaxed.within {
            filled.take(item);
        }
        filled.fill();
        if filled.weight > self.best.weight {
            self.best = filled;
        }
        if open.depth == 0 {
            let best = self.best.clone();
            self.best = improve(self.instance, best, &mut *self.should_stop);
        }
        let bound = relaxed.bound.min(open.bound);
        if bound <= self.best.weight {
            return;
        }
        // The dearest tells most about the rest.
        let item = relaxed.torn.into_iter().max_by_key(|&item| {
            let weight = self.instance.weights[item];
            (choice.extra[item], weight, Reverse(item))
        });
        let Some(item) = item.or_else(|| choice.free().next()) else {
            return;
        };
        for is_taken in [true, false] {
            self.decisions.push(Decision {
                before: open.last,
                item,
                is_taken,
            });
            self.prices.push(relaxed.price);
            let number = self.decisions.len() - 1;
            self.open.push(Open {
                bound,
                depth: open.depth + 1,
                is_taken,
                number,
                last: Some(number),
            });
        }
    }

    /// What is chosen after a row of decisions; `None` if they contradict each other or cost more
    /// than the budget.
    fn choice(&self, last: Option<usize>) -> Option<Choice<'i>> {
        let mut decisions = Vec::new();
        let mut next = last;
        while let Some(decision) = next.map(|at| self.decisions[at]) {
            decisions.push(decision);
            next = decision.before;
        }
        let mut choice = Choice::new(self.instance);
        // First what is taken: the less is missing of what is refused, the more is refused with it.
        for decision in decisions.iter().filter(|decision| decision.is_taken) {
            choice.take(decision.item);
        }
        let mut refused = decisions.iter().filter(|decision| !decision.is_taken);
        let is_possible = choice.left >= 0 && refused.all(|each| choice.refuse(each.item));
        choice.settle();
        is_possible.then_some(choice)
    }
}
