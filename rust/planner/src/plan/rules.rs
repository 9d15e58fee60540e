//! The rules of installing and building, as edges that a spec's standing makes it follow.
//!
//! ```text
//! install(s): s external -> nothing
//!             s available -> install(d) for each link or run dependency d
//!             s spliced   -> the same, and fetch(b) for the spec b that it was built as
//!             otherwise   -> build(s)
//! build(s):   s is in the plan; install(d) for each build, link or run dependency d
//! fetch(b):   nothing if b is available or external, otherwise as install(b)
//! ```
//!
//! Which rule applies to a spec follows from its standing alone, so a state such as "install s" is
//! the spec itself, and a rule is a set of edges: those that the spec *demands*. A spec that is
//! fetched but not installed has no binary and is then built, which is what installing it does.

use std::sync::Arc;

use crate::graph::closure::descend;
use crate::graph::id::Place;
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Graph, Hop, Places};

/// The possible actions for a spec that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The system provides it.
    External,
    /// The cache has its binary.
    Available,
    /// No binary; it is made by rewiring the binary that it was built as.
    Spliced,
    /// No binary: it has to be built.
    Absent,
}

impl Standing {
    const fn demands(self) -> EdgeKinds {
        match self {
            Self::External => EdgeKinds::NONE,
            Self::Available => EdgeKinds::INSTALL,
            Self::Spliced => EdgeKinds::INSTALL_SPLICED,
            Self::Absent => EdgeKinds::REBUILD,
        }
    }

    /// Returns whether there is nothing left to fetch.
    const fn is_at_hand(self) -> bool {
        matches!(self, Self::External | Self::Available)
    }

    /// Returns whether the spec is neither available nor external.
    pub(crate) const fn is_missing(self) -> bool {
        !self.is_at_hand()
    }
}

/// The graph together with the standing of each spec.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) graph: Arc<Graph>,
    standing: Vec<Standing>,
}

impl Rules {
    pub(crate) fn new(graph: Arc<Graph>, external: &SpecSet, available: &SpecSet) -> Self {
        let standing = graph.ids().iter().enumerate().map(|(place, &id)| {
            if external.contains(id) {
                Standing::External
            } else if available.contains(id) {
                Standing::Available
            } else if graph.spliced().contains(place) {
                Standing::Spliced
            } else {
                Standing::Absent
            }
        });
        Self {
            standing: standing.collect(),
            graph,
        }
    }

    /// Stops counting the binaries of these specs.
    pub(crate) fn forget_binaries(&mut self, stale: &Places) {
        for place in stale.ones() {
            if self.standing[place] == Standing::Available {
                self.standing[place] = if self.graph.spliced().contains(place) {
                    Standing::Spliced
                } else {
                    Standing::Absent
                };
            }
        }
    }

    pub(crate) fn standing(&self, place: Place) -> Standing {
        self.standing[place.index()]
    }

    /// Returns whether a spec is built when it is needed.
    pub(crate) fn is_build(&self, place: Place) -> bool {
        self.standing(place) == Standing::Absent
    }

    /// The specs of `places` with a standing.
    pub(crate) fn standing_among(&self, places: &Places, standing: Standing) -> Places {
        let mut found = self.graph.no_places();
        found.extend(
            places
                .ones()
                .filter(|&place| self.standing(Place::at(place)) == standing),
        );
        found
    }

    /// Returns whether `from`, when it is needed, needs the other end of one of its edges.
    pub(crate) fn demands(&self, from: Place, kinds: EdgeKinds, to: Place) -> bool {
        let hit = kinds & self.standing(from).demands();
        hit.intersects(EdgeKinds::REBUILD) || (!hit.is_empty() && !self.standing(to).is_at_hand())
    }

    /// The needs of a spec when it is needed, in ascending rank.
    pub(crate) fn demanded(&self, from: Place) -> impl Iterator<Item = Place> + '_ {
        let row: &[Hop] = match self.standing(from) {
            Standing::External => &[],
            _ => self.graph.dependencies_at(from),
        };
        row.iter()
            .filter(move |hop| self.demands(from, hop.kinds(), hop.place()))
            .map(|hop| hop.place())
    }

    /// The specs needed for `wants`: the least set that contains them and is closed under the
    /// rules.
    ///
    /// A branch for each edge would be hard to predict, hence the marking by arithmetic; it equals
    /// marking all [`demanded`](Self::demanded) specs. Complexity: O(n + m).
    pub(crate) fn needed(&self, wants: &Places) -> Places {
        descend(&self.graph, wants, |place, marks| {
            match self.plainly_demanded(place) {
                Some(kinds) => {
                    for hop in self.graph.dependencies_at(place) {
                        marks[hop.place().index()] |= u8::from(hop.kinds().intersects(kinds));
                    }
                }
                None => {
                    for dependency in self.demanded(place) {
                        marks[dependency.index()] = 1;
                    }
                }
            }
        })
    }

    /// The kinds of edges that a spec demands whatever the other end, or `None` for a spec that
    /// looks at the other end.
    pub(crate) fn plainly_demanded(&self, from: Place) -> Option<EdgeKinds> {
        match self.standing(from) {
            Standing::Spliced => None,
            standing => Some(standing.demands()),
        }
    }

    /// The specs that are blocked, as they need a build of one of `broken`.
    ///
    /// One walk from the smallest place up. Complexity: O(n + m).
    pub(crate) fn blocked(&self, broken: &Places) -> Places {
        let mut blocked = self.graph.no_places();
        let Some(bottom) = broken.minimum() else {
            return blocked;
        };
        for index in bottom..self.standing.len() {
            let place = Place::at(index);
            if (broken.contains(index) && self.standing(place) == Standing::Absent)
                || self
                    .demanded(place)
                    .any(|dependency| blocked.contains(dependency.index()))
            {
                blocked.insert(index);
            }
        }
        blocked
    }
}
