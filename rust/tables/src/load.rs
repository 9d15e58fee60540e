//! From a saved catalog to catalogs.

use std::path::{Path, PathBuf};

use arrow_array::{Array, RecordBatch, StringArray};
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, Edge, EdgeColumn, EdgeTypes, Row,
};

use crate::Look;
use crate::accounts::{Accounts, CONTENT, StoredEdge};
use crate::columns::{find, text};
use crate::fault::TableFault;
use crate::files::{self, MemberFile};
use crate::listings::kind_of;
use crate::texts::Texts;

/// What is read of one source of a saved catalog.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The source, as it was given.
    pub cache: String,
    /// The snapshots that are read.
    pub tags: Vec<String>,
    /// The looks that differ from the first.
    pub looks: Vec<Look>,
}

/// A source in each look that was asked for, and `None` for the others.
pub type Loaded = [Option<Catalog>; Look::COUNT];

/// Reads sources of a saved catalog.
///
/// O(r log r) for r rows of specs and members.
///
/// # Errors
///
/// If a file cannot be read or does not hold such a table.
pub fn load(
    folder: &Path,
    members: &[MemberFile],
    selections: &[Selection],
) -> Result<Vec<Loaded>, TableFault> {
    let accounts = read_accounts(folder)?;
    let mut known: Vec<Known<'_>> = selections.iter().map(Known::new).collect();
    for file in members {
        let asked = |each: &Selection| each.tags.contains(&file.tag);
        if !selections.iter().any(asked) {
            continue;
        }
        let path = folder.join(&file.path);
        let listed = Listed::read(&path, accounts.len())?;
        for source in &mut known {
            if asked(source.selection) {
                source.add(&accounts, &listed, &file.tag);
            }
        }
    }
    Ok(known.into_iter().map(Known::finish).collect())
}

/// The members of a snapshot, listing by listing.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) texts: Texts,
    pub(crate) rows: Vec<ListedRow>,
}

/// A listing, as numbers of texts.
#[derive(Clone, Debug)]
pub(crate) struct ListedRow {
    pub(crate) account: u32,
    pub(crate) cache: u32,
    pub(crate) kind: specplan_catalog::SourceKind,
    pub(crate) source: u32,
    pub(crate) size: u32,
    pub(crate) stacks: String,
    pub(crate) available: [Option<bool>; Look::COUNT],
}

impl Listed {
    /// Reads a file of members, of a catalog with so many accounts.
    pub(crate) fn read(path: &Path, accounts: usize) -> Result<Self, TableFault> {
        let mut listed = Self::default();
        let mut rows: Vec<Option<ListedRow>> = Vec::new();
        files::read(path, |batch| listed.take(batch, accounts, &mut rows))?;
        let whole: Option<Vec<ListedRow>> = rows.into_iter().collect();
        listed.rows =
            whole.ok_or_else(|| TableFault::damaged(path, "a number of a listing is missing"))?;
        Ok(listed)
    }

    fn take(
        &mut self,
        batch: &RecordBatch,
        accounts: usize,
        rows: &mut Vec<Option<ListedRow>>,
    ) -> Result<(), String> {
        let specs = find(batch, "spec")?.numbers()?;
        let numbers = find(batch, "listing")?.numbers()?;
        let stacks = find(batch, "stack")?.texts()?;
        let [cache, kind, source, size] =
            ["cache", "kind", "source", "size"].map(|name| find(batch, name)?.texts());
        let (cache, kind, source, size) = (cache?, kind?, source?, size?);
        let looks = Look::ALL.map(|look| find(batch, look.column())?.flags());
        for row in 0..batch.num_rows() {
            let number = numbers.value(row) as usize;
            // Listings are numbered without gaps, and stand by stack.
            if number >= rows.len() {
                if number >= MOST_LISTINGS {
                    return Err(format!("{number} is not a number of a listing"));
                }
                rows.resize(number + 1, None);
            }
            if let Some(known) = &mut rows[number] {
                known.stacks.push('\n');
                known.stacks.push_str(text(stacks, row));
                continue;
            }
            let account = specs.value(row);
            if account as usize >= accounts {
                return Err(format!("there is no spec {account}"));
            }
            let mut available = [None; Look::COUNT];
            for (to, look) in available.iter_mut().zip(&looks) {
                let look = look.as_ref().map_err(Clone::clone)?;
                *to = look.is_valid(row).then(|| look.value(row));
            }
            rows[number] = Some(ListedRow {
                account,
                cache: self.texts.intern(text(cache, row)),
                kind: kind_of(text(kind, row))?,
                source: self.texts.intern(text(source, row)),
                size: self.texts.intern(text(size, row)),
                stacks: text(stacks, row).to_owned(),
                available,
            });
        }
        Ok(())
    }
}

/// More listings than any catalog has: a damaged number must not take the memory.
const MOST_LISTINGS: usize = 1 << 30;

/// The rows of a source that are known so far.
struct Known<'s> {
    selection: &'s Selection,
    builders: [Option<Builder>; Look::COUNT],
}

impl<'s> Known<'s> {
    fn new(selection: &'s Selection) -> Self {
        let has = |look| look == Look::Core || selection.looks.contains(&look);
        Self {
            selection,
            builders: Look::ALL.map(|look| has(look).then(Builder::default)),
        }
    }

    fn add(&mut self, accounts: &Accounts, listed: &Listed, tag: &str) {
        for row in &listed.rows {
            if listed.texts.get(row.cache) != self.selection.cache {
                continue;
            }
            for (look, builder) in self.builders.iter_mut().enumerate() {
                if let (Some(builder), Some(available)) = (builder, row.available[look]) {
                    builder.add(accounts, listed, row, tag, available);
                }
            }
        }
    }

    fn finish(self) -> Loaded {
        self.builders
            .map(|builder| builder.map(|builder| builder.rows.finish()))
    }
}

/// A catalog in the making.
#[derive(Default)]
struct Builder {
    rows: CatalogBuilder,
    /// By position in the content and number of the text, its number in the catalog.
    content: [Vec<Option<u32>>; CONTENT.len()],
    edge_names: Vec<Option<u32>>,
    virtuals: Vec<Option<u32>>,
}

impl Builder {
    fn add(
        &mut self,
        accounts: &Accounts,
        listed: &Listed,
        row: &ListedRow,
        tag: &str,
        available: bool,
    ) {
        let account = row.account as usize;
        let mut ids = [0; Column::COUNT];
        for (position, column) in CONTENT.into_iter().enumerate() {
            let id = accounts.ids[position][account];
            let known = &mut self.content[position];
            known.resize(known.len().max(accounts.texts[position].len()), None);
            let rows = &mut self.rows;
            ids[column as usize] = *known[id as usize]
                .get_or_insert_with(|| rows.intern(column, accounts.texts[position].get(id)));
        }
        for (column, text) in [
            (Column::Tag, tag),
            (Column::Source, listed.texts.get(row.source)),
            (Column::Size, listed.texts.get(row.size)),
            (Column::Cache, listed.texts.get(row.cache)),
            (Column::Stacks, &row.stacks),
        ] {
            ids[column as usize] = self.rows.intern(column, text);
        }
        let built = Row::new(accounts.hashes[account], row.kind, available, ids);
        if !accounts.tells_edges[account] {
            self.rows.push(built);
            return;
        }
        let edges = accounts.edges_of(row.account).iter();
        let edges: Vec<Edge> = edges.map(|edge| self.edge(accounts, *edge)).collect();
        self.rows.push_with_edges(built, &edges);
    }

    fn edge(&mut self, accounts: &Accounts, edge: StoredEdge) -> Edge {
        let rows = &mut self.rows;
        let mut number = |known: &mut Vec<Option<u32>>, texts: &Texts, column, id: u32| {
            known.resize(known.len().max(texts.len()), None);
            *known[id as usize].get_or_insert_with(|| rows.intern_edge(column, texts.get(id)))
        };
        Edge {
            name: number(
                &mut self.edge_names,
                &accounts.edge_names,
                EdgeColumn::Name,
                edge.name,
            ),
            child: accounts.hashes[edge.child as usize],
            types: EdgeTypes::from_bits(edge.types),
            virtuals: number(
                &mut self.virtuals,
                &accounts.virtuals,
                EdgeColumn::Virtuals,
                edge.virtuals,
            ),
        }
    }
}

/// Where the tables of specs and edges lie in a saved catalog.
pub(crate) fn table_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.parquet"))
}

/// Reads all accounts of a saved catalog.
pub(crate) fn read_accounts(folder: &Path) -> Result<Accounts, TableFault> {
    let mut accounts = Accounts::new();
    files::read(&table_file(folder, "specs"), |batch| {
        take_specs(&mut accounts, batch)
    })?;
    let path = table_file(folder, "edges");
    let mut parent = 0;
    files::read(&path, |batch| take_edges(&mut accounts, &mut parent, batch))?;
    let end = accounts.edges.len() as u32;
    accounts.edge_starts.resize(accounts.len() + 1, end);
    Ok(accounts)
}

/// The columns of plain texts, with their position in the content.
const PLAIN: [(&str, usize); 8] = [
    ("name", 0),
    ("version", 1),
    ("platform", 2),
    ("os", 3),
    ("target", 4),
    ("namespace", 9),
    ("package_hash", 10),
    ("path", 11),
];

/// The columns of lists, with their position in the content and what separates their parts.
const LISTS: [(&str, usize, char); 5] = [
    ("variants", 6, '\n'),
    ("patches", 7, ','),
    ("flags", 8, '\n'),
    ("annotations", 12, '\n'),
    ("provides", 13, '\n'),
];

/// The position of the compiler in the content.
const COMPILER: usize = 5;

fn take_specs(accounts: &mut Accounts, batch: &RecordBatch) -> Result<(), String> {
    let first = accounts.len() as u32;
    let rows = batch.num_rows();
    let hashes = find(batch, "hash")?.texts()?;
    let counts = find(batch, "counts_as")?.numbers()?;
    let tells = find(batch, "tells_edges")?.flags()?;
    for row in 0..rows {
        let hash = DagHash::parse(text(hashes, row)).map_err(|error| error.to_string())?;
        accounts.hashes.push(hash);
        accounts.tells_edges.push(tells.value(row));
        let number = first + row as u32;
        if counts.value(row) != number {
            accounts.counts.insert(hash, counts.value(row));
        }
    }
    let mut put = |position: usize, text: &str| {
        let id = accounts.texts[position].intern(text);
        accounts.ids[position].push(id);
    };
    for (name, position) in PLAIN {
        let texts = find(batch, name)?.texts()?;
        (0..rows).for_each(|row| put(position, text(texts, row)));
    }
    let mut joined = String::new();
    for (name, position, separator) in LISTS {
        let lists = find(batch, name)?.lists()?;
        for row in 0..rows {
            lists.join(row, separator, &mut joined);
            put(position, &joined);
        }
    }
    let names = find(batch, "compiler")?.texts()?;
    let versions = find(batch, "compiler_version")?.texts()?;
    for row in 0..rows {
        put(COMPILER, compiler(names, versions, row, &mut joined));
    }
    Ok(())
}

/// The compiler of a row as one text.
fn compiler<'t>(
    names: &'t StringArray,
    versions: &StringArray,
    row: usize,
    joined: &'t mut String,
) -> &'t str {
    if versions.is_null(row) {
        return text(names, row);
    }
    joined.clear();
    joined.push_str(text(names, row));
    joined.push('@');
    joined.push_str(versions.value(row));
    joined
}

fn take_edges(
    accounts: &mut Accounts,
    parent: &mut usize,
    batch: &RecordBatch,
) -> Result<(), String> {
    let parents = find(batch, "parent")?.numbers()?;
    let children = find(batch, "child")?.numbers()?;
    let types = find(batch, "types")?.bytes()?;
    let names = find(batch, "name")?.texts()?;
    let virtuals = find(batch, "virtuals")?.lists()?;
    let mut joined = String::new();
    for row in 0..batch.num_rows() {
        let (of, child) = (parents.value(row) as usize, children.value(row));
        if of < *parent || of >= accounts.len() || child as usize >= accounts.len() {
            return Err(format!("there is no edge of {of} to {child} here"));
        }
        // The edges of those in between are none.
        let end = accounts.edges.len() as u32;
        accounts.edge_starts.resize(of + 1, end);
        *parent = of;
        virtuals.join(row, ',', &mut joined);
        let stored = StoredEdge {
            child,
            types: types.value(row),
            name: accounts.edge_names.intern(text(names, row)),
            virtuals: accounts.virtuals.intern(&joined),
        };
        accounts.edges.push(stored);
    }
    Ok(())
}
