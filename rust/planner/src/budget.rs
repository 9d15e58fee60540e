//! What a limited budget buys: the builds that complete the most wanted roots.
//!
//! A root is *completed* if it installs once the chosen builds are there, so that it asks for all
//! the builds of its own least plan. Choosing roots whose builds together stay within the budget is
//! the set-union knapsack problem, which is NP-hard. Where a root is an abstract want, any of
//! several specs completes it, and which of them is decided together with what is bought. It is
//! solved exactly where that can be done (O. Goldschmidt, D. Nehme, G. Yu, "Note: On the set-union
//! knapsack problem", Naval Research Logistics 41, 1994, name the problem without alternatives), by
//!
//! 1. *reductions* (`instance.rs`): what installs already, what is beyond the budget and what
//!    another spec of the same want completes for no more is taken out; specs with the same builds,
//!    builds that the same specs need and wants with the same specs are taken together;
//! 2. a *bound*. Where each want has one spec: a price on the budget turns the choice into a closure
//!    of largest profit, which a minimum cut finds (`relaxation.rs`, `flow.rs`). Where wants have
//!    alternatives: the price of each build is shared among the wants that may need it
//!    (`sharing.rs`, `ascent.rs`). Two limits at once are mixed into one that both imply, or priced each;
//! 3. *branch and bound* (`search.rs`), best bound first, with a limit on nodes and a callback that
//!    can stop it. Stopped, it tells its best choice and what no choice can exceed.
//!
//! All that is proven is reckoned in whole numbers, so that nothing is decided by rounding.

mod amounts;
mod ascent;
mod classes;
mod flow;
mod greedy;
mod instance;
mod relaxation;
mod roots;
mod search;
mod sharing;
mod worth;

use self::amounts::Purse;
use self::instance::Instance;
use self::roots::Roots;
use self::search::Found;
use crate::choice::{Cut, SearchLimits};
use crate::id::SpecId;
use crate::rebuild::Plan;

/// What may be spent. Where both are limited, both limits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limit {
    /// So many builds; `None` for any number.
    pub builds: Option<u64>,
    /// So much cost; `None` for any. Costs that are not whole are taken to the millionth.
    pub cost: Option<f64>,
}

/// A root that any of some specs completes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The specs, the preferred first, each with what completing the root by it is worth: at most
    /// 10^9.
    pub options: Vec<(SpecId, u64)>,
    /// The position of the spec that would be taken if nothing was limited. No choice is returned
    /// that is worth less than the best one among these.
    pub first: Option<usize>,
}

impl Want {
    /// A root that is one spec.
    pub fn of(spec: SpecId, weight: u64) -> Self {
        Self {
            options: vec![(spec, weight)],
            first: Some(0),
        }
    }
}

/// Wants that are met together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What they can be met from: the wants of one source count, such as one lock that is taken as
    /// a whole. A want that stands alone is the only one of the only source.
    pub sources: Vec<Vec<Want>>,
    /// The source that would be taken if nothing was limited.
    pub first: usize,
}

impl Group {
    /// A want that stands alone.
    pub fn of(want: Want) -> Self {
        Self {
            sources: vec![vec![want]],
            first: 0,
        }
    }
}

/// What to buy and for how much.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// The plan of all specs that can complete a want: each of them is a root of it.
    pub plan: &'a Plan,
    /// What is wanted.
    pub groups: &'a [Group],
    /// What may be spent.
    pub limit: Limit,
}

/// What becomes of a want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The system provides it.
    External,
    /// It installs without any build.
    Installable,
    /// The chosen builds complete it.
    Completed,
    /// Each spec that completes it needs builds that are more than the budget.
    Beyond,
    /// Each spec that completes it needs a broken spec, or there is none.
    LeftOut,
    /// The budget goes to others.
    Outbid,
}

impl Outcome {
    /// The outcome as lower-case words joined by underscores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Installable => "installable",
            Self::Completed => "completed",
            Self::Beyond => "beyond",
            Self::LeftOut => "left_out",
            Self::Outbid => "outbid",
        }
    }
}

/// A want, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WantOutcome {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The position of a spec among its options: the one that completes it, or else the one that
    /// takes least more; `None` if it is left out.
    pub option: Option<usize>,
    /// How many builds that takes beside what is chosen.
    pub more_builds: u64,
    /// What these cost.
    pub more_cost: f64,
}

/// What the budget buys.
#[derive(Clone, Debug, PartialEq)]
pub struct Spending {
    /// By group, the position of the source that counts.
    pub sources: Vec<usize>,
    /// By group, what becomes of the wants of that source.
    pub wants: Vec<Vec<WantOutcome>>,
    /// What the completed wants are worth.
    pub weight: u64,
    /// What no choice within the budget can exceed. Where sources compete, what installs without any
    /// build counts for them, less what of the chosen ones does.
    pub upper_bound: u64,
    /// How many builds are chosen.
    pub builds: u64,
    /// What they cost.
    pub cost: f64,
    /// How many nodes were looked at.
    pub nodes: u64,
    /// Why the search ended before the choice was proven to be worth most.
    pub cut: Option<Cut>,
}

impl Spending {
    /// Whether no choice within the budget is worth more.
    pub const fn is_optimal(&self) -> bool {
        self.weight == self.upper_bound
    }
}

/// How long may be searched, at first, for what is best among the specs that would be taken if
/// nothing was limited.
const FIRST: SearchLimits = SearchLimits {
    nodes: Some(100),
    work: Some(50_000_000),
};

impl Budget<'_> {
    /// Chooses the builds, and which spec completes each want.
    ///
    /// `limits` cut the search at the same place everywhere.
    /// `should_stop` is asked now and then; once it says so, the best choice so far is returned
    /// with a bound that holds.
    ///
    /// # Complexity
    ///
    /// Exponential at worst, hence the limit on nodes. A node costs some minimum cuts in a network
    /// with at most n nodes and m edges, or some dozen walks over all pairs of an option and a set of
    /// builds that it needs. Memory: O(n + m), the sum of the sizes of all options' plans, and 100
    /// bytes a node.
    pub fn spend(&self, limits: SearchLimits, should_stop: &mut dyn FnMut() -> bool) -> Spending {
        let roots = Roots::new(self.plan, self.groups, Purse::new(self.plan, self.limit));
        let instance = Instance::new(self.plan, &roots, self.groups);
        let mut found;
        if instance.is_plain {
            found = search::solve(&instance, limits, &[], should_stop);
        } else {
            let groups: Vec<Group> = self.groups.iter().map(taken_first).collect();
            let smaller = Instance::new(self.plan, &roots, &groups);
            let solve_first = |limits, should_stop: &mut dyn FnMut() -> bool| {
                let first = search::solve(&smaller, limits, &[], should_stop);
                let chosen = smaller.places_of(&first.chosen);
                let paid = self.plan.rules.needed(&chosen);
                let completed = roots.completed(self.plan, &paid);
                let seed = instance.items_where(|place| {
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
            found = search::solve(&instance, limits, &seed, should_stop);
            if found.cut.is_some() && !is_best {
                let (seed, _) = solve_first(limits, should_stop);
                found.improve_by(&instance, &seed);
            }
        }
        self.told(&roots, &instance, &found)
    }

    /// What becomes of the wants once `chosen` install from the caches, and what the others take
    /// beside that. No more is proven of it than that it is worth as much as it is.
    ///
    /// Complexity: O(r / 256 (n + m)) for r options.
    pub fn given(&self, chosen: &[SpecId]) -> Spending {
        let roots = Roots::new(self.plan, self.groups, Purse::new(self.plan, self.limit));
        let graph = self.plan.graph();
        let mut places = graph.no_places();
        places.extend(
            chosen
                .iter()
                .filter_map(|&spec| graph.place_of(spec))
                .map(crate::id::Place::index),
        );
        roots.spending(self.plan, self.groups, &places, &Found::nothing())
    }

    fn told(&self, roots: &Roots, instance: &Instance, found: &Found) -> Spending {
        roots.spending(
            self.plan,
            self.groups,
            &instance.places_of(&found.chosen),
            found,
        )
    }
}

/// A group of which only that is left which would be taken if nothing was limited.
fn taken_first(group: &Group) -> Group {
    let wants = group.sources.get(group.first).into_iter().flatten();
    let first = wants.map(|want| Want {
        options: want
            .first
            .and_then(|at| want.options.get(at).copied())
            .into_iter()
            .collect(),
        first: want.first.map(|_| 0),
    });
    Group {
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
