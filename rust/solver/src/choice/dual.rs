//! Lower bounds: the cost of each item is shared among the wants that may need it.
//!
//! Say want w pays p(w, i) at least 0 for item i. Then
//!
//! ```text
//! L(p) = sum over wants w of min over alternatives a of w of sum over items i of a of p(w, i)
//!      + sum over items i of min(0, c(i) - sum over wants w of p(w, i))
//! ```
//!
//! is a lower bound on the cost of every solution: item i receives at most `c(i)` in payments, and
//! choosing alternative a pays for all of its items. It is the Lagrangian relaxation of "a want
//! that chooses an alternative with item i needs item i"; its greatest value is that of the linear
//! relaxation in which each want counts an item once, however many of its alternatives need it. A
//! want of single items pays the same for each, as in set covering, so one payment is enough.
//!
//! The payments are improved by subgradient steps (Held, Wolfe, Crowder, "Validation of
//! subgradient optimization", 1974; for set covering Caprara, Fischetti, Toth, "A heuristic method
//! for the set covering problem", 1999), along a running average of the subgradients.

use super::instance::Instance;
use super::lists::{Lists, narrow};
use crate::limits::Limiter;
use crate::numbers::to_float;

/// The accounts of payments: by want and item, one for all items of a plain want.
#[derive(Debug)]
pub(super) struct Accounts {
    /// For each entry of the instance's alternatives the account that pays for it.
    of_entry: Vec<u32>,
    /// By item the accounts that pay for it.
    of_item: Lists,
    count: usize,
    /// Accounts of plain wants: the first ones, in order of these wants.
    plain_count: usize,
    /// The wants that are not plain.
    mixed: Vec<u32>,
    /// By item, whether only one want needs it and pays for nothing else with the same account.
    owned: Vec<bool>,
}

/// Payments, and the bound that they prove.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// No solution costs less.
    pub(super) value: f64,
    /// By account.
    pub(super) payments: Vec<f64>,
    /// By item the unpaid part of its cost; negative if too much is paid.
    pub(super) unpaid: Vec<f64>,
    /// By item how often it was taken of late, between 0 and 1: close to the linear relaxation.
    pub(super) share: Vec<f64>,
}

/// The method of searching for payments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ascent {
    /// The maximum number of steps.
    pub(super) steps: usize,
    /// The bound at which to stop.
    pub(super) target: f64,
    /// The cost of a good solution.
    pub(super) upper: f64,
    /// The first step's length, as a part of the gap between bound and solution.
    pub(super) agility: f64,
}

/// After this many steps without a better bound, steps become shorter.
const PATIENCE: usize = 8;

/// The factor by which they become shorter, and the length at which the search ends.
const SHRINKING: f64 = 0.75;
const LEAST_AGILITY: f64 = 2e-4;

/// The share of the newest subgradient in a direction; the rest is the direction before.
const FRESH: f64 = 0.7;

impl Accounts {
    pub(super) fn new(instance: &Instance) -> Self {
        let mut of_entry = vec![0; instance.entry_count()];
        let mut of_item = Lists::new();
        let mut pairs: Vec<Vec<u32>> = vec![Vec::new(); instance.item_count()];
        let mut count = 0_u32;
        let mut mixed = Vec::new();
        for want in 0..instance.want_count() {
            if instance.plain[want] {
                for alternative in instance.alternatives_of(want) {
                    for at in instance.alternatives.span(alternative) {
                        of_entry[at] = count;
                        pairs[instance.alternatives.values()[at] as usize].push(count);
                    }
                }
                count += 1;
            } else {
                mixed.push(narrow(want));
            }
        }
        let plain_count = count as usize;
        let mut account = vec![u32::MAX; instance.item_count()];
        for &want in &mixed {
            let first = count;
            for alternative in instance.alternatives_of(want as usize) {
                for at in instance.alternatives.span(alternative) {
                    let item = instance.alternatives.values()[at] as usize;
                    if account[item] == u32::MAX || account[item] < first {
                        account[item] = count;
                        pairs[item].push(count);
                        count += 1;
                    }
                    of_entry[at] = account[item];
                }
            }
        }
        for mut row in pairs {
            row.dedup();
            of_item.push(row);
        }
        let owned = of_item
            .rows()
            .map(|accounts| matches!(accounts, &[only] if only as usize >= plain_count));
        Self {
            owned: owned.collect(),
            of_entry,
            of_item,
            count: count as usize,
            plain_count,
            mixed,
        }
    }

    /// Initial payments: every item's cost is shared evenly.
    pub(super) fn even_shares(&self, instance: &Instance) -> Vec<f64> {
        let mut payments = vec![f64::INFINITY; self.count];
        for item in 0..instance.item_count() {
            let accounts = self.of_item.row(item);
            let share = to_float(instance.costs[item]) / to_float(accounts.len() as u64);
            for &account in accounts {
                let payment = &mut payments[account as usize];
                *payment = payment.min(share);
            }
        }
        payments
    }

    /// The payments of a smaller instance that come closest to those of a larger one.
    pub(super) fn carried(
        &self,
        instance: &Instance,
        larger: &Instance,
        larger_accounts: &Self,
        payments: &[f64],
        items: &Lists,
        wants: &Lists,
    ) -> Vec<f64> {
        let mut carried = vec![f64::INFINITY; self.count];
        let mut paid = vec![0.0; larger.item_count()];
        let mut payer = vec![u32::MAX; larger.item_count()];
        for (want, from) in wants.rows().enumerate() {
            // A want joined from several pays the payments of each of them.
            for &each in from {
                for at in larger.entries_of(each as usize) {
                    let item = larger.alternatives.values()[at] as usize;
                    if payer[item] != each {
                        payer[item] = each;
                        paid[item] += payments[larger_accounts.of_entry[at] as usize];
                    }
                }
            }
            for at in instance.entries_of(want) {
                let item = instance.alternatives.values()[at] as usize;
                let group = items.row(item).iter();
                let sum: f64 = group.map(|&each| paid[each as usize]).sum();
                let account = &mut carried[self.of_entry[at] as usize];
                *account = account.min(sum);
            }
            for &each in from {
                for at in larger.entries_of(each as usize) {
                    paid[larger.alternatives.values()[at] as usize] = 0.0;
                }
            }
        }
        self.pay_own(instance, &mut carried);
        carried
    }

    /// Pays in full for items that a single want needs: a lower payment never proves more.
    fn pay_own(&self, instance: &Instance, payments: &mut [f64]) {
        for item in 0..instance.item_count() {
            if self.owned[item] {
                let account = self.of_item.row(item)[0];
                payments[account as usize] = to_float(instance.costs[item]);
            }
        }
    }

    /// The payment of a want for an alternative.
    fn price(&self, instance: &Instance, payments: &[f64], alternative: usize) -> f64 {
        let span = instance.alternatives.span(alternative);
        let accounts = self.of_entry[span].iter();
        accounts.map(|&account| payments[account as usize]).sum()
    }

    /// By want the lowest price, and by alternative the excess over it.
    pub(super) fn regrets(&self, instance: &Instance, payments: &[f64]) -> Vec<f64> {
        let mut regrets: Vec<f64> = (0..instance.alternative_count())
            .map(|each| self.price(instance, payments, each))
            .collect();
        for want in 0..instance.want_count() {
            let own = &mut regrets[instance.alternatives_of(want)];
            let least = own.iter().copied().fold(f64::INFINITY, f64::min);
            for price in own {
                *price -= least;
            }
        }
        regrets
    }

    /// By item its price in a search for solutions: the unpaid part of its cost or, if one want
    /// pays for all of it, the excess price of the best alternative that needs it.
    pub(super) fn prices(&self, instance: &Instance, bound: &Bound) -> Vec<f64> {
        let regrets = self.regrets(instance, &bound.payments);
        let prices = bound.unpaid.iter().enumerate().map(|(item, &unpaid)| {
            if !self.owned[item] {
                return unpaid.max(1e-9);
            }
            let uses = instance.uses.row(item).iter();
            let regrets = uses.map(|&each| regrets[each as usize]);
            regrets.fold(f64::INFINITY, f64::min).max(1e-9)
        });
        prices.collect()
    }

    /// Searches for payments with a strong bound.
    pub(super) fn ascend(
        &self,
        instance: &Instance,
        mut payments: Vec<f64>,
        ascent: Ascent,
        limiter: &mut Limiter<'_>,
    ) -> Bound {
        let items = instance.item_count();
        let mut unpaid = vec![0.0; items];
        let mut best = Bound {
            value: f64::NEG_INFINITY,
            payments: Vec::new(),
            unpaid: Vec::new(),
            share: vec![0.0; items],
        };
        let mut gradient = vec![0.0_f64; self.count];
        let mut direction = vec![0.0_f64; self.count];
        let mut agility = ascent.agility;
        let mut since_better = 0;
        for step in 0..ascent.steps {
            limiter.work(3 * instance.entry_count() as u64);
            gradient.fill(0.0);
            gradient[..self.plain_count].fill(1.0);
            let mut value: f64 = payments[..self.plain_count].iter().sum();
            let mut magnitude = value;
            for &want in &self.mixed {
                let mut least = f64::INFINITY;
                let mut chosen = 0;
                for alternative in instance.alternatives_of(want as usize) {
                    let price = self.price(instance, &payments, alternative);
                    if price < least {
                        least = price;
                        chosen = alternative;
                    }
                }
                value += least;
                magnitude += least;
                for at in instance.alternatives.span(chosen) {
                    gradient[self.of_entry[at] as usize] += 1.0;
                }
            }
            let blend = if step == 0 { 1.0 } else { 0.1 };
            for (item, unpaid) in unpaid.iter_mut().enumerate() {
                let accounts = self.of_item.row(item);
                let paid: f64 = accounts.iter().map(|&each| payments[each as usize]).sum();
                let cost = to_float(instance.costs[item]);
                let left = cost - paid;
                *unpaid = left;
                magnitude += cost + paid;
                let mut is_taken = 0.0;
                if self.owned[item] {
                    // It stays paid in full.
                    is_taken = std::mem::take(&mut gradient[accounts[0] as usize]);
                } else if left < 0.0 {
                    value += left;
                    is_taken = 1.0;
                    for &each in accounts {
                        gradient[each as usize] -= 1.0;
                    }
                }
                best.share[item] += blend * (is_taken - best.share[item]);
            }
            // The error of a sum of n numbers is at most n roundings of the sum of their sizes.
            let additions = to_float(instance.entry_count() as u64 + 2 * items as u64 + 2);
            value -= additions * f64::EPSILON * magnitude;
            if value > best.value {
                if value > best.value + 1e-4 * (ascent.upper - best.value).abs() {
                    since_better = 0;
                }
                best.value = value;
                best.payments.clone_from(&payments);
                best.unpaid.clone_from(&unpaid);
            }
            since_better += 1;
            if best.value >= ascent.target || limiter.is_over() {
                break;
            }
            if since_better > PATIENCE {
                agility *= SHRINKING;
                since_better = 0;
                if agility < LEAST_AGILITY {
                    break;
                }
            }
            let mut square = 0.0;
            for account in 0..self.count {
                // Payments that cannot be lowered any more do not count.
                if payments[account] <= 0.0 && gradient[account] < 0.0 {
                    gradient[account] = 0.0;
                }
                direction[account] = FRESH * gradient[account] + (1.0 - FRESH) * direction[account];
                square += direction[account] * direction[account];
            }
            if square < 1e-12 {
                break;
            }
            let ahead = (ascent.upper - value).max(0.05 * value.abs().max(1e-3));
            let length = agility * ahead / square;
            for (payment, direction) in payments.iter_mut().zip(&direction) {
                *payment = (*payment + length * direction).max(0.0);
            }
        }
        best
    }

    pub(super) fn bytes(&self) -> usize {
        4 * self.of_entry.len() + self.of_item.bytes()
    }
}
