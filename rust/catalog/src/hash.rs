//! The identity of a concrete spec.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The number of letters of a DAG hash.
pub const HASH_LEN: usize = 32;

/// A Spack DAG hash: 32 letters of `a-z2-7`, five bits each, packed into 20 bytes.
///
/// The digits `2..7` take the values 0 to 5 and the letters `a..z` 6 to 31, not
/// the values of RFC 4648. The order of two packed hashes is therefore the order
/// of their texts, which is the order that every report sorts by.
///
/// ```
/// use specplan_catalog::DagHash;
/// let hash: DagHash = "36c47octke23tog3tjpjamxsrop4btuz".parse()?;
/// assert_eq!(hash.to_string(), "36c47octke23tog3tjpjamxsrop4btuz");
/// # Ok::<(), specplan_catalog::ParseHashError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DagHash([u8; 20]);

/// A text that is not a DAG hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseHashError {
    /// The text does not have 32 characters.
    #[error("a hash has {HASH_LEN} letters, not {len}")]
    Length {
        /// The number of characters it has.
        len: usize,
    },
    /// A character is not one of `a-z2-7`.
    #[error("a hash consists of a-z and 2-7, but character {position} is `{}`", found.escape_default())]
    Letter {
        /// Its position, counted from 1.
        position: usize,
        /// The character.
        found: char,
    },
}

impl DagHash {
    /// Packs the 32 letters in `text`.
    ///
    /// # Errors
    ///
    /// [`ParseHashError`], with the wrong length or the first wrong letter.
    pub fn parse(text: &str) -> Result<Self, ParseHashError> {
        let Ok(letters) = <&[u8; HASH_LEN]>::try_from(text.as_bytes()) else {
            let len = text.chars().count();
            // A letter may take several bytes: then the length is right and the letter wrong.
            return Err(if len == HASH_LEN {
                Self::wrong_letter(text)
            } else {
                ParseHashError::Length { len }
            });
        };
        Self::from_letters(letters).ok_or_else(|| Self::wrong_letter(text))
    }

    /// Packs 32 letters; `None` if one of them is not in `a-z2-7`.
    pub fn from_letters(letters: &[u8; HASH_LEN]) -> Option<Self> {
        let mut packed = [0_u8; 20];
        // Eight letters fill five bytes, so the 32 letters are four such groups. A wrong letter is
        // searched for afterwards, so that the loop has no branch.
        let mut is_sound = true;
        for (group, bytes) in letters.chunks_exact(8).zip(packed.chunks_exact_mut(5)) {
            let (bits, is_group) = eight_letters(group.first_chunk().copied().unwrap_or_default());
            is_sound &= is_group;
            bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        is_sound.then_some(Self(packed))
    }

    #[cold]
    fn wrong_letter(text: &str) -> ParseHashError {
        text.chars()
            .enumerate()
            .find(|(_, letter)| !matches!(letter, '2'..='7' | 'a'..='z'))
            .map_or(ParseHashError::Length { len: 0 }, |(index, found)| {
                ParseHashError::Letter {
                    position: index + 1,
                    found,
                }
            })
    }

    /// The first twelve letters and a part of the next, as a number: of two hashes with
    /// different heads the order is that of the heads.
    pub fn head(&self) -> u64 {
        u64::from_be_bytes(self.0.first_chunk().copied().unwrap_or_default())
    }

    /// The 32 letters as ASCII bytes.
    pub fn letters(&self) -> [u8; HASH_LEN] {
        let mut letters = [0_u8; HASH_LEN];
        for (bytes, group) in self.0.chunks_exact(5).zip(letters.chunks_exact_mut(8)) {
            let mut bits = 0_u64;
            for &byte in bytes {
                bits = bits << 8 | u64::from(byte);
            }
            for (index, letter) in group.iter_mut().enumerate() {
                let value = (bits >> (35 - 5 * index) & 31) as u8;
                *letter = if value < 6 {
                    b'2' + value
                } else {
                    b'a' + value - 6
                };
            }
        }
        letters
    }
}

/// The 40 bits of eight letters, the first letter highest, and whether all of them are letters
/// of a hash; if not, the bits mean nothing.
///
/// The eight are handled at once, as the bytes of one word. Adding 128 - n to a byte below 128 sets
/// its top bit exactly if the byte is at least n.
fn eight_letters(letters: [u8; 8]) -> (u64, bool) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x80 * ONES;
    let word = u64::from_be_bytes(letters);
    let low = word & !TOPS;
    let at_least = |byte: u8| low + (0x80 - u64::from(byte)) * ONES;
    let digits = at_least(b'2') & !at_least(b'8');
    let small_letters = at_least(b'a') & !at_least(b'z' + 1);
    let is_sound = (digits | small_letters) & !word & TOPS == TOPS;
    // `2` counts 0 and `a` counts 6; of the two only letters have the bit 64.
    let is_letter = word >> 6 & ONES;
    let values = word
        .wrapping_sub(u64::from(b'2') * ONES)
        .wrapping_sub(is_letter * u64::from(b'a' - 6 - b'2'));
    // Two values of five bits become one of ten, two of these one of twenty, these one of forty.
    let tens = values & 0x001f_001f_001f_001f | (values & 0x1f00_1f00_1f00_1f00) >> 3;
    let twenties = tens & 0x0000_03ff_0000_03ff | (tens & 0x03ff_0000_03ff_0000) >> 6;
    let forty = twenties & 0x000f_ffff | twenties >> 32 << 20;
    (forty, is_sound)
}

impl Hash for DagHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // DAG hashes are uniformly random already: eight bytes of them are plenty.
        state.write_u64(self.head());
    }
}

impl FromStr for DagHash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for DagHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.letters();
        formatter.pad(str::from_utf8(&letters).unwrap_or_default())
    }
}

impl fmt::Debug for DagHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_hash_prints_as_it_was_read(text in "[a-z2-7]{32}") {
            prop_assert_eq!(DagHash::parse(&text).unwrap().to_string(), text);
        }

        #[test]
        fn packed_hashes_are_ordered_as_their_texts(a in "[a-z2-7]{32}", b in "[a-z2-7]{32}") {
            let packed = DagHash::parse(&a).unwrap().cmp(&DagHash::parse(&b).unwrap());
            prop_assert_eq!(packed, a.cmp(&b));
        }

        #[test]
        fn any_other_text_is_refused(text in "\\PC{0,40}") {
            let is_hash = text.len() == 32 && text.bytes().all(|b| matches!(b, b'2'..=b'7' | b'a'..=b'z'));
            prop_assert_eq!(DagHash::parse(&text).is_ok(), is_hash);
        }
    }

    #[test]
    fn the_wrong_letter_is_named_with_its_position() {
        let error = DagHash::parse("36c47octke23tog3tjpjamxsrop4btu1").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a hash consists of a-z and 2-7, but character 32 is `1`"
        );
    }
}
