//! The output for a bug of the core itself.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

/// Whether a panic is printed where it happens.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Prints panics only on demand: each also becomes an exception of Python, which its handler
/// reports in one line.
pub(crate) fn keep_quiet() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if SHOWN.load(Ordering::Relaxed) {
            print(info);
        }
    }));
}

/// Prints panics, with the place in the core.
#[pyfunction]
pub(crate) fn show_panics() {
    SHOWN.store(true, Ordering::Relaxed);
}
