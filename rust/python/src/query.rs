//! Queries as trees of set algebra.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use specplan_catalog::{DagHash, Query};

use crate::literals;

/// A selection of specs; combined by `&`, `|` and `~`.
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
    fn stack(tag: Option<String>, stacks: Vec<String>) -> Self {
        Self::of(Query::Stack(tag, stacks))
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

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let restore = py.import("specplan._core")?.getattr("query_of_state")?;
        (restore, (state_of(py, &self.query)?,)).into_pyobject(py)
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

/// The query that was pickled.
#[pyfunction]
pub(crate) fn query_of_state(state: Bound<'_, PyTuple>) -> PyResult<PyQuery> {
    of_state(&state).map(PyQuery::of)
}

/// A query as a tuple: its kind, and its parts.
fn state_of<'py>(py: Python<'py>, query: &Query) -> PyResult<Bound<'py, PyTuple>> {
    let parts = |queries: &[Query]| -> PyResult<Bound<'py, PyList>> {
        let parts: PyResult<Vec<_>> = queries.iter().map(|each| state_of(py, each)).collect();
        PyList::new(py, parts?)
    };
    match query {
        Query::All => ("all",).into_pyobject(py),
        Query::Text(column, texts) => ("text", column.name(), texts).into_pyobject(py),
        Query::Stack(tag, labels) => ("stack", tag, labels).into_pyobject(py),
        Query::Hash(hashes) => {
            let hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
            ("hashes", hashes).into_pyobject(py)
        }
        Query::And(queries) => ("and", parts(queries)?).into_pyobject(py),
        Query::Or(queries) => ("or", parts(queries)?).into_pyobject(py),
        Query::Not(query) => ("not", state_of(py, query)?).into_pyobject(py),
        other => Err(literals::unknown("query", &format!("{other:?}"))),
    }
}

fn of_state(state: &Bound<'_, PyTuple>) -> PyResult<Query> {
    let part = |index| state.get_item(index);
    let parts = || -> PyResult<Vec<Query>> {
        let parts: Vec<Bound<'_, PyTuple>> = part(1)?.extract()?;
        parts.iter().map(of_state).collect()
    };
    let kind: String = part(0)?.extract()?;
    Ok(match &kind[..] {
        "all" => Query::All,
        "text" => {
            let column: String = part(1)?.extract()?;
            Query::Text(literals::column(&column)?, part(2)?.extract()?)
        }
        "stack" => Query::Stack(part(1)?.extract()?, part(2)?.extract()?),
        "hashes" => return PyQuery::hashes(part(1)?.extract()?).map(|hashes| hashes.inner()),
        "and" => Query::And(parts()?),
        "or" => Query::Or(parts()?),
        "not" => Query::Not(Box::new(of_state(&part(1)?.extract()?)?)),
        other => return Err(literals::unknown("query", other)),
    })
}
