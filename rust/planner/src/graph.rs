//! The graph of specs and their dependencies, both directions, in compressed rows.

pub(crate) mod bitlanes;
mod build;
pub(crate) mod chunk;
pub(crate) mod closure;
pub(crate) mod cycles;
pub(crate) mod id;
pub(crate) mod kinds;
mod rows;
pub(crate) mod set;
pub(crate) mod shared_sets;
mod shortest_cycle;

use fixedbitset::FixedBitSet;

pub(crate) use self::rows::Hop;
use self::rows::Rows;
use crate::error::{GraphError, OutOfRange};
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;

/// A set of specs by place instead of by id.
pub(crate) type Places = FixedBitSet;

/// One spec needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The spec that needs the other.
    pub dependent: SpecId,
    /// The spec that is needed.
    pub dependency: SpecId,
    /// The purpose.
    pub kinds: EdgeKinds,
}

/// The direction in which to follow edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a spec to its dependencies.
    Dependencies,
    /// From a spec to its dependents.
    Dependents,
}

/// An acyclic graph of specs that cannot change.
///
/// Both directions are held as compressed rows (one array of edges, one of row starts), and the
/// rows lie in a topological order of the graph, so that a walk from leaves to roots or back reads
/// memory in order. Two edges between the same specs become one with the kinds of both. Neighbours
/// are listed in ascending rank.
///
/// Memory: 8 bytes an edge and some 24 bytes a spec.
#[derive(Debug)]
pub struct Graph {
    id_at: Vec<SpecId>,
    place_of: Vec<Place>,
    rank_at: Vec<u32>,
    place_by_rank: Vec<Place>,
    dependencies: Rows,
    dependents: Rows,
    /// Specs that were spliced: those with an edge of kind splice.
    spliced: Places,
}

impl Graph {
    /// The number of specs that a graph can hold.
    pub const MAX_SPECS: usize = 1 << (u32::BITS - EdgeKinds::BITS);

    /// A graph of `spec_count` specs, whose ids are also their ranks.
    ///
    /// # Errors
    ///
    /// As [`with_ranks`](Self::with_ranks).
    pub fn new<I>(spec_count: usize, edges: I) -> Result<Self, GraphError>
    where
        I: IntoIterator<Item = Edge>,
        I::IntoIter: Clone,
    {
        if spec_count > Self::MAX_SPECS {
            return Err(GraphError::TooManySpecs {
                spec_count,
                limit: Self::MAX_SPECS,
            });
        }
        let ranks: Vec<u32> = (0..).take(spec_count).collect();
        Self::with_ranks(&ranks, edges)
    }

    /// A graph of `ranks.len()` specs. A rank decides between specs that are otherwise equal, the
    /// smaller first: give each spec the position of its hash among all hashes, and no answer
    /// depends on how specs are numbered.
    ///
    /// The edges are read twice, hence the `Clone`.
    ///
    /// # Errors
    ///
    /// - [`GraphError::TooManySpecs`], [`GraphError::TooManyEdges`];
    /// - [`GraphError::RankNotUnique`] unless each of `0..ranks.len()` is a rank once;
    /// - [`GraphError::EdgeOutOfRange`] for an edge that ends outside of the graph;
    /// - [`GraphError::Cycle`] with a shortest cycle.
    ///
    /// # Complexity
    ///
    /// O(n + m). Only a cycle costs more: O(k m) for k specs on cycles.
    pub fn with_ranks<I>(ranks: &[u32], edges: I) -> Result<Self, GraphError>
    where
        I: IntoIterator<Item = Edge>,
        I::IntoIter: Clone,
    {
        build::build(ranks, edges.into_iter())
    }

    /// The number of specs that the graph has.
    pub fn spec_count(&self) -> usize {
        self.id_at.len()
    }

    /// The number of edges that the graph has, edges between the same specs counted once.
    pub fn edge_count(&self) -> usize {
        self.dependencies.hop_count()
    }

    /// Refuses an id that the graph does not have.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`], which names the id.
    pub fn check(&self, id: SpecId) -> Result<(), OutOfRange> {
        if id.index() < self.spec_count() {
            Ok(())
        } else {
            Err(OutOfRange {
                id,
                spec_count: self.spec_count(),
            })
        }
    }

    /// The neighbours of a spec and the kinds of the edge to each, in ascending rank; none for an
    /// id that the graph does not have.
    pub fn neighbours(
        &self,
        id: SpecId,
        direction: Direction,
    ) -> impl Iterator<Item = (SpecId, EdgeKinds)> + '_ {
        let row = self
            .place_of
            .get(id.index())
            .map_or(&[][..], |&place| self.row(place, direction));
        row.iter()
            .map(|hop| (self.id_at[hop.place().index()], hop.kinds()))
    }

    /// The rank of a spec, or `None` for an id that the graph does not have.
    pub fn rank(&self, id: SpecId) -> Option<u32> {
        let place = self.place_of.get(id.index())?;
        Some(self.rank_at[place.index()])
    }

    pub(crate) fn row(&self, place: Place, direction: Direction) -> &[Hop] {
        match direction {
            Direction::Dependencies => self.dependencies.row(place.index()),
            Direction::Dependents => self.dependents.row(place.index()),
        }
    }

    pub(crate) fn dependencies_at(&self, place: Place) -> &[Hop] {
        self.dependencies.row(place.index())
    }

    pub(crate) fn dependents_at(&self, place: Place) -> &[Hop] {
        self.dependents.row(place.index())
    }

    pub(crate) fn place_of(&self, id: SpecId) -> Option<Place> {
        self.place_of.get(id.index()).copied()
    }

    pub(crate) fn id_at(&self, place: Place) -> SpecId {
        self.id_at[place.index()]
    }

    /// All ids, by place.
    pub(crate) fn ids(&self) -> &[SpecId] {
        &self.id_at
    }

    pub(crate) fn rank_at(&self, place: Place) -> u32 {
        self.rank_at[place.index()]
    }

    pub(crate) fn place_by_rank(&self, rank: u32) -> Place {
        self.place_by_rank[rank as usize]
    }

    /// All places, in ascending rank of their specs.
    pub(crate) fn places_by_rank(&self) -> &[Place] {
        &self.place_by_rank
    }

    pub(crate) fn spliced(&self) -> &Places {
        &self.spliced
    }

    pub(crate) fn no_places(&self) -> Places {
        Places::with_capacity(self.spec_count())
    }

    /// The same specs, by place.
    pub(crate) fn places_of(&self, set: &SpecSet) -> Places {
        let mut places = self.no_places();
        for position in set.positions() {
            places.insert(self.place_of[position].index());
        }
        places
    }

    /// The same specs, by id.
    pub(crate) fn specs_at(&self, places: &Places) -> SpecSet {
        let mut bits = FixedBitSet::with_capacity(self.spec_count());
        for place in places.ones() {
            bits.insert(self.id_at[place].index());
        }
        SpecSet::from_bits(bits)
    }

    /// The specs at `places`, in ascending rank.
    pub(crate) fn ranked(&self, places: impl IntoIterator<Item = Place>) -> Vec<SpecId> {
        let mut places: Vec<Place> = places.into_iter().collect();
        places.sort_unstable_by_key(|&place| self.rank_at(place));
        places.into_iter().map(|place| self.id_at(place)).collect()
    }
}
