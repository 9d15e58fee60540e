//! The states that are compared, and the changes of specs themselves.

use std::sync::Arc;

use crate::graph::Graph;
use crate::graph::id::SpecId;
use crate::graph::set::SpecSet;

/// Two states to compare, both in one graph. A hash fixes its dependencies, so that the specs of two
/// locks fit in one graph without contradiction.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The specs of both states and what they need.
    pub graph: Arc<Graph>,
    /// The specs of the old state. Like every lock it holds what its specs depend on.
    pub old: SpecSet,
    /// The specs of the new state, which holds what its specs depend on too.
    pub new: SpecSet,
    /// The specs that the system provides: they can be the cause of builds, but are none.
    pub external: SpecSet,
    /// By id, which own content each spec has: all of it but the hashes of its dependencies. Equal
    /// numbers mean equal content; nothing else is read from them.
    pub own_content: Vec<u32>,
}

/// The reason why a hash is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOrigin {
    /// Own change: no old spec has its own content.
    Content,
    /// Own change: its content is old and so is all that it depends on, but together they are
    /// new; for example it now takes another one of two old dependencies.
    Rewired,
    /// Its own content is old, and something that it depends on is new.
    Inherited,
}

impl ChangeOrigin {
    /// Returns whether the spec changed itself.
    pub const fn is_own_change(self) -> bool {
        matches!(self, Self::Content | Self::Rewired)
    }
}

/// A spec that changed itself, and the reach of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnChange {
    /// The spec.
    pub spec: SpecId,
    /// The way in which it changed.
    pub origin: ChangeOrigin,
    /// The number of new hashes that have it in their closure, itself included.
    pub reaches: usize,
    /// The number of new hashes that it explains alone, itself included: those that it dominates,
    /// so that every change reaches them through it.
    pub explains_alone: usize,
    /// The number of new hashes that it reaches over link and run edges alone, itself included.
    pub reaches_by_link_run: usize,
}
