//! Choices among alternatives, by numbers.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_planner::{
    Alternative, ChosenAlternative, CostScale, RootChoice, SearchLimits, SpecId, Task,
};
use specplan_solver::choice::{Choice, choose};

use crate::graph::flagged;
use crate::plan::specs::spec_id;
use crate::search::{cut_name, until};

/// A choice among numbers.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ChosenAnswer {
    /// By want the position of the chosen item.
    alternatives: Vec<usize>,
    /// All items that the chosen ones need.
    items: Vec<u32>,
    cost: u64,
    lower_bound: u64,
    nodes: u64,
    /// The reason why the search ended early.
    cut: Option<&'static str>,
}

/// Chooses an alternative for each want at the least total cost of their needs.
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
    Ok(ChosenAnswer {
        alternatives: chosen.alternatives,
        items: chosen.items,
        cost: chosen.cost,
        lower_bound: chosen.lower_bound,
        nodes: chosen.nodes,
        cut: chosen.cut.map(cut_name),
    })
}

/// The alternative that is chosen for a want.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct AlternativeAnswer {
    position: usize,
    /// The position of the spec of each of its parts.
    specs: Vec<usize>,
}

/// The specs that are chosen for wants.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ChosenRootsAnswer {
    /// By want; `None` if no alternative is possible.
    alternatives: Vec<Option<AlternativeAnswer>>,
    cost: f64,
    lower_bound: f64,
    is_optimal: bool,
    /// The cost of choosing for each alone.
    cost_alone: f64,
    nodes: u64,
    /// The reason why the search ended early.
    cut: Option<&'static str>,
}

/// The task, in which a spec without recorded dependencies cannot be built, as the cost is unknown.
pub(crate) fn of_known_dependencies(catalog: &Catalog, mut task: Task) -> Task {
    let without_dependencies = flagged(&task.graph, |id| {
        (id as usize) >= catalog.len() || catalog.dependencies(id).is_none()
    });
    task.broken = task.broken.union(&without_dependencies);
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
    let alternative = |chosen: ChosenAlternative| AlternativeAnswer {
        position: chosen.position,
        specs: chosen.specs,
    };
    Ok(ChosenRootsAnswer {
        alternatives: alternatives.map(|chosen| chosen.map(alternative)).collect(),
        cost: scale.in_units(chosen.cost),
        lower_bound: scale.in_units(chosen.lower_bound),
        is_optimal: chosen.is_optimal,
        cost_alone: scale.in_units(chosen.cost_alone),
        nodes: chosen.nodes,
        cut: chosen.cut.map(cut_name),
    })
}
