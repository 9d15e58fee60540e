//! The one way in which long work leaves Python's lock.

use pyo3::marker::Ungil;
use pyo3::prelude::*;

/// Runs `work` without the GIL and then looks whether Ctrl-C was pressed meanwhile.
pub(crate) fn detach<T: Ungil + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Ungil + Send,
) -> PyResult<T> {
    let answer = py.detach(work);
    py.check_signals()?;
    Ok(answer)
}
