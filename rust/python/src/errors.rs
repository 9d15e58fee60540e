//! Errors of the core as the exceptions of `specplan.errors`, each defined there once.

use pyo3::prelude::*;
use specplan_spack::{Missing, ParseError, Version};

mod raised {
    //! The classes, looked up when the first of each is raised.
    pyo3::import_exception!(specplan.errors, SpecSyntaxError);
    pyo3::import_exception!(specplan.errors, UndecidedError);
}

/// A text that is not an abstract spec: the message with a caret under the fault, the text, and the
/// position of the fault in characters.
pub(crate) fn no_spec(error: &ParseError) -> PyErr {
    let text = error.source_text();
    let span = error.span();
    let start = text[..span.start].chars().count();
    let end = start + text[span].chars().count();
    raised::SpecSyntaxError::new_err((error.to_string(), text.to_owned(), start, end))
}

/// A version that may or may not meet a constraint.
pub(crate) fn undecided_version(version: &Version, constraint: &str, missing: Missing) -> PyErr {
    let message =
        format!("whether `{version}` satisfies `{constraint}` cannot be decided: {missing}");
    raised::UndecidedError::new_err((message, constraint.to_owned(), vec![missing.slug()]))
}
