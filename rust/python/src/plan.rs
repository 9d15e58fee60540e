//! Questions of the least rebuild and their answers as tuples.

use std::num::NonZeroUsize;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, DagHash, Snapshot};
use specplan_planner::{
    Change, CutReason, Direction, EdgeKinds, Graph, LeftOutReason, Link, Plan, Policy, Run,
    Schedule, Scope, SpecId, SpecSet, Task, Verdict,
};

use crate::catalog::{State, snapshots};
use crate::coverage::spec_ids;
use crate::detach::detach;
use crate::graph::{GraphOrFault, external, flagged, spec_set};
use crate::literals;

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct PlanQuestion {
    state: State,
    locks: State,
    roots: Vec<String>,
    scope: String,
    changed: Option<Vec<String>>,
    policy: String,
    depth: Option<u32>,
    broken: Vec<String>,
    assumed: Vec<String>,
    withheld: Vec<String>,
    costs: Option<Vec<(String, f64)>>,
}

impl PlanQuestion {
    pub(crate) fn task(self, catalog: &Catalog, graph: &GraphOrFault) -> PyResult<PlanTask> {
        let graph = graph
            .as_ref()
            .map_err(|fault| PyValueError::new_err(fault.to_string()))?;
        let set = |hashes: &[String]| -> PyResult<SpecSet> {
            Ok(spec_set(graph, &spec_ids(catalog, hashes)?))
        };
        let roots = spec_ids(catalog, &self.roots)?;
        let roots = roots.iter().map(SpecId::new).collect();
        let mut task = Task::new(Arc::clone(graph), roots);
        task.scope = match &self.scope[..] {
            "roots" => Scope::Roots,
            "runtime" => Scope::Runtime,
            "all" => Scope::All,
            other => return Err(literals::unknown("scope", other)),
        };
        let policy = match &self.policy[..] {
            "hash" => Policy::Hash,
            "link" => Policy::Link,
            other => return Err(literals::unknown("policy", other)),
        };
        if let Some(changed) = &self.changed {
            task.change = Some(Change {
                changed: set(changed)?,
                policy,
                depth: self.depth,
            });
        }
        task.broken = set(&self.broken)?;
        if let Some(told) = &self.costs {
            let mut costs = vec![1.0; graph.spec_count()];
            for (hash, amount) in told {
                costs[spec_id(catalog, hash)?.index()] = *amount;
            }
            task.costs = Some(costs);
        }
        Ok(PlanTask {
            state: snapshots(catalog, &self.state)?,
            locks: snapshots(catalog, &self.locks)?,
            assumed: set(&self.assumed)?,
            withheld: set(&self.withheld)?,
            task,
        })
    }
}

/// A task but for what the caches hold, and the state that tells it.
pub(crate) struct PlanTask {
    state: Vec<Snapshot>,
    locks: Vec<Snapshot>,
    /// What counts as available besides.
    assumed: SpecSet,
    /// What does not, whatever is said elsewhere.
    withheld: SpecSet,
    task: Task,
}

impl PlanTask {
    /// The task, now that it is known what the caches hold.
    pub(crate) fn stocked(&self, catalog: &Catalog) -> Task {
        let mut task = self.task.clone();
        let available = spec_set(&task.graph, catalog.view(&self.state).available());
        task.available = available.union(&self.assumed).difference(&self.withheld);
        task.external = external(catalog, &task.graph);
        task
    }

    pub(crate) fn solve(&self, catalog: &Arc<Catalog>) -> PyResult<PyPlan> {
        let task = self.stocked(catalog);
        let available = task.available.clone();
        match Plan::new(task) {
            Ok(plan) => Ok(PyPlan {
                catalog: Arc::clone(catalog),
                locks: self.locks.clone(),
                available,
                plan,
            }),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }
}

/// A least rebuild; its parts are worked out when they are asked for.
#[pyclass(frozen, module = "specplan._core", name = "Plan")]
pub(crate) struct PyPlan {
    catalog: Arc<Catalog>,
    locks: Vec<Snapshot>,
    available: SpecSet,
    plan: Plan,
}

/// hash, name, version.
type Named = (String, String, String);

/// hash, name, version, platform, os, target, stacks, stage, cost, cause.
type BuildAnswer = (
    String,
    String,
    String,
    String,
    String,
    String,
    Vec<String>,
    u32,
    f64,
    &'static str,
);

/// wants, wants left out, builds, cost, stages, critical path, reused, node by node, due to the
/// change.
type TotalsAnswer = (usize, usize, usize, f64, usize, f64, usize, usize, usize);

/// makespan, lower bound, its reason, by runner (position of a build, start, finish).
type ScheduleAnswer = (f64, f64, &'static str, Vec<Vec<(u32, f64, f64)>>);

/// reason and chain of hashes.
type LeftOutAnswer = (&'static str, Vec<String>);

/// verdict, cause, reason and chain of what is left out.
type VerdictAnswer = (&'static str, Option<&'static str>, Option<LeftOutAnswer>);

/// depth, spec, link, why the edge is cut, what the edge is for, is a want, is told elsewhere.
type LineAnswer = (
    usize,
    Named,
    &'static str,
    Option<&'static str>,
    Vec<&'static str>,
    bool,
    bool,
);

#[pymethods]
impl PyPlan {
    fn builds(&self, py: Python<'_>) -> PyResult<Vec<BuildAnswer>> {
        detach(py, || {
            let builds = self.plan.builds();
            builds.map(|build| self.build(build)).collect()
        })
    }

    fn needs(&self, py: Python<'_>) -> PyResult<Vec<Vec<u32>>> {
        detach(py, || {
            let mut position = vec![0; self.plan.graph().spec_count()];
            for (at, build) in (0..).zip(self.plan.builds()) {
                position[build.index()] = at;
            }
            let needs = self.plan.needs();
            let needs = |build| {
                needs
                    .of(build)
                    .map(|other| position[other.index()])
                    .collect()
            };
            self.plan.builds().map(needs).collect()
        })
    }

    fn because(&self, py: Python<'_>) -> PyResult<Vec<Vec<String>>> {
        detach(py, || {
            let reasons = self.plan.reasons();
            let builds = self.plan.builds();
            builds
                .map(|build| self.hashes(reasons.because(build)))
                .collect()
        })
    }

    fn totals(&self, py: Python<'_>) -> PyResult<TotalsAnswer> {
        let totals = detach(py, || self.plan.totals())?;
        Ok((
            totals.wants,
            totals.wants_left_out,
            totals.builds,
            totals.cost,
            totals.stages,
            totals.critical_path,
            totals.reused,
            totals.node_by_node,
            totals.due_to_change,
        ))
    }

    fn critical_path(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        detach(py, || self.hashes(self.plan.critical_path().chain))
    }

    fn schedule(&self, py: Python<'_>, runners: NonZeroUsize) -> PyResult<ScheduleAnswer> {
        detach(py, || {
            let schedule = Schedule::new(&self.plan, runners);
            let mut position = vec![0; self.plan.graph().spec_count()];
            for (at, build) in (0..).zip(self.plan.builds()) {
                position[build.index()] = at;
            }
            let run = |run: &Run| (position[run.build.index()], run.start, run.finish);
            let shards = schedule.shards.iter();
            (
                schedule.makespan,
                schedule.lower_bound.value,
                schedule.lower_bound.reason.as_str(),
                shards
                    .map(|shard| shard.iter().map(run).collect())
                    .collect(),
            )
        })
    }

    fn needless(&self, py: Python<'_>) -> PyResult<Vec<(Named, Named, &'static str)>> {
        detach(py, || {
            let needless = self.plan.node_by_node().needless.into_iter();
            needless
                .map(|each| {
                    let reason = cut_reason(each.reason);
                    (self.named(each.spec), self.named(each.cut_by), reason)
                })
                .collect()
        })
    }

    fn left_out(&self) -> (Vec<String>, Vec<String>, Vec<(Named, LeftOutAnswer)>) {
        let left_out = self.plan.left_out();
        let builds = left_out.builds.iter();
        (
            self.hashes(left_out.cut.iter().copied()),
            self.hashes(left_out.wants.iter().copied()),
            builds
                .map(|(spec, reason)| (self.named(*spec), self.left_out_reason(reason)))
                .collect(),
        )
    }

    fn untested(&self, py: Python<'_>) -> PyResult<Vec<(Named, &'static str, bool)>> {
        detach(py, || {
            let Some(stale) = self.plan.stale() else {
                return Vec::new();
            };
            let untested = stale.untested();
            let listed = untested.iter().filter(|spec| self.is_listed(*spec));
            listed
                .map(|spec| {
                    let kept_by = if stale.kept_by_depth.contains(spec) {
                        "depth"
                    } else {
                        "policy"
                    };
                    (self.named(spec), kept_by, self.available.contains(spec))
                })
                .collect()
        })
    }

    fn why(&self, py: Python<'_>, spec: &str) -> PyResult<(Named, VerdictAnswer, Vec<LineAnswer>)> {
        let spec = spec_id(&self.catalog, spec)?;
        detach(py, || {
            let why = self.plan.why(spec);
            let (verdict, tree) = why.map_or((Verdict::NotWanted, Vec::new()), |why| {
                (why.verdict, why.tree)
            });
            let mut above: Vec<SpecId> = Vec::new();
            let lines = tree.into_iter().map(|line| {
                above.truncate(line.depth);
                let edge = above.last().map_or(EdgeKinds::NONE, |&dependency| {
                    kinds_of(self.plan.graph(), line.spec, dependency)
                });
                above.push(line.spec);
                let (link, reason) = match line.link {
                    Link::Asked => ("asked", None),
                    Link::Demands => ("demands", None),
                    Link::Cuts(reason) => ("cuts", Some(cut_reason(reason))),
                    Link::Unneeded => ("unneeded", None),
                };
                let named = self.named(line.spec);
                (
                    line.depth,
                    named,
                    link,
                    reason,
                    kind_names(edge),
                    line.is_want,
                    line.is_repeated,
                )
            });
            let lines = lines.collect();
            (self.named(spec), self.verdict(&verdict), lines)
        })
    }
}

impl PyPlan {
    fn build(&self, build: SpecId) -> BuildAnswer {
        let (hash, name, version) = self.named(build);
        let text = |column| self.text(build, column);
        (
            hash,
            name,
            version,
            text(Column::Platform),
            text(Column::OperatingSystem),
            text(Column::Target),
            self.stacks(build),
            self.plan.stage_of(build).unwrap_or(0),
            self.plan.cost_of(build),
            self.plan
                .cause(build)
                .map_or("missing", |cause| cause.as_str()),
        )
    }

    /// The stacks whose locks hold a spec.
    fn stacks(&self, spec: SpecId) -> Vec<String> {
        let mut labels: Vec<u32> = self
            .rows_of_locks(spec)
            .flat_map(|row| self.catalog.labels_of(row))
            .copied()
            .collect();
        labels.sort_unstable();
        labels.dedup();
        let name = |label: u32| self.catalog.labels().get(label).to_owned();
        labels.into_iter().map(name).collect()
    }

    /// Whether a lock holds the spec, and the system does not provide it.
    fn is_listed(&self, spec: SpecId) -> bool {
        self.rows_of_locks(spec).next().is_some() && !self.catalog.is_external(spec.get())
    }

    fn rows_of_locks(&self, spec: SpecId) -> impl Iterator<Item = &specplan_catalog::Row> {
        let rows = if spec.index() < self.catalog.len() {
            self.catalog.rows_of(spec.get())
        } else {
            &[]
        };
        let of_lock = |row: &&_| self.locks.contains(&Snapshot::of(row));
        rows.iter().filter(of_lock)
    }

    fn text(&self, spec: SpecId, column: Column) -> String {
        text_of(&self.catalog, spec, column)
    }

    fn named(&self, spec: SpecId) -> Named {
        named(&self.catalog, spec)
    }

    fn hashes(&self, specs: impl IntoIterator<Item = SpecId>) -> Vec<String> {
        let specs = specs.into_iter();
        specs
            .map(|spec| self.catalog.node_hash(spec.get()).to_string())
            .collect()
    }

    fn verdict(&self, verdict: &Verdict) -> VerdictAnswer {
        match verdict {
            Verdict::Planned(cause) => ("planned", Some(cause.as_str()), None),
            Verdict::Reused => ("reused", None, None),
            Verdict::Rewired => ("rewired", None, None),
            Verdict::External => ("external", None, None),
            Verdict::LeftOut(reason) => ("left_out", None, Some(self.left_out_reason(reason))),
            Verdict::CutOff => ("cut_off", None, None),
            Verdict::NotWanted => ("not_wanted", None, None),
        }
    }

    fn left_out_reason(&self, reason: &LeftOutReason) -> LeftOutAnswer {
        match reason {
            LeftOutReason::Broken => ("broken", Vec::new()),
            LeftOutReason::Needs(chain) => ("needs", self.hashes(chain.iter().copied())),
            LeftOutReason::Unneeded => ("unneeded", Vec::new()),
        }
    }
}

/// The spec that has a hash.
pub(crate) fn spec_id(catalog: &Catalog, text: &str) -> PyResult<SpecId> {
    let hash = DagHash::parse(text).ok();
    let found = hash.and_then(|hash| catalog.find(hash));
    found
        .map(SpecId::new)
        .ok_or_else(|| literals::unknown("spec", text))
}

/// The text of a spec; nothing is told of a hash that nothing describes.
pub(crate) fn text_of(catalog: &Catalog, spec: SpecId, column: Column) -> String {
    if spec.index() < catalog.len() {
        catalog.text(spec.get(), column).to_owned()
    } else {
        String::new()
    }
}

pub(crate) fn named(catalog: &Catalog, spec: SpecId) -> Named {
    (
        catalog.node_hash(spec.get()).to_string(),
        text_of(catalog, spec, Column::Package),
        text_of(catalog, spec, Column::Version),
    )
}

/// What one spec needs another for.
fn kinds_of(graph: &Graph, dependent: SpecId, dependency: SpecId) -> EdgeKinds {
    let mut edges = graph.neighbours(dependent, Direction::Dependencies);
    let edge = edges.find(|(spec, _)| *spec == dependency);
    edge.map_or(EdgeKinds::NONE, |(_, kinds)| kinds)
}

fn kind_names(kinds: EdgeKinds) -> Vec<&'static str> {
    let names = [
        (EdgeKinds::BUILD, "build"),
        (EdgeKinds::LINK, "link"),
        (EdgeKinds::RUN, "run"),
        (EdgeKinds::TEST, "test"),
        (EdgeKinds::SPLICE, "splice"),
    ];
    let names = names
        .into_iter()
        .filter(|(kind, _)| kinds.intersects(*kind));
    names.map(|(_, name)| name).collect()
}

fn cut_reason(reason: CutReason) -> &'static str {
    match reason {
        CutReason::Available => "available",
        CutReason::External => "external",
        CutReason::Spliced => "spliced",
        CutReason::TestOnly => "test_only",
    }
}

/// The specs that some row of a state lists, whether as binaries or not.
pub(crate) fn known(catalog: &Catalog, graph: &Graph, state: &[Snapshot]) -> SpecSet {
    flagged(graph, |id| {
        (id as usize) < catalog.len()
            && catalog
                .rows_of(id)
                .iter()
                .any(|row| state.contains(&Snapshot::of(row)))
    })
}
