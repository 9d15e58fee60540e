//! The pages of a column in a group of rows, each checked before it is unpacked.

use snap::raw::{Decoder, decompress_len};

use crate::compact::Fields;
use crate::footer::{ColumnChunk, StoredColumn};
use crate::front::taken;
use crate::packed::prefixed;

/// The maximum number of bytes per byte of Snappy data: three bytes of a copy produce 64.
const GROWTH: usize = 22;

/// The encodings of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// One after the other.
    Plain,
    /// Runs of one value, and packed ones.
    Runs,
    /// By their numbers in the dictionary of the group.
    Dictionary,
    /// As differences from the previous value.
    Delta,
}

impl Encoding {
    fn of(number: i64) -> Result<Self, String> {
        match number {
            0 => Ok(Self::Plain),
            2 | 8 => Ok(Self::Dictionary),
            3 => Ok(Self::Runs),
            5 => Ok(Self::Delta),
            other => Err(format!("unsupported encoding {other}")),
        }
    }
}

/// The content of a page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Whether it is the dictionary of the group.
    pub(crate) is_dictionary: bool,
    /// The number of values that it claims.
    pub(crate) values: usize,
    pub(crate) encoding: Encoding,
    body: Vec<u8>,
}

/// The pages of a column in a group.
pub(crate) struct Pages<'c> {
    rest: &'c [u8],
    is_compressed: bool,
    decoder: Decoder,
    /// The number of pages that were taken.
    pub(crate) taken: usize,
    has_dictionary: bool,
}

impl<'c> Pages<'c> {
    /// The pages in the bytes of a chunk.
    pub(crate) fn of(chunk: ColumnChunk, bytes: &'c [u8]) -> Self {
        Self {
            rest: bytes,
            is_compressed: chunk.is_compressed,
            decoder: Decoder::new(),
            taken: 0,
            has_dictionary: false,
        }
    }

    /// Takes the next page, unpacked.
    pub(crate) fn next(&mut self) -> Result<Option<Page>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let said = Fields::take(&mut self.rest)?;
        let (size, stored) = (said.count(2)?, said.count(3)?);
        let there = self.rest.len();
        let body = taken(&mut self.rest, stored)
            .map_err(|_| format!("it claims {stored} bytes, but only {there} are left"))?;
        let is_first = self.taken == 0;
        self.taken += 1;
        let (is_dictionary, header) = match said.number(1)? {
            0 => (false, said.fields(5)?),
            2 if is_first => (true, said.fields(7)?),
            2 => return Err("the dictionary is not the first page".to_owned()),
            other => return Err(format!("unsupported kind of page {other}")),
        };
        if !is_dictionary && [header.number(3)?, header.number(4)?] != [3, 3] {
            return Err("unsupported encoding of levels".to_owned());
        }
        let encoding = Encoding::of(header.number(2)?)?;
        if is_dictionary {
            self.has_dictionary = true;
        } else if encoding == Encoding::Dictionary && !self.has_dictionary {
            return Err("the dictionary of its values is missing".to_owned());
        }
        Ok(Some(Page {
            is_dictionary,
            values: header.count(1)?,
            encoding,
            body: self.unpacked(body, size)?,
        }))
    }

    /// The bytes of a page that claims a given number of them.
    fn unpacked(&mut self, body: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let holds = if !self.is_compressed {
            body.len()
        } else if body.is_empty() {
            0
        } else {
            decompress_len(body).map_err(|error| error.to_string())?
        };
        let most = body.len().saturating_mul(GROWTH);
        if holds != size || (self.is_compressed && size > most) {
            let stored = body.len();
            return Err(format!(
                "it claims {size} bytes unpacked, but its {stored} bytes unpack to {}",
                holds.min(most)
            ));
        }
        if !self.is_compressed {
            return Ok(body.to_vec());
        }
        if size == 0 {
            return Ok(Vec::new());
        }
        let mut unpacked = vec![0; size];
        let decoded = self.decoder.decompress(body, &mut unpacked);
        decoded.map_err(|error| error.to_string())?;
        Ok(unpacked)
    }
}

/// The levels of the values of a page.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    /// By place, the definition level; empty if the column has no nulls.
    pub(crate) definitions: Vec<u32>,
    /// By place, the repetition level; empty if there are no lists.
    pub(crate) repetitions: Vec<u32>,
}

impl Page {
    /// The bytes of a dictionary.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads the levels of a page; returns the bytes of its values, and their number.
    pub(crate) fn values<'p>(
        &'p self,
        column: &StoredColumn,
        levels: &mut Levels,
    ) -> Result<(&'p [u8], usize), String> {
        let mut rest = &self.body[..];
        let of_level = [
            (column.repetition, &mut levels.repetitions),
            (column.definition, &mut levels.definitions),
        ];
        for (most, read) in of_level {
            read.clear();
            if most > 0 {
                prefixed(
                    &mut rest,
                    u32::BITS - most.leading_zeros(),
                    self.values,
                    read,
                )?;
            }
        }
        if column.definition == 0 {
            return Ok((rest, self.values));
        }
        let is_there = |level: &&u32| **level == column.definition;
        let there = levels.definitions.iter().filter(is_there).count();
        Ok((rest, there))
    }
}
