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

/// An abstract spec made ready to be asked of many specs.
///
/// Its questions come in two kinds. What [`PreparedSpec::node`] asks can be determined from one spec alone, so
/// a catalog can answer it by columns and bitsets; [`Matcher::satisfies_node`] answers it for
/// one. The rest walks the graph and is left to [`Matcher::satisfies_graph`], which is best asked of
/// what is left.
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
    /// The spec that is asked.
    Root,
    /// The dependency of this name. Spack does not follow one without a name and asks the root.
    Named(Box<str>),
}

impl PreparedSpec {
    /// Makes an abstract spec ready.
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

    /// Whether the node alone decides, so that the graph need not be walked.
    pub fn is_node_only(&self) -> bool {
        self.spec.is_node_only()
    }

    /// Asks specs of a graph. The answers share work, so one matcher should serve them all.
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
