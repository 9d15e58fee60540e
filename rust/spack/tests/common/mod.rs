//! Common code of the tests against Spack's own answers.

use std::fs::File;
use std::io::BufReader;
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

/// Reads a lock file, here or in the folder that `SPECPLAN_MORE_DATA` names, if it is in either.
#[allow(dead_code, reason = "not every test reads lock files")]
pub(crate) fn read_lock(name: &str) -> Option<Value> {
    let compressed = data_path(name).join("spack.lock.gz");
    if compressed.exists() {
        return Some(read_json(&format!("{name}/spack.lock.gz")));
    }
    let path = PathBuf::from(std::env::var_os("SPECPLAN_MORE_DATA")?).join(name);
    let file = File::open(path).ok()?;
    Some(serde_json::from_reader(BufReader::new(file)).expect("a lock file is JSON"))
}
