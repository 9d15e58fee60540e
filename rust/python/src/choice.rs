//! Choices among alternatives, by numbers.

use std::time::{Duration, Instant};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_planner::{Choice, Chosen, Cut, choose};

/// alternative by want, items, cost, lower bound, nodes, why the search was cut.
pub(crate) type ChosenAnswer = (Vec<usize>, Vec<u32>, u64, u64, u64, Option<&'static str>);

/// Chooses an alternative for each want such that all that they need costs least.
#[pyfunction]
#[pyo3(name = "choose", signature = (*, costs, demands, wants, node_limit=None, time_limit=None))]
pub(crate) fn py_choose(
    py: Python<'_>,
    costs: Vec<u64>,
    demands: Vec<(u32, u32)>,
    wants: Vec<Vec<u32>>,
    node_limit: Option<u64>,
    time_limit: Option<f64>,
) -> PyResult<ChosenAnswer> {
    let choice = Choice {
        costs,
        demands,
        wants,
    };
    solved(py, &choice, node_limit, time_limit).map(told)
}

/// Solves without the GIL; looks at the clock and for Ctrl-C now and then.
pub(crate) fn solved(
    py: Python<'_>,
    choice: &Choice,
    node_limit: Option<u64>,
    time_limit: Option<f64>,
) -> PyResult<Chosen> {
    // A limit too long for a clock is none.
    let end = time_limit
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .and_then(|limit| Instant::now().checked_add(limit));
    let mut interrupt = None;
    let chosen = py.detach(|| {
        let mut should_stop = || {
            interrupt = Python::attach(|py| py.check_signals()).err();
            interrupt.is_some() || end.is_some_and(|end| Instant::now() >= end)
        };
        choose(choice, node_limit, &mut should_stop)
    });
    match interrupt {
        Some(interrupt) => Err(interrupt),
        None => chosen.map_err(|error| PyValueError::new_err(error.to_string())),
    }
}

fn told(chosen: Chosen) -> ChosenAnswer {
    let cut = chosen.cut.map(|cut| match cut {
        Cut::Nodes => "nodes",
        Cut::Memory => "memory",
        _ => "time",
    });
    (
        chosen.alternatives,
        chosen.items,
        chosen.cost,
        chosen.lower_bound,
        chosen.nodes,
        cut,
    )
}
