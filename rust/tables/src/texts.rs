//! Texts as numbers.

use hashbrown::HashMap;
use std::sync::Arc;

/// A growing set of texts, numbered in the order in which they were first seen.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    number_of: HashMap<Arc<str>, u32>,
    all: Vec<Arc<str>>,
    /// The total number of bytes.
    bytes: usize,
}

/// The memory of a text, here and in the tables of a catalog, and of each of its bytes.
const TEXT: usize = 160;
const BYTE: usize = 8;

/// The memory of a text with this number of bytes until a catalog is complete.
pub(crate) fn memory(bytes: usize) -> usize {
    TEXT.saturating_add(bytes.saturating_mul(BYTE))
}

impl Texts {
    /// The number of a text, which is added if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.number_of.get(text) {
            return number;
        }
        let number = self.all.len() as u32;
        self.bytes += text.len();
        let text: Arc<str> = text.into();
        self.all.push(Arc::clone(&text));
        self.number_of.insert(text, number);
        number
    }

    /// The number of a text, if it is known.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.number_of.get(text).copied()
    }

    /// The text with a number.
    pub(crate) fn get(&self, number: u32) -> &str {
        &self.all[number as usize]
    }

    /// Their number.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Their memory until a catalog is complete.
    pub(crate) fn memory(&self) -> usize {
        self.len() * TEXT + self.bytes * BYTE
    }

    /// All of them, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|text| &**text)
    }
}
