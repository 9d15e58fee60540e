//! Resolves the hashes of edges to specs.

use rayon::prelude::*;

use crate::edge::RecordedEdge;
use crate::edge_table::EdgeTable;
use crate::row::EdgeSpan;
use crate::{DagHash, Row};

/// The edges of sorted rows, by id instead of by hash.
pub(crate) struct Resolved {
    pub(crate) dependencies: EdgeTable,
    pub(crate) unknown: Vec<DagHash>,
}

/// The mark of a dependency that no row describes, until it has a number.
const UNKNOWN: u32 = u32::MAX;

impl Resolved {
    /// Resolves the edges of `rows` and makes their spans those of the result, in
    /// the order of the rows. Rows of one spec with the same dependencies share one span.
    pub(crate) fn of(rows: &mut [Row], starts: &[u32], edges: &[RecordedEdge]) -> Self {
        let list = |span: EdgeSpan| &edges[span.start as usize..][..span.len as usize];
        let hashes = Hashes::of(rows, starts);
        let mut lists: Vec<&[RecordedEdge]> = Vec::with_capacity(rows.len());
        let mut previous: Option<(DagHash, EdgeSpan, EdgeSpan)> = None;
        let mut len = 0;
        for row in rows {
            let Some(span) = row.edges() else { continue };
            let shared = previous.filter(|(hash, old, _)| {
                *hash == row.hash() && (*old == span || list(*old) == list(span))
            });
            let resolved = shared.map_or(EdgeSpan { start: len, ..span }, |(_, _, same)| same);
            if shared.is_none() {
                lists.push(list(span));
                len += span.len;
            }
            previous = Some((row.hash(), span, resolved));
            row.set_edges(Some(resolved));
        }
        let child = |hash| hashes.find(hash).unwrap_or(UNKNOWN);
        let mut dependencies = EdgeTable::of(&lists, child);
        let unknown = number_unknown(dependencies.children_mut(), &lists, hashes.all.len());
        Self {
            dependencies,
            unknown,
        }
    }
}

/// Numbers the unknown dependencies, which come from `lists`, starting with `first`, and returns
/// their hashes in order.
fn number_unknown(
    dependencies: &mut [u32],
    lists: &[&[RecordedEdge]],
    first: usize,
) -> Vec<DagHash> {
    let children = || {
        lists
            .iter()
            .flat_map(|list| list.iter())
            .map(|edge| edge.child)
    };
    if !dependencies.contains(&UNKNOWN) {
        return Vec::new();
    }
    let pairs = dependencies.iter().zip(children());
    let mut unknown: Vec<DagHash> = pairs
        .filter(|(dependency, _)| **dependency == UNKNOWN)
        .map(|(_, child)| child)
        .collect();
    unknown.par_sort_unstable();
    unknown.dedup();
    for (dependency, child) in dependencies.iter_mut().zip(children()) {
        if *dependency == UNKNOWN
            && let Ok(at) = unknown.binary_search(&child)
        {
            *dependency = (first + at) as u32;
        }
    }
    unknown
}

/// The hashes of all specs, in order, and where those with equal first bits begin.
///
/// Hashes are random, so with as many prefixes as specs, each has about one hash, which is found at
/// once; if hashes were made alike on purpose, bisection finds it.
struct Hashes {
    all: Vec<DagHash>,
    /// The hashes whose heads begin with the bits b are `begins[b]..begins[b + 1]`.
    begins: Vec<u32>,
    shift: u32,
}

impl Hashes {
    fn of(rows: &[Row], starts: &[u32]) -> Self {
        let first_rows = starts[..starts.len() - 1].iter();
        let all: Vec<DagHash> = first_rows.map(|&at| rows[at as usize].hash()).collect();
        let bits = all.len().next_power_of_two().trailing_zeros().max(1);
        let shift = u64::BITS - bits;
        let mut begins = Vec::with_capacity((1 << bits) + 1);
        for (at, hash) in all.iter().enumerate() {
            let bucket = (hash.head() >> shift) as usize;
            begins.resize(begins.len().max(bucket + 1), at as u32);
        }
        begins.resize((1 << bits) + 1, all.len() as u32);
        Self { all, begins, shift }
    }

    fn find(&self, hash: DagHash) -> Option<u32> {
        let bucket = (hash.head() >> self.shift) as usize;
        let begin = self.begins[bucket];
        let alike = &self.all[begin as usize..self.begins[bucket + 1] as usize];
        let at = alike.binary_search(&hash).ok()?;
        Some(begin + at as u32)
    }
}
