//! Reading indexes, databases, locks and spec files.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use specplan_catalog::Catalog;
use specplan_readers::{
    Fault, FaultKind, Format, FormatVersion, Newer, OriginTexts, RELEASES, SpecsRead, Versioned,
    parse_specs, read_specs,
};

use crate::catalog::PyCatalog;
use crate::detach::detach;
use crate::records::FaultAnswer;

/// A root of a lock.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct LockRootAnswer {
    hash: String,
    /// The abstract spec, or nothing.
    spec: String,
    /// The group, or `None` for the default one.
    group: Option<String>,
}

/// A release of Spack, and the versions of the formats that it writes.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ReleaseAnswer {
    release: &'static str,
    lock: u64,
    spec_file: u64,
    database: u64,
    layout: u64,
}

/// The content of a file of specs.
#[pyclass(frozen, module = "specplan._core", name = "SpecsRead")]
pub(crate) struct PySpecsRead {
    catalog: Arc<Catalog>,
    kind: &'static str,
    roots: Vec<LockRootAnswer>,
    specs: usize,
    version: Option<FormatVersion>,
    installed: usize,
    fault: Option<FaultAnswer>,
    is_newer: bool,
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
    fn roots(&self) -> Vec<LockRootAnswer> {
        self.roots.clone()
    }

    #[getter]
    fn specs(&self) -> usize {
        self.specs
    }

    #[getter]
    fn installed(&self) -> usize {
        self.installed
    }

    #[getter]
    fn version(&self) -> Option<u64> {
        self.version.map(|version| version.number)
    }

    #[getter]
    fn is_guess(&self) -> bool {
        self.version.is_some_and(|version| version.is_guess)
    }

    #[getter]
    fn is_newer(&self) -> bool {
        self.is_newer
    }

    #[getter]
    fn fault(&self) -> Option<FaultAnswer> {
        self.fault.clone()
    }
}

/// Reads one file, whose content shows its kind.
#[pyfunction(name = "read_specs")]
#[pyo3(signature = (path, *, cache, tag, stack, shown, file_bytes, listed_only = false, counts_installed = false, try_newer = false))]
pub(crate) fn py_read_specs(
    py: Python<'_>,
    path: PathBuf,
    cache: &str,
    tag: &str,
    stack: &str,
    shown: &str,
    file_bytes: u64,
    listed_only: bool,
    counts_installed: bool,
    try_newer: bool,
) -> PyResult<PySpecsRead> {
    let origin = OriginTexts {
        cache,
        tag,
        stack,
        shown,
        listed_only,
        counts_installed,
        newer: newer(try_newer),
    };
    detach(py, || wrap(read_specs(&path, origin, file_bytes)))
}

/// Reads the same from memory.
#[pyfunction(name = "parse_specs")]
#[pyo3(signature = (text, *, cache, tag, stack, shown, listed_only = false, counts_installed = false, try_newer = false))]
pub(crate) fn py_parse_specs(
    py: Python<'_>,
    text: &[u8],
    cache: &str,
    tag: &str,
    stack: &str,
    shown: &str,
    listed_only: bool,
    counts_installed: bool,
    try_newer: bool,
) -> PyResult<PySpecsRead> {
    let origin = OriginTexts {
        cache,
        tag,
        stack,
        shown,
        listed_only,
        counts_installed,
        newer: newer(try_newer),
    };
    detach(py, || wrap(parse_specs(text, origin)))
}

fn newer(try_newer: bool) -> Newer {
    if try_newer { Newer::Try } else { Newer::Refuse }
}

/// The releases of Spack that changed a format, oldest first.
#[pyfunction]
pub(crate) fn format_releases() -> Vec<ReleaseAnswer> {
    let releases = RELEASES.iter();
    releases
        .map(|each| {
            let [lock, spec_file, database] =
                [Versioned::Lock, Versioned::SpecFile, Versioned::Database].map(|of| of.of(each));
            ReleaseAnswer {
                release: each.spack,
                lock,
                spec_file,
                database,
                layout: each.layout,
            }
        })
        .collect()
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
                .map(|root| LockRootAnswer {
                    hash: root.hash.to_string(),
                    spec: root.spec,
                    group: root.group,
                })
                .collect(),
            specs: read.specs,
            version: read.version,
            installed: read.installed,
            is_newer: false,
            catalog: Arc::new(read.rows.finish()),
            fault: None,
        },
        Err(fault) => PySpecsRead {
            kind: "",
            roots: Vec::new(),
            specs: 0,
            version: None,
            installed: 0,
            catalog: Arc::default(),
            is_newer: matches!(fault.kind, FaultKind::NewerVersion { .. }),
            fault: Some(FaultAnswer::of(fault)),
        },
    }
}
