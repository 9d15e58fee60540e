//! Laws of budgets, compared with brute force over all sets of roots.

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::reference::Specs;
use specplan_planner::{
    Budget, Edge, EdgeKinds, Limit, Outcome, Plan, Scope, SearchLimits, SpecId, SpecSet, Spending,
    Want, WantGroup, WantOutcome,
};

use crate::world::{World, permutation, specs, world};

const PLENTY: u64 = 10_000;

/// A world with many roots, and the worth of each spec as a root.
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

const fn of_builds(builds: u64) -> Limit {
    Limit {
        builds: Some(builds),
        cost: None,
    }
}

fn of_cost(cost: u32) -> Limit {
    Limit {
        builds: None,
        cost: Some(f64::from(cost)),
    }
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0..8_u64).prop_map(of_builds),
        (0..20_u32).prop_map(of_cost),
        (0..8_u64, 0..20_u32).prop_map(|(builds, cost)| Limit {
            builds: Some(builds),
            cost: Some(f64::from(cost)),
        }),
    ]
}

fn limited(nodes: u64) -> SearchLimits {
    SearchLimits {
        nodes: Some(nodes),
        work: None,
    }
}

/// The result of a budget for the roots of a world.
struct Bought {
    reported: Spending,
    roots: Vec<u32>,
}

impl Bought {
    fn with(&self, outcomes: &[Outcome]) -> Specs {
        let reported = self.roots.iter().zip(&self.reported.wants);
        reported
            .filter(|(_, wants)| outcomes.contains(&wants[0].outcome))
            .map(|(&root, _)| root)
            .collect()
    }

    fn open(&self) -> Vec<(u32, WantOutcome)> {
        let reported = self.roots.iter().zip(&self.reported.wants);
        let all = reported.map(|(&root, wants)| (root, wants[0]));
        all.filter(|(_, want)| {
            matches!(
                want.outcome,
                Outcome::Beyond | Outcome::LeftOut | Outcome::Outbid
            )
        })
        .collect()
    }
}

/// The roots of a plan as wants that stand alone, with their worths.
fn alone(roots: &[u32], weights: &[u64]) -> Vec<WantGroup> {
    let want = |&root: &u32| Want::of(SpecId::new(root), weights[root as usize]);
    roots.iter().map(want).map(WantGroup::of).collect()
}

fn spend(world: &World, plan: &Plan, weights: &[u64], limit: Limit, node_limit: u64) -> Bought {
    let roots: Vec<u32> = world.root_specs().into_iter().collect();
    let groups = alone(&roots, weights);
    let budget = Budget {
        plan,
        groups: &groups,
        limit,
    };
    Bought {
        reported: budget.spend(limited(node_limit), &mut || false),
        roots,
    }
}

/// The builds needed to complete `roots`, and their cost.
fn price(world: &World, roots: &Specs) -> (u64, f64) {
    let builds = world
        .model()
        .plan(&world.model().wants(roots, Scope::Roots));
    let cost = builds.iter().map(|&build| world.costs[build as usize]);
    (builds.len() as u64, cost.sum())
}

fn is_within((builds, cost): (u64, f64), limit: Limit) -> bool {
    limit.builds.is_none_or(|most| builds <= most) && limit.cost.is_none_or(|most| cost <= most)
}

/// The roots that are not externals.
fn roots(world: &World) -> Vec<u32> {
    let roots = world.root_specs().into_iter();
    roots
        .filter(|&root| !world.external[root as usize])
        .collect()
}

/// The worth of the best set of roots within the budget, without those that install already.
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
    sets.filter(|set: &Specs| is_within(price(world, set), limit))
        .map(|set| set.iter().map(|&root| weights[root as usize]).sum())
        .max()
        .unwrap()
}

fn auction() -> impl Strategy<Value = Auction> {
    let contest = contest().prop_map(|(world, _)| world);
    prop_oneof![world(11), contest].prop_flat_map(|world| {
        let top = u32::try_from(world.len()).unwrap();
        let want = (vec((0..top, 1..3_u64), 1..=3), prop::option::of(0..3_usize));
        let want = want.prop_map(|(options, first)| Want {
            first: first.filter(|&at| at < options.len()),
            options: options
                .into_iter()
                .map(|(spec, worth)| (SpecId::new(spec), worth))
                .collect(),
        });
        let source = vec(want.clone(), 1..=2);
        let several = (vec(source, 2..=2), 0..2_usize);
        let group = prop_oneof![
            3 => want.prop_map(WantGroup::of),
            1 => several.prop_map(|(sources, first)| WantGroup { sources, first }),
        ];
        (Just(world), vec(group, 1..=4)).prop_map(|(world, groups)| Auction { world, groups })
    })
}

/// A world, and groups of wants that some of its specs can complete.
#[derive(Clone, Debug)]
struct Auction {
    world: World,
    groups: Vec<WantGroup>,
}

impl Auction {
    /// The plan of all options.
    fn plan(&self) -> Plan {
        let mut world = self.world.clone();
        let wants = self
            .groups
            .iter()
            .flat_map(|group| group.sources.iter().flatten());
        world.roots = wants
            .flat_map(|want| want.options.iter().map(|(spec, _)| spec.get()))
            .collect();
        let mut task = world.task(Scope::Roots);
        task.broken = SpecSet::from_flags(&world.broken);
        Plan::new(task).unwrap()
    }

    fn spend(&self, plan: &Plan, limit: Limit, limits: SearchLimits) -> Spending {
        let budget = Budget {
            plan,
            groups: &self.groups,
            limit,
        };
        budget.spend(limits, &mut || false)
    }

    /// The worth of a want that installs without any build.
    fn there(&self, plan: &Plan, want: &Want) -> Option<u64> {
        let mut options = want.options.iter();
        let found = options.find(|(spec, _)| {
            self.is_possible(plan, *spec) && price(&self.world, &Specs::from([spec.get()])).0 == 0
        });
        found.map(|&(_, worth)| worth)
    }

    fn is_possible(&self, plan: &Plan, spec: SpecId) -> bool {
        self.world.external[spec.index()] || !plan.left_out().wants.contains(&spec)
    }

    /// The completed roots and those that install anyway, with all statements about them checked.
    fn counted(&self, plan: &Plan, spending: &Spending, limit: Limit) -> (u64, u64) {
        let mut bought = Specs::new();
        let (mut worth, mut there) = (0, 0);
        for ((group, &source), reported) in self
            .groups
            .iter()
            .zip(&spending.sources)
            .zip(&spending.wants)
        {
            let wants = &group.sources[source];
            assert_eq!(wants.len(), reported.len());
            for (want, reported) in wants.iter().zip(reported) {
                let option = reported.option.map(|at| want.options[at]);
                match reported.outcome {
                    Outcome::External | Outcome::Installable => {
                        assert_eq!(self.there(plan, want), option.map(|(_, value)| value));
                        // For wants that stand alone there is no choice.
                        there += option.map_or(0, |(_, value)| value);
                    }
                    Outcome::Completed => {
                        let (spec, value) = option.expect("something completes it");
                        assert!(self.is_possible(plan, spec));
                        bought.insert(spec.get());
                        worth += value;
                    }
                    Outcome::LeftOut => assert!(option.is_none()),
                    Outcome::Beyond | Outcome::Outbid => assert!(reported.more_builds > 0),
                }
            }
        }
        let spent = price(&self.world, &bought);
        assert!(is_within(spent, limit));
        assert_eq!((spending.builds, spending.cost), spent);
        assert_eq!(spending.weight, worth);
        (worth, there)
    }

    /// The worth of the best choice, including the roots that install anyway, by trying every
    /// source of every group and every option of every want.
    fn best(&self, plan: &Plan, limit: Limit, is_first_only: bool) -> u64 {
        let mut best = 0;
        let mut todo = vec![(0, Specs::new(), 0)];
        while let Some((at, bought, worth)) = todo.pop() {
            if !is_within(price(&self.world, &bought), limit) {
                continue;
            }
            let Some(group) = self.groups.get(at) else {
                best = best.max(worth);
                continue;
            };
            for (source, wants) in group.sources.iter().enumerate() {
                if is_first_only && source != group.first {
                    continue;
                }
                let mut partial = vec![(bought.clone(), worth)];
                for want in wants {
                    // A want that installs anyway keeps its worth, whatever else could complete it.
                    if let Some(value) = self.there(plan, want) {
                        for (_, worth) in &mut partial {
                            *worth += value;
                        }
                        continue;
                    }
                    for (bought, worth) in partial.clone() {
                        for (option, &(spec, value)) in want.options.iter().enumerate() {
                            let is_asked = !is_first_only || want.first == Some(option);
                            if is_asked && self.is_possible(plan, spec) {
                                let mut bought = bought.clone();
                                bought.insert(spec.get());
                                partial.push((bought, worth + value));
                            }
                        }
                    }
                }
                todo.extend(
                    partial
                        .into_iter()
                        .map(|(bought, worth)| (at + 1, bought, worth)),
                );
            }
        }
        best
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_set_of_roots_within_the_budget_is_worth_more(
        (world, weights) in market(12), limit in limit(),
    ) {
        let spending = spend(&world, &world.plan(Scope::Roots), &weights, limit, PLENTY).reported;
        prop_assert_eq!(spending.weight, best(&world, &weights, limit));
        prop_assert!(spending.is_optimal());
    }

    #[test]
    fn no_set_of_roots_that_compete_is_worth_more(
        (world, weights) in contest(), cost in 0..40_u32, builds in prop::option::of(0..7_u64),
    ) {
        let limit = Limit { builds, ..of_cost(cost) };
        let spending = spend(&world, &world.plan(Scope::Roots), &weights, limit, PLENTY).reported;
        prop_assert_eq!(spending.weight, best(&world, &weights, limit));
        prop_assert!(spending.is_optimal());
    }

    #[test]
    fn a_contest_that_is_cut_short_reports_a_bound_that_holds(
        (world, weights) in contest(), cost in 0..40_u32, most_nodes in 0..4_u64,
    ) {
        let limit = of_cost(cost);
        let plan = world.plan(Scope::Roots);
        let whole = spend(&world, &plan, &weights, limit, PLENTY).reported;
        let cut = spend(&world, &plan, &weights, limit, most_nodes).reported;
        prop_assert!(cut.weight <= whole.weight && whole.weight <= cut.upper_bound);
        prop_assert_eq!(cut.is_optimal() || cut.nodes == most_nodes, true);
    }

    #[test]
    fn what_is_reported_is_true((world, weights) in market(12), limit in limit()) {
        let bought = spend(&world, &world.plan(Scope::Runtime), &weights, limit, PLENTY);
        let spending = &bought.reported;
        let completed = bought.with(&[Outcome::Completed]);
        let installable = bought.with(&[Outcome::Installable]);
        let open = bought.open();
        let all: Specs = completed.iter().chain(&installable).copied().chain(open.iter().map(|root| root.0)).collect();
        prop_assert_eq!(completed.len() + installable.len() + open.len(), all.len());
        prop_assert_eq!(all, roots(&world).into_iter().collect());
        prop_assert_eq!(spending.weight, completed.iter().map(|&root| weights[root as usize]).sum());
        let spent = price(&world, &completed);
        prop_assert_eq!((spending.builds, spending.cost), spent);
        prop_assert!(is_within(spent, limit));
        prop_assert_eq!(price(&world, &installable).0, 0);
        for (root, reported) in open {
            let mut more = completed.clone();
            more.insert(root);
            let (builds, cost) = price(&world, &more);
            prop_assert_eq!((reported.more_builds, reported.more_cost), (builds - spent.0, cost - spent.1));
            prop_assert!(!is_within((builds, cost), limit), "nothing that fits is left");
            let is_within = is_within(price(&world, &Specs::from([root])), limit);
            let outcome = if is_within { Outcome::Outbid } else { Outcome::Beyond };
            prop_assert_eq!(reported.outcome, outcome);
        }
    }

    #[test]
    fn a_larger_budget_never_completes_less((world, weights) in market(14), builds in 0..8_u64) {
        let plan = world.plan(Scope::Roots);
        let less = spend(&world, &plan, &weights, of_builds(builds), PLENTY).reported;
        let more = spend(&world, &plan, &weights, of_builds(builds + 1), PLENTY).reported;
        prop_assert!(less.weight <= more.weight);
    }

    #[test]
    fn a_search_that_is_cut_short_reports_a_bound_that_holds(
        (world, weights) in market(12), limit in limit(), most_nodes in 0..3_u64,
    ) {
        let plan = world.plan(Scope::Roots);
        let best = best(&world, &weights, limit);
        let cut = spend(&world, &plan, &weights, limit, most_nodes).reported;
        prop_assert!(cut.weight <= best && best <= cut.upper_bound);
        prop_assert!(cut.nodes <= most_nodes);
        let roots: Vec<u32> = world.root_specs().into_iter().collect();
        let groups = alone(&roots, &weights);
        let budget = Budget { plan: &plan, groups: &groups, limit };
        let stopped = budget.spend(SearchLimits::default(), &mut || true);
        prop_assert!(stopped.weight <= best && best <= stopped.upper_bound);
        prop_assert!(is_within((stopped.builds, stopped.cost), limit));
        let tired = budget.spend(SearchLimits { nodes: None, work: Some(1) }, &mut || false);
        prop_assert!(tired.weight <= best && best <= tired.upper_bound);
    }

    #[test]
    fn a_root_that_needs_a_broken_spec_is_left_out((world, weights) in market(12)) {
        let mut task = world.task(Scope::Roots);
        task.broken = SpecSet::from_flags(&world.broken);
        let plan = Plan::new(task).unwrap();
        let bought = spend(&world, &plan, &weights, of_builds(100), PLENTY);
        let lost = bought.with(&[Outcome::LeftOut]);
        prop_assert_eq!(lost, specs(plan.left_out().wants.iter().copied()));
        prop_assert!(bought.open().iter().all(|(_, root)| root.option.is_none()));
    }

    #[test]
    fn other_numbers_change_no_choice(
        ((world, weights), names) in market(12).prop_flat_map(|market| {
            let names = permutation(market.0.len());
            (Just(market), names)
        }),
        limit in limit(),
    ) {
        let one = spend(&world, &world.plan(Scope::Roots), &weights, limit, PLENTY);
        let moved = crate::world::permuted(&weights, &names);
        let other = world.relabelled(&names);
        let other = spend(&other, &other.plan(Scope::Roots), &moved, limit, PLENTY);
        for outcome in [Outcome::Completed, Outcome::Installable] {
            let renamed: Specs = one.with(&[outcome]).into_iter().map(|id| names[id as usize]).collect();
            prop_assert_eq!(renamed, other.with(&[outcome]));
        }
        prop_assert_eq!(one.reported.nodes, other.reported.nodes);
    }

    #[test]
    fn no_choice_of_specs_and_builds_is_worth_more(auction in auction(), limit in limit()) {
        let plan = auction.plan();
        let spending = auction.spend(&plan, limit, limited(PLENTY));
        let (worth, there) = auction.counted(&plan, &spending, limit);
        prop_assert_eq!(worth + there, auction.best(&plan, limit, false));
        prop_assert_eq!(worth, spending.weight);
        prop_assert!(spending.is_optimal());
    }

    #[test]
    fn a_joint_choice_that_is_cut_short_is_valid_and_its_bound_holds(
        auction in auction(), limit in limit(), most_nodes in 0..3_u64,
    ) {
        let plan = auction.plan();
        let best = auction.best(&plan, limit, false);
        let first = auction.best(&plan, limit, true);
        let budget = Budget { plan: &plan, groups: &auction.groups, limit };
        let some = [
            auction.spend(&plan, limit, limited(most_nodes)),
            auction.spend(&plan, limit, SearchLimits { nodes: None, work: Some(1) }),
            budget.spend(SearchLimits::default(), &mut || true),
        ];
        for spending in some {
            let (worth, there) = auction.counted(&plan, &spending, limit);
            prop_assert!(worth + there <= best && best <= spending.upper_bound + there);
        }
        // With enough nodes to choose among the preferred options, the result is never worse than
        // that choice.
        let reported = auction.spend(&plan, limit, limited(100));
        let (worth, there) = auction.counted(&plan, &reported, limit);
        prop_assert!(first <= worth + there);
    }

    #[test]
    fn more_options_and_a_larger_budget_never_complete_less(auction in auction(), builds in 0..6_u64) {
        let plan = auction.plan();
        let worth = |auction: &Auction, builds| {
            let limit = of_builds(builds);
            let spending = auction.spend(&plan, limit, limited(PLENTY));
            let (worth, there) = auction.counted(&plan, &spending, limit);
            worth + there
        };
        let own = worth(&auction, builds);
        prop_assert!(own <= worth(&auction, builds + 1));
        let mut fewer = auction.clone();
        let wants = fewer.groups.iter_mut().flat_map(|group| group.sources.iter_mut().flatten());
        for want in wants {
            // A want that installs anyway is reported as such, whatever its worth.
            if auction.there(&plan, want).is_none() {
                want.options.pop();
                want.first = None;
            }
        }
        prop_assert!(worth(&fewer, builds) <= own);
    }
}
