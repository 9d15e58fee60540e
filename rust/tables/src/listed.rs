//! The members of a snapshot, listing by listing.

use std::path::Path;

use hashbrown::HashMap;

use crate::Look;
use crate::allowance::Allowance;
use crate::fault::TableFault;
use crate::file_reader::TableFile;
use crate::listings::kind_of;
use crate::meaning::Meaning;
use crate::text_column::TextColumn;
use crate::texts::{Texts, memory};

/// The memory of a row while its file is read, without its texts.
const MEMBER: usize = 80;

/// The memory of a stack of a list.
const STACK: usize = 64;

/// The members of a snapshot, listing by listing.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) texts: Texts,
    pub(crate) rows: Vec<ListedRow>,
    /// The number of rows of the file.
    members: usize,
}

/// A listing, as numbers of texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedRow {
    pub(crate) account: u32,
    pub(crate) cache: u32,
    pub(crate) kind: specplan_catalog::SourceKind,
    pub(crate) source: u32,
    pub(crate) size: u32,
    pub(crate) stacks: u32,
    pub(crate) available: [Option<bool>; Look::COUNT],
}

impl Listed {
    /// Reads a file of members, of a catalog with this number of accounts.
    pub(crate) fn read(
        path: &Path,
        accounts: usize,
        allowance: &Allowance,
    ) -> Result<Self, TableFault> {
        let file = TableFile::open(path, allowance, MEMBER)?;
        let members = Members::read(&file)?;
        let mut texts = Texts::default();
        let mut intern = |column: &TextColumn| column.each_once(|text| texts.intern(text));
        let [cache, source, size] =
            [&members.cache, &members.source, &members.size].map(&mut intern);
        let stacks = intern(&members.stack);
        let kinds = members.kind.each_once(kind_of);
        let mut lists = StackLists::default();
        let mut rows: Vec<Option<ListedRow>> = Vec::with_capacity(file.rows());
        for row in 0..file.rows() {
            // Listings are numbered without gaps, and stand by stack.
            let number = members.listing[row] as usize;
            if number >= file.rows() {
                return Err(file.damaged(format!("there is no listing {number}")));
            }
            if number >= rows.len() {
                rows.resize(number + 1, None);
            }
            let stack = *members.stack.of(&stacks, row);
            if let Some(known) = &mut rows[number] {
                known.stacks = lists.with(known.stacks, stack);
                continue;
            }
            let account = members.spec[row];
            if account as usize >= accounts {
                return Err(file.damaged(format!("there is no spec {account}")));
            }
            let kind = members.kind.of(&kinds, row).as_ref();
            rows[number] = Some(ListedRow {
                account,
                cache: *members.cache.of(&cache, row),
                kind: *kind.map_err(|fault| file.damaged(fault))?,
                source: *members.source.of(&source, row),
                size: *members.size.of(&size, row),
                stacks: lists.with(NO_STACK, stack),
                available: std::array::from_fn(|look| members.available[look][row]),
            });
        }
        let whole: Option<Vec<ListedRow>> = rows.into_iter().collect();
        let mut rows = whole.ok_or_else(|| file.damaged("a number of a listing is missing"))?;
        let joined = lists.joined(&rows, &mut texts, allowance);
        let joined = joined.map_err(|fault| file.damaged(format!("column `stack`: {fault}")))?;
        for row in &mut rows {
            row.stacks = joined[row.stacks as usize];
        }
        Ok(Self {
            texts,
            rows,
            members: file.rows(),
        })
    }

    /// Consumes the members. Their texts now belong to the catalog.
    pub(crate) fn end(self, allowance: &Allowance) {
        allowance.give_back(self.members, MEMBER);
    }
}

/// The list without stacks.
const NO_STACK: u32 = u32::MAX;

/// Lists of stacks that grow at their ends; those with the same beginning share it.
#[derive(Default)]
struct StackLists {
    /// By list, the one that it extends, and the number of the text of its last stack.
    lists: Vec<(u32, u32)>,
    number_of: HashMap<(u32, u32), u32>,
    /// Neighbours usually have the same list.
    last: Option<((u32, u32), u32)>,
}

impl StackLists {
    /// The list with one more stack.
    fn with(&mut self, list: u32, stack: u32) -> u32 {
        let longer = (list, stack);
        if let Some((last, number)) = self.last
            && last == longer
        {
            return number;
        }
        let lists = &mut self.lists;
        let number = *self.number_of.entry(longer).or_insert_with(|| {
            lists.push(longer);
            lists.len() as u32 - 1
        });
        self.last = Some((longer, number));
        number
    }

    /// By list that rows have, the number of its text: a stack a line.
    fn joined(
        &self,
        rows: &[ListedRow],
        texts: &mut Texts,
        allowance: &Allowance,
    ) -> Result<Vec<u32>, String> {
        let mut joined: Vec<Option<u32>> = vec![None; self.lists.len()];
        for row in rows {
            let known = &mut joined[row.stacks as usize];
            if known.is_some() {
                continue;
            }
            let stacks = self.stacks(row.stacks, allowance)?;
            let lengths = stacks.iter().map(|&stack| texts.get(stack).len() + 1);
            allowance.take(1, memory(lengths.fold(0, usize::saturating_add)))?;
            let stacks: Vec<&str> = stacks.into_iter().map(|stack| texts.get(stack)).collect();
            *known = Some(texts.intern(&stacks.join("\n")));
        }
        Ok(joined.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The stacks of a list.
    fn stacks(&self, mut list: u32, allowance: &Allowance) -> Result<Vec<u32>, String> {
        let mut stacks = Vec::new();
        while let Some(&(before, stack)) = self.lists.get(list as usize) {
            stacks.push(stack);
            list = before;
        }
        allowance.take(stacks.len(), STACK)?;
        stacks.reverse();
        Ok(stacks)
    }
}

/// The columns of a file of members.
struct Members {
    spec: Vec<u32>,
    listing: Vec<u32>,
    stack: TextColumn,
    cache: TextColumn,
    kind: TextColumn,
    source: TextColumn,
    size: TextColumn,
    available: [Vec<Option<bool>>; Look::COUNT],
}

impl Members {
    fn read(file: &TableFile<'_>) -> Result<Self, TableFault> {
        let shown = |name| {
            let column = file.texts(name)?.or_empty();
            Meaning::LISTED.take(file, name, &column)?;
            Ok(column)
        };
        let (available, ([cache, kind], [stack, source, size])) = rayon::join(
            || Look::ALL.map(|look| file.flags(look.column())),
            || {
                let plain = ["cache", "kind"].map(|name| file.texts(name));
                (plain, ["stack", "source", "size"].map(shown))
            },
        );
        let [core, least, fetched, installed] = available;
        Ok(Self {
            spec: file.numbers("spec")?,
            listing: file.numbers("listing")?,
            stack: stack?,
            cache: cache?.or_empty(),
            kind: kind?.or_empty(),
            source: source?,
            size: size?,
            available: [core?, least?, fetched?, installed?],
        })
    }
}
