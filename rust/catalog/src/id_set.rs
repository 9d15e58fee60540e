//! Sets of dense ids: specs of a catalog, keys of a level.

use std::fmt;
use std::ops::{BitAndAssign, BitOrAssign, RangeInclusive, SubAssign};

use roaring::RoaringBitmap;

/// A compressed bitset of ids `0..n`, n below 2^32.
///
/// Ids are grouped by their upper 16 bits; a group is an array, a bitmap of
/// 1,024 words or a list of runs, whichever is smallest (Lemire and others,
/// "Roaring Bitmaps", 2018). The rare package costs a few bytes and the common
/// system one bit a spec. Counts of intersections and differences are taken
/// without building the result.
#[derive(Clone, Default, PartialEq)]
pub struct IdSet(RoaringBitmap);

impl IdSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// All ids below `len`.
    pub fn full(len: u32) -> Self {
        let mut bits = RoaringBitmap::new();
        bits.insert_range(0..len);
        Self(bits)
    }

    /// The set of `ids`, which ascend strictly.
    ///
    /// # Panics
    ///
    /// When they do not ascend.
    pub fn from_ascending(ids: impl IntoIterator<Item = u32>) -> Self {
        Self(RoaringBitmap::from_sorted_iter(ids).expect("the ids ascend strictly"))
    }

    /// The set of the bits that are set in `words`: bit i of word w is id 64 w + i.
    pub fn from_words(words: &[u64]) -> Self {
        let ids = words.iter().enumerate().flat_map(|(index, &word)| {
            let base = index as u32 * 64;
            std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)))
                .take_while(|&word| word != 0)
                .map(move |word| base + word.trailing_zeros())
        });
        Self::from_ascending(ids)
    }

    /// How many ids the set has.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `id` is in the set.
    pub fn contains(&self, id: u32) -> bool {
        self.0.contains(id)
    }

    /// Adds `id`; returns whether it is new.
    pub fn insert(&mut self, id: u32) -> bool {
        self.0.insert(id)
    }

    /// The ids, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter()
    }

    /// The same ids as ranges, ascending, which neither overlap nor touch within a chunk.
    pub fn ranges(&self) -> impl Iterator<Item = RangeInclusive<u32>> + '_ {
        let mut ids = self.0.iter();
        std::iter::from_fn(move || ids.next_range())
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
        Self(&self.0 & &other.0)
    }

    /// The ids in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// The ids in this set and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// The length of the [`intersection`](Self::intersection), which is not built.
    pub fn intersection_len(&self, other: &Self) -> u64 {
        self.0.intersection_len(&other.0)
    }

    /// The length of the [`union`](Self::union), which is not built.
    pub fn union_len(&self, other: &Self) -> u64 {
        self.0.union_len(&other.0)
    }

    /// The length of the [`difference`](Self::difference), which is not built.
    pub fn difference_len(&self, other: &Self) -> u64 {
        self.0.difference_len(&other.0)
    }

    /// Whether the sets share an id.
    pub fn intersects(&self, other: &Self) -> bool {
        !self.0.is_disjoint(&other.0)
    }
}

impl BitAndAssign<&Self> for IdSet {
    fn bitand_assign(&mut self, other: &Self) {
        self.0 &= &other.0;
    }
}

impl BitOrAssign<&Self> for IdSet {
    fn bitor_assign(&mut self, other: &Self) {
        self.0 |= &other.0;
    }
}

impl SubAssign<&Self> for IdSet {
    fn sub_assign(&mut self, other: &Self) {
        self.0 -= &other.0;
    }
}

impl fmt::Debug for IdSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<u32> for IdSet {
    fn from_iter<I: IntoIterator<Item = u32>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

/// The laws of set algebra, on sets that end just below, at and above the
/// boundaries of a word (64) and of a roaring group (65,536).
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    const BOUNDARIES: [u32; 10] = [0, 1, 63, 64, 65, 127, 128, 65_535, 65_536, 65_537];

    fn ids() -> impl Strategy<Value = BTreeSet<u32>> {
        let id = prop_oneof![
            prop::sample::select(BOUNDARIES.to_vec()),
            0_u32..200,
            65_500_u32..65_600,
        ];
        prop::collection::btree_set(id, 0..80)
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
