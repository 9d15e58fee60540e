//! The memory that the texts of a column take once questions are asked.

use crate::fault::TableFault;
use crate::file_reader::TableFile;
use crate::text_column::TextColumn;

/// The part of the memory that one column may seem to take.
const LITTLE: usize = 64;

/// The memory of a column beside its texts, in bytes: each text once when it is parsed, and each
/// row when it is read and shown.
#[derive(Clone, Copy)]
pub(crate) struct Meaning {
    /// The separator of the parts of a text.
    pub(crate) separator: Option<char>,
    part: usize,
    byte: usize,
    part_in_row: usize,
    byte_in_row: usize,
}

impl Meaning {
    /// Texts that are only shown.
    pub(crate) const TEXT: Self = Self {
        separator: None,
        part: 0,
        byte: 0,
        part_in_row: 0,
        byte_in_row: 2,
    };

    /// Versions, of which each letter may be a part.
    pub(crate) const VERSION: Self = Self {
        byte: 40,
        ..Self::TEXT
    };

    /// Texts of listings, of which a spec has many.
    pub(crate) const LISTED: Self = Self {
        byte_in_row: 1,
        ..Self::TEXT
    };

    /// Lists whose parts take this amount of memory.
    pub(crate) const fn list(separator: char, part: usize) -> Self {
        Self {
            separator: Some(separator),
            part,
            part_in_row: 8,
            ..Self::TEXT
        }
    }

    /// Takes the memory that a column of this meaning needs.
    pub(crate) fn take(
        self,
        file: &TableFile<'_>,
        name: &str,
        column: &TextColumn,
    ) -> Result<(), TableFault> {
        let separator = self.separator.map(|separator| separator as u8);
        let parts = |text: &str| match separator {
            Some(separator) if !text.is_empty() => {
                text.bytes().filter(|byte| *byte == separator).count() + 1
            }
            _ => 0,
        };
        let mut read = 0_usize;
        let in_row = column.each_once(|text| {
            let (parts, bytes) = (parts(text), text.len());
            read = read.saturating_add(parts * self.part + bytes * self.byte);
            parts * self.part_in_row + bytes * self.byte_in_row
        });
        // The texts shown for rows are counted one by one only if it may matter.
        let most = in_row.iter().max().copied().unwrap_or_default();
        let mut shown = column.ids.len().saturating_mul(most);
        if shown > file.allowance().most / LITTLE {
            let in_rows = column.ids.iter().map(|&id| in_row[id as usize]);
            shown = in_rows.fold(0, usize::saturating_add);
        }
        let fits = file.allowance().take(read.saturating_add(shown), 1);
        fits.map_err(|fault| file.damaged(format!("column `{name}`: {fault}")))
    }
}
