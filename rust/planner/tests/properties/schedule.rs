//! Laws of schedules, against the needs of the plan and against brute force.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use specplan_planner::{Plan, Run, Schedule, SpecId};

use crate::world::{permutation, scope, world};

fn schedule(plan: &Plan, runners: usize) -> Schedule {
    Schedule::new(plan, NonZeroUsize::new(runners).unwrap())
}

/// Builds with their ends in the order in which they were placed, and when each runner is free.
type Placed = (Vec<(SpecId, f64)>, Vec<f64>);

/// The shortest schedule there is: builds placed as early as can be, in every order.
///
/// The order in which builds start in a shortest schedule gives one that is as short.
fn shortest(plan: &Plan, runners: usize) -> f64 {
    let builds: Vec<SpecId> = plan.builds().collect();
    let needs = plan.needs();
    let mut best = f64::INFINITY;
    let mut orders: Vec<Placed> = vec![(Vec::new(), vec![0.0; runners])];
    while let Some((done, free)) = orders.pop() {
        if done.len() == builds.len() {
            best = best.min(done.iter().fold(0.0, |end, &(_, finish)| end.max(finish)));
        }
        let finish_of: BTreeMap<SpecId, f64> = done.iter().copied().collect();
        for &build in builds.iter().filter(|build| !finish_of.contains_key(build)) {
            let ends: Option<Vec<f64>> = needs
                .of(build)
                .map(|need| finish_of.get(&need).copied())
                .collect();
            let Some(ends) = ends else { continue };
            let mut free = free.clone();
            free.sort_unstable_by(f64::total_cmp);
            free[0] = ends.into_iter().fold(free[0], f64::max) + plan.cost_of(build);
            let done = done.iter().copied().chain([(build, free[0])]).collect();
            orders.push((done, free));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_build_runs_once_after_its_needs_and_no_runner_runs_two(
        world in world(14), scope in scope(), runners in 1..5_usize,
    ) {
        let plan = world.plan(scope);
        let schedule = schedule(&plan, runners);
        prop_assert!(schedule.shards.len() <= runners);
        prop_assert!(schedule.shards.iter().all(|shard| !shard.is_empty()));
        let run_of: BTreeMap<SpecId, Run> =
            schedule.shards.iter().flatten().map(|run| (run.build, *run)).collect();
        prop_assert_eq!(schedule.shards.iter().map(Vec::len).sum::<usize>(), run_of.len());
        prop_assert_eq!(run_of.len(), plan.builds().len());
        let needs = plan.needs();
        for build in plan.builds() {
            let run = run_of[&build];
            prop_assert_eq!(run.finish - run.start, plan.cost_of(build));
            prop_assert!(needs.of(build).all(|need| run_of[&need].finish <= run.start));
        }
        for shard in &schedule.shards {
            prop_assert!(shard.windows(2).all(|pair| pair[0].finish <= pair[1].start));
        }
        let end = run_of.values().fold(0.0_f64, |end, run| end.max(run.finish));
        prop_assert_eq!(schedule.makespan, end);
    }

    #[test]
    fn no_schedule_is_shorter_than_the_bound_and_this_one_is_not_twice_as_long(
        world in world(6), scope in scope(), runners in 1..4_usize,
    ) {
        let plan = world.plan(scope);
        let schedule = schedule(&plan, runners);
        let shortest = shortest(&plan, runners);
        prop_assert!(schedule.lower_bound.value <= shortest);
        prop_assert!(shortest <= schedule.makespan);
        let graham = 2.0 - 1.0 / f64::from(u32::try_from(runners).unwrap());
        prop_assert!(schedule.makespan <= graham * shortest);
    }

    #[test]
    fn one_runner_takes_all_the_work_and_many_the_critical_path(world in world(14), scope in scope()) {
        let plan = world.plan(scope);
        let totals = plan.totals();
        for (runners, end) in [(1, totals.cost), (usize::MAX, totals.critical_path)] {
            let schedule = schedule(&plan, runners);
            prop_assert_eq!(schedule.makespan, end);
            prop_assert_eq!(schedule.lower_bound.value, end);
        }
    }

    #[test]
    fn other_numbers_change_no_schedule(
        (world, names) in world(12).prop_flat_map(|world| {
            let names = permutation(world.len());
            (Just(world), names)
        }),
        scope in scope(), runners in 1..4_usize,
    ) {
        let one = schedule(&world.plan(scope), runners);
        let other = schedule(&world.relabelled(&names).plan(scope), runners);
        let renamed: Vec<Vec<Run>> = one.shards.iter().map(|shard| {
            shard.iter().map(|run| Run { build: SpecId::new(names[run.build.index()]), ..*run }).collect()
        }).collect();
        prop_assert_eq!(renamed, other.shards);
    }
}
