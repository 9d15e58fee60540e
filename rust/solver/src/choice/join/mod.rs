//! Joining wants: several become one, whose alternatives are the possible choices for all of them.
//!
//! Say an item is shared by two wants. Joined, they are one want, with an alternative for each pair
//! of theirs; most pairs can be replaced by others at once. Items that only this want still needs
//! are its own: only their cost matters. So an alternative consists of the *shared* items that it
//! needs and the cost of its *own* ones, and `a` is replaceable by `b` if
//!
//! ```text
//! own(b) + cost(shared(b) - shared(a)) <= own(a)
//! ```
//!
//! Joining all wants of an item makes the item their own: it is eliminated, as by nonserial dynamic
//! programming (Bertele and Brioschi, 1972), or bucket elimination (Dechter, 1999). If wants share
//! items with few neighbours only, just the cheapest choice remains in the end. If not, a few
//! joined wants still raise the bound of `dual.rs`, which is as good as if each want were solved
//! exactly: no sharing of costs solves a triangle of wants, of which each two share an item, before
//! they are joined.

mod outcome;
mod way;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::instance::Instance;
use super::lists::narrow;
use super::reduce::Reduced;
use way::{Way, both, entries, keep_irreplaceable, shared};

/// The limits on the growth of wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// The maximum number of alternatives of a joined want.
    pub(super) alternatives: usize,
    /// The maximum number of its entries beyond those of the wants that it is made of.
    pub(super) growth: usize,
}

/// The conclusions from a bound about the alternatives of an instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth<'a> {
    /// By alternative the excess price over the cheapest of its want.
    pub(super) regrets: &'a [f64],
    /// By item the unpaid part of its cost; negative if too much is paid.
    pub(super) unpaid: &'a [f64],
    /// The maximum excess cost of a wanted solution over the bound.
    pub(super) gap: f64,
}

/// The result of joining.
pub(super) enum Joined {
    /// There is nothing to join.
    Nothing,
    /// The worth leaves no common alternative to some wants.
    Hopeless,
    /// Fewer wants.
    Smaller(Box<Reduced>),
}

/// The maximum number of pairs that are tried to join two wants, as a multiple of the number that
/// may remain.
const PAIRS: usize = 8;

/// Joins wants as far as the room allows; `None` if none are. `effort` bounds the work, in steps over
/// entries, and is lowered by it.
pub(super) fn join(
    instance: &Instance,
    worth: Option<Worth<'_>>,
    room: Room,
    effort: &mut u64,
) -> Joined {
    if !has_candidates(instance, room) {
        return Joined::Nothing;
    }
    let mut joiner = Joiner {
        instance,
        worth,
        room,
        parts: (0..instance.want_count())
            .map(|want| vec![narrow(want)])
            .collect(),
        ways: vec![None; instance.want_count()],
        holders: holders(instance),
        queue: BinaryHeap::new(),
        has_joined: false,
        is_hopeless: false,
    };
    for item in 0..instance.item_count() {
        joiner.enqueue(narrow(item));
    }
    joiner.run(effort);
    if joiner.is_hopeless {
        Joined::Hopeless
    } else if joiner.has_joined {
        Joined::Smaller(Box::new(joiner.finish()))
    } else {
        Joined::Nothing
    }
}

/// Returns whether there are wants that could be joined.
pub(super) fn has_candidates(instance: &Instance, room: Room) -> bool {
    instance.uses.rows().any(|uses| {
        let mut last = u32::MAX;
        let mut wants = 0;
        let mut pairs: usize = 1;
        for &alternative in uses {
            let want = instance.want_of[alternative as usize];
            if want != last {
                last = want;
                wants += 1;
                pairs = pairs.saturating_mul(instance.alternatives_of(want as usize).len());
                if pairs > room.pairs() {
                    return false;
                }
            }
        }
        wants > 1
    })
}

/// By item the wants that need it for some alternative, ascending.
fn holders(instance: &Instance) -> Vec<Vec<u32>> {
    let rows = instance.uses.rows().map(|uses| {
        let wants = uses.iter().map(|&each| instance.want_of[each as usize]);
        let mut wants: Vec<u32> = wants.collect();
        wants.dedup();
        wants
    });
    rows.collect()
}

/// The number of alternatives that wants would have if they were joined and none was replaceable.
fn pairs(wants: &[u32], count: impl Fn(usize) -> usize) -> usize {
    wants.iter().fold(1, |product: usize, &want| {
        product.saturating_mul(count(want as usize))
    })
}

impl Room {
    const fn pairs(self) -> usize {
        PAIRS * self.alternatives
    }
}

struct Joiner<'a> {
    instance: &'a Instance,
    worth: Option<Worth<'a>>,
    room: Room,
    /// By want those of the instance that it is made of; empty if it has become part of another.
    parts: Vec<Vec<u32>>,
    /// By want its alternatives, as soon as they differ from the instance's.
    ways: Vec<Option<Vec<Way>>>,
    /// By item the wants that need it for some alternative, ascending.
    holders: Vec<Vec<u32>>,
    /// Items to eliminate, those with the fewest pairs first.
    queue: BinaryHeap<Reverse<(usize, u32)>>,
    has_joined: bool,
    is_hopeless: bool,
}

impl Joiner<'_> {
    fn run(&mut self, effort: &mut u64) {
        while let Some(Reverse((pairs, item))) = self.queue.pop() {
            if *effort == 0 || self.is_hopeless {
                return;
            }
            // Wants that have changed since are in the queue again.
            if self.pairs(item) == Some(pairs) {
                *effort = effort.saturating_sub(self.eliminate(item));
            }
        }
    }

    /// The number of pairs to try if the wants of an item are joined.
    fn pairs(&self, item: u32) -> Option<usize> {
        let holders = &self.holders[item as usize];
        let pairs = pairs(holders, |want| self.count(want));
        (holders.len() > 1 && pairs <= self.room.pairs()).then_some(pairs)
    }

    fn enqueue(&mut self, item: u32) {
        if let Some(pairs) = self.pairs(item) {
            self.queue.push(Reverse((pairs, item)));
        }
    }

    fn count(&self, want: usize) -> usize {
        let ways = self.ways[want].as_ref();
        ways.map_or_else(|| self.instance.alternatives_of(want).len(), Vec::len)
    }

    fn ways_of(&self, want: usize) -> Vec<Way> {
        if let Some(ways) = &self.ways[want] {
            return ways.clone();
        }
        let alternatives = self.instance.alternatives_of(want);
        let mut ways: Vec<Way> = alternatives
            .map(|alternative| Way {
                shared: self.instance.alternatives.row(alternative).to_vec(),
                own: 0,
                owned: Vec::new(),
                regret: self.worth.map_or(0.0, |worth| worth.regrets[alternative]),
            })
            .collect();
        self.own_alone(&mut ways, &[narrow(want)]);
        ways
    }

    /// Turns items that no other want needs into own items of these wants.
    fn own_alone(&self, ways: &mut [Way], wants: &[u32]) {
        for way in ways {
            let Way {
                shared,
                own,
                owned,
                regret,
            } = way;
            shared.retain(|&item| {
                let is_alone = self.holders[item as usize]
                    .iter()
                    .all(|want| wants.contains(want));
                if is_alone {
                    *own += self.instance.costs[item as usize];
                    owned.push(item);
                    *regret += self.unpaid(item);
                }
                !is_alone
            });
        }
    }

    /// The least remaining payment for an item that is needed.
    fn unpaid(&self, item: u32) -> f64 {
        self.worth
            .map_or(0.0, |worth| worth.unpaid[item as usize].max(0.0))
    }

    /// Drops the alternatives that are too expensive for a wanted solution.
    fn keep_worthwhile(&mut self, ways: &mut Vec<Way>) {
        let Some(worth) = self.worth else {
            return;
        };
        ways.retain(|way| {
            let unpaid = way.shared.iter().map(|&item| self.unpaid(item));
            way.regret + unpaid.sum::<f64>() <= worth.gap
        });
        self.is_hopeless |= ways.is_empty();
    }

    /// Joins the wants of an item if the result is within the limits; returns the work.
    fn eliminate(&mut self, item: u32) -> u64 {
        let wants = self.holders[item as usize].clone();
        let mut work = 0;
        let mut joined: Vec<Way> = Vec::new();
        let mut before = 0;
        for (position, &want) in wants.iter().enumerate() {
            let ways = self.ways_of(want as usize);
            before += entries(&ways);
            if position == 0 {
                joined = ways;
                continue;
            }
            joined = joined
                .iter()
                .flat_map(|left| ways.iter().map(move |right| both(left, right)))
                .collect();
            self.own_alone(&mut joined, &wants[..=position]);
            self.keep_worthwhile(&mut joined);
            work += 2 * entries(&joined) as u64;
            work += keep_irreplaceable(&mut joined, &self.instance.costs);
        }
        if joined.len() <= self.room.alternatives && entries(&joined) <= before + self.room.growth {
            self.replace(&wants, joined);
            self.has_joined = true;
        }
        work + before as u64
    }

    /// Puts a joined want in the place of the wants that it is made of.
    fn replace(&mut self, wants: &[u32], joined: Vec<Way>) {
        let first = wants[0] as usize;
        for &want in &wants[1..] {
            let parts = std::mem::take(&mut self.parts[want as usize]);
            self.parts[first].extend(parts);
        }
        let mut touched = vec![];
        for &want in wants {
            touched.extend(self.items_of(want as usize));
            self.ways[want as usize] = None;
        }
        touched.sort_unstable();
        touched.dedup();
        for &item in &touched {
            self.holders[item as usize].retain(|want| !wants.contains(want));
        }
        for item in shared(&joined) {
            let holders = &mut self.holders[item as usize];
            let place = holders.partition_point(|&want| (want as usize) < first);
            holders.insert(place, narrow(first));
        }
        self.ways[first] = Some(joined);
        self.settle(touched);
    }

    /// Finds, for items whose wants have changed, those that become a want's own.
    fn settle(&mut self, mut touched: Vec<u32>) {
        let mut waiting = Vec::new();
        while let Some(item) = touched.pop() {
            let [only] = self.holders[item as usize][..] else {
                waiting.push(item);
                continue;
            };
            let want = only as usize;
            let before = self.items_of(want);
            let mut ways = self.ways_of(want);
            self.own_alone(&mut ways, &[only]);
            keep_irreplaceable(&mut ways, &self.instance.costs);
            let left = shared(&ways);
            for item in before {
                if left.binary_search(&item).is_err() {
                    self.holders[item as usize].retain(|&want| want != only);
                    touched.push(item);
                }
            }
            waiting.extend(left);
            self.ways[want] = Some(ways);
        }
        // If the alternatives of a want change, all of its items have other pairs to try.
        let mut wants: Vec<u32> = Vec::new();
        for &item in &waiting {
            wants.extend(&self.holders[item as usize]);
        }
        wants.sort_unstable();
        wants.dedup();
        for &want in &wants {
            waiting.extend(self.items_of(want as usize));
        }
        waiting.sort_unstable();
        waiting.dedup();
        for item in waiting {
            self.enqueue(item);
        }
    }

    /// The items that a want shares, or may still share, ascending.
    fn items_of(&self, want: usize) -> Vec<u32> {
        if let Some(ways) = &self.ways[want] {
            return shared(ways);
        }
        let alternatives = self.instance.alternatives_of(want);
        let rows = alternatives.flat_map(|each| self.instance.alternatives.row(each));
        let mut items: Vec<u32> = rows.copied().collect();
        items.sort_unstable();
        items.dedup();
        items
    }
}

#[cfg(test)]
mod tests;
