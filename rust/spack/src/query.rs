//! Matching specs of a graph against an abstract spec.

use crate::graph::SpecGraph;
use crate::spec::{AbstractSpec, Dependency, NodeConstraint};

mod clause;
mod closure;
mod compiler;
mod matcher;
mod node;
mod summary;

pub use clause::{ClauseKind, FailedClause};
pub use matcher::Matcher;

/// An abstract spec, prepared for matching against many specs.
///
/// Its constraints are of two kinds. Those of [`PreparedSpec::node`] can be checked on one spec alone, so
/// a catalog can check them by columns and bitsets; [`Matcher::satisfies_node`] checks one spec.
/// The rest needs a walk over the graph by [`Matcher::satisfies_graph`], best done for the
/// remaining specs.
#[derive(Clone, Debug)]
pub struct PreparedSpec {
    spec: AbstractSpec,
    rules: Vec<Rule>,
}

/// One dependency of the abstract spec, and the node that it hangs on.
#[derive(Clone, Debug)]
struct Rule {
    holder: Holder,
    dependency: Dependency,
    when: Option<PreparedSpec>,
}

/// The node that a dependency hangs on.
#[derive(Clone, Debug)]
enum Holder {
    /// The spec itself.
    Root,
    /// The dependency of this name. Without a name, Spack uses the root.
    Named(Box<str>),
}

impl PreparedSpec {
    /// Prepares an abstract spec.
    pub fn new(spec: AbstractSpec) -> Self {
        let mut rules = Vec::new();
        for dependency in &spec.dependencies {
            rules.push(Rule::new(Holder::Root, dependency));
            for below in &dependency.spec.dependencies {
                let holder = match &dependency.spec.node.name {
                    Some(name) => Holder::Named(name.clone()),
                    None => Holder::Root,
                };
                rules.push(Rule::new(holder, below));
            }
        }
        Self { spec, rules }
    }

    /// The abstract spec.
    pub fn spec(&self) -> &AbstractSpec {
        &self.spec
    }

    /// The constraints on the spec itself, without variants that propagate.
    pub fn node(&self) -> &NodeConstraint {
        &self.spec.node
    }

    /// Returns whether the node alone decides, without a walk over the graph.
    pub fn is_node_only(&self) -> bool {
        self.spec.is_node_only()
    }

    /// Returns a matcher for the specs of a graph. Its answers share work, so use one matcher for
    /// all of them.
    pub fn matcher<'q, G: SpecGraph>(&'q self, graph: &'q G) -> Matcher<'q, G> {
        Matcher::new(self, graph)
    }
}

impl Rule {
    fn new(holder: Holder, dependency: &Dependency) -> Self {
        Self {
            holder,
            when: dependency.when.as_deref().cloned().map(PreparedSpec::new),
            dependency: dependency.clone(),
        }
    }
}

impl From<AbstractSpec> for PreparedSpec {
    fn from(spec: AbstractSpec) -> Self {
        Self::new(spec)
    }
}

#[cfg(test)]
mod tests;
