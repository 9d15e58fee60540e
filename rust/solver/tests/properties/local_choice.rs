//! Choices of many wants, each of which has items in common with its neighbours only, against dynamic
//! programming over them.

use proptest::prelude::*;
use specplan_solver::SearchLimits;
use specplan_solver::choice::{Choice, Chosen, choose};

/// Want w is met by items of `w..w + SPAN`.
const SPAN: usize = 9;

/// The wants: by want alternatives of one or two items, by their distance from the want.
#[derive(Clone, Debug)]
struct Local {
    costs: Vec<u64>,
    wants: Vec<Vec<(usize, usize)>>,
}

fn locals() -> impl Strategy<Value = Local> {
    (220_usize..300, 1_u64..200).prop_flat_map(|(wants, most)| {
        let costs = proptest::collection::vec(1..=most, wants + SPAN);
        let single = (0..SPAN).prop_map(|item| (item, item));
        let alternative = prop_oneof![4 => single, 1 => (0..SPAN, 0..SPAN)];
        let want = proptest::collection::vec(alternative, 2..5);
        (costs, proptest::collection::vec(want, wants))
            .prop_map(|(costs, wants)| Local { costs, wants })
    })
}

impl Local {
    /// The same question: a pair of items is one that costs nothing and demands both.
    fn choice(&self) -> Choice {
        let mut choice = Choice {
            costs: self.costs.clone(),
            ..Choice::default()
        };
        for (want, alternatives) in self.wants.iter().enumerate() {
            let mut own = Vec::new();
            for &(one, two) in alternatives {
                let items = [one, two].map(|item| u32::try_from(want + item).unwrap());
                if one == two {
                    own.push(items[0]);
                } else {
                    let pair = u32::try_from(choice.costs.len()).unwrap();
                    choice.costs.push(0);
                    choice.demands.extend(items.map(|item| (pair, item)));
                    own.push(pair);
                }
            }
            choice.wants.push(own);
        }
        choice
    }

    /// The least cost: item by item, over the sets of held items among the last ones.
    fn least(&self) -> u64 {
        let states = 1_usize << SPAN;
        // Bit b of a state stands for the item that is b before the newest.
        let mut costs = vec![u64::MAX; states];
        costs[0] = 0;
        for (item, &cost) in self.costs.iter().enumerate() {
            let mut next = vec![u64::MAX; states];
            for (state, &before) in costs.iter().enumerate() {
                for held in 0..2 {
                    let after = ((state << 1) | held) & (states - 1);
                    let is_met = item + 1 < SPAN || {
                        let want = self.wants.get(item + 1 - SPAN);
                        let holds = |distance: usize| after & (1 << (SPAN - 1 - distance)) != 0;
                        want.is_none_or(|want| {
                            want.iter().any(|&(one, two)| holds(one) && holds(two))
                        })
                    };
                    if is_met && before < u64::MAX {
                        let sum = before + cost * held as u64;
                        next[after] = next[after].min(sum);
                    }
                }
            }
            costs = next;
        }
        costs.into_iter().min().unwrap()
    }
}

fn is_valid(choice: &Choice, chosen: &Chosen) -> bool {
    let held = |item: u32| chosen.items.binary_search(&item).is_ok();
    let is_closed = choice
        .demands
        .iter()
        .all(|&(from, to)| !held(from) || held(to));
    let is_met = choice
        .wants
        .iter()
        .zip(&chosen.alternatives)
        .all(|(want, &at)| held(want[at]));
    let costs = chosen.items.iter().map(|&item| choice.costs[item as usize]);
    is_closed && is_met && costs.sum::<u64>() == chosen.cost
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn a_choice_among_neighbours_costs_what_dynamic_programming_finds(local in locals()) {
        let choice = local.choice();
        let chosen = choose(&choice, SearchLimits::default(), &mut || false).unwrap();
        prop_assert!(is_valid(&choice, &chosen));
        prop_assert_eq!(chosen.cost, local.least());
        prop_assert!(chosen.is_optimal());
    }

    #[test]
    fn a_limit_of_work_among_neighbours_leaves_a_true_bound(local in locals(), work in 0_u64..3_000_000) {
        let choice = local.choice();
        let limits = SearchLimits { nodes: None, work: Some(work) };
        let answer = || choose(&choice, limits, &mut || false).unwrap();
        let chosen = answer();
        let least = local.least();
        prop_assert!(is_valid(&choice, &chosen));
        prop_assert!(chosen.lower_bound <= least && least <= chosen.cost);
        prop_assert_eq!(answer(), chosen);
    }
}
