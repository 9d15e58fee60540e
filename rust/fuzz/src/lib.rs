//! The laws for any bytes given to a reader or the parser of specs.
//!
//! Each function here is a fuzz target; it panics where something does not hold. The tests
//! of the crate `readers` call them too, on the inputs in `corpus`, so that the stable
//! compiler sees them and what a fuzzer once found stays found.

mod abstract_spec;
mod page;
mod respelt;
mod specs;
mod version;

pub use abstract_spec::abstract_spec;
pub use page::page;
pub use specs::{compressed, index, lock, spec_file};
pub use version::version;

/// A target: what must hold of an input.
pub type Target = fn(&[u8]);

/// All targets, with the names of their folders in `corpus`.
pub const TARGETS: [(&str, Target); 7] = [
    ("page", page),
    ("index", index),
    ("lock", lock),
    ("spec_file", spec_file),
    ("compressed", compressed),
    ("version", version),
    ("abstract_spec", abstract_spec),
];
