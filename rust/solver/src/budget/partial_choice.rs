//! A partial choice, and the greedy way to go on from it.

use super::amounts::Amounts;
use super::instance::Instance;

/// The decision on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Free,
    Taken,
    Refused,
}

/// Items that are taken or refused, and the consequences.
#[derive(Clone, Debug)]
pub(super) struct PartialChoice<'i> {
    instance: &'i Instance,
    pub(super) status: Vec<Status>,
    pub(super) is_bought: Vec<bool>,
    /// By item, its cost beside the bought blocks.
    pub(super) extra: Vec<Amounts>,
    /// The rest of the budget; negative if it is exceeded.
    pub(super) left: Amounts,
    /// The worth of the items that are taken.
    pub(super) weight: i128,
    /// By want, its current worth.
    pub(super) value: Vec<i128>,
    /// By source, the worth of its wants.
    pub(super) sum: Vec<i128>,
    /// By group, the worth of its best source.
    pub(super) best: Vec<i128>,
    /// By group, the source that is pursued.
    pub(super) source: Vec<u32>,
}

impl<'i> PartialChoice<'i> {
    /// Only free items are taken, and only items beyond the budget are refused.
    pub(super) fn new(instance: &'i Instance) -> Self {
        let worth = &instance.worth;
        let extra = |blocks: &Vec<u32>| {
            let mut extra = Amounts::default();
            for &block in blocks {
                extra.add(instance.costs[block as usize]);
            }
            extra
        };
        let best = |sources: &std::ops::Range<usize>| {
            let bases = worth.base[sources.clone()].iter();
            bases.copied().max().unwrap_or(0)
        };
        let best: Vec<i128> = worth.sources_of.iter().map(best).collect();
        let mut choice = Self {
            status: vec![Status::Free; instance.item_count()],
            is_bought: vec![false; instance.costs.len()],
            extra: instance.blocks_of.iter().map(extra).collect(),
            left: instance.limit.amounts,
            weight: best.iter().sum(),
            value: vec![0; worth.options.len()],
            sum: worth.base.clone(),
            best,
            source: worth.preferred.clone(),
            instance,
        };
        choice.settle();
        choice
    }

    /// Takes an item that was free.
    pub(super) fn take(&mut self, item: usize) {
        for &block in &self.instance.blocks_of[item] {
            self.buy(block as usize);
        }
        self.mark(item);
    }

    /// Returns whether the budget pays for the taken items.
    pub(super) fn is_paid(&self) -> bool {
        Amounts::default().fits(self.left)
    }

    /// Pays for a block.
    pub(super) fn buy(&mut self, block: usize) {
        if !self.is_bought[block] {
            self.is_bought[block] = true;
            let cost = self.instance.costs[block];
            self.left.take(cost);
            for &other in &self.instance.items_of[block] {
                self.extra[other as usize].take(cost);
            }
        }
    }

    /// Refuses an item, and all items that would complete it too. Returns false if the taken items
    /// complete it already.
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

    /// Refuses all items that need a block. Returns false if it is bought already.
    pub(super) fn forbid(&mut self, block: usize) -> bool {
        if self.is_bought[block] {
            return false;
        }
        for &item in &self.instance.items_of[block] {
            let status = &mut self.status[item as usize];
            if *status == Status::Free {
                *status = Status::Refused;
            }
        }
        true
    }

    /// Takes the items that need nothing more, and refuses those beyond the rest of the budget and
    /// those that complete nothing.
    pub(super) fn settle(&mut self) {
        for item in 0..self.status.len() {
            if self.status[item] == Status::Free {
                if self.extra[item].is_nothing() {
                    self.mark(item);
                } else if !self.extra[item].fits(self.left) || !self.is_useful(item) {
                    self.status[item] = Status::Refused;
                }
            }
        }
    }

    /// Takes items as long as the budget pays for one, the one with the best ratio of worth to cost
    /// first.
    pub(super) fn fill(&mut self) {
        loop {
            self.settle();
            let mut best: Option<(usize, i128, i128)> = None;
            for item in self.free() {
                let gain = self.gain(item);
                if gain > 0 {
                    let cost = self.instance.limit.weigh(self.extra[item]);
                    let is_better = best.is_none_or(|(_, best_gain, best_cost)| {
                        gain.saturating_mul(best_cost) > best_gain.saturating_mul(cost)
                    });
                    if is_better {
                        best = Some((item, gain, cost));
                    }
                }
            }
            match best {
                Some((item, _, _)) => self.take(item),
                None => return,
            }
        }
    }

    /// Takes those of some items that the budget pays for and that are useful, in their order.
    pub(super) fn take_all(&mut self, items: &[usize]) {
        for &item in items {
            let is_free = self.status[item] == Status::Free;
            if is_free && self.extra[item].fits(self.left) && self.gain(item) > 0 {
                self.take(item);
            }
        }
    }

    /// The worth that an item adds to the pursued sources.
    pub(super) fn gain(&self, item: usize) -> i128 {
        let worth = &self.instance.worth;
        let gains = worth.of_item[item].iter().map(|&(want, value)| {
            let source = worth.source_of[want as usize];
            let group = worth.group_of[source as usize];
            if self.source[group as usize] == source {
                (value - self.value[want as usize]).max(0)
            } else {
                0
            }
        });
        gains.sum()
    }

    /// Returns whether an item raises the worth of any want.
    fn is_useful(&self, item: usize) -> bool {
        let mut wants = self.instance.worth.of_item[item].iter();
        wants.any(|&(want, value)| value > self.value[want as usize])
    }

    /// The undecided items, ascending.
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
        let worth = &self.instance.worth;
        self.status[item] = Status::Taken;
        for &(want, value) in &worth.of_item[item] {
            let own = &mut self.value[want as usize];
            let more = value - *own;
            if more > 0 {
                *own = value;
                let source = worth.source_of[want as usize] as usize;
                let best = &mut self.best[worth.group_of[source] as usize];
                self.sum[source] += more;
                let gain = (self.sum[source] - *best).max(0);
                *best += gain;
                self.weight += gain;
            }
        }
    }
}
