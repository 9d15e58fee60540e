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
    /// Whether the graph records all edges.
    is_complete: bool,
}

/// The progress of the summary of a spec while the graph is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Not reached yet.
    New,
    /// Reached; what is below is being summarised.
    Open,
    /// Finished.
    Done,
}

/// The summaries of the specs of a graph, as far as they were asked for.
///
/// Most questions reach few of the specs. So there is one number a spec, of zeros at first, which
/// cost nothing before they are looked at, and a summary only for what was reached.
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
