//! Instances to test with, and their least cost by trying everything.

use proptest::prelude::*;

use super::instance::Instance;
use super::lists::{Lists, narrow};

/// Instances of few items: wants with alternatives of one item, or of some.
pub(super) fn instances() -> impl Strategy<Value = Instance> {
    (2_u32..10, 1_usize..4).prop_flat_map(|(items, most)| {
        let costs = prop_oneof![
            proptest::collection::vec(1_u64..4, items as usize),
            proptest::collection::vec(1_u64..1000, items as usize),
        ];
        let alternative = proptest::collection::btree_set(0..items, 1..=most);
        let want = proptest::collection::vec(alternative, 1..5);
        (costs, proptest::collection::vec(want, 1..8)).prop_map(|(costs, wants)| {
            let mut alternatives = Lists::new();
            let mut want_of = Vec::new();
            for (want, rows) in wants.iter().enumerate() {
                for row in rows {
                    alternatives.push(row.iter().copied());
                    want_of.push(narrow(want));
                }
            }
            Instance::new(costs, alternatives, want_of)
        })
    })
}

/// The least cost of a set of items that meets all wants.
pub(super) fn least(instance: &Instance) -> u64 {
    let sets = 0..1_u32 << instance.item_count();
    let met = sets.filter(|&set| meets_all(instance, set));
    met.map(|set| cost(instance, set)).min().unwrap()
}

/// Returns whether a set of items, as bits, meets all wants.
pub(super) fn meets_all(instance: &Instance, set: u32) -> bool {
    (0..instance.want_count()).all(|want| {
        instance.alternatives_of(want).any(|alternative| {
            let row = instance.alternatives.row(alternative);
            row.iter().all(|item| set & (1 << item) != 0)
        })
    })
}

/// The cost of a set of items, as bits.
pub(super) fn cost(instance: &Instance, set: u32) -> u64 {
    let items = (0..).zip(&instance.costs);
    let held = items.filter(|(item, _)| set & (1 << item) != 0);
    held.map(|(_, cost)| cost).sum()
}
