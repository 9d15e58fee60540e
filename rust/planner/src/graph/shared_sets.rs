//! Many sets of small numbers, equal ones stored once.

use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// A set of a [`SharedSets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SetId(u32);

impl SetId {
    pub(crate) const EMPTY: Self = Self(0);

    #[expect(
        clippy::cast_possible_truncation,
        reason = "as many sets are made as a graph has specs, of which it refuses more than 2^26"
    )]
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An arena of ascending sets. Set s is `items[starts[s]..starts[s + 1]]`; set 0 is empty.
#[derive(Clone, Debug)]
pub(crate) struct SharedSets {
    items: Vec<u32>,
    starts: Vec<usize>,
    by_content: HashTable<u32>,
}

impl SharedSets {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::new(),
            starts: vec![0, 0],
            by_content: HashTable::new(),
        }
    }

    pub(crate) fn get(&self, set: SetId) -> &[u32] {
        slice(&self.items, &self.starts, set.0)
    }

    /// The number of sets, the empty one included.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of numbers that are stored.
    pub(crate) fn item_count(&self) -> usize {
        self.items.len()
    }

    /// The set of `ascending`, which holds no number twice.
    pub(crate) fn intern(&mut self, ascending: &[u32]) -> SetId {
        debug_assert!(ascending.is_sorted_by(|a, b| a < b));
        if ascending.is_empty() {
            return SetId::EMPTY;
        }
        let (items, starts) = (&self.items, &self.starts);
        let hash = hash_of(ascending);
        let same = |set: &u32| slice(items, starts, *set) == ascending;
        if let Some(&set) = self.by_content.find(hash, same) {
            return SetId(set);
        }
        let set = self.push(ascending);
        let (items, starts) = (&self.items, &self.starts);
        let rehash = |set: &u32| hash_of(slice(items, starts, *set));
        self.by_content.insert_unique(hash, set.0, rehash);
        set
    }

    /// Adds a set without looking for an equal one: for sets that are seldom equal.
    pub(crate) fn push(&mut self, ascending: &[u32]) -> SetId {
        let set = SetId::at(self.len());
        self.items.extend_from_slice(ascending);
        self.starts.push(self.items.len());
        set
    }
}

fn slice<'s>(items: &'s [u32], starts: &[usize], set: u32) -> &'s [u32] {
    &items[starts[set as usize]..starts[set as usize + 1]]
}

fn hash_of(items: &[u32]) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(items)
}

/// Collects the union of sets and single numbers, each number once.
///
/// Invariant: a number or set whose mark equals `round` was added since the last
/// [`start`](Self::start), so that clearing costs nothing.
pub(crate) struct Union {
    round: u32,
    number_marks: Vec<u32>,
    set_marks: Vec<u32>,
    numbers: Vec<u32>,
    parts: Vec<SetId>,
}

impl Union {
    /// For numbers below `limit`.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            round: 0,
            number_marks: vec![0; limit],
            set_marks: Vec::new(),
            numbers: Vec::new(),
            parts: Vec::new(),
        }
    }

    pub(crate) fn start(&mut self) {
        self.round += 1;
        self.numbers.clear();
        self.parts.clear();
    }

    pub(crate) fn add(&mut self, number: u32) {
        if self.number_marks[number as usize] != self.round {
            self.number_marks[number as usize] = self.round;
            self.numbers.push(number);
        }
    }

    pub(crate) fn add_set(&mut self, set: SetId) {
        if set == SetId::EMPTY {
            return;
        }
        if self.set_marks.len() <= set.index() {
            self.set_marks.resize(set.index() + 1, 0);
        }
        if self.set_marks[set.index()] != self.round {
            self.set_marks[set.index()] = self.round;
            self.parts.push(set);
        }
    }

    /// The union, ascending, or the one set that already is it.
    pub(crate) fn finish(&mut self, sets: &SharedSets) -> Result<SetId, &[u32]> {
        if let ([], [one]) = (&self.numbers[..], &self.parts[..]) {
            return Ok(*one);
        }
        let parts = std::mem::take(&mut self.parts);
        for &part in &parts {
            for &number in sets.get(part) {
                self.add(number);
            }
        }
        self.parts = parts;
        if !self.numbers.is_sorted() {
            self.numbers.sort_unstable();
        }
        Err(&self.numbers)
    }
}
