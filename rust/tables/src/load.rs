//! From a saved catalog to catalogs.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use rayon::prelude::*;
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, EdgeColumn, EdgeTypes, RecordedEdge, Row,
};

use crate::Look;
use crate::accounts::{Accounts, CONTENT, StoredEdge};
use crate::allowance::Allowance;
use crate::fault::TableFault;
use crate::file_reader::TableFile;
use crate::listed::{Listed, ListedRow};
use crate::meaning::Meaning;
use crate::text_column::TextColumn;
use crate::texts::{Texts, memory};

/// The file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFile {
    /// The snapshot; empty for what belongs to none.
    pub tag: String,
    /// Its file, from the folder of the catalog on.
    pub path: String,
}

/// The parts of a saved catalog that are read for one source.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The source, as it was given.
    pub cache: String,
    /// The snapshots that are read.
    pub tags: Vec<String>,
    /// The looks that differ from the first.
    pub looks: Vec<Look>,
}

/// The part of the specs of a saved catalog that is read.
#[derive(Clone, Copy, Debug)]
pub enum Extent<'p> {
    /// All specs with their dependencies.
    Whole,
    /// All specs without their dependencies, whose file is not opened.
    Specs,
    /// The specs of some packages, without their dependencies.
    ///
    /// Groups of rows without a spec of these packages are not opened. Everything is read if one
    /// of the names is that of a virtual package too.
    Packages(&'p [String]),
}

/// A source in each requested look, and `None` for the others.
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
    extent: Extent<'_>,
) -> Result<Vec<Loaded>, TableFault> {
    let is_asked = |each: &Selection, file: &MemberFile| each.tags.contains(&file.tag);
    let members = members.iter();
    let members: Vec<&MemberFile> = members
        .filter(|file| selections.iter().any(|each| is_asked(each, file)))
        .collect();
    let fresh = || allowance(folder, members.iter().map(|file| &*file.path));
    let mut allowance = fresh();
    let mut is_needed = None;
    let accounts = match extent {
        Extent::Whole => read_accounts(folder, &allowance)?,
        Extent::Specs => read_accounts_alone(folder, &allowance)?,
        Extent::Packages(packages) => {
            if let Some((accounts, needed)) = read_accounts_of(folder, packages, &allowance)? {
                is_needed = Some(needed);
                accounts
            } else {
                // What was read to find that out counts no more.
                allowance = fresh();
                read_accounts(folder, &allowance)?
            }
        }
    };
    let mut known: Vec<Known<'_>> = selections.iter().map(Known::new).collect();
    for file in members {
        let path = folder.join(&file.path);
        let mut listed = Listed::read(&path, accounts.len(), &allowance)?;
        if let Some(is_needed) = &is_needed {
            listed.rows.retain(|row| is_needed[row.account as usize]);
        }
        for source in &mut known {
            if is_asked(source.selection, file) {
                let added = source.add(&accounts, &listed, &file.tag, &allowance);
                added.map_err(|fault| TableFault::damaged(&path, fault))?;
            }
        }
        listed.end(&allowance);
    }
    Ok(known.into_iter().map(Known::finish).collect())
}

/// The memory of a row of each table until the catalog is complete, without its texts.
const SPEC: usize = 160;
const EDGE: usize = 64;

/// The memory of a listing in the catalog of its source, of the dependencies of an account there,
/// and of each of these in each listing.
const LISTING_ROW: usize = 416;
const SOURCE_EDGES: usize = 24;
const SOURCE_EDGE: usize = 110;
const DEPENDENCY: usize = 16;

/// The memory of the number of a text in lookups.
const NUMBER: usize = 8;

/// The memory that these files of a saved catalog may take. A missing file is reported when it is
/// opened.
pub(crate) fn allowance<'p>(folder: &Path, members: impl Iterator<Item = &'p str>) -> Allowance {
    let tables = TABLES.map(|name| table_file(folder, name)).into_iter();
    let files = tables.chain(members.map(|file| folder.join(file)));
    let known = files.filter_map(|path| std::fs::metadata(path).ok());
    let bytes = known.fold(0, |bytes: u64, file| bytes.saturating_add(file.len()));
    Allowance::of(usize::try_from(bytes).unwrap_or(usize::MAX))
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

    fn add(
        &mut self,
        accounts: &Accounts,
        listed: &Listed,
        tag: &str,
        allowance: &Allowance,
    ) -> Result<(), String> {
        let Some(cache) = listed.texts.find(&self.selection.cache) else {
            return Ok(());
        };
        let looks = self.builders.iter_mut().enumerate();
        for (look, builder) in looks.filter_map(|(look, each)| Some((look, each.as_mut()?))) {
            let rows = || {
                let of_cache = listed.rows.iter().filter(|row| row.cache == cache);
                of_cache.filter_map(|row| Some((row, row.available[look]?)))
            };
            let edges = |(row, _): (&ListedRow, bool)| accounts.edges_of(row.account).len();
            allowance.take(rows().count(), LISTING_ROW)?;
            if !accounts.edges.is_empty() {
                allowance.take(rows().map(edges).sum(), DEPENDENCY)?;
            }
            let numbers = LISTING.len() * NUMBER;
            allowance.take(listed.texts.len(), numbers)?;
            builder.begin(listed, tag);
            for (row, available) in rows() {
                builder.add(accounts, listed, row, available, allowance)?;
            }
            builder.listing = Default::default();
            allowance.give_back(listed.texts.len(), numbers);
        }
        Ok(())
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
    /// By account, the first row that has its dependencies.
    first_with_edges: HashMap<u32, usize>,
}

/// The columns that differ by listing.
const LISTING: [Column; 4] = [Column::Source, Column::Size, Column::Cache, Column::Stacks];

impl Builder {
    /// Starts the listings of a snapshot.
    fn begin(&mut self, listed: &Listed, tag: &str) {
        self.tag = self.rows.intern(Column::Tag, tag);
        self.listing = LISTING.map(|_| vec![None; listed.texts.len()]);
    }

    fn add(
        &mut self,
        accounts: &Accounts,
        listed: &Listed,
        row: &ListedRow,
        available: bool,
        allowance: &Allowance,
    ) -> Result<(), String> {
        let account = row.account as usize;
        let mut ids = [0; Column::COUNT];
        ids[Column::Tag as usize] = self.tag;
        for (position, column) in CONTENT.into_iter().enumerate() {
            let id = accounts.ids[position][account];
            let known = &mut self.content[position];
            if known.is_empty() {
                let texts = accounts.texts[position].len();
                allowance.take(texts, NUMBER)?;
                *known = vec![None; texts];
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
            return Ok(());
        }
        if let Some(&earlier) = self.first_with_edges.get(&row.account) {
            self.rows.push_with_edges_of(built, earlier);
            return Ok(());
        }
        let edges = accounts.edges_of(row.account);
        allowance.take(1, SOURCE_EDGES + edges.len() * SOURCE_EDGE)?;
        let edges: Vec<RecordedEdge> = edges
            .iter()
            .map(|edge| self.edge(accounts, *edge))
            .collect();
        self.first_with_edges.insert(row.account, self.rows.len());
        self.rows.push_with_edges(built, &edges);
        Ok(())
    }

    fn edge(&mut self, accounts: &Accounts, edge: StoredEdge) -> RecordedEdge {
        let rows = &mut self.rows;
        let mut number = |known: &mut Vec<Option<u32>>, texts: &Texts, column, id: u32| {
            if known.is_empty() {
                *known = vec![None; texts.len()];
            }
            *known[id as usize].get_or_insert_with(|| rows.intern_edge(column, texts.get(id)))
        };
        RecordedEdge {
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

/// The paths of the tables of specs and edges in a saved catalog.
pub(crate) fn table_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.parquet"))
}

/// The tables that all snapshots share.
const TABLES: [&str; 2] = ["specs", "edges"];

/// Reads all accounts of a saved catalog, several columns at once.
pub(crate) fn read_accounts(folder: &Path, allowance: &Allowance) -> Result<Accounts, TableFault> {
    let mut accounts = Accounts::new();
    let [specs, edges] = TABLES.map(|name| table_file(folder, name));
    read_specs(
        &mut accounts,
        &TableFile::open(&specs, allowance, SPEC)?,
        None,
    )?;
    read_edges(&mut accounts, &TableFile::open(&edges, allowance, EDGE)?)?;
    Ok(accounts)
}

/// Reads all accounts of a saved catalog without their dependencies.
fn read_accounts_alone(folder: &Path, allowance: &Allowance) -> Result<Accounts, TableFault> {
    let mut accounts = Accounts::new();
    let specs = table_file(folder, TABLES[0]);
    read_specs(
        &mut accounts,
        &TableFile::open(&specs, allowance, SPEC)?,
        None,
    )?;
    accounts.forget_edges();
    Ok(accounts)
}

/// Accounts of a saved catalog, and by account whether it is needed.
type SomeAccounts = (Accounts, Vec<bool>);

/// Reads the accounts of some packages, without their dependencies; `None` if a question about
/// these packages may need other accounts too.
fn read_accounts_of(
    folder: &Path,
    packages: &[String],
    allowance: &Allowance,
) -> Result<Option<SomeAccounts>, TableFault> {
    let [specs, edges] = TABLES.map(|name| table_file(folder, name));
    let mut specs = TableFile::open(&specs, allowance, SPEC)?;
    let edges = TableFile::open(&edges, allowance, EDGE)?;
    if are_virtual(packages, &specs, &edges)? {
        return Ok(None);
    }
    let names = specs.texts("name")?.or_empty();
    let is_name = names.each_once(|name| packages.iter().any(|package| package == name));
    let rows = 0..names.ids.len();
    let is_needed: Vec<bool> = rows.map(|row| *names.of(&is_name, row)).collect();
    drop(names);
    specs.leave_out_but(&is_needed);
    let mut accounts = Accounts::new();
    read_specs(&mut accounts, &specs, Some(&is_needed))?;
    let mut counts = accounts.counts.values();
    if counts.any(|&number| !is_needed[number as usize]) {
        return Ok(None);
    }
    accounts.forget_edges();
    Ok(Some((accounts, is_needed)))
}

/// Whether some spec provides one of these names as a virtual package, or is needed as such.
fn are_virtual(
    names: &[String],
    specs: &TableFile<'_>,
    edges: &TableFile<'_>,
) -> Result<bool, TableFault> {
    let is_part = |part: &str| {
        let end = part.find(|letter: char| !(letter.is_alphanumeric() || "-_.".contains(letter)));
        names
            .iter()
            .any(|name| name == &part[..end.unwrap_or(part.len())])
    };
    let is_in = |column: &TextColumn, separator: char| {
        column
            .each_once(|text| text.split(separator).any(is_part))
            .contains(&true)
    };
    Ok(is_in(&specs.joined_lists("provides", '\n')?, '\n')
        || is_in(&edges.joined_lists("virtuals", ',')?, ','))
}

/// The columns of plain texts, with their position in the content.
const PLAIN: [(&str, usize, Meaning); 8] = [
    ("name", 0, Meaning::TEXT),
    ("version", 1, Meaning::VERSION),
    ("platform", 2, Meaning::TEXT),
    ("os", 3, Meaning::TEXT),
    ("target", 4, Meaning::TEXT),
    ("namespace", 9, Meaning::TEXT),
    ("package_hash", 10, Meaning::TEXT),
    ("path", 11, Meaning::TEXT),
];

/// The columns of lists, with their position in the content.
const LISTS: [(&str, usize, Meaning); 5] = [
    ("variants", 6, Meaning::list('\n', 180)),
    ("patches", 7, Meaning::list(',', 0)),
    ("flags", 8, Meaning::list('\n', 0)),
    ("annotations", 12, Meaning::list('\n', 0)),
    ("provides", 13, Meaning::list('\n', 440)),
];

/// The virtual packages of edges.
const VIRTUALS: Meaning = Meaning::list(',', 80);

/// The position of the compiler in the content.
const COMPILER: usize = 5;

/// Reads what specs are; of those that are not needed, if such are named, nothing.
fn read_specs(
    accounts: &mut Accounts,
    file: &TableFile<'_>,
    is_needed: Option<&[bool]>,
) -> Result<(), TableFault> {
    let (hashes, content) = rayon::join(|| read_hashes(file), || read_content(file));
    accounts.hashes = hashes?;
    for (position, column) in content? {
        accounts.texts[position] = column.texts;
        accounts.ids[position] = column.ids;
    }
    let counts = (0_u32..).zip(file.numbers("counts_as")?);
    let is_needed =
        |number: u32| is_needed.is_none_or(|needed| needed.get(number as usize) != Some(&false));
    let counts = counts.filter(|&(number, counts)| counts != number && is_needed(number));
    for (number, counts) in counts {
        let hashes = &accounts.hashes;
        let hash = hashes[number as usize];
        // Another row describes the same hash.
        if hashes.get(counts as usize) != Some(&hash) && is_needed(counts) {
            return Err(file.damaged(format!(
                "column `counts_as`, row {number}: {counts} is not a row of the same hash"
            )));
        }
        accounts.counts.insert(hash, counts);
    }
    for records in file.flags("records_edges")? {
        let records = records.ok_or_else(|| file.damaged("a flag is missing"))?;
        accounts.records_edges.push(records);
    }
    Ok(())
}

/// What stands for the hash of a row that is left out.
const NO_HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn read_hashes(file: &TableFile<'_>) -> Result<Vec<DagHash>, TableFault> {
    let mut hashes = Vec::with_capacity(file.rows());
    file.each_text("hash", |text| {
        let hash = DagHash::parse(text.unwrap_or(NO_HASH)).map_err(|error| error.to_string());
        hashes.push(hash?);
        Ok(())
    })?;
    Ok(hashes)
}

/// The content of specs, each column with its position in the content.
fn read_content(file: &TableFile<'_>) -> Result<Vec<(usize, TextColumn)>, TableFault> {
    let plain = PLAIN.into_par_iter().map(|(name, position, meaning)| {
        let column = file.texts(name)?.or_empty();
        meaning.take(file, name, &column)?;
        Ok((position, column))
    });
    let lists = LISTS.into_par_iter().map(|(name, position, meaning)| {
        let column = file.joined_lists(name, meaning.separator.unwrap_or_default())?;
        meaning.take(file, name, &column)?;
        Ok((position, column))
    });
    let compiler = rayon::iter::once(()).map(|()| Ok((COMPILER, read_compilers(file)?)));
    lists.chain(plain).chain(compiler).collect()
}

/// The compilers, each as one text.
fn read_compilers(file: &TableFile<'_>) -> Result<TextColumn, TableFault> {
    let names = file.texts("compiler")?;
    let versions = file.texts("compiler_version")?;
    let mut by_parts: HashMap<(u32, u32), u32> = HashMap::new();
    let mut compilers = TextColumn::default();
    for row in 0..file.rows() {
        let parts = (names.ids[row], versions.ids[row]);
        if let Some(&known) = by_parts.get(&parts) {
            compilers.ids.push(known);
            continue;
        }
        let (name, version) = (names.get(row).unwrap_or_default(), versions.get(row));
        let text = version.map_or_else(
            || Cow::from(name),
            |version| format!("{name}@{version}").into(),
        );
        let fits = file.allowance().take(1, memory(text.len()));
        fits.map_err(|fault| {
            file.damaged(format!("column `compiler_version`, row {row}: {fault}"))
        })?;
        let number = compilers.texts.intern(&text);
        by_parts.insert(parts, number);
        compilers.ids.push(number);
    }
    Meaning::VERSION.take(file, "compiler_version", &compilers)?;
    Ok(compilers)
}

fn read_edges(accounts: &mut Accounts, file: &TableFile<'_>) -> Result<(), TableFault> {
    let ((parents, children), ((names, virtuals), types)) = rayon::join(
        || (file.numbers("parent"), file.numbers("child")),
        || {
            let texts = rayon::join(|| file.texts("name"), || file.joined_lists("virtuals", ','));
            (texts, file.bytes("types"))
        },
    );
    let (parents, children, types) = (parents?, children?, types?);
    let (names, virtuals) = (names?.or_empty(), virtuals?);
    VIRTUALS.take(file, "virtuals", &virtuals)?;
    let mut parent = 0;
    accounts.edges.reserve(parents.len());
    for (row, (&of, &child)) in parents.iter().zip(&children).enumerate() {
        if (of as usize) < parent || of.max(child) as usize >= accounts.len() {
            return Err(file.damaged(format!("{of} has no edge to {child} here")));
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
