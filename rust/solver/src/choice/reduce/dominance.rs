//! Dominance: parts that can be dropped since others are at least as good.

use super::super::lists::narrow;
use super::{Reducer, Standing, Step};

impl Reducer<'_> {
    /// Takes the items that all alternatives of a want need, and closes alternatives that another
    /// can replace.
    pub(super) fn look_at_alternatives(&mut self, want: usize) {
        if self.instance.plain[want] {
            return;
        }
        let alternatives = self.open_alternatives(want);
        let mut work = 0;
        for &alternative in &alternatives {
            for item in self.instance.alternatives.row(alternative as usize) {
                self.marks[*item as usize] += 1;
                work += 1;
            }
        }
        let shared: Vec<u32> = self
            .open_items(alternatives[0])
            .filter(|&item| self.marks[item as usize] as usize == alternatives.len())
            .collect();
        for &alternative in &alternatives {
            for item in self.instance.alternatives.row(alternative as usize) {
                self.marks[*item as usize] = 0;
            }
        }
        self.spend(work);
        if shared.is_empty() {
            self.close_replaceable(&alternatives);
        } else {
            self.steps.extend(shared.into_iter().map(Step::Take));
        }
    }

    fn close_replaceable(&mut self, alternatives: &[u32]) {
        let instance = self.instance;
        for &alternative in alternatives {
            for item in instance.alternatives.row(alternative as usize) {
                self.own_uses[*item as usize] += 1;
            }
        }
        self.close_first_replaceable(alternatives);
        for &alternative in alternatives {
            for item in instance.alternatives.row(alternative as usize) {
                self.own_uses[*item as usize] = 0;
            }
        }
    }

    /// Returns whether only the current want needs the item.
    fn is_own(&self, item: u32) -> bool {
        self.own_uses[item as usize] == self.uses[item as usize]
    }

    fn close_first_replaceable(&mut self, alternatives: &[u32]) {
        let instance = self.instance;
        for (position, &alternative) in alternatives.iter().enumerate() {
            if self.effort == 0 {
                return;
            }
            // Items that only this want needs can be exchanged for those of another alternative.
            let mut own = 0;
            for item in instance.alternatives.row(alternative as usize) {
                self.marks[*item as usize] = 1;
                if self.items[*item as usize] == Standing::Open && self.is_own(*item) {
                    own += instance.costs[*item as usize];
                }
            }
            let mut work = instance.alternatives.span(alternative as usize).len();
            let is_replaceable = alternatives.iter().enumerate().any(|(other_at, &other)| {
                if other_at == position {
                    return false;
                }
                let mut needed = 0;
                for item in self.open_items(other) {
                    work += 1;
                    if self.marks[item as usize] == 0 || self.is_own(item) {
                        needed += instance.costs[item as usize];
                        if needed > own {
                            return false;
                        }
                    }
                }
                true
            });
            for item in instance.alternatives.row(alternative as usize) {
                self.marks[*item as usize] = 0;
            }
            self.spend(work);
            if is_replaceable {
                // One at a time, as the items that only one alternative needs change with it.
                self.steps.push(Step::Close(alternative));
                return;
            }
        }
    }

    /// Returns whether another item that costs no more can take the place of this one everywhere.
    pub(super) fn has_stand_in(&mut self, item: usize) -> bool {
        let uses: Vec<u32> = self.open_uses(narrow(item)).collect();
        let mut rarest = usize::MAX;
        for &each in &uses {
            if self.missing[each as usize] != 1 {
                return false;
            }
            let want = self.instance.want_of[each as usize] as usize;
            if rarest == usize::MAX || self.choices[want] < self.choices[rarest] {
                rarest = want;
            }
        }
        if rarest == usize::MAX {
            return false;
        }
        for &each in &uses {
            self.met[self.instance.want_of[each as usize] as usize] = 1;
        }
        let mut work = uses.len();
        let stands_in = self.instance.alternatives_of(rarest).any(|alternative| {
            if !self.open[alternative] || self.missing[alternative] != 1 {
                return false;
            }
            let Some(other) = self.open_items(narrow(alternative)).next() else {
                return false;
            };
            let is_candidate = other as usize != item
                && self.instance.costs[other as usize] <= self.instance.costs[item]
                && self.uses[other as usize] as usize >= uses.len();
            work += 1;
            is_candidate && {
                let mut found = 0;
                for each in self.open_uses(other) {
                    work += 1;
                    if self.missing[each as usize] == 1 {
                        found += self.met[self.instance.want_of[each as usize] as usize] as usize;
                    }
                }
                found >= uses.len()
            }
        });
        for &each in &uses {
            self.met[self.instance.want_of[each as usize] as usize] = 0;
        }
        self.spend(work);
        stands_in
    }

    /// Returns whether the want is met whatever alternative of another want is chosen: each of
    /// those holds all items of some alternative of this one.
    pub(super) fn is_implied(&mut self, want: usize) -> bool {
        let mut work = 0;
        let mut holders: Vec<u32> = Vec::new();
        for alternative in self.open_alternatives(want) {
            let items: Vec<u32> = self.open_items(alternative).collect();
            // Alternatives with all items are found among the uses of the rarest one.
            let Some(&rarest) = items.iter().min_by_key(|&&item| self.uses[item as usize]) else {
                continue;
            };
            if self.uses[rarest as usize] == 1 {
                continue;
            }
            for at in self.instance.uses.span(rarest as usize) {
                let other = self.instance.uses.values()[at];
                work += 1;
                let is_candidate = self.open[other as usize]
                    && self.hits[other as usize] == 0
                    && self.missing[other as usize] as usize >= items.len()
                    && self.instance.want_of[other as usize] as usize != want;
                if is_candidate && items.len() > 1 {
                    work += items.len();
                }
                if is_candidate && (items.len() == 1 || self.holds_all(other, &items)) {
                    self.hits[other as usize] = 1;
                    holders.push(other);
                }
            }
        }
        let mut is_implied = false;
        for &other in &holders {
            let of = self.instance.want_of[other as usize] as usize;
            self.met[of] += 1;
            is_implied |= self.met[of] == self.choices[of];
        }
        for &other in &holders {
            self.hits[other as usize] = 0;
            self.met[self.instance.want_of[other as usize] as usize] = 0;
        }
        self.spend(work);
        is_implied
    }

    /// Returns whether an alternative needs all of some items.
    fn holds_all(&self, alternative: u32, items: &[u32]) -> bool {
        let row = self.instance.alternatives.row(alternative as usize);
        items.iter().all(|item| row.binary_search(item).is_ok())
    }
}
