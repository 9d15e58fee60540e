//! A question of a plan: hashes and words in, a task for the planner out.

use std::sync::{Arc, OnceLock};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{Catalog, Snapshot};
use specplan_planner::{CostScale, Plan, Policy, RecipeChange, Scope, SpecId, SpecSet, Task};

use super::{PyPlan, spec_id};
use crate::graph::{GraphOrFault, spec_set};
use crate::known_specs::{SpecsAsked, spec_ids};
use crate::literals;
use crate::state::{State, snapshots};

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct PlanQuestion {
    state: State,
    locks: State,
    roots: SpecsAsked,
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
    pub(crate) fn task(
        self,
        catalog: &Arc<Catalog>,
        graph: &GraphOrFault,
        external: &SpecSet,
    ) -> PyResult<PlanTask> {
        let graph = graph
            .as_ref()
            .map_err(|fault| PyValueError::new_err(fault.to_string()))?;
        let set = |hashes: &[String]| -> PyResult<SpecSet> {
            Ok(spec_set(graph, &spec_ids(catalog, hashes)?))
        };
        let roots = self.roots.ids(catalog)?;
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
            task.change = Some(RecipeChange {
                changed: set(changed)?,
                policy,
                depth: self.depth,
            });
        }
        task.broken = set(&self.broken)?;
        task.external = external.clone();
        let mut scale = CostScale::default();
        if let Some(recorded) = &self.costs {
            let mut costs = vec![1.0; graph.spec_count()];
            for (hash, amount) in recorded {
                costs[spec_id(catalog, hash)?.index()] = *amount;
            }
            scale = CostScale::of(&costs);
            for cost in &mut costs {
                *cost = scale.in_parts(*cost);
            }
            task.costs = Some(costs);
        }
        Ok(PlanTask {
            scale,
            state: snapshots(catalog, &self.state)?,
            locks: snapshots(catalog, &self.locks)?,
            assumed: set(&self.assumed)?,
            withheld: set(&self.withheld)?,
            task,
        })
    }
}

/// A task without the content of the caches, and the state that it comes from.
pub(crate) struct PlanTask {
    state: Vec<Snapshot>,
    locks: Vec<Snapshot>,
    /// Further specs that count as available.
    assumed: SpecSet,
    /// Specs that do not count as available, whatever else is known.
    withheld: SpecSet,
    /// The unit of the task's costs: parts of the given unit.
    pub(crate) scale: CostScale,
    task: Task,
}

impl PlanTask {
    /// The task, completed by the content of the caches.
    pub(crate) fn stocked(&self, catalog: &Catalog) -> Task {
        let mut task = self.task.clone();
        let available = spec_set(&task.graph, catalog.view(&self.state).available());
        task.available = available.union(&self.assumed).difference(&self.withheld);
        task
    }

    /// The plan of a completed task.
    pub(crate) fn solve(&self, catalog: &Arc<Catalog>, task: Task) -> PyResult<PyPlan> {
        let available = task.available.clone();
        match Plan::new(task) {
            Ok(plan) => Ok(PyPlan {
                catalog: Arc::clone(catalog),
                locks: self.locks.clone(),
                available,
                scale: self.scale,
                plan,
                needs: OnceLock::new(),
                reasons: OnceLock::new(),
            }),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }
}
