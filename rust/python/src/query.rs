//! Questions as trees of set algebra.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{DagHash, Query};

use crate::literals;

/// Which specs are asked for; combined by `&`, `|` and `~`.
#[pyclass(frozen, module = "specplan._core", name = "Query")]
pub(crate) struct PyQuery {
    pub(crate) query: Arc<Query>,
}

impl PyQuery {
    fn of(query: Query) -> Self {
        let query = Arc::new(query);
        Self { query }
    }

    fn inner(&self) -> Query {
        (*self.query).clone()
    }
}

#[pymethods]
impl PyQuery {
    #[staticmethod]
    fn all() -> Self {
        Self::of(Query::All)
    }

    #[staticmethod]
    fn text(column: &str, texts: Vec<String>) -> PyResult<Self> {
        Ok(Self::of(Query::Text(literals::column(column)?, texts)))
    }

    #[staticmethod]
    fn stack(tag: Option<String>, labels: Vec<String>) -> Self {
        Self::of(Query::Stack(tag, labels))
    }

    #[staticmethod]
    fn hashes(texts: Vec<String>) -> PyResult<Self> {
        let hashes: Result<Vec<DagHash>, _> =
            texts.iter().map(|text| DagHash::parse(text)).collect();
        match hashes {
            Ok(hashes) => Ok(Self::of(Query::Hash(hashes))),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }

    fn __and__(&self, other: &Self) -> Self {
        Self::of(Query::And(vec![self.inner(), other.inner()]))
    }

    fn __or__(&self, other: &Self) -> Self {
        Self::of(Query::Or(vec![self.inner(), other.inner()]))
    }

    fn __invert__(&self) -> Self {
        Self::of(Query::Not(Box::new(self.inner())))
    }
}
