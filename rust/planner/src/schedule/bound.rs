//! A lower bound on any schedule.

/// The range of times for a build in any schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// The most expensive chain that must run before it.
    pub(super) head: f64,
    /// Its own cost.
    pub(super) own: f64,
    /// The most expensive chain that can only run after it.
    pub(super) tail: f64,
}

/// The reason why no schedule is shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundReason {
    /// The most expensive chain of builds has to run one after the other.
    CriticalPath,
    /// The runners share all the work, and none is ever idle at best.
    Work,
    /// Some builds cannot start before a time, have work for all runners, and have builds after
    /// them.
    Crowding,
}

impl BoundReason {
    /// The reason as one lower-case word, or words joined by an underscore.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CriticalPath => "critical_path",
            Self::Work => "work",
            Self::Crowding => "crowding",
        }
    }
}

/// A lower bound on any schedule, with its reason.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowerBound {
    /// The time.
    pub value: f64,
    /// Of several reasons for the same bound, the first in the order of [`BoundReason`].
    pub reason: BoundReason,
}

/// The best of three bounds.
///
/// The third one: in any set of builds, none starts before the smallest of their heads, the runners
/// share their work, and after the last of them at least the smallest of their tails follows. That
/// is the bound of J. Carlier ("Scheduling jobs with release dates and tails on identical
/// machines", EJOR 29, 1987), here at its best over *all* sets: only those matter that hold every
/// build with a head of at least h and a tail of at least t. Builds are added by falling head, and
/// a tree over the tails keeps the best tail.
///
/// If all costs are multiples of a whole number, so is the end of the shortest schedule, and the
/// bound is rounded up to a multiple. Complexity: O(n log n).
pub(super) fn lower_bound(spans: &[Span], runners: usize) -> LowerBound {
    let path = spans.iter().fold(0.0_f64, |path, span| {
        path.max(span.head + span.own + span.tail)
    });
    let work = spans.iter().fold(0.0_f64, |sum, span| sum + span.own);
    let share = Share::new(spans, runners, path, work);
    let mut bound = LowerBound {
        value: path,
        reason: BoundReason::CriticalPath,
    };
    for (times_runners, reason) in [
        (work, BoundReason::Work),
        (crowding(spans, share.runners), BoundReason::Crowding),
    ] {
        let value = share.of(times_runners);
        if value > bound.value {
            bound = LowerBound { value, reason };
        }
    }
    bound
}

/// The sharing of work.
struct Share {
    runners: f64,
    /// The greatest number that divides all costs, if they are whole numbers.
    step: Option<f64>,
}

impl Share {
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are no more runners than builds, and fewer than 2^26 of those"
    )]
    fn new(spans: &[Span], runners: usize, path: f64, work: f64) -> Self {
        // Whole numbers are exact up to here.
        let most = 2.0_f64.powi(53);
        let runners = runners as f64;
        let is_whole = spans.iter().all(|span| span.own.fract() == 0.0);
        let is_exact = is_whole && path * runners + work < most;
        let divisor = || {
            spans.iter().fold(0.0, |divisor, span| {
                greatest_common_divisor(span.own, divisor)
            })
        };
        Self {
            runners,
            step: is_exact.then(divisor).filter(|&step| step > 0.0),
        }
    }

    /// The share of each runner in an amount of work.
    fn of(&self, work: f64) -> f64 {
        if work == 0.0 {
            return 0.0;
        }
        let share = work / self.runners;
        let rounded = |step: f64| (work / (self.runners * step)).ceil() * step;
        self.step.map_or(share, rounded)
    }
}

/// The largest number that two whole numbers are multiples of.
fn greatest_common_divisor(mut left: f64, mut right: f64) -> f64 {
    while right > 0.0 {
        (left, right) = (right, left % right);
    }
    left
}

/// The largest `runners * (head + tail) + work` of any set of builds.
fn crowding(spans: &[Span], runners: f64) -> f64 {
    let mut tails: Vec<f64> = spans.iter().map(|span| span.tail).collect();
    tails.sort_unstable_by(f64::total_cmp);
    tails.dedup();
    let mut by_head: Vec<&Span> = spans.iter().collect();
    by_head.sort_unstable_by(|one, other| {
        let by_head = other.head.total_cmp(&one.head);
        by_head.then(other.tail.total_cmp(&one.tail))
    });
    let mut tree = Tree::new(tails.len());
    let mut most = 0.0_f64;
    for span in by_head {
        let at = tails.partition_point(|tail| *tail < span.tail);
        tree.add(at, span.own, runners * span.tail);
        most = most.max(runners * span.head + tree.best());
    }
    most
}

/// The best `value of a leaf + sum of the work at this leaf and those after it`, over all leaves
/// that were added to.
struct Tree {
    /// A heap-ordered binary tree: the children of node i are 2 i and 2 i + 1, node 1 is the root.
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Node {
    /// The work of the leaves below.
    work: f64,
    /// The best among the leaves below.
    best: f64,
}

impl Tree {
    fn new(leaves: usize) -> Self {
        let nothing = Node {
            work: 0.0,
            best: f64::NEG_INFINITY,
        };
        Self {
            nodes: vec![nothing; 2 * leaves.next_power_of_two()],
        }
    }

    fn add(&mut self, leaf: usize, work: f64, value: f64) {
        let mut at = self.nodes.len() / 2 + leaf;
        let node = &mut self.nodes[at];
        node.work += work;
        node.best = value + node.work;
        while at > 1 {
            at /= 2;
            let (left, right) = (self.nodes[2 * at], self.nodes[2 * at + 1]);
            self.nodes[at] = Node {
                work: left.work + right.work,
                best: right.best.max(left.best + right.work),
            };
        }
    }

    fn best(&self) -> f64 {
        self.nodes[1].best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(head: u32, own: u32, tail: u32) -> Span {
        let [head, own, tail] = [head, own, tail].map(f64::from);
        Span { head, own, tail }
    }

    #[test]
    fn nothing_to_do_takes_no_time() {
        assert_eq!(lower_bound(&[], 0).value.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_chain_takes_its_length_on_any_number_of_runners() {
        let bound = lower_bound(&[span(0, 2, 3), span(2, 3, 0)], 2);
        assert_eq!(
            (bound.value, bound.reason),
            (5.0, BoundReason::CriticalPath)
        );
    }

    #[test]
    fn whole_work_is_shared_in_whole_parts() {
        let bound = lower_bound(&[span(0, 1, 0); 5], 2);
        assert_eq!((bound.value, bound.reason), (3.0, BoundReason::Work));
        let half = Span {
            own: 0.5,
            ..span(0, 0, 0)
        };
        assert_eq!(
            lower_bound(&[half; 5], 2).value.to_bits(),
            1.25_f64.to_bits()
        );
    }

    #[test]
    fn a_crowd_between_one_first_and_one_last_takes_longer() {
        let mut spans = vec![span(1, 1, 1); 4];
        spans.extend([span(0, 1, 2), span(2, 1, 0)]);
        let bound = lower_bound(&spans, 2);
        assert_eq!((bound.value, bound.reason), (4.0, BoundReason::Crowding));
    }

    #[test]
    fn the_best_over_all_sets_is_found() {
        // Comparison with every pair of thresholds.
        let spans: Vec<Span> = (0..40)
            .map(|at: u32| span(at * 7 % 13, 1 + at * 5 % 9, at * 11 % 17))
            .collect();
        let mut best = 0.0_f64;
        for head in spans.iter().map(|span| span.head) {
            for tail in spans.iter().map(|span| span.tail) {
                let set = spans
                    .iter()
                    .filter(|span| span.head >= head && span.tail >= tail);
                let work: f64 = set.map(|span| span.own).sum();
                if work > 0.0 {
                    best = best.max(3.0 * (head + tail) + work);
                }
            }
        }
        assert_eq!(crowding(&spans, 3.0).to_bits(), best.to_bits());
    }
}
