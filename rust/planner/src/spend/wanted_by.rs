//! The roots that need a spec, for as many roots at a time as there are lanes.

use crate::graph::bitlanes::Lanes;
use crate::graph::id::Place;
use crate::plan::Plan;

/// By place, the roots that need the spec, of at most [`Lanes::COUNT`]. Complexity: O(n + m).
pub(super) fn wanted_by(plan: &Plan, roots: &[Place]) -> Vec<Lanes> {
    let mut wanted_by = vec![Lanes::NONE; plan.graph().spec_count()];
    for (lane, root) in roots.iter().enumerate() {
        wanted_by[root.index()].set(lane);
    }
    for index in plan.needed.ones().rev() {
        let lanes = wanted_by[index];
        if !lanes.is_none() {
            for dependency in plan.rules.demanded(Place::at(index)) {
                wanted_by[dependency.index()].unite(lanes);
            }
        }
    }
    wanted_by
}
