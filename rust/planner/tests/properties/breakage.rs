//! Broken binaries and the specs they lack, compared with closures of one spec at a time.

use proptest::prelude::*;
use specplan_planner::reference::Specs;
use specplan_planner::{EXAMPLES, Edge, EdgeKinds, MissingSpec, SpecId};

use crate::usefulness::{described, supply};
use crate::world::{World, permutation, specs, world};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn each_missing_spec_is_reported_with_all_that_it_breaks(world in world(14)) {
        let graph = world.graph();
        let model = described(&world).model();
        let roots: Vec<SpecId> = world.roots.iter().map(|&root| SpecId::new(root)).collect();
        let breakage = supply(&world).breakage(&roots).unwrap();

        let binaries: Specs = model.available.difference(&model.external).copied().collect();
        let is_broken = |spec: &&u32| !model.lacking(**spec).is_empty();
        let broken: Specs = binaries.iter().filter(is_broken).copied().collect();
        prop_assert_eq!(specs(breakage.usable.iter()), &binaries - &broken);

        let lacked: Specs = broken.iter().flat_map(|&spec| model.lacking(spec)).collect();
        prop_assert_eq!(specs(breakage.missing.iter().map(|each| each.spec)), lacked.clone());
        for missing in &breakage.missing {
            let needs_it = |spec: &&u32| model.lacking(**spec).contains(&missing.spec.get());
            prop_assert_eq!(missing.binaries, broken.iter().filter(needs_it).count());
            let mut roots: Vec<u32> = world.root_specs().iter().filter(needs_it).copied().collect();
            prop_assert_eq!(missing.roots, roots.len());
            roots.sort_by_key(|&root| graph.rank(SpecId::new(root)));
            roots.truncate(EXAMPLES);
            let examples: Vec<u32> = missing.examples.iter().map(|spec| spec.get()).collect();
            prop_assert_eq!(examples, roots);
            let direct = |edge: &&Edge| {
                let dependent = edge.dependent.get();
                edge.dependency == missing.spec
                    && edge.kinds.intersects(EdgeKinds::INSTALL)
                    && (broken.contains(&dependent) || lacked.contains(&dependent))
            };
            let direct = world.edges.iter().filter(direct).map(|edge| edge.dependent);
            prop_assert_eq!(specs(missing.dependents.iter().copied()), specs(direct));
        }
        let weight = |each: &MissingSpec| (each.roots, each.binaries);
        let in_order = breakage.missing.is_sorted_by(|a, b| {
            (weight(b), graph.rank(a.spec)) <= (weight(a), graph.rank(b.spec))
        });
        prop_assert!(in_order);
    }

    #[test]
    fn how_specs_are_numbered_breaks_nothing_else(
        (world, names) in world(14).prop_flat_map(|world| {
            let count = world.len();
            (Just(world), permutation(count))
        })
    ) {
        let renamed = |spec: SpecId| SpecId::new(names[spec.index()]);
        let ask = |world: &World| {
            let roots: Vec<SpecId> = world.roots.iter().map(|&root| SpecId::new(root)).collect();
            supply(world).breakage(&roots).unwrap()
        };
        let (here, there) = (ask(&world), ask(&world.relabelled(&names)));
        let named = |each: &MissingSpec, of: &dyn Fn(SpecId) -> SpecId| {
            let all = |list: &[SpecId]| list.iter().map(|&spec| of(spec)).collect::<Vec<_>>();
            (of(each.spec), each.binaries, each.roots, all(&each.dependents), all(&each.examples))
        };
        let here: Vec<_> = here.missing.iter().map(|each| named(each, &renamed)).collect();
        let there: Vec<_> = there.missing.iter().map(|each| named(each, &|spec| spec)).collect();
        prop_assert_eq!(here, there);
    }
}
