//! A constraint on targets: the value of `target=`.

use std::fmt;
use std::str::FromStr;

use super::{family, is_known, serves};

/// A set of targets: `*`, or a list of names and of ranges such as `x86_64_v3:zen4`.
///
/// A range goes along archspec's partial order: `a:b` holds the descendants of `a` that are
/// ancestors of `b`, both ends included. A name stands for itself alone, so `target=x86_64_v3` is
/// not met by `haswell`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TargetConstraint {
    /// Any target that is set.
    Any,
    /// One of these, in the order written.
    OneOf(Vec<TargetMember>),
}

/// A name or a range in a list of targets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TargetMember {
    /// A target.
    Name(Box<str>),
    /// The targets between two known ones.
    Range {
        /// An ancestor of every target inside.
        low: Option<Box<str>>,
        /// A descendant of every target inside.
        high: Option<Box<str>>,
    },
}

/// The reason why a text is not a set of targets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// A target is missing.
    #[error("a target is empty")]
    Empty,
    /// A bound of a range is not a target that can be compared.
    #[error("the range `{}` is bounded by the unknown target `{}`", .range.escape_debug(), .name.escape_debug())]
    UnknownBound {
        /// The whole range.
        range: String,
        /// The bound that is not known.
        name: String,
    },
    /// The bounds belong to different families.
    #[error("the range `{low}:{high}` spans two families of targets")]
    FamiliesDiffer {
        /// The lower bound.
        low: String,
        /// The upper bound.
        high: String,
    },
    /// A range has more than two bounds.
    #[error("the range `{}` contains more than one `:`", .range.escape_debug())]
    TwoColons {
        /// The whole range.
        range: String,
    },
}

impl TargetConstraint {
    /// Returns whether a spec built for this target meets the constraint.
    pub fn accepts(&self, target: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(members) => members.iter().any(|member| member.accepts(target)),
        }
    }

    /// The targets in both sets; nothing if there are none that can be named. As in Spack, `*` has
    /// none in common with others.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, Self::Any) => Some(Self::Any),
            (Self::Any, _) | (_, Self::Any) => None,
            (Self::OneOf(left), Self::OneOf(right)) => {
                let mut members = Vec::new();
                for left in left {
                    for right in right {
                        let both = left.intersection(right);
                        members.extend(both.filter(|both| !members.contains(both)));
                    }
                }
                (!members.is_empty()).then_some(Self::OneOf(members))
            }
        }
    }
}

impl TargetMember {
    fn parse(text: &str) -> Result<Self, TargetError> {
        let Some((low, high)) = text.split_once(':') else {
            return match text {
                "" => Err(TargetError::Empty),
                name => Ok(Self::Name(name.into())),
            };
        };
        if high.contains(':') {
            return Err(TargetError::TwoColons {
                range: text.to_owned(),
            });
        }
        let bound = |name: &str| match name {
            "" => Ok(None),
            name if is_known(name) => Ok(Some(Box::<str>::from(name))),
            name => Err(TargetError::UnknownBound {
                range: text.to_owned(),
                name: name.to_owned(),
            }),
        };
        let (low, high) = (bound(low)?, bound(high)?);
        match (low, high) {
            (Some(low), Some(high)) if family(&low) != family(&high) => {
                Err(TargetError::FamiliesDiffer {
                    low: low.into(),
                    high: high.into(),
                })
            }
            (low, high) => Ok(Self::Range { low, high }),
        }
    }

    fn accepts(&self, target: &str) -> bool {
        match self {
            Self::Name(name) => **name == *target,
            Self::Range { low, high } => {
                low.as_deref().is_none_or(|low| serves(low, target))
                    && high.as_deref().is_none_or(|high| serves(target, high))
            }
        }
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Name(name), set) | (set, Self::Name(name)) => {
                set.accepts(name).then(|| Self::Name(name.clone()))
            }
            (
                Self::Range { low, high },
                Self::Range {
                    low: other_low,
                    high: other_high,
                },
            ) => {
                let low = narrower(low.as_deref(), other_low.as_deref(), serves)?;
                let high = narrower(high.as_deref(), other_high.as_deref(), |a, b| serves(b, a))?;
                let is_empty = matches!((low, high), (Some(low), Some(high)) if !serves(low, high));
                (!is_empty).then(|| Self::Range {
                    low: low.map(Into::into),
                    high: high.map(Into::into),
                })
            }
        }
    }
}

/// The stricter bound; `None` if neither is stricter.
#[expect(
    clippy::option_option,
    reason = "no bound is an answer, and so is none that fits"
)]
fn narrower<'a>(
    left: Option<&'a str>,
    right: Option<&'a str>,
    is_wider: impl Fn(&str, &str) -> bool,
) -> Option<Option<&'a str>> {
    match (left, right) {
        (Some(left), Some(right)) if is_wider(left, right) => Some(Some(right)),
        (Some(left), Some(right)) => is_wider(right, left).then_some(Some(left)),
        (bound, None) | (None, bound) => Some(bound),
    }
}

impl FromStr for TargetConstraint {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let members: Result<_, _> = text.split(',').map(TargetMember::parse).collect();
        members.map(Self::OneOf)
    }
}

impl fmt::Display for TargetConstraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = match self {
            Self::Any => return formatter.write_str("*"),
            Self::OneOf(members) => members,
        };
        for (position, member) in members.iter().enumerate() {
            if position > 0 {
                formatter.write_str(",")?;
            }
            match member {
                TargetMember::Name(name) => formatter.write_str(name)?,
                TargetMember::Range { low, high } => {
                    let text = |bound: &Option<Box<str>>| bound.clone().unwrap_or_default();
                    write!(formatter, "{}:{}", text(low), text(high))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> TargetConstraint {
        text.parse().expect(text)
    }

    #[test]
    fn names_stand_for_themselves_and_ranges_for_what_lies_between() {
        assert!(!set("x86_64_v3").accepts("haswell"));
        assert!(set("x86_64_v3:").accepts("haswell"));
        assert!(set("x86_64_v3:zen4").accepts("zen2"));
        assert!(!set("x86_64_v3:zen4").accepts("zen5"));
        assert!(!set(":zen4").accepts("aarch64"));
        assert!(set("aarch64:,zen2").accepts("neoverse_v1"));
        assert!(set("*").accepts("quantum"));
        assert!(!set("x86_64:").accepts("quantum"));
    }

    #[test]
    fn intersections_narrow_both_ends() {
        let both = |a: &str, b: &str| set(a).intersection(&set(b)).map(|set| set.to_string());
        assert_eq!(Some("x86_64_v3:zen4".into()), both("x86_64_v3:", ":zen4"));
        assert_eq!(Some("zen2".into()), both("zen:zen4", "zen2,aarch64"));
        assert_eq!(Some("zen3:".into()), both("zen:", "zen3:"));
        assert_eq!(None, both("zen:", ":x86_64"));
        assert_eq!(None, both("zen2", "zen3"));
    }

    #[test]
    fn faults_are_refused() {
        for text in [
            "",
            "zen,,zen2",
            "quantum:",
            "zen:neoverse_v1",
            "x86_64:zen:zen2",
        ] {
            assert!(text.parse::<TargetConstraint>().is_err(), "{text}");
        }
    }
}
