//! The choice as it is solved: items to complete, blocks to pay.
//!
//! An *item* is a spec that completes wants, or several with the same builds; a *block* is a set of
//! builds that the same items need.

use rustc_hash::FxHashMap;

use super::amounts::{Amounts, weigh};
use super::classes::Classes;
use super::roots::{Root, RootStanding, Roots};
use super::worth::{Options, SourceWorth, Worth};
use super::{Group, Want};
use crate::graph::Places;
use crate::id::Place;
use crate::rebuild::Plan;

/// What a want is worth at most.
const MOST_WEIGHT: u64 = 1_000_000_000;

/// With how many others each option of a want is compared; more take too long.
const COMPARED: usize = 1_000;

/// What is to be chosen.
#[derive(Debug)]
pub(super) struct Instance {
    /// What may be spent.
    pub(super) limit: Amounts,
    pub(super) is_limited: [bool; 2],
    /// What items are worth.
    pub(super) worth: Worth,
    /// Whether each want has one item alone, so that `links` tells all about it.
    pub(super) is_plain: bool,
    /// By item, the blocks it needs, ascending.
    pub(super) blocks_of: Vec<Vec<u32>>,
    /// By block, what it takes; more than nothing.
    pub(super) costs: Vec<Amounts>,
    /// By block, the items that need it, ascending.
    pub(super) items_of: Vec<Vec<u32>>,
    /// (needs, needed): pairs of node numbers such that what an item needs is what it reaches. A
    /// node below the number of items is an item, the others are blocks and what lies between.
    /// Nothing where wants have several items.
    pub(super) links: Vec<(u32, u32)>,
    /// How many nodes `links` speaks of; block b is node `items + b`.
    pub(super) node_count: usize,
    /// By item, the places of its roots.
    roots: Vec<Vec<Place>>,
    spec_count: usize,
}

/// The item of each root that can be bought.
struct Bought<'r> {
    open: Vec<&'r Root>,
    classes: Classes,
    /// By class, its block; `None` for what takes nothing.
    block_of: Vec<Option<u32>>,
    /// By root of `open`, its item.
    items: Vec<u32>,
    /// By position among all roots, one more than that in `open`.
    at: Vec<u32>,
}

impl Bought<'_> {
    fn item(&self, root: usize) -> Option<u32> {
        let at = (self.at[root] as usize).checked_sub(1)?;
        Some(self.items[at])
    }
}

impl Instance {
    /// Complexity: O(r / 256 (n + m)) for r roots, and the sizes of their plans in blocks.
    pub(super) fn new(plan: &Plan, roots: &Roots, groups: &[Group]) -> Self {
        let mut instance = Self {
            limit: roots.purse.limit,
            is_limited: roots.purse.is_limited,
            worth: Worth::default(),
            is_plain: false,
            blocks_of: Vec::new(),
            costs: Vec::new(),
            items_of: Vec::new(),
            links: Vec::new(),
            node_count: 0,
            roots: Vec::new(),
            spec_count: plan.graph().spec_count(),
        };
        let bought = instance.buy(plan, roots, groups);
        instance.worth = instance.worth(roots, &bought, groups);
        instance.is_plain = instance.worth.is_plain();
        if instance.is_plain {
            instance.index();
            instance.link(plan, &bought);
        } else {
            instance.compact();
        }
        instance
    }

    /// Finds the items and blocks of all roots that some want may need to be built.
    fn buy<'r>(&mut self, plan: &Plan, roots: &'r Roots, groups: &[Group]) -> Bought<'r> {
        let mut is_asked = vec![false; roots.by_rank.len()];
        let wants = groups
            .iter()
            .flat_map(|group| group.sources.iter().flatten());
        for want in wants.filter(|want| roots.installable(want).is_none()) {
            for (spec, _) in &want.options {
                if let Some(root) = roots.position(*spec) {
                    is_asked[root] = true;
                }
            }
        }
        let mut at = vec![0; roots.by_rank.len()];
        let mut open: Vec<&Root> = Vec::new();
        for (position, root) in roots.by_rank.iter().enumerate() {
            let is_open = matches!(root.standing, RootStanding::Built(own) if own.fits(self.limit));
            if is_asked[position] && is_open {
                open.push(root);
                at[position] = number(open.len());
            }
        }
        let classes = Classes::new(plan, &open);
        // Blocks are the classes that take something; the others lie between, or are free.
        let mut cost_of = vec![Amounts::default(); classes.members.len()];
        for (place, class) in classes.of_builds(plan) {
            cost_of[class as usize].add(roots.purse.costs[place]);
        }
        let mut block_of = vec![None; cost_of.len()];
        for (class, cost) in cost_of.into_iter().enumerate() {
            if !cost.is_nothing() {
                block_of[class] = Some(number(self.costs.len()));
                self.costs.push(cost);
            }
        }
        let mut blocks_of_root: Vec<Vec<u32>> = vec![Vec::new(); open.len()];
        for (class, members) in classes.members.iter().enumerate() {
            if let Some(block) = block_of[class] {
                for &root in members {
                    blocks_of_root[root as usize].push(block);
                }
            }
        }
        let mut item_of: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let mut items = Vec::with_capacity(open.len());
        for (root, blocks) in open.iter().zip(blocks_of_root) {
            let next = number(item_of.len());
            let item = *item_of.entry(blocks).or_insert(next);
            if item == next {
                self.roots.push(Vec::new());
            }
            self.roots[item as usize].push(root.place);
            items.push(item);
        }
        self.blocks_of = vec![Vec::new(); item_of.len()];
        for (blocks, item) in item_of {
            self.blocks_of[item as usize] = blocks;
        }
        Bought {
            open,
            classes,
            block_of,
            items,
            at,
        }
    }

    fn worth(&self, roots: &Roots, bought: &Bought<'_>, groups: &[Group]) -> Worth {
        let options = |want: &Want| {
            let items = want.options.iter().filter_map(|&(spec, weight)| {
                let item = bought.item(roots.position(spec)?)?;
                Some((item, i128::from(weight.min(MOST_WEIGHT))))
            });
            self.useful(items.collect())
        };
        let mut alone = Vec::new();
        let mut competing = Vec::new();
        for group in groups {
            if let [wants] = &group.sources[..] {
                let open = wants
                    .iter()
                    .filter(|want| roots.installable(want).is_none());
                alone.extend(open.map(options).filter(|options| !options.is_empty()));
                continue;
            }
            let source = |wants: &Vec<Want>| {
                let mut worth = SourceWorth::default();
                for want in wants {
                    match roots.installable(want) {
                        Some((at, _)) => {
                            worth.base += i128::from(want.options[at].1.min(MOST_WEIGHT));
                        }
                        None => worth.wants.push(options(want)),
                    }
                }
                worth.wants.retain(|options| !options.is_empty());
                worth
            };
            if !group.sources.is_empty() {
                let first = group.first.min(group.sources.len() - 1);
                competing.push((group.sources.iter().map(source).collect(), first));
            }
        }
        Worth::new(alone, competing)
    }

    /// Options of which none is worth no more than another that needs nothing that it does not need.
    fn useful(&self, mut options: Options) -> Options {
        // The more valuable and smaller ones first, so that whatever makes one useless precedes it.
        options.sort_by_key(|&(item, value)| (-value, self.blocks_of[item as usize].len(), item));
        let mut kept: Options = Vec::new();
        for (item, value) in options {
            let blocks = &self.blocks_of[item as usize];
            let is_useless = kept
                .iter()
                .take(COMPARED)
                .any(|&(other, _)| is_subset(&self.blocks_of[other as usize], blocks));
            if !is_useless {
                kept.push((item, value));
            }
        }
        kept.sort_unstable();
        kept
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

    /// Drops the items that complete nothing, and unites blocks that the others need alike.
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
        let mut used = is_used.iter();
        self.roots
            .retain(|_| *used.next().expect("each item is used or not"));
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

    /// Finds the links: those of the graph between classes, each pair once.
    fn link(&mut self, plan: &Plan, bought: &Bought<'_>) {
        let classes = &bought.classes;
        let first_block = number(self.blocks_of.len());
        let mut next = first_block + number(self.costs.len());
        let node_of: Vec<u32> = bought
            .block_of
            .iter()
            .map(|block| {
                block.map_or_else(
                    || {
                        next += 1;
                        next - 1
                    },
                    |block| first_block + block,
                )
            })
            .collect();
        self.node_count = next as usize;
        for (root, &item) in bought.open.iter().zip(&bought.items) {
            if let Some(class) = classes.class_at(root.place) {
                self.links.push((item, node_of[class as usize]));
            }
        }
        for index in plan.needed.ones() {
            let Some(from) = classes.class_at(Place::at(index)) else {
                continue;
            };
            for dependency in plan.rules.demanded(Place::at(index)) {
                let to = classes.class_at(dependency);
                if let Some(to) = to.filter(|&to| to != from) {
                    self.links
                        .push((node_of[from as usize], node_of[to as usize]));
                }
            }
        }
        self.links.sort_unstable();
        self.links.dedup();
    }

    pub(super) fn item_count(&self) -> usize {
        self.blocks_of.len()
    }

    /// One number for amounts, see [`weigh`].
    pub(super) fn weigh(&self, amounts: Amounts) -> i128 {
        weigh(self.is_limited, self.limit, amounts)
    }

    /// The roots of some items.
    pub(super) fn places_of(&self, items: &[bool]) -> Places {
        let mut places = Places::with_capacity(self.spec_count);
        for (roots, _) in self.roots.iter().zip(items).filter(|(_, is)| **is) {
            places.extend(roots.iter().map(|place| place.index()));
        }
        places
    }

    /// The items with a root that is as told.
    pub(super) fn items_where(&self, is_so: impl Fn(Place) -> bool) -> Vec<usize> {
        (0..self.roots.len())
            .filter(|&item| self.roots[item].iter().any(|&place| is_so(place)))
            .collect()
    }
}

/// Whether ascending numbers are all among others.
fn is_subset(few: &[u32], many: &[u32]) -> bool {
    let mut rest = many.iter();
    few.len() <= many.len() && few.iter().all(|one| rest.any(|other| other == one))
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a graph refuses more than 2^26 specs")
}
