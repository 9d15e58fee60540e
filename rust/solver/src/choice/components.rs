//! Parts of an instance that have nothing in common: each is solved separately.

use super::instance::Instance;
use super::lists::{Lists, narrow};
use super::reduce::Reduced;

/// Splits an instance into parts that share no item, the smallest first; by part the original
/// numbers of its items. Every item is needed by some alternative.
pub(super) fn components(instance: &Instance) -> Vec<Reduced> {
    let mut leader: Vec<u32> = (0..instance.item_count()).map(narrow).collect();
    for want in 0..instance.want_count() {
        let span = instance.alternatives_of(want);
        let first = instance.alternatives.span(span.start).start;
        let end = instance.alternatives.span(span.end - 1).end;
        let items = &instance.alternatives.values()[first..end];
        for &item in &items[1..] {
            join(&mut leader, items[0], item);
        }
    }
    let mut part_of_leader = vec![u32::MAX; instance.item_count()];
    let mut part_of = vec![0; instance.item_count()];
    let mut items: Vec<Vec<u32>> = Vec::new();
    for item in 0..instance.item_count() {
        let found = find(&mut leader, narrow(item)) as usize;
        if part_of_leader[found] == u32::MAX {
            part_of_leader[found] = narrow(items.len());
            items.push(Vec::new());
        }
        part_of[item] = part_of_leader[found];
        items[part_of[item] as usize].push(narrow(item));
    }
    let mut alternatives: Vec<Vec<u32>> = vec![Vec::new(); items.len()];
    for alternative in 0..instance.alternative_count() {
        let item = instance.alternatives.row(alternative)[0];
        alternatives[part_of[item as usize] as usize].push(narrow(alternative));
    }
    let mut new_of = vec![0; instance.item_count()];
    let mut parts: Vec<Reduced> = items
        .into_iter()
        .zip(alternatives)
        .map(|(items, alternatives)| {
            for (new, &item) in items.iter().enumerate() {
                new_of[item as usize] = narrow(new);
            }
            part(instance, &items, &alternatives, &new_of)
        })
        .collect();
    parts.sort_by_key(|part| part.instance.entry_count());
    parts
}

fn part(instance: &Instance, items: &[u32], alternatives: &[u32], new_of: &[u32]) -> Reduced {
    let mut rows = Lists::new();
    let mut want_of = Vec::with_capacity(alternatives.len());
    let mut wants = Lists::new();
    let mut last = u32::MAX;
    for &alternative in alternatives {
        let row = instance.alternatives.row(alternative as usize).iter();
        rows.push(row.map(|&item| new_of[item as usize]));
        let old = instance.want_of[alternative as usize];
        if last != old {
            wants.push([old]);
            last = old;
        }
        want_of.push(narrow(wants.len() - 1));
    }
    let mut own_items = Lists::new();
    for &item in items {
        own_items.push([item]);
    }
    let costs = items.iter().map(|&item| instance.costs[item as usize]);
    Reduced {
        instance: Instance::new(costs.collect(), rows, want_of),
        taken: Vec::new(),
        items: own_items,
        wants,
    }
}

fn find(leader: &mut [u32], mut item: u32) -> u32 {
    while leader[item as usize] != item {
        leader[item as usize] = leader[leader[item as usize] as usize];
        item = leader[item as usize];
    }
    item
}

/// The smaller leader leads, so that parts do not depend on the order of joining.
fn join(leader: &mut [u32], left: u32, right: u32) {
    let (left, right) = (find(leader, left), find(leader, right));
    leader[left.max(right) as usize] = left.min(right);
}
