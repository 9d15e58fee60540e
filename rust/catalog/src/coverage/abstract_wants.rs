//! The specs that meet abstract specs in cells.

use std::collections::BTreeSet;

use rayon::prelude::*;
use specplan_spack::{Missing, OperatingSystemTable, PreparedSpec};

use super::answer::GapState;
use super::near_miss::{NearMiss, NearMisses};
use super::task::Detail;
use crate::find::Found;
use crate::requirements::{Clause, Clauses};
use crate::{Catalog, Compatibility, IdSet, Snapshot, SystemName};

/// Abstract specs that are wanted, each in some cells.
///
/// ```
/// use specplan_catalog::{AbstractCell, AbstractWants, Catalog, Compatibility, IdSet, SystemName};
/// use specplan_spack::{AbstractSpec, OperatingSystemTable, PreparedSpec};
///
/// let catalog = Catalog::default();
/// let system = SystemName { os: "rhel9".into(), target: "zen4".into(), platform: "linux".into() };
/// let wants = AbstractWants {
///     queries: vec![PreparedSpec::new(AbstractSpec::parse("hdf5+mpi ^zlib-ng")?)],
///     clauses: vec![vec![]],
///     cells: vec![AbstractCell { system, wants: vec![0] }],
///     compatibility: Compatibility::Target,
///     table: OperatingSystemTable::default(),
/// };
/// let met = wants.met(&catalog, &IdSet::new());
/// assert!(met[0][0].exact.is_empty() && met[0][0].unknown.is_empty());
/// # Ok::<(), specplan_spack::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AbstractWants {
    /// The abstract specs. Each is matched once, however many cells want it.
    pub queries: Vec<PreparedSpec>,
    /// By query, the further requirements on a spec, and its conflicts.
    pub clauses: Vec<Vec<Clause>>,
    /// The cells.
    pub cells: Vec<AbstractCell>,
    /// The binaries that serve a cell.
    pub compatibility: Compatibility,
    /// The known operating systems.
    pub table: OperatingSystemTable,
}

/// A system on which abstract specs are wanted.
#[derive(Clone, Debug)]
pub struct AbstractCell {
    /// The system. No spec of it need be known.
    pub system: SystemName,
    /// Positions among the queries, each once.
    pub wants: Vec<u32>,
}

/// The specs that meet one want in one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Met {
    /// The specs of the cell's own system.
    pub exact: IdSet,
    /// The specs of other systems that serve the cell.
    pub compatible: IdSet,
    /// Specs that serve the cell but may or may not meet the want, as the sources do not say,
    /// ascending, with the missing information.
    pub unknown: Vec<(u32, Missing)>,
    /// The assumptions, if only specs under an assumption meet the want.
    pub assumed: Vec<Box<str>>,
}

/// The specs of the systems that serve a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ServingSpecs {
    /// The specs of the system itself.
    exact: IdSet,
    /// The specs of other systems.
    compatible: IdSet,
}

impl Met {
    /// Returns whether any spec certainly meets the want.
    pub fn is_met(&self) -> bool {
        !self.exact.is_empty() || !self.compatible.is_empty()
    }

    /// All specs that certainly meet the want.
    pub fn all(&self) -> IdSet {
        self.exact.union(&self.compatible)
    }
}

impl AbstractWants {
    /// For each cell, and in it for each want, the specs of `among` that meet it.
    ///
    /// A spec meets a want if it satisfies the abstract spec and its system serves that of the
    /// cell. `among` are the candidates: the available specs, those of a lock, or all; specs that
    /// the system provides are searched like the others.
    ///
    /// A name that no source knows as a package or virtual package is treated as a package that
    /// nobody has, unless Spack has a virtual package of that name.
    ///
    /// O(q n) for q queries and n specs at worst, on all cores; indexes and columns exclude nearly
    /// all.
    pub fn met(&self, catalog: &Catalog, among: &IdSet) -> Vec<Vec<Met>> {
        let found = self.found(catalog, among);
        let cells = self.cells.par_iter().map(|cell| {
            let serving = self.serving(catalog, cell);
            let wants = cell.wants.iter();
            wants
                .map(|&want| found[want as usize].served(&serving))
                .collect()
        });
        cells.collect()
    }

    /// For each query the specs of `among` that satisfy it, whatever their system.
    pub(crate) fn found(&self, catalog: &Catalog, among: &IdSet) -> Vec<Found> {
        let graph = catalog.graph();
        let queries = self.queries.par_iter().zip(&self.clauses);
        let queries = queries.map(|(query, clauses)| {
            let name = query.node().name.as_deref();
            if !name.is_none_or(|name| graph.has_heard_of(name)) {
                return Found::default();
            }
            let found = catalog.find_specs(query, among);
            if clauses.is_empty() {
                return found;
            }
            Clauses::new(catalog, &graph, clauses).narrow(&found)
        });
        queries.collect()
    }

    /// The specs of the systems that serve a cell.
    pub(crate) fn serving(&self, catalog: &Catalog, cell: &AbstractCell) -> ServingSpecs {
        let own = cell.system.id(catalog);
        let systems = self
            .compatibility
            .serving(catalog, &self.table, &cell.system);
        let specs = catalog.indexes().systems(catalog);
        let of_system = |system: u32| &specs[system as usize];
        let mut compatible = IdSet::new();
        for each in systems.iter().filter(|each| Some(each.system) != own) {
            let all = of_system(each.system);
            if each.is_whole() {
                compatible |= all;
            } else {
                let some = all.iter().filter(|&spec| each.admits(catalog, spec));
                compatible |= &some.collect();
            }
        }
        ServingSpecs {
            exact: own.map(of_system).cloned().unwrap_or_default(),
            compatible,
        }
    }
}

impl Found {
    /// The part of it that serves a cell.
    pub(crate) fn served(&self, serving: &ServingSpecs) -> Met {
        let serves = |spec: u32| serving.exact.contains(spec) || serving.compatible.contains(spec);
        let exact = self.specs.intersection(&serving.exact);
        let compatible = self.specs.intersection(&serving.compatible);
        let met: Vec<u32> = exact.iter().chain(compatible.iter()).collect();
        let is_sure = met.iter().any(|spec| !self.assumed.contains_key(spec));
        let assumed: BTreeSet<Box<str>> = met
            .iter()
            .filter(|_| !is_sure)
            .filter_map(|spec| self.assumed.get(spec))
            .flatten()
            .cloned()
            .collect();
        Met {
            exact,
            compatible,
            assumed: assumed.into_iter().collect(),
            unknown: self
                .unknown
                .iter()
                .copied()
                .filter(|&(spec, _)| serves(spec))
                .collect(),
        }
    }
}

/// One question of the coverage of abstract specs.
#[derive(Clone, Debug)]
pub struct AbstractTask {
    /// The state.
    pub state: Vec<Snapshot>,
    /// The wants and their places.
    pub wants: AbstractWants,
    /// The detail of the answer.
    pub detail: Detail,
}

/// The answer to an [`AbstractTask`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AbstractCoverage {
    /// In the order of the task's cells.
    pub cells: Vec<AbstractCellCoverage>,
    /// The wants that are neither covered nor unknown, if requested; by cell, then in the order of
    /// its wants.
    pub gaps: Vec<AbstractGap>,
}

/// The number of wants of a cell that are available.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AbstractCellCoverage {
    /// The number of covered wants.
    pub covered: u64,
    /// The number of wants that are covered on the same system.
    pub covered_exact: u64,
    /// The covered wants, each with all specs that cover it.
    pub met: Vec<(u32, IdSet)>,
    /// The wants that the sources cannot decide.
    pub unknown: Vec<UnknownWant>,
    /// The wants that nothing covers.
    pub lacking: Vec<u32>,
    /// The wants that are covered only under assumptions, each with these.
    pub assumed: Vec<(u32, Vec<Box<str>>)>,
}

/// A want that the sources cannot decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWant {
    /// Position among the queries.
    pub want: u32,
    /// The number of specs that might cover it.
    pub specs: u64,
    /// The missing information, each once, in order.
    pub missing: Vec<Missing>,
}

/// A want that nothing covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbstractGap {
    /// Position of the cell.
    pub cell: u32,
    /// Position among the queries.
    pub want: u32,
    /// The reason why it is a gap. Any label counts, so another stack is never the reason.
    pub state: GapState,
    /// The closest available spec of the same package.
    pub nearest: Option<NearMiss>,
}

impl AbstractTask {
    /// Counts wants and finds gaps.
    ///
    /// O(q n) as [`AbstractWants::met`], and for each gap a look at each available spec
    /// of its package.
    pub fn solve(&self, catalog: &Catalog) -> AbstractCoverage {
        let view = catalog.view(&self.state);
        let found = self.wants.found(catalog, view.available());
        let cells = self.wants.cells.par_iter();
        let cells: Vec<AbstractCellCoverage> =
            cells.map(|cell| self.cell(catalog, cell, &found)).collect();
        let mut gaps = Vec::new();
        if self.detail > Detail::Keys {
            for (cell, coverage) in cells.iter().enumerate() {
                gaps.extend(coverage.lacking.iter().map(|&want| AbstractGap {
                    cell: cell as u32,
                    want,
                    state: if found[want as usize].specs.is_empty() {
                        GapState::Missing
                    } else {
                        GapState::OtherSystem
                    },
                    nearest: None,
                }));
            }
        }
        if self.detail == Detail::Nearest {
            self.find_nearest(catalog, view.available(), &mut gaps);
        }
        AbstractCoverage { cells, gaps }
    }

    fn cell(
        &self,
        catalog: &Catalog,
        cell: &AbstractCell,
        found: &[Found],
    ) -> AbstractCellCoverage {
        let serving = self.wants.serving(catalog, cell);
        let mut coverage = AbstractCellCoverage::default();
        for &want in &cell.wants {
            let met = found[want as usize].served(&serving);
            if met.is_met() {
                coverage.covered += 1;
                coverage.covered_exact += u64::from(!met.exact.is_empty());
                coverage.met.push((want, met.all()));
                if !met.assumed.is_empty() {
                    coverage.assumed.push((want, met.assumed));
                }
            } else if met.unknown.is_empty() {
                coverage.lacking.push(want);
            } else {
                let missing: BTreeSet<Missing> =
                    met.unknown.iter().map(|&(_, missing)| missing).collect();
                coverage.unknown.push(UnknownWant {
                    want,
                    specs: met.unknown.len() as u64,
                    missing: missing.into_iter().collect(),
                });
            }
        }
        coverage
    }

    /// Fills in the nearest spec of each gap. Gaps of one query share their work.
    fn find_nearest(&self, catalog: &Catalog, available: &IdSet, gaps: &mut [AbstractGap]) {
        let mut by_want: Vec<&mut AbstractGap> = gaps.iter_mut().collect();
        by_want.sort_by_key(|gap| gap.want);
        let mut of_one_want: Vec<&mut [&mut AbstractGap]> =
            by_want.chunk_by_mut(|a, b| a.want == b.want).collect();
        of_one_want.par_iter_mut().for_each(|gaps| {
            let Some(want) = gaps.first().map(|gap| gap.want) else {
                return;
            };
            let query = &self.wants.queries[want as usize];
            let graph = catalog.graph();
            let clauses = &self.wants.clauses[want as usize];
            let clauses = Clauses::new(catalog, &graph, clauses);
            let mut search = NearMisses::new(catalog, &graph, available, query, clauses);
            for gap in gaps.iter_mut() {
                let host = &self.wants.cells[gap.cell as usize].system;
                gap.nearest = search.nearest(host, self.wants.compatibility, &self.wants.table);
            }
        });
    }
}
