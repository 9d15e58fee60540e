//! A spec as a record whose fields are read on demand.

use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use specplan_catalog::{Catalog, Column, Found, Names, Row};

use crate::find::ByName;

/// A spec with its listings, in some snapshots or in all.
///
/// It is a position in the catalog, not a copy: usually only a few fields of hundreds of thousands
/// of specs are read.
#[pyclass(frozen, module = "specplan._core")]
pub(crate) struct SpecAnswer {
    catalog: Arc<Catalog>,
    texts: Arc<SharedTexts>,
    spec: u32,
    /// The snapshots whose listings count, or `None` for all.
    tags: Option<Arc<[u32]>>,
}

#[pymethods]
impl SpecAnswer {
    #[getter]
    fn hash(&self) -> String {
        self.catalog.hash(self.spec).to_string()
    }

    #[getter]
    fn package(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Package)
    }

    #[getter]
    fn version(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Version)
    }

    #[getter]
    fn platform(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Platform)
    }

    #[getter]
    fn os(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::OperatingSystem)
    }

    #[getter]
    fn target(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Target)
    }

    #[getter]
    fn compiler(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Compiler)
    }

    #[getter]
    fn variants<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let text = self.catalog.text(self.spec, Column::Variants);
        PyTuple::new(py, lines(text))
    }

    #[getter]
    fn size(&self) -> &str {
        self.catalog.text(self.spec, Column::Size)
    }

    #[getter]
    fn stacks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let labels = self.rows().flat_map(|row| self.catalog.labels_of(row));
        let names = self.catalog.labels();
        let stacks = distinct(labels.copied()).into_iter();
        PyTuple::new(py, stacks.map(|id| self.texts.labels.text(py, names, id)))
    }

    #[getter]
    fn tags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let tags = distinct(self.rows().map(|row| row.id(Column::Tag))).into_iter();
        let text = |id| self.texts.text(py, &self.catalog, Column::Tag, id);
        PyTuple::new(py, tags.map(text))
    }

    #[getter]
    fn source(&self, py: Python<'_>) -> Py<PyString> {
        self.shared(py, Column::Source)
    }

    #[getter]
    fn is_available(&self) -> bool {
        // Externals are provided by the system: a cache that lists one has no binary of it.
        !self.is_external() && self.rows().any(Row::is_available)
    }

    #[getter]
    fn is_external(&self) -> bool {
        self.catalog.is_external(self.spec)
    }
}

impl SpecAnswer {
    fn shared(&self, py: Python<'_>, column: Column) -> Py<PyString> {
        let id = self.catalog.id(self.spec, column);
        self.texts.text(py, &self.catalog, column, id)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        let rows = self.catalog.rows_of(self.spec).iter();
        rows.filter(|row| {
            let tags = self.tags.as_deref();
            tags.is_none_or(|tags| tags.contains(&row.id(Column::Tag)))
        })
    }
}

/// Makes the records of the specs of one catalog.
pub(crate) struct SpecAnswers {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) texts: Arc<SharedTexts>,
    pub(crate) tags: Option<Arc<[u32]>>,
}

impl SpecAnswers {
    pub(crate) fn of(&self, spec: u32) -> SpecAnswer {
        SpecAnswer {
            catalog: Arc::clone(&self.catalog),
            texts: Arc::clone(&self.texts),
            spec,
            tags: self.tags.clone(),
        }
    }

    /// A text of a spec, which is shared with all specs that have it.
    pub(crate) fn text(&self, py: Python<'_>, spec: u32, column: Column) -> Py<PyString> {
        let id = self.catalog.id(spec, column);
        self.texts.text(py, &self.catalog, column, id)
    }
}

/// A spec that may or may not satisfy an abstract spec.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct UnknownSpecAnswer {
    spec: Py<SpecAnswer>,
    /// The name of what is missing.
    missing: &'static str,
    /// A sentence about it.
    reason: String,
}

/// The specs that satisfy an abstract spec, and those for which it is unknown.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct FoundAnswer {
    specs: Py<PyTuple>,
    unknown: Py<PyTuple>,
}

impl FoundAnswer {
    /// The specs by name and version.
    pub(crate) fn of(py: Python<'_>, answers: &SpecAnswers, mut found: Found) -> PyResult<Self> {
        let catalog = &answers.catalog;
        let mut specs: Vec<u32> = found.specs.iter().collect();
        let unknown = found.unknown.iter().map(|&(spec, _)| spec);
        let all: Vec<u32> = specs.iter().copied().chain(unknown).collect();
        let order = ByName::of(catalog, &all);
        specs.sort_by_cached_key(|&spec| order.key(catalog, spec));
        found
            .unknown
            .sort_by_cached_key(|&(spec, _)| order.key(catalog, spec));
        let specs: Vec<SpecAnswer> = specs.into_iter().map(|spec| answers.of(spec)).collect();
        let unknown = found.unknown.into_iter().map(|(spec, missing)| {
            Ok(UnknownSpecAnswer {
                spec: Py::new(py, answers.of(spec))?,
                missing: missing.slug(),
                reason: missing.to_string(),
            })
        });
        Ok(Self {
            specs: PyTuple::new(py, specs)?.unbind(),
            unknown: PyTuple::new(py, unknown.collect::<PyResult<Vec<_>>>()?)?.unbind(),
        })
    }
}

/// The texts of a catalog as Python strings, each made when it is first read and then shared:
/// hundreds of thousands of specs have a few hundred versions and a handful of systems.
pub(crate) struct SharedTexts {
    columns: [Texts; Column::COUNT],
    labels: Texts,
}

impl Default for SharedTexts {
    fn default() -> Self {
        Self {
            columns: std::array::from_fn(|_| Texts::default()),
            labels: Texts::default(),
        }
    }
}

impl SharedTexts {
    fn text(&self, py: Python<'_>, catalog: &Catalog, column: Column, id: u32) -> Py<PyString> {
        self.columns[column as usize].text(py, catalog.names(column), id)
    }
}

#[derive(Default)]
struct Texts(OnceLock<Box<[PyOnceLock<Py<PyString>>]>>);

impl Texts {
    fn text(&self, py: Python<'_>, names: &Names, id: u32) -> Py<PyString> {
        let texts = self.0.get_or_init(|| {
            let none = (0..names.len()).map(|_| PyOnceLock::new());
            none.collect()
        });
        let text = texts[id as usize].get_or_init(py, || PyString::new(py, names.get(id)).unbind());
        text.clone_ref(py)
    }
}

fn distinct(ids: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut ids: Vec<u32> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').filter(|line| !line.is_empty()).collect()
}
