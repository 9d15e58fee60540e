//! Making an instance smaller without losing all of its best solutions.
//!
//! What is done, until nothing changes or the effort is spent:
//!
//! - *forced*: an item that every alternative of a want needs is taken;
//! - *useless*: an item that no alternative needs is dropped;
//! - *dominated alternative*: one that can be exchanged for another of the same want, since what
//!   the other needs beyond it costs no more than what is needed by it alone;
//! - *dominated item*: one for which a cheaper one can stand in everywhere;
//! - *implied want*: one that is met whatever alternative of another want is chosen;
//! - *equal items*: those that the same alternatives need become one.
//!
//! The rules for single items are the classical ones of set covering (see Beasley, "An algorithm
//! for set covering problem", 1987); the others extend them to alternatives of many items.

use super::instance::Instance;
use super::lists::{Lists, narrow};

/// Decisions about an instance, before it is reduced.
#[derive(Clone, Debug, Default)]
pub(super) struct Decisions {
    /// Items that are taken.
    pub(super) taken: Vec<u32>,
    /// Items that are not.
    pub(super) dropped: Vec<u32>,
    /// Alternatives that are not chosen.
    pub(super) closed: Vec<u32>,
}

impl Decisions {
    pub(super) fn len(&self) -> usize {
        self.taken.len() + self.dropped.len() + self.closed.len()
    }
}

/// A smaller instance, and what its numbers stand for in the larger one.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) instance: Instance,
    /// Items of the larger instance that are taken.
    pub(super) taken: Vec<u32>,
    /// By item the items of the larger instance that it stands for.
    pub(super) items: Lists,
    /// By alternative the one of the larger instance.
    pub(super) alternatives: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Open,
    Taken,
    Dropped,
}

enum Step {
    Take(u32),
    Drop(u32),
    Close(u32),
    Meet(u32),
}

/// Reduces an instance after decisions; `None` if a want is left with no alternative.
///
/// `effort` bounds the work, in steps over entries of the instance, that goes into searching for
/// dominance; what decisions imply is always followed to the end.
pub(super) fn reduce(instance: &Instance, decisions: &Decisions, effort: u64) -> Option<Reduced> {
    let mut reducer = Reducer::new(instance, effort);
    let steps = &mut reducer.steps;
    steps.extend(decisions.closed.iter().map(|&each| Step::Close(each)));
    steps.extend(decisions.dropped.iter().map(|&each| Step::Drop(each)));
    steps.extend(decisions.taken.iter().map(|&each| Step::Take(each)));
    reducer.run()?;
    Some(reducer.finish())
}

struct Reducer<'a> {
    instance: &'a Instance,
    items: Vec<Standing>,
    open: Vec<bool>,
    /// By alternative its items that are not taken.
    missing: Vec<u32>,
    want_open: Vec<bool>,
    /// By want its open alternatives.
    choices: Vec<u32>,
    /// By item the open alternatives that need it.
    uses: Vec<u32>,
    steps: Vec<Step>,
    /// Wants whose alternatives have changed.
    changed: Vec<bool>,
    effort: u64,
    /// Scratch, zero between uses: by alternative, by want, by item.
    hits: Vec<u32>,
    met: Vec<u32>,
    marks: Vec<u32>,
}

impl<'a> Reducer<'a> {
    fn new(instance: &'a Instance, effort: u64) -> Self {
        let alternatives = instance.alternative_count();
        let wants = instance.want_count();
        let mut reducer = Self {
            instance,
            items: vec![Standing::Open; instance.item_count()],
            open: vec![true; alternatives],
            missing: (0..alternatives)
                .map(|each| narrow(instance.alternatives.span(each).len()))
                .collect(),
            want_open: vec![true; wants],
            choices: (0..wants)
                .map(|want| narrow(instance.alternatives_of(want).len()))
                .collect(),
            uses: (0..instance.item_count())
                .map(|item| narrow(instance.uses.span(item).len()))
                .collect(),
            steps: Vec::new(),
            changed: vec![true; wants],
            effort,
            hits: vec![0; alternatives],
            met: vec![0; wants],
            marks: vec![0; instance.item_count()],
        };
        for want in 0..wants {
            if let [only] = reducer.open_alternatives(want)[..] {
                reducer.take_all(only);
            }
        }
        for item in 0..instance.item_count() {
            if reducer.uses[item] == 0 {
                reducer.items[item] = Standing::Dropped;
            }
        }
        reducer
    }

    fn run(&mut self) -> Option<()> {
        self.follow()?;
        loop {
            let mut has_changed = false;
            for want in 0..self.want_open.len() {
                while self.want_open[want] && self.changed[want] && self.effort > 0 {
                    self.changed[want] = false;
                    self.look_at_alternatives(want);
                    has_changed |= !self.steps.is_empty();
                    self.follow()?;
                }
            }
            for item in 0..self.items.len() {
                if self.items[item] == Standing::Open && self.effort > 0 && self.has_stand_in(item)
                {
                    self.steps.push(Step::Drop(narrow(item)));
                    has_changed = true;
                    self.follow()?;
                }
            }
            for want in 0..self.want_open.len() {
                if self.want_open[want] && self.effort > 0 && self.is_implied(want) {
                    self.steps.push(Step::Meet(narrow(want)));
                    has_changed = true;
                    self.follow()?;
                }
            }
            if !has_changed || self.effort == 0 {
                return Some(());
            }
        }
    }

    fn spend(&mut self, steps: usize) {
        self.effort = self.effort.saturating_sub(steps as u64);
    }

    fn open_alternatives(&self, want: usize) -> Vec<u32> {
        let all = self.instance.alternatives_of(want);
        all.filter(|&each| self.open[each]).map(narrow).collect()
    }

    fn open_items(&self, alternative: u32) -> impl Iterator<Item = u32> + '_ {
        let items = self.instance.alternatives.row(alternative as usize).iter();
        items
            .copied()
            .filter(|&item| self.items[item as usize] == Standing::Open)
    }

    fn open_uses(&self, item: u32) -> impl Iterator<Item = u32> + '_ {
        let uses = self.instance.uses.row(item as usize).iter();
        uses.copied().filter(|&each| self.open[each as usize])
    }

    fn take_all(&mut self, alternative: u32) {
        let items: Vec<u32> = self.open_items(alternative).collect();
        self.steps.extend(items.into_iter().map(Step::Take));
    }

    /// Does what is to be done, and what follows from it.
    fn follow(&mut self) -> Option<()> {
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Take(item) if self.items[item as usize] == Standing::Open => {
                    self.items[item as usize] = Standing::Taken;
                    for at in self.instance.uses.span(item as usize) {
                        let alternative = self.instance.uses.values()[at];
                        if self.open[alternative as usize] {
                            let want = self.instance.want_of[alternative as usize];
                            self.changed[want as usize] = true;
                            self.missing[alternative as usize] -= 1;
                            if self.missing[alternative as usize] == 0 {
                                self.steps.push(Step::Meet(want));
                            }
                        }
                    }
                }
                Step::Drop(item) if self.items[item as usize] == Standing::Open => {
                    self.items[item as usize] = Standing::Dropped;
                    let uses: Vec<u32> = self.open_uses(item).collect();
                    self.steps.extend(uses.into_iter().map(Step::Close));
                }
                // Only what decisions say can contradict what they imply.
                Step::Drop(item) if self.items[item as usize] == Standing::Taken => return None,
                Step::Close(alternative) if self.open[alternative as usize] => {
                    self.close(alternative)?;
                }
                Step::Meet(want) if self.want_open[want as usize] => {
                    self.want_open[want as usize] = false;
                    for alternative in self.open_alternatives(want as usize) {
                        self.remove(alternative);
                    }
                }
                Step::Take(_) | Step::Drop(_) | Step::Close(_) | Step::Meet(_) => {}
            }
        }
        Some(())
    }

    fn close(&mut self, alternative: u32) -> Option<()> {
        let want = self.instance.want_of[alternative as usize] as usize;
        if !self.want_open[want] {
            return Some(());
        }
        self.remove(alternative);
        self.choices[want] -= 1;
        self.changed[want] = true;
        match self.choices[want] {
            0 => return None,
            1 => {
                let last = self.open_alternatives(want)[0];
                self.take_all(last);
            }
            _ => {}
        }
        Some(())
    }

    fn remove(&mut self, alternative: u32) {
        self.open[alternative as usize] = false;
        for at in self.instance.alternatives.span(alternative as usize) {
            let item = self.instance.alternatives.values()[at] as usize;
            self.uses[item] -= 1;
            if self.uses[item] == 0 && self.items[item] == Standing::Open {
                self.items[item] = Standing::Dropped;
            }
        }
    }

    /// Takes what all alternatives of a want need, and closes those that another can replace.
    fn look_at_alternatives(&mut self, want: usize) {
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
        for (position, &alternative) in alternatives.iter().enumerate() {
            if self.effort == 0 {
                return;
            }
            let mut alone = 0;
            for item in instance.alternatives.row(alternative as usize) {
                self.marks[*item as usize] = 1;
                if self.items[*item as usize] == Standing::Open && self.uses[*item as usize] == 1 {
                    alone += instance.costs[*item as usize];
                }
            }
            let mut work = instance.alternatives.span(alternative as usize).len();
            let is_replaceable = alternatives.iter().enumerate().any(|(other_at, &other)| {
                if other_at == position {
                    return false;
                }
                let mut beyond = 0;
                for item in self.open_items(other) {
                    work += 1;
                    if self.marks[item as usize] == 0 {
                        beyond += instance.costs[item as usize];
                        if beyond > alone {
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
                // One at a time: what is needed by an alternative alone changes with it.
                self.steps.push(Step::Close(alternative));
                return;
            }
        }
    }

    /// Whether another item that costs no more can take the place of this one everywhere.
    fn has_stand_in(&mut self, item: usize) -> bool {
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

    /// Whether the want is met whatever alternative of another want is chosen: each of those
    /// holds all items of some alternative of this one.
    fn is_implied(&mut self, want: usize) -> bool {
        let mut work = 0;
        let mut holders: Vec<u32> = Vec::new();
        for alternative in self.open_alternatives(want) {
            let items: Vec<u32> = self.open_items(alternative).collect();
            // Whatever holds all items is found among the uses of the rarest.
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

    /// Whether an alternative needs all of some items.
    fn holds_all(&self, alternative: u32, items: &[u32]) -> bool {
        let row = self.instance.alternatives.row(alternative as usize);
        items.iter().all(|item| row.binary_search(item).is_ok())
    }

    fn finish(self) -> Reduced {
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
        let mut want = 0;
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
                want += u32::from(last != u32::MAX);
                last = old;
            }
            want_of.push(want);
        }
        let taken = (0..instance.item_count())
            .filter(|&item| self.items[item] == Standing::Taken)
            .map(narrow);
        Reduced {
            taken: taken.collect(),
            instance: Instance::new(costs, alternatives, want_of),
            items,
            alternatives: open,
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
