//! The columns and row groups of a file according to its footer, checked before use.
//!
//! The reader of the format allocates whatever a footer claims. This one checks each claim against
//! the actual bytes: columns against the list of columns, pieces against the length of the file,
//! rows of groups against those of the file.

use parquet::basic::Type as Physical;

use crate::compact::Fields;
use crate::shared_file::SharedFile;

/// The bytes with which a file starts and ends.
const MARK: &[u8; 4] = b"PAR1";

/// The number of bytes behind the footer: its length, and the mark.
const TAIL: u64 = 8;

/// The maximum nesting of columns; lists have three levels.
const DEEPEST: usize = 8;

/// The longest name of a column.
const LONGEST_NAME: usize = 255;

/// The types of values, by number.
const TYPES: [Physical; 8] = [
    Physical::BOOLEAN,
    Physical::INT32,
    Physical::INT64,
    Physical::INT96,
    Physical::FLOAT,
    Physical::DOUBLE,
    Physical::BYTE_ARRAY,
    Physical::FIXED_LEN_BYTE_ARRAY,
];

/// The content of a file.
#[derive(Debug)]
pub(crate) struct Footer {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<StoredColumn>,
    pub(crate) groups: Vec<RowGroup>,
}

/// A column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredColumn {
    /// The name of the column that it is part of.
    pub(crate) name: String,
    pub(crate) physical: Physical,
    /// The definition level of a value that is not null.
    pub(crate) definition: u32,
    /// The depth of nested lists.
    pub(crate) repetition: u32,
}

/// Some rows that were written together.
#[derive(Debug)]
pub(crate) struct RowGroup {
    pub(crate) rows: usize,
    /// By column, the location of its values.
    pub(crate) chunks: Vec<ColumnChunk>,
}

/// The location of the values of a column in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ColumnChunk {
    pub(crate) start: u64,
    pub(crate) length: u64,
    pub(crate) is_compressed: bool,
}

impl Footer {
    /// Reads the footer of a file.
    pub(crate) fn read(file: &SharedFile) -> Result<Self, String> {
        let length = file.length();
        let no_table = || "it is not a Parquet file".to_owned();
        let tail_start = length.checked_sub(TAIL).ok_or_else(no_table)?;
        let tail = file.bytes(tail_start, TAIL)?;
        let (size, mark) = tail.split_first_chunk::<4>().ok_or_else(no_table)?;
        if mark != MARK {
            return Err(no_table());
        }
        let size = u64::from(u32::from_le_bytes(*size));
        let start = tail_start.checked_sub(size).ok_or_else(|| {
            format!("the footer claims {size} bytes, but the file has only {length}")
        })?;
        let bytes = file.bytes(start, size)?;
        Self::parse(&bytes, start).map_err(|fault| format!("footer: {fault}"))
    }

    /// Parses a footer that starts at a given byte of its file.
    fn parse(mut bytes: &[u8], start: u64) -> Result<Self, String> {
        let said = Fields::take(&mut bytes)?;
        let columns = columns(&said.list(2)?)?;
        let rows = count_of_rows(&said, "the file")?;
        let mut groups = Vec::new();
        let mut due = rows;
        for (number, group) in said.list(4)?.into_iter().enumerate() {
            let place = |fault| format!("row group {number}: {fault}");
            let group = RowGroup::parse(group, &columns).map_err(place)?;
            due = due.checked_sub(group.rows).ok_or_else(|| {
                let claimed = group.rows;
                place(format!(
                    "it claims {claimed} rows, but only {due} of the {rows} rows of the file are left"
                ))
            })?;
            groups.push(group);
        }
        if due > 0 {
            return Err(format!(
                "the file claims {rows} rows, but its row groups have {}",
                rows - due
            ));
        }
        apart(&groups, &columns, start)?;
        Ok(Self {
            rows,
            columns,
            groups,
        })
    }
}

/// The number of rows that are claimed: fewer than 2^32, as in any catalog.
fn count_of_rows(said: &Fields<'_>, of: &str) -> Result<usize, String> {
    let rows = said.number(3)?;
    let known = u32::try_from(rows).map_err(|_| format!("{of} claims {rows} rows"))?;
    Ok(known as usize)
}

impl RowGroup {
    fn parse(said: &Fields<'_>, columns: &[StoredColumn]) -> Result<Self, String> {
        let rows = count_of_rows(said, "it")?;
        let chunks = said.list(1)?;
        if chunks.len() != columns.len() {
            let (has, of) = (chunks.len(), columns.len());
            return Err(format!("it has {has} columns instead of {of}"));
        }
        let chunks = chunks.into_iter().zip(columns).map(|(chunk, column)| {
            ColumnChunk::parse(chunk).map_err(|fault| format!("column `{}`: {fault}", column.name))
        });
        Ok(Self {
            rows,
            chunks: chunks.collect::<Result<_, String>>()?,
        })
    }
}

impl ColumnChunk {
    fn parse(said: &Fields<'_>) -> Result<Self, String> {
        let said = said.fields(3)?;
        let at = |start: i64| u64::try_from(start).map_err(|_| format!("it starts at {start}"));
        let is_compressed = match said.number(4)? {
            0 => false,
            1 => true,
            other => return Err(format!("unsupported compression {other}")),
        };
        Ok(Self {
            // The values numbered by a dictionary stand behind it.
            start: at(said.maybe_number(11)?.unwrap_or(said.number(9)?))?,
            length: said.count(7)? as u64,
            is_compressed,
        })
    }
}

/// Fails unless all pieces of columns lie between the head and the footer without overlaps:
/// otherwise a few bytes could be read any number of times.
fn apart(groups: &[RowGroup], columns: &[StoredColumn], end: u64) -> Result<(), String> {
    let mut chunks: Vec<(ColumnChunk, usize, usize)> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let of_group = group.chunks.iter().zip(0..);
        chunks.extend(of_group.map(|(chunk, column)| (*chunk, number, column)));
    }
    chunks.sort_unstable();
    let mut free = MARK.len() as u64;
    for (chunk, group, column) in chunks {
        let (start, length) = (chunk.start, chunk.length);
        let behind = start.checked_add(length).filter(|&behind| behind <= end);
        match behind {
            Some(behind) if start >= free => free = behind,
            _ => {
                let name = &columns[column].name;
                return Err(format!(
                    "row group {group}: column `{name}`: it claims {length} bytes from byte {start}, \
                     outside its own range (bytes {free} to {end} are free)"
                ));
            }
        }
    }
    Ok(())
}

/// The columns of values in a list of nested columns.
fn columns(said: &[&Fields<'_>]) -> Result<Vec<StoredColumn>, String> {
    let (root, mut rest) = said.split_first().ok_or("the schema is empty")?;
    let mut columns = Vec::new();
    add_parts(root, Path::default(), &mut rest, &mut columns)?;
    match rest.len() {
        0 => Ok(columns),
        more => Err(format!("the schema has {more} extra columns")),
    }
}

/// The position of a column within others.
#[derive(Clone, Copy, Default)]
struct Path<'b> {
    name: Option<&'b str>,
    depth: usize,
    definition: u32,
    repetition: u32,
}

/// Adds the columns that a column consists of, which follow it.
fn add_parts<'b>(
    said: &Fields<'b>,
    path: Path<'b>,
    rest: &mut &[&Fields<'b>],
    columns: &mut Vec<StoredColumn>,
) -> Result<(), String> {
    if path.depth == DEEPEST {
        return Err(format!(
            "schema: columns are nested more than {DEEPEST} deep"
        ));
    }
    let claimed = said.maybe_number(5)?.unwrap_or(0);
    let follow = rest.len();
    let count = usize::try_from(claimed).unwrap_or(usize::MAX);
    let too_many = || {
        let name = path.name.unwrap_or("schema");
        format!("schema: `{name}` claims {claimed} columns, but {follow} follow")
    };
    if count > follow {
        return Err(too_many());
    }
    for _ in 0..count {
        let (part, others) = rest.split_first().ok_or_else(too_many)?;
        *rest = others;
        add_part(part, path, rest, columns)?;
    }
    Ok(())
}

/// Adds a column, or those that it consists of.
fn add_part<'b>(
    said: &Fields<'b>,
    outer: Path<'b>,
    rest: &mut &[&Fields<'b>],
    columns: &mut Vec<StoredColumn>,
) -> Result<(), String> {
    let name = said.bytes(4)?;
    if name.len() > LONGEST_NAME {
        let length = name.len();
        return Err(format!("schema: a name has {length} bytes"));
    }
    let name = str::from_utf8(name).map_err(|error| format!("schema: {error}"))?;
    let (may_lack, is_repeated) = match said.number(3)? {
        0 => (0, 0),
        1 => (1, 0),
        2 => (1, 1),
        other => {
            return Err(format!("schema: `{name}`: unsupported repetition {other}"));
        }
    };
    let path = Path {
        name: outer.name.or(Some(name)),
        depth: outer.depth + 1,
        definition: outer.definition + may_lack,
        repetition: outer.repetition + is_repeated,
    };
    if said.maybe_number(5)?.unwrap_or(0) != 0 {
        return add_parts(said, path, rest, columns);
    }
    let kind = said.count(1)?;
    let physical = TYPES.get(kind);
    let physical = physical.ok_or_else(|| format!("schema: `{name}`: unknown type {kind}"))?;
    columns.push(StoredColumn {
        name: path.name.unwrap_or(name).to_owned(),
        physical: *physical,
        definition: path.definition,
        repetition: path.repetition,
    });
    Ok(())
}
