//! The limits of searches.

/// The reason why a search ended before its answer was proven to be the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The limit on nodes was reached. The same question ends at the same place everywhere.
    Nodes,
    /// The limit on the memory of open nodes was reached; as with nodes, the same everywhere.
    Memory,
    /// The limit on work was reached; as with nodes, the same everywhere.
    Work,
    /// The caller stopped it; the place depends on the caller.
    Stopped,
}

/// The limits of a search that do not depend on a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchLimits {
    /// The maximum number of nodes.
    pub nodes: Option<u64>,
    /// The maximum number of steps, of which a computer takes some hundred million a second: a step
    /// is a visit to an item of an alternative, or to an arc of a minimum cut.
    pub work: Option<u64>,
}

/// The number of steps between two checks whether to stop.
const STEPS_BETWEEN_LOOKS: u64 = 1 << 20;

/// Counts nodes and work, and decides when the search is over.
pub(crate) struct Limiter<'a> {
    should_stop: &'a mut dyn FnMut() -> bool,
    limits: SearchLimits,
    nodes: u64,
    work: u64,
    next_look: u64,
    cut: Option<Cut>,
    /// The amount of work at which the current part of the search ends.
    part_limit: u64,
}

impl<'a> Limiter<'a> {
    pub(crate) fn new(limits: SearchLimits, should_stop: &'a mut dyn FnMut() -> bool) -> Self {
        Self {
            should_stop,
            limits,
            nodes: 0,
            work: 0,
            next_look: STEPS_BETWEEN_LOOKS,
            cut: None,
            part_limit: u64::MAX,
        }
    }

    /// Counts steps over entries of an instance.
    pub(crate) fn work(&mut self, steps: u64) {
        self.work += steps;
        if self.limits.work.is_some_and(|limit| self.work >= limit) {
            self.end(Cut::Work);
        }
        if self.work >= self.next_look {
            self.next_look = self.work + STEPS_BETWEEN_LOOKS;
            if self.cut.is_none() && (self.should_stop)() {
                self.cut = Some(Cut::Stopped);
            }
        }
    }

    /// All steps so far: a measure of time that is the same everywhere.
    pub(crate) fn worked(&self) -> u64 {
        self.work
    }

    /// Returns whether one more node may be searched; it is counted if so.
    pub(crate) fn enter_node(&mut self) -> bool {
        if self.limits.nodes.is_some_and(|limit| self.nodes >= limit) {
            self.end(Cut::Nodes);
        }
        if self.is_over() {
            return false;
        }
        self.nodes += 1;
        true
    }

    /// Limits the work of a part of the search; returns the limit around it, for
    /// [`pop_work_limit`](Self::pop_work_limit).
    pub(crate) fn push_work_limit(&mut self, work: u64) -> u64 {
        let outer = self.part_limit;
        self.part_limit = outer.min(self.work.saturating_add(work));
        outer
    }

    /// Ends a part of the search: the limit around it holds again.
    pub(crate) fn pop_work_limit(&mut self, outer: u64) {
        self.part_limit = outer;
    }

    pub(crate) fn nodes(&self) -> u64 {
        self.nodes
    }

    pub(crate) fn end(&mut self, cut: Cut) {
        self.cut.get_or_insert(cut);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.cut.is_some() || self.work >= self.part_limit
    }

    pub(crate) fn cut(&self) -> Option<Cut> {
        self.cut
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Limiter, SearchLimits};

    #[test]
    fn a_work_limit_ends_a_part_and_not_the_search() {
        let mut go_on = || false;
        let mut limiter = Limiter::new(SearchLimits::default(), &mut go_on);
        let outer = limiter.push_work_limit(100);
        let inner = limiter.push_work_limit(1000);
        limiter.work(100);
        assert!(
            limiter.is_over(),
            "an inner limit ends no later than the outer one"
        );
        assert!(!limiter.enter_node());
        limiter.pop_work_limit(inner);
        assert!(limiter.is_over());
        limiter.pop_work_limit(outer);
        assert!(!limiter.is_over());
        assert!(limiter.enter_node());
        assert_eq!((limiter.cut(), limiter.nodes()), (None, 1));
    }

    #[test]
    fn the_first_limit_that_is_reached_is_reported() {
        let mut go_on = || false;
        let limits = SearchLimits {
            nodes: Some(1),
            work: Some(10),
        };
        let mut limiter = Limiter::new(limits, &mut go_on);
        limiter.work(9);
        assert!(limiter.enter_node());
        limiter.work(1);
        assert!(!limiter.enter_node());
        assert_eq!((limiter.cut(), limiter.nodes()), (Some(Cut::Work), 1));
    }
}
