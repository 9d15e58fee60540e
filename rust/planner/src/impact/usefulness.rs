//! The benefit of building each gap: the specs it blocks, and the roots it completes.
//!
//! Each gap needs two numbers: the wants that need it, over link and run edges, and the roots that
//! it completes, over the edges that the rules demand. [`counts`] has both for specs with exactly
//! one neighbour in the direction of the walk, as in a chain, and computes the others in blocks of
//! [`Lanes::COUNT`], one lane each.
//!
//! A root with a binary may lack specs in separate places, so that only several specs together
//! complete it. Then each gap needs sets: its dependencies (down) and its dependents (up). One set
//! per gap would take n bits each, so gaps are processed in blocks, and only sums leave a block:
//!
//! 1. *Cut*: only specs that do not install from the cache alone matter, and of these only those
//!    that some gap needs or some want or root installs. Edges elsewhere are dropped once for all.
//! 2. *Down*: lanes of a spec = the gaps that need it. From the largest place down, each spec hands
//!    its lanes to what it demands. B(g), what building g builds, is the missing specs with lane g.
//! 3. *Up*, from the smallest place: *lacks* = the gaps g whose B(g) leaves something of the link and
//!    run closure of the spec missing: a union over what the spec installs with, starting with the
//!    lanes that a missing spec does not have.
//! 4. *Sum* for each group the lanes of its roots that do not lack.
//!
//! Step 3 writes *lacks* over the lanes of step 2, as these are read only at the spec itself.

mod counts;

use rayon::prelude::*;

use crate::error::TaskError;
use crate::graph::bitlanes::{Lanes, Tally};
use crate::graph::chunk::{Chunk, Steps};
use crate::graph::closure::reached_places;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::{Direction, Places};
use crate::impact::supply::{Supply, installed_with};
use crate::plan::rules::{Rules, Standing};
use crate::plan::task::check_specs;

/// Specs that are counted together, such as those of one stack. A spec given twice counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpecGroup {
    /// The specs whose benefit is computed.
    pub gaps: Vec<SpecId>,
    /// The specs that the gaps may block.
    pub wants: Vec<SpecId>,
    /// The specs that the gaps may complete.
    pub roots: Vec<SpecId>,
}

/// The benefit of building one gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usefulness {
    /// The number of other wants of the group that have the gap in their link and run closure.
    pub blocked: usize,
    /// The number of roots of the group that do not install from the cache alone, but do once the
    /// least plan for this gap alone is built.
    pub roots_completed: usize,
    /// Whether everything that building the gap needs is external or usable already. Never for an
    /// undescribed gap, whose dependencies are unknown.
    pub buildable_now: bool,
}

impl Supply {
    /// The benefit of building each gap: for each group, in the order given, an answer for each of
    /// its gaps, in the order given.
    ///
    /// Building a gap builds what [`Plan`](crate::Plan) builds for that gap alone; for a gap that
    /// is available, as its binary lies elsewhere, the specs that it lacks. A spliced spec that
    /// this needs is rewired and counts as built. Closures neither go beyond externals nor contain
    /// them, so an external blocks and completes nothing.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a set, or a spec of a group, is not about the graph.
    ///
    /// # Complexity
    ///
    /// O(n + m) where every spec has one dependent or every root is missing and there are few. At
    /// most, for g distinct gaps, ceil(g / 256) times: O(n + m), of that the part that does not
    /// install from the cache alone, and the wants and roots of all groups with one of those gaps.
    /// The blocks share the threads. Memory: O(n + m), and 64 bytes a spec and thread.
    pub fn usefulness(&self, groups: &[SpecGroup]) -> Result<Vec<Vec<Usefulness>>, TaskError> {
        let rules = self.rules()?;
        let mut parties: Vec<Party> = groups
            .iter()
            .map(|group| Party::new(&rules, group))
            .collect::<Result<_, _>>()?;
        let graph = &self.graph;
        let mut gaps = graph.no_places();
        for party in &parties {
            gaps.extend(party.own_gaps.iter().map(|gap| gap.index()));
        }
        let installable = self.installable(&graph.no_places());
        let cut = Cut::new(&rules, &parties, &gaps, &self.installable(&gaps));
        for party in &mut parties {
            party.find(&cut, &installable);
        }

        counts::count_holding(&cut, &mut parties);
        counts::count_aims(&cut, &mut parties);
        add_apart(&cut, &mut parties);
        let is_buildable = |gap: Place| {
            !self.undescribed.contains(graph.id_at(gap))
                && rules
                    .demanded(gap)
                    .all(|below| installable.contains(below.index()))
        };
        let answers = groups.iter().zip(&parties).map(|(group, party)| {
            let gaps = group.gaps.iter().filter_map(|&gap| graph.place_of(gap));
            gaps.map(|gap| party.answer(gap, is_buildable(gap)))
                .collect()
        });
        Ok(answers.collect())
    }
}

/// Counts the roots that have a binary and lack several specs apart.
fn add_apart(cut: &Cut, parties: &mut [Party]) {
    let mut gaps: Vec<Place> = parties
        .iter()
        .filter(|party| !party.apart_spots.is_empty())
        .flat_map(|party| party.own_gaps.iter().copied())
        .collect();
    gaps.sort_unstable();
    gaps.dedup();
    let blocks = gaps.par_chunks(Lanes::COUNT);
    let answers = blocks.map_init(
        || Walk::new(cut),
        |walk, block| {
            walk.run(block);
            let parties = parties.iter();
            parties
                .map(|party| walk.sum(party, block))
                .collect::<Vec<_>>()
        },
    );
    for block in answers.collect::<Vec<_>>() {
        for (party, completed) in parties.iter_mut().zip(block) {
            for (position, count) in completed {
                party.completed[position] += count;
            }
        }
    }
}

/// A group by place.
struct Party {
    /// The gaps that are not external, ascending.
    own_gaps: Vec<Place>,
    /// The wants that are not external, ascending.
    wants: Vec<Place>,
    roots: Vec<Place>,
    /// The places of the wants that a gap may block.
    want_spots: Vec<usize>,
    /// For each root that does not install from the cache alone and only lacks what one missing
    /// spec needs: the spot of that spec.
    aims: Vec<usize>,
    /// The spots of the other roots that do not install from the cache alone.
    apart_spots: Vec<usize>,
    /// For each of `own_gaps` the number of wants that contain it.
    holding: Vec<usize>,
    /// For each of `own_gaps` the number of roots that it completes.
    completed: Vec<usize>,
}

impl Party {
    fn new(rules: &Rules, group: &SpecGroup) -> Result<Self, TaskError> {
        let own = |field, specs: &[SpecId]| {
            let mut places = check_specs(&rules.graph, field, specs)?;
            places.retain(|&place| rules.standing(place) != Standing::External);
            places.sort_unstable();
            places.dedup();
            Ok(places)
        };
        Ok(Self {
            own_gaps: own("gaps", &group.gaps)?,
            wants: own("wants", &group.wants)?,
            roots: own("roots", &group.roots)?,
            want_spots: Vec::new(),
            aims: Vec::new(),
            apart_spots: Vec::new(),
            holding: Vec::new(),
            completed: Vec::new(),
        })
    }

    fn find(&mut self, cut: &Cut, installable: &Places) {
        let spot_of = |&place: &Place| cut.chunk.spot_of(place);
        self.want_spots = self.wants.iter().filter_map(spot_of).collect();
        let broken = |place: &&Place| !installable.contains(place.index());
        let roots = self.roots.iter().filter(broken);
        for spot in roots.filter_map(spot_of) {
            match cut.aims[spot] {
                Aim::One(aim) => self.aims.push(aim as usize),
                Aim::Several | Aim::Nothing => self.apart_spots.push(spot),
            }
        }
        self.holding = vec![0; self.own_gaps.len()];
        self.completed = vec![0; self.own_gaps.len()];
    }

    fn answer(&self, gap: Place, buildable_now: bool) -> Usefulness {
        let (holding, roots_completed) = match self.own_gaps.binary_search(&gap) {
            Ok(position) => (self.holding[position], self.completed[position]),
            Err(_) => (0, 0),
        };
        let is_want = self.wants.binary_search(&gap).is_ok();
        Usefulness {
            blocked: holding - usize::from(is_want && holding > 0),
            roots_completed,
            buildable_now,
        }
    }
}

/// The missing specs that complete a spec once they install: those reached over link and run edges
/// through binaries alone. The dependencies of a missing spec are built with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// None.
    Nothing,
    /// The missing spec at a spot.
    One(u32),
    /// Several.
    Several,
}

impl Aim {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, aim) | (aim, Self::Nothing) => aim,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}

/// The part of the graph that matters.
struct Cut {
    chunk: Chunk,
    /// The demands of each spec when a gap needs it.
    demands: Steps,
    /// The specs that each spec installs with when a want or root installs it.
    installs: Steps,
    is_missing: Vec<bool>,
    /// By spot.
    aims: Vec<Aim>,
}

impl Cut {
    /// `closed`: the specs that would install from the cache alone even without the gaps.
    fn new(rules: &Rules, parties: &[Party], gaps: &Places, closed: &Places) -> Self {
        let graph = &*rules.graph;
        let mut tops = graph.no_places();
        for party in parties {
            let places = party.wants.iter().chain(&party.roots);
            tops.extend(places.map(|place| place.index()));
        }
        let installed = reached_places(graph, tops, Direction::Dependencies, EdgeKinds::INSTALL);
        let needed = rules.needed(gaps);
        let mut members = &installed | &needed;
        members.difference_with(closed);
        let chunk = Chunk::new(graph, &members);
        let within = |set: &Places, place: Place| set.contains(place.index());
        let is_missing = |&place: &Place| rules.standing(place).is_missing();
        let demands = chunk.steps(|place| {
            let is_needed = within(&needed, place);
            rules.demanded(place).filter(move |_| is_needed)
        });
        let installs = chunk.steps(|place| {
            let is_installed = within(&installed, place);
            installed_with(graph, place).filter(move |_| is_installed)
        });
        let is_missing: Vec<bool> = chunk.places().iter().map(is_missing).collect();
        let mut aims: Vec<Aim> = Vec::with_capacity(chunk.len());
        for (spot, &is_missing) in (0..).zip(&is_missing) {
            aims.push(if is_missing {
                Aim::One(spot)
            } else {
                let below = installs.from(spot as usize);
                below.fold(Aim::Nothing, |aim, below| aim.and(aims[below]))
            });
        }
        Self {
            chunk,
            demands,
            installs,
            is_missing,
            aims,
        }
    }
}

/// The state of the walks of one block, kept between blocks.
struct Walk<'c> {
    cut: &'c Cut,
    /// On the way down, the gaps that need each spec; on the way up, those that lack something.
    lanes: Vec<Lanes>,
}

impl<'c> Walk<'c> {
    fn new(cut: &'c Cut) -> Self {
        Self {
            cut,
            lanes: vec![Lanes::NONE; cut.chunk.len()],
        }
    }

    fn run(&mut self, block: &[Place]) {
        self.lanes.fill(Lanes::NONE);
        for (lane, &gap) in block.iter().enumerate() {
            self.lanes[self.cut.chunk.member(gap)].set(lane);
        }
        self.cut.demands.descend(&mut self.lanes);
        for (spot, &is_missing) in self.cut.is_missing.iter().enumerate() {
            let mut lacks = if is_missing {
                self.lanes[spot].inverse()
            } else {
                Lanes::NONE
            };
            for below in self.cut.installs.from(spot) {
                lacks.unite(self.lanes[below]);
            }
            self.lanes[spot] = lacks;
        }
    }

    /// For each gap of the block that belongs to the party, its position and the number of roots
    /// lacking several specs that it completes.
    fn sum(&self, party: &Party, block: &[Place]) -> Vec<(usize, usize)> {
        if party.apart_spots.is_empty() {
            return Vec::new();
        }
        let first = party.own_gaps.partition_point(|gap| gap < &block[0]);
        let own = party.own_gaps[first..].iter();
        let lanes: Vec<(usize, usize)> = own
            .take_while(|&gap| Some(gap) <= block.last())
            .zip(first..)
            .filter_map(|(gap, position)| Some((position, block.binary_search(gap).ok()?)))
            .collect();
        if lanes.is_empty() {
            return Vec::new();
        }
        let mut completed = Tally::default();
        for &root in &party.apart_spots {
            completed.add(self.lanes[root].inverse());
        }
        let answer = |(position, lane)| (position, completed.count(lane));
        lanes.into_iter().map(answer).collect()
    }
}
