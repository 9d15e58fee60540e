//! Catalogs as tables: in memory for other libraries (Arrow), in files for other programs
//! (Parquet).
//!
//! A saved catalog is a folder: `specs.parquet` has one row for each *account* that some source
//! gives of a spec (nearly always one a hash), `edges.parquet` the dependencies of each account,
//! and `members/tag=TAG/part-0.parquet` who lists which account in which snapshot. Rows of
//! specs keep their numbers when others are added, so that files of members need not be
//! written again. What is read back are the very rows that were written.
//!
//! The crate knows columns and files. Which files make a catalog, whether they are whole and
//! which sources they came from is decided by its caller.

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
pub use load::{Loaded, MemberFile, Selection, load};
pub use save::{Addition, Saved, save};
pub use table::{Table, Values};

use specplan_catalog::Catalog;

/// The views of a source: all its rows, and those that count under one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Look {
    /// What counts by default.
    Core,
    /// Only what every index of a mirror lists counts as a binary.
    Least,
    /// Binaries count that no index lists.
    Fetched,
    /// What is installed counts as a binary.
    Installed,
}

impl Look {
    /// Their number.
    pub const COUNT: usize = 4;

    /// All, in order.
    pub const ALL: [Self; Self::COUNT] = [Self::Core, Self::Least, Self::Fetched, Self::Installed];

    /// The column of members that says what is a binary.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Core => "in_buildcache",
            Self::Least => "in_all_indexes",
            Self::Fetched => "fetched_by_hash",
            Self::Installed => "installed",
        }
    }
}

/// A source in each way of looking at it; `None` where that makes no difference.
pub type Looks<'c> = [Option<&'c Catalog>; Look::COUNT];
