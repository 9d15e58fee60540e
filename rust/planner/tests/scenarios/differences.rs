//! Comparisons of small states.

use std::sync::Arc;

use specplan_planner::{ChangeOrigin, Comparison, Difference, Graph, SpecId, SpecSet};

use crate::{LINK, edges, ids};

#[test]
fn a_new_combination_of_old_dependencies_is_an_own_change() {
    // Old: 0 -> 1, and 2. New: 3 -> 2, with the content that 0 has; 4 -> 3 inherits it from 3.
    let graph = Graph::new(
        6,
        edges(&[(0, 1, LINK), (3, 2, LINK), (4, 3, LINK), (5, 0, LINK)]),
    );
    let difference = Difference::new(&Comparison {
        graph: Arc::new(graph.unwrap()),
        old: SpecSet::from_ids(6, ids(&[0, 1, 2, 5])).unwrap(),
        new: SpecSet::from_ids(6, ids(&[2, 3, 4])).unwrap(),
        external: SpecSet::empty(6),
        own_content: vec![10, 11, 12, 10, 15, 15],
    })
    .unwrap();
    assert_eq!(
        difference.origin(SpecId::new(3)),
        Some(ChangeOrigin::Rewired)
    );
    assert_eq!(
        difference.origin(SpecId::new(4)),
        Some(ChangeOrigin::Inherited)
    );
    assert_eq!(difference.origin(SpecId::new(2)), None);
    let change = difference.own_changes()[0];
    assert_eq!(
        (
            change.reaches,
            change.explains_alone,
            change.reaches_by_link_run
        ),
        (2, 2, 2)
    );
}

#[test]
fn a_hold_list_says_where_greedy_is_not_best() {
    // Own changes 0, 1, 2. Two specs need 0 and 1 held, and one needs 2 held; 2 is itself a build.
    let above = [(3, 0), (3, 1), (4, 0), (4, 1), (5, 2)];
    let graph = Graph::new(7, edges(&above.map(|(from, to)| (from, to, LINK))));
    let difference = Difference::new(&Comparison {
        graph: Arc::new(graph.unwrap()),
        old: SpecSet::from_ids(7, ids(&[6])).unwrap(),
        new: SpecSet::from_ids(7, ids(&[0, 1, 2, 3, 4, 5])).unwrap(),
        external: SpecSet::empty(7),
        own_content: vec![1, 2, 3, 0, 0, 0, 0],
    })
    .unwrap();
    let list = difference.hold_list();
    let steps: Vec<_> = list
        .steps
        .iter()
        .map(|step| (step.spec.get(), step.builds_left, step.fewest_left))
        .collect();
    assert_eq!(list.builds, 6);
    assert_eq!(steps, [(2, 4, Some(4)), (0, 3, Some(2)), (1, 0, Some(0))]);
    assert_eq!(list.best.unwrap()[2].specs, ids(&[0, 1]));
}

#[test]
fn of_two_best_sets_the_first_in_order_of_ranks_is_named() {
    // Three own changes without dependents: any two of them leave one build.
    let difference = Difference::new(&Comparison {
        graph: Arc::new(Graph::with_ranks(&[2, 1, 0], []).unwrap()),
        old: SpecSet::empty(3),
        new: SpecSet::full(3),
        external: SpecSet::empty(3),
        own_content: vec![1, 2, 3],
    })
    .unwrap();
    let best = difference.hold_list().best.unwrap();
    assert_eq!(best[2].specs, ids(&[2, 1]));
}
