//! Choices, compared with trying everything.

use proptest::prelude::*;
use specplan_solver::choice::{Choice, Chosen, choose};
use specplan_solver::{Cut, SearchLimits};

/// Choices of few items: layers of demands, wants with a few alternatives.
fn choices() -> impl Strategy<Value = Choice> {
    let items = 1_usize..12;
    items.prop_flat_map(|items| {
        let costs = prop_oneof![
            proptest::collection::vec(0_u64..4, items),
            proptest::collection::vec(prop_oneof![Just(7_u64), Just(14)], items),
            proptest::collection::vec(0_u64..1000, items),
        ];
        let item = 0..u32::try_from(items).unwrap();
        let demands = proptest::collection::vec((item.clone(), item.clone()), 0..2 * items);
        let alternatives = proptest::collection::vec(item, 1..5);
        let wants = proptest::collection::vec(alternatives, 0..7);
        (costs, demands, wants).prop_map(|(costs, demands, wants)| Choice {
            costs,
            demands,
            wants,
        })
    })
}

/// Set covers: without demands, of more items than could all be tried.
fn covers() -> impl Strategy<Value = Choice> {
    (4_u32..13, 1_u64..5).prop_flat_map(|(items, most)| {
        let costs = proptest::collection::vec(1..=most, items as usize);
        let want = proptest::collection::vec(0..items, 1..6);
        let wants = proptest::collection::vec(want, 1..24);
        (costs, wants).prop_map(|(costs, wants)| Choice {
            costs,
            demands: Vec::new(),
            wants,
        })
    })
}

fn any_choice() -> impl Strategy<Value = Choice> {
    prop_oneof![choices(), covers()]
}

/// All items that some items need, as a set of bits.
fn closure(choice: &Choice, mut set: u32) -> u32 {
    loop {
        let before = set;
        for &(from, to) in &choice.demands {
            if set & (1 << from) != 0 {
                set |= 1 << to;
            }
        }
        if set == before {
            return set;
        }
    }
}

fn cost(choice: &Choice, set: u32) -> u64 {
    let items = choice.costs.iter().enumerate();
    items
        .filter(|(item, _)| set & (1 << item) != 0)
        .map(|(_, cost)| cost)
        .sum()
}

/// The least cost, by trying all sets of items.
fn least(choice: &Choice) -> u64 {
    let needs: Vec<Vec<u32>> = choice
        .wants
        .iter()
        .map(|want| want.iter().map(|each| closure(choice, 1 << each)).collect())
        .collect();
    let sets = 0..1_u32 << choice.costs.len();
    sets.filter(|set| {
        needs
            .iter()
            .all(|want| want.iter().any(|need| need & !set == 0))
    })
    .map(|set| cost(choice, set))
    .min()
    .unwrap()
}

fn nodes_at_most(nodes: u64) -> SearchLimits {
    SearchLimits {
        nodes: Some(nodes),
        work: None,
    }
}

fn unlimited(choice: &Choice) -> Chosen {
    choose(choice, SearchLimits::default(), &mut || false).unwrap()
}

/// Checks that an answer is consistent.
fn is_valid(choice: &Choice, chosen: &Chosen) -> bool {
    let picked = chosen.alternatives.iter().zip(&choice.wants);
    let start = picked.fold(0, |set, (&at, want)| set | 1 << want[at]);
    let set = closure(choice, start);
    let items = chosen.items.iter().fold(0, |set, item| set | 1 << item);
    set == items && cost(choice, set) == chosen.cost && chosen.items.is_sorted()
}

proptest! {
    #[test]
    fn a_choice_costs_what_trying_everything_finds(choice in any_choice()) {
        let chosen = unlimited(&choice);
        prop_assert!(is_valid(&choice, &chosen));
        prop_assert_eq!(chosen.cost, least(&choice));
        prop_assert!(chosen.is_optimal());
        prop_assert_eq!(chosen.cut, None);
    }

    #[test]
    fn a_limit_leaves_a_valid_choice_and_a_true_bound(
        choice in any_choice(),
        nodes in 0_u64..3,
        work in 0_u64..5000,
        looks in 0_u32..3,
    ) {
        let mut left = looks;
        let mut should_stop = || {
            left = left.saturating_sub(1);
            left == 0
        };
        let stopped = choose(&choice, SearchLimits::default(), &mut should_stop).unwrap();
        let tired = SearchLimits { nodes: None, work: Some(work) };
        let tired = choose(&choice, tired, &mut || false).unwrap();
        let counted = choose(&choice, nodes_at_most(nodes), &mut || false).unwrap();
        let least = least(&choice);
        for chosen in [stopped, counted, tired] {
            prop_assert!(is_valid(&choice, &chosen));
            prop_assert!(chosen.lower_bound <= least && least <= chosen.cost);
            prop_assert_eq!(chosen.cut.is_some(), !chosen.is_optimal());
        }
    }

    #[test]
    fn numbering_changes_no_least_cost(choice in any_choice(), seed: u32) {
        let items = u32::try_from(choice.costs.len()).unwrap();
        let turn = |item: u32| items - 1 - (item + seed % items) % items;
        let mut costs = vec![0; choice.costs.len()];
        for (item, &cost) in (0..).zip(&choice.costs) {
            costs[turn(item) as usize] = cost;
        }
        let demands = choice.demands.iter().rev();
        let turned = Choice {
            costs,
            demands: demands.map(|&(from, to)| (turn(from), turn(to))).collect(),
            wants: choice
                .wants
                .iter()
                .rev()
                .map(|want| want.iter().rev().map(|&each| turn(each)).collect())
                .collect(),
        };
        prop_assert_eq!(unlimited(&turned).cost, unlimited(&choice).cost);
    }

    #[test]
    fn one_more_alternative_never_raises_the_least_cost(
        choice in any_choice(),
        want: prop::sample::Index,
        item: prop::sample::Index,
    ) {
        prop_assume!(!choice.wants.is_empty());
        let mut richer = choice.clone();
        let item = u32::try_from(item.index(choice.costs.len())).unwrap();
        richer.wants[want.index(choice.wants.len())].push(item);
        prop_assert!(unlimited(&richer).cost <= unlimited(&choice).cost);
    }

    #[test]
    fn what_costs_nothing_any_more_never_raises_the_least_cost(
        choice in any_choice(),
        item: prop::sample::Index,
    ) {
        let mut cheaper = choice.clone();
        cheaper.costs[item.index(choice.costs.len())] = 0;
        prop_assert!(unlimited(&cheaper).cost <= unlimited(&choice).cost);
    }

    #[test]
    fn the_same_question_gets_the_same_answer(choice in any_choice(), nodes in 0_u64..3) {
        let answer = || choose(&choice, nodes_at_most(nodes), &mut || false).unwrap();
        prop_assert_eq!(answer(), answer());
    }
}

/// A cover that takes a search: the triples of Steiner's system on 27 points.
fn steiner_27() -> Choice {
    let point = |x: u32, y: u32, z: u32| 9 * (x % 3) + 3 * (y % 3) + z % 3;
    let mut wants = Vec::new();
    for one in 0..27_u32 {
        for two in one + 1..27 {
            let (x, y, z) = (
                one / 9 + two / 9,
                one / 3 % 3 + two / 3 % 3,
                one % 3 + two % 3,
            );
            // The three points of a line add up to nothing in every coordinate.
            let three = point(6 - x, 6 - y, 6 - z);
            if two < three {
                wants.push(vec![one, two, three]);
            }
        }
    }
    Choice {
        costs: vec![5; 27],
        demands: Vec::new(),
        wants,
    }
}

#[test]
fn the_lines_of_a_cube_of_27_points_take_18_points_to_cover() {
    let choice = steiner_27();
    assert_eq!(choice.wants.len(), 117);
    let chosen = unlimited(&choice);
    assert_eq!((chosen.cost, chosen.is_optimal()), (18 * 5, true));
}

#[test]
fn a_search_cut_in_the_middle_reports_how_far_it_got() {
    let choice = steiner_27();
    let cut = choose(&choice, nodes_at_most(3), &mut || false).unwrap();
    assert_eq!((cut.cut, cut.nodes), (Some(Cut::Nodes), 3));
    assert!(cut.lower_bound < 90 && 90 <= cut.cost, "{cut:?}");
    let stopped = choose(&choice, SearchLimits::default(), &mut || true).unwrap();
    assert_eq!(stopped.cut, Some(Cut::Stopped));
    assert!(
        stopped.lower_bound < 90 && 90 <= stopped.cost,
        "{stopped:?}"
    );
}
