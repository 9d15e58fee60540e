//! Which builds each build waits for.
//!
//! `needs(b)` is the set of builds reached from b by one edge that b demands, then any edges
//! demanded by specs that are not built. Following each build on its own is quadratic when many
//! builds look through the same available specs, so sets are shared:
//!
//! 1. A spec that is not built but lies above a build is a *carrier*. All others hide nothing and
//!    are never entered.
//! 2. In ascending places, a carrier with several dependents gets its set once; one with a single
//!    dependent is walked through from there, so that a chain costs its length and no more.
//! 3. The set of a carrier or build is the union of builds met and of sets of carriers met.
//!
//! Invariant: when a set is used it is complete, since what a spec demands has smaller places.
//!
//! Equal sets are stored once. Should the sets of carriers outgrow 16 numbers a spec and edge,
//! further carriers are walked through instead: memory stays linear beside the answer itself.
//! Complexity: O(n + m) and the sizes of the sets united; the answer is the sets of the builds.

use std::sync::Arc;

use crate::graph::{Graph, Places};
use crate::id::{Place, SpecId};
use crate::rules::{Rules, Standing};
use crate::shared_sets::{SetId, SharedSets, Union};

/// For each build of a plan, the builds that it waits for.
#[derive(Clone, Debug)]
pub struct Needs {
    graph: Arc<Graph>,
    builds: Places,
    set_of: Vec<SetId>,
    /// Sets of ranks.
    sets: SharedSets,
}

impl Needs {
    pub(crate) fn new(rules: &Rules, needed: &Places) -> Self {
        Walk::new(rules, needed).run()
    }

    /// The builds that `build` waits for, in ascending rank; none for a spec that is not built.
    pub fn of(&self, build: SpecId) -> impl Iterator<Item = SpecId> + '_ {
        let place = self.graph.place_of(build);
        let set = place
            .filter(|place| self.builds.contains(place.index()))
            .map_or(SetId::EMPTY, |place| self.set_of[place.index()]);
        let ranks = self.sets.get(set).iter();
        ranks.map(|&rank| self.graph.id_at(self.graph.place_by_rank(rank)))
    }
}

struct Walk<'r> {
    rules: &'r Rules,
    needed: &'r Places,
    carriers: Places,
    shared: Places,
    /// The sets of builds and of carriers in `known`.
    set_of: Vec<SetId>,
    known: Places,
    sets: SharedSets,
    union: Union,
    /// Carriers walked through in the round that the mark tells.
    marks: Vec<u32>,
    round: u32,
    stack: Vec<Place>,
}

impl<'r> Walk<'r> {
    fn new(rules: &'r Rules, needed: &'r Places) -> Self {
        let graph = &rules.graph;
        Self {
            rules,
            needed,
            carriers: graph.no_places(),
            shared: graph.no_places(),
            set_of: vec![SetId::EMPTY; graph.spec_count()],
            known: graph.no_places(),
            sets: SharedSets::new(),
            union: Union::new(graph.spec_count()),
            marks: vec![0; graph.spec_count()],
            round: 0,
            stack: Vec::new(),
        }
    }

    fn is_build(&self, place: Place) -> bool {
        self.rules.standing(place) == Standing::Absent
    }

    fn run(mut self) -> Needs {
        self.find_carriers();
        let graph = &self.rules.graph;
        let budget = 16 * (graph.spec_count() + graph.edge_count());
        let mut carried = 0;
        let mut builds = graph.no_places();
        for index in self.needed.ones() {
            let place = Place::at(index);
            if self.is_build(place) {
                builds.insert(index);
                self.gather(place);
                self.set_of[index] = match self.union.finish(&self.sets) {
                    Ok(set) => set,
                    Err(ranks) => self.sets.push(ranks),
                };
            } else if self.shared.contains(index) && carried < budget {
                self.gather(place);
                let before = self.sets.item_count();
                self.set_of[index] = match self.union.finish(&self.sets) {
                    Ok(set) => set,
                    Err(ranks) => self.sets.intern(ranks),
                };
                carried += self.sets.item_count() - before;
                self.known.insert(index);
            }
        }
        Needs {
            graph: Arc::clone(&self.rules.graph),
            builds,
            set_of: self.set_of,
            sets: self.sets,
        }
    }

    /// Finds the carriers, and which of them have several dependents that demand them.
    fn find_carriers(&mut self) {
        let mut demanded_once = self.rules.graph.no_places();
        for index in self.needed.ones() {
            let place = Place::at(index);
            let mut above_build = false;
            for dependency in self.rules.demanded(place) {
                let position = dependency.index();
                if self.is_build(dependency) {
                    above_build = true;
                } else if self.carriers.contains(position) {
                    above_build = true;
                    if demanded_once.put(position) {
                        self.shared.insert(position);
                    }
                }
            }
            if above_build && !self.is_build(place) {
                self.carriers.insert(index);
            }
        }
    }

    /// Puts into the union what is met below `place`.
    fn gather(&mut self, place: Place) {
        self.union.start();
        self.round += 1;
        self.stack.push(place);
        while let Some(place) = self.stack.pop() {
            for dependency in self.rules.demanded(place) {
                let position = dependency.index();
                if self.is_build(dependency) {
                    self.union.add(self.rules.graph.rank_at(dependency));
                } else if self.known.contains(position) {
                    self.union.add_set(self.set_of[position]);
                } else if self.carriers.contains(position) && self.marks[position] != self.round {
                    self.marks[position] = self.round;
                    self.stack.push(dependency);
                }
            }
        }
    }
}
