//! The worth of a set of items.
//!
//! An item completes wants, and a want counts once, at the highest worth among its items. Wants
//! belong to *sources*, and sources to *groups*: of a group one source counts as a whole, the one
//! whose wants are worth most together. A want that stands alone is the only one of the only source
//! of its group.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::problem::{Competition, Options, Source};
use crate::numbers::number;

/// The wants that can be completed.
#[derive(Clone, Debug, Default)]
pub(super) struct Worth {
    /// By want, the items that complete it, each once, ascending.
    pub(super) options: Vec<Options>,
    /// By want, its source.
    pub(super) source_of: Vec<u32>,
    /// By source, its wants.
    pub(super) wants_of: Vec<Range<usize>>,
    /// By source, its group.
    pub(super) group_of: Vec<u32>,
    /// By source, its worth without any build.
    pub(super) base: Vec<i128>,
    /// By group, its sources.
    pub(super) sources_of: Vec<Range<usize>>,
    /// By group, the source that is looked at first.
    pub(super) preferred: Vec<u32>,
    /// By item, the wants that it completes, with the resulting worth.
    pub(super) of_item: Vec<Vec<(u32, i128)>>,
}

impl Worth {
    /// Wants that stand alone, and groups whose sources compete, each with the source to look at
    /// first. Wants with the same items become one if the items complete them equally.
    pub(super) fn new(alone: Vec<Options>, groups: Vec<Competition>) -> Self {
        let mut worth = Self::default();
        let mut number_of: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
        for options in alone {
            let is_even = options.windows(2).all(|pair| pair[0].1 == pair[1].1);
            let items: Vec<u32> = options.iter().map(|&(item, _)| item).collect();
            let same = number_of.get(&items).copied().filter(|_| is_even);
            if let Some(want) = same {
                // All are completed at once, by any of the items.
                for (sum, (_, more)) in worth.options[want].iter_mut().zip(options) {
                    sum.1 += more;
                }
                continue;
            }
            if is_even {
                number_of.insert(items, worth.options.len());
            }
            let wants = vec![options];
            worth.group(Competition {
                sources: vec![Source { base: 0, wants }],
                preferred: 0,
            });
        }
        for group in groups {
            worth.group(group);
        }
        worth
    }

    fn group(&mut self, group_of_sources: Competition) {
        let Competition { sources, preferred } = group_of_sources;
        let first = self.group_of.len();
        let group = number(self.sources_of.len());
        for source in sources {
            let start = self.options.len();
            for options in source.wants {
                self.source_of.push(number(self.group_of.len()));
                self.options.push(options);
            }
            self.wants_of.push(start..self.options.len());
            self.group_of.push(group);
            self.base.push(source.base);
        }
        self.preferred.push(number(first + preferred));
        self.sources_of.push(first..self.group_of.len());
    }

    /// Returns whether each want has exactly one item, and each group one source.
    pub(super) fn is_plain(&self) -> bool {
        self.options.iter().all(|options| options.len() == 1)
            && self.sources_of.iter().all(|sources| sources.len() == 1)
    }

    /// Records the wants that each item completes, once all wants are known.
    pub(super) fn index(&mut self, item_count: usize) {
        self.of_item = vec![Vec::new(); item_count];
        for (want, options) in (0..).zip(&self.options) {
            for &(item, value) in options {
                self.of_item[item as usize].push((want, value));
            }
        }
    }

    /// The total worth if everything were free.
    pub(super) fn most(&self) -> i128 {
        let best = |want: usize| self.options[want].iter().map(|&(_, value)| value).max();
        let of_source = |source: usize| {
            let wants = self.wants_of[source].clone();
            self.base[source] + wants.filter_map(best).sum::<i128>()
        };
        let groups = self.sources_of.iter();
        groups
            .filter_map(|sources| sources.clone().map(of_source).max())
            .sum()
    }
}
