//! Questions of difference and their answers as tuples.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, CellDiff, Column, DiffTask, Level};

use crate::coverage::{labels, sorted};
use crate::literals;
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

/// want, package, hash.
type KeyAnswer = (String, String, Option<String>);

/// package, old keys, new keys.
type ChangeAnswer = (String, Vec<String>, Vec<String>);

/// stack, platform, os, target, kept, lost, gained, changed.
#[derive(IntoPyObject)]
pub(crate) struct CellAnswer(
    String,
    String,
    String,
    String,
    u64,
    Vec<KeyAnswer>,
    Vec<KeyAnswer>,
    Vec<ChangeAnswer>,
);

impl CellAnswer {
    pub(crate) fn of(catalog: &Catalog, level: Level, cell: CellDiff) -> Self {
        let keys = catalog.keys(level);
        let key_answers = |specs: Vec<u32>| -> Vec<KeyAnswer> {
            let mut answers: Vec<KeyAnswer> = specs
                .into_iter()
                .map(|spec| {
                    (
                        keys.text(catalog, keys.of_spec(spec)).into_owned(),
                        catalog.text(spec, Column::Package).to_owned(),
                        (level == Level::Hash).then(|| catalog.hash(spec).to_string()),
                    )
                })
                .collect();
            answers.sort_unstable();
            answers
        };
        let packages = catalog.names(Column::Package);
        let changed = cell.changed.into_iter().map(|change| {
            (
                packages.get(change.package).to_owned(),
                change.old,
                change.new,
            )
        });
        Self(
            catalog.labels().get(cell.label).to_owned(),
            cell.system.platform,
            cell.system.os,
            cell.system.target,
            cell.kept,
            key_answers(cell.lost),
            key_answers(cell.gained),
            changed.collect(),
        )
    }
}
