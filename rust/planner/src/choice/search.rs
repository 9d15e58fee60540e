//! Branch and bound.
//!
//! A *node* is an instance with some items taken and some dropped. It is worked on in rounds:
//! reduce, bound, look for a solution, decide whatever the gap between bound and best solution
//! decides (an item whose unpaid cost closes the gap is not in a better solution), until a round
//! changes little. Parts that have nothing in common are solved one by one, the largest last.
//! What is left is branched on an item, and searched depth first; every node keeps its own reduced
//! instance, so that deep nodes are small.
//!
//! Nothing depends on time or on the order of anything but the instance itself, unless the caller
//! stops the search.

use std::sync::Arc;

use super::components::components;
use super::dual::{Accounts, Ascent, Bound, to_float};
use super::instance::Instance;
use super::limits::{Cut, Limiter};
use super::lists::{Lists, narrow};
use super::primal::{Draws, Holding};
use super::reduce::{Decisions, Reduced, reduce};

/// How much memory open nodes may take, in bytes.
const MOST_BYTES: usize = 1 << 30;

/// The search for the least solution of one instance.
pub(super) struct Search {
    root: Arc<Problem>,
    /// What the best solution costs, or what a solution has to beat.
    upper: u64,
    /// Solutions of this cost or more are not looked for; at most `upper`.
    cutoff: u64,
    /// No solution costs less; what is open may prove more.
    lower: u64,
    /// What the searches start from, unless nothing is left to be searched.
    start: Option<Arc<Start>>,
    /// The items of the best solution, by number of the root's instance.
    best: Option<Vec<u32>>,
    open: Vec<Node>,
    draws: Draws,
    /// Work spent on improving solutions.
    improving: u64,
    bytes: usize,
}

/// A part of the solutions that is still to be searched.
struct Node {
    problem: Arc<Problem>,
    decisions: Arc<Decisions>,
    /// An item, and whether it is taken.
    branch: Option<(u32, bool)>,
    lower: u64,
}

/// A root that is reduced as far as the first solution and bound allow.
struct Start {
    problem: Arc<Problem>,
    bound: Bound,
}

/// An instance, and how it came from the root's.
struct Problem {
    instance: Instance,
    accounts: Accounts,
    payments: Vec<f64>,
    /// The root's items that are taken.
    taken: Vec<u32>,
    /// What they cost.
    spent: u64,
    /// By item the root's items that it stands for.
    items: Lists,
}

impl Problem {
    fn root(instance: Instance) -> Self {
        let mut items = Lists::new();
        for item in 0..instance.item_count() {
            items.push([narrow(item)]);
        }
        let accounts = Accounts::new(&instance);
        Self {
            payments: accounts.even_shares(&instance),
            accounts,
            taken: Vec::new(),
            spent: 0,
            items,
            instance,
        }
    }

    fn smaller(&self, reduced: Reduced, payments: &[f64]) -> Self {
        let mut taken = self.taken.clone();
        for &item in &reduced.taken {
            taken.extend(self.items.row(item as usize));
        }
        let mut items = Lists::new();
        for group in reduced.items.rows() {
            items.push(
                group
                    .iter()
                    .flat_map(|&item| self.items.row(item as usize).iter().copied()),
            );
        }
        let accounts = Accounts::new(&reduced.instance);
        let payments = accounts.carried(
            &reduced.instance,
            &self.instance,
            &self.accounts,
            payments,
            &reduced.items,
            &reduced.alternatives,
        );
        Self {
            payments,
            accounts,
            taken,
            spent: self.spent + self.instance.cost_of(&reduced.taken),
            items,
            instance: reduced.instance,
        }
    }

    /// The root's items of a solution of this instance.
    fn all_items(&self, items: &[u32]) -> Vec<u32> {
        let mut all = self.taken.clone();
        for &item in items {
            all.extend(self.items.row(item as usize));
        }
        all
    }

    fn bytes(&self) -> usize {
        self.instance.bytes()
            + self.accounts.bytes()
            + 8 * self.payments.len()
            + 4 * self.taken.len()
            + self.items.bytes()
    }
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
        let mut ahead = ((self.upper - self.lower) / 16).max(1);
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

    /// What no solution beats: the best one's cost once nothing is open.
    pub(super) fn lower(&self) -> u64 {
        let open = self.open.iter().map(|node| node.lower).min();
        let proven = open.map_or(self.lower, |open| open.min(self.cutoff));
        proven.max(self.lower).min(self.upper)
    }

    /// What the best solution costs, or the limit that it had to beat.
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

    fn work_on(&mut self, node: Node, is_root: bool, limiter: &mut Limiter<'_>) {
        let mut decisions = (*node.decisions).clone();
        match node.branch {
            Some((item, true)) => decisions.taken.push(item),
            Some((item, false)) => decisions.dropped.push(item),
            None => {}
        }
        let mut problem = node.problem;
        let mut payments = problem.payments.clone();
        let mut lower = node.lower;
        let mut round = 0;
        loop {
            let effort = (if is_root { 200 } else { 10 }) * problem.instance.entry_count() as u64;
            limiter.work(effort / 8);
            let Some(reduced) = reduce(&problem.instance, &decisions, effort) else {
                return;
            };
            problem = Arc::new(problem.smaller(reduced, &payments));
            if problem.instance.want_count() == 0 {
                self.found(problem.spent, problem.taken.clone());
                return;
            }
            if problem.spent >= self.cutoff {
                return;
            }
            let effort = match (is_root, node.branch) {
                (true, _) => (3000, 1.0),
                (false, None) => (300, 0.2),
                (false, Some(_)) => (80, 0.2),
            };
            let bound = self.bound(&problem, effort, round, limiter);
            lower = lower.max(problem.spent + to_cost(bound.value));
            if lower >= self.cutoff {
                return;
            }
            let prices: Vec<f64> = bound.unpaid.iter().map(|unpaid| unpaid.max(1e-9)).collect();
            self.look_near(&problem, &prices, limiter);
            if lower >= self.cutoff {
                return;
            }
            decisions = self.decided(&problem, &bound);
            let size = problem.instance.item_count() + problem.instance.alternative_count();
            round += 1;
            payments.clone_from(&bound.payments);
            if 20 * decisions.len() > size && !limiter.is_over() {
                continue;
            }
            if is_root {
                self.lower = lower;
                self.start = Some(Arc::new(Start { problem, bound }));
                return;
            }
            match self.solve_parts(&problem, &bound, limiter) {
                Parts::One => {}
                Parts::Hopeless => return,
                Parts::Rest(rest) => {
                    problem = rest;
                    payments.clone_from(&problem.payments);
                    decisions = Decisions::default();
                    if problem.spent >= self.cutoff {
                        return;
                    }
                    continue;
                }
            }
            let item = branching_item(&problem.instance, &bound);
            let problem = Problem {
                payments: bound.payments,
                ..Arc::into_inner(problem).expect("a node's problem is its own until it branches")
            };
            self.bytes += problem.bytes();
            let problem = Arc::new(problem);
            let decisions = Arc::new(decisions);
            let takes_first = bound.share[item as usize] > 0.3;
            for takes in [!takes_first, takes_first] {
                self.open.push(Node {
                    problem: Arc::clone(&problem),
                    decisions: Arc::clone(&decisions),
                    branch: Some((item, takes)),
                    lower,
                });
            }
            return;
        }
    }

    fn bound(
        &self,
        problem: &Problem,
        (steps, agility): (usize, f64),
        round: usize,
        limiter: &mut Limiter<'_>,
    ) -> Bound {
        let upper = to_float(self.cutoff - problem.spent);
        // Later rounds begin close to where the first one ended.
        let (steps, agility) = match round {
            0 => (steps, agility),
            _ => (steps / 2, agility / 2.0),
        };
        let ascent = Ascent {
            steps,
            target: upper - 1.0 + 1e-6,
            upper,
            agility,
        };
        let payments = problem.payments.clone();
        problem
            .accounts
            .ascend(&problem.instance, payments, ascent, limiter)
    }

    /// What every solution that is better than the best has in common.
    fn decided(&self, problem: &Problem, bound: &Bound) -> Decisions {
        let instance = &problem.instance;
        let better = to_float(self.cutoff - problem.spent - 1);
        let gap = better - bound.value + 1e-7 * better.max(1.0);
        let mut decisions = Decisions::default();
        for (item, &unpaid) in bound.unpaid.iter().enumerate() {
            if unpaid > gap {
                decisions.dropped.push(narrow(item));
            } else if -unpaid > gap {
                decisions.taken.push(narrow(item));
            }
        }
        let regrets = problem.accounts.regrets(instance, &bound.payments);
        for (alternative, regret) in regrets.into_iter().enumerate() {
            let row = instance.alternatives.row(alternative);
            if row.len() == 1 {
                if regret + bound.unpaid[row[0] as usize].max(0.0) > gap {
                    decisions.closed.push(narrow(alternative));
                }
                continue;
            }
            let unpaid = row.iter().map(|&item| bound.unpaid[item as usize].max(0.0));
            if regret + unpaid.sum::<f64>() > gap {
                decisions.closed.push(narrow(alternative));
            }
        }
        decisions
    }

    /// Solves all parts of a problem but the largest.
    fn solve_parts(&self, problem: &Problem, bound: &Bound, limiter: &mut Limiter<'_>) -> Parts {
        let mut parts = components(&problem.instance);
        let Some(largest) = parts.pop() else {
            return Parts::One;
        };
        if parts.is_empty() {
            return Parts::One;
        }
        let mut rest = problem.smaller(largest, &bound.payments);
        for part in parts {
            let below = self.cutoff.saturating_sub(rest.spent);
            let mut search = Self::new(part.instance, below, limiter);
            search.run(limiter);
            if search.lower() < search.upper() {
                // Cut: the node stays open as it was.
                return Parts::One;
            }
            let Some(best) = search.best() else {
                return Parts::Hopeless;
            };
            rest.spent += search.upper();
            for &item in best {
                for &own in part.items.row(item as usize) {
                    rest.taken.extend(problem.items.row(own as usize));
                }
            }
        }
        Parts::Rest(Arc::new(rest))
    }
}

enum Parts {
    /// There is one part, or the search is over.
    One,
    /// No solution is better than the best.
    Hopeless,
    /// What is left when all other parts are solved.
    Rest(Arc<Problem>),
}

/// The least whole cost that is at least a bound.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bound is below 2^53, and not below 0 after the maximum"
)]
fn to_cost(bound: f64) -> u64 {
    bound.max(0.0).ceil() as u64
}

/// The item on which the relaxation is the least decided, the dearest first.
fn branching_item(instance: &Instance, bound: &Bound) -> u32 {
    let mut best = (f64::NEG_INFINITY, 0);
    for (item, &share) in bound.share.iter().enumerate() {
        let paid = to_float(instance.costs[item]) - bound.unpaid[item].max(0.0);
        let score = (0.05 + share.min(1.0 - share)) * (paid + 1e-9);
        if score > best.0 {
            best = (score, narrow(item));
        }
    }
    best.1
}
