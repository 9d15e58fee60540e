//! Many questions at a time: one bit for each, so that one walk over the edges answers all.

/// The number of words for the bits. More words read each edge less often, but use more of the
/// cache.
const WORDS: usize = 4;

/// One bit for each of [`Lanes::COUNT`] questions that are asked at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lanes([u64; WORDS]);

impl Lanes {
    /// The number of questions that are asked at a time.
    pub(crate) const COUNT: usize = WORDS * u64::BITS as usize;
    /// No bit set.
    pub(crate) const NONE: Self = Self([0; WORDS]);

    /// Sets the bit of a question.
    pub(crate) const fn set(&mut self, lane: usize) {
        self.0[lane / u64::BITS as usize] |= 1 << (lane % u64::BITS as usize);
    }

    pub(crate) const fn contains(&self, lane: usize) -> bool {
        self.0[lane / u64::BITS as usize] >> (lane % u64::BITS as usize) & 1 == 1
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// The number of bits that are set.
    pub(crate) fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn unite(&mut self, other: Self) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
    }

    #[must_use]
    pub(crate) fn common(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    #[must_use]
    pub(crate) fn inverse(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// The questions whose bit is set, ascending.
    pub(crate) fn ones(self) -> impl Iterator<Item = usize> {
        (0..).zip(self.0).flat_map(|(at, word)| {
            let first = at * u64::BITS as usize;
            let rest = std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)));
            rest.take_while(|&word| word != 0)
                .map(move |word| first + word.trailing_zeros() as usize)
        })
    }
}

/// Counts for each question how often its bit was set.
///
/// The counters lie across: plane p holds bit p of every counter, so that adding [`Lanes`] is an
/// addition with carry of all counters at once, two planes on average.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    planes: Vec<Lanes>,
}

impl Tally {
    /// Adds one for each bit that is set.
    pub(crate) fn add(&mut self, lanes: Lanes) {
        let mut carry = lanes;
        for plane in &mut self.planes {
            if carry.is_none() {
                return;
            }
            let sum = Lanes(std::array::from_fn(|at| plane.0[at] ^ carry.0[at]));
            carry = plane.common(carry);
            *plane = sum;
        }
        if !carry.is_none() {
            self.planes.push(carry);
        }
    }

    /// The number of times that the bit of a question was set.
    pub(crate) fn count(&self, lane: usize) -> usize {
        let bits = self.planes.iter().enumerate();
        bits.map(|(plane, lanes)| usize::from(lanes.contains(lane)) << plane)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_listed_ascending_across_words() {
        let chosen = [0, 1, 63, 64, 65, 127, 128, Lanes::COUNT - 1];
        let mut lanes = Lanes::NONE;
        for lane in chosen {
            lanes.set(lane);
        }
        assert_eq!(lanes.ones().collect::<Vec<_>>(), chosen);
        assert_eq!(lanes.inverse().ones().count(), Lanes::COUNT - chosen.len());
        assert!(lanes.common(lanes.inverse()).is_none());
    }

    #[test]
    fn a_tally_counts_as_plain_counters_do() {
        let mut tally = Tally::default();
        let mut plain = vec![0; Lanes::COUNT];
        for round in 1..200 {
            let mut lanes = Lanes::NONE;
            for lane in (0..Lanes::COUNT).filter(|lane| lane * 7 % round < 3) {
                lanes.set(lane);
                plain[lane] += 1;
            }
            tally.add(lanes);
        }
        let counted: Vec<_> = (0..Lanes::COUNT).map(|lane| tally.count(lane)).collect();
        assert_eq!(counted, plain);
    }
}
