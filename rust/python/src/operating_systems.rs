//! The known operating systems and targets.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_spack::{OperatingSystemTable, target};

/// The table of operating systems, extended by the configuration.
#[pyclass(frozen, module = "specplan._core", name = "OperatingSystems")]
pub(crate) struct PyOperatingSystems {
    pub(crate) table: OperatingSystemTable,
}

#[pymethods]
impl PyOperatingSystems {
    #[new]
    fn new(extra: Vec<(String, String, String)>) -> PyResult<Self> {
        let texts = extra
            .iter()
            .map(|(os, library, version)| (os.as_str(), library.as_str(), version.as_str()));
        let table = OperatingSystemTable::with_text(texts)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { table })
    }

    fn is_known(&self, os: &str) -> bool {
        self.table.is_known(os)
    }

    fn platform(&self, os: &str) -> Option<&'static str> {
        self.table.platform(os)
    }

    fn names(&self) -> Vec<&str> {
        self.table.names().collect()
    }
}

/// Returns whether a target is known.
#[pyfunction]
pub(crate) fn is_known_target(name: &str) -> bool {
    target::is_known(name)
}

/// The names of all known targets.
#[pyfunction]
pub(crate) fn known_targets() -> Vec<&'static str> {
    target::names().collect()
}

/// Adds targets for the rest of the process: for each its name and its parents.
#[pyfunction]
pub(crate) fn teach_targets(targets: Vec<(String, Vec<String>)>) -> PyResult<()> {
    let texts = targets
        .iter()
        .map(|(name, parents)| (name.as_str(), parents.iter().map(String::as_str).collect()));
    target::teach(texts).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Returns whether a binary for one target runs on another.
#[pyfunction]
pub(crate) fn target_serves(binary: &str, host: &str) -> bool {
    target::serves(binary, host)
}
