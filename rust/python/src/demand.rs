//! What wants of concrete specs lack, and what each gap is good for.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, IdSet, System};
use specplan_planner::{Graph, Group, SpecId, SpecSet, Supply, TaskError, usable};

use crate::graph::{external, flagged, spec_set};
use crate::known_specs::spec_ids;
use crate::operating_systems::PyOperatingSystems;
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

/// For each stack and gap: blocked, roots completed, buildable now.
type UsefulnessAnswer = Vec<Vec<(usize, usize, bool)>>;

/// For each stack: os, target, and how many wants of the system are usable.
type UsableAnswer = Vec<Vec<(String, String, usize)>>;

/// Usefulness, usable wants, and for each distinct root by hash what it lacks.
#[derive(IntoPyObject)]
pub(crate) struct DemandAnswer(UsefulnessAnswer, UsableAnswer, Vec<(String, Vec<String>)>);

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
    ) -> Result<DemandAnswer, TaskError> {
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
        Ok(DemandAnswer(
            usefulness
                .into_iter()
                .map(|gaps| {
                    gaps.into_iter()
                        .map(|gap| (gap.blocked, gap.roots_completed, gap.buildable_now))
                        .collect()
                })
                .collect(),
            self.wants
                .iter()
                .map(|wants| usable_by_system(catalog, wants, &usable))
                .collect(),
            roots
                .iter()
                .zip(lacking)
                .map(|(root, lacks)| {
                    let lacks = lacks.into_iter().map(|spec| hash(spec.get()));
                    (hash(root), lacks.collect())
                })
                .collect(),
        ))
    }
}

/// How many of the wants are usable, by system; externals are no wants.
fn usable_by_system(
    catalog: &Catalog,
    wants: &IdSet,
    usable: &SpecSet,
) -> Vec<(String, String, usize)> {
    let mut counts = vec![0; catalog.systems().len()];
    for spec in wants.iter().filter(|&spec| !catalog.is_external(spec)) {
        counts[catalog.system_of(spec) as usize] += usize::from(usable.contains(SpecId::new(spec)));
    }
    let text = |column, id| catalog.names(column).get(id).to_owned();
    let answer = |(system, count): (&System, usize)| {
        (
            text(Column::OperatingSystem, system.os),
            text(Column::Target, system.target),
            count,
        )
    };
    catalog.systems().iter().zip(counts).map(answer).collect()
}

/// A fault of the planner as Python sees it.
pub(crate) fn fault(error: &impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
