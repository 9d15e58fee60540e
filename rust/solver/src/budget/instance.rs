//! The problem as it is solved: items to complete, blocks to pay.

use rustc_hash::FxHashMap;

use super::amounts::{AmountLimit, Amounts};
use super::problem::{Competition, Links, Options, Problem};
use super::worth::Worth;
use crate::numbers::number;

/// The number of others with which each option of a want is compared; more would take too long.
const COMPARED: usize = 1_000;

/// A problem without the parts that cannot matter.
#[derive(Debug)]
pub struct Instance {
    /// The amount that may be spent.
    pub(super) limit: AmountLimit,
    /// The worth of items.
    pub(super) worth: Worth,
    /// Whether each want has exactly one item, so that `links` describe it completely.
    pub(super) is_plain: bool,
    /// By item, the blocks it needs, ascending.
    pub(super) blocks_of: Vec<Vec<u32>>,
    /// By block, its cost; more than 0.
    pub(super) costs: Vec<Amounts>,
    /// By block, the items that need it, ascending.
    pub(super) items_of: Vec<Vec<u32>>,
    /// The needs of items; nothing where wants have several items.
    pub(super) links: Links,
    /// By item its number in the problem, ascending.
    item_of: Vec<u32>,
    /// The number of items that the problem has.
    asked_count: usize,
}

impl Instance {
    /// The instance of a problem. `links` is called only if each want has exactly one item.
    ///
    /// # Panics
    ///
    /// If an item or a block is out of range, or a competition has no source.
    ///
    /// # Complexity
    ///
    /// O(n) for n pairs of an item and a block, and for each want the comparison of its options.
    pub fn new(problem: Problem, links: impl FnOnce() -> Links) -> Self {
        let Problem {
            limit,
            costs,
            blocks_of,
            alone,
            groups,
        } = problem;
        let useful = |wants: Vec<Options>| -> Vec<Options> {
            let wants = wants.into_iter().map(|options| useful(&blocks_of, options));
            wants.filter(|options| !options.is_empty()).collect()
        };
        let alone = useful(alone);
        let groups = groups.into_iter().map(|mut group: Competition| {
            for source in &mut group.sources {
                source.wants = useful(std::mem::take(&mut source.wants));
            }
            group
        });
        let worth = Worth::new(alone, groups.collect());
        let mut instance = Self {
            limit,
            is_plain: worth.is_plain(),
            worth,
            asked_count: blocks_of.len(),
            item_of: (0..number(blocks_of.len())).collect(),
            blocks_of,
            costs,
            items_of: Vec::new(),
            links: Links::default(),
        };
        if instance.is_plain {
            instance.index();
            instance.links = links();
        } else {
            instance.compact();
        }
        instance
    }

    /// Returns whether each want has exactly one item, and each group one source.
    pub const fn is_plain(&self) -> bool {
        self.is_plain
    }

    fn index(&mut self) {
        self.worth.index(self.blocks_of.len());
        self.items_of = vec![Vec::new(); self.costs.len()];
        for (item, blocks) in (0..).zip(&self.blocks_of) {
            for &block in blocks {
                self.items_of[block as usize].push(item);
            }
        }
    }

    /// Drops the items that complete nothing, and unites blocks that the same remaining items need.
    fn compact(&mut self) {
        let mut is_used = vec![false; self.blocks_of.len()];
        for &(item, _) in self.worth.options.iter().flatten() {
            is_used[item as usize] = true;
        }
        let mut number_of = vec![0; is_used.len()];
        let used = number_of.iter_mut().zip(&is_used).filter(|(_, is)| **is);
        for (next, (number, _)) in (0..).zip(used) {
            *number = next;
        }
        for (item, _) in self.worth.options.iter_mut().flatten() {
            *item = number_of[*item as usize];
        }
        let mut used = is_used.iter();
        self.blocks_of
            .retain(|_| *used.next().expect("each item is used or not"));
        self.item_of.retain(|&item| is_used[item as usize]);
        self.index();
        let mut block_of: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
        let mut costs: Vec<Amounts> = Vec::new();
        let mut items_of: Vec<Vec<u32>> = Vec::new();
        for (items, &cost) in std::mem::take(&mut self.items_of)
            .into_iter()
            .zip(&self.costs)
        {
            if items.is_empty() {
                continue;
            }
            let block = *block_of.entry(items).or_insert_with_key(|items| {
                items_of.push(items.clone());
                costs.push(Amounts::default());
                costs.len() - 1
            });
            costs[block].add(cost);
        }
        for blocks in &mut self.blocks_of {
            blocks.clear();
        }
        for (block, items) in (0..).zip(&items_of) {
            for &item in items {
                self.blocks_of[item as usize].push(block);
            }
        }
        self.costs = costs;
        self.items_of = items_of;
    }

    pub(super) fn item_count(&self) -> usize {
        self.blocks_of.len()
    }

    /// The items of this instance among items of the problem.
    pub(super) fn own_items(&self, asked: &[usize]) -> Vec<usize> {
        let own = asked.iter().filter_map(|&item| {
            let item = u32::try_from(item).ok()?;
            self.item_of.binary_search(&item).ok()
        });
        own.collect()
    }

    /// Flags of this instance's items, as flags of the problem's items.
    pub(super) fn asked_items(&self, own: &[bool]) -> Vec<bool> {
        let mut asked = vec![false; self.asked_count];
        for (&item, &is_set) in self.item_of.iter().zip(own) {
            asked[item as usize] = is_set;
        }
        asked
    }
}

/// Options without those that another one dominates: worth at least as much, with no other needs.
fn useful(blocks_of: &[Vec<u32>], mut options: Options) -> Options {
    // The more valuable and smaller ones first, so that an option comes after every one that
    // dominates it.
    options.sort_by_key(|&(item, value)| (-value, blocks_of[item as usize].len(), item));
    let mut kept: Options = Vec::new();
    for (item, value) in options {
        let blocks = &blocks_of[item as usize];
        let is_useless = kept
            .iter()
            .take(COMPARED)
            .any(|&(other, _)| is_subset(&blocks_of[other as usize], blocks));
        if !is_useless {
            kept.push((item, value));
        }
    }
    kept.sort_unstable();
    kept
}

/// Returns whether ascending numbers are all among others.
fn is_subset(few: &[u32], many: &[u32]) -> bool {
    let mut rest = many.iter();
    few.len() <= many.len() && few.iter().all(|one| rest.any(|other| other == one))
}
