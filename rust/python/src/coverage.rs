//! Questions of coverage and their answers.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use specplan_catalog::{
    AddedSystems, Catalog, Column, Coverage, CoverageTask, IdSet, Level, NotWanted, Peers,
    SystemName, Wants,
};

use crate::known_specs::{Hash, ids};
use crate::literals;
use crate::operating_systems::PyOperatingSystems;
use crate::records::records;
use crate::spec_answer::SpecAnswers;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CoverageQuestion<'py> {
    state: State,
    level: String,
    compat: String,
    reported: Vec<String>,
    peers: Option<PeersQuestion>,
    baseline: Option<State>,
    added: Vec<Vec<(String, String, String)>>,
    added_of_peers: bool,
    oss: Option<Vec<String>>,
    targets: Option<Vec<String>>,
    not_wanted: Vec<NamesOfNotWanted>,
    operating_systems: PyRef<'py, PyOperatingSystems>,
    specs: Option<Vec<Vec<Hash>>>,
    detail: String,
}

/// Stacks that are peers together, and for each reported stack which of these.
type PeersQuestion = (Vec<Vec<String>>, Vec<usize>);

/// Packages, stacks, operating systems, targets; `None` for all.
type NamesOfNotWanted = (
    Option<Vec<String>>,
    Option<Vec<String>>,
    Option<Vec<String>>,
    Option<Vec<String>>,
);

impl CoverageQuestion<'_> {
    pub(crate) fn task(self, catalog: &Catalog) -> PyResult<CoverageTask> {
        let labels = |names: &[String]| labels(catalog, names);
        let wants = match (&self.peers, &self.baseline, &self.specs) {
            (Some((families, of_reported)), None, None) => {
                let is_there = |&family: &usize| family < families.len();
                if of_reported.len() != self.reported.len() || !of_reported.iter().all(is_there) {
                    return Err(literals::unknown("list of families", "peers"));
                }
                let families: PyResult<Vec<Vec<u32>>> =
                    families.iter().map(|peers| labels(peers)).collect();
                Wants::Peers(Peers {
                    families: families?,
                    of_reported: of_reported.clone(),
                })
            }
            (None, Some(baseline), None) => Wants::Baseline(snapshots(catalog, baseline)?),
            (None, None, Some(specs)) => {
                let specs: PyResult<Vec<IdSet>> =
                    specs.iter().map(|hashes| ids(catalog, hashes)).collect();
                Wants::Specs(specs?)
            }
            _ => return Err(literals::unknown("kind of wants", "several")),
        };
        let system = |(os, target, platform)| SystemName {
            os,
            target,
            platform,
        };
        if self.added.len() != self.reported.len() {
            return Err(literals::unknown("list of systems", "added"));
        }
        Ok(CoverageTask {
            state: snapshots(catalog, &self.state)?,
            level: literals::level(&self.level)?,
            wants,
            reported: labels(&self.reported)?,
            added: AddedSystems {
                these: self
                    .added
                    .into_iter()
                    .map(|added| added.into_iter().map(system).collect())
                    .collect(),
                of_peers: self.added_of_peers,
            },
            oss: sorted(self.oss),
            targets: sorted(self.targets),
            compatibility: literals::compatibility(&self.compat)?,
            table: self.operating_systems.table.clone(),
            not_wanted: self
                .not_wanted
                .into_iter()
                .map(|(packages, stacks, oss, targets)| NotWanted {
                    packages: sorted(packages),
                    stacks: sorted(stacks),
                    oss: sorted(oss),
                    targets: sorted(targets),
                })
                .collect(),
            detail: literals::detail(&self.detail)?,
        })
    }
}

pub(crate) fn labels(catalog: &Catalog, names: &[String]) -> PyResult<Vec<u32>> {
    let label = |name: &String| {
        let found = catalog.labels().find(name);
        found.ok_or_else(|| literals::unknown("stack", name))
    };
    names.iter().map(label).collect()
}

pub(crate) fn sorted(names: Option<Vec<String>>) -> Option<Vec<String>> {
    names.map(|mut names| {
        names.sort_unstable();
        names
    })
}

/// The coverage of a stack on a system.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct CellAnswer {
    stack: String,
    platform: String,
    os: String,
    target: String,
    wanted: u64,
    covered: u64,
    covered_exact: u64,
    /// Whether no other stack would define its wants.
    has_no_peer: bool,
}

/// The wants that cells lack, in columns: for hundreds of thousands, one object each would cost
/// more than the answer.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct GapsAnswer {
    /// The position of the cell.
    cell: Vec<u32>,
    want: Py<PyList>,
    package: Py<PyList>,
    version: Py<PyList>,
    /// The same list as the wants if a want is a hash.
    hash: Py<PyList>,
    state: Py<PyList>,
    cells_lacking: Vec<u32>,
    nearest: Py<PyList>,
}

/// A want that a cell lacks, before it is Python's.
struct GapRecord {
    cell: u32,
    want: String,
    spec: u32,
    state: &'static str,
    cells_lacking: u32,
    nearest: Option<NearestAnswer>,
}

impl GapsAnswer {
    fn of(
        py: Python<'_>,
        gaps: Vec<GapRecord>,
        level: Level,
        specs: &SpecAnswers,
    ) -> PyResult<Self> {
        let cell = gaps.iter().map(|gap| gap.cell).collect();
        let cells_lacking = gaps.iter().map(|gap| gap.cells_lacking).collect();
        let texts = |column| {
            let texts = gaps.iter().map(|gap| specs.text(py, gap.spec, column));
            PyList::new(py, texts.collect::<Vec<_>>())
        };
        let nothing = || PyList::new(py, vec![None::<u32>; gaps.len()]);
        let package = texts(Column::Package)?.unbind();
        let want = PyList::new(py, gaps.iter().map(|gap| &*gap.want))?;
        let (version, hash) = if level == Level::Hash {
            (texts(Column::Version)?, want.clone())
        } else {
            (nothing()?, nothing()?)
        };
        let state = gaps.iter().map(|gap| PyString::intern(py, gap.state));
        let state = PyList::new(py, state)?.unbind();
        let nearest = gaps.into_iter().map(|gap| {
            let nearest = gap.nearest.map(|nearest| Py::new(py, nearest));
            nearest.transpose()
        });
        let nearest = PyList::new(py, nearest.collect::<PyResult<Vec<_>>>()?)?;
        Ok(Self {
            cell,
            want: want.unbind(),
            package,
            version: version.unbind(),
            hash: hash.unbind(),
            state,
            cells_lacking,
            nearest: nearest.unbind(),
        })
    }
}

/// The binary that is nearest to a gap.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct NearestAnswer {
    pub(crate) hash: String,
    pub(crate) stack: String,
    pub(crate) os: String,
    pub(crate) target: String,
    pub(crate) source: String,
    pub(crate) differs: Vec<String>,
}

/// Cells and gaps.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct CoverageAnswer {
    cells: Py<PyTuple>,
    gaps: Py<GapsAnswer>,
    /// The keys that each cell lacks.
    lacking: Py<PyTuple>,
    /// The number of wants that each entry excludes.
    excluded: Vec<u64>,
    /// The number of wants that any entry excludes.
    not_wanted: u64,
}

/// The part of an answer that is made without the GIL.
pub(crate) struct CountsAndGaps {
    cells: Vec<CellAnswer>,
    gaps: Vec<GapRecord>,
    level: Level,
    excluded: Vec<u64>,
    not_wanted: u64,
}

impl CountsAndGaps {
    /// The whole answer, with the keys that each cell lacks.
    pub(crate) fn with(
        self,
        py: Python<'_>,
        lacking: Vec<Bound<'_, PyTuple>>,
        specs: &SpecAnswers,
    ) -> PyResult<CoverageAnswer> {
        Ok(CoverageAnswer {
            cells: records(py, self.cells)?,
            gaps: Py::new(py, GapsAnswer::of(py, self.gaps, self.level, specs)?)?,
            lacking: PyTuple::new(py, lacking)?.unbind(),
            excluded: self.excluded,
            not_wanted: self.not_wanted,
        })
    }

    /// For `specs`, which are wanted by their hashes, differences are reported as clauses.
    pub(crate) fn of(catalog: &Catalog, level: Level, specs: bool, coverage: Coverage) -> Self {
        let places: Vec<SystemName> = coverage
            .cells
            .iter()
            .map(|cell| cell.system.clone())
            .collect();
        let cells = coverage.cells.into_iter().map(|cell| CellAnswer {
            stack: catalog.labels().get(cell.label).to_owned(),
            platform: cell.system.platform,
            os: cell.system.os,
            target: cell.system.target,
            wanted: cell.wanted,
            covered: cell.covered,
            covered_exact: cell.covered_exact,
            has_no_peer: cell.no_peer,
        });
        let keys = catalog.keys(level);
        let gaps = coverage.gaps.into_iter().map(|gap| {
            let spec = keys.first_spec(gap.key);
            let nearest = gap.nearest.map(|nearest| {
                let text = |column| catalog.text(nearest.spec, column).to_owned();
                let label = nearest
                    .label
                    .map(|label| catalog.labels().get(label).to_owned());
                NearestAnswer {
                    hash: catalog.hash(nearest.spec).to_string(),
                    stack: label.unwrap_or_default(),
                    os: text(Column::OperatingSystem),
                    target: text(Column::Target),
                    source: text(Column::Source),
                    differs: if specs && level == Level::Hash {
                        nearest.clauses(catalog, spec, &places[gap.cell as usize])
                    } else {
                        let words = nearest.differs.iter();
                        words.map(|word| word.name().to_owned()).collect()
                    },
                }
            });
            GapRecord {
                cell: gap.cell,
                want: gap.want,
                spec,
                state: literals::state(gap.state),
                cells_lacking: gap.cells_lacking,
                nearest,
            }
        });
        Self {
            cells: cells.collect(),
            gaps: gaps.collect(),
            level,
            excluded: coverage.excluded,
            not_wanted: coverage.not_wanted,
        }
    }
}
