//! A constraint on versions: the text after `@`.

use std::fmt;
use std::str::FromStr;

use super::key::Key;
use super::{Version, VersionError, VersionRange, is_git};
use crate::truth::{Missing, Truth};

/// A set of versions: exact ones, ranges, git references, or a list of them.
///
/// `=1.2` is one version, `1.2` all that start like it, `1.2:1.4`, `1.2:` and `:1.4` are ranges,
/// `git.main` and a commit hash are references. Lists are kept in order and without members that
/// others hold: `1.0:1.2,1.3:2` is `1.0:2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionConstraint {
    /// Never empty; by the version or the lower bound, a version before a range from it.
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Member {
    Range(VersionRange),
    /// A version of a release or a git reference.
    Exact(Version),
}

/// Spack's sort key of a set of versions: member by member, each by its version or its bounds.
pub(crate) type VersionKey<'v> = Vec<((bool, &'v Key, bool), Option<&'v Key>)>;

impl VersionConstraint {
    /// All versions, the constraint of a spec without an `@`.
    pub fn any() -> Self {
        Self {
            members: vec![Member::Range(VersionRange::all())],
        }
    }

    /// Exactly one version, as in `@=1.2`.
    pub fn exactly(version: Version) -> Self {
        Self {
            members: vec![Member::Exact(version)],
        }
    }

    /// Reads the text after an `@`.
    ///
    /// # Errors
    ///
    /// Fails if a member is not a version, a range has more than two bounds, or its upper bound is
    /// below the lower one.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let members: Result<Vec<_>, _> = text.split(',').map(Member::parse).collect();
        Ok(Self::reduced(members?))
    }

    /// Spack's sort key of it.
    pub(crate) fn key(&self) -> VersionKey<'_> {
        let members = self.members.iter();
        members.map(|each| (each.rank(), each.upper())).collect()
    }

    /// Returns whether every version will do.
    pub fn is_any(&self) -> bool {
        matches!(&self.members[..], [Member::Range(range)] if range.is_all())
    }

    /// The required version, if it is a single one.
    pub fn exact(&self) -> Option<&Version> {
        match &self.members[..] {
            [Member::Exact(version)] => Some(version),
            _ => None,
        }
    }

    /// Returns whether the version is in the set.
    pub fn contains(&self, version: &Version) -> Truth {
        Truth::any(self.members.iter().map(|member| member.contains(version)))
    }

    /// Returns whether every version in this set is in the other.
    pub fn satisfies(&self, other: &Self) -> Truth {
        Truth::all(self.members.iter().map(|member| {
            Truth::any(other.members.iter().map(|wanted| match member {
                Member::Exact(version) => wanted.contains(version),
                Member::Range(range) => wanted.contains_range(range),
            }))
        }))
    }

    /// Returns whether some version is in both sets.
    pub fn intersects(&self, other: &Self) -> Truth {
        Truth::any(self.members.iter().flat_map(|left| {
            other.members.iter().map(move |right| match (left, right) {
                (Member::Exact(version), set) | (set, Member::Exact(version)) => {
                    set.contains(version)
                }
                (Member::Range(left), Member::Range(right)) => left.overlaps(right).into(),
            })
        }))
    }

    /// The versions in both sets, or nothing if there are none. References that cannot be placed
    /// in a range are kept.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let mut members = Vec::new();
        for left in &self.members {
            for right in &other.members {
                match (left, right) {
                    (Member::Range(left), Member::Range(right)) => {
                        members.extend(left.intersection(right).map(Member::Range));
                    }
                    (Member::Exact(version), set) | (set, Member::Exact(version)) => {
                        if !set.contains(version).is_no() {
                            members.push(Member::Exact(version.clone()));
                        }
                    }
                }
            }
        }
        (!members.is_empty()).then(|| Self::reduced(members))
    }

    /// Sorts the members, merges ranges that overlap or touch, and drops members that ranges
    /// contain.
    fn reduced(members: Vec<Member>) -> Self {
        let mut ranges = Vec::new();
        let mut versions = Vec::new();
        for member in members {
            match member {
                Member::Range(range) => ranges.push(range),
                Member::Exact(version) => versions.push(version),
            }
        }
        ranges.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        let mut merged: Vec<VersionRange> = Vec::new();
        for range in ranges {
            match merged.last_mut().filter(|last| last.touches(&range)) {
                Some(last) => last.extend_to(range),
                None => merged.push(range),
            }
        }
        versions.sort();
        versions.dedup();
        let is_apart = |version: &Version| {
            !merged
                .iter()
                .any(|range| version.is_ordered() && range.holds(version.key()))
        };
        versions.retain(is_apart);
        let versions = versions.into_iter().map(Member::Exact);
        let mut members: Vec<Member> = versions
            .chain(merged.into_iter().map(Member::Range))
            .collect();
        members.sort_by(|a, b| a.rank().cmp(&b.rank()));
        Self { members }
    }
}

impl Member {
    fn parse(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        if let Some(version) = text.strip_prefix('=') {
            return Version::parse(version).map(Self::Exact);
        }
        let Some((low, high)) = text.split_once(':') else {
            if is_git(text) {
                return Version::parse(text).map(Self::Exact);
            }
            return Version::parse(text).map(|version| Self::Range(VersionRange::prefix(version)));
        };
        if high.contains(':') {
            return Err(VersionError::Repeated {
                text: text.to_owned(),
                separator: ':',
            });
        }
        let bound = |text: &str| match text {
            "" => Ok(None),
            text => Version::parse_bound(text).map(Some),
        };
        VersionRange::new(bound(low)?, bound(high)?).map(Self::Range)
    }

    /// Its place among others: references that cannot be placed come last.
    fn rank(&self) -> (bool, &Key, bool) {
        match self {
            Self::Exact(version) => (!version.is_ordered(), version.key(), false),
            Self::Range(range) => (false, range.sort_key().0, true),
        }
    }

    fn upper(&self) -> Option<&Key> {
        match self {
            Self::Exact(_) => None,
            Self::Range(range) => Some(range.sort_key().1),
        }
    }

    fn contains(&self, version: &Version) -> Truth {
        match self {
            Self::Exact(wanted) => match (wanted.git_reference(), version.git_reference()) {
                // Both name the same commit of the same repository, so an absent version is the
                // other's.
                (Some(left), Some(right)) => {
                    let same = left == right
                        && (!wanted.is_ordered()
                            || !version.is_ordered()
                            || wanted.key() == version.key());
                    same.into()
                }
                (None, None) => (wanted == version).into(),
                _ => Truth::No,
            },
            Self::Range(range) if range.is_all() => Truth::Yes,
            Self::Range(_) if !version.is_ordered() => Truth::Unknown(Missing::GitRepository),
            Self::Range(range) => range.holds(version.key()).into(),
        }
    }

    fn contains_range(&self, range: &VersionRange) -> Truth {
        match self {
            Self::Range(wanted) => range.is_within(wanted).into(),
            Self::Exact(_) => Truth::No,
        }
    }
}

impl FromStr for VersionConstraint {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::parse(text)
    }
}

impl fmt::Display for VersionConstraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_list = self.members.len() > 1;
        for (position, member) in self.members.iter().enumerate() {
            if position > 0 {
                formatter.write_str(",")?;
            }
            match member {
                // There it would be read as a reference. Separators have no meaning, so another one
                // can replace it.
                Member::Range(range) if position == 0 && range.looks_like_git() => {
                    formatter.write_str(&range.to_string().replacen('.', "_", 1))?;
                }
                Member::Range(range) => write!(formatter, "{range}")?,
                // At the head of a list only `=` keeps a reference from ending the token.
                Member::Exact(version) if version.git_reference().is_some() && !is_list => {
                    write!(formatter, "{version}")?;
                }
                Member::Exact(version) => write!(formatter, "={version}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
