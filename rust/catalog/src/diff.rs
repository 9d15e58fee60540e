//! Two states compared with each other, cell by cell.

use std::collections::BTreeMap;

use crate::catalog::key::{KeyColumn, Level};
use crate::catalog::view::{Cell, View};
use crate::coverage::admits;
use crate::{Catalog, Column, IdSet, Snapshot, SystemName};

/// One question of difference.
#[derive(Clone, Debug)]
pub struct DiffTask {
    /// The older state.
    pub old: Vec<Snapshot>,
    /// The newer state.
    pub new: Vec<Snapshot>,
    /// The level of keys.
    pub level: Level,
    /// The labels of the stacks to compare, ascending.
    pub labels: Vec<u32>,
    /// Only cells of these operating systems, sorted.
    pub oss: Option<Vec<String>>,
    /// Only cells of these targets, sorted.
    pub targets: Option<Vec<String>>,
}

/// The changes of the keys of one package in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageChange {
    /// Number of the package.
    pub package: u32,
    /// The keys (at level `Package`: the versions) that only the older state has.
    pub old: Vec<String>,
    /// The keys that only the newer state has.
    pub new: Vec<String>,
}

/// The difference of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellDiff {
    /// Number of the stack's label.
    pub label: u32,
    /// The system.
    pub system: SystemName,
    /// The number of packages with the same keys (at level `Package` the same versions) in both
    /// states.
    pub kept: u64,
    /// Specs with the lost keys: the package has no new key in their place.
    pub lost: Vec<u32>,
    /// Specs with the gained keys: the package had no old key in their place.
    pub gained: Vec<u32>,
    /// Packages whose old keys were replaced by new ones, by name.
    pub changed: Vec<PackageChange>,
}

impl DiffTask {
    /// Compares the states in every cell that either of them occupies.
    ///
    /// A key is *lost* only if its package has no new key in the cell: a version bump is a change,
    /// not a loss. Ordered by label, os, target.
    pub fn solve(&self, catalog: &Catalog) -> Vec<CellDiff> {
        let (old, new) = (catalog.view(&self.old), catalog.view(&self.new));
        let of_label = |&label: &u32| {
            let cells = |view: &View| view.cells()[view.positions_of(label)].to_vec();
            let mut cells = [cells(&old), cells(&new)].concat();
            cells.sort_unstable();
            cells.dedup();
            cells
        };
        let cells = self.labels.iter().flat_map(of_label);
        cells
            .map(|cell| (cell, SystemName::of(catalog, cell.system)))
            .filter(|(_, system)| {
                admits(self.oss.as_deref(), &system.os)
                    && admits(self.targets.as_deref(), &system.target)
            })
            .map(|(cell, system)| match self.level {
                Level::Package => self.packages(catalog, cell, system),
                _ => self.keys(catalog, cell, system),
            })
            .collect()
    }

    /// The keys of a cell at `level` in both states.
    fn sets(&self, catalog: &Catalog, cell: Cell, level: Level) -> (IdSet, IdSet) {
        let set = |state: &[Snapshot]| {
            let view = catalog.view(state);
            let position = view.position(cell);
            let keys = |position: usize| view.keys(catalog, level).by_cell[position].clone();
            position.map(keys).unwrap_or_default()
        };
        (set(&self.old), set(&self.new))
    }

    /// At level `Package` a package that stays has changed if its versions have.
    fn packages(&self, catalog: &Catalog, cell: Cell, system: SystemName) -> CellDiff {
        let (old, new) = self.sets(catalog, cell, Level::Package);
        let packages = catalog.keys(Level::Package);
        let first_specs = |keys: &IdSet| keys.iter().map(|key| packages.first_spec(key)).collect();
        let both = old.intersection(&new);
        let versions = catalog.keys(Level::Version);
        let (old_versions, new_versions) = self.sets(catalog, cell, Level::Version);
        let changed: Vec<PackageChange> = changes(catalog, versions, &old_versions, &new_versions)
            .filter(|change| both.contains(packages.of_spec(change.spec)))
            .map(|change| change.of_versions(catalog, versions))
            .collect();
        CellDiff {
            label: cell.label,
            system,
            kept: both.len() - changed.len() as u64,
            lost: first_specs(&old.difference(&new)),
            gained: first_specs(&new.difference(&old)),
            changed,
        }
    }

    fn keys(&self, catalog: &Catalog, cell: Cell, system: SystemName) -> CellDiff {
        let keys = catalog.keys(self.level);
        let (old, new) = self.sets(catalog, cell, self.level);
        let mut diff = CellDiff {
            label: cell.label,
            system,
            kept: 0,
            lost: Vec::new(),
            gained: Vec::new(),
            changed: Vec::new(),
        };
        let packages = catalog.keys(Level::Package);
        let package_of = |key: u32| packages.of_spec(keys.first_spec(key));
        let mut kept: IdSet = old.intersection(&new).iter().map(package_of).collect();
        let differing = old
            .difference(&new)
            .iter()
            .map(package_of)
            .collect::<IdSet>();
        kept -= &differing;
        let differing = new
            .difference(&old)
            .iter()
            .map(package_of)
            .collect::<IdSet>();
        kept -= &differing;
        diff.kept = kept.len();
        for change in changes(catalog, keys, &old, &new) {
            let first_specs =
                |of: &[u32]| -> Vec<u32> { of.iter().map(|&key| keys.first_spec(key)).collect() };
            if change.new.is_empty() {
                diff.lost.extend(first_specs(&change.old));
            } else if change.old.is_empty() {
                diff.gained.extend(first_specs(&change.new));
            } else {
                diff.changed.push(change.of_keys(catalog, keys));
            }
        }
        diff
    }
}

/// The keys of one package that only one of two snapshots has.
struct KeyChange {
    /// A spec of the package.
    spec: u32,
    old: Vec<u32>,
    new: Vec<u32>,
}

/// The packages with a key that only one of two sets has, by name.
fn changes(
    catalog: &Catalog,
    keys: &KeyColumn,
    old: &IdSet,
    new: &IdSet,
) -> impl Iterator<Item = KeyChange> + use<> {
    let mut by_package: BTreeMap<u32, KeyChange> = BTreeMap::new();
    let sides = [(old.difference(new), true), (new.difference(old), false)];
    for (only, is_old) in sides {
        for key in only.iter() {
            let spec = keys.first_spec(key);
            let change = by_package
                .entry(catalog.id(spec, Column::Package))
                .or_insert_with(|| KeyChange {
                    spec,
                    old: Vec::new(),
                    new: Vec::new(),
                });
            if is_old {
                &mut change.old
            } else {
                &mut change.new
            }
            .push(key);
        }
    }
    by_package.into_values()
}

impl KeyChange {
    fn of_keys(&self, catalog: &Catalog, keys: &KeyColumn) -> PackageChange {
        self.change(catalog, |&key| keys.text(catalog, key).into_owned())
    }

    fn of_versions(&self, catalog: &Catalog, versions: &KeyColumn) -> PackageChange {
        let version = |&key: &u32| {
            catalog
                .text(versions.first_spec(key), Column::Version)
                .to_owned()
        };
        self.change(catalog, version)
    }

    fn change(&self, catalog: &Catalog, text: impl Fn(&u32) -> String) -> PackageChange {
        let texts = |keys: &[u32]| {
            let mut texts: Vec<String> = keys.iter().map(&text).collect();
            texts.sort_unstable();
            texts
        };
        PackageChange {
            package: catalog.id(self.spec, Column::Package),
            old: texts(&self.old),
            new: texts(&self.new),
        }
    }
}
