//! The builds that are left out of a plan because they need a spec that does not build.

use std::sync::Arc;

use crate::graph::id::{Place, SpecId};
use crate::graph::{Graph, Places};
use crate::plan::rules::{Rules, Standing};

/// The reason why a spec is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It is known not to build.
    Broken,
    /// It needs a spec that is: the shortest chain of demands from the spec down to a broken one,
    /// both included; of several, the one with the smallest ranks from the broken end on.
    Needs(Vec<SpecId>),
    /// It could be built, but only specs that are left out need it.
    Unneeded,
}

/// The builds missing in the plan, compared with the plan of the same task in which nothing is
/// broken.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    /// The cut: the broken specs that would have to be built, in ascending rank.
    pub cut: Vec<SpecId>,
    /// The wants that cannot be met, in ascending rank.
    pub wants: Vec<SpecId>,
    /// The builds that are not planned, `cut` included, in ascending rank.
    pub builds: Vec<SpecId>,
    /// `None` if nothing is left out.
    chains: Option<Chains>,
}

impl LeftOut {
    /// The reason why a spec is left out. Unspecified for a spec that is not.
    ///
    /// Complexity: the length of the chain; the total length of all chains may grow with the square
    /// of the builds.
    pub fn reason(&self, spec: SpecId) -> LeftOutReason {
        let chains = self.chains.as_ref();
        chains.map_or(LeftOutReason::Unneeded, |chains| chains.reason(spec))
    }

    /// The number of specs that the chain of that reason holds, 0 if it has none. Complexity: O(1).
    pub fn chain_len(&self, spec: SpecId) -> usize {
        let chains = self.chains.as_ref();
        chains.map_or(0, |chains| chains.len_of(spec))
    }
}

/// The specs that the remaining wants need, and those that are left out.
pub(crate) struct KeptWants {
    pub(crate) needed: Places,
    /// The specs that would be needed if nothing were broken.
    pub(crate) needed_at_best: Places,
    pub(crate) blocked: Places,
}

impl KeptWants {
    /// 1. Find what is blocked, from the leaves up.
    /// 2. Drop the wants that are.
    /// 3. Close the rest under the rules. As a spec that demands a blocked one is blocked itself,
    ///    nothing blocked is reached.
    ///
    /// Complexity: O(n + m); one walk if nothing is broken.
    pub(crate) fn new(rules: &Rules, wants: &Places, broken: &Places) -> Self {
        let needed_at_best = rules.needed(wants);
        let blocked = rules.blocked(broken);
        let needed = if blocked.is_clear() {
            needed_at_best.clone()
        } else {
            let mut wants = wants.clone();
            wants.difference_with(&blocked);
            rules.needed(&wants)
        };
        Self {
            needed,
            needed_at_best,
            blocked,
        }
    }

    pub(crate) fn left_out(&self, rules: &Rules, wants: &Places, broken: &Places) -> LeftOut {
        if self.blocked.is_clear() {
            return LeftOut::default();
        }
        let graph = &rules.graph;
        let mut builds: Vec<Place> = self
            .needed_at_best
            .difference(&self.needed)
            .map(Place::at)
            .filter(|&place| rules.standing(place) == Standing::Absent)
            .collect();
        builds.sort_unstable_by_key(|&place| graph.rank_at(place));
        let chains = Chains::new(rules, &self.blocked, broken);
        LeftOut {
            cut: graph.ranked(
                builds
                    .iter()
                    .copied()
                    .filter(|place| broken.contains(place.index())),
            ),
            wants: graph.ranked(wants.intersection(&self.blocked).map(Place::at)),
            builds: builds.iter().map(|&place| graph.id_at(place)).collect(),
            chains: Some(chains),
        }
    }
}

/// For each blocked spec the next one on a shortest chain to a broken one: a breadth-first walk
/// from the broken specs up, by rank.
#[derive(Clone, Debug)]
pub(crate) struct Chains {
    graph: Arc<Graph>,
    /// By place, the next spec and how many edges lead to the broken one; a broken spec is its own
    /// next.
    next: Vec<Option<(Place, u32)>>,
}

impl Chains {
    pub(crate) fn new(rules: &Rules, blocked: &Places, broken: &Places) -> Self {
        let graph = &rules.graph;
        let mut next = vec![None; graph.spec_count()];
        let mut queue: Vec<(Place, u32)> = broken
            .ones()
            .map(Place::at)
            .filter(|&place| rules.standing(place) == Standing::Absent)
            .map(|place| (place, 0))
            .collect();
        queue.sort_unstable_by_key(|&(place, _)| graph.rank_at(place));
        for &(place, steps) in &queue {
            next[place.index()] = Some((place, steps));
        }
        let mut head = 0;
        while head < queue.len() {
            let (place, steps) = queue[head];
            for hop in graph.dependents_at(place) {
                let dependent = hop.place();
                if next[dependent.index()].is_none() && rules.demands(dependent, hop.kinds(), place)
                {
                    debug_assert!(blocked.contains(dependent.index()));
                    next[dependent.index()] = Some((place, steps + 1));
                    queue.push((dependent, steps + 1));
                }
            }
            head += 1;
        }
        Self {
            graph: Arc::clone(graph),
            next,
        }
    }

    pub(crate) fn reason(&self, spec: SpecId) -> LeftOutReason {
        match self.next_of(spec) {
            None => LeftOutReason::Unneeded,
            Some((_, 0)) => LeftOutReason::Broken,
            Some(_) => LeftOutReason::Needs(self.chain(spec)),
        }
    }

    /// The length of the chain of the reason.
    fn len_of(&self, spec: SpecId) -> usize {
        match self.next_of(spec) {
            None | Some((_, 0)) => 0,
            Some((_, steps)) => steps as usize + 1,
        }
    }

    fn next_of(&self, spec: SpecId) -> Option<(Place, u32)> {
        self.next[self.graph.place_of(spec)?.index()]
    }

    /// The chain from a spec down to a broken one; the spec alone if it is not blocked.
    fn chain(&self, spec: SpecId) -> Vec<SpecId> {
        let mut chain = vec![spec];
        let mut next = self.next_of(spec);
        while let Some((place, steps)) = next.filter(|&(_, steps)| steps > 0) {
            debug_assert_eq!(
                self.next[place.index()].map(|(_, left)| left + 1),
                Some(steps)
            );
            chain.push(self.graph.id_at(place));
            next = self.next[place.index()];
        }
        chain
    }
}
