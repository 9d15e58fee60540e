//! The search for payments with strong bounds, see `sharing.rs`.

use super::instance::Instance;
use super::partial_choice::PartialChoice;
use crate::numbers::{number, rounded};

/// The unit of payments, as a part of the worth of wants.
const PARTS: i128 = 1 << 20;

/// After this many steps without a better bound, steps become shorter.
const PATIENCE: usize = 30;
const SHRINKING: f64 = 0.8;
const LEAST_AGILITY: f64 = 2e-3;

/// The share of the newest subgradient in a direction; the rest is the direction before.
const FRESH: f64 = 0.7;

/// A bound above a choice by less than this is clearly beaten, as the worth of wants is whole.
pub(super) const CLEARLY: f64 = 0.999;

/// An option that can still be taken: its item, the worth it adds, and the range of its accounts.
pub(super) struct Offer {
    pub(super) item: u32,
    pub(super) gain: i128,
    pub(super) accounts: std::ops::Range<usize>,
}

/// The open part below a partial choice, numbered anew.
pub(super) struct Open {
    pub(super) offers: Vec<Offer>,
    /// By offer its accounts.
    pub(super) accounts: Vec<u32>,
    /// By want that has offers: its number, and its offers.
    pub(super) wants: Vec<(u32, std::ops::Range<usize>)>,
    /// By account its block.
    pub(super) block_of: Vec<u32>,
    /// By account the account among all.
    pub(super) account_of: Vec<u32>,
    /// By block, its number among all.
    pub(super) blocks: Vec<u32>,
    /// By active limit, by block the part that it takes.
    pub(super) parts: Vec<Vec<f64>>,
}

/// Payments, and the bound that they prove.
pub(super) struct Proof {
    pub(super) value: f64,
    pub(super) payments: Vec<f64>,
    pub(super) prices: Vec<f64>,
}

impl Open {
    /// Payments to begin with, so that the limit is worth what is completed: each option pays for
    /// the one block alone that the fewest may need, or each want that may need a block pays the
    /// same for it. The former solves small budgets at once, the latter leads to better payments
    /// for large ones.
    pub(super) fn starts(&self, choice: &PartialChoice<'_>, best: i128) -> [Vec<f64>; 2] {
        let mut payers = vec![0_u32; self.blocks.len()];
        for &block in &self.block_of {
            payers[block as usize] += 1;
        }
        let mut is_own = vec![false; self.block_of.len()];
        for offer in &self.offers {
            let accounts = self.accounts[offer.accounts.clone()].iter();
            let own = accounts.min_by_key(|&&at| (payers[self.block_of[at as usize] as usize], at));
            if let Some(&own) = own {
                is_own[own as usize] = true;
            }
        }
        let mut owners = vec![0_u32; self.blocks.len()];
        for (&block, _) in self.block_of.iter().zip(&is_own).filter(|(_, is)| **is) {
            owners[block as usize] += 1;
        }
        let worth = rounded((best - choice.weight).max(1));
        let price = worth / rounded(self.parts.len().max(1) as i128);
        let pays = |block: u32, among: &[u32]| {
            let block = block as usize;
            let part: f64 = self.parts.iter().map(|parts| parts[block]).sum();
            price * part / f64::from(among[block])
        };
        let even = self.block_of.iter().map(|&block| pays(block, &payers));
        let own = self.block_of.iter().zip(&is_own);
        let own = own.map(|(&block, &is_own)| if is_own { pays(block, &owners) } else { 0.0 });
        [own.collect(), even.collect()]
    }
}

/// The search for good payments.
pub(super) struct Ascent<'a> {
    open: &'a Open,
    choice: &'a PartialChoice<'a>,
    instance: &'a Instance,
    payments: Vec<f64>,
    prices: Vec<f64>,
    /// By want of `open` the most profitable offer, if any is profitable.
    taken: Vec<Option<usize>>,
    /// By block, the bought share.
    bought: Vec<f64>,
    /// By block and by offer, how often it was taken of late: close to the linear relaxation.
    block_share: Vec<f64>,
    offer_share: Vec<f64>,
    /// By source, the profit of its wants beside their current worth.
    brought: Vec<f64>,
    order: Vec<u32>,
}

impl<'a> Ascent<'a> {
    pub(super) fn new(
        open: &'a Open,
        choice: &'a PartialChoice<'a>,
        instance: &'a Instance,
        payments: Vec<f64>,
    ) -> Self {
        Self {
            prices: vec![0.0; open.parts.len()],
            taken: vec![None; open.wants.len()],
            bought: vec![0.0; open.blocks.len()],
            block_share: vec![0.0; open.blocks.len()],
            offer_share: vec![0.0; open.offers.len()],
            brought: vec![0.0; instance.worth.wants_of.len()],
            order: (0..number(open.blocks.len())).collect(),
            payments,
            open,
            choice,
            instance,
        }
    }

    pub(super) fn run(
        &mut self,
        steps: usize,
        best: i128,
        should_end: &mut dyn FnMut(u64) -> bool,
    ) -> Proof {
        let open = self.open;
        let mut proof = Proof {
            value: f64::INFINITY,
            payments: self.payments.clone(),
            prices: self.prices.clone(),
        };
        let mut direction = vec![0.0_f64; self.payments.len()];
        let mut agility = 1.0;
        let mut since_better = 0;
        let target = rounded(best);
        let effort = (2 * open.accounts.len() + 4 * open.account_of.len() + 16) as u64;
        for step in 0..steps {
            let value = self.value(step);
            if value < proof.value {
                if value < proof.value - 1e-4 * (proof.value - target).abs() {
                    since_better = 0;
                }
                proof.value = value;
                proof.payments.clone_from(&self.payments);
                proof.prices.clone_from(&self.prices);
            }
            since_better += 1;
            // Rounding costs a little, so a bound has to be beaten clearly.
            if proof.value < target + CLEARLY || should_end(effort) {
                break;
            }
            if since_better > PATIENCE {
                agility *= SHRINKING;
                since_better = 0;
                self.payments.clone_from(&proof.payments);
                if agility < LEAST_AGILITY {
                    break;
                }
            }
            if !self.step(&mut direction, agility, value - target) {
                break;
            }
        }
        proof
    }

    /// The bound that the payments prove, with the best prices for them.
    fn value(&mut self, step: usize) -> f64 {
        let open = self.open;
        let mut paid = vec![0.0; open.blocks.len()];
        for (&block, &payment) in open.block_of.iter().zip(&self.payments) {
            paid[block as usize] += payment;
        }
        let blend = if step == 0 { 1.0 } else { 0.1 };
        self.brought.fill(0.0);
        for share in &mut self.offer_share {
            *share -= blend * *share;
        }
        for (at, (want, offers)) in open.wants.iter().enumerate() {
            let mut most = 0.0;
            self.taken[at] = None;
            for offer in offers.clone() {
                let offered = &open.offers[offer];
                let accounts = open.accounts[offered.accounts.clone()].iter();
                let pays: f64 = accounts.map(|&at| self.payments[at as usize]).sum();
                let brings = rounded(offered.gain) - pays;
                if brings > most {
                    most = brings;
                    self.taken[at] = Some(offer);
                }
            }
            self.brought[self.instance.worth.source_of[*want as usize] as usize] += most;
        }
        let mut value = rounded(self.choice.weight);
        for (group, sources) in self.instance.worth.sources_of.iter().enumerate() {
            let own = self.best_source(sources.clone());
            let sum = rounded(self.choice.sum[own]) + self.brought[own];
            value += (sum - rounded(self.choice.best[group])).max(0.0);
        }
        for (at, (want, _)) in open.wants.iter().enumerate() {
            let source = self.instance.worth.source_of[*want as usize] as usize;
            let group = self.instance.worth.group_of[source] as usize;
            let sources = self.instance.worth.sources_of[group].clone();
            if sources.len() > 1 && self.best_source(sources) != source {
                self.taken[at] = None;
            }
            if let Some(offer) = self.taken[at] {
                self.offer_share[offer] += blend;
            }
        }
        value + self.buy(&paid, step, blend)
    }

    /// The most profitable source of a group, the first of several.
    fn best_source(&self, sources: std::ops::Range<usize>) -> usize {
        let first = sources.start;
        sources.fold(first, |best, source| {
            let brings = |at: usize| rounded(self.choice.sum[at]) + self.brought[at];
            if brings(source) > brings(best) {
                source
            } else {
                best
            }
        })
    }

    /// Sets the price of one limit to the best one for the payments for blocks, buys the blocks,
    /// and returns what prices and blocks add to the bound. With two limits they take turns.
    fn buy(&mut self, paid: &[f64], step: usize, blend: f64) -> f64 {
        let parts = &self.open.parts;
        let row = step % parts.len().max(1);
        let mut left: Vec<f64> = paid.to_vec();
        for (other, parts) in parts.iter().enumerate().filter(|&(other, _)| other != row) {
            for (left, part) in left.iter_mut().zip(parts) {
                *left -= self.prices[other] * part;
            }
        }
        self.bought.fill(0.0);
        if let Some(parts) = parts.get(row) {
            let worth = |block: u32| {
                let block = block as usize;
                if left[block] <= 0.0 {
                    f64::NEG_INFINITY
                } else if parts[block] > 0.0 {
                    left[block] / parts[block]
                } else {
                    f64::INFINITY
                }
            };
            self.order
                .sort_by(|&one, &other| worth(other).total_cmp(&worth(one)).then(one.cmp(&other)));
            let mut room = 1.0;
            self.prices[row] = 0.0;
            for &block in &self.order {
                let worth = worth(block);
                if worth == f64::NEG_INFINITY {
                    break;
                }
                let block = block as usize;
                if parts[block] > room {
                    self.bought[block] = room / parts[block];
                    self.prices[row] = worth;
                    break;
                }
                room -= parts[block];
                self.bought[block] = 1.0;
            }
            for (left, part) in left.iter_mut().zip(parts) {
                *left -= self.prices[row] * part;
            }
        }
        for (share, bought) in self.block_share.iter_mut().zip(&self.bought) {
            *share += blend * (bought - *share);
        }
        let blocks: f64 = left.iter().map(|left| left.max(0.0)).sum();
        self.prices.iter().sum::<f64>() + blocks
    }

    /// Moves the payments; returns false if no direction is left.
    fn step(&mut self, direction: &mut [f64], agility: f64, ahead: f64) -> bool {
        let open = self.open;
        let mut gradient: Vec<f64> = open
            .block_of
            .iter()
            .map(|&block| -self.bought[block as usize])
            .collect();
        for offer in self.taken.iter().flatten() {
            for &account in &open.accounts[open.offers[*offer].accounts.clone()] {
                gradient[account as usize] += 1.0;
            }
        }
        let mut square = 0.0;
        for (account, gradient) in gradient.iter_mut().enumerate() {
            // Payments that cannot be lowered any more do not count.
            if self.payments[account] <= 0.0 && *gradient < 0.0 {
                *gradient = 0.0;
            }
            direction[account] = FRESH * *gradient + (1.0 - FRESH) * direction[account];
            square += direction[account] * direction[account];
        }
        if square < 1e-12 {
            return false;
        }
        let length = agility * ahead.max(0.5) / square;
        for (payment, direction) in self.payments.iter_mut().zip(direction) {
            *payment = (*payment + length * *direction).max(0.0);
        }
        true
    }

    /// The bound in whole numbers.
    pub(super) fn certified(&self, proof: &Proof) -> i128 {
        let open = self.open;
        let worth = &self.instance.worth;
        let payments: Vec<i128> = proof
            .payments
            .iter()
            .map(|&payment| whole(payment))
            .collect();
        let prices: Vec<i128> = proof.prices.iter().map(|&price| whole(price)).collect();
        let mut sums: Vec<i128> = self.choice.sum.iter().map(|sum| sum * PARTS).collect();
        for (want, offers) in &open.wants {
            let brings = offers.clone().map(|offer| {
                let offer = &open.offers[offer];
                let accounts = open.accounts[offer.accounts.clone()].iter();
                let pays: i128 = accounts.map(|&at| payments[at as usize]).sum();
                offer.gain * PARTS - pays
            });
            let source = worth.source_of[*want as usize] as usize;
            sums[source] += brings.max().unwrap_or(0).max(0);
        }
        let mut bound = self.choice.weight * PARTS + prices.iter().sum::<i128>();
        for (sources, best) in worth.sources_of.iter().zip(&self.choice.best) {
            let most = sums[sources.clone()].iter().copied().max().unwrap_or(0);
            bound += (most - best * PARTS).max(0);
        }
        let mut paid = vec![0_i128; open.blocks.len()];
        for (&block, payment) in open.block_of.iter().zip(&payments) {
            paid[block as usize] += payment;
        }
        let rows = (0..2).filter(|&row| self.instance.limit.is_limited[row]);
        for (row, price) in rows.zip(prices) {
            let left = self.choice.left.0[row].max(1);
            for (paid, &block) in paid.iter_mut().zip(&open.blocks) {
                let cost = self.instance.costs[block as usize].0[row];
                // Rounded down, so that all bought blocks together take no more than the price.
                *paid -= price.checked_mul(cost).map_or(0, |taken| taken / left);
            }
        }
        bound += paid.into_iter().map(|paid| paid.max(0)).sum::<i128>();
        bound.div_euclid(PARTS)
    }

    /// By group, the most profitable source by the payments of a proof.
    pub(super) fn sources(&mut self, proof: &Proof) -> Vec<u32> {
        self.payments.clone_from(&proof.payments);
        self.value(1);
        let sources = self.instance.worth.sources_of.iter();
        sources
            .map(|sources| number(self.best_source(sources.clone())))
            .collect()
    }

    /// Items of wants, those first that are most profitable for the blocks that are not yet bought.
    pub(super) fn promising(&self, proof: &Proof) -> Vec<usize> {
        let open = self.open;
        let mut found: Vec<(f64, u32)> = Vec::new();
        for (offer, share) in open.offers.iter().zip(&self.offer_share) {
            let accounts = &open.accounts[offer.accounts.clone()];
            let lacks: f64 = accounts
                .iter()
                .map(|&account| {
                    let block = open.block_of[account as usize] as usize;
                    let part: f64 = open.parts.iter().map(|parts| parts[block]).sum();
                    (1.0 - self.block_share[block]).max(0.0) * part
                })
                .sum();
            let prices: f64 = proof.prices.iter().sum();
            let brings = rounded(offer.gain) - lacks * prices;
            found.push((brings + share * rounded(offer.gain), offer.item));
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut is_listed = vec![false; self.instance.item_count()];
        found.retain(|&(_, item)| !std::mem::replace(&mut is_listed[item as usize], true));
        found.into_iter().map(|(_, item)| item as usize).collect()
    }

    /// The block whose decision changes most: dear, and neither bought nor left in the linear
    /// relaxation.
    pub(super) fn torn(&self) -> Option<usize> {
        let open = self.open;
        let mut best: Option<(f64, u32)> = None;
        for (block, &number) in open.blocks.iter().enumerate() {
            let part: f64 = open.parts.iter().map(|parts| parts[block]).sum();
            let share = self.block_share[block];
            let tear = (share.min(1.0 - share).max(0.0) + 1e-3) * (part + 1e-6);
            if best.is_none_or(|(most, _)| tear > most) {
                best = Some((tear, number));
            }
        }
        best.map(|(_, block)| block as usize)
    }
}

/// A payment in parts; any nonnegative number is valid.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion from a float saturates, here far below the largest number"
)]
fn whole(payment: f64) -> i128 {
    ((payment * 1_048_576.0).round() as i64).max(0).into()
}
