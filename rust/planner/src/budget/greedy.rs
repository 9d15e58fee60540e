//! A partial choice, and the greedy way to go on from it.

use super::instance::Instance;

/// What is decided about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Free,
    Taken,
    Refused,
}

/// Items that are taken or refused, and what follows from that.
#[derive(Clone, Debug)]
pub(super) struct Choice<'i> {
    instance: &'i Instance,
    pub(super) status: Vec<Status>,
    pub(super) is_bought: Vec<bool>,
    /// By item, what it costs beside what is bought.
    pub(super) extra: Vec<i128>,
    /// What is left of the budget; negative if more was taken than it pays.
    pub(super) left: i128,
    /// What the items that are taken are worth.
    pub(super) weight: i128,
}

impl<'i> Choice<'i> {
    /// Nothing but what is free is taken, nothing but what is beyond the budget refused.
    pub(super) fn new(instance: &'i Instance) -> Self {
        let cost = |blocks: &Vec<u32>| {
            let costs = blocks.iter().map(|&block| instance.costs[block as usize]);
            costs.sum()
        };
        let mut choice = Self {
            status: vec![Status::Free; instance.weights.len()],
            is_bought: vec![false; instance.costs.len()],
            extra: instance.blocks_of.iter().map(cost).collect(),
            left: instance.limit,
            weight: 0,
            instance,
        };
        choice.settle();
        choice
    }

    /// Takes an item that was free.
    pub(super) fn take(&mut self, item: usize) {
        for &block in &self.instance.blocks_of[item] {
            let block = block as usize;
            if !self.is_bought[block] {
                self.is_bought[block] = true;
                let cost = self.instance.costs[block];
                self.left -= cost;
                for &other in &self.instance.items_of[block] {
                    self.extra[other as usize] -= cost;
                }
            }
        }
        self.mark(item);
    }

    /// Refuses an item, and all that would complete it on the way. False if what is taken completes
    /// it already.
    pub(super) fn refuse(&mut self, item: usize) -> bool {
        let mut shared = vec![0_usize; self.status.len()];
        let mut own = 0;
        for &block in &self.instance.blocks_of[item] {
            if !self.is_bought[block as usize] {
                own += 1;
                for &other in &self.instance.items_of[block as usize] {
                    shared[other as usize] += 1;
                }
            }
        }
        if own == 0 {
            return false;
        }
        for (status, shared) in self.status.iter_mut().zip(shared) {
            if *status == Status::Free && shared == own {
                *status = Status::Refused;
            }
        }
        true
    }

    /// Takes what costs nothing more, and refuses what the rest of the budget does not pay.
    pub(super) fn settle(&mut self) {
        for item in 0..self.status.len() {
            if self.status[item] == Status::Free {
                if self.extra[item] == 0 {
                    self.mark(item);
                } else if self.extra[item] > self.left {
                    self.status[item] = Status::Refused;
                }
            }
        }
    }

    /// Takes items as long as the budget pays any, the one that is worth most for its cost first.
    pub(super) fn fill(&mut self) {
        loop {
            self.settle();
            let best = self.free().max_by(|&one, &other| {
                let worth = |item: usize, beside: usize| {
                    self.instance.weights[item].saturating_mul(self.extra[beside])
                };
                let by_worth = worth(one, other).cmp(&worth(other, one));
                by_worth.then(other.cmp(&one))
            });
            match best {
                Some(item) => self.take(item),
                None => return,
            }
        }
    }

    /// The items that nothing is decided about, ascending.
    pub(super) fn free(&self) -> impl Iterator<Item = usize> + '_ {
        let status = self.status.iter().enumerate();
        status
            .filter(|(_, status)| **status == Status::Free)
            .map(|(item, _)| item)
    }

    pub(super) fn taken(&self) -> Vec<bool> {
        let taken = |status: &Status| *status == Status::Taken;
        self.status.iter().map(taken).collect()
    }

    fn mark(&mut self, item: usize) {
        self.status[item] = Status::Taken;
        self.weight += self.instance.weights[item];
    }
}

/// Improves a choice by refusing one item of it and filling up, as long as that helps.
///
/// Complexity: O(k) fillings for k items, for each improvement; some rounds at most.
pub(super) fn improve<'i>(
    instance: &'i Instance,
    mut best: Choice<'i>,
    should_stop: &mut dyn FnMut() -> bool,
) -> Choice<'i> {
    /// Improvements are few, and branch and bound follows.
    const ROUNDS: usize = 8;
    /// More take too long.
    const ITEMS: usize = 1_000;
    if instance.weights.len() > ITEMS {
        return best;
    }
    for _ in 0..ROUNDS {
        let taken: Vec<usize> = (0..instance.weights.len())
            .filter(|&item| best.status[item] == Status::Taken)
            .collect();
        let mut found = None;
        for &without in &taken {
            if should_stop() {
                return best;
            }
            let mut other = Choice::new(instance);
            if other.status[without] != Status::Free {
                continue;
            }
            if !other.refuse(without) {
                continue;
            }
            for &item in &taken {
                if other.status[item] == Status::Free {
                    other.take(item);
                }
            }
            other.fill();
            if other.weight > best.weight {
                found = Some(other);
                break;
            }
        }
        match found {
            Some(other) => best = other,
            None => break,
        }
    }
    best
}
