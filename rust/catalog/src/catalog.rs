//! Specs as columns, keyed by hash.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use specplan_spack::Version;

use crate::edge::{Dependency, Edge, EdgeColumn};
use crate::graph::Parsed;
use crate::index::Indexes;
use crate::key::{KeyColumn, Level};
use crate::names::{NameInterner, Names};
use crate::resolved::Resolved;
use crate::view::View;
use crate::{CatalogBuilder, Column, DagHash, Row, SourceKind};

/// An operating system and a target; the platform is an attribute of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Number of the operating system.
    pub os: u32,
    /// Number of the target.
    pub target: u32,
    /// Number of the platform that most specs of the system name.
    pub platform: u32,
}

/// One dated state of one cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snapshot {
    /// Number of the cache.
    pub cache: u32,
    /// Number of the tag.
    pub tag: u32,
}

impl Snapshot {
    /// The snapshot that a row belongs to.
    pub fn of(row: &Row) -> Self {
        Self {
            cache: row.id(Column::Cache),
            tag: row.id(Column::Tag),
        }
    }
}

/// The texts of a catalog.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tables {
    pub(crate) names: [Names; Column::COUNT],
    pub(crate) edge_names: [Names; EdgeColumn::COUNT],
}

/// The specs of one or more sources with the stacks and snapshots that list them.
///
/// Spec ids run from 0 in the order of the hashes. A spec's content and its
/// dependencies are those of its first row: the most trusted kind of file wins,
/// then the newest snapshot. What needs an index builds it at the first question
/// and keeps it.
#[derive(Debug)]
pub struct Catalog {
    tables: Tables,
    rows: Vec<Row>,
    /// Row range of spec s is `starts[s]..starts[s + 1]`.
    starts: Vec<u32>,
    dependencies: Vec<Dependency>,
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
}

impl Catalog {
    /// Derives all parts from `rows`, which are sorted, distinct and numbered by
    /// `tables`, and whose edges are spans of `edges`.
    pub(crate) fn from_sorted_rows(tables: Tables, mut rows: Vec<Row>, edges: &[Edge]) -> Self {
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
        }
    }

    /// How many distinct specs there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none.
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

    /// The spec with this hash. O(log n).
    pub fn find(&self, hash: DagHash) -> Option<u32> {
        let row = self.rows.partition_point(|row| row.hash() < hash);
        let found = self.rows.get(row).is_some_and(|row| row.hash() == hash);
        let spec = || self.starts.binary_search(&(row as u32)).ok();
        found.then(spec).flatten().map(|spec| spec as u32)
    }

    /// The specs with these hashes, in the order given; `None` for a hash that no row has.
    ///
    /// O(log n) for each hash; where they ascend, O(log d) for one that is d specs behind the
    /// one before: the search starts there and doubles its steps.
    pub fn find_all<'c>(
        &'c self,
        hashes: impl IntoIterator<Item = DagHash> + 'c,
    ) -> impl Iterator<Item = Option<u32>> + 'c {
        // Rows are far apart in memory; their hashes alone are not.
        let all = self.hashes.get_or_init(|| {
            let starts = self.starts.iter().take(self.len());
            starts.map(|&row| self.rows[row as usize].hash()).collect()
        });
        let len = all.len();
        let mut at = 0;
        hashes.into_iter().map(move |hash| {
            let is_before = |spec: usize| all[spec] < hash;
            if at > 0 && !is_before(at - 1) {
                at = 0;
            }
            let (mut low, mut step) = (at, 1);
            while low + step <= len && is_before(low + step - 1) {
                low += step;
                step *= 2;
            }
            let mut high = (low + step).min(len);
            while low < high {
                let middle = usize::midpoint(low, high);
                if is_before(middle) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            at = low;
            (low < len && all[low] == hash).then_some(low as u32)
        })
    }

    /// The number of a spec's text in `column`.
    pub fn id(&self, spec: u32, column: Column) -> u32 {
        self.rows_of(spec)[0].id(column)
    }

    /// A spec's text in `column`.
    pub fn text(&self, spec: u32, column: Column) -> &str {
        self.names(column).get(self.id(spec, column))
    }

    /// The dependencies that a row tells, by name, then hash; `None` if it tells none.
    pub fn dependencies_of(&self, row: &Row) -> Option<&[Dependency]> {
        row.edges().map(|span| {
            let start = span.start as usize;
            &self.dependencies[start..start + span.len as usize]
        })
    }

    /// The dependencies of a spec; `None` where no source tells them.
    pub fn dependencies(&self, spec: u32) -> Option<&[Dependency]> {
        self.dependencies_of(&self.rows_of(spec)[0])
    }

    /// The dependencies of a spec, with the number of the first among all.
    pub(crate) fn numbered_dependencies(&self, spec: u32) -> (u32, &[Dependency]) {
        let span = self.rows_of(spec)[0].edges();
        let first = span.map_or(0, |span| span.start);
        (first, self.dependencies(spec).unwrap_or_default())
    }

    /// The dependencies with the numbers from `first` up to `end`.
    pub(crate) fn dependencies_between(&self, first: u32, end: u32) -> &[Dependency] {
        &self.dependencies[first as usize..end as usize]
    }

    /// The dependency with this number.
    pub(crate) fn dependency(&self, number: u32) -> &Dependency {
        &self.dependencies[number as usize]
    }

    /// What the texts mean, read at the first question.
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

    /// Whether the system provides the spec.
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

    /// All snapshots, ordered by cache, then newest first.
    pub fn snapshots(&self) -> &[Snapshot] {
        self.snapshots.get_or_init(|| {
            let mut snapshots: Vec<Snapshot> = self.rows.iter().map(Snapshot::of).collect();
            snapshots.dedup();
            snapshots.sort_unstable();
            snapshots.dedup();
            snapshots
        })
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

    /// The position of each version in Spack's order of versions; versions that
    /// compare equal share one. Texts that are no version come first.
    pub fn version_ranks(&self) -> &[u32] {
        self.version_ranks
            .get_or_init(|| version_ranks(self.names(Column::Version)))
    }

    /// The pairs of rows of one hash that differ in their content, ordered by hash.
    ///
    /// A row is held against the first row of its own snapshot, and that against
    /// the row that gives the spec its content. O(r s) for r rows and s snapshots.
    pub fn differing_rows(&self) -> Vec<(Row, Row)> {
        let mut differing = Vec::new();
        for (_, rows) in self.specs().filter(|(_, rows)| rows.len() > 1) {
            let mut firsts: Vec<&Row> = Vec::new();
            for row in rows {
                let same_snapshot = |first: &&Row| Snapshot::of(first) == Snapshot::of(row);
                let first = firsts.iter().copied().find(same_snapshot);
                if first.is_none() {
                    firsts.push(row);
                }
                let first = first.unwrap_or(&rows[0]);
                if !self.agree(first, row) {
                    differing.push((*first, *row));
                }
            }
        }
        differing
    }

    /// Whether two rows have the same content, as far as both tell it.
    ///
    /// A text that a source does not know contradicts nothing. Pages tell little and
    /// spell some of it in their own way, so only what names the build is compared
    /// with them.
    fn agree(&self, a: &Row, b: &Row) -> bool {
        let with_page = a.kind() != b.kind() && b.kind() == SourceKind::Page;
        let same = |column: &Column| {
            let (a, b) = (a.id(*column), b.id(*column));
            let is_untold = |id| {
                let text = self.names(*column).get(id);
                match column {
                    Column::Size => text == "-",
                    Column::Compiler | Column::Namespace | Column::Recipe | Column::Annotations => {
                        text.is_empty()
                    }
                    _ => false,
                }
            };
            a == b || is_untold(a) || is_untold(b)
        };
        let columns = if with_page {
            &Column::CONTENT[..5]
        } else {
            &Column::CONTENT[..]
        };
        let edges = || match (self.dependencies_of(a), self.dependencies_of(b)) {
            (Some(a), Some(b)) => self.are_same_dependencies(a, b),
            _ => true,
        };
        columns.iter().all(same) && edges()
    }

    /// The union of both catalogs.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_catalog(self, str::to_owned);
        builder.absorb_catalog(other, str::to_owned);
        builder.finish()
    }

    /// This catalog with the rows of `other` beside it, so that one can be held
    /// against the other even if both name their snapshots alike. The caches of
    /// `other` are renamed by [`beside_cache`](Self::beside_cache).
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_catalog(self, str::to_owned);
        builder.absorb_catalog(other, Self::beside_cache);
        builder.finish()
    }

    /// What a cache of the other catalog is called after it was put
    /// [`beside`](Self::beside) this one.
    pub fn beside_cache(cache: &str) -> String {
        format!("\u{1}{cache}")
    }

    /// Checks the invariants that every other part relies on, for tests.
    ///
    /// # Panics
    ///
    /// When one does not hold.
    #[doc(hidden)]
    pub fn validate(&self) {
        assert!(
            self.rows.is_sorted_by(|a, b| a.compare(b).is_le()),
            "rows are sorted"
        );
        for column in Column::ALL {
            let names = self.names(column);
            let mut used = vec![false; names.len()];
            for row in &self.rows {
                used[row.id(column) as usize] = true;
            }
            assert!(
                used.iter().all(|&used| used),
                "each name of {column:?} is used"
            );
            let texts: Vec<&str> = names.iter().collect();
            let is_ascending = |a: &&str, b: &&str| match column {
                Column::Tag => crate::newest_first(a, b).is_lt(),
                _ => a < b,
            };
            assert!(texts.is_sorted_by(is_ascending), "{column:?} is sorted");
        }
        for (spec, rows) in self.specs() {
            assert!(rows.iter().all(|row| row.hash() == self.hash(spec)));
            assert_eq!(self.find(self.hash(spec)), Some(spec));
            let around = [spec / 2, spec, spec.saturating_sub(1)].map(|each| self.hash(each));
            let found: Vec<_> = self.find_all(around).collect();
            assert_eq!(found, around.map(|hash| self.find(hash)));
        }
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

fn systems(rows: &[Row], starts: &[u32]) -> (Vec<System>, Vec<u32>) {
    let first_rows = || {
        starts[..starts.len() - 1]
            .iter()
            .map(|&at| &rows[at as usize])
    };
    let mut counts: HashMap<(u32, u32), HashMap<u32, u32, FxBuildHasher>, FxBuildHasher> =
        HashMap::default();
    let system = |row: &Row| (row.id(Column::OperatingSystem), row.id(Column::Target));
    for row in first_rows() {
        let platforms = counts.entry(system(row)).or_default();
        *platforms.entry(row.id(Column::Platform)).or_default() += 1;
    }
    let mut systems: Vec<System> = counts
        .into_iter()
        .map(|((os, target), platforms)| System {
            os,
            target,
            platform: platforms
                .into_iter()
                .max_by_key(|&(platform, count)| (count, std::cmp::Reverse(platform)))
                .map_or(0, |(platform, _)| platform),
        })
        .collect();
    systems.sort_unstable_by_key(|system| (system.os, system.target));
    let ids: HashMap<(u32, u32), u32, FxBuildHasher> = systems
        .iter()
        .zip(0..)
        .map(|(system, id)| ((system.os, system.target), id))
        .collect();
    let system_of = first_rows().map(|row| ids[&system(row)]).collect();
    (systems, system_of)
}

fn version_ranks(versions: &Names) -> Vec<u32> {
    let parsed: Vec<Option<Version>> = versions
        .iter()
        .map(|text| Version::parse(text).ok())
        .collect();
    let mut order: Vec<u32> = (0..parsed.len() as u32).collect();
    order.sort_by(|&a, &b| parsed[a as usize].cmp(&parsed[b as usize]));
    let mut ranks = vec![0; parsed.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        let (before, after) = (pair[0] as usize, pair[1] as usize);
        rank += u32::from(parsed[before] != parsed[after]);
        ranks[after] = rank;
    }
    ranks
}
