//! The answers of plans.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::specs::NamedAnswer;

/// Repeated texts: the number of the distinct one for each position.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct RepeatedAnswer {
    pub(super) numbers: Vec<u32>,
    pub(super) distinct: Vec<String>,
}

/// Sets of stacks that repeat.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct RepeatedStacksAnswer {
    pub(super) numbers: Vec<u32>,
    pub(super) distinct: Vec<Vec<String>>,
}

/// The builds of a plan in columns, by stage, then hash: there are many of them.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct BuildsAnswer {
    pub(super) hashes: Vec<String>,
    pub(super) packages: RepeatedAnswer,
    pub(super) versions: RepeatedAnswer,
    pub(super) platforms: RepeatedAnswer,
    pub(super) oss: RepeatedAnswer,
    pub(super) targets: RepeatedAnswer,
    pub(super) stacks: RepeatedStacksAnswer,
    pub(super) stages: Vec<u32>,
    pub(super) costs: Vec<f64>,
    pub(super) causes: Vec<&'static str>,
}

/// The numbers of a plan.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct TotalsAnswer {
    pub(super) wants: usize,
    pub(super) wants_left_out: usize,
    pub(super) builds: usize,
    pub(super) cost: f64,
    pub(super) stages: usize,
    pub(super) critical_path: f64,
    pub(super) reused: usize,
    pub(super) node_by_node: usize,
    pub(super) due_to_change: usize,
}

/// The builds of one runner, in order.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ShardAnswer {
    /// The time during which it builds.
    pub(super) busy: f64,
    /// The positions of the builds.
    pub(super) builds: Vec<u32>,
    pub(super) starts: Vec<f64>,
    pub(super) finishes: Vec<f64>,
}

/// When builds run.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct ScheduleAnswer {
    pub(super) makespan: f64,
    pub(super) lower_bound: f64,
    /// The reason for that bound.
    pub(super) reason: &'static str,
    /// By runner.
    pub(super) shards: Py<PyTuple>,
}

/// The unnecessary builds of pruning node by node.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct UnnecessaryAnswer {
    pub(super) spec: NamedAnswer,
    /// The spec that makes it unnecessary.
    pub(super) cut_by: NamedAnswer,
    pub(super) reason: &'static str,
}

/// A spec of a lock that contains the change but is not stale.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct UntestedAnswer {
    pub(super) spec: NamedAnswer,
    pub(super) kept_by: &'static str,
    pub(super) is_available: bool,
}

/// A build that is left out.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct LeftOutBuildAnswer {
    pub(super) spec: NamedAnswer,
    pub(super) reason: &'static str,
    /// The length of the chain of the reason.
    pub(super) chain_length: usize,
}

/// The parts that a plan leaves out.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct LeftOutAnswer {
    /// Broken specs that were to be built.
    pub(super) cut: Vec<String>,
    /// Wants that cannot be met.
    pub(super) wants: Vec<String>,
    pub(super) builds: Py<PyTuple>,
}

/// The verdict on a spec.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone, Default)]
pub(crate) struct VerdictAnswer {
    pub(super) verdict: &'static str,
    /// The cause of a build.
    pub(super) cause: Option<&'static str>,
    /// The reason why it is left out.
    pub(super) left_out: Option<&'static str>,
    /// From what is left out down to a broken spec.
    pub(super) chain: Vec<String>,
}

/// A spec of a chain, and the types of its edge to the next one.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct LinkAnswer {
    pub(super) spec: NamedAnswer,
    pub(super) types: Vec<&'static str>,
}

/// The way in which a spec contains the change.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct HeldAnswer {
    pub(super) is_stale: bool,
    /// Down to a changed spec.
    pub(super) chain: Vec<LinkAnswer>,
}

/// A line of the tree that shows why a spec is planned.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct WhyLineAnswer {
    pub(super) depth: usize,
    pub(super) spec: NamedAnswer,
    /// Its relation to the parent line.
    pub(super) link: &'static str,
    /// The reason why it does not need the parent.
    pub(super) reason: Option<&'static str>,
    /// The types of the edge.
    pub(super) types: Vec<&'static str>,
    pub(super) is_want: bool,
    /// Whether another line shows the lines below.
    pub(super) is_repeated: bool,
}

/// The reason why a spec is planned, or is not.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct WhyAnswer {
    pub(super) spec: NamedAnswer,
    pub(super) verdict: VerdictAnswer,
    pub(super) held: Option<HeldAnswer>,
    pub(super) tree: Py<PyTuple>,
}
