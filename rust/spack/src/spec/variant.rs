//! Variants: the values of specs and the constraints of abstract specs.

use std::collections::BTreeSet;

use crate::truth::{Missing, Truth};

/// The length of a patch's whole checksum; some sources cut it.
const PATCH_LEN: usize = 64;

/// The value of a variant of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariantValue<'a> {
    /// On or off.
    Bool(bool),
    /// One of several.
    Single(&'a str),
    /// Any number of several, in any order.
    Multi(Vec<&'a str>),
}

/// A constraint of an abstract spec on one variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantConstraint {
    /// The accepted values.
    pub wanted: Wanted,
    /// Whether it applies to every dependency that has the variant (`++`, `~~`, `==`) instead of to
    /// this node.
    pub propagates: bool,
}

/// The accepted values of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// `x=*`: the variant is there, whatever its value.
    Any,
    /// `+x` or `~x`.
    Bool(bool),
    /// `x=a,b`: these, and perhaps others.
    Containing(BTreeSet<Box<str>>),
    /// `x:=a,b`: these and no others.
    Exactly(BTreeSet<Box<str>>),
}

impl VariantValue<'_> {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::Bool(_) => false,
            Self::Single(value) => *value == wanted,
            Self::Multi(values) => values.contains(&wanted),
        }
    }

    fn values(&self) -> &[&str] {
        match self {
            Self::Bool(_) => &[],
            Self::Single(value) => std::slice::from_ref(value),
            Self::Multi(values) => values,
        }
    }
}

impl Wanted {
    /// Reads a value without its quotes.
    pub(crate) fn parse(value: &str, is_exact: bool) -> Self {
        let values: BTreeSet<Box<str>> = value.split(',').map(Box::from).collect();
        // A value that is listed twice is one value, and may then be one of the words.
        match values.first().filter(|_| values.len() == 1) {
            Some(word) if **word == *"*" => Self::Any,
            Some(word) if word.eq_ignore_ascii_case("true") => Self::Bool(true),
            Some(word) if word.eq_ignore_ascii_case("false") => Self::Bool(false),
            _ if is_exact => Self::Exactly(values),
            _ => Self::Containing(values),
        }
    }

    /// Returns whether a spec whose variant `name` has this value meets the constraint.
    ///
    /// Patches may be named by the head of their checksum. The answer is unknown if a source has
    /// cut the checksum itself.
    pub fn accepts(&self, name: &str, value: &VariantValue<'_>) -> Truth {
        match self {
            Self::Any => Truth::Yes,
            Self::Bool(wanted) => (*value == VariantValue::Bool(*wanted)).into(),
            Self::Containing(wanted) if name == "patches" => {
                Truth::all(wanted.iter().map(|wanted| {
                    Truth::any(
                        value
                            .values()
                            .iter()
                            .map(|patch| patch_matches(patch, wanted)),
                    )
                }))
            }
            Self::Containing(wanted) => wanted.iter().all(|wanted| value.holds(wanted)).into(),
            Self::Exactly(wanted) => {
                let values: BTreeSet<&str> = value.values().iter().copied().collect();
                let is_bool = matches!(value, VariantValue::Bool(_));
                (!is_bool
                    && values
                        .iter()
                        .copied()
                        .eq(wanted.iter().map(|value| &**value)))
                .into()
            }
        }
    }

    /// Returns whether every value of the variant `name` that meets this meets `other` too.
    ///
    /// `x=a` does not meet `x:=a`: the variant may have other values beside.
    pub fn satisfies(&self, name: &str, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Any) => true,
            (Self::Containing(own) | Self::Exactly(own), Self::Containing(wanted)) => {
                let is_patch = name == "patches";
                let meets = |value: &str, wanted: &str| {
                    value == wanted || (is_patch && value.starts_with(wanted))
                };
                let is_met = |wanted| own.iter().any(|value| meets(value, wanted));
                wanted.iter().all(|wanted| is_met(wanted))
            }
            (Self::Exactly(own), Self::Exactly(wanted)) => own == wanted,
            (Self::Bool(own), Self::Bool(wanted)) => own == wanted,
            _ => false,
        }
    }

    /// The constraint that meets both, if there is one.
    pub(crate) fn intersection(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, wanted) | (wanted, Self::Any) => Some(wanted.clone()),
            (Self::Containing(left), Self::Containing(right)) => {
                Some(Self::Containing(left | right))
            }
            (Self::Containing(part), Self::Exactly(whole))
            | (Self::Exactly(whole), Self::Containing(part)) => {
                part.is_subset(whole).then(|| Self::Exactly(whole.clone()))
            }
            (left, right) => (left == right).then(|| left.clone()),
        }
    }
}

fn patch_matches(patch: &str, wanted: &str) -> Truth {
    if patch.starts_with(wanted) {
        Truth::Yes
    } else if patch.len() < PATCH_LEN && wanted.starts_with(patch) {
        Truth::Unknown(Missing::Field)
    } else {
        Truth::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_meet_what_the_table_of_spack_says_they_meet() {
        use VariantValue::{Bool, Multi, Single};
        let examples = [
            ("true", false, Bool(true), true),
            ("FALSE", false, Bool(true), false),
            ("*", false, Bool(false), true),
            ("a", false, Bool(true), false),
            ("a", false, Single("a"), true),
            ("a,b", false, Single("a"), false),
            ("a", false, Multi(vec!["b", "a"]), true),
            ("a", true, Multi(vec!["b", "a"]), false),
            ("a,b", true, Multi(vec!["b", "a"]), true),
            ("a", true, Single("a"), true),
            ("true", false, Single("a"), false),
        ];
        for (text, is_exact, value, expected) in examples {
            let actual = Wanted::parse(text, is_exact).accepts("x", &value);
            assert_eq!(Truth::from(expected), actual, "{text} {value:?}");
        }
    }

    #[test]
    fn abstract_values_meet_what_the_table_of_spack_says_they_meet() {
        let examples = [
            ("a,b", "a", true, true),
            ("a", "a,b", false, true),
            ("a", ":a", false, true),
            ("a,b", ":a", false, false),
            (":a", "a", true, true),
            (":a", ":a", true, true),
            (":a,b", ":a", false, false),
            ("true", "TRUE", true, true),
            ("true", "false", false, false),
            ("true", "a", false, false),
            ("a", "*", true, true),
            ("true", "*", true, true),
            ("*", "a", false, true),
        ];
        let wanted = |text: &str| match text.strip_prefix(':') {
            Some(value) => Wanted::parse(value, true),
            None => Wanted::parse(text, false),
        };
        for (left, right, forth, both) in examples {
            let (a, b) = (wanted(left), wanted(right));
            assert_eq!(forth, a.satisfies("x", &b), "{left} satisfies {right}");
            assert_eq!(both, a.intersection(&b).is_some(), "{left} and {right}");
        }
        assert!(wanted("abcd").satisfies("patches", &wanted("ab")));
        assert!(!wanted("abcd").satisfies("x", &wanted("ab")));
    }

    #[test]
    fn patches_are_named_by_the_head_of_their_checksum() {
        let whole = "ab".repeat(PATCH_LEN / 2);
        let wanted = Wanted::parse("abab", false);
        assert_eq!(
            Truth::Yes,
            wanted.accepts("patches", &VariantValue::Multi(vec![&whole]))
        );
        assert_eq!(
            Truth::No,
            wanted.accepts("other", &VariantValue::Multi(vec![&whole]))
        );
        let wanted = Wanted::parse(&whole, false);
        let cut = VariantValue::Multi(vec!["abababa"]);
        assert_eq!(
            Truth::Unknown(Missing::Field),
            wanted.accepts("patches", &cut)
        );
    }
}
