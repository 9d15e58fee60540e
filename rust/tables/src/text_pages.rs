//! Columns of texts, page by page: the texts of a dictionary once, and a number for each row.
//!
//! A million rows with ten different texts are ten texts and a million numbers. They are read in
//! the encodings that columns of texts have: plain, and by a dictionary.

use crate::allowance::Allowance;
use crate::front::{fixed, taken};
use crate::packed::places;
use crate::pages::{Encoding, Page};
use crate::texts::Texts;

/// A column of texts that is being read.
#[derive(Default)]
pub(crate) struct TextPages {
    /// All texts so far, by number.
    pub(crate) texts: Texts,
    /// The number of each text of the dictionary that pages refer to.
    dictionary: Vec<u32>,
    /// The texts of the last page that was read, as numbers.
    pub(crate) numbers: Vec<u32>,
}

impl TextPages {
    /// Reads the texts of a dictionary.
    pub(crate) fn dictionary(&mut self, page: &Page, allowance: &Allowance) -> Result<(), String> {
        self.dictionary = self.plain(page.body(), usize::MAX, allowance)?;
        let (claimed, there) = (page.values, self.dictionary.len());
        if claimed != there {
            return Err(format!("it claims {claimed} values, but has {there}"));
        }
        Ok(())
    }

    /// Reads a given number of texts of a page.
    pub(crate) fn read(
        &mut self,
        (bytes, count): (&[u8], usize),
        encoding: Encoding,
        allowance: &Allowance,
    ) -> Result<(), String> {
        match encoding {
            Encoding::Dictionary => {
                self.numbers.clear();
                places(bytes, count, &mut self.numbers)?;
                for number in &mut self.numbers {
                    let text = self.dictionary.get(*number as usize);
                    *number = *text.ok_or("a text is not in the dictionary")?;
                }
            }
            Encoding::Plain => self.numbers = self.plain(bytes, count, allowance)?,
            other => return Err(format!("unsupported encoding of texts {other:?}")),
        }
        let there = self.numbers.len();
        if there < count {
            return Err(format!("it claims {count} values, but has {there}"));
        }
        Ok(())
    }

    /// The numbers of texts that stand one after the other.
    fn plain(
        &mut self,
        mut bytes: &[u8],
        most: usize,
        allowance: &Allowance,
    ) -> Result<Vec<u32>, String> {
        let before = self.texts.memory();
        let mut numbers = Vec::new();
        while !bytes.is_empty() && numbers.len() < most {
            numbers.push(self.texts.intern(text(&mut bytes)?));
        }
        allowance.take(self.texts.memory() - before, 1)?;
        Ok(numbers)
    }
}

/// Takes a text, which is preceded by its length.
pub(crate) fn text<'b>(bytes: &mut &'b [u8]) -> Result<&'b str, String> {
    let length = u32::from_le_bytes(*fixed(bytes)?) as usize;
    str::from_utf8(taken(bytes, length)?).map_err(|error| error.to_string())
}
