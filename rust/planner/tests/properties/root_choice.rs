//! Laws of choosing roots, against brute force over all alternatives and all specs of their parts.

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::reference::Specs;
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

/// The least cost of any pick of alternatives and specs.
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
        for (want, solution) in wants.iter().zip(&chosen.alternatives) {
            let solution = solution.as_ref().expect("nothing is broken");
            let alternative = &want[solution.position];
            prop_assert_eq!(alternative.len(), solution.specs.len());
            picked.extend(alternative.iter().zip(&solution.specs).map(|(part, &at)| part[at].get()));
        }
        prop_assert_eq!(chosen.cost, price(&world, &picked));
        prop_assert_eq!(chosen.cost, least(&world, &wants));
        prop_assert!(chosen.is_optimal);
        prop_assert_eq!(chosen.lower_bound, chosen.cost);
    }
}

#[test]
fn a_lock_with_more_ways_than_are_tried_gives_a_valid_choice_and_a_bound_that_holds() {
    // Ten parts of two specs each, of which the second is the cheaper one, and none needs another.
    let parts = 10;
    let none = vec![false; 2 * parts];
    let world = World {
        ranks: (0..).take(2 * parts).collect(),
        edges: Vec::new(),
        available: none.clone(),
        external: none.clone(),
        roots: Vec::new(),
        changed: none.clone(),
        broken: none,
        costs: [2.0, 1.0].repeat(parts),
    };
    let spec = |at: u32| SpecId::new(at);
    let alternative: Alternative = (0..10)
        .map(|part| vec![spec(2 * part), spec(2 * part + 1)])
        .collect();
    let choice = RootChoice {
        task: world.task(Scope::Roots),
        wants: vec![vec![alternative]],
    };
    let chosen = choice
        .solve(SearchLimits::default(), &mut || false)
        .unwrap();
    let solution = chosen.alternatives[0].as_ref().unwrap();
    assert_eq!(solution.specs.len(), parts);
    let picked = solution
        .specs
        .iter()
        .zip(0..)
        .map(|(&at, part)| 2 * part + u32::try_from(at).unwrap());
    assert_eq!(chosen.cost, price(&world, &picked.collect()));
    assert!(chosen.lower_bound <= 10.0 && 10.0 <= chosen.cost);
    assert_eq!(chosen.is_optimal, chosen.lower_bound == chosen.cost);
}
