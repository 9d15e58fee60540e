//! From a saved catalog to catalogs.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use rayon::prelude::*;
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, Edge, EdgeColumn, EdgeTypes, Row,
};

use crate::Look;
use crate::accounts::{Accounts, CONTENT, StoredEdge};
use crate::fault::TableFault;
use crate::file_reader::{TableFile, TextColumn};
use crate::listings::kind_of;
use crate::texts::Texts;

/// The file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFile {
    /// The snapshot; empty for what belongs to none.
    pub tag: String,
    /// Its file, from the folder of the catalog on.
    pub path: String,
}

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

/// How many specs, and how many edges or members, a table of any size may have: some 200 MB in
/// memory.
const SMALL_TABLE: usize = 500_000;
const SMALL_LISTS: usize = 2_500_000;

/// The fewest bytes that a spec of a large table takes in its file: its hash alone takes 20.
const LEAST_SPEC_BYTES: usize = 4;

/// The most edges and listings that a spec of a large catalog has on average.
const EDGES_A_SPEC: usize = 100;
const LISTINGS_A_SPEC: usize = 64;

/// The members of a snapshot, listing by listing.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) texts: Texts,
    pub(crate) rows: Vec<ListedRow>,
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
    pub(crate) fn read(path: &Path, accounts: usize) -> Result<Self, TableFault> {
        let most = SMALL_LISTS + LISTINGS_A_SPEC.saturating_mul(accounts);
        let file = TableFile::open(path)?.with_at_most(most)?;
        let members = Members::read(&file)?;
        let mut texts = Texts::default();
        let mut intern = |column: &TextColumn| column.each_once(|text| texts.intern(text));
        let [cache, source, size] =
            [&members.cache, &members.source, &members.size].map(&mut intern);
        let stacks = intern(&members.stack);
        let kinds = members.kind.each_once(kind_of);
        let mut joined: HashMap<(u32, u32), u32> = HashMap::new();
        let mut rows: Vec<Option<ListedRow>> = Vec::with_capacity(file.rows());
        for row in 0..file.rows() {
            // Listings are numbered without gaps, and stand by stack.
            let number = members.listing[row] as usize;
            if number >= file.rows() {
                return Err(file.damaged(format!("{number} is not a number of a listing")));
            }
            if number >= rows.len() {
                rows.resize(number + 1, None);
            }
            let stack = *members.stack.of(&stacks, row);
            if let Some(known) = &mut rows[number] {
                let parts = (known.stacks, stack);
                known.stacks = *joined.entry(parts).or_insert_with(|| {
                    let both = [texts.get(parts.0), texts.get(parts.1)].join("\n");
                    texts.intern(&both)
                });
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
                stacks: stack,
                available: std::array::from_fn(|look| members.available[look][row]),
            });
        }
        let whole: Option<Vec<ListedRow>> = rows.into_iter().collect();
        let rows = whole.ok_or_else(|| file.damaged("a number of a listing is missing"))?;
        Ok(Self { texts, rows })
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
    fn read(file: &TableFile) -> Result<Self, TableFault> {
        let (available, [stack, cache, kind, source, size]) = rayon::join(
            || Look::ALL.map(|look| file.flags(look.column())),
            || ["stack", "cache", "kind", "source", "size"].map(|name| file.texts(name)),
        );
        let [core, least, fetched, installed] = available;
        Ok(Self {
            spec: file.numbers("spec")?,
            listing: file.numbers("listing")?,
            stack: stack?.or_empty(),
            cache: cache?.or_empty(),
            kind: kind?.or_empty(),
            source: source?.or_empty(),
            size: size?.or_empty(),
            available: [core?, least?, fetched?, installed?],
        })
    }
}

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
        let Some(cache) = listed.texts.find(&self.selection.cache) else {
            return;
        };
        for (look, builder) in self.builders.iter_mut().enumerate() {
            let Some(builder) = builder else { continue };
            builder.begin(listed, tag);
            for row in listed.rows.iter().filter(|row| row.cache == cache) {
                if let Some(available) = row.available[look] {
                    builder.add(accounts, listed, row, available);
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
    /// The number of the snapshot that is added.
    tag: u32,
    /// By column and number of the text among those of the snapshot, its number in the catalog.
    listing: [Vec<Option<u32>>; LISTING.len()],
    edge_names: Vec<Option<u32>>,
    virtuals: Vec<Option<u32>>,
}

/// The columns that differ by listing.
const LISTING: [Column; 4] = [Column::Source, Column::Size, Column::Cache, Column::Stacks];

impl Builder {
    /// Begins with the listings of a snapshot.
    fn begin(&mut self, listed: &Listed, tag: &str) {
        self.tag = self.rows.intern(Column::Tag, tag);
        self.listing = LISTING.map(|_| vec![None; listed.texts.len()]);
    }

    fn add(&mut self, accounts: &Accounts, listed: &Listed, row: &ListedRow, available: bool) {
        let account = row.account as usize;
        let mut ids = [0; Column::COUNT];
        ids[Column::Tag as usize] = self.tag;
        for (position, column) in CONTENT.into_iter().enumerate() {
            let id = accounts.ids[position][account];
            let known = &mut self.content[position];
            if known.is_empty() {
                *known = vec![None; accounts.texts[position].len()];
            }
            let rows = &mut self.rows;
            ids[column as usize] = *known[id as usize]
                .get_or_insert_with(|| rows.intern(column, accounts.texts[position].get(id)));
        }
        let numbers = [row.source, row.size, row.cache, row.stacks];
        for ((column, known), number) in LISTING.into_iter().zip(&mut self.listing).zip(numbers) {
            let rows = &mut self.rows;
            ids[column as usize] = *known[number as usize]
                .get_or_insert_with(|| rows.intern(column, listed.texts.get(number)));
        }
        let built = Row::new(accounts.hashes[account], row.kind, available, ids);
        if !accounts.records_edges[account] {
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
            if known.is_empty() {
                *known = vec![None; texts.len()];
            }
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

/// Reads all accounts of a saved catalog, several columns at once.
pub(crate) fn read_accounts(folder: &Path) -> Result<Accounts, TableFault> {
    let mut accounts = Accounts::new();
    let specs = TableFile::open(&table_file(folder, "specs"))?;
    let most = SMALL_TABLE + specs.length()? / LEAST_SPEC_BYTES;
    read_specs(&mut accounts, &specs.with_at_most(most)?)?;
    let edges = TableFile::open(&table_file(folder, "edges"))?;
    let most = SMALL_LISTS + EDGES_A_SPEC.saturating_mul(accounts.len());
    read_edges(&mut accounts, &edges.with_at_most(most)?)?;
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

fn read_specs(accounts: &mut Accounts, file: &TableFile) -> Result<(), TableFault> {
    let (hashes, content) = rayon::join(|| read_hashes(file), || read_content(file));
    accounts.hashes = hashes?;
    for (position, column) in content? {
        accounts.texts[position] = column.texts;
        accounts.ids[position] = column.ids;
    }
    let counts = (0_u32..).zip(file.numbers("counts_as")?);
    for (number, counts) in counts.filter(|(number, counts)| counts != number) {
        let hash = accounts.hashes[number as usize];
        accounts.counts.insert(hash, counts);
    }
    for records in file.flags("records_edges")? {
        let records = records.ok_or_else(|| file.damaged("a flag is missing"))?;
        accounts.records_edges.push(records);
    }
    Ok(())
}

fn read_hashes(file: &TableFile) -> Result<Vec<DagHash>, TableFault> {
    let mut hashes = Vec::new();
    file.each_text("hash", |text| {
        hashes.push(DagHash::parse(text).map_err(|error| error.to_string())?);
        Ok(())
    })?;
    Ok(hashes)
}

/// What specs are, each column with its position in the content.
fn read_content(file: &TableFile) -> Result<Vec<(usize, TextColumn)>, TableFault> {
    let plain = PLAIN.into_par_iter().map(|(name, position)| {
        let column = file.texts(name)?;
        Ok((position, column.or_empty()))
    });
    let lists = LISTS.into_par_iter().map(|(name, position, separator)| {
        let column = file.joined_lists(name, separator)?;
        Ok((position, column))
    });
    let compiler = rayon::iter::once(()).map(|()| Ok((COMPILER, read_compilers(file)?)));
    lists.chain(plain).chain(compiler).collect()
}

/// The compilers, each as one text.
fn read_compilers(file: &TableFile) -> Result<TextColumn, TableFault> {
    let names = file.texts("compiler")?;
    let versions = file.texts("compiler_version")?;
    let mut by_parts: HashMap<(u32, u32), u32> = HashMap::new();
    let mut compilers = TextColumn::default();
    for row in 0..file.rows() {
        let parts = (names.ids[row], versions.ids[row]);
        let known = by_parts.entry(parts).or_insert_with(|| {
            let mut text = names.get(row).unwrap_or_default().to_owned();
            if let Some(version) = versions.get(row) {
                text.push('@');
                text.push_str(version);
            }
            compilers.texts.intern(&text)
        });
        compilers.ids.push(*known);
    }
    Ok(compilers)
}

fn read_edges(accounts: &mut Accounts, file: &TableFile) -> Result<(), TableFault> {
    let ((parents, children), ((names, virtuals), types)) = rayon::join(
        || (file.numbers("parent"), file.numbers("child")),
        || {
            let texts = rayon::join(|| file.texts("name"), || file.joined_lists("virtuals", ','));
            (texts, file.bytes("types"))
        },
    );
    let (parents, children, types) = (parents?, children?, types?);
    let (names, virtuals) = (names?.or_empty(), virtuals?);
    let mut parent = 0;
    accounts.edges.reserve(parents.len());
    for (row, (&of, &child)) in parents.iter().zip(&children).enumerate() {
        if (of as usize) < parent || of.max(child) as usize >= accounts.len() {
            return Err(file.damaged(format!("there is no edge of {of} to {child} here")));
        }
        parent = of as usize;
        // The edges of those in between are none.
        let end = accounts.edges.len() as u32;
        accounts.edge_starts.resize(parent + 1, end);
        accounts.edges.push(StoredEdge {
            child,
            types: types[row],
            name: names.ids[row],
            virtuals: virtuals.ids[row],
        });
    }
    let end = accounts.edges.len() as u32;
    accounts.edge_starts.resize(accounts.len() + 1, end);
    accounts.edge_names = names.texts;
    accounts.virtuals = virtuals.texts;
    Ok(())
}
