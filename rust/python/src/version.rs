//! Spack's versions.

use std::hash::{Hash, Hasher};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyType;
use specplan_spack::{Truth, Version, VersionConstraint};

use crate::errors::undecided_version;

/// One exact version.
#[pyclass(frozen, module = "specplan._core", name = "Version")]
pub(crate) struct PyVersion {
    version: Version,
}

#[pymethods]
impl PyVersion {
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        let version =
            Version::parse(text).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { version })
    }

    fn satisfies(&self, constraint: &str) -> PyResult<bool> {
        let wanted = VersionConstraint::parse(constraint)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        match self.version.satisfies(&wanted) {
            Truth::Yes => Ok(true),
            Truth::No => Ok(false),
            Truth::Unknown(missing) => Err(undecided_version(&self.version, constraint, missing)),
        }
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (&str,)) {
        (py.get_type::<Self>(), (self.version.as_str(),))
    }

    fn __str__(&self) -> &str {
        self.version.as_str()
    }

    fn __richcmp__(&self, other: &Self, operator: CompareOp) -> bool {
        operator.matches(self.version.cmp(&other.version))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        self.version.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("Version('{}')", self.version)
    }
}
