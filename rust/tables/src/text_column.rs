//! Columns of texts as numbers.

use crate::texts::Texts;

/// A column of texts: the different ones, and which of them each row has.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    pub(crate) texts: Texts,
    pub(crate) ids: Vec<u32>,
}

/// The number of no text in a column that may lack texts.
pub(crate) const NO_TEXT: u32 = u32::MAX;

impl TextColumn {
    /// The text of a row, where it has one.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let id = self.ids[row];
        (id != NO_TEXT).then(|| self.texts.get(id))
    }

    /// What is made of each text of the column, by its number.
    pub(crate) fn each_once<T>(&self, make: impl FnMut(&str) -> T) -> Vec<T> {
        self.texts.iter().map(make).collect()
    }

    /// What was made of the text of a row, in a column in which none is missing.
    pub(crate) fn of<'m, T>(&self, made: &'m [T], row: usize) -> &'m T {
        &made[self.ids[row] as usize]
    }

    /// The same column with the empty text for none.
    pub(crate) fn or_empty(mut self) -> Self {
        if self.ids.contains(&NO_TEXT) {
            let empty = self.texts.intern("");
            let lacking = self.ids.iter_mut().filter(|id| **id == NO_TEXT);
            lacking.for_each(|id| *id = empty);
        }
        self
    }
}
