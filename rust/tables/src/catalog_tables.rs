//! The tables of a catalog: specs, edges, members.

use hashbrown::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use specplan_catalog::{Catalog, DagHash, Dependencies, Row};
use specplan_spack::version;

use crate::accounts::{Accounts, CONTENT, Mark, NewAccount};
use crate::columns;
use crate::file_writer::{GROUP, Shape};
use crate::listings::{Listing, kind_name, listings};
use crate::{Look, Looks, Table};

/// A catalog as tables.
#[derive(Clone, Debug)]
pub struct CatalogTables {
    /// One row for each account of a spec.
    pub specs: Table,
    /// The dependencies of each account.
    pub edges: Table,
    /// The listings of accounts, in all snapshots.
    pub members: Table,
}

/// Makes the tables of a catalog, as they would be saved.
///
/// O((r + e) log r) for r rows and e edges.
///
/// # Errors
///
/// If a column exceeds what an array can hold.
pub fn catalog_tables(catalog: &Catalog) -> Result<CatalogTables, ArrowError> {
    let looks: Looks<'_> = [Some(catalog), None, None, None];
    let mut accounts = Accounts::new();
    let marked = Marked::of(&looks);
    let numbers = accounts.extend(marked.distinct(&HashMap::new()));
    let listings = listings(&looks, |look, at| numbers[marked.mark(look, at)]);
    accounts.decide(&accounts.several(), listings.iter().copied());
    let (of_specs, specs) = specs(&accounts);
    let (of_edges, edges) = edges(&accounts);
    let of_members = members_schema(true);
    let members = members(&listings, Arc::clone(&of_members));
    Ok(CatalogTables {
        specs: Table::new(of_specs, specs.collect::<Result<_, _>>()?),
        edges: Table::new(of_edges, edges.collect::<Result<_, _>>()?),
        members: Table::new(of_members, members.collect::<Result<_, _>>()?),
    })
}

/// The content and the identity of each row of a source.
pub(crate) struct Marked<'c> {
    looks: Looks<'c>,
    marks: [Vec<Mark>; Look::COUNT],
}

impl<'c> Marked<'c> {
    pub(crate) fn of(looks: &Looks<'c>) -> Self {
        let marks = looks.map(|catalog| catalog.map_or_else(Vec::new, marks));
        Self {
            looks: *looks,
            marks,
        }
    }

    /// The mark of the row at a position of a look.
    pub(crate) fn mark(&self, look: usize, at: usize) -> &Mark {
        &self.marks[look][at]
    }

    /// Each account that is not known yet, once.
    pub(crate) fn distinct(&self, known: &HashMap<Mark, u32>) -> Vec<(Mark, NewAccount<'c>)> {
        let mut found: HashMap<Mark, NewAccount<'c>> = HashMap::new();
        for (catalog, marks) in self.looks.iter().zip(&self.marks) {
            let Some(catalog) = catalog else { continue };
            for (row, mark) in catalog.rows().iter().zip(marks) {
                if !known.contains_key(mark) {
                    found
                        .entry(*mark)
                        .or_insert_with(|| NewAccount::of(catalog, row));
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The mark of each row. Neighbours usually have the same content, which is not processed twice.
fn marks(catalog: &Catalog) -> Vec<Mark> {
    let rows = catalog.rows();
    let same = |a: &Row, b: &Row| {
        let edges = |row| catalog.dependencies_of(row).map(Dependencies::span);
        a.hash() == b.hash()
            && CONTENT.iter().all(|&column| a.id(column) == b.id(column))
            && edges(a) == edges(b)
    };
    let mut marks: Vec<Mark> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let before = at.checked_sub(1).filter(|&before| same(&rows[before], row));
        let mark = match before {
            Some(before) => marks[before],
            None => NewAccount::of(catalog, row).mark(),
        };
        marks.push(mark);
    }
    marks
}

/// Batches of a table, made one by one.
pub(crate) type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + 'a>;

pub(crate) const SPECS_SHAPES: [Shape; 4] = [
    Shape::Ascending("spec"),
    Shape::Ascending("counts_as"),
    Shape::Distinct("hash"),
    Shape::Distinct("package_hash"),
];

pub(crate) const EDGES_SHAPES: [Shape; 2] = [Shape::Ascending("parent"), Shape::Ascending("child")];

pub(crate) const MEMBERS_SHAPES: [Shape; 2] =
    [Shape::Ascending("spec"), Shape::Ascending("listing")];

/// The position of a column of accounts among [`CONTENT`].
mod at {
    pub(super) const NAME: usize = 0;
    pub(super) const VERSION: usize = 1;
    pub(super) const PLATFORM: usize = 2;
    pub(super) const OS: usize = 3;
    pub(super) const TARGET: usize = 4;
    pub(super) const COMPILER: usize = 5;
    pub(super) const VARIANTS: usize = 6;
    pub(super) const PATCHES: usize = 7;
    pub(super) const FLAGS: usize = 8;
    pub(super) const NAMESPACE: usize = 9;
    pub(super) const PACKAGE_HASH: usize = 10;
    pub(super) const PATH: usize = 11;
    pub(super) const ANNOTATIONS: usize = 12;
    pub(super) const PROVIDES: usize = 13;
}

/// The name and the version of a compiler; either may be empty.
fn compiler(text: &str) -> (&str, Option<&str>) {
    match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    }
}

/// The table of specs.
pub(crate) fn specs(accounts: &Accounts) -> (SchemaRef, Batches<'_>) {
    let utf8 = || DataType::Utf8;
    let list = columns::list_type;
    let schema = columns::schema(&[
        ("spec", DataType::UInt32, false),
        ("hash", utf8(), false),
        ("counts_as", DataType::UInt32, false),
        ("name", utf8(), true),
        ("version", utf8(), true),
        ("version_rank", DataType::UInt32, false),
        ("os", utf8(), true),
        ("target", utf8(), true),
        ("platform", utf8(), true),
        ("namespace", utf8(), true),
        ("compiler", utf8(), true),
        ("compiler_version", utf8(), true),
        ("package_hash", utf8(), true),
        ("external", DataType::Boolean, false),
        ("path", utf8(), true),
        ("spliced", DataType::Boolean, false),
        ("records_edges", DataType::Boolean, false),
        ("provides", list(), false),
        ("variants", list(), false),
        ("flags", list(), false),
        ("patches", list(), false),
        ("annotations", list(), false),
    ]);
    let ranks = version::ranks(accounts.texts[at::VERSION].iter());
    let counting = accounts.counting();
    let of = Arc::clone(&schema);
    let batches = batches(accounts.len()).map(move |(start, end)| {
        let rows = || start as u32..end as u32;
        let text = |position| rows().map(move |row| accounts.text(row, position));
        let plain = |position| columns::texts(text(position));
        let of_compiler = || text(at::COMPILER).map(compiler);
        let versions = of_compiler().map(|(_, version)| version);
        let arrays: Vec<ArrayRef> = vec![
            columns::numbers(rows()),
            hashes(&accounts.hashes[start..end]),
            columns::numbers(counting[start..end].iter().copied()),
            plain(at::NAME),
            plain(at::VERSION),
            columns::numbers(
                rows().map(|row| ranks[accounts.ids[at::VERSION][row as usize] as usize]),
            ),
            plain(at::OS),
            plain(at::TARGET),
            plain(at::PLATFORM),
            plain(at::NAMESPACE),
            columns::texts(of_compiler().map(|(name, _)| name)),
            Arc::new(versions.collect::<arrow_array::StringArray>()),
            plain(at::PACKAGE_HASH),
            columns::flags(text(at::PATH).map(|path| !path.is_empty())),
            plain(at::PATH),
            columns::flags(rows().map(|row| accounts.is_spliced(row))),
            columns::flags(rows().map(|row| accounts.records_edges[row as usize])),
            columns::lists(text(at::PROVIDES), '\n'),
            columns::lists(text(at::VARIANTS), '\n'),
            columns::lists(text(at::FLAGS), '\n'),
            columns::lists(text(at::PATCHES), ','),
            columns::lists(text(at::ANNOTATIONS), '\n'),
        ];
        RecordBatch::try_new(Arc::clone(&of), arrays)
    });
    (schema, Box::new(batches))
}

/// The table of edges.
pub(crate) fn edges(accounts: &Accounts) -> (SchemaRef, Batches<'_>) {
    let schema = columns::schema(&[
        ("parent", DataType::UInt32, false),
        ("child", DataType::UInt32, false),
        ("types", DataType::UInt8, false),
        ("name", DataType::Utf8, true),
        ("virtuals", columns::list_type(), false),
    ]);
    let of = Arc::clone(&schema);
    let parents: UInt32Array = (0..accounts.len() as u32)
        .flat_map(|account| std::iter::repeat_n(account, accounts.edges_of(account).len()))
        .collect();
    let batches = batches(accounts.edges.len()).map(move |(start, end)| {
        let edges = || accounts.edges[start..end].iter();
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(parents.slice(start, end - start)),
            columns::numbers(edges().map(|edge| edge.child)),
            columns::bytes(edges().map(|edge| edge.types)),
            columns::texts(edges().map(|edge| accounts.edge_names.get(edge.name))),
            columns::lists(
                edges().map(|edge| accounts.virtuals.get(edge.virtuals)),
                ',',
            ),
        ];
        RecordBatch::try_new(Arc::clone(&of), arrays)
    });
    (schema, Box::new(batches))
}

/// The columns of members, with the snapshot, or without it if the path of the file names it.
pub(crate) fn members_schema(with_tag: bool) -> SchemaRef {
    let mut fields = vec![
        ("spec", DataType::UInt32, false),
        ("stack", DataType::Utf8, true),
        ("in_buildcache", DataType::Boolean, true),
        ("cache", DataType::Utf8, false),
        ("kind", DataType::Utf8, false),
        ("source", DataType::Utf8, true),
        ("size", DataType::Utf8, true),
        ("listing", DataType::UInt32, false),
    ];
    fields.extend(
        Look::ALL[1..]
            .iter()
            .map(|look| (look.column(), DataType::Boolean, true)),
    );
    if with_tag {
        fields.push(("tag", DataType::Utf8, true));
    }
    columns::schema(&fields)
}

/// A row of members: a listing by one stack or by none, and the number of the listing.
type Member<'l, 't> = (&'t str, u32, &'l Listing<'t>);

/// The table of members: a row for each listing and each stack of it, by stack.
pub(crate) fn members<'a>(listings: &'a [Listing<'a>], schema: SchemaRef) -> Batches<'a> {
    let mut rows: Vec<Member<'a, 'a>> = Vec::with_capacity(listings.len());
    for (number, listing) in (0_u32..).zip(listings) {
        rows.extend(
            listing
                .stacks
                .split('\n')
                .map(|stack| (stack, number, listing)),
        );
    }
    rows.sort_by_key(|&(stack, number, listing)| (listing.tag, stack, number));
    let batches = batches(rows.len()).map(move |(start, end)| {
        let rows = || rows[start..end].iter();
        let listings = || rows().map(|(.., listing)| listing);
        let look = |look: Look| {
            columns::perhaps(listings().map(move |each| each.available[look as usize]))
        };
        let mut arrays: Vec<ArrayRef> = vec![
            columns::numbers(listings().map(|each| each.account)),
            columns::texts(rows().map(|(stack, ..)| *stack)),
            look(Look::Core),
            Arc::new(
                listings()
                    .map(|each| Some(each.cache))
                    .collect::<arrow_array::StringArray>(),
            ),
            columns::texts(listings().map(|each| kind_name(each.kind))),
            columns::texts(listings().map(|each| each.source)),
            columns::texts(listings().map(|each| each.size)),
            columns::numbers(rows().map(|&(_, number, _)| number)),
        ];
        arrays.extend(Look::ALL[1..].iter().map(|&each| look(each)));
        if schema.column_with_name("tag").is_some() {
            arrays.push(columns::texts(listings().map(|each| each.tag)));
        }
        RecordBatch::try_new(Arc::clone(&schema), arrays)
    });
    Box::new(batches)
}

/// The bounds of the batches of a table with this number of rows.
fn batches(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let starts = (0..rows).step_by(GROUP);
    starts.map(move |start| (start, rows.min(start + GROUP)))
}

fn hashes(hashes: &[DagHash]) -> ArrayRef {
    let texts = hashes.iter().map(|hash| Some(hash.to_string()));
    Arc::new(texts.collect::<arrow_array::StringArray>())
}
