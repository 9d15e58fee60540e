//! Summaries of the edges below a spec, for one required dependency.

use crate::truth::{Missing, Truth};

/// A summary of some edges for one `^` dependency.
///
/// Summaries of parts combine to that of the whole, so the summary of a spec is made of those of
/// its link and run dependencies. A graph without cycles is thus summarised in time linear in its
/// edges, however many specs are asked about.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    /// Whether one of the edges leads to a match.
    found: Truth,
    /// For each named virtual package, whether one of the edges provides it.
    provided: Box<[Truth]>,
    /// Whether the graph records all edges.
    is_complete: bool,
}

/// The progress of the summary of a spec while the graph is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Not reached yet.
    New,
    /// Reached; its dependencies are being summarised.
    Open,
    /// Finished.
    Done,
}

/// The summaries of the specs of a graph that have been requested so far.
///
/// Most questions reach few of the specs. So there is one number per spec, at first zero, which
/// costs nothing until it is read, and a summary only for the specs that were reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Summaries {
    /// For each spec 0 if it is new, 1 if it is open, else 2 more than its place among the
    /// finished.
    places: Vec<u32>,
    finished: Vec<Summary>,
}

impl Summaries {
    const OPEN: u32 = 1;
    const FIRST: u32 = 2;

    /// Makes room for the specs of a graph.
    pub(super) fn make_room(&mut self, specs: usize) {
        if self.places.len() < specs {
            self.places = vec![0; specs];
        }
    }

    pub(super) fn progress(&self, spec: u32) -> Progress {
        match self.places[spec as usize] {
            0 => Progress::New,
            Self::OPEN => Progress::Open,
            _ => Progress::Done,
        }
    }

    pub(super) fn open(&mut self, spec: u32) {
        self.places[spec as usize] = Self::OPEN;
    }

    /// # Panics
    ///
    /// If there are as many summaries as numbers.
    pub(super) fn finish(&mut self, spec: u32, summary: Summary) {
        let place = u32::try_from(self.finished.len()).expect("specs have numbers of 32 bits");
        self.places[spec as usize] = place + Self::FIRST;
        self.finished.push(summary);
    }

    /// The summary of a spec, if it is finished.
    pub(super) fn get(&self, spec: u32) -> Option<&Summary> {
        let place = self.places[spec as usize].checked_sub(Self::FIRST)?;
        self.finished.get(place as usize)
    }
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

    /// Adds an edge: whether it has the required name, whether it leads to a match, and which of
    /// the virtual packages it provides.
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

    /// Adds other edges.
    pub(super) fn add(&mut self, other: &Self) {
        self.found = self.found.or(other.found);
        for (provided, other) in self.provided.iter_mut().zip(&other.provided) {
            *provided = provided.or(*other);
        }
        self.is_complete &= other.is_complete;
    }

    /// Returns whether the edges meet the requirement.
    pub(super) fn answer(&self) -> Truth {
        match Truth::all(self.provided.iter().copied()).and(self.found) {
            Truth::No if !self.is_complete => Truth::Unknown(Missing::Edges),
            answer => answer,
        }
    }
}
