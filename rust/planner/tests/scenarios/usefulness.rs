//! The specs that small stacks lack, and the benefit of their gaps.

use std::sync::Arc;

use specplan_planner::{Edge, EdgeKinds, Graph, SpecGroup, SpecId, SpecSet, Supply, TaskError};

use crate::{BUILD, LINK, RUN, SPLICE, TEST, edges, ids};

fn supply(spec_count: usize, triples: &[(u32, u32, EdgeKinds)], available: &[u32]) -> Supply {
    let graph = Arc::new(Graph::new(spec_count, edges(triples)).unwrap());
    Supply {
        available: SpecSet::from_ids(spec_count, ids(available)).unwrap(),
        ..Supply::new(graph)
    }
}

fn group(gaps: &[u32], wants: &[u32], roots: &[u32]) -> SpecGroup {
    SpecGroup {
        gaps: ids(gaps),
        wants: ids(wants),
        roots: ids(roots),
    }
}

/// For each gap of one group the numbers of blocked wants and completed roots, and whether it is
/// buildable now.
fn useful(supply: &Supply, group: SpecGroup) -> Vec<(usize, usize, bool)> {
    let answers = supply.usefulness(&[group]).unwrap();
    let parts = answers[0].iter();
    parts
        .map(|gap| (gap.blocked, gap.roots_completed, gap.buildable_now))
        .collect()
}

#[test]
fn a_gap_does_not_block_itself() {
    let supply = supply(2, &[(0, 1, LINK)], &[]);
    let both = group(&[0, 1], &[0, 1], &[]);
    assert_eq!(useful(&supply, both), [(0, 0, false), (1, 0, true)]);
}

#[test]
fn a_low_library_that_many_link_to_blocks_them_and_completes_those_that_lack_nothing_else() {
    // 0, 1, 2 and 3 link to missing 4; 3 is missing too, and 2 links to 3.
    let triples = [
        (0, 4, LINK),
        (1, 4, RUN),
        (2, 4, LINK),
        (3, 4, LINK),
        (2, 3, LINK),
    ];
    let supply = supply(5, &triples, &[0, 1, 2]);
    assert_eq!(
        supply.lacking(&ids(&[2, 0, 4])).unwrap(),
        [ids(&[3, 4]), ids(&[4]), ids(&[4])]
    );
    let stack = group(&[4, 3], &[0, 1, 2, 3, 4], &[0, 1, 2]);
    // Building 3 builds 4 first.
    assert_eq!(useful(&supply, stack), [(4, 2, true), (1, 3, false)]);
}

#[test]
fn a_gap_is_reached_through_an_available_spec() {
    // 0 is built with available 1, which runs with missing 2, which was built with 3.
    let supply = supply(4, &[(0, 1, BUILD), (1, 2, RUN), (2, 3, BUILD)], &[1, 3]);
    let stack = group(&[0, 2], &[0, 1, 2, 3], &[0, 1]);
    assert_eq!(useful(&supply, stack), [(0, 2, false), (1, 1, true)]);
}

#[test]
fn what_an_available_spec_was_built_with_is_not_needed() {
    let supply = supply(3, &[(0, 1, LINK), (1, 2, BUILD)], &[1]);
    assert_eq!(supply.lacking(&ids(&[1])).unwrap(), [ids(&[])]);
    let stack = group(&[0, 2], &[0, 1, 2], &[0]);
    assert_eq!(useful(&supply, stack), [(0, 1, true), (0, 0, true)]);
}

#[test]
fn a_missing_build_tool_of_a_gap_is_built_with_it_but_blocks_nothing() {
    // 0 is built with missing 1; 1 is a root of its own, and 2 only tests with it.
    let supply = supply(3, &[(0, 1, BUILD), (2, 1, TEST)], &[2]);
    let stack = group(&[0, 1], &[0, 1, 2], &[0, 1, 2]);
    assert_eq!(useful(&supply, stack), [(0, 2, false), (0, 1, true)]);
}

#[test]
fn roots_that_install_already_are_not_completed_and_distinct_roots_count_once() {
    let supply = supply(3, &[(0, 1, LINK), (2, 1, BUILD)], &[0, 2]);
    let stack = group(&[1], &[0, 0, 2], &[0, 2, 0]);
    assert_eq!(useful(&supply, stack), [(1, 1, true)]);
}

#[test]
fn externals_hide_what_is_below_them() {
    let mut supply = supply(3, &[(0, 1, LINK), (1, 2, LINK)], &[]);
    supply.external = SpecSet::from_ids(3, ids(&[1])).unwrap();
    assert_eq!(
        supply.lacking(&ids(&[0, 1])).unwrap(),
        [ids(&[0]), ids(&[])]
    );
    let stack = group(&[0, 1, 2], &[0, 1, 2], &[0, 1]);
    assert_eq!(
        useful(&supply, stack),
        [(0, 1, true), (0, 0, true), (0, 0, true)]
    );
}

#[test]
fn a_spec_that_nothing_describes_is_missing_and_nobody_can_build_it_yet() {
    let mut supply = supply(2, &[(0, 1, LINK)], &[0, 1]);
    supply.undescribed = SpecSet::from_ids(2, ids(&[1])).unwrap();
    assert_eq!(supply.lacking(&ids(&[0])).unwrap(), [ids(&[1])]);
    let stack = group(&[1], &[0, 1], &[0]);
    assert_eq!(useful(&supply, stack), [(1, 1, false)]);
}

#[test]
fn a_gap_whose_binary_is_in_another_stack_blocks_but_is_not_built() {
    // 0 links to 1; both have binaries, which the stack does not list. 2 is missing below 3.
    let supply = supply(4, &[(0, 1, LINK), (3, 2, LINK)], &[0, 1, 3]);
    let stack = group(&[1, 3], &[0, 1, 3], &[0, 3]);
    assert_eq!(useful(&supply, stack), [(1, 0, true), (0, 1, false)]);
}

#[test]
fn a_spliced_spec_counts_as_built_when_it_is_rewired() {
    // 0 links to 1, which was spliced: built as 2, which has a binary.
    let supply = supply(3, &[(0, 1, LINK), (1, 2, SPLICE)], &[2]);
    assert_eq!(supply.lacking(&ids(&[0])).unwrap(), [ids(&[0, 1])]);
    let stack = group(&[0, 1], &[0, 1], &[0, 1]);
    assert_eq!(useful(&supply, stack), [(0, 2, false), (1, 1, true)]);
}

#[test]
fn groups_count_their_own_wants_and_roots() {
    let supply = supply(3, &[(0, 2, LINK), (1, 2, LINK)], &[0, 1]);
    let groups = [
        group(&[2, 2], &[0, 1], &[0]),
        group(&[], &[0], &[0]),
        group(&[2], &[1], &[]),
    ];
    let answers = supply.usefulness(&groups).unwrap();
    let counts = answers.iter().map(|gaps| -> Vec<_> {
        let counts = gaps.iter().map(|gap| (gap.blocked, gap.roots_completed));
        counts.collect()
    });
    assert_eq!(
        counts.collect::<Vec<_>>(),
        [vec![(2, 1), (2, 1)], vec![], vec![(1, 0)]]
    );
}

#[test]
fn a_long_chain_is_no_danger() {
    let count = 200_000;
    let links: Vec<_> = (1..count).map(|spec| (spec - 1, spec, LINK)).collect();
    let supply = supply(count as usize, &links, &[]);
    let stack = group(&[0, count - 1], &[0, count - 1], &[0, count - 1]);
    assert_eq!(useful(&supply, stack), [(0, 2, false), (1, 1, true)]);
}

#[test]
fn faults_name_the_field() {
    let sound = supply(2, &[], &[]);
    for (field, faulty) in [
        ("gaps", group(&[2], &[], &[])),
        ("wants", group(&[], &[2], &[])),
        ("roots", group(&[], &[], &[2])),
    ] {
        let fault = sound.usefulness(&[faulty]).unwrap_err();
        assert_eq!(fault.to_string(), format!("`{field}` is invalid"));
    }
    assert!(matches!(
        sound.lacking(&ids(&[7])),
        Err(TaskError::SpecOutOfRange { field: "roots", .. })
    ));
    let mut short = sound;
    short.undescribed = SpecSet::empty(1);
    assert_eq!(
        short.lacking(&[]).unwrap_err().to_string(),
        "`undescribed` is about 1 specs, but the graph has 2"
    );
}

/// Each spec links to the next one, and if `has_leaf` to the last one, too.
fn chain(specs: u32, has_leaf: bool) -> Graph {
    let edge = |from: u32, to: u32| Edge {
        dependent: SpecId::new(from),
        dependency: SpecId::new(to),
        kinds: EdgeKinds::LINK | EdgeKinds::BUILD,
    };
    let mut edges: Vec<Edge> = (1..specs).map(|to| edge(to - 1, to)).collect();
    if has_leaf {
        edges.extend((0..specs - 2).map(|from| edge(from, specs - 1)));
    }
    Graph::new(specs as usize, edges).unwrap()
}

#[test]
fn the_gaps_of_a_long_chain_are_counted_in_a_walk() {
    let specs: u32 = 300_000;
    for (has_leaf, binaries) in [(false, 0), (false, 1), (true, 0)] {
        let mut supply = Supply::new(Arc::new(chain(specs, has_leaf)));
        let available = (0..binaries).map(SpecId::new);
        supply.available = SpecSet::from_ids(specs as usize, available).unwrap();
        let all: Vec<SpecId> = (0..specs).map(SpecId::new).collect();
        let roots = [0, 1000, specs - 1];
        let group = SpecGroup {
            gaps: all[binaries as usize..].to_vec(),
            wants: all.clone(),
            roots: roots.map(SpecId::new).to_vec(),
        };
        let answers = supply.usefulness(&[group]).unwrap();
        for (position, answer) in (binaries..).zip(&answers[0]) {
            assert_eq!(answer.blocked, position as usize);
            assert_eq!(answer.buildable_now, position == specs - 1);
            // A root with a binary is complete once the first spec below it is built.
            let lowest = roots.map(|root| root.max(binaries));
            let completed = lowest.iter().filter(|&&root| root >= position).count();
            assert_eq!(answer.roots_completed, completed);
        }
    }
}
