//! What the tests against Spack's own answers share.

use std::fs::File;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::Value;

/// A file of the project's test data.
pub(crate) fn data_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data")
        .join(name)
}

/// Reads a compressed JSON document of the project's test data.
pub(crate) fn read_json(name: &str) -> Value {
    let path = data_path(name);
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_reader(GzDecoder::new(file))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails with the first few differences, one a line.
pub(crate) fn assert_no_differences(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} differences from Spack, such as\n{}",
        differences.len(),
        differences[..differences.len().min(20)].join("\n")
    );
}
