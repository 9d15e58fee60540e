//! Catalogs as tables: in memory for other libraries (Arrow), in files for other programs
//! (Parquet).
//!
//! A saved catalog is a folder: `specs.parquet` has one row for each *account* that some source
//! gives of a spec (nearly always one a hash), `edges.parquet` the dependencies of each account,
//! and `members/tag=TAG/part-0.parquet` the listings of accounts in each snapshot. Rows of specs
//! keep their numbers when others are added, so that files of members need not be written again.
//! Reading returns exactly the rows that were written.
//!
//! The crate knows columns and files. The caller decides which files make up a catalog, whether
//! they are complete, and from which sources they came.

// Numbers of rows are below 2^32: a catalog has no more.
#![allow(clippy::cast_possible_truncation)]

mod accounts;
mod allowance;
mod catalog_tables;
mod columns;
mod compact;
mod fault;
mod file_reader;
mod file_writer;
mod footer;
mod front;
mod joined_lists;
mod listed;
mod listings;
mod load;
mod meaning;
mod packed;
mod pages;
mod save;
mod shared_file;
mod table;
mod text_column;
mod text_pages;
mod texts;

pub use catalog_tables::{CatalogTables, catalog_tables};
pub use fault::TableFault;
pub use load::{Extent, Loaded, MemberFile, Selection, load};
pub use save::{Addition, Saved, save};
pub use table::{Table, Values};

use specplan_catalog::Catalog;

/// The looks at a source: all its rows, and those that count under one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Look {
    /// The default.
    Core,
    /// Only specs that every index of a mirror lists count as binaries.
    Least,
    /// Binaries that no index lists count too.
    Fetched,
    /// Installed specs count as binaries.
    Installed,
}

impl Look {
    /// Their number.
    pub const COUNT: usize = 4;

    /// All, in order.
    pub const ALL: [Self; Self::COUNT] = [Self::Core, Self::Least, Self::Fetched, Self::Installed];

    /// The column of members that marks binaries.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Core => "in_buildcache",
            Self::Least => "in_all_indexes",
            Self::Fetched => "fetched_by_hash",
            Self::Installed => "installed",
        }
    }
}

/// A source in each look; `None` if the look makes no difference.
pub type Looks<'c> = [Option<&'c Catalog>; Look::COUNT];
