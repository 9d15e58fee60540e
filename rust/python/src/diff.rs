//! Questions of difference and their answers.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use specplan_catalog::{Catalog, CellDiff, Column, DiffTask, Level};

use crate::coverage::{labels, sorted};
use crate::literals;
use crate::records::records;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct DiffQuestion {
    old: State,
    new: State,
    level: String,
    stacks: Vec<String>,
    oss: Option<Vec<String>>,
    targets: Option<Vec<String>>,
}

impl DiffQuestion {
    pub(crate) fn task(self, catalog: &Catalog) -> PyResult<DiffTask> {
        Ok(DiffTask {
            old: snapshots(catalog, &self.old)?,
            new: snapshots(catalog, &self.new)?,
            level: literals::level(&self.level)?,
            labels: labels(catalog, &self.stacks)?,
            oss: sorted(self.oss),
            targets: sorted(self.targets),
        })
    }
}

/// A key that only one state has.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyAnswer {
    want: String,
    package: String,
    hash: Option<String>,
}

/// A package whose keys were replaced by others.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ChangeAnswer {
    package: String,
    old: Vec<String>,
    new: Vec<String>,
}

/// The difference between the keys of a cell in two states.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct CellDiffAnswer {
    stack: String,
    platform: String,
    os: String,
    target: String,
    kept: u64,
    lost: Py<PyTuple>,
    gained: Py<PyTuple>,
    changed: Py<PyTuple>,
}

impl CellDiffAnswer {
    pub(crate) fn of(
        py: Python<'_>,
        catalog: &Catalog,
        level: Level,
        cell: CellDiff,
    ) -> PyResult<Self> {
        let keys = catalog.keys(level);
        let key_answers = |specs: Vec<u32>| -> PyResult<Py<PyTuple>> {
            let specs = specs.into_iter();
            let mut answers: Vec<KeyAnswer> = specs
                .map(|spec| KeyAnswer {
                    want: keys.text(catalog, keys.of_spec(spec)).into_owned(),
                    package: catalog.text(spec, Column::Package).to_owned(),
                    hash: (level == Level::Hash).then(|| catalog.hash(spec).to_string()),
                })
                .collect();
            answers.sort_unstable();
            records(py, answers)
        };
        let packages = catalog.names(Column::Package);
        let changed = cell.changed.into_iter().map(|change| ChangeAnswer {
            package: packages.get(change.package).to_owned(),
            old: change.old,
            new: change.new,
        });
        Ok(Self {
            stack: catalog.labels().get(cell.label).to_owned(),
            platform: cell.system.platform,
            os: cell.system.os,
            target: cell.system.target,
            kept: cell.kept,
            lost: key_answers(cell.lost)?,
            gained: key_answers(cell.gained)?,
            changed: records(py, changed.collect())?,
        })
    }
}
