//! One listing of one spec, as numbers.

use crate::DagHash;

/// The columns of a row. Each holds texts, numbered per catalog.
///
/// The order is the order in which rows of one hash are compared, so the
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
    /// The compiler, `name@version` or `none`.
    Compiler,
    /// The variants in canonical spelling, ordered by name, one a line.
    Variants,
    /// The size as the source gives it.
    Size,
    /// The file that the row was read from.
    Source,
    /// The source, as it was given, that the file belongs to.
    Cache,
    /// The labels of the stacks that list the spec, sorted, one a line.
    Stacks,
}

impl Column {
    /// How many columns there are.
    pub const COUNT: usize = 12;

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
        Self::Size,
        Self::Source,
        Self::Cache,
        Self::Stacks,
    ];

    /// The columns that are the content of a spec: two rows of one hash should
    /// agree in them.
    pub const CONTENT: [Self; 8] = [
        Self::Package,
        Self::Version,
        Self::Platform,
        Self::OperatingSystem,
        Self::Target,
        Self::Compiler,
        Self::Variants,
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
            Self::Size => "size",
            Self::Source => "source",
            Self::Cache => "cache",
            Self::Stacks => "stacks",
        }
    }
}

/// One listing of one spec by one file: its hash and a number for each column.
///
/// A catalog is a set of rows and nothing else; all other parts are derived
/// from them. That is why merging catalogs is the union of their rows, and so
/// is associative, commutative and idempotent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    hash: DagHash,
    ids: [u32; Column::COUNT],
}

impl Row {
    /// A row of the spec `hash` whose columns, in the order of [`Column`], are `ids`.
    pub fn new(hash: DagHash, ids: [u32; Column::COUNT]) -> Self {
        Self { hash, ids }
    }

    /// The spec.
    pub fn hash(&self) -> DagHash {
        self.hash
    }

    /// The number of its text in `column`.
    pub fn id(&self, column: Column) -> u32 {
        self.ids[column as usize]
    }

    pub(crate) fn set_id(&mut self, column: Column, id: u32) {
        self.ids[column as usize] = id;
    }
}
