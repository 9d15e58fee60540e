//! Reading package pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_readers::{Limits, PagesRead};

use crate::catalog::PyCatalog;
use crate::detach::detach;

/// A file that cannot be taken.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct DamagedPageAnswer {
    path: String,
    location: String,
    line: Option<u32>,
    fault: String,
}

/// A page whose `meta` contradicts its specs.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct ContradictionAnswer {
    path: String,
    /// The key of `meta`.
    key: &'static str,
    meta: String,
    specs: String,
}

/// The content of a source of pages.
#[pyclass(frozen, module = "specplan._core", name = "PagesRead")]
pub(crate) struct PyPagesRead {
    catalog: Arc<Catalog>,
    taken: usize,
    declined: Vec<PathBuf>,
    damaged: Vec<DamagedPageAnswer>,
    contradictions: Vec<ContradictionAnswer>,
}

#[pymethods]
impl PyPagesRead {
    #[getter]
    fn catalog(&self) -> PyCatalog {
        PyCatalog::of(Arc::clone(&self.catalog))
    }

    #[getter]
    fn taken(&self) -> usize {
        self.taken
    }

    /// Paths as bytes of the file system, since they are opened again.
    #[getter]
    fn declined(&self) -> Vec<PathBuf> {
        self.declined.clone()
    }

    #[getter]
    fn damaged(&self) -> Vec<DamagedPageAnswer> {
        self.damaged.clone()
    }

    #[getter]
    fn contradictions(&self) -> Vec<ContradictionAnswer> {
        self.contradictions.clone()
    }
}

/// Reads a page or all pages below a folder.
#[pyfunction]
pub(crate) fn read_pages(
    py: Python<'_>,
    root: PathBuf,
    file_bytes: u64,
    tree_entries: usize,
) -> PyResult<PyPagesRead> {
    let limits = Limits {
        file_bytes,
        tree_entries,
        ..Limits::default()
    };
    detach(py, || wrap(specplan_readers::read_pages(&root, limits)))
}

/// Takes front matter that the reference reader has turned into JSON objects.
#[pyfunction]
pub(crate) fn read_page_values(
    py: Python<'_>,
    cache: PathBuf,
    pages: Vec<(PathBuf, String)>,
) -> PyResult<PyPagesRead> {
    detach(py, || {
        let pages = pages
            .iter()
            .map(|(path, json)| (path.as_path(), json.as_str()));
        wrap(specplan_readers::read_page_values(
            &cache.to_string_lossy(),
            pages,
        ))
    })
}

fn wrap(read: PagesRead) -> PyPagesRead {
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    PyPagesRead {
        catalog: Arc::new(read.rows.finish()),
        taken: read.taken,
        declined: read.declined,
        damaged: read
            .damaged
            .into_iter()
            .map(|(path, fault)| DamagedPageAnswer {
                path: shown(&path),
                location: fault.place,
                line: fault.line,
                fault: fault.kind.to_string(),
            })
            .collect(),
        contradictions: read
            .contradictions
            .into_iter()
            .map(|(path, each)| ContradictionAnswer {
                path: shown(&path),
                key: each.identity,
                meta: each.meta,
                specs: each.spec_details,
            })
            .collect(),
    }
}
