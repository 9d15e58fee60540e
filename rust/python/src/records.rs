//! Named answers: frozen classes, whose fields are read by name.
//!
//! A record that contains no Python objects is made without the GIL; many of them become one tuple,
//! whose records are made only once.

use pyo3::PyClass;
use pyo3::prelude::*;
use pyo3::pyclass_init::PyClassInitializer;
use pyo3::types::PyTuple;
use specplan_readers::Fault;

/// Many records, in order.
pub(crate) fn records<T>(py: Python<'_>, records: Vec<T>) -> PyResult<Py<PyTuple>>
where
    T: PyClass + Into<PyClassInitializer<T>>,
{
    let records = records.into_iter().map(|record| Py::new(py, record));
    let records: Vec<Py<T>> = records.collect::<PyResult<_>>()?;
    Ok(PyTuple::new(py, records)?.unbind())
}

/// A fault of a file.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct FaultAnswer {
    location: String,
    line: Option<u32>,
    fault: String,
}

impl FaultAnswer {
    pub(crate) fn of(fault: Fault) -> Self {
        Self {
            location: fault.place,
            line: fault.line,
            fault: fault.kind.to_string(),
        }
    }
}
