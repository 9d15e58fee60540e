//! Bytes and files into rows of a catalog.
//!
//! This is the only crate that opens files. Each format has a file of its own, which turns bytes
//! into rows and knows nothing of folders; [`read_pages`] finds the files and reads them in
//! parallel. Every reader works within [`Limits`]. An error in a file is a [`Fault`] with its
//! location and kind, and never stops the reading of the others: the caller decides what a fault
//! means.

// Lengths of bounded inputs are turned into line numbers and ids.
#![allow(clippy::cast_possible_truncation)]

mod dag_hash;
mod database;
mod fault;
mod file;
mod hash_check;
mod index_stream;
mod json;
mod limits;
mod lock;
mod names;
mod node;
mod origin;
mod page;
mod pages;
mod spec_file;
mod specs;
mod spelling;
mod tree;
mod variants;
mod versions;
mod window;

pub use fault::{Fault, FaultKind};
pub use hash_check::{HashCheck, check_hashes, check_hashes_in};
pub use limits::Limits;
pub use origin::{Format, LockRoot, OriginTexts, SpecsRead};
pub use page::MetaContradiction;
pub use pages::{PagesRead, parse_page, read_page_values, read_pages};
pub use specs::{parse_specs, read_specs, read_specs_in_blocks};
pub use versions::{FormatVersion, Newer, RELEASES, Release, Versioned};
