//! Branch and bound.
//!
//! A *node* is an instance with some items taken and some dropped. It is processed in rounds:
//! reduce, join wants, bound, look for a solution, fix everything that the gap between bound and
//! best solution decides (an item whose unpaid cost closes the gap is not in a better solution),
//! until a round changes little. Parts that have nothing in common are solved one by one, the
//! largest last. The rest is branched on an item, and searched depth first; every node keeps its
//! own reduced instance, so that deep nodes are small.
//!
//! Nothing depends on time or on the order of anything but the instance itself, unless the caller
//! stops the search.

mod dive;
mod node;
mod problem;

use std::sync::Arc;

use super::dual::Bound;
use super::instance::Instance;
use super::primal::{Draws, Holding};
use super::reduce::Decisions;
use crate::limits::{Cut, Limiter};
use crate::numbers::to_float;
use problem::Problem;

/// The memory that open nodes may take, in bytes.
const MOST_BYTES: usize = 1 << 30;

/// The search for the least solution of one instance.
pub(super) struct Search {
    root: Arc<Problem>,
    /// The cost of the best solution, or the cost to beat.
    upper: u64,
    /// The cost from which on solutions are not sought; at most `upper`.
    cutoff: u64,
    /// No solution costs less; open nodes may prove more.
    lower: u64,
    /// The starting point of the searches, unless nothing is left to search.
    start: Option<Arc<Start>>,
    /// The items of the best solution, by number of the root's instance.
    best: Option<Vec<u32>>,
    open: Vec<Node>,
    draws: Draws,
    /// Work spent on improving solutions.
    improving: u64,
    bytes: usize,
}

/// A part of the solutions that remains to be searched.
struct Node {
    problem: Arc<Problem>,
    decisions: Arc<Decisions>,
    /// An item, and whether it is taken.
    branch: Option<(u32, bool)>,
    lower: u64,
}

/// A root, reduced as far as the first solution and bound allow.
struct Start {
    problem: Arc<Problem>,
    bound: Bound,
}

impl Search {
    /// A search for solutions that cost less than `upper`. A first solution and a first bound are
    /// made at once.
    pub(super) fn new(instance: Instance, upper: u64, limiter: &mut Limiter<'_>) -> Self {
        let mut search = Self {
            root: Arc::new(Problem::root(instance)),
            upper,
            cutoff: upper,
            lower: 0,
            start: None,
            best: None,
            open: Vec::new(),
            draws: Draws::new(0),
            improving: 0,
            bytes: 0,
        };
        let root = Arc::clone(&search.root);
        if root.instance.want_count() == 0 {
            search.found(0, Vec::new());
            return search;
        }
        let prices = root.instance.costs.iter().map(|&cost| to_float(cost));
        search.look_near(&root, &prices.collect::<Vec<_>>(), limiter);
        let effort = 50_000 + 30 * root.instance.entry_count() as u64;
        search.improve(effort, limiter);
        let node = Node {
            problem: root,
            decisions: Arc::new(Decisions::default()),
            branch: None,
            lower: 0,
        };
        search.work_on(node, true, limiter);
        if search.start.is_none() {
            search.lower = search.upper;
        }
        search
    }

    /// Searches until the best solution is proven or the search is over.
    ///
    /// The better the solution to beat, the more the bounds decide. So the search is first for
    /// solutions that are close to the bound; if there are none, the bound is higher, and the next
    /// search is for solutions twice as far away.
    pub(super) fn run(&mut self, limiter: &mut Limiter<'_>) {
        let mut ahead = ((self.upper - self.lower) / 4).max(1);
        while let Some(start) = self.start.clone() {
            self.cutoff = self.upper.min(self.lower + ahead);
            if self.lower >= self.upper {
                return;
            }
            self.open.push(Node {
                decisions: Arc::new(self.decided(&start.problem, &start.bound)),
                problem: Arc::clone(&start.problem),
                branch: None,
                lower: self.lower,
            });
            self.search(limiter);
            if !self.open.is_empty() {
                return;
            }
            self.lower = self.cutoff;
            ahead *= 2;
        }
    }

    /// Searches below the cutoff until nothing is open or the search is over.
    fn search(&mut self, limiter: &mut Limiter<'_>) {
        while let Some(node) = self.open.pop() {
            if node.lower >= self.cutoff {
                self.forget(&node);
                continue;
            }
            if !limiter.enter_node() {
                self.open.push(node);
                return;
            }
            self.forget(&node);
            self.work_on(node, false, limiter);
            if self.bytes > MOST_BYTES {
                limiter.end(Cut::Memory);
            }
            // Part of the work goes into better solutions, as long as there are open nodes.
            if limiter.worked() > 6 * self.improving && !self.open.is_empty() {
                let effort = 20_000 + self.root.instance.entry_count() as u64;
                self.improve(effort, limiter);
            }
        }
    }

    /// The cost that no solution beats: that of the best one once nothing is open.
    pub(super) fn lower(&self) -> u64 {
        let open = self.open.iter().map(|node| node.lower).min();
        let proven = open.map_or(self.lower, |open| open.min(self.cutoff));
        proven.max(self.lower).min(self.upper)
    }

    /// The cost of the best solution, or the limit that it had to beat.
    pub(super) fn upper(&self) -> u64 {
        self.upper
    }

    /// The items of the best solution, if one was found.
    pub(super) fn best(&self) -> Option<&[u32]> {
        self.best.as_deref()
    }

    fn forget(&mut self, node: &Node) {
        if Arc::strong_count(&node.problem) == 1 {
            self.bytes -= node.problem.bytes();
        }
    }

    fn found(&mut self, cost: u64, items: Vec<u32>) {
        if cost < self.upper {
            self.upper = cost;
            self.cutoff = self.cutoff.min(cost);
            self.best = Some(items);
        }
    }

    /// Tries the solution that prices lead to.
    fn look_near(&mut self, problem: &Problem, prices: &[f64], limiter: &mut Limiter<'_>) {
        let mut holding = Holding::new(&problem.instance);
        holding.meet_all(prices);
        holding.prune_all(prices);
        limiter.work(holding.worked());
        if problem.spent + holding.cost() < self.upper {
            let items = problem.all_items(&holding.items());
            self.found(problem.spent + holding.cost(), items);
        }
    }

    /// Improves the best solution for a while.
    fn improve(&mut self, effort: u64, limiter: &mut Limiter<'_>) {
        let Some(best) = &self.best else {
            self.improving = limiter.worked();
            return;
        };
        let root = Arc::clone(&self.root);
        let mut holding = Holding::new(&root.instance);
        for &item in best {
            holding.hold(item);
        }
        if let Some(better) = holding.improve(effort, &mut self.draws, limiter) {
            self.found(root.instance.cost_of(&better), better);
        }
        self.improving += effort;
    }
}
