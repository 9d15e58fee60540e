//! Two points in time: the new hashes that changed themselves, those that inherited a change, and
//! its origin.

mod fresh;
mod hold;
mod own_change;

use self::fresh::Fresh;
pub use self::hold::{BestHold, HoldList, HoldStep};
pub use self::own_change::{ChangeOrigin, Comparison, OwnChange};
use crate::error::TaskError;
use crate::graph::id::SpecId;
use crate::graph::set::SpecSet;

/// The result of a comparison.
#[derive(Clone, Debug)]
pub struct Difference {
    fresh: Fresh,
    external: SpecSet,
}

impl Difference {
    /// Compares two states.
    ///
    /// Law: every new hash has an own change in its closure, perhaps itself. A new hash without one
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

    /// The reason why a hash is new, or `None` if it is not.
    pub fn origin(&self, spec: SpecId) -> Option<ChangeOrigin> {
        self.fresh.origin(spec)
    }

    /// The new hashes, in ascending rank, each with its origin.
    pub fn new_hashes(&self) -> Vec<(SpecId, ChangeOrigin)> {
        self.fresh.by_rank()
    }

    /// The own changes with their reach: the farthest first, then by rank.
    ///
    /// # Complexity
    ///
    /// O(c m / 256) for c own changes, on all cores, and the sum of what each reaches. The own
    /// changes that reach a spec are a bit set, 256 of them at a time.
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

    /// The order in which to hold changes back so that few builds remain. Complexity: see
    /// [`HoldList`].
    pub fn hold_list(&self) -> HoldList {
        hold::hold_list(&self.fresh, &self.external)
    }
}
