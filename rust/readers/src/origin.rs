//! The place of a file of specs, and its content.

use specplan_catalog::{CatalogBuilder, DagHash};

use crate::versions::{FormatVersion, Newer};

/// The kind of file from which specs were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The index of a build cache.
    Index,
    /// The database of an installation.
    Installation,
    /// A `spack.lock`.
    Lock,
    /// One or more spec files, or a list of specs.
    SpecFile,
}

/// The place of a file.
#[derive(Clone, Copy, Debug)]
pub struct OriginTexts<'t> {
    /// The source, as it was given.
    pub cache: &'t str,
    /// The snapshot; empty where there is none.
    pub tag: &'t str,
    /// The stack; empty where there is none.
    pub stack: &'t str,
    /// The file, as messages call it.
    pub shown: &'t str,
    /// Whether the file only records the listings of a stack: its binaries do not count, those of
    /// the union index do.
    pub listed_only: bool,
    /// Whether installed specs count as binaries.
    pub counts_installed: bool,
    /// The treatment of the file if its version is newer than the known ones.
    pub newer: Newer,
}

impl<'t> OriginTexts<'t> {
    pub(crate) fn columns(self) -> [&'t str; 4] {
        [self.tag, self.stack, self.cache, self.shown]
    }
}

/// The specs of one file.
#[derive(Debug)]
pub struct SpecsRead {
    /// Their rows.
    pub rows: CatalogBuilder,
    /// The kind of the file.
    pub format: Format,
    /// The roots in the order of the file.
    pub roots: Vec<LockRoot>,
    /// The number of specs.
    pub specs: usize,
    /// The version of the file, if it names one; of several spec files in a row the newest.
    pub version: Option<FormatVersion>,
    /// The number of specs that an installation has installed.
    pub installed: usize,
}

/// A root of a lock, or the spec that a spec file is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRoot {
    /// The spec.
    pub hash: DagHash,
    /// The abstract spec that was concretized to it; empty if the file does not record it.
    pub spec: String,
    /// The group of the environment's specs that it belongs to; `None` for the default one.
    pub group: Option<String>,
}

impl LockRoot {
    /// A root of which only the spec is known.
    pub(crate) fn of(hash: DagHash) -> Self {
        Self {
            hash,
            spec: String::new(),
            group: None,
        }
    }
}
