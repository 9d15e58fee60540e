//! Compressed rows: the neighbours of each node, in one array.

use crate::graph::id::Place;
use crate::graph::kinds::EdgeKinds;

/// One entry of a row: the node at the other end, and the kinds of the edge, in one word (the
/// upper 26 bits the node, the lower 6 the kinds), so that a walk misses the cache once an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hop(u32);

impl Hop {
    pub(super) const fn new(node: u32, kinds: EdgeKinds) -> Self {
        Self((node << EdgeKinds::BITS) | kinds.bits() as u32)
    }

    /// The node at the other end. It is a place in a finished graph; only while the graph is
    /// built it is still an id.
    pub(super) const fn node(self) -> u32 {
        self.0 >> EdgeKinds::BITS
    }

    pub(crate) const fn place(self) -> Place {
        Place::new(self.node())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the kinds are the lowest bits, and nothing else is wanted"
    )]
    pub(crate) fn kinds(self) -> EdgeKinds {
        EdgeKinds::from_low_bits(self.0 as u8)
    }
}

/// For each node a row of hops. Row r is `hops[first[r]..first[r + 1]]`.
#[derive(Debug)]
pub(super) struct Rows {
    first: Vec<u32>,
    hops: Vec<Hop>,
}

impl Rows {
    /// Puts each of `entries` (a row, and its new hop) into its row, keeping their order. `lengths`
    /// are the numbers of entries of the rows.
    pub(super) fn fill(lengths: &[u32], entries: impl Iterator<Item = (u32, Hop)>) -> Self {
        let first = starts(lengths);
        let mut next = first.clone();
        let mut hops = vec![Hop(0); first[lengths.len()] as usize];
        for (row, hop) in entries {
            let slot = &mut next[row as usize];
            hops[*slot as usize] = hop;
            *slot += 1;
        }
        Self { first, hops }
    }

    pub(super) fn row(&self, row: usize) -> &[Hop] {
        &self.hops[self.first[row] as usize..self.first[row + 1] as usize]
    }

    pub(super) fn row_count(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn hop_count(&self) -> usize {
        self.hops.len()
    }

    pub(super) fn lengths(&self) -> Vec<u32> {
        self.first
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect()
    }

    /// The same edges seen from their other ends. The rows are visited in `order`, so that the
    /// hops of each new row are in that order too.
    pub(super) fn transposed(&self, order: &[u32]) -> Self {
        let mut lengths = vec![0; self.row_count()];
        for hop in &self.hops {
            lengths[hop.node() as usize] += 1;
        }
        let entries = order.iter().flat_map(|&row| {
            self.row(row as usize)
                .iter()
                .map(move |hop| (hop.node(), Hop::new(row, hop.kinds())))
        });
        Self::fill(&lengths, entries)
    }

    /// Merges neighbouring hops to the same node into one, with the kinds of both.
    pub(super) fn merge_neighbours(&mut self) {
        let mut kept = 0;
        let mut start = 0;
        for row in 0..self.row_count() {
            let end = self.first[row + 1] as usize;
            let row_start = kept;
            for position in start..end {
                let hop = self.hops[position];
                if kept > row_start && self.hops[kept - 1].node() == hop.node() {
                    self.hops[kept - 1] =
                        Hop::new(hop.node(), self.hops[kept - 1].kinds() | hop.kinds());
                } else {
                    self.hops[kept] = hop;
                    kept += 1;
                }
            }
            start = end;
            self.first[row + 1] = Place::at(kept).get();
        }
        self.hops.truncate(kept);
    }

    /// The same rows after nodes were renamed: row r of the result is row `old_by_new[r]`, and a
    /// hop to node x goes to `new_by_old[x]`.
    pub(super) fn renamed(&self, old_by_new: &[u32], new_by_old: &[Place]) -> Self {
        let lengths: Vec<u32> = old_by_new
            .iter()
            .map(|&old| self.first[old as usize + 1] - self.first[old as usize])
            .collect();
        let mut hops = Vec::with_capacity(self.hops.len());
        for &old in old_by_new {
            hops.extend(
                self.row(old as usize)
                    .iter()
                    .map(|hop| Hop::new(new_by_old[hop.node() as usize].get(), hop.kinds())),
            );
        }
        Self {
            first: starts(&lengths),
            hops,
        }
    }
}

/// The starts of rows of these lengths, and the end of the last one.
fn starts(lengths: &[u32]) -> Vec<u32> {
    let mut start = 0;
    let mut first = Vec::with_capacity(lengths.len() + 1);
    first.push(0);
    for length in lengths {
        start += length;
        first.push(start);
    }
    first
}
