//! Choices among alternatives, by numbers.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_planner::{Alternative, CostScale, RootChoice, SearchLimits, SpecId, Task};
use specplan_solver::choice::{Choice, choose};

use crate::graph::flagged;
use crate::plan::specs::spec_id;
use crate::search::{cut_name, until};

/// alternative by want, items, cost, lower bound, nodes, why the search was cut.
pub(crate) type ChosenAnswer = (Vec<usize>, Vec<u32>, u64, u64, u64, Option<&'static str>);

/// Chooses an alternative for each want such that all that they need costs least.
#[pyfunction]
#[pyo3(name = "choose", signature = (*, costs, demands, wants, node_limit=None, work_limit=None, time_limit=None))]
pub(crate) fn py_choose(
    py: Python<'_>,
    costs: Vec<u64>,
    demands: Vec<(u32, u32)>,
    wants: Vec<Vec<u32>>,
    node_limit: Option<u64>,
    work_limit: Option<u64>,
    time_limit: Option<f64>,
) -> PyResult<ChosenAnswer> {
    let limits = SearchLimits {
        nodes: node_limit,
        work: work_limit,
    };
    let choice = Choice {
        costs,
        demands,
        wants,
    };
    let chosen = until(py, time_limit, |should_stop| {
        choose(&choice, limits, should_stop)
    })?;
    let chosen = chosen.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok((
        chosen.alternatives,
        chosen.items,
        chosen.cost,
        chosen.lower_bound,
        chosen.nodes,
        chosen.cut.map(cut_name),
    ))
}

/// chosen alternative and the position of the spec of each of its parts, by want; cost, lower bound, whether it is optimal, the cost of choosing each
/// alone, nodes, why the search was cut.
pub(crate) type ChosenRootsAnswer = (
    Vec<Option<(usize, Vec<usize>)>>,
    f64,
    f64,
    bool,
    f64,
    u64,
    Option<&'static str>,
);

/// The task, in which what no source tells the dependencies of cannot be built: nobody knows what
/// that would cost.
pub(crate) fn told(catalog: &Catalog, mut task: Task) -> Task {
    let untold = flagged(&task.graph, |id| {
        (id as usize) >= catalog.len() || catalog.dependencies(id).is_none()
    });
    task.broken = task.broken.union(&untold);
    task
}

/// Hashes as specs: by want, alternative and part.
pub(crate) fn alternatives(
    catalog: &Catalog,
    wants: &[Vec<Vec<Vec<String>>>],
) -> PyResult<Vec<Vec<Alternative>>> {
    let part = |hashes: &Vec<String>| -> PyResult<Vec<SpecId>> {
        hashes.iter().map(|hash| spec_id(catalog, hash)).collect()
    };
    let alternative = |parts: &Vec<Vec<String>>| parts.iter().map(part).collect();
    let want =
        |alternatives: &Vec<Vec<Vec<String>>>| alternatives.iter().map(alternative).collect();
    wants.iter().map(want).collect()
}

pub(crate) fn chosen_roots(
    py: Python<'_>,
    choice: &RootChoice,
    scale: CostScale,
    limits: SearchLimits,
    time_limit: Option<f64>,
) -> PyResult<ChosenRootsAnswer> {
    let chosen = until(py, time_limit, |should_stop| {
        choice.solve(limits, should_stop)
    })?;
    let chosen = chosen.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let alternatives = chosen.alternatives.into_iter();
    Ok((
        alternatives
            .map(|chosen| chosen.map(|chosen| (chosen.position, chosen.specs)))
            .collect(),
        scale.in_units(chosen.cost),
        scale.in_units(chosen.lower_bound),
        chosen.is_optimal,
        scale.in_units(chosen.cost_alone),
        chosen.nodes,
        chosen.cut.map(cut_name),
    ))
}
