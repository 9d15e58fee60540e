//! Searches that end early: by time, by Ctrl-C, by their limits.

use std::time::{Duration, Instant};

use pyo3::marker::Ungil;
use pyo3::prelude::*;
use specplan_planner::Cut;

use crate::detach::detach_quietly;

/// Solves without the GIL; the search checks now and then whether time is up or Ctrl-C was pressed.
pub(crate) fn until<T: Ungil + Send>(
    py: Python<'_>,
    time_limit: Option<f64>,
    solve: impl FnOnce(&mut dyn FnMut() -> bool) -> T + Ungil + Send,
) -> PyResult<T> {
    // A limit that is too long for a clock is no limit.
    let end = time_limit
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .and_then(|limit| Instant::now().checked_add(limit));
    let mut interrupt = None;
    let solved = detach_quietly(py, || {
        let mut should_stop = || {
            interrupt = Python::attach(signal).err();
            interrupt.is_some() || end.is_some_and(|end| Instant::now() >= end)
        };
        solve(&mut should_stop)
    })?;
    interrupt.map_or(Ok(solved), Err)
}

/// The exception of a signal that came since the last call.
fn signal(py: Python<'_>) -> PyResult<()> {
    py.check_signals()
}

pub(crate) fn cut_name(cut: Cut) -> &'static str {
    match cut {
        Cut::Nodes => "nodes",
        Cut::Memory => "memory",
        Cut::Work => "work",
        _ => "time",
    }
}
