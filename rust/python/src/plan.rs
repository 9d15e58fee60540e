//! Questions of the least rebuild and their answers.

mod answers;
mod question;
pub(crate) mod specs;
mod words;

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rustc_hash::FxHashMap;
use specplan_catalog::{Catalog, Column, DagHash, Snapshot};
use specplan_planner::{
    CostScale, Direction, EdgeKinds, Graph, LeftOutReason, Limit, Link, Needs, Plan, Reasons, Run,
    Schedule, SpecId, SpecSet, WhyVerdict,
};

use crate::budget::{self, GroupQuestion, SpendingAnswer};
use crate::detach::detach;
use crate::literals;
use crate::records::records;

pub(crate) use answers::{
    BuildsAnswer, HeldAnswer, LeftOutAnswer, LeftOutBuildAnswer, LinkAnswer, RepeatedAnswer,
    RepeatedStacksAnswer, ScheduleAnswer, ShardAnswer, TotalsAnswer, UnnecessaryAnswer,
    UntestedAnswer, VerdictAnswer, WhyAnswer, WhyLineAnswer,
};
pub(crate) use question::PlanQuestion;
use specs::text_of;
pub(crate) use specs::{NamedAnswer, known, named, spec_id};
use words::{cut_reason, kind_names, left_out_word};

/// A least rebuild; its parts are computed on request.
#[pyclass(frozen, module = "specplan._core", name = "Plan")]
pub(crate) struct PyPlan {
    catalog: Arc<Catalog>,
    locks: Vec<Snapshot>,
    available: SpecSet,
    /// The unit of costs within `plan`.
    scale: CostScale,
    plan: Plan,
    needs: OnceLock<Needs>,
    reasons: OnceLock<Reasons>,
}

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
            BuildsAnswer {
                hashes: self.hashes(builds.iter().copied()),
                packages: column(Column::Package),
                versions: column(Column::Version),
                platforms: column(Column::Platform),
                oss: column(Column::OperatingSystem),
                targets: column(Column::Target),
                stacks: RepeatedStacksAnswer {
                    numbers: stacks,
                    distinct,
                },
                stages: builds
                    .iter()
                    .map(|&build| self.plan.stage_of(build).unwrap_or(0))
                    .collect(),
                costs: builds
                    .iter()
                    .map(|&build| self.scale.in_units(self.plan.cost_of(build)))
                    .collect(),
                causes: builds
                    .iter()
                    .map(|build| cause(build).map_or("missing", |cause| cause.as_str()))
                    .collect(),
            }
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
        Ok(TotalsAnswer {
            wants: totals.wants,
            wants_left_out: totals.wants_left_out,
            builds: totals.builds,
            cost: self.scale.in_units(totals.cost),
            stages: totals.stages,
            critical_path: self.scale.in_units(totals.critical_path),
            reused: totals.reused,
            node_by_node: totals.node_by_node,
            due_to_change: totals.due_to_change,
        })
    }

    fn critical_path(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        detach(py, || self.hashes(self.plan.critical_path().chain))
    }

    fn schedule(&self, py: Python<'_>, runners: NonZeroUsize) -> PyResult<ScheduleAnswer> {
        let (schedule, shards) = detach(py, || {
            let schedule = Schedule::new(&self.plan, runners);
            let mut position = vec![0; self.plan.graph().spec_count()];
            for (at, build) in (0..).zip(self.plan.builds()) {
                position[build.index()] = at;
            }
            let at = |time| self.scale.in_units(time);
            let columns = |shard: &Vec<Run>| {
                let runs = shard.iter();
                let spans = runs.clone().map(|run| run.finish - run.start);
                ShardAnswer {
                    busy: at(spans.fold(0.0, |sum, span| sum + span)),
                    builds: runs
                        .clone()
                        .map(|run| position[run.build.index()])
                        .collect(),
                    starts: runs.clone().map(|run| at(run.start)).collect(),
                    finishes: runs.map(|run| at(run.finish)).collect(),
                }
            };
            let shards: Vec<ShardAnswer> = schedule.shards.iter().map(columns).collect();
            (schedule, shards)
        })?;
        Ok(ScheduleAnswer {
            makespan: self.scale.in_units(schedule.makespan),
            lower_bound: self.scale.in_units(schedule.lower_bound.value),
            reason: schedule.lower_bound.reason.as_str(),
            shards: records(py, shards)?,
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
        let limits = budget::BudgetLimits {
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

    fn unnecessary(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        let unnecessary = detach(py, || {
            let unnecessary = self.plan.node_by_node().unnecessary.into_iter();
            unnecessary
                .map(|each| UnnecessaryAnswer {
                    spec: self.named(each.spec),
                    cut_by: self.named(each.cut_by),
                    reason: cut_reason(each.reason),
                })
                .collect()
        })?;
        records(py, unnecessary)
    }

    fn left_out(&self, py: Python<'_>) -> PyResult<LeftOutAnswer> {
        let left_out = self.plan.left_out();
        let builds = left_out.builds.iter().map(|&spec| {
            // The chains are returned one by one, as all of them together may be long.
            let (reason, chain_length) = match left_out.chain_len(spec) {
                0 => (left_out_word(&left_out.reason(spec)), 0),
                length => ("needs", length),
            };
            LeftOutBuildAnswer {
                spec: self.named(spec),
                reason,
                chain_length,
            }
        });
        Ok(LeftOutAnswer {
            cut: self.hashes(left_out.cut.iter().copied()),
            wants: self.hashes(left_out.wants.iter().copied()),
            builds: records(py, builds.collect())?,
        })
    }

    fn left_out_chain(&self, spec: &str) -> PyResult<Vec<String>> {
        let reason = self.plan.left_out().reason(self.spec(spec)?);
        Ok(self.chain(&reason))
    }

    fn untested(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        let untested = detach(py, || {
            let Some(stale) = self.plan.stale() else {
                return Vec::new();
            };
            let untested = stale.untested();
            // The specs that only the caches know and the plan installs.
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
                    UntestedAnswer {
                        spec: self.named(spec),
                        kept_by,
                        is_available: self.available.contains(spec),
                    }
                })
                .collect()
        })?;
        records(py, untested)
    }

    fn why(&self, py: Python<'_>, spec: &str, most_lines: usize) -> PyResult<Option<WhyAnswer>> {
        let spec = spec_id(&self.catalog, spec)?;
        let found = detach(py, || {
            let why = self.plan.why(spec);
            let (verdict, held, tree) = why
                .map_or((WhyVerdict::NotWanted, None, Vec::new()), |why| {
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
                WhyLineAnswer {
                    depth: line.depth,
                    spec: named,
                    link,
                    reason,
                    types: kind_names(edge),
                    is_want: line.is_want,
                    is_repeated: line.is_repeated,
                }
            });
            let lines: Vec<WhyLineAnswer> = lines.collect();
            let held = held.map(|held| HeldAnswer {
                is_stale: held.is_stale,
                chain: self.links(&held.chain),
            });
            Some((self.verdict(&verdict), held, lines))
        })?;
        let answer = |(verdict, held, lines)| {
            Ok(WhyAnswer {
                spec: self.named(spec),
                verdict,
                held,
                tree: records(py, lines)?,
            })
        };
        found.map(answer).transpose()
    }
}

impl PyPlan {
    fn needs_of_all(&self) -> &Needs {
        self.needs.get_or_init(|| self.plan.needs())
    }

    fn reasons(&self) -> &Reasons {
        self.reasons.get_or_init(|| self.plan.reasons())
    }

    /// The spec with a hash, described or not.
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

    /// Returns whether a lock holds the spec, and the system does not provide it.
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

    fn named(&self, spec: SpecId) -> NamedAnswer {
        named(&self.catalog, spec)
    }

    fn hashes(&self, specs: impl IntoIterator<Item = SpecId>) -> Vec<String> {
        let specs = specs.into_iter();
        specs
            .map(|spec| self.catalog.node_hash(spec.get()).to_string())
            .collect()
    }

    /// The specs of a chain, each with the types of its edge to the next one.
    fn links(&self, chain: &[SpecId]) -> Vec<LinkAnswer> {
        let next = chain.iter().skip(1).map(Some).chain([None]);
        let links = chain.iter().zip(next).map(|(&spec, next)| {
            let kinds = next.map_or(EdgeKinds::NONE, |&next| {
                kinds_of(self.plan.graph(), spec, next)
            });
            LinkAnswer {
                spec: self.named(spec),
                types: kind_names(kinds),
            }
        });
        links.collect()
    }

    fn verdict(&self, verdict: &WhyVerdict) -> VerdictAnswer {
        let only = |verdict| VerdictAnswer {
            verdict,
            ..VerdictAnswer::default()
        };
        match verdict {
            WhyVerdict::Planned(cause) => VerdictAnswer {
                cause: Some(cause.as_str()),
                ..only("planned")
            },
            WhyVerdict::Reused => only("reused"),
            WhyVerdict::Rewired => only("rewired"),
            WhyVerdict::External => only("external"),
            WhyVerdict::LeftOut(reason) => VerdictAnswer {
                left_out: Some(left_out_word(reason)),
                chain: self.chain(reason),
                ..only("left_out")
            },
            WhyVerdict::CutOff => only("cut_off"),
            WhyVerdict::NotWanted => only("not_wanted"),
        }
    }

    /// From what is left out down to a broken spec.
    fn chain(&self, reason: &LeftOutReason) -> Vec<String> {
        match reason {
            LeftOutReason::Needs(chain) => self.hashes(chain.iter().copied()),
            LeftOutReason::Broken | LeftOutReason::Unneeded => Vec::new(),
        }
    }
}

/// The purposes for which one spec needs another.
fn kinds_of(graph: &Graph, dependent: SpecId, dependency: SpecId) -> EdgeKinds {
    let mut edges = graph.neighbours(dependent, Direction::Dependencies);
    let edge = edges.find(|(spec, _)| *spec == dependency);
    edge.map_or(EdgeKinds::NONE, |(_, kinds)| kinds)
}

/// Each distinct text once, and its number for each position.
fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> RepeatedAnswer {
    let mut number_of: FxHashMap<&str, u32> = FxHashMap::default();
    let mut distinct: Vec<String> = Vec::new();
    let numbers = texts.map(|text| {
        *number_of.entry(text).or_insert_with(|| {
            distinct.push(text.to_owned());
            u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
        })
    });
    RepeatedAnswer {
        numbers: numbers.collect(),
        distinct,
    }
}
