//! Better solutions by removing a part and completing it anew: large neighbourhood search (Shaw,
//! "Using constraint programming and local search methods to solve vehicle routing problems",
//! 1998).

use std::cmp::Reverse;

use super::{Draws, Holding};
use crate::limits::Limiter;
use crate::numbers::to_float;

impl Holding<'_> {
    /// Removes parts and completes them anew, keeping results that are no worse, until the work is
    /// spent. Returns the best set found, if it costs less than the held one.
    pub(in crate::choice) fn improve(
        &mut self,
        effort: u64,
        draws: &mut Draws,
        limiter: &mut Limiter<'_>,
    ) -> Option<Vec<u32>> {
        let instance = self.instance;
        let mut prices: Vec<f64> = instance.costs.iter().map(|&cost| to_float(cost)).collect();
        let mut best = self.cost;
        let mut found = None;
        let end = self.work + effort;
        let mut reported = self.work;
        while self.work < end && !limiter.is_over() && !self.held.is_empty() {
            limiter.work(self.work - reported);
            reported = self.work;
            let before = self.cost;
            self.log.clear();
            let size = 2 + draws.below(8.min(1 + self.held.len() / 2));
            let out = self.neighbourhood(size, draws);
            let mut wants: Vec<u32> = Vec::new();
            for &item in &out {
                self.release(item);
            }
            for &item in &out {
                for &alternative in instance.uses.row(item as usize) {
                    let want = instance.want_of[alternative as usize];
                    if self.met[want as usize] == 0 {
                        wants.push(want);
                    }
                }
            }
            wants.sort_unstable();
            wants.dedup();
            for position in (1..wants.len()).rev() {
                wants.swap(position, draws.below(position + 1));
            }
            // Other prices for the removed items, and a little noise, so that they do not simply
            // come back.
            let shy = 1.0 + 0.5 * draws.part();
            for &item in &out {
                prices[item as usize] = to_float(instance.costs[item as usize]) * shy;
            }
            self.meet(&wants, &prices);
            for &item in &out {
                prices[item as usize] = to_float(instance.costs[item as usize]);
            }
            let mut touched = self.sharers(out.len());
            touched.sort_unstable_by_key(|&item| (Reverse(instance.costs[item as usize]), item));
            touched.dedup();
            self.prune(&touched);
            if self.cost > before {
                for item in std::mem::take(&mut self.log).into_iter().rev() {
                    if self.holds(item) {
                        self.release(item);
                    } else {
                        self.hold(item);
                    }
                }
            } else {
                self.work += 1;
                if self.cost < best {
                    best = self.cost;
                    found = Some(self.items());
                }
            }
        }
        limiter.work(self.work - reported);
        found
    }

    /// The items held since a position of the log, and the held ones that they may have made
    /// unnecessary, as they share wants.
    fn sharers(&mut self, since: usize) -> Vec<u32> {
        let instance = self.instance;
        let came_in = self.log[since..].to_vec();
        let uses: usize = came_in
            .iter()
            .map(|&item| instance.uses.span(item as usize).len())
            .sum();
        let choices = instance.alternative_count() / instance.want_count().max(1);
        if uses * choices > 4 * self.held.len() {
            self.work += self.held.len() as u64;
            return self.held.clone();
        }
        let mut sharers = came_in;
        for position in 0..sharers.len() {
            for &alternative in instance.uses.row(sharers[position] as usize) {
                let want = instance.want_of[alternative as usize] as usize;
                if self.met[want] < 2 {
                    continue;
                }
                for other in instance.alternatives_of(want) {
                    self.work += 1;
                    if self.missing[other] == 0 {
                        sharers.extend(instance.alternatives.row(other));
                    }
                }
            }
        }
        sharers
    }

    /// Some held items that have wants in common.
    fn neighbourhood(&mut self, size: usize, draws: &mut Draws) -> Vec<u32> {
        let instance = self.instance;
        let mut out = vec![self.held[draws.below(self.held.len())]];
        let mut tries = 4 * size;
        while out.len() < size && tries > 0 {
            tries -= 1;
            if draws.below(8) == 0 {
                out.push(self.held[draws.below(self.held.len())]);
                continue;
            }
            let near = out[draws.below(out.len())];
            let uses = instance.uses.row(near as usize);
            let want = instance.want_of[uses[draws.below(uses.len())] as usize] as usize;
            let all = instance.alternatives_of(want);
            let row = instance
                .alternatives
                .row(all.start + draws.below(all.len()));
            let via = row[draws.below(row.len())];
            if self.holds(via) {
                out.push(via);
                continue;
            }
            // An item that is not held leads to another want that shares it.
            let uses = instance.uses.row(via as usize);
            let want = instance.want_of[uses[draws.below(uses.len())] as usize] as usize;
            self.work += instance.alternatives_of(want).len() as u64;
            let met = instance
                .alternatives_of(want)
                .find(|&each| self.missing[each] == 0);
            if let Some(met) = met {
                let row = instance.alternatives.row(met);
                out.push(row[draws.below(row.len())]);
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}
