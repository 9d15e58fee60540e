//! The specs reached from others, and the usable binaries.

use crate::graph::id::Place;
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Direction, Graph, Places};

/// The specs reached from `from` by any number of edges of `kinds`, `from` included.
///
/// An edge is followed if it shares a kind with `kinds`; with [`EdgeKinds::ALL`] every edge is.
///
/// # Panics
///
/// If `from` was made for another number of specs.
///
/// # Complexity
///
/// O(n / 64) and the edges of the reached specs.
///
/// # Example
///
/// ```
/// use specplan_planner::{Direction, Edge, EdgeKinds, Graph, SpecId, SpecSet, reached};
///
/// let [hdf5, zlib] = [SpecId::new(0), SpecId::new(1)];
/// let graph = Graph::new(2, [Edge { dependent: hdf5, dependency: zlib, kinds: EdgeKinds::LINK }])?;
/// let changed = SpecSet::from_ids(2, [zlib])?;
/// assert_eq!(reached(&graph, &changed, Direction::Dependents, EdgeKinds::ALL).len(), 2);
/// assert_eq!(reached(&graph, &changed, Direction::Dependents, EdgeKinds::BUILD).len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reached(graph: &Graph, from: &SpecSet, direction: Direction, kinds: EdgeKinds) -> SpecSet {
    assert_eq!(
        from.spec_count(),
        graph.spec_count(),
        "the set and the graph must be about the same specs"
    );
    let places = reached_places(graph, graph.places_of(from), direction, kinds);
    graph.specs_at(&places)
}

/// As [`reached`], by place: a depth-first walk with its own stack.
pub(crate) fn reached_places(
    graph: &Graph,
    from: Places,
    direction: Direction,
    kinds: EdgeKinds,
) -> Places {
    let mut stack: Vec<Place> = from.ones().map(Place::at).collect();
    let mut reached = from;
    while let Some(place) = stack.pop() {
        for hop in graph.row(place, direction) {
            if follows(kinds, hop.kinds()) && !reached.put(hop.place().index()) {
                stack.push(hop.place());
            }
        }
    }
    reached
}

/// The specs reached from `from`; `mark` marks the specs that a spec leads to with 1, one byte per
/// spec.
///
/// One walk from the largest place down. Dependents have larger places, so when the walk comes to a
/// spec, it is known whether the spec is reached. The walk equals a plain worklist, but reads the
/// edges in memory order, and `mark` can do without branches that are hard to predict.
pub(crate) fn descend(
    graph: &Graph,
    from: &Places,
    mut mark: impl FnMut(Place, &mut [u8]),
) -> Places {
    let mut marks = vec![0_u8; graph.spec_count()];
    for place in from.ones() {
        marks[place] = 1;
    }
    let top = from.maximum().map_or(0, |place| place + 1);
    for place in (0..top).rev() {
        if marks[place] != 0 {
            mark(Place::at(place), &mut marks);
        }
    }
    let word = |marks: &[u8]| {
        let bits = marks.iter().enumerate();
        bits.fold(0, |word, (bit, &mark)| word | usize::from(mark) << bit)
    };
    let words = marks.chunks(usize::BITS as usize).map(word);
    Places::with_capacity_and_blocks(marks.len(), words)
}

/// All that the specs reach over any edge, themselves included.
pub(crate) fn closure_below(graph: &Graph, from: &Places) -> Places {
    descend(graph, from, |place, marks| {
        for hop in graph.dependencies_at(place) {
            marks[hop.place().index()] = 1;
        }
    })
}

/// Returns whether an edge is followed; one without any kind only if all are.
pub(crate) fn follows(wanted: EdgeKinds, kinds: EdgeKinds) -> bool {
    wanted == EdgeKinds::ALL || kinds.intersects(wanted)
}

/// The available specs whose whole link and run closure is available or external: those that
/// install from the cache alone.
///
/// The dependencies of an external come with it and are ignored.
///
/// # Panics
///
/// If a set was made for another number of specs.
///
/// # Complexity
///
/// O(n + m).
pub fn usable(graph: &Graph, available: &SpecSet, external: &SpecSet) -> SpecSet {
    for set in [available, external] {
        assert_eq!(
            set.spec_count(),
            graph.spec_count(),
            "the set and the graph must be about the same specs"
        );
    }
    let (available, external) = (graph.places_of(available), graph.places_of(external));
    let mut usable = installable(graph, &available, &external);
    usable.intersect_with(&available);
    graph.specs_at(&usable)
}

/// The specs that install from the cache alone: externals and usable specs.
///
/// One walk from the smallest place up. Complexity: O(n + m).
pub(crate) fn installable(graph: &Graph, available: &Places, external: &Places) -> Places {
    let mut installable = external.clone();
    for place in available.ones() {
        let complete = graph
            .dependencies_at(Place::at(place))
            .iter()
            .filter(|hop| hop.kinds().intersects(EdgeKinds::INSTALL))
            .all(|hop| installable.contains(hop.place().index()));
        if complete {
            installable.insert(place);
        }
    }
    installable
}
