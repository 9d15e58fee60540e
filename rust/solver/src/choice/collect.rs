//! The question of a choice and its answer: items by the caller's numbers.

use thiserror::Error;

use super::components::components;
use super::instance::Instance;
use super::lists::{Lists, narrow};
use super::reduce::{Decisions, Reduced, reduce};
use super::search::Search;
use crate::limits::{Cut, Limiter, SearchLimits};
use crate::numbers::greatest_common_divisor;

/// The alternatives, and their costs.
///
/// An alternative is an item. One that stands for several items, such as a whole lock, is an item
/// that costs nothing and demands them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// By item its cost, in the smallest relevant unit. The total is at most 2^52.
    pub costs: Vec<u64>,
    /// Pairs of an item and one that it demands. Circles are allowed.
    pub demands: Vec<(u32, u32)>,
    /// By want its alternatives, the preferred first: if the same items meet several, the first is
    /// reported.
    pub wants: Vec<Vec<u32>>,
}

/// A choice, with its proven bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// By want the position of the chosen one among its alternatives.
    pub alternatives: Vec<usize>,
    /// All items that the chosen alternatives need, themselves included, ascending.
    pub items: Vec<u32>,
    /// The total cost of these items.
    pub cost: u64,
    /// No choice costs less than this.
    pub lower_bound: u64,
    /// The number of nodes that were searched beyond the first of each part.
    pub nodes: u64,
    /// The limit that ended the search early, if one did.
    pub cut: Option<Cut>,
}

impl Chosen {
    /// Returns whether no choice costs less.
    pub const fn is_optimal(&self) -> bool {
        self.cost == self.lower_bound
    }
}

/// The reason why there is nothing to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// An item that has no cost.
    #[error("item {item} is out of range: there are {item_count} items")]
    ItemOutOfRange {
        /// The item.
        item: u32,
        /// The number of items.
        item_count: usize,
    },
    /// A want that nothing meets.
    #[error("want {want} has no alternative")]
    NoAlternative {
        /// The position of the want.
        want: usize,
    },
    /// Costs that cannot be added up exactly.
    #[error("the total cost of all items exceeds {limit}")]
    CostsTooLarge {
        /// The largest sum.
        limit: u64,
    },
    /// More pairs than fit into memory.
    #[error(
        "the alternatives need more than {limit} items in total (an item that several alternatives need counts each time)"
    )]
    TooLarge {
        /// The largest number of pairs of an alternative and an item that it needs.
        limit: usize,
    },
}

/// The largest sum of costs that floating point represents exactly.
const MOST_COST: u64 = 1 << 52;

/// The maximum number of pairs of an alternative and an item.
const MOST_ENTRIES: usize = 1 << 28;

/// Chooses an alternative for each want at the least total cost of their needs, or as close to that
/// as the limits allow.
///
/// With `limits` alone the answer is the same everywhere. `should_stop` is called now and then to
/// decide whether to stop. In both cases the answer is a valid choice with a valid bound.
///
/// # Errors
///
/// [`ChoiceError`] if the question is malformed or too large.
///
/// # Panics
///
/// If a reduction or a solution breaks an invariant, which is a fault of this crate.
///
/// # Complexity
///
/// Exponential in the worst case, as the question is NP-hard; memory is bounded by a gibibyte beyond
/// a multiple of what all alternatives need.
pub fn choose(
    choice: &Choice,
    limits: SearchLimits,
    should_stop: &mut dyn FnMut() -> bool,
) -> Result<Chosen, ChoiceError> {
    choice.check()?;
    let collected = Collected::new(choice)?;
    let mut limiter = Limiter::new(limits, should_stop);
    let mut held = Vec::new();
    let mut lower = 0;
    let instance = collected.instance;
    let effort = 1_000_000 + 200 * instance.entry_count() as u64;
    let mut left = effort;
    let reduced = reduce(&instance, &Decisions::default(), &mut left)
        .expect("without decisions every want keeps an alternative");
    limiter.work(effort - left);
    lower += instance.cost_of(&reduced.taken);
    held.extend_from_slice(&reduced.taken);
    let mut searches: Vec<(Reduced, Search)> = components(&reduced.instance)
        .into_iter()
        .map(|mut part| {
            let empty = Instance::new(Vec::new(), Lists::new(), Vec::new());
            let own = std::mem::replace(&mut part.instance, empty);
            let search = Search::new(own, u64::MAX, &mut limiter);
            (part, search)
        })
        .collect();
    for (part, search) in &mut searches {
        search.run(&mut limiter);
        lower += search.lower();
        for &item in search.best().into_iter().flatten() {
            for &group in part.items.row(item as usize) {
                held.extend_from_slice(reduced.items.row(group as usize));
            }
        }
    }
    let mut is_held = vec![false; choice.costs.len()];
    for item in held {
        is_held[collected.items[item as usize] as usize] = true;
    }
    let (alternatives, items) = choice.chosen_by(&is_held);
    let cost = items.iter().map(|&item| choice.costs[item as usize]).sum();
    let is_complete = limiter.cut().is_none();
    let lower_bound = (lower * collected.unit).min(cost);
    debug_assert!(
        !is_complete || lower_bound == cost,
        "a complete search is exact"
    );
    Ok(Chosen {
        alternatives,
        items,
        cost,
        lower_bound,
        nodes: limiter.nodes(),
        cut: limiter.cut().filter(|_| lower_bound < cost),
    })
}

/// The needs of alternatives, as an instance, and the caller's numbers of its items.
struct Collected {
    instance: Instance,
    items: Vec<u32>,
    /// All costs are multiples of this, and were divided by it.
    unit: u64,
}

impl Collected {
    fn new(choice: &Choice) -> Result<Self, ChoiceError> {
        let demanded = choice.demanded();
        let mut walk = Walk::new(choice.costs.len());
        let mut number = vec![u32::MAX; choice.costs.len()];
        let mut items = Vec::new();
        let mut alternatives = Lists::new();
        let mut want_of = Vec::new();
        let mut want_count = 0;
        let mut entries = 0;
        let mut needs: Vec<Option<std::ops::Range<usize>>> = vec![None; choice.costs.len()];
        let mut all_needs: Vec<u32> = Vec::new();
        for want in &choice.wants {
            for &alternative in want {
                if needs[alternative as usize].is_some() {
                    continue;
                }
                let start = all_needs.len();
                walk.start();
                walk.visit(&demanded, alternative, |item| {
                    if choice.costs[item as usize] > 0 {
                        let slot = &mut number[item as usize];
                        if *slot == u32::MAX {
                            *slot = narrow(items.len());
                            items.push(item);
                        }
                        all_needs.push(*slot);
                    }
                });
                all_needs[start..].sort_unstable();
                needs[alternative as usize] = Some(start..all_needs.len());
                if all_needs.len() > MOST_ENTRIES {
                    return Err(ChoiceError::TooLarge {
                        limit: MOST_ENTRIES,
                    });
                }
            }
            let mut own = want.clone();
            own.sort_unstable();
            own.dedup();
            let rows: Vec<&[u32]> = own
                .iter()
                .filter_map(|&each| needs[each as usize].clone())
                .map(|span| &all_needs[span])
                .collect();
            if rows.iter().any(|row| row.is_empty()) {
                continue;
            }
            for row in rows {
                entries += row.len();
                if entries > MOST_ENTRIES {
                    return Err(ChoiceError::TooLarge {
                        limit: MOST_ENTRIES,
                    });
                }
                alternatives.push(row.iter().copied());
                want_of.push(want_count);
            }
            want_count += 1;
        }
        let costs = items.iter().map(|&item| choice.costs[item as usize]);
        let unit = costs.clone().fold(0, greatest_common_divisor).max(1);
        let costs = costs.map(|cost| cost / unit).collect();
        Ok(Self {
            instance: Instance::new(costs, alternatives, want_of),
            items,
            unit,
        })
    }
}

impl Choice {
    fn check(&self) -> Result<(), ChoiceError> {
        let item_count = self.costs.len();
        let ends = self.demands.iter().flat_map(|&(from, to)| [from, to]);
        let alternatives = self.wants.iter().flatten().copied();
        for item in ends.chain(alternatives) {
            if item as usize >= item_count {
                return Err(ChoiceError::ItemOutOfRange { item, item_count });
            }
        }
        if let Some(want) = self.wants.iter().position(Vec::is_empty) {
            return Err(ChoiceError::NoAlternative { want });
        }
        let mut sum = 0_u64;
        for &cost in &self.costs {
            sum = sum.saturating_add(cost);
        }
        if sum > MOST_COST {
            return Err(ChoiceError::CostsTooLarge { limit: MOST_COST });
        }
        Ok(())
    }

    /// The cost if each want took the alternative that is cheapest alone, the first of several.
    ///
    /// # Errors
    ///
    /// [`ChoiceError`] if the question is malformed.
    pub fn cost_alone(&self) -> Result<u64, ChoiceError> {
        self.check()?;
        let demanded = self.demanded();
        let mut walk = Walk::new(self.costs.len());
        let mut cost_of = vec![None; self.costs.len()];
        let mut chosen = Vec::with_capacity(self.wants.len());
        for want in &self.wants {
            let costs = want.iter().map(|&alternative| {
                let cost = *cost_of[alternative as usize].get_or_insert_with(|| {
                    let mut cost = 0;
                    walk.start();
                    walk.visit(&demanded, alternative, |item| {
                        cost += self.costs[item as usize];
                    });
                    cost
                });
                (cost, alternative)
            });
            // Of equal costs the first is kept.
            let cheapest = costs.min_by_key(|&(cost, _)| cost);
            chosen.extend(cheapest.map(|(_, alternative)| alternative));
        }
        let mut cost = 0;
        walk.start();
        for alternative in chosen {
            walk.visit(&demanded, alternative, |item| {
                cost += self.costs[item as usize];
            });
        }
        Ok(cost)
    }

    /// By item what it demands.
    fn demanded(&self) -> Lists {
        let mut sorted = self.demands.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let mut lists = Lists::new();
        let mut rest = &sorted[..];
        for item in 0..self.costs.len() {
            let end = rest.partition_point(|&(from, _)| from as usize <= item);
            lists.push(rest[..end].iter().map(|&(_, to)| to));
            rest = &rest[end..];
        }
        lists
    }

    /// By want the first alternative whose needs are held, and all the needs of these.
    fn chosen_by(&self, is_held: &[bool]) -> (Vec<usize>, Vec<u32>) {
        let demanded = self.demanded();
        // An alternative is met unless it leads to an item with a cost that is not held.
        let mut is_lacking: Vec<bool> = (0..self.costs.len())
            .map(|item| self.costs[item] > 0 && !is_held[item])
            .collect();
        let demanding = demanded.transposed(self.costs.len());
        let mut todo: Vec<u32> = (0..self.costs.len())
            .filter(|&item| is_lacking[item])
            .map(narrow)
            .collect();
        while let Some(item) = todo.pop() {
            for &above in demanding.row(item as usize) {
                if !is_lacking[above as usize] {
                    is_lacking[above as usize] = true;
                    todo.push(above);
                }
            }
        }
        let mut walk = Walk::new(self.costs.len());
        walk.start();
        let mut items = Vec::new();
        let mut alternatives = Vec::with_capacity(self.wants.len());
        for want in &self.wants {
            let met = want.iter().position(|&each| !is_lacking[each as usize]);
            let met = met.expect("what is held meets every want");
            walk.visit(&demanded, want[met], |item| items.push(item));
            alternatives.push(met);
        }
        items.sort_unstable();
        (alternatives, items)
    }
}

/// Walks along demands, each item once from a start to the next.
struct Walk {
    round: u32,
    seen: Vec<u32>,
    todo: Vec<u32>,
}

impl Walk {
    fn new(item_count: usize) -> Self {
        Self {
            round: 0,
            seen: vec![0; item_count],
            todo: Vec::new(),
        }
    }

    fn start(&mut self) {
        self.round += 1;
    }

    fn visit(&mut self, demanded: &Lists, from: u32, mut meet: impl FnMut(u32)) {
        self.todo.push(from);
        while let Some(item) = self.todo.pop() {
            if self.seen[item as usize] != self.round {
                self.seen[item as usize] = self.round;
                meet(item);
                self.todo.extend_from_slice(demanded.row(item as usize));
            }
        }
    }
}
