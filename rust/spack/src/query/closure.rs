//! The specs below a spec.

use crate::graph::{SpecEdge, SpecGraph};
use crate::spec::DependencyTypes;

/// Collects edges below one spec after the other, each time in time linear in those edges.
pub(super) struct Walker<'g, G> {
    graph: &'g G,
    /// The round in which a spec was last visited.
    visited: Vec<u32>,
    round: u32,
    /// The spec that `below` is about.
    root: Option<u32>,
    below: Below,
}

/// The specs that a spec links to and runs with, directly or not.
#[derive(Default)]
pub(super) struct Below {
    /// The edges, breadth first.
    pub(super) runtime: Vec<SpecEdge>,
    /// Whether the graph records all of them.
    pub(super) is_complete: bool,
}

impl<'g, G: SpecGraph> Walker<'g, G> {
    pub(super) fn new(graph: &'g G) -> Self {
        Self {
            graph,
            visited: Vec::new(),
            round: 0,
            root: None,
            below: Below::default(),
        }
    }

    /// The edges below a spec. Those of the last spec are kept, since a query asks them often.
    pub(super) fn below(&mut self, root: u32) -> &Below {
        if self.root == Some(root) {
            return &self.below;
        }
        self.start_round();
        let mut runtime = std::mem::take(&mut self.below.runtime);
        runtime.clear();
        let mut is_complete = self.graph.has_all_edges(root);
        self.visit(root);
        runtime.extend(self.graph.edges(root).filter(|&edge| is_runtime(edge)));
        let mut next = 0;
        while let Some(edge) = runtime.get(next).copied() {
            next += 1;
            if self.visit(edge.child) {
                is_complete &= self.graph.has_all_edges(edge.child);
                runtime.extend(
                    self.graph
                        .edges(edge.child)
                        .filter(|&edge| is_runtime(edge)),
                );
            }
        }
        self.root = Some(root);
        self.below = Below {
            runtime,
            is_complete,
        };
        &self.below
    }

    /// The edges below a spec, lent until they are [put back](Self::put_back).
    pub(super) fn take_below(&mut self, root: u32) -> Below {
        self.below(root);
        std::mem::take(&mut self.below)
    }

    pub(super) fn put_back(&mut self, below: Below) {
        self.below = below;
    }

    /// Every spec below, and the spec itself, over edges of all types; and whether the graph records
    /// all of them.
    pub(super) fn everything(&mut self, root: u32) -> (Vec<u32>, bool) {
        self.start_round();
        let mut specs = vec![root];
        self.visit(root);
        let mut is_complete = true;
        let mut next = 0;
        while let Some(&spec) = specs.get(next) {
            next += 1;
            is_complete &= self.graph.has_all_edges(spec);
            for edge in self.graph.edges(spec) {
                if self.visit(edge.child) {
                    specs.push(edge.child);
                }
            }
        }
        (specs, is_complete)
    }

    /// The node with a name below a spec, as Spack looks it up: first the build and test
    /// dependencies, then the spec itself and its link and run dependencies, nearest first. Virtual
    /// packages name their providers.
    pub(super) fn find(&mut self, root: u32, name: &str) -> Option<u32> {
        let graph = self.graph;
        let is_named = |edge: &SpecEdge| {
            graph.name(edge.child) == name || graph.edge_provides(edge.edge, name).is_yes()
        };
        let own = DependencyTypes::BUILD | DependencyTypes::TEST;
        let direct = graph
            .edges(root)
            .find(|edge| edge.types.intersects(own) && is_named(edge));
        if let Some(edge) = direct {
            return Some(edge.child);
        }
        if graph.name(root) == name {
            return Some(root);
        }
        let found = self.below(root).runtime.iter().find(|&edge| is_named(edge));
        found.map(|edge| edge.child)
    }

    fn start_round(&mut self) {
        self.visited.resize(self.graph.spec_count(), 0);
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.visited.fill(0);
            self.round = 1;
        }
    }

    /// Marks a spec; false if it was marked in this round.
    fn visit(&mut self, spec: u32) -> bool {
        let round = std::mem::replace(&mut self.visited[spec as usize], self.round);
        round != self.round
    }
}

/// Returns whether an edge is of type link or run.
pub(super) fn is_runtime(edge: SpecEdge) -> bool {
    edge.types
        .intersects(DependencyTypes::LINK | DependencyTypes::RUN)
}
