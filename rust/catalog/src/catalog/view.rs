//! One state as cells: the specs that each stack lists on each system.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hashbrown::HashMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use crate::catalog::key::{KeyColumn, Level};
use crate::edge::EdgeTypes;
use crate::{Catalog, Column, IdSet, Row, Snapshot, SourceKind};

/// A stack on a system that it lists something on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Number of the stack's label.
    pub label: u32,
    /// Id of the system.
    pub system: u32,
}

/// One state of a catalog: a snapshot of each cache that counts.
#[derive(Debug)]
pub struct View {
    state: Vec<Snapshot>,
    /// All specs that the state lists as binaries, labelled or not.
    available: IdSet,
    /// The occupied cells, ordered by label and system.
    cells: Vec<Cell>,
    /// The specs of each cell, ascending.
    specs: Vec<Vec<u32>>,
    labelled: OnceLock<BTreeMap<u32, IdSet>>,
    rewirable: OnceLock<IdSet>,
    keys: [OnceLock<ViewKeys>; Level::COUNT],
}

/// The keys of one level that a state has, by cell and by system.
#[derive(Debug)]
pub struct ViewKeys {
    /// For each cell of the view, in its order.
    pub by_cell: Vec<IdSet>,
    /// For each system of the catalog, regardless of the stacks that list the specs.
    pub by_system: Vec<IdSet>,
}

impl View {
    pub(crate) fn build(catalog: &Catalog, state: &[Snapshot]) -> Self {
        let not_external = catalog.names(Column::External).find("");
        let mut available = Vec::new();
        let mut index_of: HashMap<Cell, u32, FxBuildHasher> = HashMap::default();
        let mut cells: Vec<(Cell, Vec<u32>)> = Vec::new();
        // The same list of stacks on the same system means the same cells; there are
        // far fewer of these pairs than specs.
        let mut cells_of: HashMap<(u32, u32), Vec<u32>, FxBuildHasher> = HashMap::default();
        for (spec, rows) in catalog.specs() {
            let rows = || rows.iter().filter(|row| state.contains(&Snapshot::of(row)));
            // The system provides externals, so no stack can lack or have them.
            let is_external = Some(catalog.id(spec, Column::External)) != not_external;
            if is_external || !rows().any(Row::is_available) {
                continue;
            }
            let system = catalog.system_of(spec);
            available.push(spec);
            for row in rows().filter(|row| lists(row)) {
                let indices = cells_of
                    .entry((row.id(Column::Stacks), system))
                    .or_insert_with(|| {
                        let labels = catalog.labels_of(row).iter();
                        let cell = labels.map(|&label| Cell { label, system });
                        cell.map(|cell| {
                            *index_of.entry(cell).or_insert_with(|| {
                                cells.push((cell, Vec::new()));
                                cells.len() as u32 - 1
                            })
                        })
                        .collect()
                    });
                for &index in indices.iter() {
                    cells[index as usize].1.push(spec);
                }
            }
        }
        cells.par_iter_mut().for_each(|(_, specs)| specs.dedup());
        cells.sort_unstable_by_key(|&(cell, _)| cell);
        let (cells, specs) = cells.into_iter().unzip();
        Self {
            state: state.to_vec(),
            available: IdSet::from_ascending(available),
            cells,
            specs,
            labelled: OnceLock::new(),
            rewirable: OnceLock::new(),
            keys: Default::default(),
        }
    }

    /// Returns whether a row is part of the state.
    pub fn holds(&self, row: &Row) -> bool {
        self.state.contains(&Snapshot::of(row))
    }

    /// The specs that a stack lists on any system; `None` if it lists none.
    pub fn listed_by(&self, label: u32) -> Option<&IdSet> {
        let labelled = self.labelled.get_or_init(|| {
            let mut labelled: BTreeMap<u32, IdSet> = BTreeMap::new();
            for (cell, specs) in self.cells.iter().zip(&self.specs) {
                let listed = labelled.entry(cell.label).or_default();
                *listed |= &IdSet::from_ascending(specs.iter().copied());
            }
            labelled
        });
        labelled.get(&label)
    }

    /// The first label by name that lists a spec in the state; the union index only if no stack
    /// does.
    pub fn first_label(&self, catalog: &Catalog, spec: u32) -> Option<u32> {
        let root = catalog.labels().find("root");
        let rows = catalog.rows_of(spec).iter();
        let labels = rows
            .filter(|row| self.holds(row) && lists(row))
            .flat_map(|row| catalog.labels_of(row));
        labels
            .copied()
            .min_by_key(|&label| (Some(label) == root, label))
    }

    /// All specs that the state lists as binaries.
    pub fn available(&self) -> &IdSet {
        &self.available
    }

    /// The spliced specs without a binary whose build spec has one: installing them rewires that
    /// binary.
    pub fn rewirable(&self, catalog: &Catalog) -> &IdSet {
        self.rewirable.get_or_init(|| {
            let has_built = |spec: u32| {
                let edges = catalog.dependencies(spec).unwrap_or_default().iter();
                let mut built = edges.filter(|edge| edge.types.intersects(EdgeTypes::BUILD_SPEC));
                built.any(|edge| self.available.contains(edge.child))
            };
            let specs = 0..catalog.len() as u32;
            let rewirable = specs.filter(|&spec| {
                has_built(spec) && !self.available.contains(spec) && !catalog.is_external(spec)
            });
            IdSet::from_ascending(rewirable)
        })
    }

    /// The occupied cells, ordered by label and system.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The position of `cell` among [`cells`](Self::cells), if it is occupied.
    pub fn position(&self, cell: Cell) -> Option<usize> {
        self.cells.binary_search(&cell).ok()
    }

    /// The positions of the cells of a stack, ordered by system.
    pub fn positions_of(&self, label: u32) -> std::ops::Range<usize> {
        let start = self.cells.partition_point(|cell| cell.label < label);
        let end = self.cells.partition_point(|cell| cell.label <= label);
        start..end
    }

    /// The specs of the cell at `position`, ascending.
    pub fn specs(&self, position: usize) -> &[u32] {
        &self.specs[position]
    }

    /// The labels that list anything, ascending.
    pub fn labels(&self) -> impl Iterator<Item = u32> + '_ {
        let cells = self.cells.chunk_by(|a, b| a.label == b.label);
        cells.map(|cells| cells[0].label)
    }

    /// The keys at `level`, by cell and by system. O(listings) once.
    pub fn keys(&self, catalog: &Catalog, level: Level) -> &ViewKeys {
        self.keys[level as usize].get_or_init(|| {
            let keys = catalog.keys(level);
            let by_cell = self
                .specs
                .par_iter()
                .map(|specs| key_set(keys, specs))
                .collect();
            let mut specs_of = vec![Vec::new(); catalog.systems().len()];
            for spec in self.available.iter() {
                specs_of[catalog.system_of(spec) as usize].push(spec);
            }
            let by_system = specs_of
                .par_iter()
                .map(|specs| key_set(keys, specs))
                .collect();
            ViewKeys { by_cell, by_system }
        })
    }
}

/// Returns whether the labels of a row list the spec: they do if its file has a binary of it. The
/// index of a stack whose binaries are those of a union index also labels only the specs that it
/// has.
fn lists(row: &Row) -> bool {
    row.is_available() || row.kind() == SourceKind::Index
}

/// The keys of `specs`, which ascend.
fn key_set(keys: &KeyColumn, specs: &[u32]) -> IdSet {
    if keys.level() == Level::Hash {
        return IdSet::from_ascending(specs.iter().copied());
    }
    // Marking bits of a plain bitset is O(specs + keys / 64); for many keys and few specs, sorting
    // the specs' keys is cheaper.
    if keys.len() / 64 > specs.len() * 8 {
        let mut of_specs: Vec<u32> = specs.iter().map(|&spec| keys.of_spec(spec)).collect();
        of_specs.sort_unstable();
        of_specs.dedup();
        return IdSet::from_ascending(of_specs);
    }
    let mut words = vec![0_u64; keys.len().div_ceil(64)];
    for &spec in specs {
        let key = keys.of_spec(spec);
        words[key as usize / 64] |= 1 << (key % 64);
    }
    IdSet::from_words(&words)
}
