//! Two points in time: which new hashes changed themselves, which inherited it, and from what.

mod fresh;
mod hold;

use std::sync::Arc;

use self::fresh::Fresh;
pub use self::hold::{BestHold, HoldList, HoldStep};
use crate::error::TaskError;
use crate::graph::Graph;
use crate::id::SpecId;
use crate::set::SpecSet;

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

/// Why a hash is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Own change: no old spec has its own content.
    Content,
    /// Own change: its content is old and so is all that it depends on, but together they are
    /// new; for example it now takes another one of two old dependencies.
    Rewired,
    /// Its own content is old, and something that it depends on is new.
    Inherited,
}

impl Origin {
    /// Whether the spec changed itself.
    pub const fn is_own_change(self) -> bool {
        matches!(self, Self::Content | Self::Rewired)
    }
}

/// A spec that changed itself, and how far that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnChange {
    /// The spec.
    pub spec: SpecId,
    /// In what way it changed.
    pub origin: Origin,
    /// How many new hashes have it in their closure, itself included.
    pub reaches: usize,
    /// How many new hashes it explains alone, itself included: those that it dominates, so that
    /// nothing new gets into them but through it.
    pub explains_alone: usize,
    /// How many new hashes it reaches over link and run edges alone, itself included.
    pub reaches_by_link_run: usize,
}

/// What a comparison found.
#[derive(Clone, Debug)]
pub struct Difference {
    fresh: Fresh,
    external: SpecSet,
}

impl Difference {
    /// Compares two states.
    ///
    /// Law: every new hash has an own change in its closure, perhaps itself. For one that has none
    /// has old content and only old dependencies, which is an own change by definition.
    ///
    /// # Errors
    ///
    /// [`TaskError::WrongLength`] if a set or `own_content` is not about the graph.
    ///
    /// # Complexity
    ///
    /// O(n + m).
    pub fn new(comparison: &Comparison) -> Result<Self, TaskError> {
        let spec_count = comparison.graph.spec_count();
        for (field, len) in [
            ("old", comparison.old.spec_count()),
            ("new", comparison.new.spec_count()),
            ("external", comparison.external.spec_count()),
            ("own_content", comparison.own_content.len()),
        ] {
            if len != spec_count {
                return Err(TaskError::WrongLength {
                    field,
                    len,
                    spec_count,
                });
            }
        }
        Ok(Self {
            fresh: Fresh::new(comparison),
            external: comparison.external.clone(),
        })
    }

    /// Why a hash is new, or `None` if it is not.
    pub fn origin(&self, spec: SpecId) -> Option<Origin> {
        self.fresh.origin(spec)
    }

    /// The new hashes, in ascending rank, each with its origin.
    pub fn new_hashes(&self) -> Vec<(SpecId, Origin)> {
        self.fresh.by_rank()
    }

    /// The own changes and how far each goes: the farthest first, then by rank.
    ///
    /// # Complexity
    ///
    /// O(c m / 256) for c own changes, on all cores, and the sum of what each reaches. Which own
    /// changes reach a spec is a bit set, 256 of them at a time.
    pub fn own_changes(&self) -> Vec<OwnChange> {
        let (reach, alone) = (self.fresh.reach(), self.fresh.explained_alone());
        let causes = self.fresh.causes().iter().zip(reach).zip(alone);
        let mut changes: Vec<OwnChange> = causes
            .map(|((&cause, reach), explains_alone)| OwnChange {
                spec: self.fresh.id(cause),
                origin: self.fresh.origins()[cause as usize],
                reaches: reach.over_all,
                explains_alone,
                reaches_by_link_run: reach.over_link_run,
            })
            .collect();
        // The causes are in ascending rank, and the sort is stable.
        changes.sort_by_key(|change| std::cmp::Reverse(change.reaches));
        changes
    }

    /// The own changes in the closure of a spec, itself included, in ascending rank; none for a
    /// hash that is not new. Complexity: O(n + m).
    pub fn own_changes_of(&self, spec: SpecId) -> Vec<SpecId> {
        self.fresh.causes_of(spec)
    }

    /// In which order to hold changes back so that few builds remain. Complexity: see [`HoldList`].
    pub fn hold_list(&self) -> HoldList {
        hold::hold_list(&self.fresh, &self.external)
    }
}
