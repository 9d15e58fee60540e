//! Sets of dense ids: specs of a catalog, keys of a level.

use std::fmt;
use std::iter;
use std::ops::{BitAndAssign, BitOrAssign, RangeInclusive, SubAssign};

use roaring::RoaringBitmap;

/// A compressed bitset of ids `0..n`, n below 2^32.
///
/// A dense set over few ids has one bit for each, from 0 to its last one: usually the packages of a
/// cell. Any other groups its ids by their upper 16 bits; a group is an array, a bitmap of 1,024
/// words or a list of runs, whichever is smallest (Lemire and others, "Roaring Bitmaps", 2018). The
/// rare package costs a few bytes and the common system one bit a spec. Counts of intersections and
/// differences are taken without building the result.
#[derive(Clone, PartialEq)]
pub struct IdSet(Form);

/// The one form that a set has: equal sets are equal forms.
#[derive(Clone, PartialEq)]
enum Form {
    /// Bit i of word w is id 64 w + i; the last word is not zero.
    Words(Vec<u64>),
    Groups(RoaringBitmap),
}

use Form::{Groups, Words};

/// The maximum number of words in a set of words.
const MOST_WORDS: usize = 256;

/// Returns whether `len` ids in this many words are stored as words: if that takes no more space
/// than groups, which take two bytes per id and these additional bytes.
fn are_words(words: usize, len: u64) -> bool {
    const BESIDES: u64 = 64;
    words <= MOST_WORDS && words as u64 * 8 <= 2 * len + BESIDES
}

fn place(id: u32) -> (usize, u64) {
    (id as usize / 64, 1 << (id % 64))
}

fn ids_of(words: &[u64]) -> impl Iterator<Item = u32> + Clone + '_ {
    words.iter().enumerate().flat_map(|(index, &word)| {
        let base = index as u32 * 64;
        iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)))
            .take_while(|&word| word != 0)
            .map(move |word| base + word.trailing_zeros())
    })
}

fn count(words: impl Iterator<Item = u64>) -> u64 {
    words.map(|word| u64::from(word.count_ones())).sum()
}

fn has(words: &[u64], id: u32) -> bool {
    let (word, bit) = place(id);
    words.get(word).is_some_and(|word| word & bit != 0)
}

/// The ids of `groups` that `words` could hold.
fn within<'s>(groups: &'s RoaringBitmap, words: &[u64]) -> impl Iterator<Item = u32> + 's {
    let end = words.len() as u32 * 64;
    groups.iter().take_while(move |&id| id < end)
}

/// Words of the same number, with the bits of `ids`.
fn words_of(ids: impl IntoIterator<Item = u32>, len: usize) -> Vec<u64> {
    let mut words = vec![0; len];
    for (word, bit) in ids.into_iter().map(place) {
        words[word] |= bit;
    }
    words
}

fn groups_of(words: &[u64]) -> RoaringBitmap {
    RoaringBitmap::from_sorted_iter(ids_of(words)).expect("the ids of words ascend")
}

impl From<RoaringBitmap> for IdSet {
    fn from(groups: RoaringBitmap) -> Self {
        let words = groups.max().map_or(0, |last| place(last).0 + 1);
        if !are_words(words, groups.len()) {
            return Self(Groups(groups));
        }
        Self(Words(words_of(groups, words)))
    }
}

impl From<Vec<u64>> for IdSet {
    /// The set of the bits that are set: bit i of word w is id 64 w + i.
    fn from(mut words: Vec<u64>) -> Self {
        let len = words.iter().rposition(|&word| word != 0);
        words.truncate(len.map_or(0, |last| last + 1));
        if are_words(words.len(), count(words.iter().copied())) {
            Self(Words(words))
        } else {
            Self(Groups(groups_of(&words)))
        }
    }
}

impl Default for IdSet {
    fn default() -> Self {
        Self(Words(Vec::new()))
    }
}

impl IdSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// All ids below `len`.
    pub fn full(len: u32) -> Self {
        let words = (len as usize).div_ceil(64);
        if words > MOST_WORDS {
            let mut groups = RoaringBitmap::new();
            groups.insert_range(0..len);
            return Self(Groups(groups));
        }
        let mut these = vec![u64::MAX; words];
        if let (Some(last), rest @ 1..) = (these.last_mut(), len % 64) {
            *last = (1 << rest) - 1;
        }
        Self::from(these)
    }

    /// The set of `ids`, which ascend strictly.
    ///
    /// # Panics
    ///
    /// When they do not ascend.
    pub fn from_ascending(ids: impl IntoIterator<Item = u32>) -> Self {
        let ids: Vec<u32> = ids.into_iter().collect();
        let words = ids.last().map_or(0, |&last| place(last).0 + 1);
        if !are_words(words, ids.len() as u64) {
            let groups = RoaringBitmap::from_sorted_iter(ids);
            return Self(Groups(groups.expect("the ids ascend strictly")));
        }
        assert!(
            ids.is_sorted_by(|one, two| one < two),
            "the ids ascend strictly"
        );
        Self(Words(words_of(ids, words)))
    }

    /// The set of the bits that are set in `words`: bit i of word w is id 64 w + i.
    pub fn from_words(words: &[u64]) -> Self {
        Self::from(words.to_vec())
    }

    /// The number of ids that the set has.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Words(words) => count(words.iter().copied()),
            Groups(groups) => groups.len(),
        }
    }

    /// Returns whether it has none.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Words(words) if words.is_empty())
    }

    /// Returns whether `id` is in the set.
    pub fn contains(&self, id: u32) -> bool {
        match &self.0 {
            Words(words) => has(words, id),
            Groups(groups) => groups.contains(id),
        }
    }

    /// Adds `id`; returns whether it is new.
    pub fn insert(&mut self, id: u32) -> bool {
        let (word, bit) = place(id);
        match &mut self.0 {
            Words(words) if word < words.len() => {
                let is_new = words[word] & bit == 0;
                words[word] |= bit;
                is_new
            }
            Words(words) if are_words(word + 1, count(words.iter().copied()) + 1) => {
                words.resize(word + 1, 0);
                words[word] |= bit;
                true
            }
            Words(words) => {
                let mut groups = groups_of(words);
                groups.insert(id);
                *self = Self(Groups(groups));
                true
            }
            Groups(groups) => {
                let is_new = groups.insert(id);
                *self = Self::from(std::mem::take(groups));
                is_new
            }
        }
    }

    /// The ids, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (words, groups) = match &self.0 {
            Words(words) => (&words[..], None),
            Groups(groups) => (&[][..], Some(groups)),
        };
        ids_of(words).chain(groups.into_iter().flatten())
    }

    /// The same ids as ranges, ascending, which neither overlap nor touch within a chunk.
    pub fn ranges(&self) -> impl Iterator<Item = RangeInclusive<u32>> + '_ {
        let (words, groups) = match &self.0 {
            Words(words) => (&words[..], None),
            Groups(groups) => (&[][..], Some(groups)),
        };
        let mut of_words = ids_of(words).peekable();
        let mut of_groups = groups.map(RoaringBitmap::iter);
        iter::from_fn(move || {
            if let Some(ids) = &mut of_groups {
                return ids.next_range();
            }
            let first = of_words.next()?;
            let mut last = first;
            while of_words.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            Some(first..=last)
        })
    }

    /// The ids below `len` that are not in the set.
    #[must_use]
    pub fn complement(&self, len: u32) -> Self {
        let mut all = Self::full(len);
        all -= self;
        all
    }

    /// The ids in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Words(one), Words(two)) => {
                let both = one.iter().zip(two).map(|(one, two)| one & two);
                Self::from(both.collect::<Vec<_>>())
            }
            (Words(words), Groups(groups)) | (Groups(groups), Words(words)) => {
                Self::from_ascending(within(groups, words).filter(|&id| has(words, id)))
            }
            (Groups(one), Groups(two)) => Self::from(one & two),
        }
    }

    /// The ids in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Words(one), Words(two)) => {
                let (long, short) = if one.len() < two.len() {
                    (two, one)
                } else {
                    (one, two)
                };
                let mut words = long.clone();
                for (word, other) in words.iter_mut().zip(short) {
                    *word |= other;
                }
                // It has as many words as one that had enough ids for them.
                Self(Words(words))
            }
            (Words(words), Groups(groups)) | (Groups(groups), Words(words)) => {
                Self::from(groups | groups_of(words))
            }
            (Groups(one), Groups(two)) => Self::from(one | two),
        }
    }

    /// The ids in this set and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Words(one), Words(two)) => {
                let mut words = one.clone();
                for (word, other) in words.iter_mut().zip(two) {
                    *word &= !other;
                }
                Self::from(words)
            }
            (Words(one), Groups(groups)) => {
                let mut words = one.clone();
                for (word, bit) in within(groups, one).map(place) {
                    words[word] &= !bit;
                }
                Self::from(words)
            }
            (Groups(groups), Words(words)) => Self::from(groups - groups_of(words)),
            (Groups(one), Groups(two)) => Self::from(one - two),
        }
    }

    /// The length of the [`intersection`](Self::intersection), which is not built.
    pub fn intersection_len(&self, other: &Self) -> u64 {
        match (&self.0, &other.0) {
            (Words(one), Words(two)) => count(one.iter().zip(two).map(|(one, two)| one & two)),
            (Words(words), Groups(groups)) | (Groups(groups), Words(words)) => {
                within(groups, words).filter(|&id| has(words, id)).count() as u64
            }
            (Groups(one), Groups(two)) => one.intersection_len(two),
        }
    }

    /// The length of the [`union`](Self::union), which is not built.
    pub fn union_len(&self, other: &Self) -> u64 {
        self.len() + other.len() - self.intersection_len(other)
    }

    /// The length of the [`difference`](Self::difference), which is not built.
    pub fn difference_len(&self, other: &Self) -> u64 {
        self.len() - self.intersection_len(other)
    }

    /// Returns whether the sets share an id.
    pub fn intersects(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Words(one), Words(two)) => one.iter().zip(two).any(|(one, two)| one & two != 0),
            (Words(words), Groups(groups)) | (Groups(groups), Words(words)) => {
                within(groups, words).any(|id| has(words, id))
            }
            (Groups(one), Groups(two)) => !one.is_disjoint(two),
        }
    }
}

impl BitAndAssign<&Self> for IdSet {
    fn bitand_assign(&mut self, other: &Self) {
        *self = self.intersection(other);
    }
}

impl BitOrAssign<&Self> for IdSet {
    fn bitor_assign(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Words(words), Words(other)) if other.len() <= words.len() => {
                for (word, other) in words.iter_mut().zip(other) {
                    *word |= other;
                }
            }
            (Groups(groups), Groups(other)) => {
                *groups |= other;
                *self = Self::from(std::mem::take(groups));
            }
            _ => *self = self.union(other),
        }
    }
}

impl SubAssign<&Self> for IdSet {
    fn sub_assign(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Groups(groups), Groups(other)) => {
                *groups -= other;
                *self = Self::from(std::mem::take(groups));
            }
            _ => *self = self.difference(other),
        }
    }
}

impl fmt::Debug for IdSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<u32> for IdSet {
    fn from_iter<I: IntoIterator<Item = u32>>(ids: I) -> Self {
        Self::from(ids.into_iter().collect::<RoaringBitmap>())
    }
}

/// The laws of set algebra, on sets of both forms that end just below, at and above the boundaries
/// of a word (64), of a set of words (16,384) and of a roaring group (65,536).
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    const BOUNDARIES: [u32; 13] = [
        0, 1, 63, 64, 65, 127, 128, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537,
    ];

    fn ids() -> impl Strategy<Value = BTreeSet<u32>> {
        let id = prop_oneof![
            prop::sample::select(BOUNDARIES.to_vec()),
            0_u32..200,
            16_300_u32..16_400,
            65_500_u32..65_600,
        ];
        let some = prop::collection::btree_set(id, 0..80);
        // Enough ids for words up to the largest one.
        let many =
            (0_u32..16_000, 1_u32..16).prop_map(|(last, step)| (0..last).step_by(step as usize));
        prop_oneof![
            some.clone(),
            (some, many).prop_map(|(some, many)| some.into_iter().chain(many).collect()),
        ]
    }

    fn set(ids: &BTreeSet<u32>) -> IdSet {
        ids.iter().copied().collect()
    }

    fn plain(set: &IdSet) -> BTreeSet<u32> {
        set.iter().collect()
    }

    proptest! {
        #[test]
        fn algebra_agrees_with_a_plain_set(a in ids(), b in ids()) {
            let (x, y) = (set(&a), set(&b));
            prop_assert_eq!(plain(&x.intersection(&y)), &a & &b);
            prop_assert_eq!(plain(&x.union(&y)), &a | &b);
            prop_assert_eq!(plain(&x.difference(&y)), &a - &b);
            prop_assert_eq!(x.len(), a.len() as u64);
            prop_assert_eq!(x.is_empty(), a.is_empty());
            prop_assert_eq!(x.intersects(&y), !a.is_disjoint(&b));
        }

        #[test]
        fn counting_without_building_agrees_with_building(a in ids(), b in ids()) {
            let (x, y) = (set(&a), set(&b));
            prop_assert_eq!(x.intersection_len(&y), x.intersection(&y).len());
            prop_assert_eq!(x.union_len(&y), x.union(&y).len());
            prop_assert_eq!(x.difference_len(&y), x.difference(&y).len());
        }

        #[test]
        fn in_place_and_new_results_agree(a in ids(), b in ids()) {
            let (x, y) = (set(&a), set(&b));
            let (mut and, mut or, mut minus) = (x.clone(), x.clone(), x.clone());
            and &= &y;
            or |= &y;
            minus -= &y;
            prop_assert_eq!(and, x.intersection(&y));
            prop_assert_eq!(or, x.union(&y));
            prop_assert_eq!(minus, x.difference(&y));
        }

        #[test]
        fn de_morgan_holds_in_every_universe(a in ids(), b in ids(), len in prop::sample::select(BOUNDARIES.to_vec())) {
            let below = |ids: &BTreeSet<u32>| ids.iter().copied().filter(|&id| id < len).collect::<IdSet>();
            let (x, y) = (below(&a), below(&b));
            let left = x.union(&y).complement(len);
            let right = x.complement(len).intersection(&y.complement(len));
            prop_assert_eq!(left, right);
            prop_assert_eq!(x.complement(len).complement(len), x.clone());
            prop_assert_eq!(x.ranges().flatten().collect::<Vec<_>>(), x.iter().collect::<Vec<_>>());
        }

        #[test]
        fn a_set_has_one_form_however_it_came_about(a in ids(), b in ids()) {
            let mut one_by_one = set(&a);
            for &id in &b {
                prop_assert_eq!(one_by_one.insert(id), !a.contains(&id));
            }
            prop_assert_eq!(&one_by_one, &set(&(&a | &b)));
            prop_assert_eq!(one_by_one.difference(&set(&b)), set(&(&a - &b)));
            prop_assert_eq!(one_by_one.intersection(&set(&a)), set(&a));
        }

        #[test]
        fn words_and_ids_are_the_same_set(a in ids()) {
            let last = a.last().map_or(0, |&id| id as usize + 1);
            let mut words = vec![0_u64; last.div_ceil(64)];
            for &id in &a {
                words[id as usize / 64] |= 1 << (id % 64);
            }
            prop_assert_eq!(IdSet::from_words(&words), set(&a));
        }
    }

    #[test]
    fn the_full_set_has_every_id_and_no_more_at_each_boundary() {
        for len in BOUNDARIES {
            let full = IdSet::full(len);
            assert_eq!(full.len(), u64::from(len));
            assert!(!full.contains(len));
            assert!(len == 0 || full.contains(len - 1));
            assert!(full.complement(len).is_empty());
        }
    }
}
