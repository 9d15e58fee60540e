//! The result of a limited budget: the builds that complete the most wanted roots.
//!
//! A root is *completed* if it installs once the chosen builds exist, so it needs all the builds of
//! its own least plan. If a root is an abstract want, any of several specs completes it, and the
//! spec is chosen together with the builds.
//!
//! The roots of the plan become items, and sets of builds become blocks (`reduce.rs`): roots that
//! install already or are beyond the budget are removed, specs with the same builds and builds
//! needed by the same specs are merged. `specplan_solver::budget` solves that, and `roots.rs`
//! translates the outcome of each want back to specs.

mod classes;
mod reduce;
mod roots;
mod task;
mod units;
mod wanted_by;

use specplan_solver::SearchLimits;
use specplan_solver::budget::{self, Solution};

use self::reduce::Reduced;
use self::roots::Roots;
pub use self::task::{Limit, Outcome, Spending, Want, WantGroup, WantOutcome};
use self::units::BudgetUnits;
use crate::graph::id::{Place, SpecId};
use crate::plan::Plan;

/// The items to buy, and their price.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// The plan of all specs that can complete a want: each of them is a root of it.
    pub plan: &'a Plan,
    /// The wants.
    pub groups: &'a [WantGroup],
    /// The amount that may be spent.
    pub limit: Limit,
}

/// The limit of the first search, for the best choice among the specs that are preferred without
/// limits.
const FIRST: SearchLimits = SearchLimits {
    nodes: Some(100),
    work: Some(50_000_000),
};

impl Budget<'_> {
    /// Chooses the builds, and which spec completes each want.
    ///
    /// `limits` end the search at the same place everywhere. `should_stop` is called now and then;
    /// once it returns true, the result is the best choice so far with a valid bound.
    ///
    /// # Complexity
    ///
    /// Exponential at worst, hence the limit on nodes. A node costs some minimum cuts in a network
    /// with at most n nodes and m edges, or some dozen walks over all pairs of an option and a set of
    /// builds that it needs. Memory: O(n + m), the sum of the sizes of all options' plans, and 100
    /// bytes a node.
    pub fn spend(&self, limits: SearchLimits, should_stop: &mut dyn FnMut() -> bool) -> Spending {
        let roots = Roots::new(
            self.plan,
            self.groups,
            BudgetUnits::new(self.plan, self.limit),
        );
        let problem = Reduced::new(self.plan, &roots, self.groups);
        let mut found;
        if problem.instance.is_plain() {
            found = budget::solve(&problem.instance, limits, &[], should_stop);
        } else {
            let groups: Vec<WantGroup> = self.groups.iter().map(taken_first).collect();
            let smaller = Reduced::new(self.plan, &roots, &groups);
            let solve_first = |limits, should_stop: &mut dyn FnMut() -> bool| {
                let first = budget::solve(&smaller.instance, limits, &[], should_stop);
                let chosen = smaller.places_of(&first.chosen);
                let paid = self.plan.rules.needed(&chosen);
                let completed = roots.completed(self.plan, &paid);
                let seed = problem.items_where(|place| {
                    let root = roots.position(self.plan.graph().id_at(place));
                    root.is_some_and(|root| completed[root])
                });
                (seed, first.upper_bound <= first.weight)
            };
            let (seed, is_best) = solve_first(
                SearchLimits {
                    nodes: at_most(FIRST.nodes, limits.nodes),
                    work: at_most(FIRST.work, limits.work),
                },
                should_stop,
            );
            found = budget::solve(&problem.instance, limits, &seed, should_stop);
            if found.cut.is_some() && !is_best {
                let (seed, _) = solve_first(limits, should_stop);
                budget::improve_by(&mut found, &problem.instance, &seed);
            }
        }
        roots.spending(
            self.plan,
            self.groups,
            &problem.places_of(&found.chosen),
            &found,
        )
    }

    /// The outcome of the wants once `chosen` install from the caches, and the further cost of the
    /// others. Nothing beyond its own worth is proven about it.
    ///
    /// Complexity: O(r / 256 (n + m)) for r options.
    pub fn given(&self, chosen: &[SpecId]) -> Spending {
        let roots = Roots::new(
            self.plan,
            self.groups,
            BudgetUnits::new(self.plan, self.limit),
        );
        let graph = self.plan.graph();
        let mut places = graph.no_places();
        places.extend(
            chosen
                .iter()
                .filter_map(|&spec| graph.place_of(spec))
                .map(Place::index),
        );
        roots.spending(self.plan, self.groups, &places, &Solution::nothing())
    }
}

/// A group reduced to the part that is preferred without limits.
fn taken_first(group: &WantGroup) -> WantGroup {
    let wants = group.sources.get(group.first).into_iter().flatten();
    let first = wants.map(|want| Want {
        options: want
            .first
            .and_then(|at| want.options.get(at).copied())
            .into_iter()
            .collect(),
        first: want.first.map(|_| 0),
    });
    WantGroup {
        sources: vec![first.collect()],
        first: 0,
    }
}

fn at_most(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
