//! One listing of one spec, as numbers.

use std::cmp::Ordering;

use crate::DagHash;

/// The columns of a row. Each holds texts, numbered per catalog.
///
/// The order is the order in which rows of one hash and kind are compared, so the
/// snapshot stands first: of two rows, the one of the newer snapshot wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// The snapshot that the source belongs to; empty where it belongs to none.
    Tag,
    /// The package name.
    Package,
    /// The version, as the source spells it.
    Version,
    /// The platform, for example `linux`.
    Platform,
    /// The operating system, for example `ubuntu24.04`.
    OperatingSystem,
    /// The microarchitecture, for example `x86_64_v3`.
    Target,
    /// The compiler, `name@version` or `none`; empty where it is recorded by edges.
    Compiler,
    /// The variants in canonical spelling, ordered by name, one a line.
    Variants,
    /// The whole checksums of the patches, joined by commas; empty where there are
    /// none or the source cuts them.
    Patches,
    /// The compiler flags, `cflags=...`, one kind a line; empty where there are none.
    Flags,
    /// The namespace of the recipe; empty where the source does not record it.
    Namespace,
    /// The hash of the recipe; empty where the source does not record it.
    Recipe,
    /// The path at which the system provides the spec; empty unless it is external.
    External,
    /// Spack's annotations of the spec, `key=value`, one per line, sorted; the compiler is in its
    /// own column. Empty where the source does not record it.
    Annotations,
    /// The virtual packages that the spec provides, perhaps with versions (`mpi@:3`), one a
    /// line, sorted. Empty where it provides none or the source is too old to record any, which the
    /// annotations distinguish.
    Provided,
    /// The size as the source gives it; `-` where it does not.
    Size,
    /// The file that the row was read from.
    Source,
    /// The source, as it was given, that the file belongs to.
    Cache,
    /// The labels of the stacks that list the spec, sorted, one a line.
    Stacks,
}

impl Column {
    /// The number of columns.
    pub const COUNT: usize = 19;

    /// All columns, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Tag,
        Self::Package,
        Self::Version,
        Self::Platform,
        Self::OperatingSystem,
        Self::Target,
        Self::Compiler,
        Self::Variants,
        Self::Patches,
        Self::Flags,
        Self::Namespace,
        Self::Recipe,
        Self::External,
        Self::Annotations,
        Self::Provided,
        Self::Size,
        Self::Source,
        Self::Cache,
        Self::Stacks,
    ];

    /// The columns that are the content of a spec, in any kind of file.
    pub const CONTENT: [Self; 15] = [
        Self::Package,
        Self::Version,
        Self::Platform,
        Self::OperatingSystem,
        Self::Target,
        Self::Compiler,
        Self::Variants,
        Self::Patches,
        Self::Flags,
        Self::Namespace,
        Self::Recipe,
        Self::External,
        Self::Annotations,
        Self::Provided,
        Self::Size,
    ];

    /// The column's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Package => "package",
            Self::Version => "version",
            Self::Platform => "platform",
            Self::OperatingSystem => "os",
            Self::Target => "target",
            Self::Compiler => "compiler",
            Self::Variants => "variants",
            Self::Patches => "patches",
            Self::Flags => "flags",
            Self::Namespace => "namespace",
            Self::Recipe => "package_hash",
            Self::External => "external",
            Self::Annotations => "annotations",
            Self::Provided => "provided_virtuals",
            Self::Size => "size",
            Self::Source => "source",
            Self::Cache => "cache",
            Self::Stacks => "stacks",
        }
    }
}

/// The kind of file that a row was read from, the most trusted first: if two files contradict each
/// other about one hash, the lock wins, then a spec file, then an index, then a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A `spack.lock`.
    Lock,
    /// A spec file, or what `spack find --json` prints.
    SpecFile,
    /// The index of a build cache or the database of an installation.
    Index,
    /// A package page.
    Page,
}

/// One listing of one spec by one file: its hash and a number for each column.
///
/// A catalog is a set of rows and nothing else; all other parts are derived
/// from them. That is why merging catalogs is the union of their rows, and so
/// is associative, commutative and idempotent.
///
/// A row that records the spec's dependencies has them in the catalog's list of edges; one that
/// does not (a page) has no list, which differs from an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    hash: DagHash,
    kind: SourceKind,
    available: bool,
    ids: [u32; Column::COUNT],
    edges: Option<EdgeSpan>,
}

/// A part of a list of edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EdgeSpan {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Row {
    /// A row of the spec `hash`, read from a file of `kind`, that is `available` if a binary exists
    /// according to the file. Its columns, in the order of [`Column`], are `ids`.
    pub fn new(
        hash: DagHash,
        kind: SourceKind,
        available: bool,
        ids: [u32; Column::COUNT],
    ) -> Self {
        Self {
            hash,
            kind,
            available,
            ids,
            edges: None,
        }
    }

    /// The spec.
    pub fn hash(&self) -> DagHash {
        self.hash
    }

    /// The kind of the file.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    /// Returns whether a binary exists according to the file.
    pub fn is_available(&self) -> bool {
        self.available
    }

    /// The number of its text in `column`.
    pub fn id(&self, column: Column) -> u32 {
        self.ids[column as usize]
    }

    /// Returns whether the file records the spec's dependencies.
    pub fn has_edges(&self) -> bool {
        self.edges.is_some()
    }

    pub(crate) fn set_id(&mut self, column: Column, id: u32) {
        self.ids[column as usize] = id;
    }

    pub(crate) fn set_unavailable(&mut self) {
        self.available = false;
    }

    pub(crate) fn edges(&self) -> Option<EdgeSpan> {
        self.edges
    }

    pub(crate) fn set_edges(&mut self, edges: Option<EdgeSpan>) {
        self.edges = edges;
    }

    /// The order of rows before their edges are compared.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        // Most rows differ in their hashes; nothing else is looked at then.
        self.hash
            .cmp(&other.hash)
            .then_with(|| self.kind.cmp(&other.kind))
            .then_with(|| self.ids.cmp(&other.ids))
            .then_with(|| other.available.cmp(&self.available))
            .then_with(|| self.edges.is_some().cmp(&other.edges.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_with_one_listing_takes_120_bytes() {
        // Beside its row, the catalog has the position of the row and the number of its system.
        assert_eq!(size_of::<Row>() + 2 * size_of::<u32>(), 120);
    }
}
