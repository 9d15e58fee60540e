//! The faults of an input: each with its place and its kind.

use thiserror::Error;

use crate::graph::id::SpecId;

/// An id that the graph does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{id} is out of range: the graph has {spec_count} specs")]
pub struct OutOfRange {
    /// The id that was given.
    pub id: SpecId,
    /// The number of specs that the graph has; ids run from 0 to one less.
    pub spec_count: usize,
}

/// The reason why edges do not form a graph.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// More specs than an edge can name.
    #[error("{spec_count} specs are too many: a graph can have at most {limit}")]
    TooManySpecs {
        /// The number of specs that were given.
        spec_count: usize,
        /// The number of specs that a graph can hold.
        limit: usize,
    },
    /// More edges than a row can hold.
    #[error("too many edges: a graph can have at most {limit}")]
    TooManyEdges {
        /// The number of edges that a graph can hold.
        limit: usize,
    },
    /// An edge ends at a spec that does not exist.
    #[error("edge {edge} is invalid")]
    EdgeOutOfRange {
        /// The position of the edge among those given.
        edge: usize,
        /// The end that is wrong.
        #[source]
        source: OutOfRange,
    },
    /// The ranks are not each of `0..spec_count` once.
    #[error("rank {rank} of {id} is out of range or given twice")]
    RankNotUnique {
        /// The spec whose rank is at fault.
        id: SpecId,
        /// Its rank.
        rank: u32,
    },
    /// Specs depend on themselves.
    #[error("{}", cycle_message(cycle))]
    Cycle {
        /// A shortest cycle, each spec followed by one that it depends on and the last by the
        /// first; it starts at its smallest rank. Never empty.
        cycle: Vec<SpecId>,
    },
}

/// The reason why a task cannot be planned.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TaskError {
    /// A set, or a list with a value for each spec, was made for another graph.
    #[error("`{field}` is about {len} specs, but the graph has {spec_count}")]
    WrongLength {
        /// The field of the task.
        field: &'static str,
        /// The number of specs that it is about.
        len: usize,
        /// The number of specs that the graph has.
        spec_count: usize,
    },
    /// An id that the graph does not have.
    #[error("`{field}` is invalid")]
    SpecOutOfRange {
        /// The field of the task.
        field: &'static str,
        /// The id.
        #[source]
        source: OutOfRange,
    },
    /// A cost that cannot be added up.
    #[error("the cost of {id} is {cost}: a cost is a finite number of at least 0")]
    BadCost {
        /// The spec.
        id: SpecId,
        /// Its cost as given.
        cost: f64,
    },
}

fn cycle_message(cycle: &[SpecId]) -> String {
    match cycle {
        [] => "specs depend on each other in a cycle".to_owned(),
        [one] => format!("{one} depends on itself"),
        [first, ..] => format!(
            "{} specs depend on each other in a cycle that starts at {first}",
            cycle.len()
        ),
    }
}
