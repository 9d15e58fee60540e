//! Placeholder.
use pyo3::prelude::*;
/// Core.
#[pymodule]
mod _core {}
