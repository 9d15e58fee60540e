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
//! Builds use sets of carriers only, so that they are walked on all cores.
//!
//! Equal sets are stored once. Should the sets of carriers outgrow 16 numbers a spec and edge,
//! further carriers are walked through instead: memory stays linear beside the answer itself.
//! Complexity: O(n + m) and the sizes of the sets united; the answer is the sets of the builds.

use std::sync::Arc;

use rayon::prelude::*;

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
        let mut found = Carriers::new(rules, needed);
        let mut builds = needed.clone();
        let is_other = |&place: &usize| !is_build(rules, Place::at(place));
        for other in needed.ones().filter(is_other) {
            builds.remove(other);
        }
        let places: Vec<Place> = builds.ones().map(Place::at).collect();
        let chunks = places.par_chunks(places.len().div_ceil(rayon::current_num_threads()).max(1));
        let parts: Vec<(&[Place], Part)> = chunks
            .map(|chunk| (chunk, Part::new(&found, chunk)))
            .collect();
        for (chunk, part) in parts {
            let mut ranks = &part.ranks[..];
            for (build, answer) in chunk.iter().zip(part.answers) {
                found.set_of[build.index()] = answer.unwrap_or_else(|len| {
                    let (own, others) = ranks.split_at(len);
                    ranks = others;
                    found.sets.push(own)
                });
            }
        }
        Self {
            graph: Arc::clone(&rules.graph),
            builds,
            set_of: found.set_of,
            sets: found.sets,
        }
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

/// The carriers of a plan, and the sets of those that share theirs.
struct Carriers<'r> {
    rules: &'r Rules,
    all: Places,
    /// Carriers whose set is there to be used.
    known: Places,
    /// The sets of carriers in `known`; later also those of builds.
    set_of: Vec<SetId>,
    sets: SharedSets,
}

impl<'r> Carriers<'r> {
    fn new(rules: &'r Rules, needed: &Places) -> Self {
        let (all, shared) = find_carriers(rules, needed);
        let graph = &rules.graph;
        let budget = 16 * (graph.spec_count() + graph.edge_count());
        let mut found = Self {
            rules,
            all,
            known: graph.no_places(),
            set_of: vec![SetId::EMPTY; graph.spec_count()],
            sets: SharedSets::new(),
        };
        let mut walk = Walk::new(graph.spec_count());
        for index in shared.ones() {
            if found.sets.item_count() >= budget {
                break;
            }
            found.set_of[index] = match walk.gather(&found, Place::at(index)) {
                Ok(set) => set,
                Err(ranks) => found.sets.intern(ranks),
            };
            found.known.insert(index);
        }
        found
    }
}

fn is_build(rules: &Rules, place: Place) -> bool {
    rules.standing(place) == Standing::Absent
}

/// The carriers, and which of them have several dependents that demand them.
fn find_carriers(rules: &Rules, needed: &Places) -> (Places, Places) {
    let mut carriers = rules.graph.no_places();
    let mut demanded_once = rules.graph.no_places();
    let mut shared = rules.graph.no_places();
    for index in needed.ones() {
        let place = Place::at(index);
        let mut above_build = false;
        for dependency in rules.demanded(place) {
            if is_build(rules, dependency) {
                above_build = true;
            } else if carriers.contains(dependency.index()) {
                above_build = true;
                if demanded_once.put(dependency.index()) {
                    shared.insert(dependency.index());
                }
            }
        }
        if above_build && !is_build(rules, place) {
            carriers.insert(index);
        }
    }
    (carriers, shared)
}

/// The state of a walk, kept between walks so that each costs what it visits.
struct Walk {
    union: Union,
    /// Carriers walked through in the round that the mark tells.
    marks: Vec<u32>,
    round: u32,
    stack: Vec<Place>,
}

impl Walk {
    fn new(spec_count: usize) -> Self {
        Self {
            union: Union::new(spec_count),
            marks: vec![0; spec_count],
            round: 0,
            stack: Vec::new(),
        }
    }

    /// The builds met below `place`: a set that is there already, or ascending ranks.
    fn gather(&mut self, found: &Carriers<'_>, place: Place) -> Result<SetId, &[u32]> {
        let rules = found.rules;
        self.union.start();
        self.round += 1;
        self.stack.push(place);
        while let Some(place) = self.stack.pop() {
            for dependency in rules.demanded(place) {
                let position = dependency.index();
                if is_build(rules, dependency) {
                    self.union.add(rules.graph.rank_at(dependency));
                } else if found.known.contains(position) {
                    self.union.add_set(found.set_of[position]);
                } else if found.all.contains(position) && self.marks[position] != self.round {
                    self.marks[position] = self.round;
                    self.stack.push(dependency);
                }
            }
        }
        self.union.finish(&found.sets)
    }
}

/// What a part of the builds waits for: for each a set that is there already, or how many ranks of
/// `ranks` are its own.
#[derive(Default)]
struct Part {
    answers: Vec<Result<SetId, usize>>,
    ranks: Vec<u32>,
}

impl Part {
    fn new(found: &Carriers<'_>, builds: &[Place]) -> Self {
        let mut walk = Walk::new(found.set_of.len());
        let mut part = Self::default();
        for &build in builds {
            let answer = walk.gather(found, build).map_err(|ranks| {
                part.ranks.extend_from_slice(ranks);
                ranks.len()
            });
            part.answers.push(answer);
        }
        part
    }
}
