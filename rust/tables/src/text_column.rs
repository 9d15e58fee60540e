//! Columns of texts as numbers.

use crate::texts::Texts;

/// A column of texts: the distinct texts, and the number of the text of each row.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    pub(crate) texts: Texts,
    pub(crate) ids: Vec<u32>,
}

/// The number for null in a column that may have nulls.
pub(crate) const NO_TEXT: u32 = u32::MAX;

impl TextColumn {
    /// The text of a row, if it has one.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let id = self.ids[row];
        (id != NO_TEXT).then(|| self.texts.get(id))
    }

    /// The result of a function for each text of the column, by its number.
    pub(crate) fn each_once<T>(&self, make: impl FnMut(&str) -> T) -> Vec<T> {
        self.texts.iter().map(make).collect()
    }

    /// The result for the text of a row, in a column without nulls.
    pub(crate) fn of<'m, T>(&self, made: &'m [T], row: usize) -> &'m T {
        &made[self.ids[row] as usize]
    }

    /// The same column with the empty text in place of null.
    pub(crate) fn or_empty(mut self) -> Self {
        if self.ids.contains(&NO_TEXT) {
            let empty = self.texts.intern("");
            let lacking = self.ids.iter_mut().filter(|id| **id == NO_TEXT);
            lacking.for_each(|id| *id = empty);
        }
        self
    }
}
