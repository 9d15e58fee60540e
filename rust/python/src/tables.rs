//! Catalogs and columns as tables, in memory and in files.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use specplan_catalog::Catalog;
use specplan_tables::{
    Addition, Extent, Look, Looks, MemberFile, Selection, Table, TableFault, Values,
    catalog_tables as tables_of, load, save,
};

use crate::catalog::PyCatalog;
use crate::detach::detach;
use crate::literals;

/// A table for Arrow's C interface.
#[pyclass(frozen, module = "specplan._core", name = "Table")]
pub(crate) struct PyTable {
    table: Table,
}

#[pymethods]
impl PyTable {
    fn __len__(&self) -> usize {
        self.table.rows()
    }

    #[getter]
    fn names(&self) -> Vec<&str> {
        self.table.names()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Callers that want other types have to cast, as the interface allows.
        drop(requested_schema);
        PyCapsule::new_with_value(py, self.table.stream(), c"arrow_array_stream")
    }

    fn write_parquet(&self, py: Python<'_>, path: PathBuf) -> PyResult<u64> {
        detach(py, || self.table.write_parquet(&path))?.map_err(fault)
    }
}

/// A table of columns: name, type and values of each.
#[pyfunction]
pub(crate) fn table_of_columns(
    columns: Vec<(String, String, Bound<'_, PyAny>)>,
) -> PyResult<PyTable> {
    let columns = columns.into_iter().map(|(name, of, values)| {
        let values = match of.as_str() {
            "text" => Values::Texts(values.extract()?),
            "whole" => Values::Whole(values.extract()?),
            "number" => Values::Numbers(values.extract()?),
            "flag" => Values::Flags(values.extract()?),
            "list" => Values::Lists(values.extract()?),
            _ => return Err(literals::unknown("type of a column", &of)),
        };
        Ok((name, values))
    });
    let table = Table::of_columns(columns.collect::<PyResult<_>>()?);
    let table = table.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyTable { table })
}

/// The tables of a catalog: specs, edges, members.
#[pyfunction]
pub(crate) fn catalog_tables(
    py: Python<'_>,
    catalog: &PyCatalog,
) -> PyResult<(PyTable, PyTable, PyTable)> {
    let tables = detach(py, || tables_of(&catalog.catalog))?;
    let tables = tables.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let of = |table| PyTable { table };
    Ok((of(tables.specs), of(tables.edges), of(tables.members)))
}

/// A source by its name, in each of its looks.
type Source<'py> = (
    String,
    PyRef<'py, PyCatalog>,
    [Option<PyRef<'py, PyCatalog>>; Look::COUNT - 1],
);

/// The numbers of rows of specs and edges, and the members of each snapshot that was written.
type SavedRows = (u64, u64, Vec<(String, u64)>);

/// Writes the tables of a saved catalog and returns how many rows they have.
#[pyfunction]
#[pyo3(signature = (folder, sources, members, *, older=None))]
pub(crate) fn save_tables(
    py: Python<'_>,
    folder: PathBuf,
    sources: Vec<Source<'_>>,
    members: Vec<(String, String)>,
    older: Option<(PathBuf, Vec<(String, String)>)>,
) -> PyResult<SavedRows> {
    let sources: Vec<(String, [Option<Arc<Catalog>>; Look::COUNT])> = sources
        .into_iter()
        .map(|(cache, core, [least, fetched, installed])| {
            let of =
                |each: Option<PyRef<'_, PyCatalog>>| each.map(|each| Arc::clone(&each.catalog));
            (
                cache,
                [of(Some(core)), of(least), of(fetched), of(installed)],
            )
        })
        .collect();
    let older = older.map(|(folder, files)| (folder, member_files(files)));
    let members = member_files(members);
    let saved = detach(py, || {
        let additions: Vec<Addition<'_>> = sources
            .iter()
            .map(|(cache, looks)| {
                let looks: Looks<'_> = looks.each_ref().map(Option::as_deref);
                Addition { cache, looks }
            })
            .collect();
        let older = older.as_ref();
        let older = older.map(|(folder, files)| (folder.as_path(), &files[..]));
        save(&folder, older, &additions, &members)
    })?
    .map_err(fault)?;
    Ok((saved.specs, saved.edges, saved.members))
}

/// A source in each of its looks, `None` for those not requested.
type LoadedSource = (
    PyCatalog,
    Option<PyCatalog>,
    Option<PyCatalog>,
    Option<PyCatalog>,
);

/// Reads sources of a saved catalog: of each its name, the snapshots and the looks that differ.
#[pyfunction]
pub(crate) fn load_tables(
    py: Python<'_>,
    folder: PathBuf,
    members: Vec<(String, String)>,
    sources: Vec<(String, Vec<String>, Vec<String>)>,
    packages: Option<Vec<String>>,
    dependencies: bool,
) -> PyResult<Vec<LoadedSource>> {
    let members = member_files(members);
    let selections = sources.into_iter().map(|(cache, tags, looks)| {
        let looks = looks.iter().map(|look| look_of(look));
        let looks = looks.collect::<PyResult<_>>()?;
        Ok(Selection { cache, tags, looks })
    });
    let selections: Vec<Selection> = selections.collect::<PyResult<_>>()?;
    let extent = match &packages {
        Some(packages) => Extent::Packages(packages),
        None if dependencies => Extent::Whole,
        None => Extent::Specs,
    };
    let loaded = detach(py, || load(&folder, &members, &selections, extent))?.map_err(fault)?;
    let of = |catalog: Option<Catalog>| catalog.map(|each| PyCatalog::of(Arc::new(each)));
    let sources = loaded.into_iter().map(|[core, least, fetched, installed]| {
        let core = PyCatalog::of(Arc::new(core.unwrap_or_default()));
        (core, of(least), of(fetched), of(installed))
    });
    Ok(sources.collect())
}

fn look_of(name: &str) -> PyResult<Look> {
    match name {
        "least" => Ok(Look::Least),
        "fetched" => Ok(Look::Fetched),
        "installed" => Ok(Look::Installed),
        _ => Err(literals::unknown("look", name)),
    }
}

fn member_files(files: Vec<(String, String)>) -> Vec<MemberFile> {
    let files = files.into_iter();
    files.map(|(tag, path)| MemberFile { tag, path }).collect()
}

fn fault(fault: TableFault) -> PyErr {
    match fault {
        TableFault::Io { .. } => PyOSError::new_err(fault.to_string()),
        _ => PyValueError::new_err(fault.to_string()),
    }
}
