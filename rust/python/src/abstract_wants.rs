//! Questions of abstract wants and their answers.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rustc_hash::FxHashMap;
use specplan_catalog::{
    AbstractCell, AbstractCellCoverage, AbstractCoverage, AbstractTask, AbstractWants, Catalog,
    Clause, ClauseRule, Column, IdSet, Met, NearMiss, SystemName,
};
use specplan_planner::{SpecId, SpecSet, Supply, usable};
use specplan_spack::{AbstractSpec, parse_one};

use crate::coverage::NearestAnswer;
use crate::demand::{LackedAnswer, binaries, supply};
use crate::errors::no_spec;
use crate::find;
use crate::graph::GraphOrFault;
use crate::literals;
use crate::operating_systems::PyOperatingSystems;
use crate::records::records;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct AbstractQuestion<'py> {
    state: Option<State>,
    specs: Vec<String>,
    clauses: Vec<Vec<ClauseQuestion>>,
    cells: Vec<CellQuestion>,
    compat: String,
    operating_systems: PyRef<'py, PyOperatingSystems>,
    detail: String,
}

/// `any`, `one` or `never`; the choices; the condition; whether it applies to all packages; the
/// package or virtual package of the dependencies that it is about, if not about the spec itself.
type ClauseQuestion = (String, Vec<String>, Option<String>, bool, Option<String>);

fn clause((rule, choices, when, of_all, of): &ClauseQuestion) -> PyResult<Clause> {
    let rule = match &**rule {
        "any" => ClauseRule::Any,
        "one" => ClauseRule::One,
        "never" => ClauseRule::Never,
        other => return Err(literals::unknown("rule", other)),
    };
    let spec = |text: &String| parse_one(text).map_err(|error| no_spec(&error));
    let choices: Vec<AbstractSpec> = choices.iter().map(spec).collect::<PyResult<_>>()?;
    let when = when.as_ref().map(spec).transpose()?;
    let clause = Clause::new(rule, choices, when, *of_all);
    Ok(match of {
        Some(name) => clause.of_dependencies(name),
        None => clause,
    })
}

/// os, target, platform, positions of the wanted specs.
type CellQuestion = (String, String, String, Vec<u32>);

impl AbstractQuestion<'_> {
    pub(crate) fn wants(&self) -> PyResult<AbstractWants> {
        let queries = self.specs.iter().map(|spec| find::query(spec));
        let specs = self.specs.len();
        if self.clauses.len() != specs {
            let given = self.clauses.len().to_string();
            return Err(literals::unknown("number of lists of clauses", &given));
        }
        let clauses = self.clauses.iter();
        let clauses = clauses.map(|clauses| clauses.iter().map(clause).collect());
        let cell = |(os, target, platform, wants): &CellQuestion| {
            if let Some(want) = wants.iter().find(|&&want| want as usize >= specs) {
                return Err(literals::unknown("position of a spec", &want.to_string()));
            }
            Ok(AbstractCell {
                system: SystemName {
                    os: os.clone(),
                    target: target.clone(),
                    platform: platform.clone(),
                },
                wants: wants.clone(),
            })
        };
        Ok(AbstractWants {
            queries: queries.collect::<PyResult<_>>()?,
            clauses: clauses.collect::<PyResult<_>>()?,
            cells: self.cells.iter().map(cell).collect::<PyResult<_>>()?,
            compatibility: literals::compatibility(&self.compat)?,
            table: self.operating_systems.table.clone(),
        })
    }

    pub(crate) fn task(&self, catalog: &Catalog) -> PyResult<AbstractTask> {
        let state = self.state.as_ref().map(|state| snapshots(catalog, state));
        Ok(AbstractTask {
            state: state.transpose()?.unwrap_or_default(),
            wants: self.wants()?,
            detail: literals::detail(&self.detail)?,
        })
    }

    /// The candidates: the specs with a binary in the state, or all but externals.
    pub(crate) fn among(&self, catalog: &Catalog) -> PyResult<IdSet> {
        if let Some(state) = &self.state {
            let view = catalog.view(&snapshots(catalog, state)?);
            return Ok(view.available().clone());
        }
        let specs = catalog.specs().map(|(spec, _)| spec);
        Ok(IdSet::from_ascending(
            specs.filter(|&spec| !catalog.is_external(spec)),
        ))
    }
}

/// The specs that meet a want, by hash.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct MetAnswer {
    /// The specs of the cell's own system.
    exact: Vec<String>,
    /// The specs of other systems that serve it.
    compatible: Vec<String>,
    /// The specs for which it is unknown.
    unknown: Vec<UnknownMetAnswer>,
}

/// A spec that may or may not meet a want.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct UnknownMetAnswer {
    hash: String,
    missing: &'static str,
}

/// The answer of [`AbstractWants::met`] as hashes.
pub(crate) fn met_answer(catalog: &Catalog, met: &Met) -> MetAnswer {
    let hash = |spec: u32| catalog.hash(spec).to_string();
    let unknown = met.unknown.iter();
    let unknown = unknown.map(|&(spec, missing)| UnknownMetAnswer {
        hash: hash(spec),
        missing: missing.slug(),
    });
    MetAnswer {
        exact: met.exact.iter().map(hash).collect(),
        compatible: met.compatible.iter().map(hash).collect(),
        unknown: unknown.collect(),
    }
}

/// The coverage of the abstract wants of a cell.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct AbstractCellAnswer {
    covered: u64,
    covered_exact: u64,
    usable: Option<u64>,
    /// The wants that nothing covers.
    gaps: Vec<u32>,
    unknown: Vec<UnknownAnswer>,
}

/// A want that cannot be decided.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct UnknownAnswer {
    want: u32,
    /// The number of specs that might cover it.
    specs: u64,
    /// The names of what is missing.
    missing: Vec<&'static str>,
}

/// An abstract want that nothing covers.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct AbstractGapAnswer {
    cell: u32,
    want: u32,
    state: &'static str,
    nearest: Option<NearestAnswer>,
}

/// A covered want that no usable spec covers.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct BrokenWantAnswer {
    cell: u32,
    want: u32,
    /// The spec that covers it and lacks the fewest specs.
    hash: String,
    /// The number of specs that it lacks.
    lacks_total: usize,
    /// The first of these.
    lacks_first: Vec<String>,
}

/// The assumptions under which a spec covers a want.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct AssumedAnswer {
    cell: u32,
    want: u32,
    variants: Vec<String>,
}

/// The coverage of abstract wants.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct AbstractAnswer {
    cells: Py<PyTuple>,
    gaps: Py<PyTuple>,
    broken: Py<PyTuple>,
    /// The specs that the broken ones lack.
    lacked: Py<LackedAnswer>,
    assumed: Py<PyTuple>,
}

/// The same before it is Python's.
pub(crate) struct AbstractRecords {
    cells: Vec<AbstractCellAnswer>,
    gaps: Vec<AbstractGapAnswer>,
    broken: Vec<BrokenWantAnswer>,
    lacked: LackedAnswer,
    assumed: Vec<AssumedAnswer>,
}

impl AbstractRecords {
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<AbstractAnswer> {
        Ok(AbstractAnswer {
            cells: records(py, self.cells)?,
            gaps: records(py, self.gaps)?,
            broken: records(py, self.broken)?,
            lacked: Py::new(py, self.lacked)?,
            assumed: records(py, self.assumed)?,
        })
    }

    pub(crate) fn of(
        catalog: &Catalog,
        graph: &GraphOrFault,
        task: &AbstractTask,
        coverage: AbstractCoverage,
        most: usize,
    ) -> Self {
        let view = catalog.view(&task.state);
        let available = binaries(catalog, &task.state, &task.wants.table, false);
        let install = Installs::of(catalog, graph, &available);
        let mut cells = Vec::new();
        let mut broken: Vec<Broken<'_>> = Vec::new();
        let mut assumed = Vec::new();
        for (cell, coverage) in (0..).zip(&coverage.cells) {
            let usable = install.as_ref().and_then(|install| {
                install.usable(coverage, |want, specs| {
                    broken.push(Broken { cell, want, specs });
                })
            });
            for (want, texts) in &coverage.assumed {
                assumed.push(AssumedAnswer {
                    cell,
                    want: *want,
                    variants: texts.iter().map(ToString::to_string).collect(),
                });
            }
            if usable.is_none() {
                broken.retain(|each| each.cell != cell);
            }
            let unknown = coverage.unknown.iter().map(|unknown| UnknownAnswer {
                want: unknown.want,
                specs: unknown.specs,
                missing: unknown
                    .missing
                    .iter()
                    .map(|missing| missing.slug())
                    .collect(),
            });
            cells.push(AbstractCellAnswer {
                covered: coverage.covered,
                covered_exact: coverage.covered_exact,
                usable,
                gaps: coverage.lacking.clone(),
                unknown: unknown.collect(),
            });
        }
        let (broken, lacked) = install.map_or_else(Default::default, |install| {
            install.least_lacking(catalog, &broken, most)
        });
        let gaps = coverage.gaps.into_iter().map(|gap| {
            let nearest = gap.nearest.map(|near| {
                let label = view.first_label(catalog, near.spec);
                nearest_answer(catalog, near, label)
            });
            AbstractGapAnswer {
                cell: gap.cell,
                want: gap.want,
                state: literals::state(gap.state),
                nearest,
            }
        });
        Self {
            gaps: gaps.collect(),
            cells,
            broken,
            lacked,
            assumed,
        }
    }
}

fn nearest_answer(catalog: &Catalog, near: NearMiss, label: Option<u32>) -> NearestAnswer {
    let text = |column| catalog.text(near.spec, column).to_owned();
    NearestAnswer {
        hash: catalog.hash(near.spec).to_string(),
        stack: label.map_or_else(String::new, |label| catalog.labels().get(label).to_owned()),
        os: text(Column::OperatingSystem),
        target: text(Column::Target),
        source: text(Column::Source),
        differs: near.differs,
    }
}

/// A covered want of a cell, and the specs that cover it, none of them usable.
struct Broken<'c> {
    cell: u32,
    want: u32,
    specs: &'c IdSet,
}

/// The specs that install from the caches alone, by the known edges.
struct Installs {
    supply: Supply,
    /// The specs that certainly install.
    surely: SpecSet,
    /// The specs that install if undescribed specs need nothing.
    perhaps: SpecSet,
}

impl Installs {
    /// `None` if no available spec has known edges, or if these contradict the way in which hashes
    /// are made.
    fn of(catalog: &Catalog, graph: &GraphOrFault, available: &IdSet) -> Option<Self> {
        let graph = graph.as_ref().ok()?;
        let specs = catalog.len();
        let has_edges = |id: u32| (id as usize) < specs && catalog.dependencies(id).is_some();
        if !available.is_empty() && !available.iter().any(has_edges) {
            return None;
        }
        let supply = supply(catalog, graph, available);
        let perhaps = usable(graph, &supply.available, &supply.external);
        let described = supply.available.difference(&supply.undescribed);
        let surely = usable(graph, &described, &supply.external);
        Some(Self {
            supply,
            surely,
            perhaps,
        })
    }

    /// The number of covered wants of a cell that a usable spec covers, if that can be decided for
    /// each; the others go to `broken`.
    fn usable<'c>(
        &self,
        coverage: &'c AbstractCellCoverage,
        mut broken: impl FnMut(u32, &'c IdSet),
    ) -> Option<u64> {
        let any =
            |set: &SpecSet, specs: &IdSet| specs.iter().any(|spec| set.contains(SpecId::new(spec)));
        let mut usable = 0;
        for (want, specs) in &coverage.met {
            if any(&self.surely, specs) {
                usable += 1;
            } else if any(&self.perhaps, specs) {
                return None;
            } else {
                broken(*want, specs);
            }
        }
        Some(usable)
    }

    /// For each want, the covering spec that lacks the fewest specs to be installed, then the one
    /// with the smallest hash, with the first of these; and all specs that the chosen ones lack.
    fn least_lacking(
        &self,
        catalog: &Catalog,
        broken: &[Broken<'_>],
        most: usize,
    ) -> (Vec<BrokenWantAnswer>, LackedAnswer) {
        // One walk for all of them: each alone may lack nearly everything.
        let mut all = IdSet::new();
        for each in broken {
            all |= each.specs;
        }
        let numbers: Vec<SpecId> = all.iter().map(SpecId::new).collect();
        let counted = self.supply.lacked(&numbers, 0).unwrap_or_default();
        let counts: FxHashMap<u32, usize> = all
            .iter()
            .zip(counted.roots.iter().map(|root| root.count))
            .collect();
        let best = |each: &Broken<'_>| each.specs.iter().min_by_key(|spec| counts.get(spec));
        let chosen: Vec<(&Broken<'_>, u32)> = broken
            .iter()
            .filter_map(|each| best(each).map(|spec| (each, spec)))
            .collect();
        let roots: Vec<SpecId> = chosen.iter().map(|&(_, spec)| SpecId::new(spec)).collect();
        let lacked = self.supply.lacked(&roots, most).unwrap_or_default();
        let hash = |id: u32| catalog.node_hash(id).to_string();
        let answers = chosen
            .iter()
            .zip(&lacked.roots)
            .map(|(&(each, spec), lacks)| BrokenWantAnswer {
                cell: each.cell,
                want: each.want,
                hash: hash(spec),
                lacks_total: lacks.count,
                lacks_first: lacks.first.iter().map(|spec| hash(spec.get())).collect(),
            });
        (answers.collect(), LackedAnswer::of(catalog, &lacked.specs))
    }
}
