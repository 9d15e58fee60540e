//! Specs as columns, keyed by hash.

pub(crate) mod builder;
pub(crate) mod graph;
pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod library;
mod lookup;
mod snapshot;
mod state;
mod system;
mod validate;
pub(crate) mod view;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use specplan_spack::version;

use self::graph::Parsed;
use self::index::Indexes;
use self::key::{KeyColumn, Level};
use self::library::Libraries;
use self::view::View;
use crate::edge::{CatalogEdge, EdgeColumn, RecordedEdge};
use crate::edge_table::{Dependencies, EdgeTable};
use crate::names::{NameInterner, Names};
use crate::resolved::Resolved;
use crate::{CatalogBuilder, Column, DagHash, Row};

pub use snapshot::Snapshot;
pub use state::NoCatalog;
pub use system::System;
use system::systems;

/// The texts of a catalog.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tables {
    pub(crate) names: [Names; Column::COUNT],
    pub(crate) edge_names: [Names; EdgeColumn::COUNT],
}

/// The specs of one or more sources with the stacks and snapshots that list them.
///
/// Spec ids run from 0 in the order of the hashes. A spec's content and its dependencies are those
/// of its first row: the most trusted kind of file wins, then the newest snapshot. An index is
/// built at the first question that needs it, and kept.
#[derive(Debug)]
pub struct Catalog {
    tables: Tables,
    rows: Vec<Row>,
    /// Row range of spec s is `starts[s]..starts[s + 1]`.
    starts: Vec<u32>,
    dependencies: EdgeTable,
    /// Hashes that are depended on and that no row describes, sorted. Their ids
    /// follow those of the specs.
    unknown: Vec<DagHash>,
    labels: Names,
    /// The label ids of each text of the column `Stacks`.
    stack_lists: Vec<Vec<u32>>,
    systems: Vec<System>,
    system_of: Vec<u32>,
    indexes: Indexes,
    keys: [OnceLock<KeyColumn>; Level::COUNT],
    views: Mutex<BTreeMap<Vec<Snapshot>, Arc<View>>>,
    snapshots: OnceLock<Vec<Snapshot>>,
    version_ranks: OnceLock<Vec<u32>>,
    /// The hash of each spec, once many have been looked for.
    hashes: OnceLock<Vec<DagHash>>,
    parsed: OnceLock<Parsed>,
    libraries: OnceLock<Libraries>,
}

impl Catalog {
    /// Derives all parts from `rows`, which are sorted, distinct and numbered by
    /// `tables`, and whose edges are spans of `edges`.
    pub(crate) fn from_sorted_rows(
        tables: Tables,
        mut rows: Vec<Row>,
        edges: &[RecordedEdge],
    ) -> Self {
        let starts = starts(&rows);
        let resolved = Resolved::of(&mut rows, &starts, edges);
        let (labels, stack_lists) = labels(&tables.names[Column::Stacks as usize]);
        let (systems, system_of) = systems(&rows, &starts);
        Self {
            tables,
            rows,
            starts,
            dependencies: resolved.dependencies,
            unknown: resolved.unknown,
            labels,
            stack_lists,
            systems,
            system_of,
            indexes: Indexes::default(),
            keys: Default::default(),
            views: Mutex::default(),
            snapshots: OnceLock::new(),
            version_ranks: OnceLock::new(),
            hashes: OnceLock::new(),
            parsed: OnceLock::new(),
            libraries: OnceLock::new(),
        }
    }

    /// The C library of each spec, computed at the first question and kept.
    pub(crate) fn libraries(&self) -> &Libraries {
        self.libraries.get_or_init(|| Libraries::of(self))
    }

    /// The number of distinct specs.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts of a column.
    pub fn names(&self, column: Column) -> &Names {
        &self.tables.names[column as usize]
    }

    /// The texts of a column of edges.
    pub fn edge_names(&self, column: EdgeColumn) -> &Names {
        &self.tables.edge_names[column as usize]
    }

    /// The labels of all stacks, the union index `root` included.
    pub fn labels(&self) -> &Names {
        &self.labels
    }

    /// The systems, ordered by os and target; the position is the system's id.
    pub fn systems(&self) -> &[System] {
        &self.systems
    }

    /// All rows, ordered by spec.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of a spec, the one that gives its content first.
    pub fn rows_of(&self, spec: u32) -> &[Row] {
        &self.rows[self.row_range(spec)]
    }

    fn row_range(&self, spec: u32) -> Range<usize> {
        self.starts[spec as usize] as usize..self.starts[spec as usize + 1] as usize
    }

    /// Each spec with its rows.
    pub fn specs(&self) -> impl Iterator<Item = (u32, &[Row])> + Clone {
        (0..self.len() as u32).map(|spec| (spec, self.rows_of(spec)))
    }

    /// The hash of a spec.
    pub fn hash(&self, spec: u32) -> DagHash {
        self.rows_of(spec)[0].hash()
    }

    /// The number of a spec's text in `column`.
    pub fn id(&self, spec: u32, column: Column) -> u32 {
        self.rows_of(spec)[0].id(column)
    }

    /// A spec's text in `column`.
    pub fn text(&self, spec: u32, column: Column) -> &str {
        self.names(column).get(self.id(spec, column))
    }

    /// The dependencies that a row records, by name, then hash; `None` if it records none.
    #[inline]
    pub fn dependencies_of(&self, row: &Row) -> Option<Dependencies<'_>> {
        row.edges().map(|span| {
            let start = span.start as usize;
            self.dependencies.between(start..start + span.len as usize)
        })
    }

    /// The dependencies of a spec; `None` where no source records them.
    #[inline]
    pub fn dependencies(&self, spec: u32) -> Option<Dependencies<'_>> {
        self.dependencies_of(&self.rows_of(spec)[0])
    }

    /// The dependencies of a spec, with the number of the first among all.
    pub(crate) fn numbered_dependencies(&self, spec: u32) -> (u32, Dependencies<'_>) {
        let span = self.rows_of(spec)[0].edges();
        let first = span.map_or(0, |span| span.start);
        (first, self.dependencies(spec).unwrap_or_default())
    }

    /// The dependencies with the numbers from `first` up to `end`.
    pub(crate) fn dependencies_between(&self, first: u32, end: u32) -> Dependencies<'_> {
        self.dependencies.between(first as usize..end as usize)
    }

    /// The dependency with this number.
    pub(crate) fn dependency(&self, number: u32) -> CatalogEdge {
        self.dependencies.edge(number as usize)
    }

    /// The meaning of the texts, parsed at the first question.
    pub(crate) fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| Parsed::of(self))
    }

    /// Hashes that are depended on and that no row describes, sorted. Their ids
    /// follow those of the specs: the first has the id [`len`](Self::len).
    pub fn unknown(&self) -> &[DagHash] {
        &self.unknown
    }

    /// The hash of a spec or of an unknown dependency.
    ///
    /// # Panics
    ///
    /// When `id` is neither.
    pub fn node_hash(&self, id: u32) -> DagHash {
        match (id as usize).checked_sub(self.len()) {
            None => self.hash(id),
            Some(index) => self.unknown[index],
        }
    }

    /// Returns whether the system provides the spec.
    pub fn is_external(&self, spec: u32) -> bool {
        !self.text(spec, Column::External).is_empty()
    }

    /// The id of the spec's system.
    pub fn system_of(&self, spec: u32) -> u32 {
        self.system_of[spec as usize]
    }

    /// The label ids that a row lists.
    pub fn labels_of(&self, row: &Row) -> &[u32] {
        &self.stack_lists[row.id(Column::Stacks) as usize]
    }

    /// Indexes over the columns.
    pub fn indexes(&self) -> &Indexes {
        &self.indexes
    }

    /// The keys of all specs at `level`.
    pub fn keys(&self, level: Level) -> &KeyColumn {
        self.keys[level as usize].get_or_init(|| KeyColumn::build(self, level))
    }

    /// The cells of a state: one snapshot of each cache that counts. It is built
    /// at the first question about the state and kept.
    pub fn view(&self, state: &[Snapshot]) -> Arc<View> {
        let mut state = state.to_vec();
        state.sort_unstable();
        state.dedup();
        // A panic while the map is locked leaves it as it was, so it stays usable.
        let views = || self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views().get(&state) {
            return Arc::clone(view);
        }
        let view = Arc::new(View::build(self, &state));
        Arc::clone(views().entry(state).or_insert(view))
    }

    /// The position of each version in Spack's order of versions; versions that compare equal share
    /// one. Invalid versions come first.
    pub fn version_ranks(&self) -> &[u32] {
        self.version_ranks
            .get_or_init(|| version::ranks(self.names(Column::Version).iter()))
    }

    /// The union of both catalogs.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_catalog(self, |_, name| name.into());
        builder.absorb_catalog(other, |_, name| name.into());
        builder.finish()
    }

    /// This catalog with the rows of `other` added, so that the two can be compared even if their
    /// snapshots have the same names. The caches of `other` are renamed by
    /// [`beside_cache`](Self::beside_cache).
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_catalog(self, |_, name| name.into());
        builder.absorb_catalog(other, |column, name| match column {
            Column::Cache => Self::beside_cache(name).into(),
            _ => name.into(),
        });
        builder.finish()
    }

    /// This catalog with the listings of one stack as those of another.
    #[must_use]
    pub fn renamed_stack(&self, from: &str, to: &str) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_catalog(self, |column, name| match column {
            Column::Stacks if name == from => to.to_owned().into(),
            _ => name.into(),
        });
        builder.finish()
    }

    /// The name of a cache of the other catalog after it was put [`beside`](Self::beside) this one.
    pub fn beside_cache(cache: &str) -> String {
        format!("\u{1}{cache}")
    }
}

impl Default for Catalog {
    fn default() -> Self {
        CatalogBuilder::new().finish()
    }
}

impl PartialEq for Catalog {
    fn eq(&self, other: &Self) -> bool {
        self.tables == other.tables
            && self.rows == other.rows
            && self.unknown == other.unknown
            && self.dependencies == other.dependencies
    }
}

impl Eq for Catalog {}

fn starts(rows: &[Row]) -> Vec<u32> {
    let mut starts = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if index == 0 || rows[index - 1].hash() != row.hash() {
            starts.push(index as u32);
        }
    }
    starts.push(rows.len() as u32);
    starts
}

fn labels(stacks: &Names) -> (Names, Vec<Vec<u32>>) {
    let mut interner = NameInterner::default();
    let list = |text: &str, interner: &mut NameInterner| -> Vec<u32> {
        let labels = text.split('\n').filter(|label| !label.is_empty());
        labels.map(|label| interner.intern(label)).collect()
    };
    let mut lists: Vec<Vec<u32>> = stacks
        .iter()
        .map(|text| list(text, &mut interner))
        .collect();
    let order = interner.sorted_by(str::cmp);
    let (labels, renumbered) = Names::reordered(&interner, &order);
    for label in lists.iter_mut().flatten() {
        *label = renumbered[*label as usize];
    }
    (labels, lists)
}
