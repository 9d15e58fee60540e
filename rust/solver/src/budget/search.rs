//! Branch and bound, best bound first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::greedy::improve;
use super::instance::Instance;
use super::partial_choice::PartialChoice;
use super::relaxation::{Relaxation, Start};
use super::sharing::{Payments, Sharing};
use super::solution::Solution;
use crate::limits::{Cut, SearchLimits};

/// The decisions.
#[derive(Clone, Copy, Debug)]
enum Matter {
    /// Whether an item is completed.
    Item(usize),
    /// Whether a block is paid for.
    Block(usize),
}

/// One decision, following the decisions of another node.
#[derive(Clone, Copy, Debug)]
struct Decision {
    before: Option<usize>,
    matter: Matter,
    is_taken: bool,
}

/// The method of finding bounds, as the instance allows.
enum Bounds<'i> {
    Cuts(Relaxation<'i>),
    Shares(Sharing<'i>),
}

impl Bounds<'_> {
    fn is_exhausted(&self) -> bool {
        match self {
            Self::Cuts(relaxation) => relaxation.is_exhausted(),
            Self::Shares(sharing) => sharing.is_exhausted(),
        }
    }
}

/// The starting point below a decision.
#[derive(Clone, Debug)]
enum Hint {
    Price(Start),
    Payments(Option<Payments>),
}

/// An open part of the search. The heap returns the one with the largest bound, then the deepest,
/// then the one that takes, then the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    bound: i128,
    depth: usize,
    is_taken: bool,
    number: usize,
    last: Option<usize>,
}

/// Finds the most valuable choice within the limits.
///
/// It is worth at least as much as the wants that the items of `seed` complete in the preferred
/// sources. The answer follows from the instance and `limits` alone, unless `should_stop` ends the
/// search.
///
/// # Complexity
///
/// Exponential at worst, hence the limits. A node costs some minimum cuts in the network of the
/// links, or some dozen walks over all pairs of an option and a block that it needs. Memory: that of
/// the instance, and 100 bytes a node.
pub fn solve(
    instance: &Instance,
    limits: SearchLimits,
    seed: &[usize],
    should_stop: &mut dyn FnMut() -> bool,
) -> Solution {
    let seed = instance.own_items(seed);
    let mut search = Search::new(instance, limits, &seed, should_stop);
    search.run(limits.nodes);
    Solution {
        upper_bound: search.upper_bound.max(search.best.weight),
        weight: search.best.weight,
        chosen: instance.asked_items(&search.best.taken()),
        nodes: search.nodes,
        cut: search.cut,
    }
}

/// Replaces a solution by some items, and others that fit beside them, if that is worth more.
pub fn improve_by(solution: &mut Solution, instance: &Instance, items: &[usize]) {
    let other = filled(instance, &instance.own_items(items));
    if other.weight > solution.weight {
        solution.weight = other.weight;
        solution.chosen = instance.asked_items(&other.taken());
        solution.upper_bound = solution.upper_bound.max(solution.weight);
    }
}

/// Some items, and others that fit beside them.
fn filled<'i>(instance: &'i Instance, items: &[usize]) -> PartialChoice<'i> {
    let mut choice = PartialChoice::new(instance);
    choice.take_all(items);
    choice.fill();
    choice
}

struct Search<'i, 's> {
    instance: &'i Instance,
    should_stop: &'s mut dyn FnMut() -> bool,
    bounds: Bounds<'i>,
    best: PartialChoice<'i>,
    decisions: Vec<Decision>,
    /// By decision, the starting point from before it, until it is searched.
    hints: Vec<Option<Hint>>,
    open: BinaryHeap<Open>,
    upper_bound: i128,
    nodes: u64,
    cut: Option<Cut>,
}

impl<'i, 's> Search<'i, 's> {
    fn new(
        instance: &'i Instance,
        limits: SearchLimits,
        seed: &[usize],
        should_stop: &'s mut dyn FnMut() -> bool,
    ) -> Self {
        let mut best = filled(instance, &[]);
        let other = filled(instance, seed);
        if other.weight >= best.weight {
            best = other;
        }
        let most_work = limits.work.unwrap_or(u64::MAX);
        let all = instance.worth.most();
        Self {
            instance,
            should_stop,
            bounds: if instance.is_plain {
                Bounds::Cuts(Relaxation::new(instance, most_work))
            } else {
                Bounds::Shares(Sharing::new(instance, most_work))
            },
            best,
            decisions: Vec::new(),
            hints: Vec::new(),
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
            // All open parts are worth no more.
            self.upper_bound = open.bound;
            if open.bound <= self.best.weight {
                return;
            }
            if (self.should_stop)() {
                self.cut = Some(Cut::Stopped);
                return;
            }
            if self.bounds.is_exhausted() {
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
        let hint = open.last.and_then(|last| self.hints[last].take());
        let Some(choice) = self.choice(open.last) else {
            return;
        };
        let best = self.best.weight;
        let (bound, filled, matter, hint) = match &mut self.bounds {
            Bounds::Cuts(relaxation) => {
                let start = match hint {
                    Some(Hint::Price(start)) => Some(start),
                    _ => None,
                };
                let relaxed = relaxation.solve(&choice, best, start, &mut *self.should_stop);
                let mut filled = choice.clone();
                filled.take_all(&relaxed.within);
                filled.fill();
                // Deciding the most expensive one decides most of the rest.
                let item = relaxed.torn.into_iter().max_by_key(|&item| {
                    let cost = self.instance.limit.weigh(choice.extra[item]);
                    (cost, choice.gain(item), Reverse(item))
                });
                let item = item.or_else(|| choice.free().next());
                let hint = Hint::Price(relaxed.start);
                (relaxed.bound, filled, item.map(Matter::Item), hint)
            }
            Bounds::Shares(sharing) => {
                let start = match hint {
                    Some(Hint::Payments(payments)) => payments,
                    _ => None,
                };
                let shared = sharing.solve(&choice, best, start.clone(), &mut *self.should_stop);
                sharing.forget(start);
                let mut filled = choice.clone();
                filled.source.clone_from(&shared.sources);
                let mut other = filled.clone();
                filled.take_all(&shared.promising);
                filled.fill();
                other.fill();
                if other.weight > filled.weight {
                    filled = other;
                }
                let hint = Hint::Payments(shared.payments);
                (shared.bound, filled, shared.torn.map(Matter::Block), hint)
            }
        };
        if filled.weight > self.best.weight {
            self.best = filled;
        }
        if open.depth == 0 {
            let best = self.best.clone();
            self.best = improve(self.instance, best, &mut *self.should_stop);
        }
        let bound = bound.min(open.bound);
        let Some(matter) = matter.filter(|_| bound > self.best.weight) else {
            return;
        };
        for is_taken in [true, false] {
            self.decisions.push(Decision {
                before: open.last,
                matter,
                is_taken,
            });
            self.hints.push(Some(hint.clone()));
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

    /// The choice after a sequence of decisions; `None` if they contradict each other or exceed the
    /// budget.
    fn choice(&self, last: Option<usize>) -> Option<PartialChoice<'i>> {
        let mut decisions = Vec::new();
        let mut next = last;
        while let Some(decision) = next.map(|at| self.decisions[at]) {
            decisions.push(decision);
            next = decision.before;
        }
        let mut choice = PartialChoice::new(self.instance);
        // Taken items first: the less is missing of refused items, the more is refused with them.
        for decision in decisions.iter().filter(|decision| decision.is_taken) {
            match decision.matter {
                Matter::Item(item) => choice.take(item),
                Matter::Block(block) => choice.buy(block),
            }
        }
        let mut refused = decisions.iter().filter(|decision| !decision.is_taken);
        let is_possible = choice.is_paid()
            && refused.all(|decision| match decision.matter {
                Matter::Item(item) => choice.refuse(item),
                Matter::Block(block) => choice.forbid(block),
            });
        choice.settle();
        is_possible.then_some(choice)
    }
}
