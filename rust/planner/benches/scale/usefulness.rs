//! Times the usefulness of the gaps of a public cache, compared with a plan for each of some gaps.

use std::sync::Arc;

use specplan_planner::{Graph, Plan, Scope, SpecGroup, SpecId, SpecSet, Supply, Task, Usefulness};

use crate::shape::{Random, Shape};
use crate::time;

/// The divisor of the number of specs: a snapshot of the public cache has some 100,000, a fraction
/// of the other benches.
const SPEC_SHARE: u32 = 10;
/// The number of specs per root.
const ROOT_SHARE: usize = 100;
/// The number of gaps that are planned one by one, for comparison.
const PLANNED: usize = 20;

/// A tenth of the specs of the other benches, with two states of its cache: a tenth of the specs
/// missing, and all of them. The gaps are that tenth either way.
pub(crate) fn measure(shape: Shape, full_spec_count: u32) {
    let spec_count = full_spec_count / SPEC_SHARE;
    let specs = spec_count as usize;
    let edges = shape.edges(spec_count);
    let graph = Graph::new(specs, edges.iter().copied()).expect("the shape has no cycle");
    let graph = Arc::new(graph);
    println!("\n{shape:?}: {specs} specs, {} edges", graph.edge_count());

    let mut random = Random::new(17);
    let mut ids: Vec<SpecId> = (0..spec_count).map(SpecId::new).collect();
    for last in (1..specs).rev() {
        let limit = u64::try_from(last + 1).expect("a count fits");
        ids.swap(
            last,
            usize::try_from(random.below(limit)).expect("below a count"),
        );
    }
    let gaps = &ids[..specs / 10];
    let roots = &ids[specs - specs / ROOT_SHARE..];
    let missing = SpecSet::from_ids(specs, gaps.iter().copied()).expect("the ids are in range");
    let caches = [
        ("a tenth missing", SpecSet::full(specs).difference(&missing)),
        ("all missing", SpecSet::empty(specs)),
    ];
    for (name, available) in caches {
        let supply = Supply {
            available,
            ..Supply::new(Arc::clone(&graph))
        };
        let lacking = time(&format!("lacking/{name}"), || supply.lacking(roots))
            .expect("the supply is sound");
        println!(
            "    {} roots lack {} specs",
            roots.len(),
            lacking.iter().map(Vec::len).sum::<usize>()
        );
        for stacks in [1, 50] {
            let groups: Vec<SpecGroup> = (0..stacks)
                .map(|stack| SpecGroup {
                    gaps: every(gaps, stacks, stack),
                    wants: every(&ids, stacks, stack),
                    roots: every(roots, stacks, stack),
                })
                .collect();
            let name = format!("usefulness/{name}/{stacks} groups");
            let answers = time(&name, || supply.usefulness(&groups)).expect("the supply is sound");
            let sum =
                |of: fn(&Usefulness) -> usize| -> usize { answers.iter().flatten().map(of).sum() };
            println!(
                "    {} gaps block {} wants and complete {} roots; {} buildable now",
                gaps.len(),
                sum(|gap| gap.blocked),
                sum(|gap| gap.roots_completed),
                sum(|gap| usize::from(gap.buildable_now)),
            );
            one_by_one(&supply, &groups[0], &lacking, roots, &answers[0]);
        }
    }
}

/// The roots that some gaps complete, by a plan for each.
fn one_by_one(
    supply: &Supply,
    group: &SpecGroup,
    lacking: &[Vec<SpecId>],
    roots: &[SpecId],
    answers: &[Usefulness],
) {
    let own = |root: &SpecId| group.roots.contains(root);
    let lacking = roots.iter().zip(lacking).filter(|(root, _)| own(root));
    let lacking: Vec<&Vec<SpecId>> = lacking.map(|(_, lacking)| lacking).collect();
    let name = format!("usefulness/roots by a plan for each of {PLANNED} gaps");
    let completed = time(&name, || {
        let gaps = group.gaps.iter().take(PLANNED);
        let completed = gaps.map(|&gap| {
            let task = Task {
                available: supply.available.clone(),
                scope: Scope::Roots,
                ..Task::new(Arc::clone(&supply.graph), vec![gap])
            };
            let plan = Plan::new(task).expect("the task is sound");
            let is_built = |spec: &SpecId| plan.stage_of(*spec).is_some();
            let is_completed =
                |lacking: &&&Vec<SpecId>| !lacking.is_empty() && lacking.iter().all(is_built);
            lacking.iter().filter(is_completed).count()
        });
        completed.collect::<Vec<_>>()
    });
    let answers: Vec<usize> = answers.iter().map(|gap| gap.roots_completed).collect();
    assert!(answers.starts_with(&completed));
}

/// The specs whose position leaves `rest` when divided by `count`.
fn every(specs: &[SpecId], count: usize, rest: usize) -> Vec<SpecId> {
    specs.iter().copied().skip(rest).step_by(count).collect()
}
