//! When and on which runner each build runs.
//!
//! Scheduling tasks that wait for each other on several machines is NP-hard; the schedule here is
//! that of *list scheduling by critical path*: whenever a runner is idle and builds can start, the
//! one with the most expensive chain of builds still ahead of it (its *level*) starts. No such
//! schedule takes longer than 2 - 1/N times the shortest one (R. L. Graham, "Bounds on
//! multiprocessing timing anomalies", SIAM J. Appl. Math. 17, 1969), and a [`LowerBound`] shows how
//! far off this one can be.

mod bound;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroUsize;

pub use self::bound::{BoundReason, LowerBound};
use self::bound::{Span, lower_bound};
use crate::graph::Places;
use crate::graph::id::{Place, SpecId};
use crate::plan::Plan;
use crate::plan::rules::Rules;

/// One build on one runner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// The builds.
    pub build: SpecId,
    /// When it starts; the schedule starts at 0.
    pub start: f64,
    /// When it is done.
    pub finish: f64,
}

/// When and where each build of a plan runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// By runner, its builds, in order. A runner without builds has no shard: the first runners
    /// have builds.
    pub shards: Vec<Vec<Run>>,
    /// When the last build is done.
    pub makespan: f64,
    /// A lower bound on any schedule on this number of runners.
    pub lower_bound: LowerBound,
}

impl Schedule {
    /// Schedules a plan on `runners` runners, each of which builds one spec at a time.
    ///
    /// Of builds that can start at the same time the one with the highest level goes first, then
    /// the one with the smallest rank, to the idle runner with the smallest number.
    ///
    /// # Complexity
    ///
    /// O(n log n + m).
    pub fn new(plan: &Plan, runners: NonZeroUsize) -> Self {
        let work = Work::new(plan);
        let runners = runners.get().min(work.spans.len());
        let mut shards = work.list_schedule(runners);
        // The idle runner with the smallest number goes first, so those without work are the last.
        shards.retain(|shard| !shard.is_empty());
        let makespan = latest(&shards);
        let mut lower_bound = lower_bound(&work.spans, runners);
        // Sums may be rounded differently; no schedule is shorter than its bound.
        lower_bound.value = lower_bound.value.min(makespan);
        Self {
            shards,
            makespan,
            lower_bound,
        }
    }
}

fn latest(shards: &[Vec<Run>]) -> f64 {
    let last = shards.iter().filter_map(|shard| shard.last());
    last.fold(0.0, |latest, run| latest.max(run.finish))
}

/// A time as a number that orders as the time does. Times are finite and not negative, and adding
/// zero makes the zero that is negative positive.
fn ordered(time: f64) -> u64 {
    (time + 0.0).to_bits()
}

/// The work to schedule.
struct Work<'p> {
    plan: &'p Plan,
    rules: &'p Rules,
    needed: &'p Places,
    /// By place, the most expensive chain from a spec up, itself included.
    level: Vec<f64>,
    /// Of each build.
    spans: Vec<Span>,
}

impl<'p> Work<'p> {
    fn new(plan: &'p Plan) -> Self {
        let (rules, needed) = (&plan.rules, &plan.needed);
        let count = rules.graph.spec_count();
        let mut head = vec![0.0_f64; count];
        for index in needed.ones() {
            let place = Place::at(index);
            for below in rules.demanded(place) {
                let done = head[below.index()] + cost(plan, below);
                head[index] = head[index].max(done);
            }
        }
        let mut level = vec![0.0_f64; count];
        let mut spans = Vec::new();
        for index in needed.ones().rev() {
            let place = Place::at(index);
            let tail = level[index];
            let own = cost(plan, place);
            level[index] += own;
            if rules.is_build(place) {
                let head = head[index];
                spans.push(Span { head, own, tail });
            }
            for below in rules.demanded(place) {
                level[below.index()] = level[below.index()].max(level[index]);
            }
        }
        Self {
            plan,
            rules,
            needed,
            level,
            spans,
        }
    }

    fn list_schedule(&self, runners: usize) -> Vec<Vec<Run>> {
        let graph = &self.rules.graph;
        let mut shards: Vec<Vec<Run>> = vec![Vec::new(); runners];
        let mut waiting = Waiting::new(self);
        let mut idle: BinaryHeap<Reverse<usize>> = (0..runners).map(Reverse).collect();
        let mut running: BinaryHeap<Reverse<(u64, usize, u32)>> = BinaryHeap::new();
        let mut now = 0.0_f64;
        loop {
            while let (Some(&Reverse(runner)), Some(place)) = (idle.peek(), waiting.peek()) {
                idle.pop();
                waiting.pop();
                let finish = now + cost(self.plan, place);
                shards[runner].push(Run {
                    build: graph.id_at(place),
                    start: now,
                    finish,
                });
                running.push(Reverse((ordered(finish), runner, place.get())));
            }
            let Some(&Reverse((time, _, _))) = running.peek() else {
                return shards;
            };
            now = f64::from_bits(time);
            while let Some(&Reverse((next, runner, place))) = running.peek() {
                if next != time {
                    break;
                }
                running.pop();
                idle.push(Reverse(runner));
                waiting.release(self, Place::new(place));
            }
        }
    }
}

/// The builds that have not started yet.
struct Waiting {
    /// By place, the number of demanded specs that a spec still waits for.
    pending: Vec<u32>,
    /// Builds that can start: level, rank (the smaller first), place.
    ready: BinaryHeap<(u64, Reverse<u32>, u32)>,
    stack: Vec<Place>,
}

impl Waiting {
    fn new(work: &Work<'_>) -> Self {
        let mut waiting = Self {
            pending: vec![0; work.rules.graph.spec_count()],
            ready: BinaryHeap::new(),
            stack: Vec::new(),
        };
        for index in work.needed.ones() {
            let demanded = work.rules.demanded(Place::at(index));
            waiting.pending[index] = demanded.fold(0, |count, _| count + 1);
        }
        let free = |&index: &usize| waiting.pending[index] == 0;
        let free: Vec<usize> = work.needed.ones().filter(free).collect();
        for index in free {
            waiting.arrive(work, Place::at(index));
        }
        waiting.drain(work);
        waiting
    }

    fn peek(&self) -> Option<Place> {
        let &(_, _, place) = self.ready.peek()?;
        Some(Place::new(place))
    }

    fn pop(&mut self) {
        self.ready.pop();
    }

    /// A build is done: builds that wait for nothing else can start.
    fn release(&mut self, work: &Work<'_>, place: Place) {
        self.stack.push(place);
        self.drain(work);
    }

    /// A spec no longer waits for anything. Specs that are not built are ready at once.
    fn arrive(&mut self, work: &Work<'_>, place: Place) {
        if work.rules.is_build(place) {
            let level = ordered(work.level[place.index()]);
            let rank = Reverse(work.rules.graph.rank_at(place));
            self.ready.push((level, rank, place.get()));
        } else {
            self.stack.push(place);
        }
    }

    fn drain(&mut self, work: &Work<'_>) {
        while let Some(place) = self.stack.pop() {
            for hop in work.rules.graph.dependents_at(place) {
                let above = hop.place();
                if work.needed.contains(above.index())
                    && work.rules.demands(above, hop.kinds(), place)
                {
                    self.pending[above.index()] -= 1;
                    if self.pending[above.index()] == 0 {
                        self.arrive(work, above);
                    }
                }
            }
        }
    }
}

/// The cost of a needed spec: nothing unless it is built.
fn cost(plan: &Plan, place: Place) -> f64 {
    if plan.rules.is_build(place) {
        plan.cost_at(place)
    } else {
        0.0
    }
}
