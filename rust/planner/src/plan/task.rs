//! The inputs of a plan.

use std::sync::Arc;

use crate::error::{OutOfRange, TaskError};
use crate::graph::Graph;
use crate::graph::id::{Place, SpecId};
use crate::graph::set::SpecSet;

/// The specs that are wanted, given the roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The roots alone.
    Roots,
    /// The roots and all their link and run dependencies that the system does not provide: the
    /// specs needed to install them.
    #[default]
    Runtime,
    /// All specs that the roots reach over any edge. Plans the same builds as pruning node by node.
    All,
}

/// The specs that a change makes stale besides those that it changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Every spec whose hash will be another: dependents over all edges.
    #[default]
    Hash,
    /// Dependents over link and run edges, over edges that compile, and over splices: binaries that
    /// the change reaches only over build or test edges are kept.
    Link,
}

/// A change of recipes: the changed specs, and how far the change is followed.
#[derive(Clone, Debug)]
pub struct RecipeChange {
    /// The specs that changed themselves.
    pub changed: SpecSet,
    /// The edges that carry the change to dependents.
    pub policy: Policy,
    /// The maximum distance, in edges, of a dependent from a changed spec; 0 for only the changed
    /// specs, `None` for any distance.
    pub depth: Option<u32>,
}

/// The inputs of a plan.
///
/// A set is about the specs of `graph`; one that was made for another number of specs is refused.
#[derive(Clone, Debug)]
pub struct Task {
    /// The specs and their dependencies. A spec that was spliced has an edge of kind splice to the
    /// spec that it was built as.
    pub graph: Arc<Graph>,
    /// The wanted roots. An external root is not a want. Order and repetitions do not matter.
    pub roots: Vec<SpecId>,
    /// The specs that are wanted, given the roots.
    pub scope: Scope,
    /// The specs with a binary in the cache, before `change`. A spec that is also external counts
    /// as external.
    pub available: SpecSet,
    /// The specs that the system provides: never wanted, never built.
    pub external: SpecSet,
    /// A change to predict: the specs that it makes stale are not available. `None` plans the
    /// present.
    pub change: Option<RecipeChange>,
    /// Specs that are known not to build. Wants that need a build of one of them are left out, and
    /// so are the specs that only those need. An available one is not an obstacle.
    pub broken: SpecSet,
    /// The cost of building each spec, by id, in any unit; finite and not negative. `None`: 1 each.
    pub costs: Option<Vec<f64>>,
}

impl Task {
    /// A task that plans `roots` from nothing: no binary, no external, no change, nothing broken,
    /// every cost 1, the default scope.
    pub fn new(graph: Arc<Graph>, roots: Vec<SpecId>) -> Self {
        let nothing = SpecSet::empty(graph.spec_count());
        Self {
            graph,
            roots,
            scope: Scope::default(),
            available: nothing.clone(),
            external: nothing.clone(),
            change: None,
            broken: nothing,
            costs: None,
        }
    }

    /// Checks that every field fits the graph, and that costs can be added up.
    pub(crate) fn check(&self) -> Result<(), TaskError> {
        let mut sets = vec![
            ("available", &self.available),
            ("external", &self.external),
            ("broken", &self.broken),
        ];
        if let Some(change) = &self.change {
            sets.push(("changed", &change.changed));
        }
        for (field, set) in sets {
            check_length(&self.graph, field, set.spec_count())?;
        }
        check_specs(&self.graph, "roots", &self.roots)?;
        let costs = self.costs.as_deref().unwrap_or_default();
        if self.costs.is_some() {
            check_length(&self.graph, "costs", costs.len())?;
        }
        let bad = |cost: &f64| !(cost.is_finite() && *cost >= 0.0);
        match costs.iter().position(bad) {
            None => Ok(()),
            Some(position) => Err(TaskError::BadCost {
                id: crate::graph::set::spec_at(position),
                cost: costs[position],
            }),
        }
    }
}

/// Checks that a field has as many values as the graph has specs.
pub(crate) fn check_length(
    graph: &Graph,
    field: &'static str,
    len: usize,
) -> Result<(), TaskError> {
    let spec_count = graph.spec_count();
    if len == spec_count {
        Ok(())
    } else {
        Err(TaskError::WrongLength {
            field,
            len,
            spec_count,
        })
    }
}

/// The places of the specs that a field names.
pub(crate) fn check_specs(
    graph: &Graph,
    field: &'static str,
    specs: &[SpecId],
) -> Result<Vec<Place>, TaskError> {
    let place = |&id| match graph.place_of(id) {
        Some(place) => Ok(place),
        None => Err(TaskError::SpecOutOfRange {
            field,
            source: OutOfRange {
                id,
                spec_count: graph.spec_count(),
            },
        }),
    };
    specs.iter().map(place).collect()
}
