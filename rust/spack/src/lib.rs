//! Spack's own language: versions, targets, operating systems, specs and what satisfies them.

pub mod operating_system;
pub mod target;
pub mod version;

pub use operating_system::{CLibrary, CLibraryKind, OperatingSystemTable};
pub use version::{Version, VersionError};
