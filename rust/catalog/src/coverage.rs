//! The wants, the specs that cover them, and the gaps.

pub(crate) mod abstract_wants;
mod answer;
mod clauses;
mod families;
pub(crate) mod near_miss;
mod nearest;
mod task;

use hashbrown::HashMap;
use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use self::nearest::NearestSearch;
use crate::catalog::key::{KeyColumn, Level};
use crate::catalog::view::{Cell, View};
use crate::compatibility::ServingSystem;
use crate::{Catalog, Column, Compatibility, IdSet, SystemName};

pub use answer::{CellCoverage, Coverage, DifferingPart, Gap, GapState, Nearest};
pub use task::{
    AddedSystems, CoverageError, CoverageTask, Detail, MOST_CELLS, NotWanted, Peers, Wants,
};

use families::Family;

/// The number of gaps that an answer may always have, and how many more for each listing: so the
/// memory of an answer grows with its sources.
const FREE_GAPS: u64 = 200_000;
const GAPS_A_LISTING: u64 = 20;

/// The wants of one cell that nothing covers.
struct Lacking {
    keys: IdSet,
    /// The position of the cell in the answer, if it is reported.
    cell: Option<usize>,
    /// The systems whose binaries serve that of the cell, ascending.
    serving: Arc<[ServingSystem]>,
}

impl CoverageTask {
    /// Counts wants and finds gaps.
    ///
    /// O(cells x keys / 64) set operations; the keys of each cell are gathered
    /// at the first question about a state and kept.
    ///
    /// # Errors
    ///
    /// [`CoverageError`] if the answer would have too many cells or gaps.
    pub fn solve(&self, catalog: &Catalog) -> Result<Coverage, CoverageError> {
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
        let most_gaps = FREE_GAPS + GAPS_A_LISTING * catalog.rows().len() as u64;
        let counted = self.reported.iter().enumerate();
        let systems: Vec<Vec<SystemName>> = counted
            .map(|(index, &label)| self.systems_of(catalog, &state, index, label))
            .collect();
        if systems.iter().map(Vec::len).sum::<usize>() > MOST_CELLS {
            return Err(CoverageError::TooManyCells);
        }
        let mut gap_count = 0;
        let mut all_lacking = Vec::new();
        let mut serving_of: HashMap<(String, String), Arc<[ServingSystem]>> = HashMap::new();
        for (index, (&label, systems)) in self.reported.iter().zip(systems).enumerate() {
            for system in systems {
                let is_reported = self.reports(&system);
                // Cells that are not reported matter, as gaps are ranked by all cells.
                if !is_reported && self.detail <= Detail::Keys {
                    continue;
                }
                let own = system.id(catalog);
                let no_peer = state.has_no_peer(index, label, own);
                let mut wanted = if no_peer {
                    Cow::default()
                } else {
                    state.wanted(index, label, own, catalog)
                };
                let mut counts = ExcludedCounts::default();
                self.exclude(
                    catalog,
                    &excluded_keys,
                    label,
                    &system,
                    &mut wanted,
                    &mut counts,
                );
                let serving = self.serving(catalog, &system, &mut serving_of);
                let (exact, compatible) = state.covered(catalog, label, own, &serving);
                let covered_exact = wanted.intersection_len(&exact);
                let covered = if compatible.is_empty() {
                    covered_exact
                } else {
                    wanted.intersection_len(&exact.union(&compatible))
                };
                if self.detail > Detail::Cells {
                    gap_count += wanted.len() - covered;
                    if gap_count > most_gaps {
                        return Err(CoverageError::TooManyGaps { limit: most_gaps });
                    }
                    all_lacking.push(Lacking {
                        keys: wanted.difference(&exact).difference(&compatible),
                        cell: is_reported.then_some(answer.cells.len()),
                        serving,
                    });
                }
                if is_reported {
                    answer.count(&counts);
                    answer.cells.push(CellCoverage {
                        label,
                        system,
                        wanted: wanted.len(),
                        covered,
                        covered_exact,
                        no_peer,
                    });
                }
            }
        }
        if self.detail > Detail::Keys {
            answer.gaps = self.ranked(catalog, &state, &answer.cells, &all_lacking);
        }
        let reported = all_lacking.into_iter().filter(|each| each.cell.is_some());
        answer.lacking = reported.map(|each| each.keys).collect();
        Ok(answer)
    }

    /// The systems whose binaries serve a cell of a system, looked for once for each system.
    fn serving(
        &self,
        catalog: &Catalog,
        system: &SystemName,
        known: &mut HashMap<(String, String), Arc<[ServingSystem]>>,
    ) -> Arc<[ServingSystem]> {
        let compatibility = self.compatibility_of_keys();
        let find = || compatibility.serving(catalog, &self.table, system).into();
        if compatibility == Compatibility::Exact {
            return find();
        }
        let name = (system.os.clone(), system.target.clone());
        Arc::clone(known.entry(name).or_insert_with(find))
    }

    fn reports(&self, system: &SystemName) -> bool {
        admits(self.oss.as_deref(), &system.os) && admits(self.targets.as_deref(), &system.target)
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
        if let (true, Some(family)) = (self.added.of_peers, state.family(index)) {
            systems.extend(family.systems(catalog).iter().cloned());
        }
        systems.sort_unstable();
        systems.dedup_by(|a, b| a.os == b.os && a.target == b.target);
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

    /// Removes the unwanted keys of a cell from `wanted` and counts them.
    fn exclude(
        &self,
        catalog: &Catalog,
        excluded_keys: &[Option<IdSet>],
        label: u32,
        system: &SystemName,
        wanted: &mut Cow<'_, IdSet>,
        counts: &mut ExcludedCounts,
    ) {
        if self.not_wanted.is_empty() {
            return;
        }
        let label = catalog.labels().get(label);
        let before = wanted.clone();
        for (index, (entry, keys)) in self.not_wanted.iter().zip(excluded_keys).enumerate() {
            let concerned = admits(entry.stacks.as_deref(), label)
                && admits(entry.oss.as_deref(), &system.os)
                && admits(entry.targets.as_deref(), &system.target);
            match keys {
                _ if !concerned => {}
                None => {
                    counts.by_entry.push((index, before.len()));
                    *wanted = Cow::default();
                }
                Some(keys) => {
                    counts.by_entry.push((index, before.intersection_len(keys)));
                    *wanted.to_mut() -= keys;
                }
            }
        }
        counts.of_any = before.len() - wanted.len();
    }

    /// The gaps of the reported cells, the most useful first. The cells that lack a key are counted
    /// over all cells.
    fn ranked(
        &self,
        catalog: &Catalog,
        state: &State<'_>,
        cells: &[CellCoverage],
        lacked: &[Lacking],
    ) -> Vec<Gap> {
        let mut lacking = vec![0_u32; state.keys.len()];
        for key in lacked.iter().flat_map(|each| each.keys.iter()) {
            lacking[key as usize] += 1;
        }
        let anywhere = state.available_keys();
        let search = (self.detail == Detail::Nearest)
            .then(|| NearestSearch::new(catalog, state.view, self.level));
        let of_cell = |each: &Lacking| -> Vec<Gap> {
            let Some(index) = each.cell.filter(|_| !each.keys.is_empty()) else {
                return Vec::new();
            };
            let keys = &each.keys;
            let cell = &cells[index];
            let elsewhere = state.keys_on(catalog, &each.serving);
            let gap = |key: u32| {
                let why = if elsewhere.contains(key) {
                    GapState::OtherStack
                } else if anywhere.contains(key) {
                    GapState::OtherSystem
                } else {
                    GapState::Missing
                };
                let nearest = search.as_ref().and_then(|search| match why {
                    // The gaps that the stack only has to list.
                    GapState::OtherStack => {
                        search.nearest_bearing(state.keys, key, cell, &each.serving)
                    }
                    _ => search.nearest(state.keys.first_spec(key), cell),
                });
                Gap {
                    cell: index as u32,
                    key,
                    want: state.keys.text(catalog, key).into_owned(),
                    state: why,
                    cells_lacking: lacking[key as usize],
                    nearest,
                }
            };
            keys.iter().map(gap).collect()
        };
        let gaps: Vec<Vec<Gap>> = lacked.par_iter().map(of_cell).collect();
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

/// The number of wants of one cell that are not wanted.
#[derive(Default)]
struct ExcludedCounts {
    by_entry: Vec<(usize, u64)>,
    of_any: u64,
}

impl Coverage {
    fn count(&mut self, excluded: &ExcludedCounts) {
        for &(entry, count) in &excluded.by_entry {
            self.excluded[entry] += count;
        }
        self.not_wanted += excluded.of_any;
    }
}

/// The parts that all cells of one answer share.
struct State<'c> {
    keys: &'c KeyColumn,
    view: &'c View,
    cell_keys: &'c [IdSet],
    system_keys: &'c [IdSet],
    older: Option<&'c View>,
    older_keys: &'c [IdSet],
    task: &'c CoverageTask,
    families: Vec<Family<'c>>,
}

impl<'c> State<'c> {
    fn new(
        task: &'c CoverageTask,
        catalog: &'c Catalog,
        view: &'c View,
        older: Option<&'c View>,
    ) -> Self {
        let keys = view.keys(catalog, task.level);
        let families = match &task.wants {
            Wants::Peers(peers) => &peers.families[..],
            Wants::Baseline(_) | Wants::Specs(_) => &[],
        };
        let family = |peers: &'c Vec<u32>| Family::new(peers, view, &keys.by_cell);
        let older_keys = older.map_or(&[][..], |older| &older.keys(catalog, task.level).by_cell);
        Self {
            keys: catalog.keys(task.level),
            view,
            cell_keys: &keys.by_cell,
            system_keys: &keys.by_system,
            older,
            older_keys,
            task,
            families: families.iter().map(family).collect(),
        }
    }

    /// The family of a reported stack, where wants come from peers.
    fn family(&self, index: usize) -> Option<&Family<'c>> {
        match &self.task.wants {
            Wants::Peers(peers) => Some(&self.families[peers.of_reported[index]]),
            Wants::Baseline(_) | Wants::Specs(_) => None,
        }
    }

    /// The wanted specs that are not external, ascending.
    fn wanted_specs<'w>(catalog: &'w Catalog, wanted: &'w IdSet) -> impl Iterator<Item = u32> + 'w {
        wanted.iter().filter(|&spec| !catalog.is_external(spec))
    }

    /// Returns whether no other cell contributes a key to the wants of a cell of peers.
    ///
    /// Then its wants would be its own keys, and it would always be fully covered.
    fn has_no_peer(&self, index: usize, label: u32, own: Option<u32>) -> bool {
        let same_system = self.task.level == Level::Hash;
        self.family(index)
            .is_some_and(|family| !family.has_other(label, own, same_system))
    }

    /// The keys that one cell wants.
    fn wanted(
        &self,
        index: usize,
        label: u32,
        own: Option<u32>,
        catalog: &Catalog,
    ) -> Cow<'_, IdSet> {
        match &self.task.wants {
            Wants::Peers(_) => {
                let family = self.family(index);
                let wanted = if self.task.level == Level::Hash {
                    family.and_then(|family| family.on(own?))
                } else {
                    family.map(Family::everywhere)
                };
                wanted.map_or_else(Cow::default, Cow::Borrowed)
            }
            Wants::Specs(wanted) => {
                let Some(system) = own else {
                    return Cow::default();
                };
                let specs = Self::wanted_specs(catalog, &wanted[index]);
                let here = specs.filter(|&spec| catalog.system_of(spec) == system);
                Cow::Owned(here.map(|spec| self.keys.of_spec(spec)).collect())
            }
            Wants::Baseline(_) => {
                let position = self
                    .older
                    .zip(own)
                    .and_then(|(older, system)| older.position(Cell { label, system }));
                position.map_or_else(Cow::default, |at| Cow::Borrowed(&self.older_keys[at]))
            }
        }
    }

    /// The keys that the stack lists on the same system, and on the other systems whose binaries
    /// serve it.
    fn covered(
        &self,
        catalog: &Catalog,
        label: u32,
        own: Option<u32>,
        serving: &[ServingSystem],
    ) -> (Cow<'_, IdSet>, IdSet) {
        if matches!(self.task.wants, Wants::Specs(_)) {
            let exact = own.map_or_else(IdSet::new, |system| {
                let specs = &catalog.indexes().systems(catalog)[system as usize];
                let rewirable = specs.intersection(self.view.rewirable(catalog));
                let rewired = rewirable.iter().map(|spec| self.keys.of_spec(spec));
                self.system_keys[system as usize].union(&rewired.collect())
            });
            return (Cow::Owned(exact), self.keys_on(catalog, serving));
        }
        let position = |system: u32| self.view.position(Cell { label, system });
        let exact = own.and_then(position);
        let exact = exact.map_or_else(Cow::default, |at| Cow::Borrowed(&self.cell_keys[at]));
        if self.task.compatibility_of_keys() == Compatibility::Exact {
            return (exact, IdSet::new());
        }
        let mut compatible = IdSet::new();
        for each in serving {
            let Some(at) = position(each.system) else {
                continue;
            };
            if each.is_whole() {
                compatible |= &self.cell_keys[at];
            } else {
                compatible |= &self.keys_of(catalog, each, self.view.specs(at).iter().copied());
            }
        }
        (exact, compatible)
    }

    /// The keys of the whole state that serve a cell.
    fn keys_on(&self, catalog: &Catalog, serving: &[ServingSystem]) -> IdSet {
        let mut keys = IdSet::new();
        for each in serving {
            if each.is_whole() {
                keys |= &self.system_keys[each.system as usize];
            } else {
                let specs = &catalog.indexes().systems(catalog)[each.system as usize];
                let available = specs.intersection(self.view.available());
                keys |= &self.keys_of(catalog, each, available.iter());
            }
        }
        keys
    }

    /// The keys of those specs of a system that serve.
    fn keys_of(
        &self,
        catalog: &Catalog,
        serving: &ServingSystem,
        specs: impl Iterator<Item = u32>,
    ) -> IdSet {
        let serving = specs.filter(|&spec| serving.admits(catalog, spec));
        serving.map(|spec| self.keys.of_spec(spec)).collect()
    }

    /// The keys of the whole state on any system.
    fn available_keys(&self) -> IdSet {
        union(self.system_keys.iter())
    }
}

fn union<'s>(sets: impl Iterator<Item = &'s IdSet>) -> IdSet {
    sets.fold(IdSet::new(), |mut union, set| {
        union |= set;
        union
    })
}

/// Returns whether `name` passes a filter of sorted names; `None` lets all pass.
pub(crate) fn admits(names: Option<&[String]>, name: &str) -> bool {
    names.is_none_or(|names| {
        names
            .binary_search_by(|each| each.as_str().cmp(name))
            .is_ok()
    })
}
