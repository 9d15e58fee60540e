//! A plan's roots and builds as items and blocks.
//!
//! An *item* is a spec that completes wants, or several with the same builds; a *block* is a set of
//! builds that the same items need.

use rustc_hash::FxHashMap;
use specplan_solver::budget::{Amounts, Competition, Instance, Links, Options, Problem, Source};

use super::classes::Classes;
use super::roots::{RootStanding, Roots};
use super::task::{Want, WantGroup};
use crate::graph::Places;
use crate::graph::id::{Place, number};
use crate::plan::Plan;

/// The greatest worth of a want.
const MOST_WEIGHT: u64 = 1_000_000_000;

/// The instance that is solved, and the roots that its items stand for.
pub(super) struct Reduced {
    pub(super) instance: Instance,
    /// By item, the places of its roots.
    roots: Vec<Vec<Place>>,
    spec_count: usize,
}

/// The roots that can be completed, as items.
struct Bought {
    /// The places of these roots.
    open: Vec<Place>,
    classes: Classes,
    /// By class, its block; `None` for one that costs nothing.
    class_block: Vec<Option<u32>>,
    /// By block, its cost.
    costs: Vec<Amounts>,
    /// By item, its blocks, ascending.
    blocks_of: Vec<Vec<u32>>,
    /// By root of `open`, its item.
    items: Vec<u32>,
    /// By position among all roots, one more than that in `open`.
    at: Vec<u32>,
}

impl Reduced {
    /// Complexity: O(r / 256 (n + m)) for r roots, and the sizes of their plans in blocks.
    pub(super) fn new(plan: &Plan, roots: &Roots, groups: &[WantGroup]) -> Self {
        let mut bought = Bought::new(plan, roots, groups);
        let (alone, competing) = bought.wants(roots, groups);
        let mut roots_of = vec![Vec::new(); bought.blocks_of.len()];
        for (&place, &item) in bought.open.iter().zip(&bought.items) {
            roots_of[item as usize].push(place);
        }
        let problem = Problem {
            limit: roots.units.limit,
            costs: std::mem::take(&mut bought.costs),
            blocks_of: std::mem::take(&mut bought.blocks_of),
            alone,
            groups: competing,
        };
        let (item_count, block_count) = (problem.blocks_of.len(), problem.costs.len());
        Self {
            instance: Instance::new(problem, || bought.links(plan, item_count, block_count)),
            roots: roots_of,
            spec_count: plan.graph().spec_count(),
        }
    }

    /// The roots of some items.
    pub(super) fn places_of(&self, items: &[bool]) -> Places {
        let mut places = Places::with_capacity(self.spec_count);
        for (roots, _) in self.roots.iter().zip(items).filter(|(_, is)| **is) {
            places.extend(roots.iter().map(|place| place.index()));
        }
        places
    }

    /// The items with a root for which a condition holds.
    pub(super) fn items_where(&self, is_so: impl Fn(Place) -> bool) -> Vec<usize> {
        (0..self.roots.len())
            .filter(|&item| self.roots[item].iter().any(|&place| is_so(place)))
            .collect()
    }
}

impl Bought {
    /// Finds the items and blocks of all roots that some want may need to be built.
    fn new(plan: &Plan, roots: &Roots, groups: &[WantGroup]) -> Self {
        let is_asked = asked(roots, groups);
        let limit = roots.units.limit.amounts;
        let mut at = vec![0; roots.by_rank.len()];
        let mut open: Vec<Place> = Vec::new();
        for (position, root) in roots.by_rank.iter().enumerate() {
            let is_open = matches!(root.standing, RootStanding::Built(own) if own.fits(limit));
            if is_asked[position] && is_open {
                open.push(root.place);
                at[position] = number(open.len());
            }
        }
        let classes = Classes::new(plan, &open);
        // Blocks are the classes that cost something; the others lie between, or are free.
        let mut cost_of = vec![Amounts::default(); classes.members.len()];
        for (place, class) in classes.of_builds(plan) {
            cost_of[class as usize].add(roots.units.costs[place]);
        }
        let mut costs = Vec::new();
        let mut class_block = vec![None; cost_of.len()];
        for (class, cost) in cost_of.into_iter().enumerate() {
            if !cost.is_nothing() {
                class_block[class] = Some(number(costs.len()));
                costs.push(cost);
            }
        }
        let (items, blocks_of) = items_of(&classes, &class_block, open.len());
        Self {
            open,
            classes,
            class_block,
            costs,
            blocks_of,
            items,
            at,
        }
    }

    /// The item of a root, by its position among all.
    fn item(&self, root: usize) -> Option<u32> {
        let at = (self.at[root] as usize).checked_sub(1)?;
        Some(self.items[at])
    }

    /// The items that complete each want, with the resulting worth: for wants that stand alone, and
    /// for competing sources.
    fn wants(&self, roots: &Roots, groups: &[WantGroup]) -> (Vec<Options>, Vec<Competition>) {
        let options = |want: &Want| -> Options {
            let items = want.options.iter().filter_map(|&(spec, weight)| {
                let item = self.item(roots.position(spec)?)?;
                Some((item, i128::from(weight.min(MOST_WEIGHT))))
            });
            items.collect()
        };
        let mut alone = Vec::new();
        let mut competing = Vec::new();
        for group in groups {
            if let [wants] = &group.sources[..] {
                let open = wants
                    .iter()
                    .filter(|want| roots.installable(want).is_none());
                alone.extend(open.map(options));
                continue;
            }
            let source = |wants: &Vec<Want>| {
                let mut source = Source::default();
                for want in wants {
                    match roots.installable(want) {
                        Some((at, _)) => {
                            source.base += i128::from(want.options[at].1.min(MOST_WEIGHT));
                        }
                        None => source.wants.push(options(want)),
                    }
                }
                source
            };
            if !group.sources.is_empty() {
                competing.push(Competition {
                    sources: group.sources.iter().map(source).collect(),
                    preferred: group.first.min(group.sources.len() - 1),
                });
            }
        }
        (alone, competing)
    }

    /// The links of items and blocks: those of the graph between classes, each pair once.
    fn links(&self, plan: &Plan, item_count: usize, block_count: usize) -> Links {
        let classes = &self.classes;
        let first_block = number(item_count);
        let mut next = first_block + number(block_count);
        let node_of: Vec<u32> = self
            .class_block
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
        let mut pairs = Vec::new();
        for (&root, &item) in self.open.iter().zip(&self.items) {
            if let Some(class) = classes.class_at(root) {
                pairs.push((item, node_of[class as usize]));
            }
        }
        for index in plan.needed.ones() {
            let Some(from) = classes.class_at(Place::at(index)) else {
                continue;
            };
            for dependency in plan.rules.demanded(Place::at(index)) {
                let to = classes.class_at(dependency);
                if let Some(to) = to.filter(|&to| to != from) {
                    pairs.push((node_of[from as usize], node_of[to as usize]));
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Links {
            pairs,
            node_count: next as usize,
        }
    }
}

/// By position of a root, whether it is an option of a want that is not met yet.
fn asked(roots: &Roots, groups: &[WantGroup]) -> Vec<bool> {
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
    is_asked
}

/// The item of each root, roots with the same blocks sharing one; and the blocks of each
/// item, ascending.
fn items_of(
    classes: &Classes,
    class_block: &[Option<u32>],
    root_count: usize,
) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut blocks_of_root: Vec<Vec<u32>> = vec![Vec::new(); root_count];
    for (members, block) in classes.members.iter().zip(class_block) {
        if let Some(block) = block {
            for &root in members {
                blocks_of_root[root as usize].push(*block);
            }
        }
    }
    let mut item_of: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut items = Vec::with_capacity(root_count);
    for blocks in blocks_of_root {
        let next = number(item_of.len());
        items.push(*item_of.entry(blocks).or_insert(next));
    }
    let mut blocks_of = vec![Vec::new(); item_of.len()];
    for (blocks, item) in item_of {
        blocks_of[item as usize] = blocks;
    }
    (items, blocks_of)
}
