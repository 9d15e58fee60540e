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

/// The mark of a byte that is no letter of a hash.
const WRONG: u8 = 0x80;

/// The value of each letter.
const VALUES: [u8; 256] = {
    let mut values = [WRONG; 256];
    let mut value = 0;
    while value < 32 {
        let letter = if value < 6 {
            b'2' + value
        } else {
            b'a' + value - 6
        };
        values[letter as usize] = value;
        value += 1;
    }
    values
};

/// A text that is no DAG hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseHashError {
    /// The text does not have 32 characters.
    #[error("a hash has {HASH_LEN} letters, this has {len}")]
    Length {
        /// The number of characters it has.
        len: usize,
    },
    /// A character is not one of `a-z2-7`.
    #[error("a hash has letters of a-z2-7 alone, character {position} is `{}`", found.escape_default())]
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
    /// [`ParseHashError`] tells whether the length or which letter is wrong.
    pub fn parse(text: &str) -> Result<Self, ParseHashError> {
        let letters = text.as_bytes();
        let mut packed = [0_u8; 20];
        if letters.len() != HASH_LEN {
            let len = text.chars().count();
            // A letter may take several bytes: then the length is right and the letter wrong.
            return Err(if len == HASH_LEN {
                Self::wrong_letter(text)
            } else {
                ParseHashError::Length { len }
            });
        }
        // Eight letters fill five bytes, so the 32 letters are four such groups. A
        // wrong letter leaves its mark and is looked for afterwards, so that the loop
        // has no branch.
        let mut marks = 0;
        for (group, bytes) in letters.chunks_exact(8).zip(packed.chunks_exact_mut(5)) {
            let mut bits = 0_u64;
            for &letter in group {
                let value = VALUES[letter as usize];
                marks |= value;
                bits = bits << 5 | u64::from(value & 31);
            }
            bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        if marks & WRONG != 0 {
            return Err(Self::wrong_letter(text));
        }
        Ok(Self(packed))
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

impl Hash for DagHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // DAG hashes are uniformly random already: eight bytes of them are plenty.
        let head = self.0.first_chunk().copied().unwrap_or_default();
        state.write_u64(u64::from_be_bytes(head));
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
            "a hash has letters of a-z2-7 alone, character 32 is `1`"
        );
    }
}
