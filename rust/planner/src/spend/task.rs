//! The question of a budget and its answer, by specs.

use specplan_solver::Cut;

use crate::graph::id::SpecId;

/// The limits of a budget. If both are set, both hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limit {
    /// At most this many builds; `None` for any number.
    pub builds: Option<u64>,
    /// At most this cost; `None` for any. Costs are precise to a millionth.
    pub cost: Option<f64>,
}

/// A root that any of some specs completes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The specs, the preferred first, each with the worth of completing the root by it: at most
    /// 10^9.
    pub options: Vec<(SpecId, u64)>,
    /// The position of the spec that is preferred without limits. The result is never worth less
    /// than the best choice among these.
    pub first: Option<usize>,
}

impl Want {
    /// A root that is one spec.
    pub fn of(spec: SpecId, weight: u64) -> Self {
        Self {
            options: vec![(spec, weight)],
            first: Some(0),
        }
    }
}

/// Wants that are met together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantGroup {
    /// The sources that can meet them: the wants of only one source count, such as one lock that is
    /// taken as a whole. A want that stands alone is the only one of the only source.
    pub sources: Vec<Vec<Want>>,
    /// The source that is preferred without limits.
    pub first: usize,
}

impl WantGroup {
    /// A want that stands alone.
    pub fn of(want: Want) -> Self {
        Self {
            sources: vec![vec![want]],
            first: 0,
        }
    }
}

/// The outcome of a want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The system provides it.
    External,
    /// It installs without any build.
    Installable,
    /// The chosen builds complete it.
    Completed,
    /// Each spec that completes it needs builds beyond the budget.
    Beyond,
    /// Each spec that completes it needs a broken spec, or there is none.
    LeftOut,
    /// The budget goes to other wants.
    Outbid,
}

impl Outcome {
    /// The outcome as lower-case words joined by underscores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Installable => "installable",
            Self::Completed => "completed",
            Self::Beyond => "beyond",
            Self::LeftOut => "left_out",
            Self::Outbid => "outbid",
        }
    }
}

/// A want and its outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WantOutcome {
    /// Its outcome.
    pub outcome: Outcome,
    /// The position of a spec among its options: the one that completes it, or else the one with
    /// the least further cost; `None` if it is left out.
    pub option: Option<usize>,
    /// The number of builds that it needs beside the chosen ones.
    pub more_builds: u64,
    /// Their cost.
    pub more_cost: f64,
}

/// The result of the budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Spending {
    /// By group, the position of the source that counts.
    pub sources: Vec<usize>,
    /// By group, the outcome of the wants of that source.
    pub wants: Vec<Vec<WantOutcome>>,
    /// The worth of the completed wants.
    pub weight: u64,
    /// The upper bound for all choices within the budget. For competing sources it includes the
    /// worth that installs without any build, minus that of the chosen ones.
    pub upper_bound: u64,
    /// The number of chosen builds.
    pub builds: u64,
    /// Their costs.
    pub cost: f64,
    /// The number of searched nodes.
    pub nodes: u64,
    /// The reason why the search ended before the choice was proven to be worth most.
    pub cut: Option<Cut>,
}

impl Spending {
    /// Returns whether no choice within the budget is worth more.
    pub const fn is_optimal(&self) -> bool {
        self.weight == self.upper_bound
    }
}
