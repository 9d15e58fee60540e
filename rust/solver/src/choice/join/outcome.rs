//! The joined wants, as an instance of its own.

use super::super::instance::Instance;
use super::super::lists::{Lists, narrow};
use super::super::reduce::Reduced;
use super::Joiner;

impl Joiner<'_> {
    pub(super) fn finish(self) -> Reduced {
        let instance = self.instance;
        let mut number = vec![u32::MAX; instance.item_count()];
        let mut costs = Vec::new();
        let mut items = Lists::new();
        let mut alternatives = Lists::new();
        let mut want_of = Vec::new();
        let mut wants = Lists::new();
        let mut number_of = |item: u32, costs: &mut Vec<u64>, items: &mut Lists| {
            let slot = &mut number[item as usize];
            if *slot == u32::MAX {
                *slot = narrow(costs.len());
                costs.push(instance.costs[item as usize]);
                items.push([item]);
            }
            *slot
        };
        for (want, mut parts) in self.parts.into_iter().enumerate() {
            if parts.is_empty() {
                continue;
            }
            let new = narrow(wants.len());
            if let Some(ways) = &self.ways[want] {
                for way in ways {
                    let shared = way.shared.iter();
                    let mut row: Vec<u32> = shared
                        .map(|&item| number_of(item, &mut costs, &mut items))
                        .collect();
                    if way.own > 0 {
                        row.push(narrow(costs.len()));
                        costs.push(way.own);
                        items.push(way.owned.iter().copied());
                    }
                    row.sort_unstable();
                    alternatives.push(row);
                    want_of.push(new);
                }
            } else {
                for alternative in instance.alternatives_of(want) {
                    let row = instance.alternatives.row(alternative).iter();
                    let mut row: Vec<u32> = row
                        .map(|&item| number_of(item, &mut costs, &mut items))
                        .collect();
                    row.sort_unstable();
                    alternatives.push(row);
                    want_of.push(new);
                }
            }
            parts.sort_unstable();
            wants.push(parts);
        }
        Reduced {
            instance: Instance::new(costs, alternatives, want_of),
            taken: Vec::new(),
            items,
            wants,
        }
    }
}
