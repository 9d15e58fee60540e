//! The operation on one node.

use std::sync::Arc;

use super::super::components::components;
use super::super::dual::{Ascent, Bound};
use super::super::instance::Instance;
use super::super::join::{Joined, Room, Worth, has_candidates, join};
use super::super::lists::narrow;
use super::super::reduce::{Decisions, reduce};
use super::super::simplify::simplify;
use super::{Node, Problem, Search, Start};
use crate::limits::Limiter;
use crate::numbers::to_float;

/// The growth of wants before anything is known about their alternatives: little, as larger wants
/// make bounds more expensive.
const BEFORE_BOUND: Room = Room {
    alternatives: 16,
    growth: 8,
};

/// Their growth once a bound shows the promising alternatives.
const AFTER_BOUND: Room = Room {
    alternatives: 32,
    growth: 8,
};

impl Search {
    /// Reduces, bounds and decides in rounds; then branches, or keeps the starting point of the
    /// searches.
    pub(super) fn work_on(&mut self, node: Node, is_root: bool, limiter: &mut Limiter<'_>) {
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
            let Some(smaller) = simplified(&problem, &decisions, &payments, effort, limiter) else {
                return;
            };
            // The root's first payments prove too little.
            let joined = if round == 0 && is_root {
                Some(smaller)
            } else {
                self.joined(smaller, limiter)
            };
            let Some(joined) = joined else {
                return;
            };
            problem = Arc::new(joined);
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
            let prices = problem.accounts.prices(&problem.instance, &bound);
            self.look_near(&problem, &prices, limiter);
            if is_root && round < 2 {
                self.look_in_core(&problem, &bound, limiter);
            }
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
            self.branch(problem, bound, decisions, lower);
            return;
        }
    }

    fn branch(&mut self, problem: Arc<Problem>, bound: Bound, decisions: Decisions, lower: u64) {
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
    }

    /// Joins wants as far as the bound of their payments allows; `None` if no better solution is
    /// left.
    fn joined(&self, mut problem: Problem, limiter: &mut Limiter<'_>) -> Option<Problem> {
        while problem.spent < self.cutoff && has_candidates(&problem.instance, AFTER_BOUND) {
            let instance = &problem.instance;
            let bound = problem.evaluated(limiter);
            let gap = self.gap(&problem, &bound);
            let worth = Worth {
                regrets: &problem.accounts.regrets(instance, &bound.payments),
                unpaid: &bound.unpaid,
                gap,
            };
            let effort = 20 * instance.entry_count() as u64;
            let mut left = effort;
            let joined = join(instance, Some(worth), AFTER_BOUND, &mut left);
            let smaller = match joined {
                Joined::Nothing => None,
                Joined::Hopeless => return None,
                Joined::Smaller(joined) => {
                    let again = reduce(&joined.instance, &Decisions::default(), &mut left);
                    Some(joined.then(again?))
                }
            };
            limiter.work(4 * instance.entry_count() as u64 + effort - left);
            let Some(smaller) = smaller else {
                break;
            };
            problem = problem.smaller(smaller, &problem.payments);
        }
        Some(problem)
    }

    /// The cost of a better solution above a bound, at most.
    pub(super) fn gap(&self, problem: &Problem, bound: &Bound) -> f64 {
        let better = to_float(self.cutoff.saturating_sub(problem.spent + 1));
        better - bound.value + 1e-7 * better.max(1.0)
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
            _ => (steps / 2, agility / 32.0),
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

    /// The common part of all solutions that are better than the best.
    pub(super) fn decided(&self, problem: &Problem, bound: &Bound) -> Decisions {
        decided_by(problem, bound, self.gap(problem, bound))
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
                // On a cut the node stays open as it was.
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

/// A problem after decisions, with what follows from them; `None` if a want is left without an
/// alternative.
pub(super) fn simplified(
    problem: &Problem,
    decisions: &Decisions,
    payments: &[f64],
    effort: u64,
    limiter: &mut Limiter<'_>,
) -> Option<Problem> {
    let reduced = simplify(&problem.instance, decisions, effort, BEFORE_BOUND, limiter)?;
    Some(problem.smaller(reduced, payments))
}

/// The common part of all solutions with a limited cost above the bound.
pub(super) fn decided_by(problem: &Problem, bound: &Bound, gap: f64) -> Decisions {
    let instance = &problem.instance;
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
        let unpaid = row.iter().map(|&item| bound.unpaid[item as usize].max(0.0));
        if regret + unpaid.sum::<f64>() > gap {
            decisions.closed.push(narrow(alternative));
        }
    }
    decisions
}

enum Parts {
    /// There is only one part, or the search is over.
    One,
    /// No solution beats the best one.
    Hopeless,
    /// The rest after all other parts are solved.
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

/// The item on which the relaxation is least decided, the most expensive first.
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
