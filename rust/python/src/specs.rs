//! Reading indexes, databases, locks and spec files.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_readers::{Fault, Format, OriginTexts, SpecsRead, parse_specs, read_specs};

use crate::catalog::PyCatalog;
use crate::detach::detach;

/// place, line, fault.
type FaultAnswer = (String, Option<u32>, String);

/// What a file of specs gave.
#[pyclass(frozen, module = "specplan._core", name = "SpecsRead")]
pub(crate) struct PySpecsRead {
    catalog: Arc<Catalog>,
    kind: &'static str,
    roots: Vec<(String, String)>,
    specs: usize,
    fault: Option<FaultAnswer>,
}

#[pymethods]
impl PySpecsRead {
    #[getter]
    fn catalog(&self) -> PyCatalog {
        PyCatalog::of(Arc::clone(&self.catalog))
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    #[getter]
    fn roots(&self) -> Vec<(String, String)> {
        self.roots.clone()
    }

    #[getter]
    fn specs(&self) -> usize {
        self.specs
    }

    #[getter]
    fn fault(&self) -> Option<FaultAnswer> {
        self.fault.clone()
    }
}

/// Reads one file, whose content tells what it is.
#[pyfunction(name = "read_specs")]
#[pyo3(signature = (path, *, cache, tag, label, shown, file_bytes, listed_only = false))]
pub(crate) fn py_read_specs(
    py: Python<'_>,
    path: PathBuf,
    cache: &str,
    tag: &str,
    label: &str,
    shown: &str,
    file_bytes: u64,
    listed_only: bool,
) -> PyResult<PySpecsRead> {
    let origin = OriginTexts {
        cache,
        tag,
        label,
        shown,
        listed_only,
    };
    detach(py, || wrap(read_specs(&path, origin, file_bytes)))
}

/// Reads the same from memory.
#[pyfunction(name = "parse_specs")]
#[pyo3(signature = (text, *, cache, tag, label, shown, listed_only = false))]
pub(crate) fn py_parse_specs(
    py: Python<'_>,
    text: &[u8],
    cache: &str,
    tag: &str,
    label: &str,
    shown: &str,
    listed_only: bool,
) -> PyResult<PySpecsRead> {
    let origin = OriginTexts {
        cache,
        tag,
        label,
        shown,
        listed_only,
    };
    detach(py, || wrap(parse_specs(text, origin)))
}

fn wrap(read: Result<SpecsRead, Fault>) -> PySpecsRead {
    match read {
        Ok(read) => PySpecsRead {
            kind: match read.format {
                Format::Index => "index",
                Format::Installation => "database",
                Format::Lock => "lock",
                Format::SpecFile => "spec",
            },
            roots: read
                .roots
                .into_iter()
                .map(|(hash, spec)| (hash.to_string(), spec))
                .collect(),
            specs: read.specs,
            catalog: Arc::new(read.rows.finish()),
            fault: None,
        },
        Err(fault) => PySpecsRead {
            kind: "",
            roots: Vec::new(),
            specs: 0,
            catalog: Arc::default(),
            fault: Some((fault.place, fault.line, fault.kind.to_string())),
        },
    }
}
