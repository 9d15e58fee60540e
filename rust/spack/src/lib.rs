//! Spack's own language: versions, targets, operating systems, specs and what satisfies them.

pub mod graph;
pub mod operating_system;
pub mod parse;
pub mod query;
pub mod spec;
pub mod target;
mod truth;
pub mod version;

pub use graph::{Compiler, Edge, SpecGraph, Variant};
pub use operating_system::{CLibrary, CLibraryKind, OperatingSystemTable};
pub use parse::{ParseError, ParseErrorKind, parse_many, parse_one};
pub use query::{Matcher, Query};
pub use spec::{
    AbstractSpec, Dependency, DependencyTypes, FieldConstraint, FlagConstraint, FlagKind,
    NodeConstraint, Reach, VariantConstraint, VariantValue, Wanted,
};
pub use target::TargetConstraint;
pub use truth::{Missing, Truth};
pub use version::{Version, VersionConstraint, VersionError, VersionRange};
