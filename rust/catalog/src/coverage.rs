//! What is wanted, what covers it, and what is a gap.

mod answer;
mod task;

use rayon::prelude::*;

use crate::key::{KeyColumn, Level};
use crate::nearest::NearestSearch;
use crate::view::{Cell, View};
use crate::{Catalog, Column, Compatibility, IdSet, SystemName};

pub use answer::{CellCoverage, Coverage, Gap, GapState};
pub use task::{AddedSystems, CoverageTask, Detail, NotWanted, Wants};

impl CoverageTask {
    /// Counts wants and finds gaps.
    ///
    /// O(cells x keys / 64) set operations; the keys of each cell are gathered
    /// at the first question about a state and kept.
    pub fn solve(&self, catalog: &Catalog) -> Coverage {
        let view = catalog.view(&self.state);
        let older = match &self.wants {
            Wants::Baseline(older) => Some(catalog.view(older)),
            Wants::Peers(_) | Wants::Specs(_) => None,
        };
        let state = State::new(self, catalog, &view, older.as_deref());
        let mut answer = Coverage {
            cells: Vec::new(),
            lacking: Vec::new(),
            gaps: Vec::new(),
            excluded: vec![0; self.not_wanted.len()],
            not_wanted: 0,
        };
        let excluded_keys = self.excluded_keys(catalog, state.keys);
        for (index, &label) in self.reported.iter().enumerate() {
            let everywhere = state.wanted_everywhere(index);
            for system in self.systems_of(catalog, &state, index, label) {
                let mut wanted = state.wanted(&everywhere, index, label, &system, catalog);
                self.exclude(
                    catalog,
                    &excluded_keys,
                    label,
                    &system,
                    &mut wanted,
                    &mut answer,
                );
                let (exact, compatible) = state.covered(label, &system, catalog, self);
                let gaps = wanted.difference(&exact).difference(&compatible);
                answer.cells.push(CellCoverage {
                    label,
                    system,
                    wanted: wanted.len(),
                    covered: wanted.len() - gaps.len(),
                    covered_exact: wanted.intersection_len(&exact),
                });
                if self.detail > Detail::Cells {
                    answer.lacking.push(gaps);
                }
            }
        }
        if self.detail > Detail::Keys {
            answer.gaps = self.ranked(catalog, &state, &answer.cells, &answer.lacking);
        }
        answer
    }

    /// The systems of one reported stack, ordered by os and target.
    fn systems_of(
        &self,
        catalog: &Catalog,
        state: &State<'_>,
        index: usize,
        label: u32,
    ) -> Vec<SystemName> {
        let occupied = |view: &View, label: u32| -> Vec<SystemName> {
            let cells = &view.cells()[view.positions_of(label)];
            let name = |cell: &Cell| SystemName::of(catalog, cell.system);
            cells.iter().map(name).collect()
        };
        let mut systems = match &self.wants {
            Wants::Specs(wanted) => {
                let mut systems: Vec<u32> = State::wanted_specs(catalog, &wanted[index])
                    .map(|spec| catalog.system_of(spec))
                    .collect();
                systems.sort_unstable();
                systems.dedup();
                systems
                    .into_iter()
                    .map(|system| SystemName::of(catalog, system))
                    .collect()
            }
            _ => occupied(state.view, label),
        };
        if let Some(older) = state.older {
            systems.extend(occupied(older, label));
        }
        systems.extend(self.added.these[index].iter().cloned());
        if let (true, Wants::Peers(peers)) = (self.added.of_peers, &self.wants) {
            let of_peers = peers[index]
                .iter()
                .flat_map(|&peer| occupied(state.view, peer));
            systems.extend(of_peers);
        }
        systems.sort_unstable();
        systems.dedup_by(|a, b| a.os == b.os && a.target == b.target);
        systems.retain(|system| {
            admits(self.oss.as_deref(), &system.os)
                && admits(self.targets.as_deref(), &system.target)
        });
        systems
    }

    /// For each entry of `not_wanted` the keys of its packages; `None` for all keys.
    fn excluded_keys(&self, catalog: &Catalog, keys: &KeyColumn) -> Vec<Option<IdSet>> {
        let keys_of = |packages: &Vec<String>| {
            let is_excluded = |&key: &u32| {
                let package = catalog.text(keys.first_spec(key), Column::Package);
                admits(Some(packages), package)
            };
            IdSet::from_ascending((0..keys.len() as u32).filter(is_excluded))
        };
        let entries = self.not_wanted.iter();
        entries
            .map(|entry| entry.packages.as_ref().map(keys_of))
            .collect()
    }

    /// Takes what is not wanted in a cell out of `wanted` and counts it.
    fn exclude(
        &self,
        catalog: &Catalog,
        excluded_keys: &[Option<IdSet>],
        label: u32,
        system: &SystemName,
        wanted: &mut IdSet,
        answer: &mut Coverage,
    ) {
        let label = catalog.labels().get(label);
        let before = wanted.clone();
        for (index, (entry, keys)) in self.not_wanted.iter().zip(excluded_keys).enumerate() {
            let concerned = admits(entry.stacks.as_deref(), label)
                && admits(entry.oss.as_deref(), &system.os)
                && admits(entry.targets.as_deref(), &system.target);
            match keys {
                _ if !concerned => {}
                None => {
                    answer.excluded[index] += before.len();
                    *wanted = IdSet::new();
                }
                Some(keys) => {
                    answer.excluded[index] += before.intersection_len(keys);
                    *wanted -= keys;
                }
            }
        }
        answer.not_wanted += before.len() - wanted.len();
    }

    /// The gaps of all cells, the most useful first.
    fn ranked(
        &self,
        catalog: &Catalog,
        state: &State<'_>,
        cells: &[CellCoverage],
        lacked: &[IdSet],
    ) -> Vec<Gap> {
        let mut lacking = vec![0_u32; state.keys.len()];
        for key in lacked.iter().flat_map(IdSet::iter) {
            lacking[key as usize] += 1;
        }
        let anywhere = state.available_keys(0..catalog.systems().len() as u32);
        let search = (self.detail == Detail::Nearest)
            .then(|| NearestSearch::new(catalog, state.view, self.level));
        let of_cell = |(index, keys): (usize, &IdSet)| -> Vec<Gap> {
            let cell = &cells[index];
            let compatibility = self.compatibility_of_keys();
            let serving = compatibility.serving(catalog, &self.table, &cell.system);
            let elsewhere = state.available_keys(serving.into_iter());
            let gap = |key: u32| Gap {
                cell: index as u32,
                key,
                want: state.keys.text(catalog, key).into_owned(),
                state: if elsewhere.contains(key) {
                    GapState::OtherStack
                } else if anywhere.contains(key) {
                    GapState::OtherSystem
                } else {
                    GapState::Missing
                },
                cells_lacking: lacking[key as usize],
                nearest: search
                    .as_ref()
                    .and_then(|search| search.nearest(state.keys.first_spec(key), cell)),
            };
            keys.iter().map(gap).collect()
        };
        let gaps: Vec<Vec<Gap>> = lacked.par_iter().enumerate().map(of_cell).collect();
        let mut gaps: Vec<Gap> = gaps.into_iter().flatten().collect();
        gaps.par_sort_unstable_by(|a, b| {
            let rank = b.cells_lacking.cmp(&a.cells_lacking);
            rank.then_with(|| a.cell.cmp(&b.cell))
                .then_with(|| a.want.cmp(&b.want))
        });
        gaps
    }

    /// A hash fixes its system, so no other system's binary can stand in for it.
    fn compatibility_of_keys(&self) -> Compatibility {
        match self.level {
            Level::Hash => Compatibility::Exact,
            _ => self.compatibility,
        }
    }
}

/// What all cells of one answer share.
struct State<'c> {
    keys: &'c KeyColumn,
    view: &'c View,
    cell_keys: &'c [IdSet],
    system_keys: &'c [IdSet],
    older: Option<&'c View>,
    older_keys: &'c [IdSet],
    task: &'c CoverageTask,
}

impl<'c> State<'c> {
    fn new(
        task: &'c CoverageTask,
        catalog: &'c Catalog,
        view: &'c View,
        older: Option<&'c View>,
    ) -> Self {
        let keys = view.keys(catalog, task.level);
        let older_keys = older.map_or(&[][..], |older| &older.keys(catalog, task.level).by_cell);
        Self {
            keys: catalog.keys(task.level),
            view,
            cell_keys: &keys.by_cell,
            system_keys: &keys.by_system,
            older,
            older_keys,
            task,
        }
    }

    /// The wanted specs that are not external, ascending.
    fn wanted_specs<'w>(catalog: &'w Catalog, wanted: &'w IdSet) -> impl Iterator<Item = u32> + 'w {
        wanted.iter().filter(|&spec| !catalog.is_external(spec))
    }

    /// The keys that every cell of a reported stack wants.
    fn wanted_everywhere(&self, index: usize) -> IdSet {
        match &self.task.wants {
            Wants::Peers(peers) if self.task.level != Level::Hash => {
                let cells = peers[index]
                    .iter()
                    .flat_map(|&peer| self.view.positions_of(peer));
                union(cells.map(|position| &self.cell_keys[position]))
            }
            Wants::Peers(_) | Wants::Baseline(_) | Wants::Specs(_) => IdSet::new(),
        }
    }

    /// The keys that one cell wants.
    fn wanted(
        &self,
        everywhere: &IdSet,
        index: usize,
        label: u32,
        system: &SystemName,
        catalog: &Catalog,
    ) -> IdSet {
        match &self.task.wants {
            Wants::Peers(_) if self.task.level != Level::Hash => everywhere.clone(),
            Wants::Peers(peers) => {
                let Some(system) = system.id(catalog) else {
                    return IdSet::new();
                };
                let cells = peers[index].iter().filter_map(|&label| {
                    let position = self.view.position(Cell { label, system })?;
                    Some(&self.cell_keys[position])
                });
                union(cells)
            }
            Wants::Specs(wanted) => {
                let Some(system) = system.id(catalog) else {
                    return IdSet::new();
                };
                let specs = Self::wanted_specs(catalog, &wanted[index]);
                let here = specs.filter(|&spec| catalog.system_of(spec) == system);
                here.map(|spec| self.keys.of_spec(spec)).collect()
            }
            Wants::Baseline(_) => {
                let position = self
                    .older
                    .zip(system.id(catalog))
                    .and_then(|(older, system)| older.position(Cell { label, system }));
                position.map_or_else(IdSet::new, |position| self.older_keys[position].clone())
            }
        }
    }

    /// The keys that the stack lists on the very system, and on the other
    /// systems whose binaries serve it.
    fn covered(
        &self,
        label: u32,
        host: &SystemName,
        catalog: &Catalog,
        task: &CoverageTask,
    ) -> (IdSet, IdSet) {
        let own = host.id(catalog);
        let keys = |system: u32| {
            if matches!(task.wants, Wants::Specs(_)) {
                return Some(&self.system_keys[system as usize]);
            }
            let position = self.view.position(Cell { label, system })?;
            Some(&self.cell_keys[position])
        };
        let exact = own.and_then(keys).cloned().unwrap_or_default();
        if task.compatibility_of_keys() == Compatibility::Exact {
            return (exact, IdSet::new());
        }
        let serving = task.compatibility.serving(catalog, &task.table, host);
        let compatible = union(serving.into_iter().filter_map(keys));
        (exact, compatible)
    }

    /// The keys that anything in the state has on these systems.
    fn available_keys(&self, systems: impl Iterator<Item = u32>) -> IdSet {
        union(systems.map(|system| &self.system_keys[system as usize]))
    }
}

fn union<'s>(sets: impl Iterator<Item = &'s IdSet>) -> IdSet {
    sets.fold(IdSet::new(), |mut union, set| {
        union |= set;
        union
    })
}

/// Whether `name` passes a filter of sorted names; `None` lets all pass.
pub(crate) fn admits(names: Option<&[String]>, name: &str) -> bool {
    names.is_none_or(|names| {
        names
            .binary_search_by(|each| each.as_str().cmp(name))
            .is_ok()
    })
}
