//! Rows of a JSON document, written from columns.

use std::fmt::Write;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

/// The indentation of one level.
const STEP: &str = "  ";

/// The objects of an array, separated by commas and indented by `depth` levels.
///
/// Returns `None` if a value is no plain text, whole number, truth or null: a plain text is
/// printable ASCII without a character that needs an escape, in JSON or in the log of a CI job.
#[pyfunction]
pub(crate) fn json_rows(
    names: Vec<String>,
    columns: Vec<Vec<Bound<'_, PyAny>>>,
    depth: usize,
) -> Option<String> {
    let before = STEP.repeat(depth);
    let heads: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let between = if at == 0 { "" } else { ",\n" };
            format!("{between}{before}{STEP}\"{name}\": ")
        })
        .collect();
    let rows = columns.first().map_or(0, Vec::len);
    let mut text = String::new();
    for row in 0..rows {
        text += if row == 0 { "" } else { ",\n" };
        text += &before;
        text += "{\n";
        for (head, column) in heads.iter().zip(&columns) {
            text += head;
            write_value(&mut text, column.get(row)?)?;
        }
        text += "\n";
        text += &before;
        text += "}";
    }
    Some(text)
}

/// Writes a value, if it is one of those.
fn write_value(text: &mut String, value: &Bound<'_, PyAny>) -> Option<()> {
    if let Ok(string) = value.cast::<PyString>() {
        let string = string.to_str().ok().filter(|string| is_plain(string))?;
        text.push('"');
        text.push_str(string);
        text.push('"');
    } else if value.is_none() {
        text.push_str("null");
    } else if let Ok(truth) = value.cast::<PyBool>() {
        text.push_str(if truth.is_true() { "true" } else { "false" });
    } else if value.is_exact_instance_of::<PyInt>() {
        let number: i64 = value.extract().ok()?;
        write!(text, "{number}").ok()?;
    } else {
        return None;
    }
    Some(())
}

fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_shown = |&byte: &u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    bytes.iter().all(is_shown) && !bytes.windows(2).any(|two| two == b"##")
}
