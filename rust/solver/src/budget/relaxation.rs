//! The bound where each want has one item: a budget with a price.
//!
//! For a price p/q on each unit of cost, no choice within the budget b is worth more than
//!
//! ```text
//! b p/q + max over all sets S of items: (weight of S - p/q cost of S)
//! ```
//!
//! since the price only adds what is not spent. The inner maximum is a closure of largest profit,
//! which a minimum cut finds (J.-C. Picard, "Maximal closure of a graph and applications to
//! combinatorial problems", Management Science 22, 1976). As a function of the price the bound is
//! convex and piecewise linear; each piece is a set S. The best price lies where a set that the
//! budget pays meets one that it does not: from any two such sets the price at which they are worth
//! the same is tried, and a set that is worth more there replaces the one of its side. This bound
//! is as strong as that of linear programming, as the closure's polytope is integral.
//!
//! With two limits, whatever stays within both stays within each mixture of them ([`Row`]), so that
//! the bound of any mixture holds. The least over all mixtures is again that of linear programming;
//! as the bound falls and then rises from one end to the other, a few are tried.

use super::amounts::{MIXTURE, Row};
use super::flow::Network;
use super::instance::Instance;
use super::partial_choice::{PartialChoice, Status};
use crate::numbers::greatest_common_divisor;

/// More than ever flows.
const ENDLESS: i128 = i128::MAX / 4;

/// The start of the nodes of the instance, after source and sink.
const FIRST: usize = 2;

/// Products beyond this are not computed.
const MOST: i128 = i128::MAX / 16;

/// The charge per unit of cost: `weight / cost`.
#[derive(Clone, Copy, Debug)]
struct Price {
    weight: i128,
    cost: i128,
}

/// A starting point: a mixture and a price that may be good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    mixture: i128,
    price: Option<Price>,
}

/// The conclusions about a partial choice.
pub(super) struct Relaxed {
    /// An upper bound on the worth of any completion of the choice.
    pub(super) bound: i128,
    /// Items to add, in an order in which the budget may pay them.
    pub(super) within: Vec<usize>,
    /// Items of which only a share pays off: one of them is decided next.
    pub(super) torn: Vec<usize>,
    /// A good starting point for later searches.
    pub(super) start: Start,
}

/// A set of free items.
#[derive(Clone, Debug, Default)]
struct Set {
    items: Vec<usize>,
    weight: i128,
    cost: i128,
}

/// The network of an instance.
pub(super) struct Relaxation<'i> {
    instance: &'i Instance,
    network: Network,
    /// The mixtures of the limits that are tried.
    rows: Vec<Row>,
    /// By item, its worth.
    weights: Vec<i128>,
}

impl<'i> Relaxation<'i> {
    /// It stops once it has visited `most_work` arcs in total.
    pub(super) fn new(instance: &'i Instance, most_work: u64) -> Self {
        let items = instance.item_count();
        let sources = (0..items).map(|item| (Network::SOURCE, FIRST + item));
        let blocks = 0..instance.costs.len();
        let sinks = blocks.map(|block| (FIRST + items + block, Network::SINK));
        let links = instance.links.pairs.iter();
        let links = links.map(|&(from, to)| (FIRST + from as usize, FIRST + to as usize));
        let edges: Vec<(usize, usize)> = sources.chain(sinks).chain(links).collect();
        let mixtures = if instance.limit.is_limited == [true, true] {
            0..=MIXTURE
        } else {
            0..=0
        };
        let row = |first| Row::new(&instance.costs, instance.limit, first);
        let weight = |wants: &Vec<(u32, i128)>| wants.iter().map(|&(_, value)| value).sum();
        Self {
            network: Network::new(FIRST + instance.links.node_count, &edges, most_work),
            rows: mixtures.map(row).collect(),
            weights: instance.worth.of_item.iter().map(weight).collect(),
            instance,
        }
    }

    /// Returns whether its limit of work is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.network.is_exhausted()
    }

    /// Computes an upper bound for a partial choice within the budget.
    ///
    /// Ends as soon as the bound is at most `best`. `start` may be a good starting point. If
    /// stopped, it returns a valid bound.
    pub(super) fn solve(
        &mut self,
        choice: &PartialChoice<'_>,
        best: i128,
        start: Option<Start>,
        should_stop: &mut dyn FnMut() -> bool,
    ) -> Relaxed {
        let last = self.rows.len() - 1;
        let (mut at, price) = match start {
            Some(start) => (usize::try_from(start.mixture).unwrap_or(0), start.price),
            None => (last / 2, None),
        };
        let mut tightest = self.solve_row(at, choice, best, price, should_stop);
        // From the root on the best mixture changes little; below it only the next ones are tried.
        let mut step = if start.is_some() { 1 } else { last.div_ceil(4) };
        while last > 0 && step > 0 && tightest.bound > best {
            let neighbours = [at.checked_sub(step), Some(at + step)];
            let mut is_better = false;
            for other in neighbours
                .into_iter()
                .flatten()
                .filter(|&other| other <= last)
            {
                let relaxed = self.solve_row(other, choice, best, None, should_stop);
                if relaxed.bound < tightest.bound {
                    tightest = relaxed;
                    at = other;
                    is_better = true;
                    break;
                }
            }
            if !is_better || start.is_some() {
                step /= 2;
            }
        }
        tightest
    }

    fn solve_row(
        &mut self,
        row: usize,
        choice: &PartialChoice<'_>,
        best: i128,
        start: Option<Price>,
        should_stop: &mut dyn FnMut() -> bool,
    ) -> Relaxed {
        let left = self.left(row, choice);
        let mut below = Set::default();
        let mut beyond = self.everything(row, choice);
        let all = choice.weight + beyond.weight;
        let mixture = i128::try_from(row).unwrap_or(0);
        if beyond.cost <= left {
            return Relaxed {
                bound: all,
                // One limit pays for it all, the other may not.
                torn: beyond.items.clone(),
                within: beyond.items,
                start: Start {
                    mixture,
                    price: None,
                },
            };
        }
        let mut bound = all;
        let mut price = start;
        let can_price = beyond
            .weight
            .checked_mul(beyond.cost)
            .is_some_and(|most| most < MOST);
        while can_price && bound > best {
            let is_between = price.is_none();
            let at = price.take().unwrap_or_else(|| meeting(&below, &beyond));
            let Some(set) = self.closure(row, choice, at, should_stop) else {
                break;
            };
            let profit = |set: &Set| set.weight * at.cost - set.cost * at.weight;
            let most = profit(&set) + left * at.weight;
            bound = bound.min(choice.weight + most.div_euclid(at.cost));
            if is_between && profit(&set) <= profit(&below) {
                price = Some(at);
                break;
            }
            if set.cost <= left {
                below = set;
            } else {
                beyond = set;
            }
        }
        let torn = beyond.items.iter().copied();
        Relaxed {
            bound,
            torn: torn
                .filter(|item| below.items.binary_search(item).is_err())
                .collect(),
            within: below.items,
            start: Start { mixture, price },
        }
    }

    /// The rest of a row.
    fn left(&self, row: usize, choice: &PartialChoice<'_>) -> i128 {
        let row = &self.rows[row];
        let spent = row.costs.iter().zip(&choice.is_bought);
        let spent = spent
            .filter(|(_, is_bought)| **is_bought)
            .map(|(cost, _)| cost);
        row.limit - spent.sum::<i128>()
    }

    /// All free items.
    fn everything(&self, row: usize, choice: &PartialChoice<'_>) -> Set {
        let items: Vec<usize> = choice.free().collect();
        let mut is_needed = vec![false; self.instance.costs.len()];
        for &item in &items {
            for &block in &self.instance.blocks_of[item] {
                is_needed[block as usize] = true;
            }
        }
        let blocks = (0..is_needed.len()).filter(|&at| is_needed[at] && !choice.is_bought[at]);
        Set {
            weight: items.iter().map(|&item| self.weights[item]).sum(),
            cost: blocks.map(|block| self.rows[row].costs[block]).sum(),
            items,
        }
    }

    /// The smallest set of the largest profit at a price.
    fn closure(
        &mut self,
        row: usize,
        choice: &PartialChoice<'_>,
        price: Price,
        should_stop: &mut dyn FnMut() -> bool,
    ) -> Option<Set> {
        let instance = self.instance;
        let items = instance.item_count();
        let edges = items + instance.costs.len();
        for (item, &weight) in self.weights.iter().enumerate() {
            let is_free = choice.status[item] == Status::Free;
            let weight = if is_free { weight * price.cost } else { 0 };
            self.network.set(item, weight);
        }
        for (block, &cost) in self.rows[row].costs.iter().enumerate() {
            let is_bought = choice.is_bought[block];
            let cost = if is_bought { 0 } else { cost * price.weight };
            self.network.set(items + block, cost);
        }
        for link in 0..instance.links.pairs.len() {
            self.network.set(edges + link, ENDLESS);
        }
        self.network.send(should_stop)?;
        let is_reached = |node: usize| self.network.is_reached(FIRST + node);
        let found: Vec<usize> = choice.free().filter(|&item| is_reached(item)).collect();
        let blocks = (0..instance.costs.len())
            .filter(|&block| !choice.is_bought[block] && is_reached(items + block));
        Some(Set {
            weight: found.iter().map(|&item| self.weights[item]).sum(),
            cost: blocks.map(|block| self.rows[row].costs[block]).sum(),
            items: found,
        })
    }
}

/// The price at which a more expensive and more valuable set is as profitable as another.
fn meeting(below: &Set, beyond: &Set) -> Price {
    let (weight, cost) = (beyond.weight - below.weight, beyond.cost - below.cost);
    let divisor = greatest_common_divisor(weight.max(0), cost).max(1);
    Price {
        weight: weight.max(0) / divisor,
        cost: cost / divisor,
    }
}
