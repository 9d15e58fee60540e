//! Plans of small worlds.

use std::sync::Arc;

use specplan_planner::{
    Cause, CutReason, Edge, EdgeKinds, Graph, LeftOutReason, Link, Plan, Policy, RecipeChange,
    Scope, SpecId, SpecSet, Task, WhyVerdict,
};

use crate::{BUILD, LINK, RUN, SPLICE, TEST, builds, edges, ids, task};

#[test]
fn a_binary_whose_build_dependency_is_not_cached_needs_no_build() {
    let task = task(2, &[(0, 1, BUILD)], &[0]);
    assert_eq!(builds(&task), []);
    let node_by_node = Plan::new(task).unwrap().node_by_node();
    assert_eq!(node_by_node.builds.len(), 1);
    assert_eq!(node_by_node.unnecessary[0].reason, CutReason::Available);
}

#[test]
fn a_binary_whose_link_dependency_is_missing_needs_that_alone() {
    let task = task(3, &[(0, 1, LINK), (1, 2, BUILD)], &[0, 2]);
    assert_eq!(builds(&task), [1]);
}

#[test]
fn a_build_waits_for_what_it_reaches_through_available_specs() {
    // 0 is built with available 1, which runs with missing 2.
    let task = task(3, &[(0, 1, BUILD), (1, 2, RUN)], &[1]);
    let plan = Plan::new(task).unwrap();
    assert_eq!(plan.stage(0).collect::<Vec<_>>(), ids(&[2]));
    assert_eq!(plan.stage(1).collect::<Vec<_>>(), ids(&[0]));
    assert_eq!(
        plan.needs().of(SpecId::new(0)).collect::<Vec<_>>(),
        ids(&[2])
    );
}

#[test]
fn externals_are_neither_wanted_nor_built_nor_looked_through() {
    let mut task = task(3, &[(0, 1, LINK), (1, 2, LINK)], &[]);
    task.external = SpecSet::from_ids(3, ids(&[1])).unwrap();
    task.roots = ids(&[0, 1]);
    assert_eq!(builds(&task), [0]);
    let plan = Plan::new(task).unwrap();
    assert_eq!(plan.totals().wants, 1);
    assert_eq!(
        plan.why(SpecId::new(1)).unwrap().verdict,
        WhyVerdict::External
    );
    // Node by node does look through it.
    let unnecessary = plan.node_by_node().unnecessary;
    assert_eq!(
        (unnecessary[0].spec, unnecessary[0].reason),
        (SpecId::new(2), CutReason::External)
    );
}

#[test]
fn test_edges_are_not_built_but_carry_staleness() {
    let mut task = task(2, &[(0, 1, TEST)], &[0, 1]);
    task.change = Some(RecipeChange {
        changed: SpecSet::from_ids(2, ids(&[1])).unwrap(),
        policy: Policy::Hash,
        depth: None,
    });
    assert_eq!(builds(&task), [0]);
}

#[test]
fn a_spliced_spec_is_not_built_but_what_it_was_built_as_is_fetched() {
    // 0 was spliced: built as 1, which linked to 2; now it links to 3.
    let triples = [(0, 1, SPLICE), (0, 3, LINK), (1, 2, LINK)];
    assert_eq!(builds(&task(4, &triples, &[0, 3])), []);
    assert_eq!(builds(&task(4, &triples, &[3])), [2, 1]);
    // With its original available nothing is built, not even what the original needs to run.
    assert_eq!(builds(&task(4, &triples, &[1, 3])), []);
    let plan = Plan::new(task(4, &triples, &[1, 3])).unwrap();
    assert_eq!(
        plan.why(SpecId::new(0)).unwrap().verdict,
        WhyVerdict::Rewired
    );
}

#[test]
fn the_link_policy_keeps_binaries_that_a_change_reaches_by_building_alone() {
    // 0 runs with 1, which is built with changed 3; 2 is compiled by 3.
    let triples = [
        (0, 1, RUN),
        (1, 3, BUILD),
        (0, 2, LINK),
        (2, 3, BUILD | EdgeKinds::COMPILER),
    ];
    let mut task = task(4, &triples, &[0, 1, 2, 3]);
    let change = |policy, depth| {
        let changed = SpecSet::from_ids(4, ids(&[3])).unwrap();
        Some(RecipeChange {
            changed,
            policy,
            depth,
        })
    };
    task.change = change(Policy::Hash, None);
    assert_eq!(builds(&task), [3, 1, 2, 0]);
    task.change = change(Policy::Link, None);
    assert_eq!(builds(&task), [3, 2, 0]);
    let plan = Plan::new(task.clone()).unwrap();
    let stale = plan.stale().unwrap();
    assert_eq!(stale.kept_by_policy.iter().collect::<Vec<_>>(), ids(&[1]));
    assert_eq!(plan.cause(SpecId::new(3)), Some(Cause::Changed));
    assert_eq!(plan.cause(SpecId::new(0)), Some(Cause::Stale));
    assert_eq!(plan.cause(SpecId::new(1)), None);
    assert_eq!(plan.totals().due_to_change, 3);

    task.change = change(Policy::Link, Some(1));
    let stale = Plan::new(task.clone()).unwrap().stale().unwrap();
    assert_eq!(stale.kept_by_depth.iter().collect::<Vec<_>>(), ids(&[0]));
    assert_eq!(stale.untested().len(), 2);
    task.change = change(Policy::Hash, Some(0));
    // No available spec runs with 3, so no spec needs it built.
    assert_eq!(builds(&task), []);
}

#[test]
fn what_needs_a_broken_spec_is_left_out_with_its_chain() {
    // 0 needs 1, which needs broken 2; 3 is only needed by 1, 4 is another root.
    let triples = [(0, 1, LINK), (1, 2, BUILD), (1, 3, BUILD)];
    let mut task = task(5, &triples, &[]);
    task.roots = ids(&[0, 4]);
    task.scope = Scope::Roots;
    task.broken = SpecSet::from_ids(5, ids(&[2])).unwrap();
    let plan = Plan::new(task).unwrap();
    assert_eq!(plan.builds().collect::<Vec<_>>(), ids(&[4]));
    let left_out = plan.left_out();
    assert_eq!(left_out.cut, ids(&[2]));
    assert_eq!(left_out.wants, ids(&[0]));
    let builds = left_out.builds.iter();
    let reasons: Vec<_> = builds.map(|&spec| left_out.reason(spec)).collect();
    assert_eq!(
        reasons,
        [
            LeftOutReason::Needs(ids(&[0, 1, 2])),
            LeftOutReason::Needs(ids(&[1, 2])),
            LeftOutReason::Broken,
            LeftOutReason::Unneeded,
        ]
    );
    let why = plan.why(SpecId::new(3)).unwrap();
    assert_eq!(why.verdict, WhyVerdict::LeftOut(LeftOutReason::Unneeded));
}

#[test]
fn a_broken_spec_with_a_binary_is_no_obstacle() {
    let mut task = task(2, &[(0, 1, LINK)], &[1]);
    task.broken = SpecSet::from_ids(2, ids(&[1])).unwrap();
    assert_eq!(builds(&task), [0]);
    assert_eq!(Plan::new(task).unwrap().left_out().builds, []);
}

#[test]
fn why_shows_the_binary_that_cuts_a_spec_off() {
    // 2 is only there to build 1, and 1 to build 0, which has a binary.
    let plan = Plan::new(task(4, &[(0, 1, BUILD), (1, 2, LINK)], &[0])).unwrap();
    let why = plan.why(SpecId::new(2)).unwrap();
    assert_eq!(why.verdict, WhyVerdict::CutOff);
    let lines: Vec<_> = why
        .tree
        .iter()
        .map(|line| (line.depth, line.spec, line.link))
        .collect();
    assert_eq!(
        lines,
        [
            (0, SpecId::new(2), Link::Asked),
            (1, SpecId::new(1), Link::Unneeded),
            (2, SpecId::new(0), Link::Cuts(CutReason::Available)),
        ]
    );
    assert_eq!(
        plan.why(SpecId::new(3)).unwrap().verdict,
        WhyVerdict::NotWanted
    );
    assert_eq!(plan.why(SpecId::new(4)), None);
}

#[test]
fn a_tree_shows_a_spec_with_two_reasons_once() {
    // A diamond: 3 is needed by 1 and 2, both needed by 0.
    let triples = [(0, 1, LINK), (0, 2, LINK), (1, 3, LINK), (2, 3, LINK)];
    let plan = Plan::new(task(4, &triples, &[])).unwrap();
    let why = plan.why(SpecId::new(3)).unwrap();
    let lines: Vec<_> = why
        .tree
        .iter()
        .map(|line| (line.depth, line.spec.get(), line.is_repeated))
        .collect();
    let expected = [
        (0, 3, false),
        (1, 1, false),
        (2, 0, false),
        (1, 2, false),
        (2, 0, true),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_chain_of_a_million_specs_overflows_no_stack() {
    let count = 1_000_000;
    let links = (1..count).map(|spec| Edge {
        dependent: SpecId::new(spec - 1),
        dependency: SpecId::new(spec),
        kinds: if spec % 2 == 0 { LINK } else { BUILD | RUN },
    });
    let graph = Arc::new(Graph::new(count as usize, links).unwrap());
    let last = SpecId::new(count - 1);
    let mut task = Task::new(graph, ids(&[0]));
    task.scope = Scope::Roots;
    let plan = Plan::new(task.clone()).unwrap();
    assert_eq!(plan.stage_count(), count as usize);
    assert_eq!(plan.reasons().because(last).len(), count as usize);
    assert_eq!(plan.critical_path().chain.len(), count as usize);
    assert_eq!(plan.why(last).unwrap().tree.len(), count as usize);

    // Nothing but the ends is built: the first waits for the last through all others.
    let between = (1..count - 1).map(SpecId::new);
    task.available = SpecSet::from_ids(count as usize, between).unwrap();
    let plan = Plan::new(task).unwrap();
    assert_eq!(plan.needs().of(SpecId::new(0)).collect::<Vec<_>>(), [last]);
}

#[test]
fn builds_below_a_long_ladder_of_available_specs_are_found_without_a_set_for_each_rung() {
    // Each rung of two available specs links to both specs of the next one and to a missing one.
    let rungs = 20_000_u32;
    let mut triples = vec![(0, 1, BUILD), (0, 2, BUILD)];
    for rung in 0..rungs {
        let (left, right, missing) = (3 * rung + 1, 3 * rung + 2, 3 * rung + 3);
        triples.push((left, missing, LINK));
        if rung + 1 < rungs {
            for (from, to) in [(left, left), (left, right), (right, left), (right, right)] {
                triples.push((from, to + 3, LINK));
            }
        }
    }
    let available: Vec<u32> = (0..rungs)
        .flat_map(|rung| [3 * rung + 1, 3 * rung + 2])
        .collect();
    let plan = Plan::new(task(3 * rungs as usize + 1, &triples, &available)).unwrap();
    assert_eq!(plan.needs().of(SpecId::new(0)).count(), rungs as usize);
}

#[test]
fn an_empty_graph_has_an_empty_plan() {
    let plan = Plan::new(Task::new(Arc::new(Graph::new(0, []).unwrap()), Vec::new())).unwrap();
    assert_eq!((plan.builds().len(), plan.stage_count()), (0, 0));
    assert_eq!(plan.totals().builds, 0);
    assert!(
        plan.totals().cost.is_sign_positive(),
        "no build costs 0, not -0"
    );
}

#[test]
fn of_two_dearest_chains_the_one_of_smaller_ranks_is_critical() {
    // 0 waits for 1 and 2, which cost the same; 2 has the smaller rank.
    let triples = [(0, 1, LINK), (0, 2, LINK), (1, 3, LINK), (2, 3, LINK)];
    let ranks = [0, 3, 2, 1];
    let graph = Arc::new(Graph::with_ranks(&ranks, edges(&triples)).unwrap());
    let path = Plan::new(Task::new(graph, ids(&[0])))
        .unwrap()
        .critical_path();
    assert_eq!(path.chain, ids(&[3, 2, 0]));
}
