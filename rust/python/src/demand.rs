//! The specs that concrete wants lack, and the benefit of each gap.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use specplan_catalog::{Catalog, Column, IdSet, Snapshot, System, View};
use specplan_planner::{Graph, SpecGroup, SpecId, SpecSet, Supply, TaskError, Usefulness, usable};
use specplan_spack::OperatingSystemTable;

use crate::graph::{external, flagged, spec_set};
use crate::known_specs::{Hash, ids, ordered_ids};
use crate::operating_systems::PyOperatingSystems;
use crate::records::records;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks; for each stack the hashes of its wants, of its
/// gaps and of its roots.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct DemandQuestion<'py> {
    state: State,
    operating_systems: PyRef<'py, PyOperatingSystems>,
    wants: Vec<Vec<Hash>>,
    gaps: Vec<Vec<Hash>>,
    roots: Vec<Vec<Hash>>,
    /// The roots whose missing specs are recorded.
    reported: Vec<Hash>,
    /// The number of these hashes that are listed for each root.
    most: usize,
}

/// The benefit of building gaps, in columns: for hundreds of thousands, one object each would cost
/// more than the answer.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Default)]
pub(crate) struct GainsAnswer {
    blocked: Vec<usize>,
    roots_completed: Vec<usize>,
    buildable_now: Vec<bool>,
}

/// The number of usable wants of a system.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct UsableAnswer {
    os: String,
    target: String,
    usable: usize,
}

/// A root of a lock, and the specs that it lacks to be installed.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct RootAnswer {
    hash: String,
    /// The number of specs that it lacks.
    lacks_total: usize,
    /// The first of them.
    lacks_first: Vec<String>,
}

/// The specs that roots lack, in columns, with the number of roots that lack each.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Default)]
pub(crate) struct LackedAnswer {
    hash: Vec<String>,
    roots: Vec<usize>,
}

impl LackedAnswer {
    pub(crate) fn of(catalog: &Catalog, specs: &[(SpecId, usize)]) -> Self {
        let hash = |&(spec, _): &(SpecId, usize)| catalog.node_hash(spec.get()).to_string();
        Self {
            hash: specs.iter().map(hash).collect(),
            roots: specs.iter().map(|&(_, roots)| roots).collect(),
        }
    }
}

/// The benefit of gaps and the usable wants, by stack; the specs that each distinct root lacks, by
/// hash.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct DemandAnswer {
    gains: Py<PyTuple>,
    usable: Vec<Py<PyTuple>>,
    roots: Py<PyTuple>,
    lacked: Py<LackedAnswer>,
}

/// The same before it is Python's.
pub(crate) struct DemandRecords {
    gains: Vec<GainsAnswer>,
    usable: Vec<Vec<UsableAnswer>>,
    roots: Vec<RootAnswer>,
    lacked: LackedAnswer,
}

impl DemandRecords {
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<DemandAnswer> {
        let usable = self.usable.into_iter().map(|usable| records(py, usable));
        Ok(DemandAnswer {
            gains: records(py, self.gains)?,
            usable: usable.collect::<PyResult<_>>()?,
            roots: records(py, self.roots)?,
            lacked: Py::new(py, self.lacked)?,
        })
    }
}

/// The same question by numbers.
pub(crate) struct Demand {
    /// The binaries, except those that do not run on their own system.
    available: IdSet,
    wants: Vec<IdSet>,
    gaps: Vec<Vec<u32>>,
    roots: Vec<IdSet>,
    reported: IdSet,
    most: usize,
}

/// The binaries of a state that install: those that run on their own system, and those made of them
/// by rewiring if `rewired`.
pub(crate) fn binaries(
    catalog: &Catalog,
    state: &[Snapshot],
    table: &OperatingSystemTable,
    rewired: bool,
) -> IdSet {
    let view = catalog.view(state);
    let available = view.available().clone();
    let misfits = catalog.misfits(&available, table);
    if rewired {
        return with_rewirable(catalog, &view, &misfits);
    }
    available.difference(&misfits)
}

/// The specs of a state that install: those with a binary of their own, and those made by rewiring
/// one.
pub(crate) fn with_rewirable(catalog: &Catalog, view: &View, misfits: &IdSet) -> IdSet {
    let available = view.available();
    available.union(view.rewirable(catalog)).difference(misfits)
}

/// The available specs.
pub(crate) fn supply(catalog: &Catalog, graph: &Arc<Graph>, available: &IdSet) -> Supply {
    let specs = catalog.len();
    let mut supply = Supply::new(Arc::clone(graph));
    supply.available = spec_set(graph, available);
    supply.external = external(catalog, graph);
    supply.undescribed = flagged(graph, |id| {
        id as usize >= specs || catalog.dependencies(id).is_none()
    });
    supply
}

impl DemandQuestion<'_> {
    pub(crate) fn demand(self, catalog: &Catalog) -> PyResult<Demand> {
        let state = snapshots(catalog, &self.state)?;
        let sets = |lists: &[Vec<Hash>]| -> PyResult<Vec<IdSet>> {
            lists.iter().map(|hashes| ids(catalog, hashes)).collect()
        };
        // Answers about gaps come in the order in which the gaps were given.
        let in_order = |hashes: &Vec<Hash>| ordered_ids(catalog, hashes);
        Ok(Demand {
            available: binaries(catalog, &state, &self.operating_systems.table, true),
            wants: sets(&self.wants)?,
            gaps: self.gaps.iter().map(in_order).collect::<PyResult<_>>()?,
            roots: sets(&self.roots)?,
            reported: ids(catalog, &self.reported)?,
            most: self.most,
        })
    }
}

impl Demand {
    pub(crate) fn answer(
        &self,
        catalog: &Catalog,
        graph: &std::sync::Arc<Graph>,
    ) -> Result<DemandRecords, TaskError> {
        let supply = supply(catalog, graph, &self.available);
        let numbers = |set: &IdSet| set.iter().map(SpecId::new).collect::<Vec<_>>();
        let groups: Vec<SpecGroup> = (0..self.wants.len())
            .map(|index| SpecGroup {
                gaps: self.gaps[index].iter().copied().map(SpecId::new).collect(),
                wants: numbers(&self.wants[index]),
                roots: numbers(&self.roots[index]),
            })
            .collect();
        let usefulness = supply.usefulness(&groups)?;
        let lacked = supply.lacked(&numbers(&self.reported), self.most)?;
        let usable = usable(graph, &supply.available, &supply.external);
        let hash = |id: u32| catalog.node_hash(id).to_string();
        let gains = |gaps: Vec<Usefulness>| GainsAnswer {
            blocked: gaps.iter().map(|gap| gap.blocked).collect(),
            roots_completed: gaps.iter().map(|gap| gap.roots_completed).collect(),
            buildable_now: gaps.iter().map(|gap| gap.buildable_now).collect(),
        };
        Ok(DemandRecords {
            gains: usefulness.into_iter().map(gains).collect(),
            usable: self
                .wants
                .iter()
                .map(|wants| usable_by_system(catalog, wants, &usable))
                .collect(),
            roots: self
                .reported
                .iter()
                .zip(&lacked.roots)
                .map(|(root, lacks)| RootAnswer {
                    hash: hash(root),
                    lacks_total: lacks.count,
                    lacks_first: lacks.first.iter().map(|spec| hash(spec.get())).collect(),
                })
                .collect(),
            lacked: LackedAnswer::of(catalog, &lacked.specs),
        })
    }
}

/// All specs that one root lacks.
pub(crate) fn lacks(
    catalog: &Catalog,
    graph: &Arc<Graph>,
    available: &IdSet,
    root: u32,
) -> Result<Vec<String>, TaskError> {
    let lacking = supply(catalog, graph, available).lacking(&[SpecId::new(root)])?;
    let hashes = lacking.into_iter().flatten();
    Ok(hashes
        .map(|spec| catalog.node_hash(spec.get()).to_string())
        .collect())
}

/// The number of usable wants, by system; externals are not wants.
fn usable_by_system(catalog: &Catalog, wants: &IdSet, usable: &SpecSet) -> Vec<UsableAnswer> {
    let mut counts = vec![0; catalog.systems().len()];
    for spec in wants.iter().filter(|&spec| !catalog.is_external(spec)) {
        counts[catalog.system_of(spec) as usize] += usize::from(usable.contains(SpecId::new(spec)));
    }
    let text = |column, id| catalog.names(column).get(id).to_owned();
    let answer = |(system, usable): (&System, usize)| UsableAnswer {
        os: text(Column::OperatingSystem, system.os),
        target: text(Column::Target, system.target),
        usable,
    };
    catalog.systems().iter().zip(counts).map(answer).collect()
}

/// A fault of the planner as Python sees it.
pub(crate) fn fault(error: &impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
