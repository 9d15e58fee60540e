//! Making an instance smaller without losing all of its best solutions.
//!
//! The rules, applied until nothing changes or the effort is spent:
//!
//! - *forced*: an item that every alternative of a want needs is taken;
//! - *useless*: an item that no alternative needs is dropped;
//! - *dominated alternative*: one that can be exchanged for another of the same want, since the
//!   further needs of the other cost no more than the items that it alone needs;
//! - *dominated item*: one that a cheaper one can replace everywhere;
//! - *implied want*: one that every alternative of another want meets too;
//! - *equal items*: those that the same alternatives need become one.
//!
//! The rules for single items are the classical ones of set covering (see Beasley, "An algorithm
//! for set covering problem", 1987); the others extend them to alternatives of many items.

mod dominance;
mod outcome;

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

/// A smaller instance, and the meaning of its numbers in the larger one.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) instance: Instance,
    /// Items of the larger instance that are taken.
    pub(super) taken: Vec<u32>,
    /// By item the items of the larger instance that it stands for.
    pub(super) items: Lists,
    /// By want those of the larger instance that it is made of.
    pub(super) wants: Lists,
}

impl Reduced {
    /// This one, reduced further.
    pub(super) fn then(mut self, smaller: Self) -> Self {
        let taken = smaller.taken.iter();
        self.taken
            .extend(taken.flat_map(|&item| self.items.row(item as usize)));
        Self {
            instance: smaller.instance,
            taken: self.taken,
            items: smaller.items.through(&self.items),
            wants: smaller.wants.through(&self.wants),
        }
    }
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
/// `effort` bounds the work, in steps over entries of the instance, of searching for dominance, and
/// is lowered by it; the consequences of decisions are always followed to the end.
pub(super) fn reduce(
    instance: &Instance,
    decisions: &Decisions,
    effort: &mut u64,
) -> Option<Reduced> {
    let mut reducer = Reducer::new(instance, *effort);
    let steps = &mut reducer.steps;
    steps.extend(decisions.closed.iter().map(|&each| Step::Close(each)));
    steps.extend(decisions.dropped.iter().map(|&each| Step::Drop(each)));
    steps.extend(decisions.taken.iter().map(|&each| Step::Take(each)));
    let left = reducer.run();
    *effort = reducer.effort;
    left?;
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
    /// Scratch space, zero between uses: by alternative, by want, by item.
    hits: Vec<u32>,
    met: Vec<u32>,
    marks: Vec<u32>,
    own_uses: Vec<u32>,
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
            own_uses: vec![0; instance.item_count()],
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

    /// Applies pending steps and their consequences.
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
                // Only decisions can contradict their own consequences.
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
}
