//! An instance somewhere in the search, and the way back to the root's.

use super::super::dual::{Accounts, Ascent, Bound};
use super::super::instance::Instance;
use super::super::lists::{Lists, narrow};
use super::super::reduce::Reduced;
use crate::limits::Limiter;

/// An instance, and its relation to the root's.
pub(super) struct Problem {
    pub(super) instance: Instance,
    pub(super) accounts: Accounts,
    pub(super) payments: Vec<f64>,
    /// The root's items that are taken.
    pub(super) taken: Vec<u32>,
    /// Their costs.
    pub(super) spent: u64,
    /// By item the root's items that it stands for.
    pub(super) items: Lists,
}

impl Problem {
    pub(super) fn root(instance: Instance) -> Self {
        let mut items = Lists::new();
        for item in 0..instance.item_count() {
            items.push([narrow(item)]);
        }
        let accounts = Accounts::new(&instance);
        Self {
            payments: accounts.even_shares(&instance),
            accounts,
            taken: Vec::new(),
            spent: 0,
            items,
            instance,
        }
    }

    pub(super) fn smaller(&self, reduced: Reduced, payments: &[f64]) -> Self {
        let mut taken = self.taken.clone();
        for &item in &reduced.taken {
            taken.extend(self.items.row(item as usize));
        }
        let mut items = Lists::new();
        for group in reduced.items.rows() {
            items.push(
                group
                    .iter()
                    .flat_map(|&item| self.items.row(item as usize).iter().copied()),
            );
        }
        let accounts = Accounts::new(&reduced.instance);
        let payments = accounts.carried(
            &reduced.instance,
            &self.instance,
            &self.accounts,
            payments,
            &reduced.items,
            &reduced.wants,
        );
        Self {
            payments,
            accounts,
            taken,
            spent: self.spent + self.instance.cost_of(&reduced.taken),
            items,
            instance: reduced.instance,
        }
    }

    /// The root's items of a solution of this instance.
    pub(super) fn all_items(&self, items: &[u32]) -> Vec<u32> {
        let mut all = self.taken.clone();
        for &item in items {
            all.extend(self.items.row(item as usize));
        }
        all
    }

    pub(super) fn bytes(&self) -> usize {
        self.instance.bytes()
            + self.accounts.bytes()
            + 8 * self.payments.len()
            + 4 * self.taken.len()
            + self.items.bytes()
    }

    /// The bound that the payments prove as they are.
    pub(super) fn evaluated(&self, limiter: &mut Limiter<'_>) -> Bound {
        let ascent = Ascent {
            steps: 1,
            target: f64::INFINITY,
            upper: 0.0,
            agility: 1.0,
        };
        let payments = self.payments.clone();
        self.accounts
            .ascend(&self.instance, payments, ascent, limiter)
    }
}
