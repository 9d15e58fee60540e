//! What is left out of a plan because it needs a spec that does not build.

use crate::graph::{Graph, Places};
use crate::id::{Place, SpecId};
use crate::rules::{Rules, Standing};

/// Why a spec is left out.
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

/// What the plan does without, compared with the plan of the same task in which nothing is broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The cut: the broken specs that would have to be built, in ascending rank.
    pub cut: Vec<SpecId>,
    /// The wants that cannot be had, in ascending rank.
    pub wants: Vec<SpecId>,
    /// The builds that are not planned and why, `cut` included, in ascending rank.
    pub builds: Vec<(SpecId, LeftOutReason)>,
}

/// What the wants that can be had need, and what was left out.
pub(crate) struct Selection {
    pub(crate) needed: Places,
    /// What would be needed if nothing was broken.
    pub(crate) needed_at_best: Places,
    pub(crate) blocked: Places,
}

impl Selection {
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
            builds: builds
                .iter()
                .map(|&place| (graph.id_at(place), chains.reason(graph, place)))
                .collect(),
        }
    }
}

/// For each blocked spec the next one on a shortest chain to a broken one: a breadth-first walk
/// from the broken specs up, by rank.
pub(crate) struct Chains {
    next: Vec<Option<Place>>,
}

impl Chains {
    pub(crate) fn new(rules: &Rules, blocked: &Places, broken: &Places) -> Self {
        let graph = &rules.graph;
        let mut next = vec![None; graph.spec_count()];
        let mut queue: Vec<Place> = broken
            .ones()
            .map(Place::at)
            .filter(|&place| rules.standing(place) == Standing::Absent)
            .collect();
        queue.sort_unstable_by_key(|&place| graph.rank_at(place));
        for &place in &queue {
            next[place.index()] = Some(place);
        }
        let mut head = 0;
        while head < queue.len() {
            let place = queue[head];
            for hop in graph.dependents_at(place) {
                let dependent = hop.place();
                if next[dependent.index()].is_none() && rules.demands(dependent, hop.kinds(), place)
                {
                    debug_assert!(blocked.contains(dependent.index()));
                    next[dependent.index()] = Some(place);
                    queue.push(dependent);
                }
            }
            head += 1;
        }
        Self { next }
    }

    pub(crate) fn reason(&self, graph: &Graph, place: Place) -> LeftOutReason {
        match self.next[place.index()] {
            None => LeftOutReason::Unneeded,
            Some(next) if next == place => LeftOutReason::Broken,
            Some(_) => LeftOutReason::Needs(self.chain(graph, place)),
        }
    }

    /// The chain from `place` down to a broken spec; `place` alone if it is not blocked.
    fn chain(&self, graph: &Graph, place: Place) -> Vec<SpecId> {
        let mut chain = vec![graph.id_at(place)];
        let mut place = place;
        while let Some(next) = self.next[place.index()].filter(|&next| next != place) {
            chain.push(graph.id_at(next));
            place = next;
        }
        chain
    }
}
