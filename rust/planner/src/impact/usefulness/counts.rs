//! The number of wants that contain each gap, and the number of single missing specs that each gap
//! needs.
//!
//! Both count the specs reached from a spec in one direction. A spec with exactly one neighbour in
//! that direction reaches what the neighbour reaches, and itself; so only the *ends* of such runs
//! have to be computed: specs with several neighbours or none.

use hashbrown::HashMap;

use rayon::prelude::*;

use super::{Cut, Party};
use crate::graph::bitlanes::{Lanes, Tally};

/// The only neighbour of each spot in one direction, if it has exactly one.
struct Runs {
    next: Vec<u32>,
    /// The end of the run of each spot.
    end: Vec<u32>,
}

/// Marks a spot with no neighbour, or with several.
const NONE: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

impl Runs {
    /// The runs over some edges; `order` lists every spot after its neighbour.
    fn new(next: Vec<u32>, order: impl Iterator<Item = usize>) -> Self {
        let mut end: Vec<u32> = (0..).take(next.len()).collect();
        for spot in order {
            if next[spot] < SEVERAL {
                end[spot] = end[next[spot] as usize];
            }
        }
        Self { next, end }
    }

    fn end(&self, spot: usize) -> usize {
        self.end[spot] as usize
    }

    /// Returns whether several neighbours follow the run.
    fn is_asked(&self, end: usize) -> bool {
        self.next[end] == SEVERAL
    }
}

fn join(next: &mut u32, neighbour: usize) {
    let neighbour = u32::try_from(neighbour).unwrap_or(SEVERAL);
    *next = match *next {
        NONE => neighbour,
        same if same == neighbour => same,
        _ => SEVERAL,
    };
}

/// The number of wants of each party that contain each of its gaps.
pub(super) fn count_holding(cut: &Cut, parties: &mut [Party]) {
    let len = cut.chunk.len();
    let mut above = vec![NONE; len];
    for spot in 0..len {
        for below in cut.installs.from(spot) {
            join(&mut above[below], spot);
        }
    }
    // Dependents have larger spots.
    let runs = Runs::new(above, (0..len).rev());
    let ends = ends(cut, parties, &runs, |_| true);
    let counts = blocks(parties, &ends, |block| {
        let mut lanes = seeded(len, block);
        for spot in 0..len {
            let mut own = lanes[spot];
            for below in cut.installs.from(spot) {
                own.unite(lanes[below]);
            }
            lanes[spot] = own;
        }
        move |party: &Party| tally(&lanes, &party.want_spots)
    });
    let mut sums = Sums::new(len);
    for (party, counts) in parties.iter_mut().zip(counts) {
        let wants = party.want_spots.clone();
        party.holding = sums.along(cut, party, &runs, &wants, &counts);
    }
}

/// The number of aims of each party that each of its gaps needs.
pub(super) fn count_aims(cut: &Cut, parties: &mut [Party]) {
    let len = cut.chunk.len();
    let mut below = vec![NONE; len];
    for (spot, next) in below.iter_mut().enumerate() {
        for neighbour in cut.demands.from(spot) {
            join(next, neighbour);
        }
    }
    let runs = Runs::new(below, 0..len);
    let has_aims = |party: &Party| !party.aims.is_empty();
    let ends = ends(cut, parties, &runs, has_aims);
    let mut aims: Vec<usize> = parties
        .iter()
        .flat_map(|party| party.aims.iter().copied())
        .collect();
    aims.sort_unstable();
    aims.dedup();
    let counts = if distinct(&ends).len() <= aims.len() {
        blocks(parties, &ends, |block| {
            let mut lanes = seeded(len, block);
            cut.demands.descend(&mut lanes);
            move |party: &Party| tally(&lanes, &party.aims)
        })
    } else {
        by_aims(cut, parties, &ends, &aims)
    };
    let mut sums = Sums::new(len);
    for (party, counts) in parties.iter_mut().zip(counts) {
        if has_aims(party) {
            let aims = party.aims.clone();
            party.completed = sums.along(cut, party, &runs, &aims, &counts);
        }
    }
}

/// For each party the ends of the runs of its gaps that have to be computed, ascending.
fn ends(
    cut: &Cut,
    parties: &[Party],
    runs: &Runs,
    concerns: impl Fn(&Party) -> bool,
) -> Vec<Vec<usize>> {
    let of_party = |party: &Party| {
        let gaps = party.own_gaps.iter().filter(|_| concerns(party));
        let ends = gaps.map(|&gap| runs.end(cut.chunk.member(gap)));
        let mut ends: Vec<usize> = ends.filter(|&end| runs.is_asked(end)).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    };
    parties.iter().map(of_party).collect()
}

fn distinct(ends: &[Vec<usize>]) -> Vec<usize> {
    let mut distinct: Vec<usize> = ends.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

fn seeded(len: usize, block: &[usize]) -> Vec<Lanes> {
    let mut lanes = vec![Lanes::NONE; len];
    for (lane, &spot) in block.iter().enumerate() {
        lanes[spot].set(lane);
    }
    lanes
}

fn tally(lanes: &[Lanes], spots: &[usize]) -> Tally {
    let mut tally = Tally::default();
    for &spot in spots {
        tally.add(lanes[spot]);
    }
    tally
}

/// For each party the counts of the requested spots.
type Counts = Vec<HashMap<usize, usize>>;

/// Computes the ends of runs in blocks. `walk` walks for one block and returns the lanes that count
/// for a party.
fn blocks<C: Fn(&Party) -> Tally>(
    parties: &[Party],
    ends: &[Vec<usize>],
    walk: impl Fn(&[usize]) -> C + Sync,
) -> Counts {
    let answers: Vec<Vec<Vec<(usize, usize)>>> = distinct(ends)
        .par_chunks(Lanes::COUNT)
        .map(|block| {
            let count = walk(block);
            let of_party = |(party, ends): (&Party, &Vec<usize>)| {
                let first = ends.partition_point(|end| end < &block[0]);
                let own = ends[first..].iter();
                let lanes: Vec<(usize, usize)> = own
                    .take_while(|&end| Some(end) <= block.last())
                    .filter_map(|end| Some((*end, block.binary_search(end).ok()?)))
                    .collect();
                if lanes.is_empty() {
                    return Vec::new();
                }
                let tally = count(party);
                let answer = |(end, lane)| (end, tally.count(lane));
                lanes.into_iter().map(answer).collect()
            };
            parties.iter().zip(ends).map(of_party).collect()
        })
        .collect();
    let mut counts: Counts = vec![HashMap::new(); parties.len()];
    for block in answers {
        for (own, found) in counts.iter_mut().zip(block) {
            own.extend(found);
        }
    }
    counts
}

/// The same counts if there are fewer aims than ends: one lane per aim.
fn by_aims(cut: &Cut, parties: &[Party], ends: &[Vec<usize>], aims: &[usize]) -> Counts {
    let len = cut.chunk.len();
    let mut counts: Counts = vec![HashMap::new(); parties.len()];
    for block in aims.chunks(Lanes::COUNT) {
        let mut lanes = seeded(len, block);
        for spot in 0..len {
            let mut own = lanes[spot];
            for below in cut.demands.from(spot) {
                own.unite(lanes[below]);
            }
            lanes[spot] = own;
        }
        for ((party, ends), counts) in parties.iter().zip(ends).zip(&mut counts) {
            // Several roots may have the same aim.
            let mut times = vec![0_usize; block.len()];
            for aim in &party.aims {
                if let Ok(lane) = block.binary_search(aim) {
                    times[lane] += 1;
                }
            }
            let is_single = times.iter().all(|&count| count <= 1);
            let mut own = Lanes::NONE;
            for (lane, _) in times.iter().enumerate().filter(|&(_, &count)| count > 0) {
                own.set(lane);
            }
            if own.is_none() {
                continue;
            }
            for &end in ends {
                let reached = lanes[end].common(own);
                *counts.entry(end).or_default() += if is_single {
                    reached.count() as usize
                } else {
                    reached.ones().map(|lane| times[lane]).sum()
                };
            }
        }
    }
    counts
}

/// Sums along runs, party by party; the spots visited by a party are marked with its number.
struct Sums {
    round: u32,
    visited: Vec<u32>,
    sum: Vec<usize>,
    counted: Vec<u32>,
    own: Vec<usize>,
}

impl Sums {
    fn new(len: usize) -> Self {
        Self {
            round: 0,
            visited: vec![0; len],
            sum: vec![0; len],
            counted: vec![0; len],
            own: vec![0; len],
        }
    }

    /// For each gap of a party, the number of `spots` that its run and the specs after it reach.
    fn along(
        &mut self,
        cut: &Cut,
        party: &Party,
        runs: &Runs,
        spots: &[usize],
        counts: &HashMap<usize, usize>,
    ) -> Vec<usize> {
        self.round += 1;
        for &spot in spots {
            if self.counted[spot] != self.round {
                self.counted[spot] = self.round;
                self.own[spot] = 0;
            }
            self.own[spot] += 1;
        }
        let mut path = Vec::new();
        let gaps = party.own_gaps.iter();
        gaps.map(|&gap| {
            let gap = cut.chunk.member(gap);
            let mut spot = gap;
            while self.visited[spot] != self.round {
                path.push(spot);
                if runs.next[spot] >= SEVERAL {
                    break;
                }
                spot = runs.next[spot] as usize;
            }
            while let Some(spot) = path.pop() {
                let own = if self.counted[spot] == self.round {
                    self.own[spot]
                } else {
                    0
                };
                self.visited[spot] = self.round;
                self.sum[spot] = match runs.next[spot] {
                    NONE => own,
                    // Such a spot was requested itself, and is among the specs that it reaches.
                    SEVERAL => counts.get(&spot).copied().unwrap_or(0),
                    next => own + self.sum[next as usize],
                };
            }
            self.sum[gap]
        })
        .collect()
    }
}
