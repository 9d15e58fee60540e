//! The part of a graph that a question is about, cut out so that many walks over it are cheap.

use crate::graph::bitlanes::Lanes;
use crate::graph::id::Place;
use crate::graph::{Graph, Places};

/// Some specs of a graph, numbered anew without gaps. A *spot* is the new number; spots ascend as
/// places do, so that what a spec needs has smaller spots.
#[derive(Debug)]
pub(crate) struct Chunk {
    places: Vec<Place>,
    spot_of: Vec<u32>,
}

/// Marks a spec that is not in the chunk.
const OUTSIDE: u32 = u32::MAX;

impl Chunk {
    pub(crate) fn new(graph: &Graph, members: &Places) -> Self {
        let places: Vec<Place> = members.ones().map(Place::at).collect();
        let mut spot_of = vec![OUTSIDE; graph.spec_count()];
        for (spot, place) in (0..).zip(&places) {
            spot_of[place.index()] = spot;
        }
        Self { places, spot_of }
    }

    /// The number of specs.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The places, by spot.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The spot of a spec, or `None` if the chunk does not have it.
    pub(crate) fn spot_of(&self, place: Place) -> Option<usize> {
        let spot = self.spot_of[place.index()];
        (spot != OUTSIDE).then_some(spot as usize)
    }

    /// The spot of a spec that the chunk has.
    pub(crate) fn member(&self, place: Place) -> usize {
        self.spot_of(place)
            .expect("the chunk was cut out around this spec")
    }

    /// For each spec those of `next` that are in the chunk too.
    pub(crate) fn steps<I>(&self, next: impl Fn(Place) -> I) -> Steps
    where
        I: IntoIterator<Item = Place>,
    {
        self.steps_from(&self.places, next)
    }

    /// For each of `from`, which need not be in the chunk, those of `next` that are: row r of
    /// the steps is about `from[r]`.
    pub(crate) fn steps_from<I>(&self, from: &[Place], next: impl Fn(Place) -> I) -> Steps
    where
        I: IntoIterator<Item = Place>,
    {
        let mut first = vec![0];
        let mut to = Vec::new();
        for &place in from {
            let spots = next(place).into_iter();
            to.extend(
                spots
                    .map(|place| self.spot_of[place.index()])
                    .filter(|&spot| spot != OUTSIDE),
            );
            first.push(to.len());
        }
        Steps { first, to }
    }
}

/// Edges between spots. Those of spot s are `to[first[s]..first[s + 1]]`.
#[derive(Debug)]
pub(crate) struct Steps {
    first: Vec<usize>,
    to: Vec<u32>,
}

impl Steps {
    /// The spots that the edges of a spot lead to.
    pub(crate) fn from(&self, spot: usize) -> impl Iterator<Item = usize> + '_ {
        let row = &self.to[self.first[spot]..self.first[spot + 1]];
        row.iter().map(|&spot| spot as usize)
    }

    /// Passes the lanes of each spot on to all spots that it leads to, from the largest spot down.
    pub(crate) fn descend(&self, lanes: &mut [Lanes]) {
        for spot in (0..lanes.len()).rev() {
            let own = lanes[spot];
            if !own.is_none() {
                for below in self.from(spot) {
                    lanes[below].unite(own);
                }
            }
        }
    }
}
