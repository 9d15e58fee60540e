//! Short keys of many wants.

use pyo3::prelude::*;
use pyo3::types::PyString;
use specplan_catalog::{WANT_KEY_LETTERS, want_key};

/// The distinct keys of wants, sorted, one after the other.
#[pyfunction]
pub(crate) fn sorted_want_keys(wants: Bound<'_, PyAny>) -> PyResult<String> {
    let mut keys: Vec<[u8; WANT_KEY_LETTERS]> = Vec::with_capacity(wants.len()?);
    for want in wants.try_iter()? {
        keys.push(key(want?.cast::<PyString>()?)?);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys
        .as_flattened()
        .iter()
        .copied()
        .map(char::from)
        .collect())
}

fn key(want: &Bound<'_, PyString>) -> PyResult<[u8; WANT_KEY_LETTERS]> {
    if let Ok(text) = want.to_str() {
        return Ok(want_key(text.as_bytes()));
    }
    // Half a surrogate pair, from the name of a file.
    let bytes = want.call_method1("encode", ("utf-8", "surrogatepass"))?;
    Ok(want_key(bytes.extract()?))
}
