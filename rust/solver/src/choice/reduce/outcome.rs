//! The rest after the reductions, as an instance of its own.

use super::super::instance::Instance;
use super::super::lists::{Lists, narrow};
use super::{Reduced, Reducer, Standing};

impl Reducer<'_> {
    pub(super) fn finish(self) -> Reduced {
        let instance = self.instance;
        let open: Vec<u32> = (0..self.open.len())
            .filter(|&each| self.open[each])
            .map(narrow)
            .collect();
        let class = self.classes(&open);
        let mut number = vec![u32::MAX; instance.item_count()];
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut new_of = vec![u32::MAX; instance.item_count()];
        for item in 0..instance.item_count() {
            if self.items[item] == Standing::Open {
                let slot = &mut number[class[item] as usize];
                if *slot == u32::MAX {
                    *slot = narrow(members.len());
                    members.push(Vec::new());
                }
                members[*slot as usize].push(narrow(item));
                new_of[item] = *slot;
            }
        }
        let mut items = Lists::new();
        let mut costs = Vec::with_capacity(members.len());
        for group in members {
            costs.push(instance.cost_of(&group));
            items.push(group);
        }
        let mut alternatives = Lists::new();
        let mut want_of = Vec::with_capacity(open.len());
        let mut wants = Lists::new();
        let mut last = u32::MAX;
        for &alternative in &open {
            let mut row: Vec<u32> = self
                .open_items(alternative)
                .map(|item| new_of[item as usize])
                .collect();
            row.sort_unstable();
            row.dedup();
            alternatives.push(row);
            let old = instance.want_of[alternative as usize];
            if last != old {
                wants.push([old]);
                last = old;
            }
            want_of.push(narrow(wants.len() - 1));
        }
        let taken = (0..instance.item_count())
            .filter(|&item| self.items[item] == Standing::Taken)
            .map(narrow);
        Reduced {
            taken: taken.collect(),
            instance: Instance::new(costs, alternatives, want_of),
            items,
            wants,
        }
    }

    /// By item a class: two open items are of one class exactly if the same open alternatives need
    /// them. Each alternative splits the classes that it cuts (partition refinement).
    fn classes(&self, open: &[u32]) -> Vec<u32> {
        let mut class = vec![0; self.items.len()];
        if open.iter().all(|&each| self.missing[each as usize] == 1) {
            for (item, class) in class.iter_mut().enumerate() {
                *class = narrow(item);
            }
            return class;
        }
        let open_items = self.items.iter().filter(|&&each| each == Standing::Open);
        let mut size = vec![narrow(open_items.count())];
        let mut hit = vec![0_u32];
        let mut split_to = vec![u32::MAX];
        let mut touched: Vec<u32> = Vec::new();
        let mut cut: Vec<usize> = Vec::new();
        for &alternative in open {
            for item in self.open_items(alternative) {
                let old = class[item as usize];
                if hit[old as usize] == 0 {
                    touched.push(old);
                }
                hit[old as usize] += 1;
            }
            for old in touched.drain(..) {
                let old = old as usize;
                if hit[old] < size[old] {
                    cut.push(old);
                    split_to[old] = narrow(size.len());
                    size[old] -= hit[old];
                    size.push(hit[old]);
                    hit.push(0);
                    split_to.push(u32::MAX);
                }
                hit[old] = 0;
            }
            for item in self.open_items(alternative) {
                let new = split_to[class[item as usize] as usize];
                if new != u32::MAX {
                    class[item as usize] = new;
                }
            }
            for old in cut.drain(..) {
                split_to[old] = u32::MAX;
            }
        }
        class
    }
}
