//! What wants of concrete specs lack, and what each gap is good for.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use specplan_catalog::{Catalog, Column, IdSet, System};
use specplan_planner::{Graph, Group, SpecId, SpecSet, Supply, TaskError, Usefulness, usable};

use crate::graph::{external, flagged, spec_set};
use crate::known_specs::spec_ids;
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
    wants: Vec<Vec<String>>,
    gaps: Vec<Vec<String>>,
    roots: Vec<Vec<String>>,
}

/// What building a gap is good for.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct GainAnswer {
    blocked: usize,
    roots_completed: usize,
    buildable_now: bool,
}

/// How many wants of a system are usable.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct UsableAnswer {
    os: String,
    target: String,
    usable: usize,
}

/// A root of a lock, and what it lacks to be installed.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct RootAnswer {
    hash: String,
    lacks: Vec<String>,
}

/// What gaps are good for and what is usable, by stack; what each distinct root lacks, by hash.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct DemandAnswer {
    gains: Vec<Py<PyTuple>>,
    usable: Vec<Py<PyTuple>>,
    roots: Py<PyTuple>,
}

/// The same before it is Python's.
pub(crate) struct DemandRecords {
    gains: Vec<Vec<GainAnswer>>,
    usable: Vec<Vec<UsableAnswer>>,
    roots: Vec<RootAnswer>,
}

impl DemandRecords {
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<DemandAnswer> {
        let gains = self.gains.into_iter().map(|gains| records(py, gains));
        let usable = self.usable.into_iter().map(|usable| records(py, usable));
        Ok(DemandAnswer {
            gains: gains.collect::<PyResult<_>>()?,
            usable: usable.collect::<PyResult<_>>()?,
            roots: records(py, self.roots)?,
        })
    }
}

/// The same question by numbers.
pub(crate) struct Demand {
    /// The binaries, but for those that do not run where they are for.
    available: IdSet,
    wants: Vec<IdSet>,
    gaps: Vec<Vec<u32>>,
    roots: Vec<IdSet>,
}

impl DemandQuestion<'_> {
    pub(crate) fn demand(self, catalog: &Catalog) -> PyResult<Demand> {
        let state = snapshots(catalog, &self.state)?;
        let sets = |lists: &[Vec<String>]| -> PyResult<Vec<IdSet>> {
            lists
                .iter()
                .map(|hashes| spec_ids(catalog, hashes))
                .collect()
        };
        // Answers about gaps come in the order in which the gaps were given.
        let in_order = |hashes: &Vec<String>| -> PyResult<Vec<u32>> {
            let one = |hash: &String| spec_ids(catalog, std::slice::from_ref(hash));
            let ids: PyResult<Vec<IdSet>> = hashes.iter().map(one).collect();
            Ok(ids?.iter().flat_map(IdSet::iter).collect())
        };
        let available = catalog.view(&state).available().clone();
        let misfits = catalog.misfits(&available, &self.operating_systems.table);
        Ok(Demand {
            available: {
                // What is made by rewiring a binary installs as what has a binary of its own.
                let view = catalog.view(&state);
                available
                    .union(view.rewirable(catalog))
                    .difference(&misfits)
            },
            wants: sets(&self.wants)?,
            gaps: self.gaps.iter().map(in_order).collect::<PyResult<_>>()?,
            roots: sets(&self.roots)?,
        })
    }
}

impl Demand {
    pub(crate) fn answer(
        &self,
        catalog: &Catalog,
        graph: &std::sync::Arc<Graph>,
    ) -> Result<DemandRecords, TaskError> {
        let specs = catalog.len();
        let mut supply = Supply::new(std::sync::Arc::clone(graph));
        supply.available = spec_set(graph, &self.available);
        supply.external = external(catalog, graph);
        supply.undescribed = flagged(graph, |id| {
            id as usize >= specs || catalog.dependencies(id).is_none()
        });
        let ids = |set: &IdSet| set.iter().map(SpecId::new).collect::<Vec<_>>();
        let groups: Vec<Group> = (0..self.wants.len())
            .map(|index| Group {
                gaps: self.gaps[index].iter().copied().map(SpecId::new).collect(),
                wants: ids(&self.wants[index]),
                roots: ids(&self.roots[index]),
            })
            .collect();
        let usefulness = supply.usefulness(&groups)?;
        let mut roots = IdSet::new();
        for of_stack in &self.roots {
            roots |= of_stack;
        }
        let lacking = supply.lacking(&ids(&roots))?;
        let usable = usable(graph, &supply.available, &supply.external);
        let hash = |id: u32| catalog.node_hash(id).to_string();
        let gain = |gap: Usefulness| GainAnswer {
            blocked: gap.blocked,
            roots_completed: gap.roots_completed,
            buildable_now: gap.buildable_now,
        };
        Ok(DemandRecords {
            gains: usefulness
                .into_iter()
                .map(|gaps| gaps.into_iter().map(gain).collect())
                .collect(),
            usable: self
                .wants
                .iter()
                .map(|wants| usable_by_system(catalog, wants, &usable))
                .collect(),
            roots: roots
                .iter()
                .zip(lacking)
                .map(|(root, lacks)| RootAnswer {
                    hash: hash(root),
                    lacks: lacks.into_iter().map(|spec| hash(spec.get())).collect(),
                })
                .collect(),
        })
    }
}

/// How many of the wants are usable, by system; externals are not wants.
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
