//! The problem as it is solved: items, alternatives that need sets of them, wants.

use std::ops::Range;

use super::lists::{Lists, narrow};

/// Wants with alternatives, each of which needs a set of items with costs.
///
/// A solution is a set of items of least cost that contains all items of some alternative of each
/// want. With one item per alternative this is weighted set cover.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// By item, at least 1.
    pub(super) costs: Vec<u64>,
    /// By alternative its items, ascending and never empty.
    pub(super) alternatives: Lists,
    /// By alternative its want.
    pub(super) want_of: Vec<u32>,
    /// Want w has the alternatives `first[w]..first[w + 1]`; at least one.
    first: Vec<u32>,
    /// By item the alternatives that need it, ascending.
    pub(super) uses: Lists,
    /// By want, whether each of its alternatives needs a single item.
    pub(super) plain: Vec<bool>,
}

impl Instance {
    /// An instance of items with these costs, and of alternatives, those of one want together and
    /// wants in order.
    pub(super) fn new(costs: Vec<u64>, alternatives: Lists, want_of: Vec<u32>) -> Self {
        let uses = alternatives.transposed(costs.len());
        let wants = want_of.last().map_or(0, |&last| last as usize + 1);
        let mut first = vec![0; wants + 1];
        let mut plain = vec![true; wants];
        for (alternative, &want) in want_of.iter().enumerate() {
            first[want as usize + 1] = narrow(alternative + 1);
            plain[want as usize] &= alternatives.span(alternative).len() == 1;
        }
        Self {
            costs,
            alternatives,
            want_of,
            first,
            uses,
            plain,
        }
    }

    pub(super) fn item_count(&self) -> usize {
        self.costs.len()
    }

    pub(super) fn alternative_count(&self) -> usize {
        self.want_of.len()
    }

    pub(super) fn want_count(&self) -> usize {
        self.plain.len()
    }

    /// The number of pairs of an alternative and an item that it needs: the cost of one walk over
    /// the instance.
    pub(super) fn entry_count(&self) -> usize {
        self.alternatives.values().len()
    }

    pub(super) fn alternatives_of(&self, want: usize) -> Range<usize> {
        self.first[want] as usize..self.first[want + 1] as usize
    }

    /// The range of the entries of a want's alternatives among all.
    pub(super) fn entries_of(&self, want: usize) -> Range<usize> {
        let all = self.alternatives_of(want);
        self.alternatives.span(all.start).start..self.alternatives.span(all.end - 1).end
    }

    /// The approximate size in memory.
    pub(super) fn bytes(&self) -> usize {
        self.alternatives.bytes()
            + self.uses.bytes()
            + 4 * (self.want_of.len() + self.first.len())
            + 8 * self.costs.len()
            + self.plain.len()
    }

    /// The cost of a set of items.
    pub(super) fn cost_of(&self, items: &[u32]) -> u64 {
        items.iter().map(|&item| self.costs[item as usize]).sum()
    }
}
