//! Versions and their order.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

mod constraint;
mod error;
pub(crate) mod key;
mod range;

pub use constraint::VersionConstraint;
pub(crate) use constraint::VersionKey;
pub use error::VersionError;
pub use range::VersionRange;

use key::Key;

use crate::truth::Truth;

/// A length in bytes far beyond that of any real version.
const MAX_LEN: usize = 4096;

/// One version of a package, such as `1.14.5`, `develop`, `2.0rc1` or `git.main=1.2`.
///
/// Versions are split into runs of digits and of letters; separators and leading zeros are ignored,
/// so `1.2`, `1_2` and `1.02` are equal. Letters sort below numbers and numbers below the words
/// `stable`, `nightly`, `trunk`, `head`, `master`, `main`, `develop`. A trailing `alpha`, `beta` or
/// `rc` sorts before the release. [`Display`](fmt::Display) returns the text as it was written.
///
/// A version taken from git names a reference, which Spack assigned a version to (`git.main=1.2`)
/// or not (`git.main`). It sorts just above the version that it was assigned, after all others if
/// it has none, and is equal only to itself.
///
/// ```
/// use specplan_spack::Version;
///
/// let old: Version = "1.9".parse()?;
/// let new: Version = "1.10".parse()?;
/// assert!(old < new);
/// assert!(new < "develop".parse()?);
/// # Ok::<(), specplan_spack::VersionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Version {
    text: Box<str>,
    key: Key,
    git: Option<Box<GitReference>>,
}

/// A branch, tag or commit.
#[derive(Clone, Debug)]
struct GitReference {
    name: Box<str>,
    is_assigned: bool,
}

impl Version {
    /// Reads a version.
    ///
    /// # Errors
    ///
    /// Fails on an empty or overlong text, on characters other than letters, digits, `.`, `_`,
    /// `-`, and on more than one `=`.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        match text.len() {
            0 => return Err(VersionError::Empty),
            length if length > MAX_LEN => return Err(VersionError::TooLong { length }),
            _ => {}
        }
        if !is_git(text) {
            check_characters(text, text, "._-")?;
            return Ok(Self {
                key: Key::from_text(text),
                text: text.into(),
                git: None,
            });
        }
        let (reference, assigned) = match text.split_once('=') {
            Some((reference, assigned)) => (reference, Some(assigned)),
            None => (text, None),
        };
        let name = reference.strip_prefix("git.").unwrap_or(reference);
        check_characters(name, text, "._-/")?;
        let key = match assigned {
            None => Key::lowest(),
            Some("") => return Err(VersionError::Empty),
            Some(version) if version.contains('=') => {
                return Err(VersionError::Repeated {
                    text: text.to_owned(),
                    separator: '=',
                });
            }
            Some(version) => {
                check_characters(version, text, "._-")?;
                Key::from_text(version)
            }
        };
        if name.is_empty() {
            return Err(VersionError::Empty);
        }
        Ok(Self {
            text: text.into(),
            key,
            git: Some(Box::new(GitReference {
                name: name.into(),
                is_assigned: assigned.is_some(),
            })),
        })
    }

    /// Reads a bound of a range, which is never a git reference, whatever it looks like.
    fn parse_bound(text: &str) -> Result<Self, VersionError> {
        check_characters(text, text, "._-")?;
        if is_commit(text) {
            return Err(VersionError::CommitAsBound {
                text: text.to_owned(),
            });
        }
        let bound = Self::parse(text)?;
        Ok(Self {
            git: None,
            key: Key::from_text(text),
            ..bound
        })
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The branch, tag or commit of a version taken from git.
    pub fn git_reference(&self) -> Option<&str> {
        self.git.as_deref().map(|git| &*git.name)
    }

    /// Returns whether the position of this version among others is known. It is unknown only for
    /// git references without an assigned version, since Spack would have to look into the
    /// repository.
    pub fn is_ordered(&self) -> bool {
        self.git.as_deref().is_none_or(|git| git.is_assigned)
    }

    /// Returns whether this version meets `constraint`. The answer is unknown if a git reference
    /// would have to be looked up.
    ///
    /// ```
    /// use specplan_spack::{Truth, Version};
    ///
    /// let version: Version = "1.14.5".parse()?;
    /// assert_eq!(Truth::Yes, version.satisfies(&"1.12:1.14".parse()?));
    /// assert_eq!(Truth::No, version.satisfies(&"=1.14".parse()?));
    /// # Ok::<(), specplan_spack::VersionError>(())
    /// ```
    pub fn satisfies(&self, constraint: &VersionConstraint) -> Truth {
        constraint.contains(self)
    }

    /// The value that a range is compared with.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    fn identity(&self) -> (bool, &Key, Option<&str>) {
        (!self.is_ordered(), &self.key, self.git_reference())
    }
}

/// Returns whether Spack takes the text for a git reference.
pub(crate) fn is_git(text: &str) -> bool {
    text.starts_with("git.") || is_commit(text) || text.chars().skip(1).any(|c| c == '=')
}

/// Returns whether the text is a full commit hash.
pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_characters(part: &str, whole: &str, separators: &str) -> Result<(), VersionError> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || separators.contains(c);
    match part.chars().find(|&c| !belongs(c)) {
        None => Ok(()),
        Some(character) => Err(VersionError::BadCharacter {
            text: whole.to_owned(),
            character,
        }),
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::parse(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

/// By text, its position in Spack's order: equal versions share one, and invalid versions come
/// first.
///
/// O(n log n) for n texts.
pub fn ranks<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u32> {
    let parsed: Vec<Option<Version>> = texts.map(|text| Version::parse(text).ok()).collect();
    let mut order: Vec<usize> = (0..parsed.len()).collect();
    order.sort_by(|&a, &b| parsed[a].cmp(&parsed[b]));
    let mut ranks = vec![0; parsed.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        rank += u32::from(parsed[before] != parsed[after]);
        ranks[after] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect(text)
    }

    #[test]
    fn worked_examples_of_the_order_hold() {
        let ascending = [
            ("1.2", "1.2.0"),
            ("1.9", "1.10"),
            ("2.0.1", "2.0.1a"),
            ("1.0a", "1.0aa"),
            ("1.0aa", "1.0b"),
            ("1.0Z", "1.0a"),
            ("1.a", "1.0"),
            ("6.0rc1", "6.0"),
            ("6.0", "6.0.0rc1"),
            ("6.0alpha", "6.0alpha0"),
            ("6.0beta2", "6.0rc"),
            ("6.0rc", "6.0rc0"),
            ("1.2", "1.2final1"),
            ("10a1", "10b2"),
            ("5.5p1", "5.5p10"),
            ("9.0", "stable"),
            ("stable", "nightly"),
            ("nightly", "trunk"),
            ("trunk", "head"),
            ("head", "master"),
            ("master", "main"),
            ("main", "develop"),
            ("develop", "develop.1"),
            ("1.999", "1.develop"),
            ("1.develop", "2"),
            ("system", "9.0"),
            ("mydevelop", "1"),
            ("DEVELOP", "1"),
            ("2024", "2024a"),
            ("rc1", "1.0"),
            ("1.2", "1.2rc1a"),
            ("xsdk-0.2.0", "xsdk-0.3"),
            ("1.2", "1.2-git.3"),
            ("1.2-git.3", "1.2.1"),
            ("1b.fc17", "1.fc17"),
            ("1.2", "git.main=1.2"),
            ("git.main=1.2", "1.2.0"),
            ("develop", "git.main"),
        ];
        for (low, high) in ascending {
            assert!(version(low) < version(high), "{low} < {high}");
        }
    }

    #[test]
    fn separators_and_leading_zeros_do_not_distinguish_versions() {
        for (left, right) in [
            ("1.2", "1_2"),
            ("1.2.0", "1.2.00"),
            ("1.2-3", "1.2.3"),
            ("6.0-rc.1", "6.0rc1"),
            ("1.2final", "1.2"),
            ("1.2.", "1.2"),
            ("git.main=1.2", "main=1-2"),
        ] {
            assert_eq!(version(left), version(right), "{left} = {right}");
        }
        assert_ne!(version("git.main=1.2"), version("1.2"));
        assert_eq!("1_2", version("1_2").to_string());
    }

    #[test]
    fn long_runs_of_digits_are_compared_as_numbers() {
        let low = version(&"9".repeat(3000));
        let high = version(&format!("1{}", "0".repeat(3000)));
        assert!(low < high);
    }

    #[test]
    fn faults_name_the_character() {
        assert_eq!(Err(VersionError::Empty), Version::parse(" "));
        assert_eq!(Err(VersionError::Empty), Version::parse("git.=1"));
        assert_eq!(
            "the version `1.2\\u{7}` contains the character `\\u{7}`",
            Version::parse("1.2\u{7}").unwrap_err().to_string()
        );
        assert!(Version::parse("a=1=2").is_err());
        assert!(Version::parse(&"1".repeat(MAX_LEN + 1)).is_err());
    }
}
