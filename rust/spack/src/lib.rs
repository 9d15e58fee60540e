//! Spack's own language: versions, targets, operating systems, specs and what satisfies them.
//!
//! # Words
//!
//! A *spec* is one exact build, named by its hash. An *abstract spec* is a query in Spack's syntax,
//! such as `hdf5@1.14:+mpi ^zlib-ng target=x86_64_v3:`. A *target* is a processor's
//! microarchitecture; a binary for one *serves* those that descend from it. A *virtual package* is a
//! name such as `mpi` that several packages can stand in for.
//!
//! # What is here
//!
//! - [`Version`] and [`VersionConstraint`], what follows an `@`;
//! - [`target`], archspec's partial order, and [`TargetConstraint`], what follows `target=`;
//! - [`OperatingSystemTable`], which systems run binaries that were built on which;
//! - [`AbstractSpec`], read by [`parse_one`] and [`parse_many`], printed in canonical form;
//! - [`PreparedSpec`], an abstract spec, prepared for matching against the specs of a
//!   [`SpecGraph`], the trait of sources of specs.
//!
//! Answers have three values, [`Truth`]: if a source does not record the information, the answer is
//! unknown, with the [`Missing`] part, and never no.
//!
//! ```
//! use specplan_spack::{AbstractSpec, OperatingSystemTable, Truth, Version, target};
//!
//! let wanted = AbstractSpec::parse("hdf5 +mpi@1.12:1.14 ^openmpi@4: target=x86_64_v3:")?;
//! assert_eq!("hdf5@1.12:1.14+mpi ^openmpi@4: target=x86_64_v3:", wanted.to_string());
//!
//! let version: Version = "1.14.5".parse()?;
//! assert_eq!(Truth::Yes, version.satisfies(&wanted.node.versions));
//!
//! assert!(target::serves("x86_64_v3", "zen4"));
//! assert!(OperatingSystemTable::built_in().serves("rhel8", "ubuntu24.04"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It opens no file and runs no concretizer. It knows no recipes, so the version of a virtual
//! package, and of a git reference without one, is unknown; no configuration, so it expands only
//! the toolchains that it is given; and no machine, so it refuses `os=fe` and similar values. Two
//! abstract specs are compared by their text, so `mpich` is not an `mpi`.
//!
//! # Limits
//!
//! A text of specs holds at most 16 KiB and a version at most 4 KiB; conditions may hold conditions
//! 8 deep. Specs and edges are numbered with 32 bits.
//!
//! # Sources
//!
//! The behaviour is that of Spack 1.2.0.dev0 of January 2026. The tests hold answers that this Spack
//! gave; `docs/spack-semantics.md` says which quirks are followed.

pub mod graph;
pub mod operating_system;
pub mod parse;
pub mod query;
pub mod spec;
pub mod target;
mod truth;
pub mod version;
mod virtual_package;

pub use graph::{Compiler, SpecEdge, SpecGraph, Variant};
pub use operating_system::{CLibrary, CLibraryKind, OperatingSystemTable};
pub use parse::{ParseError, ParseErrorKind, parse_many, parse_one, parse_one_with, toolchains_in};
pub use query::{ClauseKind, FailedClause, Matcher, PreparedSpec};
pub use spec::{
    AbstractSpec, Conflict, Contradiction, Dependency, DependencyTypes, FieldConstraint,
    FlagConstraint, FlagKind, NodeConstraint, Reach, Toolchains, VariantConstraint, VariantValue,
    Wanted,
};
pub use target::TargetConstraint;
pub use truth::{Missing, Truth};
pub use version::{Version, VersionConstraint, VersionError, VersionRange};
pub use virtual_package::{is_virtual_of_spack, may_provide};
