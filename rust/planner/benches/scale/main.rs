//! Times the planner on 1,000,000 specs and 8,000,000 edges, beside a plain worklist that gives the
//! same answer. Prints milliseconds, the minimum of several runs; checks answers, never times.
//!
//! Run `cargo bench -p specplan-planner`. Anywhere else (`cargo test --benches`) it runs small.
#![expect(clippy::print_stdout, reason = "a bench is there to print its numbers")]

mod shape;
mod usefulness;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use shape::{Random, Shape};
use specplan_planner::{
    Comparison, Difference, Direction, EdgeKinds, Graph, Plan, Policy, RecipeChange, Scope, SpecId,
    SpecSet, Task, reached, stale,
};

const FULL_SPECS: u32 = 1_000_000;
const SMALL_SPECS: u32 = 20_000;
const CHANGED_DEPENDENTS: usize = 100_000;
const RUNS: usize = 5;

fn main() {
    let spec_count = if std::env::args().any(|argument| argument == "--bench") {
        FULL_SPECS
    } else {
        SMALL_SPECS
    };
    for shape in [Shape::Environments, Shape::Tangle] {
        measure(shape, spec_count);
        usefulness::measure(shape, spec_count);
    }
}

/// The least time of several runs in milliseconds, and the last answer.
fn time<T>(name: &str, mut run: impl FnMut() -> T) -> T {
    let mut least_ms = f64::INFINITY;
    let mut answer = None;
    for _ in 0..RUNS {
        let start = Instant::now();
        let value = black_box(run());
        least_ms = least_ms.min(start.elapsed().as_secs_f64() * 1e3);
        answer = Some(value);
    }
    println!("{name:<58} {least_ms:>9.2} ms");
    answer.expect("there is at least one run")
}

fn measure(shape: Shape, spec_count: u32) {
    let edges = shape.edges(spec_count);
    let specs = spec_count as usize;
    println!("\n{shape:?}: {specs} specs, {} edges", edges.len());
    let ranks: Vec<u32> = (0..spec_count).collect();
    let graph = time("load/csr", || {
        Graph::with_ranks(&ranks, edges.iter().copied())
    })
    .expect("the shape has no cycle");
    let graph = Arc::new(graph);
    let roots: Vec<SpecId> = (0..spec_count)
        .map(SpecId::new)
        .filter(|&id| graph.neighbours(id, Direction::Dependents).next().is_none())
        .collect();

    let mut random = Random::new(7);
    let mut some = |percent: u64| {
        let flags: Vec<bool> = (0..specs).map(|_| random.below(100) < percent).collect();
        SpecSet::from_flags(&flags)
    };
    let caches = [
        ("nothing", SpecSet::empty(specs)),
        ("half", some(50)),
        ("95 percent", some(95)),
        ("all", SpecSet::full(specs)),
    ];
    for (name, available) in caches {
        let task = Task {
            available: available.clone(),
            ..Task::new(Arc::clone(&graph), roots.clone())
        };
        let plan = plan(&format!("plan and stages/cache has {name}"), &task);
        let builds = time(&format!("plan/cache has {name}/plain worklist"), || {
            plain_worklist(&graph, &available, &roots)
        });
        assert_eq!(plan.builds().len(), builds);
        let needs = time(&format!("needs/cache has {name}"), || plan.needs());
        let count: usize = plan.builds().map(|build| needs.of(build).count()).sum();
        println!(
            "    {builds} builds, {} stages, {count} needs",
            plan.stage_count()
        );
        if name == "95 percent" {
            on_demand(&plan, &task);
        }
    }
    change(&graph, &roots);
    difference(&graph);
}

fn plan(name: &str, task: &Task) -> Plan {
    let mut tasks = vec![task.clone(); RUNS];
    time(name, || Plan::new(tasks.pop().expect("one task a run"))).expect("the task is sound")
}

fn on_demand(plan: &Plan, task: &Task) {
    time("on demand/critical path", || plan.critical_path());
    time("on demand/reasons", || plan.reasons());
    time("on demand/node by node", || plan.node_by_node());
    time("on demand/totals", || plan.totals());
    if let Some(build) = plan.builds().next() {
        time("on demand/why of the first build", || plan.why(build));
    }
    let mut all = task.clone();
    all.scope = Scope::All;
    let planned = self::plan("plan and stages/scope all", &all).builds().len();
    assert_eq!(planned, plan.node_by_node().builds.len());
}

/// One changed spec with about the wanted number of dependents, everything else available.
fn change(graph: &Arc<Graph>, roots: &[SpecId]) {
    let specs = graph.spec_count();
    let wanted = CHANGED_DEPENDENTS * specs / FULL_SPECS as usize;
    let mut random = Random::new(11);
    let above = |id: SpecId| {
        let one = SpecSet::from_ids(specs, [id]).expect("the id is in range");
        reached(graph, &one, Direction::Dependents, EdgeKinds::ALL).len()
    };
    let spec_count = u64::try_from(specs).expect("a count fits");
    let changed = (0..300)
        .map(|_| SpecId::new(u32::try_from(random.below(spec_count)).expect("ids are u32")))
        .chain(most_needed(graph, 100))
        .min_by_key(|&id| above(id).abs_diff(wanted))
        .expect("there is a candidate");
    println!("    the change has {} dependents", above(changed) - 1);
    for policy in [Policy::Hash, Policy::Link] {
        let change = RecipeChange {
            changed: SpecSet::from_ids(specs, [changed]).expect("the id is in range"),
            policy,
            depth: None,
        };
        time(&format!("change/stale/{policy:?}"), || {
            stale(graph, &change)
        });
        let task = Task {
            available: SpecSet::full(specs),
            change: Some(change),
            ..Task::new(Arc::clone(graph), roots.to_vec())
        };
        let plan = plan(&format!("change/plan and stages/{policy:?}"), &task);
        time(&format!("change/due to change/{policy:?}"), || {
            plan.due_to_change()
        });
        println!(
            "    {} builds, {} stages",
            plan.builds().len(),
            plan.stage_count()
        );
    }
}

/// 200 specs changed themselves, and all their dependents inherited it.
fn difference(graph: &Arc<Graph>) {
    let specs = graph.spec_count();
    let spec_count = u64::try_from(specs).expect("a count fits");
    let mut random = Random::new(13);
    let mut own_content = vec![0; specs];
    let mut own = SpecSet::empty(specs);
    for content in 1..=200 {
        let id = SpecId::new(u32::try_from(random.below(spec_count)).expect("ids are u32"));
        own_content[id.index()] = content;
        own.insert(id).expect("the id is in range");
    }
    let fresh = reached(graph, &own, Direction::Dependents, EdgeKinds::ALL);
    let comparison = Comparison {
        graph: Arc::clone(graph),
        old: SpecSet::full(specs).difference(&fresh),
        new: SpecSet::full(specs),
        external: SpecSet::empty(specs),
        own_content,
    };
    let difference = time("difference/origins", || Difference::new(&comparison))
        .expect("the comparison is sound");
    let changes = time("difference/own changes", || difference.own_changes());
    let list = time("difference/hold list", || difference.hold_list());
    assert_eq!((changes.len(), list.builds), (own.len(), fresh.len()));
    println!(
        "    {} own changes, {} new hashes",
        changes.len(),
        fresh.len()
    );
}

/// The specs with the most direct dependents.
fn most_needed(graph: &Graph, count: usize) -> Vec<SpecId> {
    let mut ids: Vec<SpecId> = (0..).take(graph.spec_count()).map(SpecId::new).collect();
    ids.sort_by_cached_key(|&id| {
        std::cmp::Reverse(graph.neighbours(id, Direction::Dependents).count())
    });
    ids.truncate(count);
    ids
}

/// The rules with a stack and a set, as one would write them first.
fn plain_worklist(graph: &Graph, available: &SpecSet, roots: &[SpecId]) -> usize {
    let mut needed = SpecSet::empty(graph.spec_count());
    let mut stack = roots.to_vec();
    for &root in roots {
        needed.insert(root).expect("roots are in range");
    }
    let mut builds = 0;
    while let Some(spec) = stack.pop() {
        let demanded = if available.contains(spec) {
            EdgeKinds::INSTALL
        } else {
            builds += 1;
            EdgeKinds::REBUILD
        };
        for (dependency, kinds) in graph.neighbours(spec, Direction::Dependencies) {
            if kinds.intersects(demanded) && !needed.contains(dependency) {
                needed.insert(dependency).expect("neighbours are in range");
                stack.push(dependency);
            }
        }
    }
    builds
}
