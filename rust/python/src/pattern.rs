//! Regular expressions, in time proportional to pattern times text.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use regex_lite::RegexBuilder;

/// The memory that a compiled pattern may take: some hundred states, all of which each letter of
/// the text may visit.
const MOST_BYTES: usize = 64 << 10;

/// Returns whether a pattern is found anywhere in a text.
///
/// # Errors
///
/// Fails on an invalid pattern and on one that repeats too much.
#[pyfunction]
pub(crate) fn pattern_is_found(pattern: &str, text: &str) -> PyResult<bool> {
    let compiled = RegexBuilder::new(pattern).size_limit(MOST_BYTES).build();
    let compiled = compiled.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(compiled.is_match(text))
}
