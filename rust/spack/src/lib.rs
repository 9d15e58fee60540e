//! Spack's own language: versions, targets, operating systems, specs and what satisfies them.

pub mod operating_system;
pub mod target;
mod truth;
pub mod version;

pub use operating_system::{CLibrary, CLibraryKind, OperatingSystemTable};
pub use truth::{Missing, Truth};
pub use version::{Version, VersionConstraint, VersionError, VersionRange};
