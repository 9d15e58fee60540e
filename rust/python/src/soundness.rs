//! The soundness of a cache: missing specs, edges that lead nowhere, wrong hashes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use specplan_catalog::{Catalog, Column, EdgeColumn, IdSet, Row, SourceKind, View};
use specplan_planner::{Direction, Graph, GraphError, MissingSpec, SpecId, Supply, TaskError};
use specplan_readers::{Fault, HashCheck, check_hashes, check_hashes_in};
use specplan_spack::OperatingSystemTable;

use crate::demand::with_rewirable;
use crate::detach::detach;
use crate::graph::{GraphOrFault, external, flagged, spec_set, to_id, without_cycles};
use crate::known_specs::spec_ids;
use crate::operating_systems::PyOperatingSystems;
use crate::records::FaultAnswer;
use crate::records::records;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks. Without roots, they are the binaries that no other
/// binary depends on.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SoundnessQuestion<'py> {
    state: State,
    operating_systems: PyRef<'py, PyOperatingSystems>,
    roots: Option<Vec<String>>,
    /// The sources that are indexes of build caches, which should have a binary of every listed
    /// spec.
    indexes: Vec<String>,
}

/// A spec without a binary that binaries lack.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct MissingAnswer {
    hash: String,
    /// The package as dependents call it.
    package: String,
    /// The number of binaries and roots that have it in their link and run closure.
    binaries: usize,
    roots: usize,
    /// The broken binaries and missing specs that need it directly.
    dependents: Vec<String>,
    /// Some of the roots.
    examples: Vec<String>,
}

/// A binary that links to, or runs with, specs whose systems do not serve its own.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct MisfitAnswer {
    hash: String,
    /// These specs.
    foreign: Vec<String>,
    /// The number of binaries and roots that need it, itself included.
    binaries: usize,
    roots: usize,
}

/// A hash that only occurs on edges, and that no binary lacks.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct DanglingAnswer {
    hash: String,
    /// The package as dependents call it.
    package: String,
    dependents: Vec<String>,
}

/// Specs that depend on each other, and a shortest cycle among them.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct TangleAnswer {
    specs: Vec<String>,
    cycle: Vec<String>,
}

/// The soundness of a state.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct SoundnessAnswer {
    /// The numbers of binaries and of usable ones, and whether any source lists dependencies.
    binaries: u64,
    usable_binaries: usize,
    has_edges: bool,
    /// The numbers of roots and of usable ones, those that are broken, and those without a
    /// binary.
    roots: usize,
    usable_roots: usize,
    broken: Vec<String>,
    absent: Vec<String>,
    /// The specs that broken binaries lack, ranked.
    missing: Py<PyTuple>,
    dangling: Py<PyTuple>,
    /// The specs that an index lists, that have no binary, and that no binary lacks.
    listed_only: Vec<String>,
    tangles: Py<PyTuple>,
    /// By hash.
    misfits: Py<PyTuple>,
}

/// The same before it is Python's.
pub(crate) struct SoundnessRecords {
    binaries: (u64, usize, bool),
    roots: (usize, usize),
    broken: Vec<String>,
    absent: Vec<String>,
    missing: Vec<MissingAnswer>,
    dangling: Vec<DanglingAnswer>,
    listed_only: Vec<String>,
    tangles: Vec<TangleAnswer>,
    misfits: Vec<MisfitAnswer>,
}

impl SoundnessRecords {
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<SoundnessAnswer> {
        let (binaries, usable_binaries, has_edges) = self.binaries;
        let (roots, usable_roots) = self.roots;
        Ok(SoundnessAnswer {
            binaries,
            usable_binaries,
            has_edges,
            roots,
            usable_roots,
            broken: self.broken,
            absent: self.absent,
            missing: records(py, self.missing)?,
            dangling: records(py, self.dangling)?,
            listed_only: self.listed_only,
            tangles: records(py, self.tangles)?,
            misfits: records(py, self.misfits)?,
        })
    }
}

/// The same question by numbers.
pub(crate) struct Soundness {
    view: Arc<View>,
    table: OperatingSystemTable,
    roots: Option<IdSet>,
    indexes: Vec<u32>,
}

impl SoundnessQuestion<'_> {
    pub(crate) fn soundness(self, catalog: &Catalog) -> PyResult<Soundness> {
        let state = snapshots(catalog, &self.state)?;
        let sources = catalog.names(Column::Source);
        Ok(Soundness {
            view: catalog.view(&state),
            table: self.operating_systems.table.clone(),
            roots: self
                .roots
                .map(|hashes| spec_ids(catalog, &hashes))
                .transpose()?,
            // An index without a record has left no name behind.
            indexes: self
                .indexes
                .iter()
                .filter_map(|source| sources.find(source))
                .collect(),
        })
    }
}

impl Soundness {
    #[expect(clippy::too_many_lines, reason = "one answer of many parts")]
    pub(crate) fn answer(
        &self,
        catalog: &Catalog,
        graph: &GraphOrFault,
    ) -> Result<SoundnessRecords, SoundnessFault> {
        let (graph, components) = match graph {
            Ok(graph) => (Arc::clone(graph), Vec::new()),
            Err(_) => without_cycles(catalog)?,
        };
        let specs = catalog.len();
        let available = self.view.available();
        let mut supply = Supply::new(Arc::clone(&graph));
        // A binary that does not run on its own system counts as missing.
        let misfits = catalog.misfits(available, &self.table);
        let available = &available.difference(&misfits);
        let installable = match &self.roots {
            Some(_) => &with_rewirable(catalog, &self.view, &misfits),
            None => available,
        };
        supply.available = spec_set(&graph, installable);
        supply.external = external(catalog, &graph);
        // If no file records the dependencies of a binary, it cannot be called broken.
        supply.undescribed = flagged(&graph, |id| {
            id as usize >= specs || (catalog.dependencies(id).is_none() && !available.contains(id))
        });
        let roots = match &self.roots {
            Some(roots) => roots.clone(),
            None => tops(&graph, available),
        };
        let roots: Vec<u32> = roots
            .iter()
            .filter(|&id| !catalog.is_external(id))
            .collect();
        let ids: Vec<SpecId> = roots.iter().copied().map(SpecId::new).collect();
        let breakage = supply.breakage(&ids)?;

        let hash = |id: u32| catalog.node_hash(id).to_string();
        let hashes = |ids: &[SpecId]| ids.iter().map(|id| hash(id.get())).collect::<Vec<_>>();
        let lacked: IdSet = breakage
            .missing
            .iter()
            .map(|each| each.spec.get())
            .collect();
        let called = Called::of(catalog);
        let lacked_one = |each: &MissingSpec| MissingAnswer {
            hash: hash(each.spec.get()),
            package: called.name(catalog, each.spec.get()),
            binaries: each.binaries,
            roots: each.roots,
            dependents: hashes(&each.dependents),
            examples: hashes(&each.examples),
        };
        let (unfit, missing): (Vec<&MissingSpec>, Vec<&MissingSpec>) = breakage
            .missing
            .iter()
            .partition(|each| misfits.contains(each.spec.get()));
        let mut unfit: BTreeMap<u32, (usize, usize)> = unfit
            .into_iter()
            .map(|each| (each.spec.get(), (each.binaries, each.roots)))
            .collect();
        // A spec that no other binary needs is not among those that others lack.
        let own = |id: u32| usize::from(roots.contains(&id));
        let unfit = misfits.iter().map(|id| {
            let (binaries, of_roots) = unfit.remove(&id).unwrap_or((0, own(id)));
            let foreign = catalog.misfit_dependencies(id, &self.table);
            MisfitAnswer {
                hash: hash(id),
                foreign: foreign.into_iter().map(hash).collect(),
                binaries: binaries + 1,
                roots: of_roots,
            }
        });
        let unfit: Vec<MisfitAnswer> = unfit.collect();
        let missing = missing.into_iter().map(lacked_one);
        let is_in_index = |id: u32| is_indexed(catalog, id);
        let unknown = (specs..specs + catalog.unknown().len()).map(to_id);
        let dangling = unknown.filter(|&id| !lacked.contains(id)).filter_map(|id| {
            let dependents = graph.neighbours(SpecId::new(id), Direction::Dependents);
            let dependents: Vec<String> = dependents
                .map(|(spec, _)| spec.get())
                .filter(|&spec| is_in_index(spec))
                .map(hash)
                .collect();
            (!dependents.is_empty()).then(|| DanglingAnswer {
                hash: hash(id),
                package: called.name(catalog, id),
                dependents,
            })
        });
        let is_listed =
            |row: &Row| self.view.holds(row) && self.indexes.contains(&row.id(Column::Source));
        let listed_only = catalog.specs().filter(|&(spec, rows)| {
            !self.view.available().contains(spec)
                && !catalog.is_external(spec)
                && !lacked.contains(spec)
                && rows.iter().any(is_listed)
        });
        let is_usable = |id: u32| breakage.usable.contains(SpecId::new(id));
        let (with, without): (Vec<u32>, Vec<u32>) = roots
            .iter()
            .partition(|&&id| self.view.available().contains(id) || installable.contains(id));
        let broken = with.iter().filter(|&&id| !is_usable(id));
        Ok(SoundnessRecords {
            binaries: (
                self.view.available().len(),
                available.iter().filter(|&id| is_usable(id)).count(),
                catalog.rows().iter().any(Row::has_edges),
            ),
            roots: (
                roots.len(),
                roots.iter().filter(|&&id| is_usable(id)).count(),
            ),
            broken: broken.map(|&id| hash(id)).collect(),
            absent: without.into_iter().map(hash).collect(),
            missing: missing.collect(),
            dangling: dangling.collect(),
            listed_only: listed_only.map(|(spec, _)| hash(spec)).collect(),
            tangles: components
                .iter()
                .map(|component| TangleAnswer {
                    specs: hashes(&component.specs),
                    cycle: hashes(&component.cycle),
                })
                .collect(),
            misfits: unfit,
        })
    }
}

/// The reason why a question has no answer: the catalog is too large, or our own sets do not fit.
#[derive(Debug)]
pub(crate) enum SoundnessFault {
    Graph(GraphError),
    Task(TaskError),
}

impl From<GraphError> for SoundnessFault {
    fn from(error: GraphError) -> Self {
        Self::Graph(error)
    }
}

impl From<TaskError> for SoundnessFault {
    fn from(error: TaskError) -> Self {
        Self::Task(error)
    }
}

impl std::fmt::Display for SoundnessFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Graph(error) => error.fmt(formatter),
            Self::Task(error) => error.fmt(formatter),
        }
    }
}

/// The hashes of the specs with a binary according to a file, ascending; externals, which the
/// system provides, have none.
pub(crate) fn binaries_of(catalog: &Catalog, source: &str) -> Vec<String> {
    let source = catalog.names(Column::Source).find(source);
    let says_so = |row: &Row| row.is_available() && Some(row.id(Column::Source)) == source;
    let specs = catalog.specs();
    specs
        .filter(|&(spec, rows)| !catalog.is_external(spec) && rows.iter().any(says_so))
        .map(|(spec, _)| catalog.hash(spec).to_string())
        .collect()
}

/// The binaries that no other binary depends on for anything.
fn tops(graph: &Graph, available: &IdSet) -> IdSet {
    let is_top = |&id: &u32| {
        let mut dependents = graph.neighbours(SpecId::new(id), Direction::Dependents);
        !dependents.any(|(dependent, _)| available.contains(dependent.get()))
    };
    available.iter().filter(is_top).collect()
}

/// Returns whether an index or a database mentions a spec. These list all dependencies of a spec; a
/// list of specs need not.
fn is_indexed(catalog: &Catalog, spec: u32) -> bool {
    let rows = catalog.rows_of(spec).iter();
    rows.clone().any(|row| row.kind() == SourceKind::Index)
}

/// The names that dependents use for undescribed hashes, by position.
struct Called(Vec<Option<u32>>);

impl Called {
    fn of(catalog: &Catalog) -> Self {
        let specs = catalog.len();
        let mut names = vec![None; catalog.unknown().len()];
        for (spec, _) in catalog.specs() {
            for each in catalog.dependencies(spec).unwrap_or_default() {
                if let Some(index) = (each.child as usize).checked_sub(specs) {
                    names[index].get_or_insert(each.name);
                }
            }
        }
        Self(names)
    }

    /// The name of a spec's package, even if only its dependents record it.
    fn name(&self, catalog: &Catalog, id: u32) -> String {
        match (id as usize).checked_sub(catalog.len()) {
            None => catalog.text(id, Column::Package).to_owned(),
            Some(index) => {
                let name = self.0[index];
                let text = |name| catalog.edge_names(EdgeColumn::Name).get(name).to_owned();
                name.map(text).unwrap_or_default()
            }
        }
    }
}

/// A hash that does not match its content.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct WrongHashAnswer {
    hash: String,
    of_content: String,
}

/// The result of checking the hashes of a file.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct HashesAnswer {
    wrong: Vec<WrongHashAnswer>,
    /// The number of recomputed hashes, right or wrong.
    recomputed: usize,
    /// The hashes that could not be recomputed.
    undecided: Vec<String>,
    /// The fault of a file that cannot be read.
    fault: Option<FaultAnswer>,
}

/// Checks the hashes of a file against its content.
#[pyfunction(name = "check_hashes")]
#[pyo3(signature = (path, *, file_bytes))]
pub(crate) fn py_check_hashes(
    py: Python<'_>,
    path: PathBuf,
    file_bytes: u64,
) -> PyResult<HashesAnswer> {
    detach(py, || hashes_answer(check_hashes(&path, file_bytes)))
}

/// Does the same in memory.
#[pyfunction(name = "check_hashes_in")]
pub(crate) fn py_check_hashes_in(py: Python<'_>, text: &[u8]) -> PyResult<HashesAnswer> {
    detach(py, || hashes_answer(check_hashes_in(text)))
}

fn hashes_answer(check: Result<HashCheck, Fault>) -> HashesAnswer {
    match check {
        Ok(check) => HashesAnswer {
            wrong: check
                .wrong
                .into_iter()
                .map(|(recorded, is)| WrongHashAnswer {
                    hash: recorded.to_string(),
                    of_content: is.to_string(),
                })
                .collect(),
            recomputed: check.checked,
            undecided: check.undecided.iter().map(ToString::to_string).collect(),
            fault: None,
        },
        Err(fault) => HashesAnswer {
            wrong: Vec::new(),
            recomputed: 0,
            undecided: Vec::new(),
            fault: Some(FaultAnswer::of(fault)),
        },
    }
}
