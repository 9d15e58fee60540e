//! The builds of pruning node by node, and the unnecessary ones.
//!
//! `spack ci generate --prune-dag` drops each job whose own spec has a binary, and keeps every
//! other spec that the roots reach, including those that only the build of a dropped spec needed.

use crate::graph::id::{Place, SpecId};
use crate::graph::set::SpecSet;
use crate::graph::{Direction, Places};
use crate::plan::Plan;
use crate::plan::rules::{Rules, Standing};

/// The reason why an edge of a spec is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutReason {
    /// The dependent has a binary, and the edge is only for building or testing it.
    Available,
    /// The system provides the dependent.
    External,
    /// The dependent is spliced, not built, and the edge is only for building or testing it.
    Spliced,
    /// The edge is only for testing the dependent.
    TestOnly,
}

impl CutReason {
    /// The reason why `dependent` does not demand the other end of one of its edges.
    pub(crate) fn of(rules: &Rules, dependent: Place) -> Self {
        match rules.standing(dependent) {
            Standing::Available => Self::Available,
            Standing::External => Self::External,
            Standing::Spliced => Self::Spliced,
            Standing::Absent => Self::TestOnly,
        }
    }
}

/// An unnecessary build of pruning node by node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnecessary {
    /// The spec that nothing needs.
    pub spec: SpecId,
    /// The spec that makes it unnecessary: the nearest available dependent that it could only help
    /// to build, going up through unneeded specs; of several, the one of smallest rank. If no
    /// available one is above it, the nearest of another kind.
    pub cut_by: SpecId,
    /// The reason why `cut_by` does not need it.
    pub reason: CutReason,
}

/// The builds of pruning node by node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeByNode {
    /// All specs that the roots reach over any edge and that are neither external nor available.
    /// Spliced specs are not counted, as nobody builds them; the specs that they were built as are.
    pub builds: SpecSet,
    /// The unnecessary ones, in ascending rank. Builds that the plan left out because of a broken
    /// spec are needed, and not among them.
    pub unnecessary: Vec<Unnecessary>,
}

impl Plan {
    /// The builds of pruning node by node. Complexity: O(n + m).
    pub fn node_by_node(&self) -> NodeByNode {
        NodeByNode::new(self)
    }
}

impl NodeByNode {
    fn new(plan: &Plan) -> Self {
        let (rules, graph) = (&plan.rules, &plan.rules.graph);
        let closure = plan.root_closure();
        let builds = rules.standing_among(&closure, Standing::Absent);
        let cuts = Cuts::new(rules, &closure, &plan.needed_at_best);
        let mut unnecessary: Vec<Place> = builds
            .difference(&plan.needed_at_best)
            .map(Place::at)
            .collect();
        unnecessary.sort_unstable_by_key(|&place| graph.rank_at(place));
        let unnecessary = unnecessary.into_iter().map(|place| {
            let cut_by = cuts.by[place.index()]
                .expect("a path from a root to an unneeded spec holds an edge that is cut");
            Unnecessary {
                spec: graph.id_at(place),
                cut_by: graph.id_at(cut_by),
                reason: CutReason::of(rules, cut_by),
            }
        });
        Self {
            unnecessary: unnecessary.collect(),
            builds: graph.specs_at(&builds),
        }
    }
}

/// For each spec of the closure that is not needed, the nearest one above it that cuts it off.
///
/// 1. Every edge from the closure to an unneeded spec that is not demanded is cut; the dependent of
///    smallest rank is the cut of the spec below.
/// 2. Level by level, an unneeded spec passes its cut down to the specs that it would demand and
///    that have none yet; within a level the smallest rank wins.
///
/// Both steps run for cuts by available specs first, then for other cuts where none was found.
struct Cuts {
    by: Vec<Option<Place>>,
}

impl Cuts {
    fn new(rules: &Rules, closure: &Places, needed: &Places) -> Self {
        let mut cuts = Self {
            by: vec![None; rules.graph.spec_count()],
        };
        for by_available in [true, false] {
            cuts.spread(rules, closure, needed, by_available);
        }
        cuts
    }

    fn spread(&mut self, rules: &Rules, closure: &Places, needed: &Places, by_available: bool) {
        let graph = &rules.graph;
        let mut settled = graph.no_places();
        for (place, by) in self.by.iter().enumerate() {
            settled.set(place, by.is_some() || needed.contains(place));
        }
        let mut offers: Vec<(Place, Place)> = Vec::new();
        for dependent in closure.ones().map(Place::at) {
            if (rules.standing(dependent) == Standing::Available) == by_available {
                for hop in graph.row(dependent, Direction::Dependencies) {
                    if !settled.contains(hop.place().index())
                        && !rules.demands(dependent, hop.kinds(), hop.place())
                    {
                        offers.push((hop.place(), dependent));
                    }
                }
            }
        }
        while !offers.is_empty() {
            let mut level = Vec::new();
            for (place, cut) in offers.drain(..) {
                let by = &mut self.by[place.index()];
                match *by {
                    None => {
                        *by = Some(cut);
                        level.push(place);
                    }
                    Some(other) if graph.rank_at(cut) < graph.rank_at(other) => *by = Some(cut),
                    Some(_) => {}
                }
            }
            settled.extend(level.iter().map(|place| place.index()));
            for place in level {
                if let Some(cut) = self.by[place.index()] {
                    let below = rules.demanded(place);
                    let open = below.filter(|below| !settled.contains(below.index()));
                    offers.extend(open.map(|below| (below, cut)));
                }
            }
        }
    }
}
