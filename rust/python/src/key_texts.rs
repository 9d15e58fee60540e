//! Keys as Python strings.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use specplan_catalog::{Catalog, IdSet, Level};

/// The keys of a catalog as Python strings. Packages and versions are few and occur in many
/// answers, so each string is made once and then shared.
#[derive(Default)]
pub(crate) struct KeyTexts {
    shared: [PyOnceLock<Vec<Py<PyString>>>; 2],
}

impl KeyTexts {
    /// The texts of a set of keys, in the order of the keys.
    pub(crate) fn of<'py>(
        &self,
        py: Python<'py>,
        catalog: &Catalog,
        level: Level,
        set: &IdSet,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let keys = catalog.keys(level);
        let text = |key: u32| PyString::new(py, &keys.text(catalog, key));
        let Some(shared) = self.shared.get(level as usize) else {
            return PyTuple::new(py, set.iter().map(text).collect::<Vec<_>>());
        };
        let len = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let shared = shared.get_or_init(py, || (0..len).map(|key| text(key).unbind()).collect());
        let texts: Vec<_> = set
            .iter()
            .map(|key| shared[key as usize].bind(py))
            .collect();
        PyTuple::new(py, texts)
    }
}
