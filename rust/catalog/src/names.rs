//! Names as numbers: each distinct text of a column is stored once.

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A growing set of texts, numbered in the order in which they were first seen.
///
/// The texts lie one after the other in one string, so that a million names
/// are a handful of allocations.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameInterner {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    /// Seeded anew for each set: the texts come from files, which could contain colliding texts if
    /// the hash function were known.
    hasher: DefaultHashBuilder,
}

impl NameInterner {
    /// The number of `name`, which is added if it is new.
    ///
    /// # Panics
    ///
    /// When the texts of one column exceed 4 GiB; readers bound their input far
    /// below that.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.find(name) {
            return id;
        }
        let hash = self.hasher.hash_one(name);
        let id = u32::try_from(self.ends.len()).expect("a column has fewer than 2^32 names");
        self.text.push_str(name);
        let end = u32::try_from(self.text.len()).expect("the names of a column fit in 4 GiB");
        self.ends.push(end);
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table
            .insert_unique(hash, id, |&id| hasher.hash_one(slice(text, ends, id)));
        id
    }

    /// The number of `name`, if the set has it.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        let is_name = |&id: &u32| {
            let known = bytes(&self.text, &self.ends, id);
            // The address of an empty text points to no memory, which makes comparing bytes slow.
            known.len() == name.len() && (name.is_empty() || known == name.as_bytes())
        };
        self.table.find(hash, is_name).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, id: u32) -> &str {
        slice(&self.text, &self.ends, id)
    }

    /// The numbers in the order of `compare` on their texts.
    pub(crate) fn sorted_by(&self, compare: impl Fn(&str, &str) -> std::cmp::Ordering) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len()).map(|id| id as u32).collect();
        order.sort_unstable_by(|&a, &b| compare(self.get(a), self.get(b)));
        order
    }
}

fn range(ends: &[u32], id: u32) -> Range<usize> {
    let index = id as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    start as usize..ends[index] as usize
}

fn slice<'t>(text: &'t str, ends: &[u32], id: u32) -> &'t str {
    &text[range(ends, id)]
}

/// The same as bytes, for comparisons: where a text is cut need not be checked.
fn bytes<'t>(text: &'t str, ends: &[u32], id: u32) -> &'t [u8] {
    &text.as_bytes()[range(ends, id)]
}

/// The texts of one column of a catalog, each with its number.
///
/// Numbers run from 0 in the order of the texts (snapshots: newest first), so that equal catalogs
/// have equal numbers whatever the order of their files.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: NameInterner,
}

impl Names {
    /// Copies `names` in the given order and returns, beside the table, the new
    /// number of each old one.
    pub(crate) fn reordered(names: &NameInterner, order: &[u32]) -> (Self, Vec<u32>) {
        let mut sorted = NameInterner::default();
        let mut renumbered = vec![0; names.len()];
        for &old in order {
            renumbered[old as usize] = sorted.intern(names.get(old));
        }
        (Self { names: sorted }, renumbered)
    }

    /// The number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text with number `id`.
    ///
    /// # Panics
    ///
    /// When `id` is not below [`len`](Self::len).
    pub fn get(&self, id: u32) -> &str {
        self.names.get(id)
    }

    /// The number of `name`, or `None` if the table does not have it. Expected O(1).
    pub fn find(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|id| self.get(id as u32))
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.names.text == other.names.text && self.names.ends == other.names.ends
    }
}

impl Eq for Names {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_keeps_its_number_and_its_text(texts in prop::collection::vec("[a-c]{0,3}", 0..60)) {
            let mut interner = NameInterner::default();
            let ids: Vec<u32> = texts.iter().map(|text| interner.intern(text)).collect();
            for (id, text) in ids.iter().zip(&texts) {
                prop_assert_eq!(interner.get(*id), text.as_str());
            }
            let order = interner.sorted_by(str::cmp);
            let (names, renumbered) = Names::reordered(&interner, &order);
            let listed: Vec<&str> = names.iter().collect();
            prop_assert!(listed.is_sorted());
            for (id, text) in ids.iter().zip(&texts) {
                prop_assert_eq!(names.find(text), Some(renumbered[*id as usize]));
            }
        }
    }
}
