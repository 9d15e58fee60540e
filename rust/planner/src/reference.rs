//! The rules as plain recursion on plain sets, for tests to compare with. Slow, and deep recursion
//! on deep graphs; it shares no code with the rest of the crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Edge;
use crate::graph::kinds::EdgeKinds;
use crate::plan::task::Scope;

/// A set of specs.
pub type Specs = BTreeSet<u32>;

/// Edges and flags, as simple as can be.
#[derive(Clone, Debug)]
pub struct Model {
    /// By dependent, then dependency.
    pub edges: Vec<BTreeMap<u32, EdgeKinds>>,
    /// Specs with a binary that counts.
    pub available: Specs,
    /// Specs that the system provides.
    pub external: Specs,
}

impl Model {
    /// A model of `spec_count` specs.
    pub fn new(
        spec_count: usize,
        edges: &[Edge],
        available: impl IntoIterator<Item = u32>,
        external: impl IntoIterator<Item = u32>,
    ) -> Self {
        let mut rows = vec![BTreeMap::new(); spec_count];
        for edge in edges {
            let kinds: &mut EdgeKinds = rows[edge.dependent.index()]
                .entry(edge.dependency.get())
                .or_default();
            *kinds |= edge.kinds;
        }
        Self {
            edges: rows,
            available: available.into_iter().collect(),
            external: external.into_iter().collect(),
        }
    }

    /// The dependencies of a spec over edges of the kinds.
    pub fn over(&self, spec: u32, kinds: EdgeKinds) -> Vec<u32> {
        let row = self.edges[spec as usize].iter();
        row.filter(|(_, edge)| edge.intersects(kinds))
            .map(|(&dependency, _)| dependency)
            .collect()
    }

    /// Returns whether the spec was spliced.
    pub fn is_spliced(&self, spec: u32) -> bool {
        !self.over(spec, EdgeKinds::SPLICE).is_empty()
    }

    /// Returns whether the spec has to be built when it is needed.
    pub fn is_absent(&self, spec: u32) -> bool {
        !self.external.contains(&spec) && !self.available.contains(&spec) && !self.is_spliced(spec)
    }

    /// The dependencies of a spec when it is needed.
    pub fn demands(&self, spec: u32) -> Vec<u32> {
        let runtime = EdgeKinds::LINK | EdgeKinds::RUN;
        if self.external.contains(&spec) {
            return Vec::new();
        }
        if self.available.contains(&spec) {
            return self.over(spec, runtime);
        }
        if !self.is_spliced(spec) {
            return self.over(spec, runtime | EdgeKinds::BUILD);
        }
        let mut demands = self.over(spec, runtime);
        for built_as in self.over(spec, EdgeKinds::SPLICE) {
            let at_hand = self.available.contains(&built_as) || self.external.contains(&built_as);
            if !at_hand && !demands.contains(&built_as) {
                demands.push(built_as);
            }
        }
        demands
    }

    /// `install(spec)`: adds all specs that it leads to to `needed`.
    pub fn install(&self, spec: u32, needed: &mut Specs) {
        if needed.insert(spec) {
            for dependency in self.demands(spec) {
                self.install(dependency, needed);
            }
        }
    }

    /// The specs needed for `wants`.
    pub fn needed(&self, wants: &Specs) -> Specs {
        let mut needed = Specs::new();
        for &want in wants {
            self.install(want, &mut needed);
        }
        needed
    }

    /// The builds of the least plan.
    pub fn plan(&self, wants: &Specs) -> Specs {
        let needed = self.needed(wants).into_iter();
        needed.filter(|&spec| self.is_absent(spec)).collect()
    }

    /// The link and run closure of a spec, up to externals and without them: adds it to `closure`.
    pub fn installed(&self, spec: u32, closure: &mut Specs) {
        if !self.external.contains(&spec) && closure.insert(spec) {
            for dependency in self.over(spec, EdgeKinds::LINK | EdgeKinds::RUN) {
                self.installed(dependency, closure);
            }
        }
    }

    /// The specs of the link and run closure of a spec that have no binary.
    pub fn lacking(&self, root: u32) -> Specs {
        let mut closure = Specs::new();
        self.installed(root, &mut closure);
        &closure - &self.available
    }

    /// Returns whether the spec needs a build of one of `broken`.
    pub fn is_blocked(&self, spec: u32, broken: &Specs) -> bool {
        (self.is_absent(spec) && broken.contains(&spec))
            || self
                .demands(spec)
                .into_iter()
                .any(|below| self.is_blocked(below, broken))
    }

    /// The wants of a scope.
    pub fn wants(&self, roots: &Specs, scope: Scope) -> Specs {
        let mut wants = Specs::new();
        for &root in roots {
            self.want(root, scope, &mut wants);
        }
        wants.retain(|spec| !self.external.contains(spec));
        wants
    }

    fn want(&self, spec: u32, scope: Scope, wants: &mut Specs) {
        if !wants.insert(spec) {
            return;
        }
        let below = match scope {
            Scope::Roots => Vec::new(),
            Scope::Runtime if self.external.contains(&spec) => Vec::new(),
            Scope::Runtime => self.over(spec, EdgeKinds::LINK | EdgeKinds::RUN),
            Scope::All => self.edges[spec as usize].keys().copied().collect(),
        };
        for dependency in below {
            self.want(dependency, scope, wants);
        }
    }

    /// The builds of pruning node by node.
    pub fn node_by_node(&self, roots: &Specs) -> Specs {
        let mut reached = Specs::new();
        for &root in roots {
            self.want(root, Scope::All, &mut reached);
        }
        reached.retain(|&spec| self.is_absent(spec));
        reached
    }

    /// When a spec can be installed, in stages.
    pub fn ready(&self, spec: u32) -> u32 {
        let below = self
            .demands(spec)
            .into_iter()
            .map(|below| self.ready(below))
            .max();
        below.unwrap_or(0) + u32::from(self.is_absent(spec))
    }

    /// The builds that a build waits for.
    pub fn needs(&self, build: u32) -> Specs {
        let mut needs = Specs::new();
        for dependency in self.demands(build) {
            self.look_through(dependency, &mut needs);
        }
        needs
    }

    fn look_through(&self, spec: u32, needs: &mut Specs) {
        if self.is_absent(spec) {
            needs.insert(spec);
        } else {
            for dependency in self.demands(spec) {
                self.look_through(dependency, needs);
            }
        }
    }

    /// The cost of the most expensive chain of builds that ends with `build`.
    pub fn chain_cost(&self, build: u32, costs: &[f64]) -> f64 {
        let below = self.needs(build).into_iter();
        let dearest = below
            .map(|other| self.chain_cost(other, costs))
            .fold(0.0, f64::max);
        costs[build as usize] + dearest
    }

    /// The specs with one of `changed` at most `depth` edges below them, over edges of the kinds;
    /// `None` follows every edge.
    pub fn dependents(&self, changed: &Specs, kinds: Option<EdgeKinds>, depth: u32) -> Specs {
        let mut reached = changed.clone();
        for _ in 0..depth.min(u32::try_from(self.edges.len()).unwrap_or(u32::MAX)) {
            let level = reached.clone();
            for (dependent, row) in (0..).zip(&self.edges) {
                let carried = |edge: &EdgeKinds| kinds.is_none_or(|kinds| edge.intersects(kinds));
                if row
                    .iter()
                    .any(|(below, edge)| level.contains(below) && carried(edge))
                {
                    reached.insert(dependent);
                }
            }
        }
        reached
    }
}
