//! Columns of texts page by page: the texts of a dictionary once, and the number of each row.
//!
//! The reader of the format makes a value for each row, which keeps the buffer of its page
//! alive. Of a million rows with ten different texts, their numbers are read here instead, in
//! the encodings that columns of texts have: plain, and by a dictionary. How numbers are packed
//! is the format's [hybrid of runs and bits][rle].
//!
//! [rle]: https://parquet.apache.org/docs/file-format/data-pages/encodings/

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};

use crate::texts::Texts;

/// The most places that a page may have: many times those of a whole group of rows.
const MOST_PLACES: usize = 1 << 24;

/// A column of texts that is being read.
#[derive(Default)]
pub(crate) struct TextPages {
    /// All texts so far, by number.
    pub(crate) texts: Texts,
    /// The number of each text of the dictionary that pages refer to.
    dictionary: Vec<u32>,
    places: Places,
}

/// What a page holds.
#[derive(Default)]
pub(crate) struct Places {
    /// The texts that are there, as numbers.
    pub(crate) numbers: Vec<u32>,
    /// By place, the level of definition; empty where no text can be missing.
    pub(crate) definitions: Vec<u32>,
    /// By place, the level of repetition; empty where there are no lists.
    pub(crate) repetitions: Vec<u32>,
}

/// The highest levels of a column.
#[derive(Clone, Copy)]
pub(crate) struct Levels {
    pub(crate) definition: u32,
    pub(crate) repetition: u32,
}

impl TextPages {
    /// Reads the pages of one group of rows, and hands over each.
    pub(crate) fn read(
        &mut self,
        pages: &mut dyn PageReader,
        levels: Levels,
        mut take: impl FnMut(&Texts, &Places) -> Result<(), String>,
    ) -> Result<(), String> {
        self.dictionary.clear();
        while let Some(page) = pages.get_next_page().map_err(|error| error.to_string())? {
            match page {
                Page::DictionaryPage { buf, .. } => {
                    self.dictionary = self.plain(&buf, usize::MAX)?;
                    continue;
                }
                Page::DataPage {
                    buf,
                    num_values,
                    encoding,
                    ..
                } => {
                    let mut rest = &buf[..];
                    let count = places(num_values)?;
                    let repetitions = prefixed(&mut rest, levels.repetition)?;
                    let definitions = prefixed(&mut rest, levels.definition)?;
                    self.page([repetitions, definitions, rest], count, levels, encoding)?;
                }
                Page::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    def_levels_byte_len,
                    rep_levels_byte_len,
                    ..
                } => {
                    let mut rest = &buf[..];
                    let count = places(num_values)?;
                    let repetitions = taken(&mut rest, rep_levels_byte_len as usize)?;
                    let definitions = taken(&mut rest, def_levels_byte_len as usize)?;
                    self.page([repetitions, definitions, rest], count, levels, encoding)?;
                }
            }
            take(&self.texts, &self.places)?;
        }
        Ok(())
    }

    /// Decodes a page out of its levels of repetition, its levels of definition and its values.
    fn page(
        &mut self,
        [repetitions, definitions, values]: [&[u8]; 3],
        count: usize,
        levels: Levels,
        encoding: Encoding,
    ) -> Result<(), String> {
        let Places {
            numbers,
            definitions: of_places,
            repetitions: of_lists,
        } = &mut self.places;
        of_lists.clear();
        of_places.clear();
        numbers.clear();
        if levels.repetition > 0 {
            unpacked(repetitions, bits(levels.repetition), count, of_lists)?;
        }
        let mut present = count;
        if levels.definition > 0 {
            unpacked(definitions, bits(levels.definition), count, of_places)?;
            let is_present = |level: &&u32| **level == levels.definition;
            present = of_places.iter().filter(is_present).count();
        }
        match encoding {
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                let mut packed = values;
                // A page without any value has no width either.
                let width = if present == 0 {
                    0
                } else {
                    u32::from(taken(&mut packed, 1)?[0])
                };
                unpacked(packed, width, present, numbers)?;
                for number in numbers {
                    let text = self.dictionary.get(*number as usize);
                    *number = *text.ok_or("a text is not in the dictionary")?;
                }
                Ok(())
            }
            Encoding::PLAIN => {
                self.places.numbers = self.plain(values, present)?;
                Ok(())
            }
            other => Err(format!("texts of the encoding {other} are not read")),
        }
    }

    /// The numbers of texts that stand one after the other, each behind its length.
    fn plain(&mut self, mut bytes: &[u8], most: usize) -> Result<Vec<u32>, String> {
        let mut numbers = Vec::new();
        while !bytes.is_empty() && numbers.len() < most {
            let length = length(&mut bytes)?;
            let text = str::from_utf8(taken(&mut bytes, length)?);
            let text = text.map_err(|error| error.to_string())?;
            numbers.push(self.texts.intern(text));
        }
        Ok(numbers)
    }
}

fn places(claimed: u32) -> Result<usize, String> {
    let count = claimed as usize;
    if count > MOST_PLACES {
        return Err(format!("a page claims {count} values"));
    }
    Ok(count)
}

/// How many bits the numbers up to `most` take.
fn bits(most: u32) -> u32 {
    u32::BITS - most.leading_zeros()
}

/// Takes the first bytes.
fn taken<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], String> {
    let (first, rest) = bytes.split_at_checked(count).ok_or("a page is cut short")?;
    *bytes = rest;
    Ok(first)
}

/// Takes a length.
fn length(bytes: &mut &[u8]) -> Result<usize, String> {
    let first = taken(bytes, 4)?.first_chunk();
    Ok(first.map_or(0, |bytes| u32::from_le_bytes(*bytes)) as usize)
}

/// Takes levels with their length before them; where the highest is 0, there are none.
fn prefixed<'b>(bytes: &mut &'b [u8], most: u32) -> Result<&'b [u8], String> {
    if most == 0 {
        return Ok(&[]);
    }
    let length = length(bytes)?;
    taken(bytes, length)
}

/// Appends `count` numbers of `width` bits each: runs of one number, and numbers packed by eight.
fn unpacked(
    mut bytes: &[u8],
    width: u32,
    count: usize,
    numbers: &mut Vec<u32>,
) -> Result<(), String> {
    if width > u32::BITS {
        return Err(format!("numbers of {width} bits are not read"));
    }
    let end = numbers.len() + count;
    while numbers.len() < end {
        let left = end - numbers.len();
        let head = varint(&mut bytes)?;
        let size = (head >> 1) as usize;
        if size == 0 {
            return Err("a run of no number".to_owned());
        }
        if head & 1 == 0 {
            let mut number = [0; 4];
            let stored = taken(&mut bytes, width.div_ceil(8) as usize)?;
            number[..stored.len()].copy_from_slice(stored);
            numbers.resize(numbers.len() + size.min(left), u32::from_le_bytes(number));
        } else {
            let packed = bytes.len().min(size * width as usize);
            let packed = taken(&mut bytes, packed)?;
            unpack(packed, width as usize, left.min(size * 8), numbers)?;
        }
    }
    Ok(())
}

/// Appends packed numbers, the lowest bits first.
fn unpack(packed: &[u8], width: usize, count: usize, numbers: &mut Vec<u32>) -> Result<(), String> {
    if packed.len() * 8 < count * width {
        return Err("a page is cut short".to_owned());
    }
    let mask = (1_u64 << width) - 1;
    numbers.extend((0..count).map(|at| {
        let bit = at * width;
        let rest = &packed[(bit / 8).min(packed.len())..];
        let word = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            last
        });
        (u64::from_le_bytes(word) >> (bit % 8) & mask) as u32
    }));
    Ok(())
}

/// Takes a number of seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Result<u32, String> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let byte = taken(bytes, 1)?[0];
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers as runs and packed ones, as a plain writer would have it.
    fn packed(numbers: &[u32], width: u32, runs: &[bool]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, eight) in numbers.chunks(8).enumerate() {
            if runs[at % runs.len()] {
                for number in eight {
                    bytes.push(2);
                    bytes.extend(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
                }
            } else {
                bytes.push(3);
                let mut all = vec![0_u8; width as usize];
                for (place, number) in eight.iter().enumerate() {
                    for bit in 0..width as usize {
                        let to = place * width as usize + bit;
                        all[to / 8] |= ((number >> bit & 1) as u8) << (to % 8);
                    }
                }
                bytes.extend(all);
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(
            width in 0_u32..=32,
            numbers in prop::collection::vec(any::<u32>(), 0..60),
            runs in prop::collection::vec(any::<bool>(), 1..4),
        ) {
            let fitting: Vec<u32> = numbers.iter().map(|each| (u64::from(*each) & ((1_u64 << width) - 1)) as u32).collect();
            let mut found = Vec::new();
            unpacked(&packed(&fitting, width, &runs), width, fitting.len(), &mut found).unwrap();
            prop_assert_eq!(found, fitting);
        }

        #[test]
        fn no_bytes_give_more_numbers_than_were_asked_for(bytes in prop::collection::vec(any::<u8>(), 0..40), width in 0_u32..=40, count in 0_usize..500) {
            let mut found = Vec::new();
            if unpacked(&bytes, width, count, &mut found).is_ok() {
                prop_assert_eq!(found.len(), count);
            }
        }
    }
}
