//! Laws of the least plan, against the plain model and against brute force.

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::reference::Specs;
use specplan_planner::{Plan, Scope, SpecId, SpecSet};

use crate::world::{World, permutation, policy, scope, specs, world};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_plan_is_what_the_plain_rules_plan(world in world(14), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let wants = model.wants(&world.root_specs(), scope);
        prop_assert_eq!(specs(plan.wants().iter()), wants.clone());
        prop_assert_eq!(specs(plan.builds()), model.plan(&wants));
        plan.validate();
    }

    #[test]
    fn no_set_of_builds_that_suffices_is_smaller(world in world(9), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let wants = model.wants(&world.root_specs(), scope);
        let least = (0..1_u32 << world.len())
            .map(|bits| (0..).take(world.len()).filter(|spec| bits >> spec & 1 == 1).collect())
            .filter(|set: &Specs| wants.is_subset(set))
            .filter(|set| set.iter().all(|&s| model.demands(s).iter().all(|d| set.contains(d))))
            .map(|set| set.into_iter().filter(|&s| model.is_absent(s)).collect::<Specs>())
            .min_by_key(Specs::len)
            .unwrap();
        prop_assert_eq!(specs(plan.builds()), least);
    }

    #[test]
    fn no_build_can_be_dropped(world in world(14), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let reasons = plan.reasons();
        for build in plan.builds() {
            let chain = reasons.because(build);
            prop_assert_eq!(reasons.len_of(build), chain.len());
            prop_assert!(plan.wants().contains(chain[0]));
            prop_assert_eq!(chain.last(), Some(&build));
            for link in chain.windows(2) {
                prop_assert!(model.demands(link[0].get()).contains(&link[1].get()));
            }
        }
    }

    #[test]
    fn a_new_binary_never_grows_a_plan(world in world(14), scope in scope(), spec in any::<prop::sample::Index>()) {
        let mut richer = world.clone();
        richer.available[spec.index(world.len())] = true;
        let (before, after) = (world.plan(scope), richer.plan(scope));
        prop_assert!(specs(after.builds()).is_subset(&specs(before.builds())));
    }

    #[test]
    fn a_new_want_never_shrinks_a_plan(world in world(14), scope in scope(), spec in any::<prop::sample::Index>()) {
        let mut greedier = world.clone();
        greedier.roots.push(u32::try_from(spec.index(world.len())).unwrap());
        let (before, after) = (world.plan(scope), greedier.plan(scope));
        prop_assert!(specs(before.builds()).is_subset(&specs(after.builds())));
    }

    #[test]
    fn wanting_what_runs_with_the_roots_adds_no_build(world in world(14)) {
        let (roots, runtime) = (world.plan(Scope::Roots), world.plan(Scope::Runtime));
        prop_assert_eq!(specs(roots.builds()), specs(runtime.builds()));
    }

    #[test]
    fn scope_all_plans_exactly_node_by_node(world in world(14)) {
        let plan = world.plan(Scope::All);
        let node_by_node = plan.node_by_node();
        prop_assert_eq!(specs(plan.builds()), specs(node_by_node.builds.iter()));
        prop_assert_eq!(node_by_node.unnecessary, []);
        prop_assert_eq!(plan.totals().node_by_node, plan.totals().builds);
    }

    #[test]
    fn node_by_node_does_not_depend_on_the_scope(world in world(14), scope in scope()) {
        let plan = world.plan(scope);
        let expected = world.model().node_by_node(&world.root_specs());
        prop_assert_eq!(specs(plan.node_by_node().builds.iter()), expected.clone());
        prop_assert_eq!(plan.totals().node_by_node, expected.len());
        prop_assert!(specs(plan.builds()).is_subset(&expected));
    }

    #[test]
    fn relabelling_changes_nothing(
        (world, names) in world(14).prop_flat_map(|world| {
            let len = world.len();
            (Just(world), permutation(len))
        }),
        scope in scope(),
        policy in policy(),
        depth in prop::option::of(0..3_u32),
    ) {
        let other = world.relabelled(&names);
        let moved = |ids: Vec<SpecId>| -> Vec<SpecId> {
            ids.into_iter().map(|id| SpecId::new(names[id.index()])).collect()
        };
        let solve = |world: &World| {
            let mut task = world.task(scope);
            task.change = Some(world.change(policy, depth));
            task.broken = SpecSet::from_flags(&world.broken);
            Plan::new(task).unwrap()
        };
        let (one, two) = (solve(&world), solve(&other));
        prop_assert_eq!(moved(one.builds().collect()), two.builds().collect::<Vec<_>>());
        prop_assert_eq!(one.totals(), two.totals());
        prop_assert_eq!(moved(one.critical_path().chain), two.critical_path().chain);
        prop_assert_eq!(moved(one.left_out().wants.clone()), two.left_out().wants.clone());
        let (one_needs, two_needs) = (one.needs(), two.needs());
        let (one_reasons, two_reasons) = (one.reasons(), two.reasons());
        for id in (0..).take(world.len()).map(SpecId::new) {
            let there = SpecId::new(names[id.index()]);
            prop_assert_eq!(one.stage_of(id), two.stage_of(there));
            prop_assert_eq!(one.cause(id), two.cause(there));
            prop_assert_eq!(moved(one_needs.of(id).collect()), two_needs.of(there).collect::<Vec<_>>());
            prop_assert_eq!(moved(one_reasons.because(id)), two_reasons.because(there));
            let (one_why, two_why) = (one.why(id).unwrap(), two.why(there).unwrap());
            prop_assert_eq!(
                moved(one_why.tree.iter().map(|line| line.spec).collect()),
                two_why.tree.iter().map(|line| line.spec).collect::<Vec<_>>()
            );
        }
        let (one, two) = (one.node_by_node(), two.node_by_node());
        prop_assert_eq!(
            moved(one.unnecessary.iter().map(|unnecessary| unnecessary.cut_by).collect()),
            two.unnecessary.iter().map(|unnecessary| unnecessary.cut_by).collect::<Vec<_>>()
        );
    }

    #[test]
    fn stages_and_needs_are_those_of_the_plain_model(world in world(14), scope in scope()) {
        agrees_on_stages_and_needs(&world, scope)?;
    }

    /// Then only specs that wait for a build are visited.
    #[test]
    fn stages_and_needs_of_few_builds_are_those_of_the_plain_model(
        mut world in world(24),
        absent in vec(any::<prop::sample::Index>(), 1..4),
    ) {
        world.available.fill(true);
        for each in absent {
            let at = each.index(world.len());
            world.available[at] = false;
        }
        world.roots = (0..).take(world.len()).collect();
        agrees_on_stages_and_needs(&world, Scope::Roots)?;
    }

    #[test]
    fn the_critical_path_is_the_dearest_chain_over_needs(world in world(14), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let path = plan.critical_path();
        let dearest = plan.builds().map(|build| model.chain_cost(build.get(), &world.costs));
        prop_assert_eq!(path.cost, dearest.fold(0.0, f64::max));
        prop_assert_eq!(path.cost, path.chain.iter().map(|id| world.costs[id.index()]).sum::<f64>());
        for pair in path.chain.windows(2) {
            prop_assert!(model.needs(pair[1].get()).contains(&pair[0].get()));
        }
        prop_assert_eq!(path.cost, plan.totals().critical_path);
        prop_assert_eq!(path.chain.is_empty(), plan.builds().len() == 0);
    }

    #[test]
    fn a_chain_of_reasons_is_the_least_of_the_shortest(world in world(8), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let wants = specs(plan.wants().iter());
        let reasons = plan.reasons();
        let mut chains: Vec<Vec<u32>> = wants.iter().map(|&want| vec![want]).collect();
        let mut best = std::collections::BTreeMap::new();
        while !chains.is_empty() {
            chains.sort_by_key(|chain| {
                chain.iter().map(|&spec| world.ranks[spec as usize]).collect::<Vec<_>>()
            });
            for chain in &chains {
                best.entry(*chain.last().unwrap()).or_insert_with(|| chain.clone());
            }
            chains = chains
                .iter()
                .flat_map(|chain| {
                    model.demands(*chain.last().unwrap()).into_iter().map(move |next| {
                        chain.iter().copied().chain([next]).collect()
                    })
                })
                .collect();
        }
        for id in (0..).take(world.len()).map(SpecId::new) {
            let chain: Vec<u32> = reasons.because(id).into_iter().map(SpecId::get).collect();
            prop_assert_eq!(Some(&chain).filter(|chain| !chain.is_empty()), best.get(&id.get()));
        }
    }
}

fn agrees_on_stages_and_needs(world: &World, scope: Scope) -> Result<(), TestCaseError> {
    let (plan, model) = (world.plan(scope), world.model());
    let needs = plan.needs();
    for id in (0..).take(world.len()).map(SpecId::new) {
        let is_build = specs(plan.builds()).contains(&id.get());
        let stage = is_build.then(|| model.ready(id.get()) - 1);
        prop_assert_eq!(plan.stage_of(id), stage);
        let expected = if is_build {
            model.needs(id.get())
        } else {
            Specs::new()
        };
        prop_assert_eq!(specs(needs.of(id)), expected);
    }
    let by_stage: Vec<SpecId> = (0..plan.stage_count())
        .flat_map(|stage| plan.stage(stage))
        .collect();
    prop_assert_eq!(by_stage, plan.builds().collect::<Vec<_>>());
    Ok(())
}
