//! Random small worlds, and the two ways to look at them: as a task and as the plain model.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use specplan_planner::reference::{Model, Specs};
use specplan_planner::{
    Edge, EdgeKinds, Graph, Plan, Policy, RecipeChange, Scope, SpecId, SpecSet, Task,
};

/// Everything that a task is made of, as plain lists.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) ranks: Vec<u32>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) available: Vec<bool>,
    pub(crate) external: Vec<bool>,
    pub(crate) roots: Vec<u32>,
    pub(crate) changed: Vec<bool>,
    pub(crate) broken: Vec<bool>,
    pub(crate) costs: Vec<f64>,
}

impl World {
    pub(crate) fn len(&self) -> usize {
        self.ranks.len()
    }

    pub(crate) fn graph(&self) -> Arc<Graph> {
        Arc::new(Graph::with_ranks(&self.ranks, self.edges.iter().copied()).unwrap())
    }

    /// A task without a change and with nothing broken.
    pub(crate) fn task(&self, scope: Scope) -> Task {
        let roots = self.roots.iter().map(|&root| SpecId::new(root)).collect();
        Task {
            scope,
            available: SpecSet::from_flags(&self.available),
            external: SpecSet::from_flags(&self.external),
            costs: Some(self.costs.clone()),
            ..Task::new(self.graph(), roots)
        }
    }

    pub(crate) fn plan(&self, scope: Scope) -> Plan {
        Plan::new(self.task(scope)).unwrap()
    }

    pub(crate) fn change(&self, policy: Policy, depth: Option<u32>) -> RecipeChange {
        RecipeChange {
            changed: SpecSet::from_flags(&self.changed),
            policy,
            depth,
        }
    }

    pub(crate) fn model(&self) -> Model {
        Model::new(
            self.len(),
            &self.edges,
            flagged(&self.available),
            flagged(&self.external),
        )
    }

    pub(crate) fn root_specs(&self) -> Specs {
        self.roots.iter().copied().collect()
    }

    /// The same world with spec x called `names[x]`, and its edges in the opposite order.
    pub(crate) fn relabelled(&self, names: &[u32]) -> Self {
        let moved = |id: SpecId| SpecId::new(names[id.index()]);
        Self {
            ranks: permuted(&self.ranks, names),
            edges: self
                .edges
                .iter()
                .rev()
                .map(|edge| Edge {
                    dependent: moved(edge.dependent),
                    dependency: moved(edge.dependency),
                    kinds: edge.kinds,
                })
                .collect(),
            available: permuted(&self.available, names),
            external: permuted(&self.external, names),
            roots: self
                .roots
                .iter()
                .map(|&root| names[root as usize])
                .collect(),
            changed: permuted(&self.changed, names),
            broken: permuted(&self.broken, names),
            costs: permuted(&self.costs, names),
        }
    }
}

/// `values[x]` moved to position `names[x]`.
pub(crate) fn permuted<T: Clone>(values: &[T], names: &[u32]) -> Vec<T> {
    let mut moved = values.to_vec();
    for (value, &name) in values.iter().zip(names) {
        moved[name as usize] = value.clone();
    }
    moved
}

pub(crate) fn flagged(flags: &[bool]) -> Specs {
    (0..)
        .zip(flags)
        .filter(|(_, flag)| **flag)
        .map(|(id, _)| id)
        .collect()
}

pub(crate) fn specs(ids: impl IntoIterator<Item = SpecId>) -> Specs {
    ids.into_iter().map(SpecId::get).collect()
}

/// The kinds that real locks have, and splices.
fn kinds() -> impl Strategy<Value = EdgeKinds> {
    prop_oneof![
        8 => Just(EdgeKinds::BUILD),
        2 => Just(EdgeKinds::BUILD | EdgeKinds::COMPILER),
        4 => Just(EdgeKinds::LINK),
        4 => Just(EdgeKinds::BUILD | EdgeKinds::LINK),
        3 => Just(EdgeKinds::BUILD | EdgeKinds::RUN),
        1 => Just(EdgeKinds::RUN),
        1 => Just(EdgeKinds::TEST),
        1 => Just(EdgeKinds::BUILD | EdgeKinds::TEST),
        1 => Just(EdgeKinds::NONE),
        1 => Just(EdgeKinds::SPLICE),
        1 => Just(EdgeKinds::SPLICE | EdgeKinds::LINK),
    ]
}

pub(crate) fn permutation(len: usize) -> impl Strategy<Value = Vec<u32>> {
    Just((0..).take(len).collect::<Vec<u32>>()).prop_shuffle()
}

/// A world of 1 to `most` specs. Ids are in no order, as the graph is drawn on positions of a
/// random permutation.
pub(crate) fn world(most: usize) -> impl Strategy<Value = World> {
    (1..=most).prop_flat_map(|len| {
        let flags = |probability: f64| vec(prop::bool::weighted(probability), len);
        let top = u32::try_from(len).unwrap();
        let edges = vec((0..top, 0..top, kinds()), 0..=3 * len);
        let roots = vec(0..top, 0..=3);
        let costs = vec((0..5_u32).prop_map(f64::from), len);
        (
            (permutation(len), permutation(len), edges, roots, costs),
            (flags(0.5), flags(0.1), flags(0.2), flags(0.15)),
        )
            .prop_map(|(shape, (available, external, changed, broken))| {
                let (ranks, names, pairs, roots, costs) = shape;
                let edge = |(a, b, kinds): (u32, u32, EdgeKinds)| Edge {
                    dependent: SpecId::new(names[a.max(b) as usize]),
                    dependency: SpecId::new(names[a.min(b) as usize]),
                    kinds,
                };
                World {
                    edges: pairs
                        .into_iter()
                        .filter(|(a, b, _)| a != b)
                        .map(edge)
                        .collect(),
                    ranks,
                    available,
                    external,
                    roots,
                    changed,
                    broken,
                    costs,
                }
            })
    })
}

pub(crate) fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![Just(Scope::Roots), Just(Scope::Runtime), Just(Scope::All)]
}

pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(Policy::Hash), Just(Policy::Link)]
}
