//! Good solutions from a core: the part that a bound leaves as most promising, solved separately.

use super::super::components::components;
use super::super::dual::Bound;
use super::node::{decided_by, simplified};
use super::{Problem, Search};
use crate::limits::Limiter;

/// The cores that are tried, each by a small part of the gap between bound and best solution.
const CORES: [f64; 3] = [256.0, 64.0, 16.0];

/// The minimum number of wants for cores: local search finds most solutions of small instances.
const FEWEST_WANTS: usize = 200;

impl Search {
    /// Looks for better solutions without everything that a small part of the gap excludes. The
    /// rest usually falls into many small parts. (Compare the core problems of Caprara, Fischetti
    /// and Toth, "A heuristic method for the set covering problem", 1999.)
    pub(super) fn look_in_core(
        &mut self,
        problem: &Problem,
        bound: &Bound,
        limiter: &mut Limiter<'_>,
    ) {
        if problem.instance.want_count() < FEWEST_WANTS {
            return;
        }
        for part in CORES {
            if self.gap(problem, bound) < 1.0 || limiter.is_over() {
                return;
            }
            let decisions = decided_by(problem, bound, self.gap(problem, bound) / part);
            let effort = 10 * problem.instance.entry_count() as u64;
            let core = simplified(problem, &decisions, &bound.payments, effort, limiter);
            // A core that lost too much has no solution, and one that lost too little is not
            // easier.
            if let Some(core) = core
                && 2 * core.instance.entry_count() <= problem.instance.entry_count()
            {
                self.solve_core(&core, limiter);
            }
        }
    }

    fn solve_core(&mut self, core: &Problem, limiter: &mut Limiter<'_>) {
        let mut items = core.taken.clone();
        for part in components(&core.instance) {
            let effort = 100_000 + 100 * part.instance.entry_count() as u64;
            let outer = limiter.push_work_limit(effort);
            let mut search = Self::new(part.instance, u64::MAX, limiter);
            search.run(limiter);
            limiter.pop_work_limit(outer);
            let Some(best) = search.best() else {
                return;
            };
            let own = best
                .iter()
                .flat_map(|&item| part.items.row(item as usize))
                .flat_map(|&item| core.items.row(item as usize));
            items.extend(own);
        }
        items.sort_unstable();
        items.dedup();
        self.found(self.root.instance.cost_of(&items), items);
    }
}
