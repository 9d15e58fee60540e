//! The closest available spec.

use std::cmp::Reverse;

use super::answer::{CellCoverage, DifferingPart, Nearest};
use crate::catalog::key::{KeyColumn, Level};
use crate::catalog::view::View;
use crate::compatibility::ServingSystem;
use crate::{Catalog, Column, DagHash, IdSet};

/// The search for nearest specs within one state at one level.
pub(crate) struct NearestSearch<'c> {
    catalog: &'c Catalog,
    view: &'c View,
    packages: &'c [IdSet],
    ranks: &'c [u32],
    /// The parts of a spec that a key of the level fixes.
    fixed: &'static [(DifferingPart, Column)],
}

impl<'c> NearestSearch<'c> {
    pub(crate) fn new(catalog: &'c Catalog, view: &'c View, level: Level) -> Self {
        use DifferingPart::{Compiler, Variants, Version};
        Self {
            catalog,
            view,
            packages: catalog.indexes().column(catalog, Column::Package),
            ranks: catalog.version_ranks(),
            fixed: match level {
                Level::Package => &[],
                Level::Version => &[(Version, Column::Version)],
                Level::Variant => &[(Version, Column::Version), (Variants, Column::Variants)],
                Level::Hash => &[
                    (Version, Column::Version),
                    (Compiler, Column::Compiler),
                    (Variants, Column::Variants),
                ],
            },
        }
    }

    /// The nearest spec to `wanted`, a spec that has the wanted key, in a cell: fewest differences,
    /// then the newest version, then the smallest hash.
    pub(crate) fn nearest(&self, wanted: u32, cell: &CellCoverage) -> Option<Nearest> {
        self.nearest_among(wanted, cell, |_| true)
    }

    /// The nearest of the specs that have a key and serve the cell.
    pub(crate) fn nearest_bearing(
        &self,
        keys: &KeyColumn,
        key: u32,
        cell: &CellCoverage,
        serving: &[ServingSystem],
    ) -> Option<Nearest> {
        self.nearest_among(keys.first_spec(key), cell, |spec| {
            let system = self.catalog.system_of(spec);
            let serving = || {
                let position = serving.binary_search_by_key(&system, |each| each.system);
                position.ok().map(|position| &serving[position])
            };
            keys.of_spec(spec) == key
                && serving().is_some_and(|each| each.admits(self.catalog, spec))
        })
    }

    fn nearest_among(
        &self,
        wanted: u32,
        cell: &CellCoverage,
        admits: impl Fn(u32) -> bool,
    ) -> Option<Nearest> {
        let package = self.catalog.id(wanted, Column::Package);
        let listing = self.view.listed_by(cell.label);
        let os = self
            .catalog
            .names(Column::OperatingSystem)
            .find(&cell.system.os);
        let target = self.catalog.names(Column::Target).find(&cell.system.target);
        let differs = |spec: u32| {
            let id = move |column| self.catalog.id(spec, column);
            let elsewhere = [
                (
                    DifferingPart::OperatingSystem,
                    Some(id(Column::OperatingSystem)) != os,
                ),
                (DifferingPart::Target, Some(id(Column::Target)) != target),
            ];
            let otherwise = self.fixed.iter().map(move |&(difference, column)| {
                let differs = id(column) != self.catalog.id(wanted, column);
                let differs = match column {
                    Column::Compiler => differs && self.catalog.compilers_differ(spec, wanted),
                    _ => differs,
                };
                (difference, differs)
            });
            let unlisted = !listing.is_some_and(|listing| listing.contains(spec));
            let stack = [(DifferingPart::Stack, unlisted)];
            let all = elsewhere.into_iter().chain(otherwise).chain(stack);
            all.filter(|&(_, differs)| differs)
                .map(|(difference, _)| difference)
        };
        let rank = |&spec: &u32| -> (usize, Reverse<u32>, DagHash) {
            let version = self.ranks[self.catalog.id(spec, Column::Version) as usize];
            (
                differs(spec).count(),
                Reverse(version),
                self.catalog.hash(spec),
            )
        };
        let candidates = self.packages[package as usize].iter();
        let spec = candidates
            .filter(|&spec| self.view.available().contains(spec) && admits(spec))
            .min_by_key(rank)?;
        let differs: Vec<DifferingPart> = differs(spec).collect();
        let label = if differs.contains(&DifferingPart::Stack) {
            self.view.first_label(self.catalog, spec)
        } else {
            Some(cell.label)
        };
        Some(Nearest {
            spec,
            label,
            differs,
        })
    }
}
