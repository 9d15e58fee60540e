//! The bound for wants with alternatives: the worth of a block is shared among the wants that may
//! need it.
//!
//! Say want w pays p(w, b) at least 0 for block b, and each limit r has a price u(r) at least 0 for
//! the whole of it, of which block b takes the part c(r, b). Then no choice is worth more than
//!
//! ```text
//! sum over wants w of max(0, max over options o of w: value of o - sum over b in o of p(w, b))
//!   + sum over blocks b of max(0, sum over w of p(w, b) - sum over r of u(r) c(r, b))
//!   + sum over r of u(r)
//! ```
//!
//! since completing want w by option o returns its payments from the blocks, which are bought, and
//! the bought blocks take no more than the whole of each limit. Of a group, the source with the
//! most profitable wants counts. It is the Lagrangian relaxation of "an option needs its blocks";
//! its least value is that of the linear relaxation in which each want counts a block once, however
//! many of its options need it.
//!
//! For given payments the best price of a limit is that at which the blocks that are worth more
//! just use it up, as in a knapsack that takes parts (G. B. Dantzig, "Discrete-variable extremum
//! problems", Operations Research 5, 1957). The payments are improved by subgradient steps (Held,
//! Wolfe, Crowder, "Validation of subgradient optimization", 1974). The steps use floating point;
//! the bound is then computed in whole numbers from rounded payments, as it holds for any payments.

use std::sync::Arc;

use super::ascent::{Ascent, CLEARLY, Offer, Open, Proof};
use super::instance::Instance;
use super::partial_choice::{PartialChoice, Status};
use crate::numbers::{number, rounded};

/// Steps at the root, and further down, where payments are good already.
const FIRST_STEPS: usize = 4_000;
const STEPS: usize = 80;

/// The number of bytes of payments that all open nodes may keep.
const MOST_BYTES: usize = 1 << 28;

/// Initial payments by account.
pub(super) type Payments = Arc<[f32]>;

/// The conclusions about a partial choice.
pub(super) struct Shared {
    /// An upper bound on the worth of any completion of the choice.
    pub(super) bound: i128,
    /// By group, the most profitable source.
    pub(super) sources: Vec<u32>,
    /// Items, the most promising first.
    pub(super) promising: Vec<usize>,
    /// A block of which only a share pays off, or at least an undecided one.
    pub(super) torn: Option<usize>,
    /// Good payments for later searches.
    pub(super) payments: Option<Payments>,
}

/// The accounts: one for each want and block that some of its options need.
pub(super) struct Sharing<'i> {
    instance: &'i Instance,
    /// By want, the start of its accounts among `blocks`.
    starts: Vec<usize>,
    /// By account its block, ascending within a want.
    blocks: Vec<u32>,
    work: u64,
    most_work: u64,
    /// Payments of the root.
    first: Option<Payments>,
    bytes: usize,
}

impl<'i> Sharing<'i> {
    /// It stops once it has changed `most_work` shares in total.
    pub(super) fn new(instance: &'i Instance, most_work: u64) -> Self {
        let mut starts = vec![0];
        let mut blocks = Vec::new();
        for options in &instance.worth.options {
            let mut own: Vec<u32> = options
                .iter()
                .flat_map(|&(item, _)| instance.blocks_of[item as usize].iter().copied())
                .collect();
            own.sort_unstable();
            own.dedup();
            blocks.extend(own);
            starts.push(blocks.len());
        }
        Self {
            instance,
            starts,
            blocks,
            work: 0,
            most_work,
            first: None,
            bytes: 0,
        }
    }

    /// Returns whether its limit of work is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.work >= self.most_work
    }

    /// Computes an upper bound for a partial choice within the budget.
    ///
    /// Ends as soon as the bound is at most `best`. `start` are payments that may be good. If
    /// stopped, it returns a valid bound.
    pub(super) fn solve(
        &mut self,
        choice: &PartialChoice<'_>,
        best: i128,
        start: Option<Payments>,
        should_stop: &mut dyn FnMut() -> bool,
    ) -> Shared {
        let open = self.open(choice);
        let is_first = self.first.is_none();
        let start = start.or_else(|| self.first.clone());
        let starts: Vec<Vec<f64>> = if let Some(start) = &start {
            let payment = |&account: &u32| f64::from(start[account as usize]);
            vec![open.account_of.iter().map(payment).collect()]
        } else {
            // The better of two starting points is not known beforehand.
            open.starts(choice, best).into()
        };
        let steps = if is_first { FIRST_STEPS } else { STEPS };
        let mut found: Option<(Ascent<'_>, Proof)> = None;
        for payments in starts {
            let mut ascent = Ascent::new(&open, choice, self.instance, payments);
            let proof = ascent.run(steps, best, &mut |steps| {
                self.work += steps;
                self.is_exhausted() || should_stop()
            });
            let value = proof.value;
            if found.as_ref().is_none_or(|(_, other)| value < other.value) {
                found = Some((ascent, proof));
            }
            if value < rounded(best) + CLEARLY {
                break;
            }
        }
        let (mut ascent, proof) = found.expect("there is somewhere to begin from");
        let bound = ascent.certified(&proof);
        let mut kept = None;
        if bound > best || is_first {
            let size = 4 * self.blocks.len();
            if is_first || self.bytes + size <= MOST_BYTES {
                let mut all =
                    start.map_or_else(|| vec![0.0; self.blocks.len()], |start| start.to_vec());
                for (&account, &payment) in open.account_of.iter().zip(&proof.payments) {
                    all[account as usize] = narrow(payment);
                }
                let all: Payments = all.into();
                self.first.get_or_insert_with(|| Arc::clone(&all));
                self.bytes += size;
                kept = Some(all);
            }
        }
        Shared {
            bound,
            sources: ascent.sources(&proof),
            promising: ascent.promising(&proof),
            torn: ascent.torn(),
            payments: kept,
        }
    }

    /// Records that some payments are no longer used as a starting point.
    pub(super) fn forget(&mut self, payments: Option<Payments>) {
        if payments.is_some_and(|payments| Arc::strong_count(&payments) == 1) {
            self.bytes = self.bytes.saturating_sub(4 * self.blocks.len());
        }
    }

    fn open(&self, choice: &PartialChoice<'_>) -> Open {
        let instance = self.instance;
        let mut open = Open {
            offers: Vec::new(),
            accounts: Vec::new(),
            wants: Vec::new(),
            block_of: Vec::new(),
            account_of: Vec::new(),
            blocks: Vec::new(),
            parts: Vec::new(),
        };
        let mut number_of = vec![u32::MAX; instance.costs.len()];
        let mut local = vec![u32::MAX; self.blocks.len()];
        for (want, options) in instance.worth.options.iter().enumerate() {
            let first = open.offers.len();
            let own = &self.blocks[self.starts[want]..self.starts[want + 1]];
            for &(item, value) in options {
                let gain = value - choice.value[want];
                if choice.status[item as usize] != Status::Free || gain <= 0 {
                    continue;
                }
                let start = open.accounts.len();
                let mut at = 0;
                for &block in &instance.blocks_of[item as usize] {
                    while own[at] != block {
                        at += 1;
                    }
                    if choice.is_bought[block as usize] {
                        continue;
                    }
                    let slot = &mut number_of[block as usize];
                    if *slot == u32::MAX {
                        *slot = number(open.blocks.len());
                        open.blocks.push(block);
                    }
                    let account = self.starts[want] + at;
                    if local[account] == u32::MAX {
                        local[account] = number(open.account_of.len());
                        open.account_of.push(number(account));
                        open.block_of.push(*slot);
                    }
                    open.accounts.push(local[account]);
                }
                open.offers.push(Offer {
                    item,
                    gain,
                    accounts: start..open.accounts.len(),
                });
            }
            if open.offers.len() > first {
                open.wants.push((number(want), first..open.offers.len()));
            }
        }
        for row in (0..2).filter(|&row| instance.limit.is_limited[row]) {
            let left = rounded(choice.left.0[row]).max(1.0);
            let part = |&block: &u32| rounded(instance.costs[block as usize].0[row]) / left;
            open.parts.push(open.blocks.iter().map(part).collect());
        }
        open
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "payments are where to begin from, and any will do"
)]
fn narrow(payment: f64) -> f32 {
    payment as f32
}
