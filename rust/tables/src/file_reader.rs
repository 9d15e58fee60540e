//! Tables from files, column by column.

use std::path::{Path, PathBuf};

use parquet::basic::Type as Physical;

use crate::allowance::Allowance;
use crate::fault::{TableFault, guarded};
use crate::footer::{Footer, StoredColumn};
use crate::joined_lists::JoinedLists;
use crate::packed;
use crate::pages::{Encoding, Levels, Page, Pages};
use crate::shared_file::SharedFile;
use crate::text_column::{NO_TEXT, TextColumn};
use crate::text_pages::{TextPages, text};

/// A file of a table, of which only requested columns are read; several may be read at once.
#[derive(Debug)]
pub(crate) struct TableFile<'a> {
    path: PathBuf,
    file: SharedFile,
    footer: Footer,
    allowance: &'a Allowance,
    /// By group of rows, whether it is left out; empty if none is.
    left_out: Vec<bool>,
}

/// A part of a column: a page, or the rows of a group that is left out.
enum Part<'p> {
    Page(&'p Page),
    LeftOut(usize),
}

/// A request for a column.
#[derive(Clone, Copy)]
struct Wanted {
    physical: Physical,
    /// Its name in messages.
    what: &'static str,
    /// The depth of nested lists.
    depth: u32,
}

impl Wanted {
    const fn of(physical: Physical, what: &'static str) -> Self {
        Self {
            physical,
            what,
            depth: 0,
        }
    }
}

const NUMBERS: Wanted = Wanted::of(Physical::INT32, "numbers");
const FLAGS: Wanted = Wanted::of(Physical::BOOLEAN, "yes and no");
const TEXTS: Wanted = Wanted::of(Physical::BYTE_ARRAY, "texts");
const LISTS: Wanted = Wanted {
    depth: 1,
    ..Wanted::of(Physical::BYTE_ARRAY, "lists of texts")
};

/// The memory of a value of a list while its page is read.
const PLACE: usize = 24;

impl<'a> TableFile<'a> {
    /// Opens a file whose rows take a given amount of memory each.
    pub(crate) fn open(
        path: &Path,
        allowance: &'a Allowance,
        bytes_a_row: usize,
    ) -> Result<Self, TableFault> {
        let file = SharedFile::open(path).map_err(|error| TableFault::io(path, error))?;
        let damaged = |fault| TableFault::damaged(path, fault);
        let footer = guarded(path, || Footer::read(&file).map_err(damaged))?;
        let rows = footer.rows;
        let fits = allowance.take(rows, bytes_a_row);
        fits.map_err(|fault| damaged(format!("it claims {rows} rows: {fault}")))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            footer,
            allowance,
            left_out: Vec::new(),
        })
    }

    /// Leaves out the groups of rows of which none is needed. Their texts, lists and numbers are
    /// read as empty or 0, without opening a page.
    pub(crate) fn leave_out_but(&mut self, is_needed: &[bool]) {
        let mut rest = is_needed;
        let groups = self.footer.groups.iter();
        self.left_out = groups
            .map(|group| {
                let (of_group, others) = rest.split_at(group.rows);
                rest = others;
                !of_group.contains(&true)
            })
            .collect();
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.footer.rows
    }

    /// The memory that is left for reading.
    pub(crate) fn allowance(&self) -> &'a Allowance {
        self.allowance
    }

    /// A fault of the content.
    pub(crate) fn damaged(&self, fault: impl Into<String>) -> TableFault {
        TableFault::damaged(&self.path, fault)
    }

    /// A column of numbers.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<u32>, TableFault> {
        let mut numbers = Vec::with_capacity(self.rows());
        self.each_number_page(name, |page| {
            numbers.extend_from_slice(page);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// A column of small numbers.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, TableFault> {
        let mut bytes = Vec::with_capacity(self.rows());
        self.each_number_page(name, |page| {
            for &number in page {
                let small = u8::try_from(number);
                bytes.push(small.map_err(|_| format!("{number} is not a small number"))?);
            }
            Ok(())
        })?;
        Ok(bytes)
    }

    /// A column of numbers, some at a time.
    fn each_number_page(
        &self,
        name: &str,
        mut take: impl FnMut(&[u32]) -> Result<(), String>,
    ) -> Result<(), TableFault> {
        let mut dictionary = Vec::new();
        let mut numbers = Vec::new();
        self.each_part(name, NUMBERS, |part, column, levels| {
            let page = match part {
                Part::Page(page) => page,
                Part::LeftOut(rows) => {
                    numbers.clear();
                    numbers.resize(rows, 0);
                    take(&numbers)?;
                    return Ok(rows);
                }
            };
            if page.is_dictionary {
                dictionary.clear();
                packed::plain(page.body(), page.values, &mut dictionary)?;
                return Ok(0);
            }
            let (bytes, count) = whole(page, column, levels)?;
            numbers.clear();
            match page.encoding {
                Encoding::Plain => packed::plain(bytes, count, &mut numbers)?,
                Encoding::Delta => packed::differences(bytes, count, &mut numbers)?,
                Encoding::Dictionary => {
                    packed::places(bytes, count, &mut numbers)?;
                    for number in &mut numbers {
                        let known = dictionary.get(*number as usize);
                        *number = *known.ok_or("a number is not in the dictionary")?;
                    }
                }
                Encoding::Runs => {
                    return Err("unsupported encoding of numbers Runs".to_owned());
                }
            }
            take(&numbers)?;
            Ok(count)
        })
    }

    /// A column of booleans and nulls.
    pub(crate) fn flags(&self, name: &str) -> Result<Vec<Option<bool>>, TableFault> {
        let mut flags = Vec::with_capacity(self.rows());
        let mut bits = Vec::new();
        self.each_part(name, FLAGS, |part, column, levels| {
            let page = match part {
                Part::Page(page) => page,
                Part::LeftOut(rows) => {
                    flags.extend(std::iter::repeat_n(Some(false), rows));
                    return Ok(rows);
                }
            };
            let (mut bytes, count) = page.values(column, levels)?;
            bits.clear();
            match page.encoding {
                Encoding::Plain => packed::bits(bytes, count, &mut bits)?,
                Encoding::Runs => packed::prefixed(&mut bytes, 1, count, &mut bits)?,
                other => return Err(format!("unsupported encoding of booleans {other:?}")),
            }
            let mut values = bits.iter().map(|bit| *bit == 1);
            if levels.definitions.is_empty() {
                flags.extend(values.map(Some));
            } else {
                let most = column.definition;
                let levels = levels.definitions.iter();
                flags.extend(levels.map(|level| (*level == most).then(|| values.next()).flatten()));
            }
            Ok(page.values)
        })?;
        Ok(flags)
    }

    /// A column of distinct texts, one by one; `None` for rows that are left out.
    pub(crate) fn each_text(
        &self,
        name: &str,
        mut take: impl FnMut(Option<&str>) -> Result<(), String>,
    ) -> Result<(), TableFault> {
        self.each_part(name, TEXTS, |part, column, levels| {
            let page = match part {
                Part::Page(page) => page,
                Part::LeftOut(rows) => {
                    for _ in 0..rows {
                        take(None)?;
                    }
                    return Ok(rows);
                }
            };
            if page.encoding != Encoding::Plain {
                return Err(format!("unexpected encoding {:?}", page.encoding));
            }
            if page.is_dictionary {
                return Ok(0);
            }
            let (mut bytes, count) = whole(page, column, levels)?;
            for _ in 0..count {
                take(Some(text(&mut bytes)?))?;
            }
            Ok(count)
        })
    }

    /// A column of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<TextColumn, TableFault> {
        let mut pages = TextPages::default();
        let mut ids = Vec::with_capacity(self.rows());
        self.each_part(name, TEXTS, |part, column, levels| {
            let page = match part {
                Part::Page(page) => page,
                Part::LeftOut(rows) => {
                    ids.extend(std::iter::repeat_n(NO_TEXT, rows));
                    return Ok(rows);
                }
            };
            if page.is_dictionary {
                pages.dictionary(page, self.allowance)?;
                return Ok(0);
            }
            let values = page.values(column, levels)?;
            pages.read(values, page.encoding, self.allowance)?;
            if levels.definitions.is_empty() {
                ids.extend_from_slice(&pages.numbers);
            } else {
                let most = column.definition;
                let mut numbers = pages.numbers.iter().copied();
                ids.extend(levels.definitions.iter().map(|level| {
                    let number = if *level == most { numbers.next() } else { None };
                    number.unwrap_or(NO_TEXT)
                }));
            }
            Ok(page.values)
        })?;
        let texts = pages.texts;
        Ok(TextColumn { texts, ids })
    }

    /// A column of lists of texts, each joined to one text.
    pub(crate) fn joined_lists(
        &self,
        name: &str,
        separator: char,
    ) -> Result<TextColumn, TableFault> {
        let mut lists = JoinedLists::new(separator, self.rows());
        let mut pages = TextPages::default();
        let mut values = 0;
        self.each_part(name, LISTS, |part, column, levels| {
            let page = match part {
                Part::Page(page) => page,
                Part::LeftOut(rows) => {
                    lists.leave_out(rows, &pages.texts, self.allowance)?;
                    return Ok(rows);
                }
            };
            if page.is_dictionary {
                pages.dictionary(page, self.allowance)?;
                return Ok(0);
            }
            values += page.values;
            let most = self.allowance.values;
            if values > most {
                let claimed = page.values;
                return Err(format!(
                    "it claims {claimed} values, but a column of a catalog of this size has at most {most}"
                ));
            }
            self.allowance.take(page.values, PLACE)?;
            let of_page = page.values(column, levels)?;
            pages.read(of_page, page.encoding, self.allowance)?;
            let begun = lists.read(levels, column.definition, &pages, self.allowance)?;
            self.allowance.give_back(page.values, PLACE);
            Ok(begun)
        })?;
        lists
            .finish(&pages.texts, self.allowance)
            .map_err(|fault| self.damaged(format!("column `{name}`: {fault}")))
    }

    /// Reads a column part by part; `take` returns the number of rows that begin in each.
    fn each_part(
        &self,
        name: &str,
        wanted: Wanted,
        mut take: impl FnMut(Part<'_>, &StoredColumn, &mut Levels) -> Result<usize, String>,
    ) -> Result<(), TableFault> {
        guarded(&self.path, || {
            let number = self
                .find(name, wanted)
                .map_err(|fault| self.damaged(fault))?;
            let column = &self.footer.columns[number];
            let mut levels = Levels::default();
            for (at, group) in self.footer.groups.iter().enumerate() {
                let place = |place: &str, fault: String| {
                    self.damaged(format!("column `{name}`, row group {at}{place}: {fault}"))
                };
                if self.left_out.get(at) == Some(&true) {
                    take(Part::LeftOut(group.rows), column, &mut levels)
                        .map_err(|fault| place("", fault))?;
                    continue;
                }
                let chunk = group.chunks[number];
                let bytes = self.file.bytes(chunk.start, chunk.length);
                let bytes = bytes.map_err(|fault| place("", fault))?;
                let mut pages = Pages::of(chunk, &bytes);
                let mut due = group.rows;
                loop {
                    let page_place = format!(", page {}", pages.taken);
                    let in_page = |fault| place(&page_place, fault);
                    let Some(page) = pages.next().map_err(in_page)? else {
                        break;
                    };
                    let claimed = page.values;
                    let claims_too_many = |claimed| {
                        in_page(format!(
                            "it claims {claimed} rows, but the row group has only {due} left"
                        ))
                    };
                    if !page.is_dictionary && wanted.depth == 0 && claimed > due {
                        return Err(claims_too_many(claimed));
                    }
                    let rows = take(Part::Page(&page), column, &mut levels).map_err(in_page)?;
                    due = due.checked_sub(rows).ok_or_else(|| claims_too_many(rows))?;
                }
                if due > 0 {
                    let rows = group.rows;
                    return Err(place("", format!("{due} of {rows} rows are missing")));
                }
            }
            Ok(())
        })
    }

    /// The number of a column that has this type and this depth of lists.
    fn find(&self, name: &str, wanted: Wanted) -> Result<usize, String> {
        let columns = &self.footer.columns;
        let number = columns.iter().position(|each| each.name == name);
        let number = number.ok_or_else(|| format!("the column `{name}` is missing"))?;
        let (of, deep) = (columns[number].physical, columns[number].repetition);
        if (of, deep) != (wanted.physical, wanted.depth) {
            let what = wanted.what;
            return Err(format!(
                "the column `{name}` of {what} has the type {of}, nested {deep} lists deep"
            ));
        }
        Ok(number)
    }
}

/// The values of a page without nulls.
fn whole<'p>(
    page: &'p Page,
    column: &StoredColumn,
    levels: &mut Levels,
) -> Result<(&'p [u8], usize), String> {
    let (bytes, count) = page.values(column, levels)?;
    if count < page.values {
        return Err("a value is missing".to_owned());
    }
    Ok((bytes, count))
}
