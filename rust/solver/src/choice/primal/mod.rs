//! Good solutions without proof: greedy, and by removing a part and completing it anew.

mod draws;
mod neighbourhood;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::instance::Instance;
use super::lists::narrow;
use crate::numbers::to_float;

pub(super) use draws::Draws;

/// A set of items, and which wants it meets.
pub(super) struct Holding<'a> {
    instance: &'a Instance,
    /// The held items, in no order that means anything.
    held: Vec<u32>,
    /// By item its position among those held.
    place: Vec<u32>,
    /// By alternative its items that are not held.
    missing: Vec<u32>,
    /// By want its alternatives all of whose items are held.
    met: Vec<u32>,
    unmet: usize,
    cost: u64,
    work: u64,
    /// The items held or released since the last mark.
    log: Vec<u32>,
}

const NOT_HELD: u32 = u32::MAX;

/// A number with the order of its value, never NaN.
#[derive(Clone, Copy, PartialEq)]
struct Weight(f64);

impl Eq for Weight {}

impl PartialOrd for Weight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Weight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl<'a> Holding<'a> {
    pub(super) fn new(instance: &'a Instance) -> Self {
        Self {
            instance,
            held: Vec::new(),
            place: vec![NOT_HELD; instance.item_count()],
            missing: (0..instance.alternative_count())
                .map(|each| narrow(instance.alternatives.span(each).len()))
                .collect(),
            met: vec![0; instance.want_count()],
            unmet: instance.want_count(),
            cost: 0,
            work: 0,
            log: Vec::new(),
        }
    }

    /// The held items, ascending.
    pub(super) fn items(&self) -> Vec<u32> {
        let mut items = self.held.clone();
        items.sort_unstable();
        items
    }

    fn holds(&self, item: u32) -> bool {
        self.place[item as usize] != NOT_HELD
    }

    /// Steps over entries so far.
    pub(super) fn worked(&self) -> u64 {
        self.work
    }

    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    pub(super) fn hold(&mut self, item: u32) {
        if self.holds(item) {
            return;
        }
        self.place[item as usize] = narrow(self.held.len());
        self.held.push(item);
        self.cost += self.instance.costs[item as usize];
        self.log.push(item);
        let uses = self.instance.uses.row(item as usize);
        self.work += uses.len() as u64;
        for &alternative in uses {
            let missing = &mut self.missing[alternative as usize];
            *missing -= 1;
            if *missing == 0 {
                let met = &mut self.met[self.instance.want_of[alternative as usize] as usize];
                self.unmet -= usize::from(*met == 0);
                *met += 1;
            }
        }
    }

    fn release(&mut self, item: u32) {
        if !self.holds(item) {
            return;
        }
        let place = std::mem::replace(&mut self.place[item as usize], NOT_HELD);
        self.held.swap_remove(place as usize);
        if let Some(&moved) = self.held.get(place as usize) {
            self.place[moved as usize] = place;
        }
        self.cost -= self.instance.costs[item as usize];
        self.log.push(item);
        let uses = self.instance.uses.row(item as usize);
        self.work += uses.len() as u64;
        for &alternative in uses {
            let missing = &mut self.missing[alternative as usize];
            if *missing == 0 {
                let met = &mut self.met[self.instance.want_of[alternative as usize] as usize];
                *met -= 1;
                self.unmet += usize::from(*met == 0);
            }
            *missing += 1;
        }
    }

    /// Returns whether every want that is met stays so without the item.
    fn is_unnecessary(&mut self, item: u32) -> bool {
        let uses = self.instance.uses.row(item as usize);
        self.work += uses.len() as u64;
        let mut want = u32::MAX;
        let mut lost = 0;
        for &alternative in uses {
            let of = self.instance.want_of[alternative as usize];
            if of != want {
                want = of;
                lost = 0;
            }
            if self.missing[alternative as usize] == 0 {
                lost += 1;
                if self.met[of as usize] == lost {
                    return false;
                }
            }
        }
        true
    }

    /// Releases items that are not needed, in order.
    fn prune(&mut self, order: &[u32]) {
        for &item in order {
            if self.holds(item) && self.is_unnecessary(item) {
                self.release(item);
            }
        }
    }

    /// Releases items that are not needed, the most expensive first.
    pub(super) fn prune_all(&mut self, prices: &[f64]) {
        let mut held = self.items();
        held.sort_by_key(|&item| Reverse(Weight(prices[item as usize])));
        self.prune(&held);
    }

    /// The number of unmet wants that the item alone would meet.
    fn gain(&mut self, item: u32) -> u64 {
        let uses = self.instance.uses.row(item as usize);
        self.work += uses.len() as u64;
        let meets = uses.iter().filter(|&&alternative| {
            self.missing[alternative as usize] == 1
                && self.met[self.instance.want_of[alternative as usize] as usize] == 0
        });
        meets.count() as u64
    }

    /// Meets these wants, if they are not met yet: those of many items in the order given, by the
    /// alternative that is cheapest at that point; those of single items by the item with the least
    /// cost per want that it meets.
    pub(super) fn meet(&mut self, wants: &[u32], prices: &[f64]) {
        let instance = self.instance;
        let mut plain = Vec::new();
        for &want in wants {
            if self.met[want as usize] > 0 {
                continue;
            }
            if instance.plain[want as usize] {
                plain.push(want);
                continue;
            }
            let mut best = (f64::INFINITY, 0);
            for alternative in instance.alternatives_of(want as usize) {
                let row = instance.alternatives.row(alternative);
                self.work += row.len() as u64;
                let mut price = 0.0;
                for &item in row {
                    if !self.holds(item) {
                        price += prices[item as usize];
                        if price >= best.0 {
                            break;
                        }
                    }
                }
                if price < best.0 {
                    best = (price, alternative);
                }
            }
            for &item in instance.alternatives.row(best.1) {
                self.hold(item);
            }
        }
        plain.retain(|&want| self.met[want as usize] == 0);
        let mut candidates: Vec<u32> = Vec::new();
        for &want in &plain {
            for alternative in instance.alternatives_of(want as usize) {
                candidates.push(instance.alternatives.row(alternative)[0]);
            }
        }
        self.work += candidates.len() as u64;
        candidates.sort_unstable();
        candidates.dedup();
        let mut queue = BinaryHeap::with_capacity(candidates.len());
        for item in candidates {
            let gain = self.gain(item);
            queue.push((
                Reverse(Weight(prices[item as usize] / to_float(gain))),
                Reverse(item),
            ));
        }
        while let Some((Reverse(weight), Reverse(item))) = queue.pop() {
            let gain = self.gain(item);
            if gain == 0 {
                continue;
            }
            let now = Weight(prices[item as usize] / to_float(gain));
            if now > weight {
                queue.push((Reverse(now), Reverse(item)));
            } else {
                self.hold(item);
            }
        }
    }

    /// Meets all wants, starting from the held items.
    pub(super) fn meet_all(&mut self, prices: &[f64]) {
        let wants: Vec<u32> = (0..self.met.len()).map(narrow).collect();
        self.meet(&wants, prices);
    }
}
