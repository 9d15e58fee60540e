//! String literals of the Python face as enums of the core.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{Column, Compatibility, Detail, GapState, Level};

pub(crate) fn level(text: &str) -> PyResult<Level> {
    match text {
        "package" => Ok(Level::Package),
        "version" => Ok(Level::Version),
        "variant" => Ok(Level::Variant),
        "hash" => Ok(Level::Hash),
        other => Err(unknown("level", other)),
    }
}

pub(crate) fn detail(text: &str) -> PyResult<Detail> {
    match text {
        "cells" => Ok(Detail::Cells),
        "keys" => Ok(Detail::Keys),
        "gaps" => Ok(Detail::Gaps),
        "nearest" => Ok(Detail::Nearest),
        other => Err(unknown("detail", other)),
    }
}

pub(crate) fn compatibility(text: &str) -> PyResult<Compatibility> {
    match text {
        "exact" => Ok(Compatibility::Exact),
        "target" => Ok(Compatibility::Target),
        "os" => Ok(Compatibility::OperatingSystem),
        other => Err(unknown("compatibility", other)),
    }
}

pub(crate) fn column(text: &str) -> PyResult<Column> {
    Column::ALL
        .into_iter()
        .find(|column| column.name() == text && *column != Column::Stacks)
        .ok_or_else(|| unknown("column", text))
}

pub(crate) fn state(state: GapState) -> &'static str {
    match state {
        GapState::OtherStack => "other_stack",
        GapState::OtherSystem => "other_system",
        GapState::Missing => "missing",
    }
}

pub(crate) fn unknown(kind: &str, text: &str) -> PyErr {
    PyValueError::new_err(format!("unknown {kind} `{}`", text.escape_default()))
}
