//! Questions of the least rebuild and their answers as tuples.

mod question;
pub(crate) mod specs;
mod words;

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use specplan_catalog::{Catalog, Column, DagHash, Snapshot};
use specplan_planner::{
    CostScale, Direction, EdgeKinds, Graph, LeftOutReason, Limit, Link, Needs, Plan, Reasons, Run,
    Schedule, SpecId, SpecSet, Verdict,
};

use crate::budget::{self, GroupQuestion, SpendingAnswer};
use crate::detach::detach;
use crate::literals;

pub(crate) use question::PlanQuestion;
use specs::text_of;
pub(crate) use specs::{Named, known, named, spec_id};
use words::{cut_reason, kind_names, left_out_word};

/// A least rebuild; its parts are worked out when they are asked for.
#[pyclass(frozen, module = "specplan._core", name = "Plan")]
pub(crate) struct PyPlan {
    catalog: Arc<Catalog>,
    locks: Vec<Snapshot>,
    available: SpecSet,
    /// How costs are counted within `plan`.
    scale: CostScale,
    plan: Plan,
    needs: OnceLock<Needs>,
    reasons: OnceLock<Reasons>,
}

/// Texts that repeat: which it is each time, and the distinct ones.
type Repeated = (Vec<u32>, Vec<String>);

/// By build: hash; name, version, platform, os, target; stacks, which set it is and the distinct
/// sets; stage, cost, cause. Columns and not rows, as Python would have to look through each of so
/// many rows again and again for what is no longer used.
type BuildsAnswer = (
    Vec<String>,
    Vec<Repeated>,
    (Vec<u32>, Vec<Vec<String>>),
    Vec<u32>,
    Vec<f64>,
    Vec<&'static str>,
);

/// wants, wants left out, builds, cost, stages, critical path, reused, node by node, due to the
/// change.
type TotalsAnswer = (usize, usize, usize, f64, usize, f64, usize, usize, usize);

/// how long it builds; positions of builds, their starts, their finishes.
type ShardAnswer = (f64, Vec<u32>, Vec<f64>, Vec<f64>);

/// makespan, lower bound, its reason, by runner its shard.
type ScheduleAnswer = (f64, f64, &'static str, Vec<ShardAnswer>);

/// spec, reason, and how long the chain of hashes is.
type LeftOutBuildAnswer = (Named, &'static str, usize);

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

/// whether it is stale, and the chain to what changed: each spec with what it has the next one for.
type HeldAnswer = (bool, Vec<(Named, Vec<&'static str>)>);

/// spec, what is done about it, how it holds the change, and the tree that tells why.
type WhyAnswer = (Named, VerdictAnswer, Option<HeldAnswer>, Vec<LineAnswer>);

#[pymethods]
impl PyPlan {
    fn builds(&self, py: Python<'_>) -> PyResult<BuildsAnswer> {
        detach(py, || {
            let builds: Vec<SpecId> = self.plan.builds().collect();
            let column = |column| {
                repeated(
                    builds
                        .iter()
                        .map(|&build| text_of(&self.catalog, build, column)),
                )
            };
            let texts = [
                Column::Package,
                Column::Version,
                Column::Platform,
                Column::OperatingSystem,
                Column::Target,
            ];
            let mut sets: FxHashMap<Vec<String>, u32> = FxHashMap::default();
            let mut distinct = Vec::new();
            let stacks = builds.iter().map(|&build| {
                let own = self.stacks(build);
                let next = sets.len();
                *sets.entry(own).or_insert_with_key(|own| {
                    distinct.push(own.clone());
                    u32::try_from(next).unwrap_or(u32::MAX)
                })
            });
            let stacks = stacks.collect();
            let cause = |&build: &SpecId| self.plan.cause(build);
            (
                self.hashes(builds.iter().copied()),
                texts.map(column).into(),
                (stacks, distinct),
                builds
                    .iter()
                    .map(|&build| self.plan.stage_of(build).unwrap_or(0))
                    .collect(),
                builds
                    .iter()
                    .map(|&build| self.scale.in_units(self.plan.cost_of(build)))
                    .collect(),
                builds
                    .iter()
                    .map(|build| cause(build).map_or("missing", |cause| cause.as_str()))
                    .collect(),
            )
        })
    }

    fn need_counts(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        detach(py, || {
            let needs = self.needs_of_all();
            self.plan
                .builds()
                .map(|build| needs.len_of(build))
                .collect()
        })
    }

    fn needs(&self, py: Python<'_>, spec: &str) -> PyResult<Vec<String>> {
        let spec = self.spec(spec)?;
        detach(py, || self.hashes(self.needs_of_all().of(spec)))
    }

    fn because_counts(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        detach(py, || {
            let reasons = self.reasons();
            self.plan
                .builds()
                .map(|build| reasons.len_of(build))
                .collect()
        })
    }

    fn because(&self, py: Python<'_>, spec: &str) -> PyResult<Vec<String>> {
        let spec = self.spec(spec)?;
        detach(py, || self.hashes(self.reasons().because(spec)))
    }

    fn totals(&self, py: Python<'_>) -> PyResult<TotalsAnswer> {
        let totals = detach(py, || self.plan.totals())?;
        Ok((
            totals.wants,
            totals.wants_left_out,
            totals.builds,
            self.scale.in_units(totals.cost),
            totals.stages,
            self.scale.in_units(totals.critical_path),
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
            let at = |time| self.scale.in_units(time);
            let columns = |shard: &Vec<Run>| {
                let runs = shard.iter();
                let spans = runs.clone().map(|run| run.finish - run.start);
                (
                    at(spans.fold(0.0, |sum, span| sum + span)),
                    runs.clone()
                        .map(|run| position[run.build.index()])
                        .collect(),
                    runs.clone().map(|run| at(run.start)).collect(),
                    runs.map(|run| at(run.finish)).collect(),
                )
            };
            let shards = schedule.shards.iter();
            (
                at(schedule.makespan),
                at(schedule.lower_bound.value),
                schedule.lower_bound.reason.as_str(),
                shards.map(columns).collect(),
            )
        })
    }

    #[pyo3(signature = (groups, *, chosen=None, builds=None, cost=None, node_limit=None, work_limit=None, time_limit=None))]
    fn spend(
        &self,
        py: Python<'_>,
        groups: Vec<GroupQuestion>,
        chosen: Option<Vec<String>>,
        builds: Option<u64>,
        cost: Option<f64>,
        node_limit: Option<u64>,
        work_limit: Option<u64>,
        time_limit: Option<f64>,
    ) -> PyResult<SpendingAnswer> {
        let limits = budget::Limits {
            nodes: node_limit,
            work: work_limit,
            seconds: time_limit,
        };
        let limit = Limit {
            builds,
            cost: cost.map(|cost| self.scale.limit_in_parts(cost)),
        };
        budget::spend(
            py,
            &self.catalog,
            &self.plan,
            &groups,
            chosen,
            limit,
            self.scale,
            limits,
        )
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

    fn left_out(&self) -> (Vec<String>, Vec<String>, Vec<LeftOutBuildAnswer>) {
        let left_out = self.plan.left_out();
        let builds = left_out.builds.iter().map(|&spec| {
            // The chains are told one by one, as all together they may be long.
            let (word, len) = match left_out.chain_len(spec) {
                0 => (left_out_word(&left_out.reason(spec)), 0),
                len => ("needs", len),
            };
            (self.named(spec), word, len)
        });
        (
            self.hashes(left_out.cut.iter().copied()),
            self.hashes(left_out.wants.iter().copied()),
            builds.collect(),
        )
    }

    fn left_out_chain(&self, spec: &str) -> PyResult<Vec<String>> {
        let reason = self.plan.left_out().reason(self.spec(spec)?);
        Ok(self.left_out_reason(&reason).1)
    }

    fn untested(&self, py: Python<'_>) -> PyResult<Vec<(Named, &'static str, bool)>> {
        detach(py, || {
            let Some(stale) = self.plan.stale() else {
                return Vec::new();
            };
            let untested = stale.untested();
            // Of what the caches alone know, what the plan installs.
            let reused = self.plan.reused();
            let listed = untested
                .iter()
                .filter(|&spec| self.is_listed(spec) || reused.contains(spec));
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

    fn why(&self, py: Python<'_>, spec: &str, most_lines: usize) -> PyResult<Option<WhyAnswer>> {
        let spec = spec_id(&self.catalog, spec)?;
        detach(py, || {
            let why = self.plan.why(spec);
            let (verdict, held, tree) = why.map_or((Verdict::NotWanted, None, Vec::new()), |why| {
                (why.verdict, why.held, why.tree)
            });
            if tree.len() > most_lines {
                return None;
            }
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
            let held = held.map(|held| (held.is_stale, self.links(&held.chain)));
            Some((self.named(spec), self.verdict(&verdict), held, lines))
        })
    }
}

impl PyPlan {
    fn needs_of_all(&self) -> &Needs {
        self.needs.get_or_init(|| self.plan.needs())
    }

    fn reasons(&self) -> &Reasons {
        self.reasons.get_or_init(|| self.plan.reasons())
    }

    /// The spec with a hash, whether something describes it or not.
    fn spec(&self, hash: &str) -> PyResult<SpecId> {
        let known = self.catalog.as_ref();
        let unknown = |hash| {
            let position = known.unknown().binary_search(&hash).ok()?;
            u32::try_from(known.len() + position).ok()
        };
        let find = |hash| known.find(hash).or_else(|| unknown(hash)).map(SpecId::new);
        let found = DagHash::parse(hash).ok().and_then(find);
        found.ok_or_else(|| literals::unknown("spec", hash))
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

    fn named(&self, spec: SpecId) -> Named {
        named(&self.catalog, spec)
    }

    fn hashes(&self, specs: impl IntoIterator<Item = SpecId>) -> Vec<String> {
        let specs = specs.into_iter();
        specs
            .map(|spec| self.catalog.node_hash(spec.get()).to_string())
            .collect()
    }

    /// The specs of a chain, each with what it has the next one for.
    fn links(&self, chain: &[SpecId]) -> Vec<(Named, Vec<&'static str>)> {
        let next = chain.iter().skip(1).map(Some).chain([None]);
        let links = chain.iter().zip(next).map(|(&spec, next)| {
            let kinds = next.map_or(EdgeKinds::NONE, |&next| {
                kinds_of(self.plan.graph(), spec, next)
            });
            (self.named(spec), kind_names(kinds))
        });
        links.collect()
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
        let chain = match reason {
            LeftOutReason::Needs(chain) => self.hashes(chain.iter().copied()),
            LeftOutReason::Broken | LeftOutReason::Unneeded => Vec::new(),
        };
        (left_out_word(reason), chain)
    }
}

/// What one spec needs another for.
fn kinds_of(graph: &Graph, dependent: SpecId, dependency: SpecId) -> EdgeKinds {
    let mut edges = graph.neighbours(dependent, Direction::Dependencies);
    let edge = edges.find(|(spec, _)| *spec == dependency);
    edge.map_or(EdgeKinds::NONE, |(_, kinds)| kinds)
}

/// Each distinct text once, and which it is each time.
fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Repeated {
    let mut number_of: FxHashMap<&str, u32> = FxHashMap::default();
    let mut distinct: Vec<String> = Vec::new();
    let numbers = texts.map(|text| {
        *number_of.entry(text).or_insert_with(|| {
            distinct.push(text.to_owned());
            u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
        })
    });
    (numbers.collect(), distinct)
}
