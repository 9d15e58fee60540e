//! The choice as it is solved: items to complete, blocks to pay.
//!
//! An *item* is a root, or several with the same builds; a *block* is a set of builds that the same
//! items need. Blocks are found by refining a partition, for so many roots at a time as lanes hold.

use rustc_hash::FxHashMap;

use super::search::Found;
use super::{Budget, Limit, OpenReason, OpenRoot, Spending};
use crate::graph::Places;
use crate::id::{Place, SpecId};
use crate::lanes::Lanes;
use crate::rebuild::Plan;
use crate::rules::Standing;

/// How many parts a cost that is not whole is taken to.
const PARTS: f64 = 1e6;

/// What a root is worth at most.
const MOST_WEIGHT: u64 = 1_000_000_000;

/// What a build costs at most, in parts: some thirty years of seconds.
const MOST_COST: i128 = 1 << 50;

/// One root and what it takes.
#[derive(Clone, Debug)]
struct Root {
    place: Place,
    weight: i128,
    /// What its own plan costs; `None` if it needs a broken spec.
    cost: Option<i128>,
    /// Whether its own plan builds anything, even what costs nothing.
    is_built: bool,
}

/// The roots of a plan by rank, and what each takes.
pub(super) struct Roots {
    by_rank: Vec<Root>,
    /// By place, what a build costs.
    cost_at: Vec<i128>,
    limit: i128,
    scale: f64,
}

impl Roots {
    pub(super) fn new(budget: &Budget<'_>) -> Self {
        let plan = budget.plan;
        let graph = plan.graph();
        let weights: FxHashMap<SpecId, u64> = budget.weights.iter().copied().collect();
        let (cost_at, limit, scale) = whole_costs(plan, budget.limit);
        let mut places: Vec<Place> = plan.roots.ones().map(Place::at).collect();
        places.retain(|&place| plan.rules.standing(place) != Standing::External);
        places.sort_unstable_by_key(|&place| graph.rank_at(place));
        let mut roots: Vec<Root> = places
            .into_iter()
            .map(|place| Root {
                place,
                weight: i128::from(
                    weights
                        .get(&graph.id_at(place))
                        .map_or(1, |&weight| weight.min(MOST_WEIGHT)),
                ),
                cost: (!plan.is_blocked(place)).then_some(0),
                is_built: false,
            })
            .collect();
        let mut open: Vec<&mut Root> = roots
            .iter_mut()
            .filter(|root| root.cost.is_some())
            .collect();
        for chunk in open.chunks_mut(Lanes::COUNT) {
            let places: Vec<Place> = chunk.iter().map(|root| root.place).collect();
            let wanted_by = wanted_by(plan, &places);
            for index in plan.needed.ones() {
                if is_build(plan, Place::at(index)) {
                    for lane in wanted_by[index].ones() {
                        chunk[lane].cost = chunk[lane].cost.map(|cost| cost + cost_at[index]);
                        chunk[lane].is_built = true;
                    }
                }
            }
        }
        Self {
            by_rank: roots,
            cost_at,
            limit,
            scale,
        }
    }

    /// The answer, given which roots are bought.
    pub(super) fn spending(&self, plan: &Plan, is_chosen: &Places, found: &Found) -> Spending {
        let graph = plan.graph();
        let mut bought = graph.no_places();
        bought.extend(
            self.by_rank
                .iter()
                .map(|root| root.place.index())
                .filter(|&place| is_chosen.contains(place)),
        );
        let paid = plan.rules.needed(&bought);
        let spent = paid.ones().map(|place| self.price(plan, place)).sum();
        let mut spending = Spending {
            installable: Vec::new(),
            completed: Vec::new(),
            open: Vec::new(),
            weight: small(found.weight),
            upper_bound: small(found.upper_bound),
            spent: self.told(spent),
            nodes: found.nodes,
            cut: found.cut,
        };
        let mut open: Vec<&Root> = Vec::new();
        for root in &self.by_rank {
            let id = graph.id_at(root.place);
            if root.cost.is_some() && !root.is_built {
                spending.installable.push(id);
            } else if bought.contains(root.place.index()) {
                spending.completed.push(id);
            } else {
                open.push(root);
            }
        }
        let mut more: Vec<Option<i128>> = open.iter().map(|root| root.cost.map(|_| 0)).collect();
        for (roots, more) in open.chunks(Lanes::COUNT).zip(more.chunks_mut(Lanes::COUNT)) {
            let places: Vec<Place> = roots.iter().map(|root| root.place).collect();
            let wanted_by = wanted_by(plan, &places);
            for index in plan.needed.ones().filter(|&index| !paid.contains(index)) {
                for lane in wanted_by[index].ones() {
                    let price = self.price(plan, index);
                    more[lane] = more[lane].map(|more| more + price);
                }
            }
        }
        let mut told: Vec<(Option<i128>, &Root)> = more.into_iter().zip(open).collect();
        // Left out last; the sort keeps ranks in order.
        told.sort_by_key(|(more, _)| more.unwrap_or(i128::MAX));
        spending.open = told
            .into_iter()
            .map(|(more, root)| OpenRoot {
                root: graph.id_at(root.place),
                weight: small(root.weight),
                reason: match root.cost {
                    None => OpenReason::LeftOut,
                    Some(cost) if cost > self.limit => OpenReason::Beyond,
                    Some(_) => OpenReason::Outbid,
                },
                more: more.map(|more| self.told(more)),
            })
            .collect();
        spending
    }

    fn price(&self, plan: &Plan, place: usize) -> i128 {
        if is_build(plan, Place::at(place)) {
            self.cost_at[place]
        } else {
            0
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "costs came from floats and are told as such"
    )]
    fn told(&self, cost: i128) -> f64 {
        cost as f64 / self.scale
    }
}

/// By place, what each build costs in whole numbers, the limit likewise, and how many of them are
/// one.
fn whole_costs(plan: &Plan, limit: Limit) -> (Vec<i128>, i128, f64) {
    let count = plan.graph().spec_count();
    let limit = match limit {
        Limit::Builds(builds) => return (vec![1; count], i128::from(builds), 1.0),
        Limit::Cost(limit) => limit,
    };
    let costs: Vec<f64> = (0..count).map(|at| plan.cost_at(Place::at(at))).collect();
    let is_whole = costs.iter().all(|cost| cost.fract() == 0.0);
    let scale = if is_whole { 1.0 } else { PARTS };
    let costs = costs
        .iter()
        .map(|cost| whole((cost * scale).round()).min(MOST_COST));
    // What is just below a millionth by rounding is meant to be one.
    (
        costs.collect(),
        whole((limit * scale + 1e-3).floor()),
        scale,
    )
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion from a float saturates, and what is beyond 2^80 is never spent"
)]
fn whole(number: f64) -> i128 {
    (number as i128).clamp(0, 1 << 80)
}

fn small(number: i128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn is_build(plan: &Plan, place: Place) -> bool {
    plan.rules.standing(place) == Standing::Absent
}

/// By place, which of at most [`Lanes::COUNT`] roots need the spec. Complexity: O(n + m).
fn wanted_by(plan: &Plan, roots: &[Place]) -> Vec<Lanes> {
    let mut wanted_by = vec![Lanes::NONE; plan.graph().spec_count()];
    for (lane, root) in roots.iter().enumerate() {
        wanted_by[root.index()].set(lane);
    }
    for index in plan.needed.ones().rev() {
        let lanes = wanted_by[index];
        if !lanes.is_none() {
            for dependency in plan.rules.demanded(Place::at(index)) {
                wanted_by[dependency.index()].unite(lanes);
            }
        }
    }
    wanted_by
}

/// What is to be chosen.
#[derive(Debug)]
pub(super) struct Instance {
    /// What may be spent.
    pub(super) limit: i128,
    /// By item, what completing it is worth.
    pub(super) weights: Vec<i128>,
    /// By item, the blocks it needs, ascending.
    pub(super) blocks_of: Vec<Vec<u32>>,
    /// By block, what it costs; more than nothing.
    pub(super) costs: Vec<i128>,
    /// By block, the items that need it, ascending.
    pub(super) items_of: Vec<Vec<u32>>,
    /// (needs, needed): pairs of node numbers such that what an item needs is what it reaches. A
    /// node below the number of items is an item, the others are blocks and what lies between.
    pub(super) links: Vec<(u32, u32)>,
    /// How many nodes `links` speaks of; block b is node `items + b`.
    pub(super) node_count: usize,
    /// By item, the places of its roots.
    roots: Vec<Vec<Place>>,
    spec_count: usize,
}

impl Instance {
    /// Complexity: O(r / 256 (n + m)) for r roots, and the sizes of their plans in blocks.
    pub(super) fn new(plan: &Plan, roots: &Roots) -> Self {
        let within =
            |root: &&Root| root.is_built && root.cost.is_some_and(|cost| cost <= roots.limit);
        let open: Vec<&Root> = roots.by_rank.iter().filter(within).collect();
        let classes = Classes::new(plan, &open);
        let mut instance = Self {
            limit: roots.limit,
            weights: Vec::new(),
            blocks_of: Vec::new(),
            costs: Vec::new(),
            items_of: Vec::new(),
            links: Vec::new(),
            node_count: 0,
            roots: Vec::new(),
            spec_count: plan.graph().spec_count(),
        };
        // Blocks are the classes that cost something; the others lie between, or are free.
        let mut cost_of = vec![0; classes.members.len()];
        for (place, class) in classes.of_builds(plan) {
            cost_of[class as usize] += roots.cost_at[place];
        }
        let mut block_of = vec![None; cost_of.len()];
        for (class, &cost) in cost_of.iter().enumerate() {
            if cost > 0 {
                block_of[class] = Some(number(instance.costs.len()));
                instance.costs.push(cost);
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
        let mut item_of: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
        let mut item_of_root = vec![0; open.len()];
        for (at, (root, blocks)) in open.iter().zip(blocks_of_root).enumerate() {
            let next = item_of.len();
            let item = *item_of.entry(blocks).or_insert(next);
            if item == next {
                instance.weights.push(0);
                instance.roots.push(Vec::new());
            }
            instance.weights[item] += root.weight;
            instance.roots[item].push(root.place);
            item_of_root[at] = item;
        }
        instance.blocks_of = vec![Vec::new(); item_of.len()];
        for (blocks, item) in item_of {
            instance.blocks_of[item] = blocks;
        }
        instance.items_of = vec![Vec::new(); instance.costs.len()];
        for (item, blocks) in (0..).zip(&instance.blocks_of) {
            for &block in blocks {
                instance.items_of[block as usize].push(item);
            }
        }
        instance.link(plan, &open, &classes, &item_of_root, &block_of);
        instance
    }

    /// Finds the links: those of the graph between classes, each pair once.
    fn link(
        &mut self,
        plan: &Plan,
        open: &[&Root],
        classes: &Classes,
        item_of_root: &[usize],
        block_of: &[Option<u32>],
    ) {
        let first_block = number(self.weights.len());
        let mut next = first_block + number(self.costs.len());
        let node_of: Vec<u32> = block_of
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
        for (root, &item) in open.iter().zip(item_of_root) {
            if let Some(class) = classes.class_at(root.place) {
                self.links.push((number(item), node_of[class as usize]));
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

    /// The roots of some items.
    pub(super) fn roots_of(&self, items: &[bool]) -> Places {
        let mut places = Places::with_capacity(self.spec_count);
        for (roots, _) in self.roots.iter().zip(items).filter(|(_, is)| **is) {
            places.extend(roots.iter().map(|place| place.index()));
        }
        places
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a graph refuses more than 2^26 specs")
}

/// Needed specs, those together that the same roots need.
struct Classes {
    /// By place; 0 for what no root needs, else one more than the class.
    at: Vec<u32>,
    /// By class, the roots that need it, ascending.
    members: Vec<Vec<u32>>,
}

impl Classes {
    fn new(plan: &Plan, roots: &[&Root]) -> Self {
        let mut at = vec![0_u32; plan.graph().spec_count()];
        // Of each class but the first, which none needs: the class that it was split from, and the
        // roots of the chunk.
        let mut split_from: Vec<(u32, usize, Lanes)> = vec![(0, 0, Lanes::NONE)];
        for (chunk, roots) in roots.chunks(Lanes::COUNT).enumerate() {
            let places: Vec<Place> = roots.iter().map(|root| root.place).collect();
            let wanted_by = wanted_by(plan, &places);
            let mut split: FxHashMap<(u32, Lanes), u32> = FxHashMap::default();
            for index in plan.needed.ones() {
                let lanes = wanted_by[index];
                if !lanes.is_none() {
                    let key = (at[index], lanes);
                    at[index] = *split.entry(key).or_insert_with(|| {
                        split_from.push((key.0, chunk, lanes));
                        number(split_from.len() - 1)
                    });
                }
            }
        }
        Self::numbered(at, &split_from)
    }

    /// Numbers the classes that there still are in the order of their smallest places.
    fn numbered(mut at: Vec<u32>, split_from: &[(u32, usize, Lanes)]) -> Self {
        let mut number_of = vec![0_u32; split_from.len()];
        let mut members = Vec::new();
        for class in at.iter_mut().filter(|class| **class != 0) {
            let found = &mut number_of[*class as usize];
            if *found == 0 {
                let mut roots = Vec::new();
                let mut next = *class;
                while next != 0 {
                    let (parent, chunk, lanes) = split_from[next as usize];
                    let first = chunk * Lanes::COUNT;
                    roots.extend(lanes.ones().map(|lane| number(first + lane)));
                    next = parent;
                }
                roots.sort_unstable();
                members.push(roots);
                *found = number(members.len());
            }
            *class = *found;
        }
        Self { at, members }
    }

    fn class_at(&self, place: Place) -> Option<u32> {
        self.at[place.index()].checked_sub(1)
    }

    /// The builds that some root needs, each with its class.
    fn of_builds<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (usize, u32)> + 'a {
        plan.needed.ones().filter_map(|index| {
            let place = Place::at(index);
            let class = self.class_at(place).filter(|_| is_build(plan, place))?;
            Some((index, class))
        })
    }
}
