//! Laws of choosing roots, against brute force over all alternatives and all specs of their parts.

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::naive::Specs;
use specplan_planner::{Alternative, RootChoice, Scope, SearchLimits, SpecId};

use crate::world::{World, world};

/// A world with wants, each met by alternatives whose parts any of some specs make up.
fn question() -> impl Strategy<Value = (World, Vec<Vec<Alternative>>)> {
    world(11).prop_flat_map(|world| {
        let top = u32::try_from(world.len()).unwrap();
        let part = vec((0..top).prop_map(SpecId::new), 1..=3);
        let want = vec(vec(part, 1..=3), 1..=2);
        (Just(world), vec(want, 1..=2))
    })
}

fn price(world: &World, roots: &Specs) -> f64 {
    let builds = world
        .model()
        .plan(&world.model().wants(roots, Scope::Roots));
    builds
        .iter()
        .map(|&build| world.costs[build as usize])
        .sum()
}

/// The least that any pick of alternatives and specs costs.
fn least(world: &World, wants: &[Vec<Alternative>]) -> f64 {
    let mut picks = vec![world.root_specs()];
    for want in wants {
        let mut next = Vec::new();
        for alternative in want {
            let mut partial = picks.clone();
            for part in alternative {
                let longer = partial.iter().flat_map(|pick| {
                    part.iter().map(|spec| {
                        let mut pick = pick.clone();
                        pick.insert(spec.get());
                        pick
                    })
                });
                partial = longer.collect();
            }
            next.extend(partial);
        }
        picks = next;
    }
    let costs = picks.iter().map(|pick| price(world, pick));
    costs.fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_pick_of_alternatives_and_specs_costs_less((world, wants) in question()) {
        let choice = RootChoice { task: world.task(Scope::Roots), wants: wants.clone() };
        let chosen = choice.solve(SearchLimits::default(), &mut || false).unwrap();
        let mut picked = world.root_specs();
        for (want, told) in wants.iter().zip(&chosen.alternatives) {
            let told = told.as_ref().expect("nothing is broken");
            let alternative = &want[told.position];
            prop_assert_eq!(alternative.len(), told.specs.len());
            picked.extend(alternative.iter().zip(&told.specs).map(|(part, &at)| part[at].get()));
        }
        prop_assert_eq!(chosen.cost, price(&world, &picked));
        prop_assert_eq!(chosen.cost, least(&world, &wants));
        prop_assert!(chosen.is_optimal);
        prop_assert_eq!(chosen.lower_bound, chosen.cost);
    }
}
