//! Tables from files, column by column.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use parquet::basic::Type as Physical;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::fault::{TableFault, guarded};
use crate::file_writer::GROUP;
use crate::shared_file::SharedFile;
use crate::text_pages::{Levels, Places, TextPages};
use crate::texts::Texts;

/// How many rows are decoded at once.
const ROWS: usize = GROUP / 8;

/// A file of a table, of which the columns that are asked for are read; several may be read at
/// once.
pub(crate) struct TableFile {
    path: PathBuf,
    reader: SerializedFileReader<SharedFile>,
    rows: usize,
}

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

impl TableFile {
    /// Opens a file and reads what it says of its columns.
    pub(crate) fn open(path: &Path) -> Result<Self, TableFault> {
        guarded(path, || {
            let file = SharedFile::open(path).map_err(|error| TableFault::io(path, error))?;
            let reader = SerializedFileReader::new(file)
                .map_err(|error| TableFault::damaged(path, error.to_string()))?;
            let rows = reader.metadata().file_metadata().num_rows();
            let rows = u32::try_from(rows)
                .map_err(|_| TableFault::damaged(path, format!("it has {rows} rows")))?;
            Ok(Self {
                path: path.to_owned(),
                reader,
                rows: rows as usize,
            })
        })
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes the file has.
    pub(crate) fn length(&self) -> Result<usize, TableFault> {
        let known = std::fs::metadata(&self.path);
        let length = known
            .map_err(|error| TableFault::io(&self.path, error))?
            .len();
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// The same file, unless it claims more rows than a catalog of its size has.
    ///
    /// A few bytes can stand for any number of equal values, which would take the memory.
    pub(crate) fn with_at_most(self, rows: usize) -> Result<Self, TableFault> {
        if self.rows <= rows {
            return Ok(self);
        }
        let claimed = self.rows;
        Err(self.damaged(format!(
            "it claims {claimed} rows, and a catalog of this size has at most {rows}"
        )))
    }

    /// A fault of the content.
    pub(crate) fn damaged(&self, fault: impl Into<String>) -> TableFault {
        TableFault::damaged(&self.path, fault)
    }

    /// A column of numbers.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<u32>, TableFault> {
        let mut numbers = Vec::new();
        self.each::<Int32Type>(name, "numbers", |part| {
            part.whole()?;
            numbers.extend(part.values.iter().map(|number| number.cast_unsigned()));
            Ok(())
        })?;
        self.complete(name, numbers)
    }

    /// A column of small numbers.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, TableFault> {
        let mut bytes = Vec::new();
        self.each::<Int32Type>(name, "small numbers", |part| {
            part.whole()?;
            for &number in part.values {
                let small = u8::try_from(number);
                bytes.push(small.map_err(|_| format!("{number} is no small number"))?);
            }
            Ok(())
        })?;
        self.complete(name, bytes)
    }

    /// A column of yes, no and neither.
    pub(crate) fn flags(&self, name: &str) -> Result<Vec<Option<bool>>, TableFault> {
        let mut flags = Vec::new();
        self.each::<BoolType>(name, "yes and no", |part| {
            flags.extend(part.each().map(Option::<&bool>::copied));
            Ok(())
        })?;
        self.complete(name, flags)
    }

    /// A column of texts that are mostly different, one by one.
    pub(crate) fn each_text(
        &self,
        name: &str,
        mut take: impl FnMut(&str) -> Result<(), String>,
    ) -> Result<(), TableFault> {
        let mut rows = 0;
        self.each::<ByteArrayType>(name, "texts", |part| {
            part.whole()?;
            rows += part.values.len();
            part.values.iter().try_for_each(|text| take(utf8(text)?))
        })?;
        self.check_rows(name, rows)
    }

    /// A column of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<TextColumn, TableFault> {
        let mut pages = TextPages::default();
        let mut ids = Vec::new();
        self.each_page(name, "texts", 0, &mut pages, |_, places, most| {
            if places.definitions.is_empty() {
                ids.extend_from_slice(&places.numbers);
            } else {
                let mut numbers = places.numbers.iter().copied();
                ids.extend(places.definitions.iter().map(|&level| {
                    let number = if level == most { numbers.next() } else { None };
                    number.unwrap_or(NO_TEXT)
                }));
            }
            self.within_rows(ids.len())
        })?;
        let ids = self.complete(name, ids)?;
        let texts = pages.texts;
        Ok(TextColumn { texts, ids })
    }

    /// A column of lists of texts, each joined to one text.
    pub(crate) fn joined_lists(
        &self,
        name: &str,
        separator: char,
    ) -> Result<TextColumn, TableFault> {
        let mut joined = Joined::default();
        let mut ids = Vec::new();
        let mut list: Vec<u32> = Vec::new();
        let mut is_open = false;
        let mut pages = TextPages::default();
        self.each_page(
            name,
            "lists of texts",
            1,
            &mut pages,
            |texts, places, most| {
                let mut numbers = places.numbers.iter();
                for (level, repetition) in places.definitions.iter().zip(&places.repetitions) {
                    // A list may go on in the next page.
                    if *repetition == 0 {
                        if is_open {
                            ids.push(joined.number(&list, texts, separator));
                            list.clear();
                        }
                        is_open = true;
                    }
                    if *level == most {
                        list.push(*numbers.next().ok_or("a list lacks a text")?);
                    }
                }
                self.within_rows(ids.len())
            },
        )?;
        if is_open {
            ids.push(joined.number(&list, &pages.texts, separator));
        }
        let ids = self.complete(name, ids)?;
        let texts = joined.texts;
        Ok(TextColumn { texts, ids })
    }

    /// Fails if a column has more rows than the file.
    fn within_rows(&self, rows: usize) -> Result<(), String> {
        if rows <= self.rows {
            return Ok(());
        }
        Err("a column is longer than its rows".to_owned())
    }

    /// Takes a column of texts page by page, with the level of what is there.
    fn each_page(
        &self,
        name: &str,
        wanted: &str,
        depth: i16,
        pages: &mut TextPages,
        mut take: impl FnMut(&Texts, &Places, u32) -> Result<(), String>,
    ) -> Result<(), TableFault> {
        guarded(&self.path, || {
            let number = self
                .find(name, Physical::BYTE_ARRAY, wanted, depth)
                .map_err(|fault| self.damaged(fault))?;
            let metadata = self.reader.metadata().file_metadata();
            let column = metadata.schema_descr().column(number);
            let level = |level: i16| u32::from(level.unsigned_abs());
            let levels = Levels {
                definition: level(column.max_def_level()),
                repetition: level(column.max_rep_level()),
            };
            for group in 0..self.reader.num_row_groups() {
                let group = self.reader.get_row_group(group);
                let of_column = group.and_then(|group| group.get_column_page_reader(number));
                let mut reader = of_column.map_err(|error| self.damaged(error.to_string()))?;
                pages
                    .read(&mut *reader, levels, |texts, places| {
                        take(texts, places, levels.definition)
                    })
                    .map_err(|fault| self.damaged(fault))?;
            }
            Ok(())
        })
    }

    fn complete<T>(&self, name: &str, column: Vec<T>) -> Result<Vec<T>, TableFault> {
        self.check_rows(name, column.len())?;
        Ok(column)
    }

    fn check_rows(&self, name: &str, rows: usize) -> Result<(), TableFault> {
        if rows == self.rows {
            return Ok(());
        }
        let of = self.rows;
        Err(self.damaged(format!("the column `{name}` has {rows} of {of} rows")))
    }

    /// Takes a column of plain values, some rows at a time.
    fn each<T: DataType>(
        &self,
        name: &str,
        wanted: &str,
        mut take: impl FnMut(&Part<'_, T::T>) -> Result<(), String>,
    ) -> Result<(), TableFault> {
        guarded(&self.path, || {
            let number = self
                .find(name, T::get_physical_type(), wanted, 0)
                .map_err(|fault| self.damaged(fault))?;
            for group in 0..self.reader.num_row_groups() {
                self.read_group::<T>(group, number, &mut take)
                    .map_err(|fault| self.damaged(fault))?;
            }
            Ok(())
        })
    }

    fn read_group<T: DataType>(
        &self,
        group: usize,
        number: usize,
        take: &mut impl FnMut(&Part<'_, T::T>) -> Result<(), String>,
    ) -> Result<(), String> {
        let said = |error: ParquetError| error.to_string();
        let group = self.reader.get_row_group(group).map_err(said)?;
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        let column = group.metadata().column(number);
        let most = column.column_descr().max_def_level();
        let reader = group.get_column_reader(number).map_err(said)?;
        let mut reader = get_typed_column_reader::<T>(reader);
        let mut definitions = Vec::new();
        let mut values: Vec<T::T> = Vec::new();
        loop {
            values.clear();
            definitions.clear();
            let (records, ..) = reader
                .read_records(ROWS, Some(&mut definitions), None, &mut values)
                .map_err(said)?;
            if records == 0 {
                return Ok(());
            }
            left = left
                .checked_sub(records)
                .ok_or("a column is longer than its rows")?;
            take(&Part {
                values: &values,
                definitions: &definitions,
                most,
            })?;
        }
    }

    /// The number of a column that has this type and this depth of lists.
    fn find(
        &self,
        name: &str,
        physical: Physical,
        wanted: &str,
        depth: i16,
    ) -> Result<usize, String> {
        let columns = self.reader.metadata().file_metadata().schema_descr();
        let is_it =
            |each: &ColumnDescriptor| each.path().parts().first().is_some_and(|it| it == name);
        let mut found = (0_usize..).zip(columns.columns());
        let (number, column) = found
            .find(|(_, each)| is_it(each))
            .ok_or_else(|| format!("the column `{name}` is missing"))?;
        let is_wanted = column.physical_type() == physical && column.max_rep_level() == depth;
        if !is_wanted {
            let (of, deep) = (column.physical_type(), column.max_rep_level());
            return Err(format!(
                "the column `{name}` of {wanted} has the type {of}, {deep} lists deep"
            ));
        }
        Ok(number)
    }
}

/// Some rows of a column.
struct Part<'p, T> {
    /// The values that are there.
    values: &'p [T],
    /// By row, its level; empty where no value can be missing.
    definitions: &'p [i16],
    /// The level of what is there.
    most: i16,
}

impl<T> Part<'_, T> {
    /// Fails if a value is missing.
    fn whole(&self) -> Result<(), String> {
        if self.definitions.iter().all(|&level| level == self.most) {
            Ok(())
        } else {
            Err("a value is missing".to_owned())
        }
    }

    /// The value of each row, where it has one.
    fn each(&self) -> impl Iterator<Item = Option<&T>> {
        let mut values = self.values.iter();
        let rows = self.definitions.len().max(self.values.len());
        (0..rows).map(move |row| {
            let is_there = self
                .definitions
                .get(row)
                .is_none_or(|&level| level == self.most);
            is_there.then(|| values.next()).flatten()
        })
    }
}

fn utf8(text: &ByteArray) -> Result<&str, String> {
    text.as_utf8().map_err(|error| error.to_string())
}

/// Lists of texts, each joined to one text.
#[derive(Default)]
struct Joined {
    texts: Texts,
    by_parts: HashMap<Box<[u32]>, u32>,
    /// Neighbours mostly have the same list.
    last: Option<(Vec<u32>, u32)>,
}

impl Joined {
    fn number(&mut self, parts: &[u32], texts: &Texts, separator: char) -> u32 {
        // Nothing is behind the address of an empty list, which makes comparing bytes there slow.
        if let Some((last, number)) = &self.last
            && ((last.is_empty() && parts.is_empty()) || last == parts)
        {
            return *number;
        }
        let number = self.looked_up(parts, texts, separator);
        self.last = Some((parts.to_vec(), number));
        number
    }

    fn looked_up(&mut self, parts: &[u32], texts: &Texts, separator: char) -> u32 {
        if let Some(&number) = self.by_parts.get(parts) {
            return number;
        }
        let mut joined = String::new();
        for (at, &part) in parts.iter().enumerate() {
            if at > 0 {
                joined.push(separator);
            }
            joined.push_str(texts.get(part));
        }
        let number = self.texts.intern(&joined);
        self.by_parts.insert(parts.into(), number);
        number
    }
}
