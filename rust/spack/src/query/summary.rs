//! What the edges below a spec hold, for one dependency that is asked for.

use crate::truth::{Missing, Truth};

/// What some edges hold, as far as one `^` dependency asks.
///
/// Summaries of parts combine to that of the whole, so one spec's is made of those of what it links
/// to and runs with. A graph without cycles is thus summarised in time linear in its edges,
/// whatever number of specs is asked.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    /// Whether one of the edges leads to what is asked.
    found: Truth,
    /// For each virtual package that is named, whether one of the edges provides it.
    provided: Box<[Truth]>,
    /// Whether the graph tells all edges.
    is_complete: bool,
}

/// The state of a spec's summary while the graph is walked.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    /// Not reached yet.
    New,
    /// Reached; what is below is being summarised.
    Open,
    /// Finished.
    Done(Summary),
}

impl Summary {
    /// The summary of no edges.
    pub(super) fn empty(virtuals_len: usize, is_complete: bool) -> Self {
        Self {
            found: Truth::No,
            provided: vec![Truth::No; virtuals_len].into(),
            is_complete,
        }
    }

    /// Takes in an edge: whether it goes by the name that is asked for, whether it leads to what is
    /// asked, and which of the virtual packages it provides.
    pub(super) fn add_edge(
        &mut self,
        named: Truth,
        leads: Truth,
        provides: impl Iterator<Item = Truth>,
    ) {
        self.found = self.found.or(named.and(leads));
        for (provided, provides) in self.provided.iter_mut().zip(provides) {
            *provided = provided.or(named.and(provides));
        }
    }

    /// Takes in other edges.
    pub(super) fn add(&mut self, other: &Self) {
        self.found = self.found.or(other.found);
        for (provided, other) in self.provided.iter_mut().zip(&other.provided) {
            *provided = provided.or(*other);
        }
        self.is_complete &= other.is_complete;
    }

    /// Whether the edges hold what is asked.
    pub(super) fn answer(&self) -> Truth {
        match Truth::all(self.provided.iter().copied()).and(self.found) {
            Truth::No if !self.is_complete => Truth::Unknown(Missing::Edges),
            answer => answer,
        }
    }
}
