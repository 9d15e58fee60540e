//! The catalog.

use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use specplan_catalog::{
    Catalog, CatalogBuilder, Column, DagHash, Detail, Disagreement, IdSet, Row, Wants,
};
use specplan_planner::{EdgeKinds, Graph, RootChoice, SearchLimits, SpecSet};

use crate::abstract_wants::{
    AbstractAnswer, AbstractQuestion, AbstractRecords, MetAnswer, met_answer,
};
use crate::choice::{self, ChosenRootsAnswer};
use crate::coverage::{CountsAndGaps, CoverageAnswer, CoverageQuestion};
use crate::demand::{self, DemandAnswer, DemandQuestion, fault};
use crate::detach::detach;
use crate::diff::{CellDiffAnswer, DiffQuestion};
use crate::find;
use crate::graph::{GraphOrFault, cycle, external, graph_of};
use crate::key_texts::KeyTexts;
use crate::known_specs::{Hash, PyKnownSpecs, spec_ids};
use crate::literals;
use crate::lock_diff::{LockDiffAnswer, LockDiffQuestion};
use crate::neighbours::{self, NeighbourAnswer, node};
use crate::operating_systems::PyOperatingSystems;
use crate::plan::{PlanQuestion, PyPlan};
use crate::query::PyQuery;
use crate::soundness::{self, SoundnessAnswer, SoundnessQuestion};
use crate::spec_answer::{FoundAnswer, SharedTexts, SpecAnswer, SpecAnswers};
use crate::state::{State, snapshots};

/// Specs as columns, keyed by hash.
#[pyclass(frozen, module = "specplan._core", name = "Catalog")]
pub(crate) struct PyCatalog {
    pub(crate) catalog: Arc<Catalog>,
    graph: OnceLock<GraphOrFault>,
    external: OnceLock<SpecSet>,
    key_texts: KeyTexts,
    texts: Arc<SharedTexts>,
}

impl PyCatalog {
    pub(crate) fn of(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            graph: OnceLock::new(),
            external: OnceLock::new(),
            key_texts: KeyTexts::default(),
            texts: Arc::default(),
        }
    }

    /// The graph, with the specs and the kinds of edges from which a question starts.
    fn ways(
        &self,
        py: Python<'_>,
        hashes: &[String],
        kinds: u8,
    ) -> PyResult<(&Graph, IdSet, EdgeKinds)> {
        let from = spec_ids(&self.catalog, hashes)?;
        let kinds = EdgeKinds::from_bits(kinds)
            .ok_or_else(|| literals::unknown("kind of edges", &kinds.to_string()))?;
        let graph = detach(py, || self.graph())?.as_ref();
        let graph = graph.map_err(|fault| PyValueError::new_err(fault.to_string()))?;
        Ok((graph, from, kinds))
    }

    /// The records of specs, with their listings in some snapshots or in all.
    fn answers(&self, tags: Option<Arc<[u32]>>) -> SpecAnswers {
        SpecAnswers {
            catalog: Arc::clone(&self.catalog),
            texts: Arc::clone(&self.texts),
            tags,
        }
    }

    /// The planner's graph, made at the first question and kept.
    pub(crate) fn graph(&self) -> &GraphOrFault {
        self.graph.get_or_init(|| graph_of(&self.catalog))
    }

    /// The specs that the system provides.
    fn external(&self, graph: &GraphOrFault) -> &SpecSet {
        self.external.get_or_init(|| match graph {
            Ok(graph) => external(&self.catalog, graph),
            Err(_) => SpecSet::empty(0),
        })
    }
}

/// The origin of a row.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct RowOriginAnswer {
    cache: String,
    tag: String,
    source: String,
}

/// A column in which two accounts of a spec differ.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct DisagreementAnswer {
    column: &'static str,
    text: String,
    other: String,
}

impl DisagreementAnswer {
    fn of((column, text, other): Disagreement) -> Self {
        Self {
            column,
            text,
            other,
        }
    }
}

/// Two rows that give one hash different content.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct DifferingAnswer {
    hash: String,
    origin: RowOriginAnswer,
    other_origin: RowOriginAnswer,
    columns: Vec<DisagreementAnswer>,
}

#[pymethods]
impl PyCatalog {
    #[staticmethod]
    fn merged(py: Python<'_>, catalogs: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let catalogs = catalogs.iter().map(|each| &each.catalog);
        let catalogs: Vec<Arc<Catalog>> = catalogs
            .filter(|catalog| !catalog.is_empty())
            .map(Arc::clone)
            .collect();
        if let [only] = &catalogs[..] {
            return Ok(Self::of(Arc::clone(only)));
        }
        let merged = detach(py, || {
            let mut builder = CatalogBuilder::new();
            for catalog in &catalogs {
                builder.absorb_catalog(catalog, |_, name| name.into());
            }
            builder.finish()
        })?;
        Ok(Self::of(Arc::new(merged)))
    }

    fn beside(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        let (this, other) = (&self.catalog, &other.catalog);
        Ok(Self::of(Arc::new(detach(py, || this.beside(other))?)))
    }

    fn with_binaries(&self, py: Python<'_>, hashes: Vec<Hash>) -> PyResult<Self> {
        let hashes: Vec<DagHash> = hashes.into_iter().map(|hash| hash.0).collect();
        let catalog = &self.catalog;
        Ok(Self::of(Arc::new(detach(py, || {
            catalog.with_binaries(&hashes)
        })?)))
    }

    fn with_content_of(&self, py: Python<'_>, newer: &Self) -> PyResult<Self> {
        let (this, newer) = (&self.catalog, &newer.catalog);
        Ok(Self::of(Arc::new(detach(py, || {
            this.with_content_of(newer)
        })?)))
    }

    fn same_but_for_format(
        &self,
        py: Python<'_>,
        old: Vec<Hash>,
        new: Vec<Hash>,
    ) -> PyResult<Vec<(String, String)>> {
        let ids = |hashes: Vec<Hash>| -> Vec<u32> {
            let known = hashes
                .into_iter()
                .filter_map(|hash| self.catalog.find(hash.0));
            known.collect()
        };
        let (old, new) = (ids(old), ids(new));
        let catalog = &self.catalog;
        detach(py, || {
            let hash = |spec: u32| catalog.hash(spec).to_string();
            let pairs = catalog.same_but_for_format(&old, &new).into_iter();
            pairs.map(|(old, new)| (hash(old), hash(new))).collect()
        })
    }

    fn renamed_stack(&self, py: Python<'_>, stack: &str, new: &str) -> PyResult<Self> {
        let this = &self.catalog;
        Ok(Self::of(Arc::new(detach(py, || {
            this.renamed_stack(stack, new)
        })?)))
    }

    #[staticmethod]
    fn beside_cache(cache: &str) -> String {
        Catalog::beside_cache(cache)
    }

    fn __len__(&self) -> usize {
        self.catalog.len()
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let state = detach(py, || self.catalog.state())?;
        let restore = py.import("specplan._core")?.getattr("catalog_of_state")?;
        Ok((restore, (PyBytes::new(py, &state),)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.catalog == other.catalog
    }

    fn __hash__(&self) -> usize {
        // Equal catalogs have the same number of rows, which is all that a hash needs.
        self.catalog.rows().len()
    }

    fn names(&self, column: &str) -> PyResult<Vec<&str>> {
        Ok(self
            .catalog
            .names(literals::column(column)?)
            .iter()
            .collect())
    }

    fn stacks(&self, py: Python<'_>, state: Option<State>) -> PyResult<Vec<&str>> {
        let labels = self.catalog.labels();
        let Some(state) = state else {
            return Ok(labels.iter().collect());
        };
        let snapshots = snapshots(&self.catalog, &state)?;
        let view = detach(py, || self.catalog.view(&snapshots))?;
        Ok(view.labels().map(|label| labels.get(label)).collect())
    }

    fn snapshots(&self) -> Vec<(&str, &str)> {
        let snapshots = self.catalog.snapshots().iter();
        let text = |column, id| self.catalog.names(column).get(id);
        snapshots
            .map(|each| (text(Column::Cache, each.cache), text(Column::Tag, each.tag)))
            .collect()
    }

    fn systems(&self) -> Vec<(&str, &str, &str)> {
        let systems = self.catalog.systems().iter();
        let text = |column, id| self.catalog.names(column).get(id);
        systems
            .map(|system| {
                (
                    text(Column::OperatingSystem, system.os),
                    text(Column::Target, system.target),
                    text(Column::Platform, system.platform),
                )
            })
            .collect()
    }

    fn platforms_of_systems(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(u32, u32)> = self
            .catalog
            .rows()
            .iter()
            .map(|row| (row.id(Column::OperatingSystem), row.id(Column::Platform)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let text = |column, id| self.catalog.names(column).get(id);
        pairs
            .into_iter()
            .map(|(os, platform)| {
                (
                    text(Column::OperatingSystem, os),
                    text(Column::Platform, platform),
                )
            })
            .collect()
    }

    fn origins(&self) -> Vec<(&str, &str, &str)> {
        let origin = [Column::Source, Column::Tag, Column::Package];
        let rows = self.catalog.rows().iter();
        let mut origins: Vec<[u32; 3]> = rows.map(|row| origin.map(|each| row.id(each))).collect();
        origins.sort_unstable();
        origins.dedup();
        let text = |column, id| self.catalog.names(column).get(id);
        origins
            .into_iter()
            .map(|[source, tag, package]| {
                (
                    text(Column::Source, source),
                    text(Column::Tag, tag),
                    text(Column::Package, package),
                )
            })
            .collect()
    }

    fn count(&self, py: Python<'_>, query: &PyQuery) -> PyResult<u64> {
        let (catalog, query) = (&self.catalog, &query.query);
        detach(py, || query.count(catalog))
    }

    fn specs(
        &self,
        py: Python<'_>,
        query: &PyQuery,
        tag: Option<&str>,
    ) -> PyResult<Vec<SpecAnswer>> {
        let tags = tag.map(|tag| Ok::<_, PyErr>(Arc::from([self.tag(tag)?])));
        let (catalog, query) = (&self.catalog, &query.query);
        let selected = detach(py, || query.select(catalog))?;
        let answers = self.answers(tags.transpose()?);
        Ok(selected.iter().map(|spec| answers.of(spec)).collect())
    }

    fn cycle(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let graph = detach(py, || self.graph())?;
        let fault = graph.as_ref().err();
        Ok(fault.map_or_else(Vec::new, |fault| cycle(&self.catalog, fault)))
    }

    fn find(
        &self,
        py: Python<'_>,
        spec: &str,
        among: &PyQuery,
        tags: Option<Vec<String>>,
    ) -> PyResult<FoundAnswer> {
        let query = find::query(spec)?;
        let tags = tags.map(|tags| tags.iter().map(|tag| self.tag(tag)).collect());
        let tags: Option<Arc<[u32]>> = tags.transpose()?;
        let (catalog, among) = (&self.catalog, &among.query);
        let found = detach(py, || catalog.find_specs(&query, &among.select(catalog)))?;
        FoundAnswer::of(py, &self.answers(tags), found)
    }

    fn has_heard_of(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        detach(py, || self.catalog.graph().has_heard_of(name))
    }

    fn reached(&self, py: Python<'_>, hashes: Vec<String>, kinds: u8) -> PyResult<Vec<String>> {
        let catalog = &self.catalog;
        let (graph, from, kinds) = self.ways(py, &hashes, kinds)?;
        detach(py, || {
            let reached = find::reached_specs(catalog, graph, &from, kinds);
            reached.map(|id| catalog.hash(id).to_string()).collect()
        })
    }

    fn reached_count(&self, py: Python<'_>, hashes: Vec<String>, kinds: u8) -> PyResult<usize> {
        let (graph, from, kinds) = self.ways(py, &hashes, kinds)?;
        detach(py, || {
            find::reached_specs(&self.catalog, graph, &from, kinds).count()
        })
    }

    fn dependencies(&self, py: Python<'_>, spec: &str) -> PyResult<Option<Vec<NeighbourAnswer>>> {
        let spec = node(&self.catalog, spec)?;
        detach(py, || neighbours::dependencies(&self.catalog, spec))
    }

    fn dependents(&self, py: Python<'_>, spec: &str) -> PyResult<Vec<NeighbourAnswer>> {
        let spec = node(&self.catalog, spec)?;
        detach(py, || neighbours::dependents(&self.catalog, spec))
    }

    fn path(&self, py: Python<'_>, spec: &str, to: &str) -> PyResult<Vec<String>> {
        let (spec, to) = (node(&self.catalog, spec)?, node(&self.catalog, to)?);
        detach(py, || neighbours::path(&self.catalog, spec, to))
    }

    fn available(
        &self,
        py: Python<'_>,
        state: State,
        hashes: Vec<String>,
    ) -> PyResult<Vec<String>> {
        let snapshots = snapshots(&self.catalog, &state)?;
        let asked = spec_ids(&self.catalog, &hashes)?;
        detach(py, || {
            let view = self.catalog.view(&snapshots);
            let available = view.available();
            let found = asked.iter().filter(|&spec| available.contains(spec));
            let hash = |spec| self.catalog.node_hash(spec).to_string();
            found.map(hash).collect()
        })
    }

    fn known_specs(&self, py: Python<'_>, hashes: Vec<Hash>) -> PyResult<PyKnownSpecs> {
        detach(py, || PyKnownSpecs::new(&self.catalog, &hashes))?
    }

    #[pyo3(signature = (question, *, known_dependencies_only=false))]
    fn plan(
        &self,
        py: Python<'_>,
        question: PlanQuestion,
        known_dependencies_only: bool,
    ) -> PyResult<PyPlan> {
        let graph = detach(py, || self.graph())?;
        let task = detach(py, || {
            question.task(&self.catalog, graph, self.external(graph))
        })??;
        detach(py, || {
            let stocked = task.stocked(&self.catalog);
            let stocked = if known_dependencies_only {
                choice::of_known_dependencies(&self.catalog, stocked)
            } else {
                stocked
            };
            task.solve(&self.catalog, stocked)
        })?
    }

    #[pyo3(signature = (question, wants, *, node_limit=None, work_limit=None, time_limit=None))]
    fn choose_roots(
        &self,
        py: Python<'_>,
        question: PlanQuestion,
        wants: Vec<Vec<Vec<Vec<String>>>>,
        node_limit: Option<u64>,
        work_limit: Option<u64>,
        time_limit: Option<f64>,
    ) -> PyResult<ChosenRootsAnswer> {
        let graph = detach(py, || self.graph())?;
        let task = detach(py, || {
            question.task(&self.catalog, graph, self.external(graph))
        })??;
        let scale = task.scale;
        let task = detach(py, || {
            choice::of_known_dependencies(&self.catalog, task.stocked(&self.catalog))
        })?;
        let wants = choice::alternatives(&self.catalog, &wants)?;
        let limits = SearchLimits {
            nodes: node_limit,
            work: work_limit,
        };
        choice::chosen_roots(py, &RootChoice { task, wants }, scale, limits, time_limit)
    }

    fn lock_diff(&self, py: Python<'_>, question: LockDiffQuestion) -> PyResult<LockDiffAnswer> {
        let answer = detach(py, || question.solve(&self.catalog, self.graph()))?;
        answer?.answer(py)
    }

    fn differing_rows(&self, py: Python<'_>) -> PyResult<Vec<DifferingAnswer>> {
        let catalog = &self.catalog;
        detach(py, || {
            let rows = catalog.differing_rows();
            rows.iter().map(|(a, b)| differing(catalog, a, b)).collect()
        })
    }

    fn coverage(&self, py: Python<'_>, question: CoverageQuestion<'_>) -> PyResult<CoverageAnswer> {
        let task = question.task(&self.catalog)?;
        let catalog = &self.catalog;
        let coverage = detach(py, || task.solve(catalog))?;
        let coverage = coverage.map_err(|error| PyOverflowError::new_err(error.to_string()))?;
        // If gaps are listed one by one, their keys are not listed again.
        let has_keys = task.detail == Detail::Keys;
        let lacking = coverage.lacking.iter().filter(|_| has_keys);
        let lacking = lacking
            .map(|keys| self.key_texts.of(py, catalog, task.level, keys))
            .collect::<PyResult<Vec<_>>>()?;
        let specs = matches!(task.wants, Wants::Specs(_));
        detach(py, || {
            CountsAndGaps::of(catalog, task.level, specs, coverage)
        })?
        .with(py, lacking, &self.answers(None))
    }

    fn met<'py>(
        &self,
        py: Python<'py>,
        question: AbstractQuestion<'py>,
    ) -> PyResult<Vec<Vec<MetAnswer>>> {
        let wants = question.wants()?;
        let among = question.among(&self.catalog)?;
        let catalog = &self.catalog;
        detach(py, || {
            // A spec installed with one of another system cannot be used where it is wanted.
            let among = among.difference(&catalog.unfit(&among, &wants.table));
            let cells = wants.met(catalog, &among);
            cells
                .iter()
                .map(|cell| cell.iter().map(|met| met_answer(catalog, met)).collect())
                .collect()
        })
    }

    fn abstract_coverage<'py>(
        &self,
        py: Python<'py>,
        question: AbstractQuestion<'py>,
        most: usize,
    ) -> PyResult<AbstractAnswer> {
        let task = question.task(&self.catalog)?;
        let catalog = &self.catalog;
        detach(py, || {
            let coverage = task.solve(catalog);
            AbstractRecords::of(catalog, self.graph(), &task, coverage, most)
        })?
        .answer(py)
    }

    fn demand(&self, py: Python<'_>, question: DemandQuestion<'_>) -> PyResult<DemandAnswer> {
        let demand = question.demand(&self.catalog)?;
        let graph = detach(py, || self.graph())?.as_ref().map_err(fault)?;
        let catalog = &self.catalog;
        let answer = detach(py, || demand.answer(catalog, graph))?;
        answer.map_err(|error| fault(&error))?.answer(py)
    }

    fn lacks(
        &self,
        py: Python<'_>,
        root: Hash,
        state: State,
        operating_systems: PyRef<'_, PyOperatingSystems>,
        rewired: bool,
    ) -> PyResult<Vec<String>> {
        let catalog = &self.catalog;
        let state = snapshots(catalog, &state)?;
        let found = catalog.find(root.0);
        let root = found.ok_or_else(|| literals::unknown("spec", &root.0.to_string()))?;
        let table = &operating_systems.table;
        let available = demand::binaries(catalog, &state, table, rewired);
        let graph = detach(py, || self.graph())?.as_ref().map_err(fault)?;
        let lacked = detach(py, || demand::lacks(catalog, graph, &available, root))?;
        lacked.map_err(|error| fault(&error))
    }

    /// The packages and the versions of specs, as two columns; `None` for undescribed specs.
    #[allow(
        clippy::type_complexity,
        reason = "two columns of texts that may be missing"
    )]
    fn named(
        &self,
        py: Python<'_>,
        hashes: Vec<Hash>,
    ) -> (Vec<Option<Py<PyString>>>, Vec<Option<Py<PyString>>>) {
        let answers = self.answers(None);
        let found = self.catalog.find_all(hashes.into_iter().map(|hash| hash.0));
        found
            .map(|spec| match spec {
                Some(spec) => (
                    Some(answers.text(py, spec, Column::Package)),
                    Some(answers.text(py, spec, Column::Version)),
                ),
                None => (None, None),
            })
            .unzip()
    }

    fn binaries_of(&self, source: &str) -> Vec<String> {
        soundness::binaries_of(&self.catalog, source)
    }

    fn soundness(
        &self,
        py: Python<'_>,
        question: SoundnessQuestion<'_>,
    ) -> PyResult<SoundnessAnswer> {
        let soundness = question.soundness(&self.catalog)?;
        let graph = detach(py, || self.graph())?;
        let catalog = &self.catalog;
        let answer = detach(py, || soundness.answer(catalog, graph))?;
        answer.map_err(|error| fault(&error))?.answer(py)
    }

    #[pyo3(signature = (other, dag_hash, /))]
    fn disagreements(
        &self,
        other: &Self,
        dag_hash: &str,
    ) -> PyResult<Option<Vec<DisagreementAnswer>>> {
        let hash = DagHash::parse(dag_hash).map_err(|_| literals::unknown("spec", dag_hash))?;
        let found = self.catalog.disagreements(&other.catalog, hash);
        Ok(found.map(|found| found.into_iter().map(DisagreementAnswer::of).collect()))
    }

    fn diff(&self, py: Python<'_>, question: DiffQuestion) -> PyResult<Vec<CellDiffAnswer>> {
        let task = question.task(&self.catalog)?;
        let catalog = &self.catalog;
        let cells = detach(py, || task.solve(catalog))?;
        cells
            .into_iter()
            .map(|cell| CellDiffAnswer::of(py, catalog, task.level, cell))
            .collect()
    }
}

/// The catalog that was pickled.
#[pyfunction]
pub(crate) fn catalog_of_state(py: Python<'_>, state: &[u8]) -> PyResult<PyCatalog> {
    let catalog = detach(py, || Catalog::from_state(state))?;
    let catalog = catalog.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyCatalog::of(Arc::new(catalog)))
}

impl PyCatalog {
    fn tag(&self, tag: &str) -> PyResult<u32> {
        let found = self.catalog.names(Column::Tag).find(tag);
        found.ok_or_else(|| literals::unknown("tag", tag))
    }
}

fn differing(catalog: &Catalog, a: &Row, b: &Row) -> DifferingAnswer {
    let text = |row: &Row, column| catalog.names(column).get(row.id(column)).to_owned();
    let origin = |row| RowOriginAnswer {
        cache: text(row, Column::Cache),
        tag: text(row, Column::Tag),
        source: text(row, Column::Source),
    };
    let columns = Column::CONTENT
        .into_iter()
        .filter(|&column| a.id(column) != b.id(column))
        .map(|column| DisagreementAnswer {
            column: column.name(),
            text: text(a, column),
            other: text(b, column),
        });
    DifferingAnswer {
        hash: a.hash().to_string(),
        origin: origin(a),
        other_origin: origin(b),
        columns: columns.collect(),
    }
}
