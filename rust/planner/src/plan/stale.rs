//! The specs that a change reaches, and those that a policy or a depth leaves untested.

use crate::graph::closure::{follows, reached_places};
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Direction, Graph, Places};
use crate::plan::task::{Policy, RecipeChange};

impl Policy {
    /// The kinds of edges that carry a change to a dependent.
    fn carrying(self) -> EdgeKinds {
        match self {
            Self::Hash => EdgeKinds::ALL,
            Self::Link => EdgeKinds::INSTALL | EdgeKinds::COMPILER | EdgeKinds::SPLICE,
        }
    }
}

/// The specs that a change makes stale, and those that contain it but are kept.
///
/// The three sets `stale`, `kept_by_policy` and `kept_by_depth` share no spec; together they are
/// all specs with a changed one in their closure, whether external, available or neither.
#[derive(Clone, Debug)]
pub struct Stale {
    /// The specs that changed themselves.
    pub changed: SpecSet,
    /// The specs whose binaries no longer count, `changed` included.
    pub stale: SpecSet,
    /// The specs whose hash will be another, but whose binary the policy keeps.
    pub kept_by_policy: SpecSet,
    /// The specs that the policy would make stale, but that are too far from the change.
    pub kept_by_depth: SpecSet,
}

impl Stale {
    /// The untested specs: those that policy and depth keep although their hashes will change.
    pub fn untested(&self) -> SpecSet {
        self.kept_by_policy.union(&self.kept_by_depth)
    }
}

/// Finds the specs that a change makes stale.
///
/// # Panics
///
/// If `change.changed` was made for another number of specs.
///
/// # Complexity
///
/// O(n / 64) and the dependents of the reached specs. At most three walks: as requested, without
/// the depth, and over all edges; walks with the same result are done once.
pub fn stale(graph: &Graph, change: &RecipeChange) -> Stale {
    assert_eq!(
        change.changed.spec_count(),
        graph.spec_count(),
        "the change and the graph must be about the same specs"
    );
    let changed = graph.places_of(&change.changed);
    let stale = stale_places(graph, change);
    let without_depth = match change.depth {
        None => stale.clone(),
        Some(_) => climb(graph, changed.clone(), change.policy),
    };
    let all = match change.policy {
        Policy::Hash => without_depth.clone(),
        Policy::Link => climb(graph, changed, Policy::Hash),
    };
    let difference = |larger: &Places, smaller: &Places| {
        let mut places = larger.clone();
        places.difference_with(smaller);
        graph.specs_at(&places)
    };
    Stale {
        changed: change.changed.clone(),
        kept_by_policy: difference(&all, &without_depth),
        kept_by_depth: difference(&without_depth, &stale),
        stale: graph.specs_at(&stale),
    }
}

/// The way in which a spec contains a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whether the change makes the spec stale, or a policy or a depth keeps it.
    pub is_stale: bool,
    /// A shortest chain of dependencies from the spec to one that changed, both included: over
    /// edges that carry the change if the spec is stale, else over any edges. Of several, the one
    /// with the smallest ranks from the spec on.
    pub chain: Vec<SpecId>,
}

/// The way in which the spec at `place` contains a change, or `None` if nothing in its closure
/// changed.
///
/// A lexicographic breadth-first walk down, as in [`Reasons`](crate::Reasons). Complexity:
/// O(n + m).
pub(crate) fn held(graph: &Graph, change: &RecipeChange, place: Place) -> Option<Held> {
    let is_stale = stale_places(graph, change).contains(place.index());
    let carrying = if is_stale {
        change.policy.carrying()
    } else {
        EdgeKinds::ALL
    };
    let mut entered_by = vec![None; graph.spec_count()];
    entered_by[place.index()] = Some(place);
    let mut queue = vec![place];
    let mut head = 0;
    while head < queue.len() {
        let mut place = queue[head];
        if change.changed.contains(graph.id_at(place)) {
            let mut chain = vec![graph.id_at(place)];
            while let Some(above) = entered_by[place.index()].filter(|&above| above != place) {
                chain.push(graph.id_at(above));
                place = above;
            }
            chain.reverse();
            return Some(Held { is_stale, chain });
        }
        for hop in graph.dependencies_at(place) {
            let entered = &mut entered_by[hop.place().index()];
            if entered.is_none() && follows(carrying, hop.kinds()) {
                *entered = Some(place);
                queue.push(hop.place());
            }
        }
        head += 1;
    }
    None
}

/// The specs whose binaries a change makes useless.
pub(crate) fn stale_places(graph: &Graph, change: &RecipeChange) -> Places {
    let changed = graph.places_of(&change.changed);
    match change.depth {
        None => climb(graph, changed, change.policy),
        Some(depth) => climb_levels(graph, changed, change.policy, depth),
    }
}

fn climb(graph: &Graph, changed: Places, policy: Policy) -> Places {
    reached_places(graph, changed, Direction::Dependents, policy.carrying())
}

/// As [`climb`], one level of dependents at a time, `depth` levels.
fn climb_levels(graph: &Graph, changed: Places, policy: Policy, depth: u32) -> Places {
    let mut level: Vec<Place> = changed.ones().map(Place::at).collect();
    let mut reached = changed;
    for _ in 0..depth {
        let mut next = Vec::new();
        for place in level {
            for hop in graph.dependents_at(place) {
                if follows(policy.carrying(), hop.kinds()) && !reached.put(hop.place().index()) {
                    next.push(hop.place());
                }
            }
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    reached
}
