//! Lists of texts, each joined to one text.

use hashbrown::HashMap;

use crate::allowance::Allowance;
use crate::pages::Levels;
use crate::text_column::TextColumn;
use crate::text_pages::TextPages;
use crate::texts::{Texts, memory};

/// The memory of a part of a list beside its text: its number, used to distinguish lists.
const PART: usize = 16;

/// The memory of a part of a list while the list is open.
const OPEN: usize = 8;

/// The lists of a column; the last one may continue in the next page.
pub(crate) struct JoinedLists {
    separator: char,
    texts: Texts,
    by_parts: HashMap<Box<[u32]>, u32>,
    /// Neighbours usually have the same list.
    last: Option<(Vec<u32>, u32)>,
    ids: Vec<u32>,
    open: Vec<u32>,
    is_open: bool,
}

impl JoinedLists {
    /// An empty collection with room for the expected number of lists.
    pub(crate) fn new(separator: char, rows: usize) -> Self {
        Self {
            separator,
            texts: Texts::default(),
            by_parts: HashMap::new(),
            last: None,
            ids: Vec::with_capacity(rows),
            open: Vec::new(),
            is_open: false,
        }
    }

    /// Reads a page; returns the number of lists that begin in it.
    pub(crate) fn read(
        &mut self,
        levels: &Levels,
        most: u32,
        pages: &TextPages,
        allowance: &Allowance,
    ) -> Result<usize, String> {
        let mut begun = 0;
        let mut numbers = pages.numbers.iter();
        allowance.give_back(self.open.len(), OPEN);
        for (level, repetition) in levels.definitions.iter().zip(&levels.repetitions) {
            if *repetition == 0 {
                self.close(&pages.texts, allowance)?;
                self.is_open = true;
                begun += 1;
            } else if !self.is_open {
                return Err("the continuation of a list has no beginning".to_owned());
            }
            if *level == most {
                self.open
                    .push(*numbers.next().ok_or("an element of a list is missing")?);
            }
        }
        allowance.take(self.open.len(), OPEN)?;
        Ok(begun)
    }

    /// Adds empty lists for rows that are not read.
    pub(crate) fn leave_out(
        &mut self,
        rows: usize,
        texts: &Texts,
        allowance: &Allowance,
    ) -> Result<(), String> {
        self.close(texts, allowance)?;
        self.is_open = false;
        let empty = self.texts.intern("");
        self.ids.extend(std::iter::repeat_n(empty, rows));
        Ok(())
    }

    /// All lists, after the last page.
    pub(crate) fn finish(
        mut self,
        texts: &Texts,
        allowance: &Allowance,
    ) -> Result<TextColumn, String> {
        self.close(texts, allowance)?;
        Ok(TextColumn {
            texts: self.texts,
            ids: self.ids,
        })
    }

    /// Ends the list that is open.
    fn close(&mut self, texts: &Texts, allowance: &Allowance) -> Result<(), String> {
        if !self.is_open {
            return Ok(());
        }
        let parts = &self.open;
        // The address of an empty list points to no memory, which makes comparing bytes slow.
        let number = match &self.last {
            Some((last, number)) if last.is_empty() && parts.is_empty() => *number,
            Some((last, number)) if last == parts => *number,
            _ => {
                let number = self.number(texts, allowance)?;
                self.last = Some((self.open.clone(), number));
                number
            }
        };
        self.ids.push(number);
        self.open.clear();
        Ok(())
    }

    /// The number of the text that the open list is joined to.
    fn number(&mut self, texts: &Texts, allowance: &Allowance) -> Result<u32, String> {
        let parts = &self.open[..];
        if let Some(&number) = self.by_parts.get(parts) {
            return Ok(number);
        }
        let lengths = parts.iter().map(|&part| texts.get(part).len() + 1);
        let length = lengths.fold(0, usize::saturating_add);
        allowance.take(1, memory(length))?;
        allowance.take(parts.len(), PART)?;
        let mut joined = String::with_capacity(length);
        for (at, &part) in parts.iter().enumerate() {
            if at > 0 {
                joined.push(self.separator);
            }
            joined.push_str(texts.get(part));
        }
        let number = self.texts.intern(&joined);
        self.by_parts.insert(parts.into(), number);
        Ok(number)
    }
}
