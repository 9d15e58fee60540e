//! Targets that archspec added after the built-in release, and those whose parents changed.

/// A target and its parents.
pub(super) type Row = (&'static str, &'static [&'static str]);

/// The differences of archspec 0.2.7 from the built-in release.
pub(super) const NEWER: &[Row] = &[
    ("alderlake", &["skylake"]),
    ("ampere1a", &["ampere1"]),
    ("armv9.2a", &["armv9.0a", "armv8.6a"]),
    ("arrowlake", &["alderlake"]),
    ("arrowlake_s", &["arrowlake"]),
    ("cannonlake", &["skylake", "x86_64_v4"]),
    ("neoverse_v3ae", &["neoverse_v2", "armv9.2a"]),
    ("olympus", &["armv9.2a"]),
    ("zen6", &["zen5"]),
];
