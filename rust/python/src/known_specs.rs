//! Specs of a catalog that were looked up once, to be asked about many times.

use std::sync::Arc;

use pyo3::Borrowed;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use specplan_catalog::{Catalog, DagHash, IdSet};

use crate::literals;

/// A hash, read from a Python text without copying it, as there can be hundreds of thousands of
/// roots.
pub(crate) struct Hash(pub(crate) DagHash);

impl<'py> FromPyObject<'_, 'py> for Hash {
    type Error = PyErr;

    fn extract(text: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let text = text.cast::<PyString>()?;
        Self::parse(text.to_str()?)
    }
}

impl Hash {
    fn parse(text: &str) -> PyResult<Self> {
        let hash = DagHash::parse(text).map_err(|_| literals::unknown("spec", text))?;
        Ok(Self(hash))
    }
}

/// A set of specs of one catalog.
#[pyclass(frozen, module = "specplan._core", name = "KnownSpecs")]
pub(crate) struct PyKnownSpecs {
    catalog: Arc<Catalog>,
    ids: IdSet,
}

impl PyKnownSpecs {
    /// # Errors
    ///
    /// A `ValueError` names the first hash that the catalog does not know.
    pub(crate) fn new(catalog: &Arc<Catalog>, hashes: &[Hash]) -> PyResult<Self> {
        Ok(Self {
            ids: ids(catalog, hashes)?,
            catalog: Arc::clone(catalog),
        })
    }
}

#[pymethods]
impl PyKnownSpecs {
    fn __len__(&self) -> usize {
        usize::try_from(self.ids.len()).unwrap_or(usize::MAX)
    }
}

/// Specs as a question names them: looked up before, or by hash.
#[derive(FromPyObject)]
pub(crate) enum SpecsAsked {
    Known(Py<PyKnownSpecs>),
    Hashes(Vec<Hash>),
}

impl SpecsAsked {
    /// # Errors
    ///
    /// `ValueError` names the first hash that the catalog does not know, or says that the specs
    /// were looked up in another catalog.
    pub(crate) fn ids(&self, catalog: &Arc<Catalog>) -> PyResult<IdSet> {
        match self {
            Self::Hashes(hashes) => ids(catalog, hashes),
            Self::Known(specs) if Arc::ptr_eq(&specs.get().catalog, catalog) => {
                Ok(specs.get().ids.clone())
            }
            Self::Known(_) => Err(PyValueError::new_err(
                "the specs were looked up in another catalog",
            )),
        }
    }
}

/// The ids of specs by their hashes.
///
/// # Errors
///
/// `ValueError` names the first hash that the catalog does not know.
pub(crate) fn spec_ids(catalog: &Catalog, hashes: &[String]) -> PyResult<IdSet> {
    let parsed: Vec<Hash> = hashes
        .iter()
        .map(|text| Hash::parse(text))
        .collect::<PyResult<_>>()?;
    ids(catalog, &parsed)
}

/// The same in the order of the hashes, with repetitions.
///
/// # Errors
///
/// A `ValueError` names the first hash that the catalog does not know.
pub(crate) fn ordered_ids(catalog: &Catalog, hashes: &[Hash]) -> PyResult<Vec<u32>> {
    found(catalog, hashes).collect()
}

/// The ids of specs by their parsed hashes.
///
/// # Errors
///
/// A `ValueError` names the first hash that the catalog does not know.
pub(crate) fn ids(catalog: &Catalog, hashes: &[Hash]) -> PyResult<IdSet> {
    found(catalog, hashes).collect()
}

fn found<'c>(catalog: &'c Catalog, hashes: &'c [Hash]) -> impl Iterator<Item = PyResult<u32>> + 'c {
    let hashes = hashes.iter().map(|hash| hash.0);
    let found = hashes.clone().zip(catalog.find_all(hashes));
    found.map(|(hash, spec)| spec.ok_or_else(|| literals::unknown("spec", &hash.to_string())))
}
