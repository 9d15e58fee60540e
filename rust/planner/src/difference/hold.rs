//! The own changes to hold back so that few builds remain.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::fresh::Fresh;
use crate::graph::id::SpecId;
use crate::graph::set::SpecSet;
use crate::graph::shared_sets::{SetId, SharedSets, Union};

/// The own changes in the order in which to hold them back.
///
/// Holding a change back means keeping the old version of that spec. A spec whose own changes are
/// *all* held keeps its old hash and need not be built. The number of builds that remain is an
/// **estimate**: it is counted on the graphs of the two states, without asking a concretizer what
/// it would choose instead.
///
/// # The order
///
/// Greedy: the next change is the one that releases most builds at once; ties go to the one that
/// reaches most builds, then to the smallest rank. Choosing the best set of k changes is hard in
/// general (builds that need two changes held make it the densest subgraph problem), and the greedy
/// prefix need not be best. With at most [`SEARCHED_CHANGES`](Self::SEARCHED_CHANGES) own changes
/// every set is tried, and each step also shows the fewest builds that any k changes leave.
///
/// # Complexity
///
/// O(n + m) and the sizes of the sets of own changes that differ, each counted once a change;
/// the search adds O(2^c c) for c own changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldList {
    /// The builds when nothing is held back: new hashes that are not external.
    pub builds: usize,
    /// The steps in greedy order; after the last one no build remains.
    pub steps: Vec<HoldStep>,
    /// For k = 0, 1, ... the best set of k own changes, found by search; `None` when there are too
    /// many own changes to search.
    pub best: Option<Vec<BestHold>>,
}

/// One step of a [`HoldList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldStep {
    /// The own change to hold back.
    pub spec: SpecId,
    /// The builds that remain when this one and all before it are held back.
    pub builds_left: usize,
    /// The fewest builds that remain when any as many own changes are held back, by exact search;
    /// `None` where no search was made.
    pub fewest_left: Option<usize>,
}

/// The best set of a number of own changes to hold back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestHold {
    /// The own changes, in ascending rank; of several best sets the first in order of ranks.
    pub specs: Vec<SpecId>,
    /// The builds that remain.
    pub builds_left: usize,
}

impl HoldList {
    /// The maximum number of own changes for which every set is tried.
    pub const SEARCHED_CHANGES: usize = 16;
}

/// Builds that have the same own changes in their closure. Own changes are numbered by rank.
struct Groups {
    sets: SharedSets,
    /// By set, how many builds have exactly these own changes.
    weights: Vec<usize>,
}

impl Groups {
    fn new(fresh: &Fresh, external: &SpecSet) -> Self {
        let mut cause_number = vec![None; fresh.len()];
        for (number, &cause) in (0..).zip(fresh.causes()) {
            cause_number[cause as usize] = Some(number);
        }
        let mut sets = SharedSets::new();
        let mut set_of: Vec<SetId> = Vec::with_capacity(fresh.len());
        let mut union = Union::new(fresh.causes().len());
        let mut weights = Vec::new();
        for (number, cause) in (0..).zip(cause_number) {
            union.start();
            if let Some(cause) = cause {
                union.add(cause);
            }
            for below in fresh.below(number) {
                union.add_set(set_of[below as usize]);
            }
            let set = match union.finish(&sets) {
                Ok(set) => set,
                Err(causes) => sets.intern(causes),
            };
            set_of.push(set);
            weights.resize(sets.len(), 0);
            weights[set.index()] += usize::from(!external.contains(fresh.id(number)));
        }
        Self { sets, weights }
    }

    /// The own changes of each group, and its builds.
    fn iter(&self) -> impl Iterator<Item = (&[u32], usize)> + '_ {
        let weights = self.weights.iter().enumerate();
        let weights = weights.filter(|(_, weight)| **weight > 0);
        weights.map(|(set, &weight)| (self.sets.get(SetId::at(set)), weight))
    }
}

pub(super) fn hold_list(fresh: &Fresh, external: &SpecSet) -> HoldList {
    let causes = fresh.causes();
    let groups = Groups::new(fresh, external);
    let builds = groups.iter().map(|(_, weight)| weight).sum();
    let best =
        (causes.len() <= HoldList::SEARCHED_CHANGES).then(|| search(&groups, causes.len(), builds));
    let steps = greedy(&groups, causes.len());
    let mut builds_left = builds;
    let spec = |cause: u32| fresh.id(causes[cause as usize]);
    HoldList {
        builds,
        steps: (1..)
            .zip(steps)
            .map(|(held, (cause, released))| {
                builds_left -= released;
                HoldStep {
                    spec: spec(cause),
                    builds_left,
                    fewest_left: best.as_ref().map(|best: &Vec<Best>| best[held].builds_left),
                }
            })
            .collect(),
        best: best.map(|best| {
            let best = best.into_iter();
            best.map(|best| BestHold {
                specs: (0..32)
                    .filter(|bit| best.held >> bit & 1 == 1)
                    .map(spec)
                    .collect(),
                builds_left: best.builds_left,
            })
            .collect()
        }),
    }
}

/// The own changes in greedy order, each with the builds that it releases.
///
/// Invariant: `gain[c]` is the number of builds for which c is the one own change not held yet.
/// A gain only grows until its change is held, so that the heap may keep old entries, which are
/// known by their gain being smaller.
fn greedy(groups: &Groups, cause_count: usize) -> Vec<(u32, usize)> {
    let groups: Vec<(&[u32], usize)> = groups.iter().collect();
    let mut gain = vec![0; cause_count];
    let mut reach = vec![0; cause_count];
    let mut groups_of: Vec<Vec<usize>> = vec![Vec::new(); cause_count];
    let mut waiting: Vec<usize> = Vec::with_capacity(groups.len());
    for (group, &(causes, weight)) in groups.iter().enumerate() {
        waiting.push(causes.len());
        for &cause in causes {
            reach[cause as usize] += weight;
            groups_of[cause as usize].push(group);
        }
        if let [cause] = causes {
            gain[*cause as usize] += weight;
        }
    }
    let entry = |cause: u32, gain: usize| (gain, reach[cause as usize], Reverse(cause));
    let mut heap: BinaryHeap<_> = (0..)
        .zip(&gain)
        .map(|(cause, &gain)| entry(cause, gain))
        .collect();
    let mut is_held = vec![false; cause_count];
    let mut order = Vec::with_capacity(cause_count);
    while let Some((released, _, Reverse(cause))) = heap.pop() {
        if released < gain[cause as usize] || std::mem::replace(&mut is_held[cause as usize], true)
        {
            continue;
        }
        order.push((cause, released));
        for &group in &groups_of[cause as usize] {
            waiting[group] -= 1;
            if waiting[group] == 1 {
                let (causes, weight) = groups[group];
                if let Some(&last) = causes.iter().find(|&&cause| !is_held[cause as usize]) {
                    gain[last as usize] += weight;
                    heap.push(entry(last, gain[last as usize]));
                }
            }
        }
    }
    order
}

/// A set of own changes as bits, bit c for own change c.
#[derive(Clone, Copy)]
struct Best {
    held: u32,
    builds_left: usize,
}

/// The best set of each size, by trying all.
///
/// The builds that a set releases are those of all groups within it: a sum over subsets, which is
/// computed for all sets at once, one own change after the other (Yates 1937).
fn search(groups: &Groups, cause_count: usize, builds: usize) -> Vec<Best> {
    let mut released = vec![0; 1 << cause_count];
    for (causes, weight) in groups.iter() {
        let bits = causes.iter().fold(0_usize, |bits, cause| bits | 1 << cause);
        released[bits] += weight;
    }
    for cause in 0..cause_count {
        for set in 0..released.len() {
            if set >> cause & 1 == 1 {
                released[set] += released[set ^ (1 << cause)];
            }
        }
    }
    let mut best: Vec<Option<Best>> = vec![None; cause_count + 1];
    for (held, released) in (0_u32..).zip(released) {
        let builds_left = builds - released;
        let slot = &mut best[held.count_ones() as usize];
        // Of two sets of one size, the first in order of ranks has the lower bits.
        let order = |left: usize, held: u32| (left, Reverse(held.reverse_bits()));
        let is_better =
            slot.is_none_or(|best| order(builds_left, held) < order(best.builds_left, best.held));
        if is_better {
            *slot = Some(Best { held, builds_left });
        }
    }
    best.into_iter().flatten().collect()
}
