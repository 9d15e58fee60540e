//! Laws of what a budget buys, against brute force over all sets of roots.

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::naive::Specs;
use specplan_planner::{
    Budget, Edge, EdgeKinds, Limit, OpenReason, Plan, Scope, SearchLimits, SpecId, SpecSet,
    Spending,
};

use crate::world::{World, permutation, specs, world};

const PLENTY: u64 = 10_000;

/// A world with many roots, and what each spec is worth as a root.
fn market(most: usize) -> impl Strategy<Value = (World, Vec<u64>)> {
    world(most).prop_flat_map(|world| {
        let top = u32::try_from(world.len()).unwrap();
        let weights = vec(1..4_u64, world.len());
        (Just(world), vec(0..top, 0..=7), weights).prop_map(|(mut world, roots, weights)| {
            world.roots = roots;
            (world, weights)
        })
    })
}

/// A world where each root needs some of a few builds, so that roots compete and share.
fn contest() -> impl Strategy<Value = (World, Vec<u64>)> {
    const BUILDS: u32 = 7;
    const ROOTS: u32 = 7;
    let count = (BUILDS + ROOTS) as usize;
    let edges = vec((0..BUILDS, BUILDS..BUILDS + ROOTS), 3 * ROOTS as usize);
    let costs = vec(1..12_u32, BUILDS as usize);
    (edges, costs, vec(1..5_u64, count)).prop_map(move |(edges, costs, weights)| {
        let none = vec![false; count];
        let edges = edges.into_iter().map(|(dependency, dependent)| Edge {
            dependent: SpecId::new(dependent),
            dependency: SpecId::new(dependency),
            kinds: EdgeKinds::LINK,
        });
        let mut available = none.clone();
        available[BUILDS as usize..].fill(true);
        let mut costs: Vec<f64> = costs.into_iter().map(f64::from).collect();
        costs.resize(count, 1.0);
        let world = World {
            ranks: (0..BUILDS + ROOTS).collect(),
            edges: edges.collect(),
            available,
            external: none.clone(),
            roots: (BUILDS..BUILDS + ROOTS).collect(),
            changed: none.clone(),
            broken: none,
            costs,
        };
        (world, weights)
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0..8_u64).prop_map(Limit::Builds),
        (0..20_u32).prop_map(|cost| Limit::Cost(f64::from(cost))),
    ]
}

fn spend(plan: &Plan, weights: &[u64], limit: Limit, node_limit: u64) -> Spending {
    let weights: Vec<(SpecId, u64)> = (0..)
        .map(SpecId::new)
        .zip(weights.iter().copied())
        .collect();
    let budget = Budget {
        plan,
        weights: &weights,
        limit,
    };
    let limits = SearchLimits {
        nodes: Some(node_limit),
        work: None,
    };
    budget.spend(limits, &mut || false)
}

/// What completing `roots` takes, as the limit counts.
fn price(world: &World, roots: &Specs, limit: Limit) -> f64 {
    let builds = world
        .model()
        .plan(&world.model().wants(roots, Scope::Roots));
    let cost = |&build: &u32| match limit {
        Limit::Builds(_) => 1.0,
        Limit::Cost(_) => world.costs[build as usize],
    };
    builds.iter().map(cost).sum()
}

fn allowed(limit: Limit) -> f64 {
    match limit {
        Limit::Builds(builds) => f64::from(u32::try_from(builds).unwrap()),
        Limit::Cost(cost) => cost,
    }
}

/// The roots that are no externals.
fn roots(world: &World) -> Vec<u32> {
    let roots = world.root_specs().into_iter();
    roots
        .filter(|&root| !world.external[root as usize])
        .collect()
}

/// What the best set of roots within the budget is worth, those that install already counted out.
fn best(world: &World, weights: &[u64], limit: Limit) -> u64 {
    let open: Vec<u32> = roots(world)
        .into_iter()
        .filter(|&root| !world.model().plan(&Specs::from([root])).is_empty())
        .collect();
    let sets = (0..1_u32 << open.len()).map(|bits| {
        (0..)
            .zip(&open)
            .filter(|(at, _)| bits >> at & 1 == 1)
            .map(|(_, &root)| root)
            .collect()
    });
    sets.filter(|set: &Specs| price(world, set, limit) <= allowed(limit))
        .map(|set| set.iter().map(|&root| weights[root as usize]).sum())
        .max()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_set_of_roots_within_the_budget_is_worth_more(
        (world, weights) in market(12), limit in limit(),
    ) {
        let spending = spend(&world.plan(Scope::Roots), &weights, limit, PLENTY);
        prop_assert_eq!(spending.weight, best(&world, &weights, limit));
        prop_assert!(spending.is_optimal());
    }

    #[test]
    fn no_set_of_roots_that_compete_is_worth_more(
        (world, weights) in contest(), cost in 0..40_u32,
    ) {
        let limit = Limit::Cost(f64::from(cost));
        let spending = spend(&world.plan(Scope::Roots), &weights, limit, PLENTY);
        prop_assert_eq!(spending.weight, best(&world, &weights, limit));
        prop_assert!(spending.is_optimal());
    }

    #[test]
    fn a_contest_that_is_cut_short_tells_a_bound_that_holds(
        (world, weights) in contest(), cost in 0..40_u32, most_nodes in 0..4_u64,
    ) {
        let limit = Limit::Cost(f64::from(cost));
        let plan = world.plan(Scope::Roots);
        let whole = spend(&plan, &weights, limit, PLENTY);
        let cut = spend(&plan, &weights, limit, most_nodes);
        prop_assert!(cut.weight <= whole.weight && whole.weight <= cut.upper_bound);
        prop_assert_eq!(cut.is_optimal() || cut.nodes == most_nodes, true);
    }

    #[test]
    fn what_is_told_is_true((world, weights) in market(12), limit in limit()) {
        let spending = spend(&world.plan(Scope::Runtime), &weights, limit, PLENTY);
        let completed = specs(spending.completed.iter().copied());
        let installable = specs(spending.installable.iter().copied());
        let open = specs(spending.open.iter().map(|root| root.root));
        let all: Specs = completed.iter().chain(&installable).chain(&open).copied().collect();
        prop_assert_eq!(completed.len() + installable.len() + open.len(), all.len());
        prop_assert_eq!(all, roots(&world).into_iter().collect());
        prop_assert_eq!(spending.weight, completed.iter().map(|&root| weights[root as usize]).sum());
        prop_assert_eq!(spending.spent, price(&world, &completed, limit));
        prop_assert!(spending.spent <= allowed(limit));
        prop_assert_eq!(price(&world, &installable, Limit::Builds(0)), 0.0);
        for root in &spending.open {
            let mut more = completed.clone();
            more.insert(root.root.get());
            let cost = price(&world, &more, limit);
            prop_assert_eq!(root.more, Some(cost - spending.spent));
            prop_assert!(cost > allowed(limit), "nothing that fits is left");
            let alone = price(&world, &Specs::from([root.root.get()]), limit);
            let reason = if alone > allowed(limit) { OpenReason::Beyond } else { OpenReason::Outbid };
            prop_assert_eq!(root.reason, reason);
        }
        prop_assert!(spending.open.windows(2).all(|pair| pair[0].more <= pair[1].more));
    }

    #[test]
    fn a_larger_budget_never_completes_less((world, weights) in market(14), builds in 0..8_u64) {
        let plan = world.plan(Scope::Roots);
        let less = spend(&plan, &weights, Limit::Builds(builds), PLENTY);
        let more = spend(&plan, &weights, Limit::Builds(builds + 1), PLENTY);
        prop_assert!(less.weight <= more.weight);
    }

    #[test]
    fn a_search_that_is_cut_short_tells_a_bound_that_holds(
        (world, weights) in market(12), limit in limit(), most_nodes in 0..3_u64,
    ) {
        let plan = world.plan(Scope::Roots);
        let best = best(&world, &weights, limit);
        let cut = spend(&plan, &weights, limit, most_nodes);
        prop_assert!(cut.weight <= best && best <= cut.upper_bound);
        prop_assert!(cut.nodes <= most_nodes);
        let named: Vec<(SpecId, u64)> = (0..).map(SpecId::new).zip(weights.iter().copied()).collect();
        let budget = Budget { plan: &plan, weights: &named, limit };
        let stopped = budget.spend(SearchLimits::default(), &mut || true);
        prop_assert!(stopped.weight <= best && best <= stopped.upper_bound);
        prop_assert!(stopped.spent <= allowed(limit));
        let tired = budget.spend(SearchLimits { nodes: None, work: Some(1) }, &mut || false);
        prop_assert!(tired.weight <= best && best <= tired.upper_bound);
    }

    #[test]
    fn a_root_that_needs_a_broken_spec_is_left_out((world, weights) in market(12)) {
        let mut task = world.task(Scope::Roots);
        task.broken = SpecSet::from_flags(&world.broken);
        let plan = Plan::new(task).unwrap();
        let spending = spend(&plan, &weights, Limit::Builds(100), PLENTY);
        let lost = spending.open.iter().filter(|root| root.reason == OpenReason::LeftOut);
        let lost: Specs = lost.map(|root| root.root.get()).collect();
        prop_assert_eq!(lost, specs(plan.left_out().wants.iter().copied()));
        prop_assert!(spending.open.iter().all(|root| root.more.is_none()));
    }

    #[test]
    fn other_numbers_change_no_choice(
        ((world, weights), names) in market(12).prop_flat_map(|market| {
            let names = permutation(market.0.len());
            (Just(market), names)
        }),
        limit in limit(),
    ) {
        let one = spend(&world.plan(Scope::Roots), &weights, limit, PLENTY);
        let moved = crate::world::permuted(&weights, &names);
        let other = spend(&world.relabelled(&names).plan(Scope::Roots), &moved, limit, PLENTY);
        let renamed = |ids: &[SpecId]| ids.iter().map(|id| SpecId::new(names[id.index()])).collect::<Vec<_>>();
        prop_assert_eq!(renamed(&one.completed), other.completed);
        prop_assert_eq!(renamed(&one.installable), other.installable);
        prop_assert_eq!(one.nodes, other.nodes);
    }
}
