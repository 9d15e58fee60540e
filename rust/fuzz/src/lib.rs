//! The laws for any bytes given to a reader or the parser of specs.
//!
//! Each function here is a fuzz target; it panics where something does not hold. The tests of the
//! crate `readers` call them too, on the inputs in `corpus`, so the stable compiler checks them and
//! old findings of a fuzzer stay fixed.

mod abstract_spec;
mod page;
mod respelt;
mod specs;
mod version;

pub use abstract_spec::abstract_spec;
pub use page::page;
pub use specs::{compressed, index, lock, spec_file};
pub use version::version;

/// A target: a law that must hold for every input.
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
