//! Graphs and tasks that are refused, and the edges of a graph.

use specplan_planner::{
    Direction, Edge, Graph, GraphError, Plan, SpecId, SpecSet, Task, TaskError,
};

use crate::{BUILD, LINK, edges, ids, task};

#[test]
fn a_cycle_is_refused_with_a_shortest_one() {
    // 0 -> 1 -> 2 -> 3 -> 0 and 2 -> 4 -> 2; 5 is above the cycles, 6 below.
    let triples = [
        (0, 1),
        (1, 2),
        (2, 3),
        (3, 0),
        (2, 4),
        (4, 2),
        (5, 0),
        (3, 6),
    ];
    let triples = triples.map(|(from, to)| (from, to, LINK));
    let fault = Graph::new(7, edges(&triples)).unwrap_err();
    assert_eq!(
        fault,
        GraphError::Cycle {
            cycle: ids(&[2, 4])
        }
    );
    assert_eq!(
        fault.to_string(),
        "2 specs depend on each other in a cycle that starts at spec 2"
    );
    let itself = Graph::new(1, edges(&[(0, 0, LINK)])).unwrap_err();
    assert_eq!(itself, GraphError::Cycle { cycle: ids(&[0]) });
    assert_eq!(itself.to_string(), "spec 0 depends on itself");
}

#[test]
fn a_ring_of_many_specs_is_found_in_good_time() {
    let count = 300_000;
    let ring = (0..count).map(|spec| Edge {
        dependent: SpecId::new(spec),
        dependency: SpecId::new((spec + 1) % count),
        kinds: LINK,
    });
    match Graph::new(count as usize, ring) {
        Err(GraphError::Cycle { cycle }) => assert_eq!(cycle.len(), count as usize),
        other => panic!("expected a cycle, got {other:?}"),
    }
}

#[test]
fn faults_in_a_graph_name_the_place_and_the_id() {
    let fault = Graph::new(2, edges(&[(0, 1, LINK), (1, 2, LINK)])).unwrap_err();
    assert_eq!(fault.to_string(), "edge 1 is invalid");
    let source = std::error::Error::source(&fault).unwrap();
    assert_eq!(
        source.to_string(),
        "spec 2 is out of range: the graph has 2 specs"
    );
    for ranks in [[0, 0], [0, 2]] {
        let fault = Graph::with_ranks(&ranks, []).unwrap_err();
        assert!(matches!(fault, GraphError::RankNotUnique { id, .. } if id == SpecId::new(1)));
    }
    let fault = Graph::new(Graph::MAX_SPECS + 1, []).unwrap_err();
    assert!(matches!(fault, GraphError::TooManySpecs { .. }));
}

#[test]
fn faults_in_a_task_name_the_field() {
    let fault = |change: &dyn Fn(&mut Task)| {
        let mut task = task(2, &[], &[]);
        change(&mut task);
        Plan::new(task).unwrap_err()
    };
    let short = fault(&|task| task.available = SpecSet::empty(1));
    assert_eq!(
        short.to_string(),
        "`available` is about 1 specs, but the graph has 2"
    );
    let root = fault(&|task| task.roots = ids(&[7]));
    assert!(matches!(
        root,
        TaskError::SpecOutOfRange { field: "roots", .. }
    ));
    for cost in [-1.0, f64::NAN, f64::INFINITY] {
        let bad = fault(&|task| task.costs = Some(vec![0.0, cost]));
        assert!(matches!(bad, TaskError::BadCost { id, .. } if id == SpecId::new(1)));
    }
    let costs = fault(&|task| task.costs = Some(vec![1.0]));
    assert!(matches!(
        costs,
        TaskError::WrongLength {
            field: "costs",
            len: 1,
            ..
        }
    ));
}

#[test]
fn edges_between_the_same_specs_become_one_with_the_kinds_of_both() {
    let graph = Graph::new(2, edges(&[(0, 1, BUILD), (0, 1, LINK), (0, 1, BUILD)])).unwrap();
    let neighbours = |id, direction| {
        graph
            .neighbours(SpecId::new(id), direction)
            .collect::<Vec<_>>()
    };
    assert_eq!(graph.edge_count(), 1);
    assert_eq!(
        neighbours(0, Direction::Dependencies),
        [(SpecId::new(1), BUILD | LINK)]
    );
    assert_eq!(
        neighbours(1, Direction::Dependents),
        [(SpecId::new(0), BUILD | LINK)]
    );
    assert_eq!(neighbours(9, Direction::Dependents), []);
}

#[test]
fn a_range_beyond_the_graph_is_named() {
    let inside = SpecSet::from_ranges(5, [0..=1, 4..=4]).unwrap();
    assert_eq!(inside.iter().collect::<Vec<_>>(), ids(&[0, 1, 4]));
    let fault = SpecSet::from_ranges(5, [0..=1, 4..=5]).unwrap_err();
    assert_eq!((fault.id, fault.spec_count), (SpecId::new(5), 5));
}
