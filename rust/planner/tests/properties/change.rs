//! Laws of the specs that a change makes stale, and of those that broken specs remove from a plan.

use proptest::prelude::*;
use specplan_planner::reference::Specs;
use specplan_planner::{Plan, Policy, SpecId, SpecSet};

use crate::world::{flagged, policy, scope, specs, world};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_change_makes_its_dependents_stale_and_counts_the_rest(
        world in world(14), policy in policy(), depth in prop::option::of(0..4_u32),
    ) {
        use specplan_planner::EdgeKinds as K;
        let (change, model) = (world.change(policy, depth), world.model());
        let stale = specplan_planner::stale(&world.graph(), &change);
        let changed = flagged(&world.changed);
        let kinds = match policy {
            Policy::Hash => None,
            Policy::Link => Some(K::LINK | K::RUN | K::COMPILER | K::SPLICE),
        };
        let expected = model.dependents(&changed, kinds, depth.unwrap_or(u32::MAX));
        let all = model.dependents(&changed, None, u32::MAX);
        prop_assert_eq!(specs(stale.stale.iter()), expected.clone());
        prop_assert_eq!(specs(stale.untested().iter()), &all - &expected);
        prop_assert!(stale.kept_by_policy.intersection(&stale.kept_by_depth).is_empty());
        if depth.is_none() {
            prop_assert!(stale.kept_by_depth.is_empty());
        }
        if policy == Policy::Hash {
            prop_assert!(stale.kept_by_policy.is_empty());
        }
    }

    #[test]
    fn a_changed_plan_is_the_plan_without_the_stale_binaries(
        world in world(14), scope in scope(), policy in policy(), depth in prop::option::of(0..4_u32),
    ) {
        let mut task = world.task(scope);
        task.change = Some(world.change(policy, depth));
        let plan = Plan::new(task).unwrap();
        let stale = plan.stale().unwrap().stale;
        let mut model = world.model();
        model.available.retain(|&spec| !stale.contains(SpecId::new(spec)));
        let wants = model.wants(&world.root_specs(), scope);
        let builds = model.plan(&wants);
        prop_assert_eq!(specs(plan.builds()), builds.clone());
        let without = specs(world.plan(scope).builds());
        prop_assert!(without.is_subset(&builds));
        prop_assert_eq!(specs(plan.due_to_change().iter()), &builds - &without);
        for build in plan.builds() {
            let cause = plan.cause(build).unwrap().as_str();
            let expected = if world.changed[build.index()] {
                "changed"
            } else if world.available[build.index()] {
                "stale"
            } else {
                "missing"
            };
            prop_assert_eq!(cause, expected);
        }
    }

    #[test]
    fn why_shows_a_shortest_chain_from_what_holds_a_change_to_what_changed(
        world in world(14), policy in policy(), depth in prop::option::of(0..4_u32),
    ) {
        use specplan_planner::EdgeKinds as K;
        let mut task = world.task(specplan_planner::Scope::All);
        task.change = Some(world.change(policy, depth));
        let (plan, model, changed) = (Plan::new(task).unwrap(), world.model(), flagged(&world.changed));
        let carrying = match policy {
            Policy::Hash => None,
            Policy::Link => Some(K::LINK | K::RUN | K::COMPILER | K::SPLICE),
        };
        let stale = model.dependents(&changed, carrying, depth.unwrap_or(u32::MAX));
        let holding = model.dependents(&changed, None, u32::MAX);
        for id in (0..).take(world.len()).map(SpecId::new) {
            let Some(held) = plan.why(id).unwrap().held else {
                prop_assert!(!holding.contains(&id.get()));
                continue;
            };
            prop_assert_eq!(held.is_stale, stale.contains(&id.get()));
            let kinds = if held.is_stale { carrying } else { None };
            let steps = u32::try_from(held.chain.len()).unwrap() - 1;
            prop_assert_eq!(held.chain[0], id);
            prop_assert!(changed.contains(&held.chain.last().unwrap().get()));
            for link in held.chain.windows(2) {
                let above = model.dependents(&specs([link[1]]), kinds, 1);
                prop_assert!(above.contains(&link[0].get()));
            }
            prop_assert!(model.dependents(&changed, kinds, steps).contains(&id.get()));
            if let Some(fewer) = steps.checked_sub(1) {
                prop_assert!(!model.dependents(&changed, kinds, fewer).contains(&id.get()));
            }
        }
    }

    #[test]
    fn a_broken_spec_takes_with_it_what_needs_it_and_nothing_else(world in world(14), scope in scope()) {
        let mut task = world.task(scope);
        task.broken = SpecSet::from_flags(&world.broken);
        let (plan, model, broken) = (Plan::new(task).unwrap(), world.model(), flagged(&world.broken));
        let wants = model.wants(&world.root_specs(), scope);
        let (lost, kept): (Specs, Specs) =
            wants.iter().partition(|&&want| model.is_blocked(want, &broken));
        let (builds, at_best) = (model.plan(&kept), model.plan(&wants));
        prop_assert_eq!(specs(plan.builds()), builds.clone());
        let left_out = plan.left_out();
        prop_assert_eq!(specs(left_out.wants.iter().copied()), lost);
        prop_assert_eq!(specs(left_out.builds.iter().copied()), &at_best - &builds);
        prop_assert_eq!(specs(left_out.cut.iter().copied()), &broken & &at_best);
        for spec in &left_out.builds {
            use specplan_planner::LeftOutReason as R;
            let reason = left_out.reason(*spec);
            let len = if let R::Needs(chain) = &reason { chain.len() } else { 0 };
            prop_assert_eq!(left_out.chain_len(*spec), len);
            match reason {
                R::Broken => prop_assert!(broken.contains(&spec.get())),
                R::Unneeded => prop_assert!(!model.is_blocked(spec.get(), &broken)),
                R::Needs(chain) => {
                    prop_assert_eq!(&chain[0], spec);
                    prop_assert!(broken.contains(&chain.last().unwrap().get()));
                    for link in chain.windows(2) {
                        prop_assert!(model.demands(link[0].get()).contains(&link[1].get()));
                    }
                }
            }
        }
        plan.validate();
    }
}
