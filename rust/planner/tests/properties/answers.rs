//! Laws of the answers that explain a plan: the unnecessary builds, and the reasons why a spec is
//! planned or not.

use proptest::prelude::*;
use specplan_planner::{
    CutReason, Direction, EdgeKinds, Link, Plan, SpecId, SpecSet, WhyLine, WhyVerdict, reached,
    usable,
};

use crate::world::{World, flagged, scope, specs, world};

/// The lines that hang directly from a line.
fn children(tree: &[WhyLine], line: usize) -> Vec<WhyLine> {
    tree[line + 1..]
        .iter()
        .take_while(|below| below.depth > tree[line].depth)
        .filter(|below| below.depth == tree[line].depth + 1)
        .copied()
        .collect()
}

fn root_closure(world: &World) -> SpecSet {
    let roots = world.roots.iter().map(|&root| SpecId::new(root));
    let roots = SpecSet::from_ids(world.len(), roots).unwrap();
    reached(
        &world.graph(),
        &roots,
        Direction::Dependencies,
        EdgeKinds::ALL,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn unnecessary_builds_are_those_that_only_node_by_node_plans(world in world(14), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let node_by_node = plan.node_by_node();
        let unnecessary = specs(node_by_node.unnecessary.iter().map(|unnecessary| unnecessary.spec));
        let expected = &specs(node_by_node.builds.iter()) - &specs(plan.builds());
        prop_assert_eq!(unnecessary, expected);

        // Walk up from each unnecessary spec over the specs that would demand it, level by level.
        let closure = root_closure(&world);
        for unnecessary in node_by_node.unnecessary {
            let mut level = vec![unnecessary.spec.get()];
            let mut seen = level.clone();
            let mut nearest: Vec<Vec<u32>> = vec![Vec::new(), Vec::new()];
            while !level.is_empty() {
                let mut next = Vec::new();
                let mut cuts: Vec<Vec<u32>> = vec![Vec::new(), Vec::new()];
                for dependent in specs(closure.iter()) {
                    let row = &model.edges[dependent as usize];
                    for below in level.iter().filter(|&below| row.contains_key(below)) {
                        if model.demands(dependent).contains(below) {
                            if !seen.contains(&dependent) {
                                seen.push(dependent);
                                next.push(dependent);
                            }
                        } else {
                            let is_available = model.available.contains(&dependent)
                                && !model.external.contains(&dependent);
                            cuts[usize::from(!is_available)].push(dependent);
                        }
                    }
                }
                for (nearest, cuts) in nearest.iter_mut().zip(cuts) {
                    if nearest.is_empty() {
                        *nearest = cuts;
                    }
                }
                level = next;
            }
            let candidates = nearest.into_iter().find(|cuts| !cuts.is_empty()).unwrap();
            let expected = candidates.into_iter().min_by_key(|&cut| world.ranks[cut as usize]);
            prop_assert_eq!(Some(unnecessary.cut_by.get()), expected);
        }
    }

    #[test]
    fn every_spec_gets_the_verdict_that_the_plan_gives_it(world in world(14), scope in scope()) {
        let mut task = world.task(scope);
        task.broken = SpecSet::from_flags(&world.broken);
        let (plan, at_best, model) =
            (Plan::new(task).unwrap(), world.plan(scope), world.model());
        let needed = model.needed(&specs(plan.wants().iter()));
        let needed_at_best = model.needed(&specs(at_best.wants().iter()));
        let closure = root_closure(&world);
        for id in (0..).take(world.len()).map(SpecId::new) {
            let verdict = plan.why(id).unwrap().verdict;
            let spec = id.get();
            let is_as_expected = match verdict {
                WhyVerdict::External => model.external.contains(&spec),
                WhyVerdict::Planned(cause) => plan.cause(id) == Some(cause),
                WhyVerdict::Reused => needed.contains(&spec) && model.available.contains(&spec),
                WhyVerdict::Rewired => needed.contains(&spec) && model.is_spliced(spec),
                WhyVerdict::LeftOut(_) => needed_at_best.contains(&spec) && !needed.contains(&spec),
                WhyVerdict::CutOff => !needed_at_best.contains(&spec) && closure.contains(id),
                WhyVerdict::NotWanted => !closure.contains(id),
            };
            prop_assert!(is_as_expected, "{id}: {verdict:?}");
        }
    }

    #[test]
    fn a_tree_of_reasons_is_a_proof(world in world(12), scope in scope()) {
        let (plan, model) = (world.plan(scope), world.model());
        let needed = model.needed(&specs(plan.wants().iter()));
        let closure = root_closure(&world);
        let graph = world.graph();
        for id in (0..).take(world.len()).map(SpecId::new) {
            let why = plan.why(id).unwrap();
            prop_assert_eq!((why.tree[0].spec, why.tree[0].link), (id, Link::Asked));
            for (position, line) in why.tree.iter().enumerate() {
                let spec = line.spec.get();
                let hanging = children(&why.tree, position);
                prop_assert_eq!(line.is_want, plan.wants().contains(line.spec));
                let is_expanded = !line.is_repeated && !matches!(line.link, Link::Cuts(_));
                let dependents = graph
                    .neighbours(line.spec, Direction::Dependents)
                    .map(|(dependent, _)| dependent)
                    .filter(|&dependent| match why.verdict {
                        WhyVerdict::CutOff => closure.contains(dependent),
                        WhyVerdict::External | WhyVerdict::NotWanted => false,
                        _ => needed.contains(&dependent.get())
                            && model.demands(dependent.get()).contains(&spec),
                    });
                let expected: Vec<SpecId> = dependents.filter(|_| is_expanded).collect();
                prop_assert_eq!(hanging.iter().map(|line| line.spec).collect::<Vec<_>>(), expected);
                for above in &hanging {
                    let demands = model.demands(above.spec.get()).contains(&spec);
                    let is_as_expected = match above.link {
                        Link::Asked => false,
                        Link::Demands => demands && needed.contains(&above.spec.get()),
                        Link::Unneeded => demands && !needed.contains(&above.spec.get()),
                        Link::Cuts(CutReason::Available) => {
                            !demands && model.available.contains(&above.spec.get())
                        }
                        Link::Cuts(CutReason::External) => {
                            model.external.contains(&above.spec.get())
                        }
                        Link::Cuts(CutReason::Spliced) => {
                            !demands && model.is_spliced(above.spec.get())
                        }
                        Link::Cuts(CutReason::TestOnly) => {
                            !demands && model.is_absent(above.spec.get())
                        }
                    };
                    prop_assert!(is_as_expected, "{above:?}");
                }
                let is_leaf = hanging.is_empty() && is_expanded;
                match why.verdict {
                    WhyVerdict::CutOff => prop_assert!(!is_leaf),
                    WhyVerdict::Planned(_) | WhyVerdict::Reused | WhyVerdict::Rewired if is_leaf => {
                        prop_assert!(line.is_want);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_binary_is_usable_if_installing_it_plans_nothing(world in world(14)) {
        let (available, external) =
            (SpecSet::from_flags(&world.available), SpecSet::from_flags(&world.external));
        let usable = usable(&world.graph(), &available, &external);
        let model = world.model();
        for spec in (0..).take(world.len()) {
            let needed = model.needed(&[spec].into());
            let at_hand = |spec: &u32| model.available.contains(spec) || model.external.contains(spec);
            let expected = model.available.contains(&spec) && needed.iter().all(at_hand);
            prop_assert_eq!(usable.contains(SpecId::new(spec)), expected);
        }
        prop_assert!(specs(usable.iter()).is_subset(&flagged(&world.available)));
    }
}
