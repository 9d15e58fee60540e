//! Ranges of versions.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::key::Key;
use super::{Version, VersionError, is_git};

/// The versions from a lower to an upper bound, either of which may be absent.
///
/// The upper bound includes every version that it is a prefix of: `:1.2` contains `1.2.7`. Spack
/// stores it as the half-open range below the next version, so it also holds `1.3rc1`, which sorts
/// below `1.3`. `1.2` alone is the range `1.2:1.2`.
#[derive(Clone, Debug)]
pub struct VersionRange {
    low: Option<Version>,
    high: Option<Version>,
    /// The smallest key inside.
    from: Key,
    /// The smallest key above.
    until: Key,
}

impl VersionRange {
    /// The range of all versions.
    pub fn all() -> Self {
        Self {
            low: None,
            high: None,
            from: Key::lowest(),
            until: Key::highest(),
        }
    }

    /// The range between two bounds.
    ///
    /// # Errors
    ///
    /// Fails if the next version after the upper bound sorts below the lower bound. (Spack accepts
    /// `2:1`, which is empty.)
    pub fn new(low: Option<Version>, high: Option<Version>) -> Result<Self, VersionError> {
        let from = low
            .as_ref()
            .map_or_else(Key::lowest, |low| low.key().clone());
        let until = high
            .as_ref()
            .map_or_else(Key::highest, |high| high.key().next());
        if until < from {
            let text = |bound: Option<Version>| bound.map(|v| v.to_string()).unwrap_or_default();
            return Err(VersionError::EmptyRange {
                low: text(low),
                high: text(high),
            });
        }
        Ok(Self {
            low,
            high,
            from,
            until,
        })
    }

    /// The range that `@1.2` stands for.
    pub fn prefix(version: Version) -> Self {
        let (from, until) = (version.key().clone(), version.key().next());
        Self {
            low: Some(version.clone()),
            high: Some(version),
            from,
            until,
        }
    }

    /// The lower bound.
    pub fn low(&self) -> Option<&Version> {
        self.low.as_ref()
    }

    /// The upper bound, as written.
    pub fn high(&self) -> Option<&Version> {
        self.high.as_ref()
    }

    /// Returns whether every version lies inside.
    pub fn is_all(&self) -> bool {
        self.low.is_none() && self.high.is_none()
    }

    /// Returns whether the text of this range starts as a git reference does.
    pub(super) fn looks_like_git(&self) -> bool {
        let low = self.low.as_ref();
        low.is_some_and(|low| low.as_str().starts_with("git."))
    }

    pub(super) fn holds(&self, key: &Key) -> bool {
        self.from <= *key && *key < self.until
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        other.from <= self.from && self.until <= other.until
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    pub(super) fn sort_key(&self) -> (&Key, &Key) {
        (&self.from, &self.until)
    }

    /// Returns whether nothing lies between this range and one that starts no earlier.
    pub(super) fn touches(&self, later: &Self) -> bool {
        later.from <= self.until
    }

    /// Merges a later range that this one touches.
    pub(super) fn extend_to(&mut self, later: Self) {
        if self.until < later.until {
            self.high = later.high;
            self.until = later.until;
        }
    }

    pub(super) fn intersection(&self, other: &Self) -> Option<Self> {
        let lower = if self.from < other.from { other } else { self };
        let upper = if self.until < other.until {
            self
        } else {
            other
        };
        (lower.from < upper.until).then(|| Self {
            low: lower.low.clone(),
            from: lower.from.clone(),
            high: upper.high.clone(),
            until: upper.until.clone(),
        })
    }
}

impl PartialEq for VersionRange {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key() == other.sort_key()
    }
}

impl Eq for VersionRange {}

impl Hash for VersionRange {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sort_key().hash(state);
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.low, &self.high) {
            // On its own, text that looks like a git reference would be read as one.
            (Some(low), Some(high)) if low == high && !is_git(low.as_str()) => {
                write!(formatter, "{low}")
            }
            (low, high) => {
                let text = |bound: &Option<Version>| {
                    bound.as_ref().map_or(String::new(), ToString::to_string)
                };
                write!(formatter, "{}:{}", text(low), text(high))
            }
        }
    }
}
