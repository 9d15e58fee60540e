//! Answers that may be unknown, with the missing information.

use std::fmt;

/// The answer to a yes-or-no question.
///
/// Sources differ in what they record. A question that a source cannot decide is never answered by
/// no: the answer is unknown, with the missing information.
///
/// ```
/// use specplan_spack::{Missing, Truth};
///
/// let unknown = Truth::Unknown(Missing::Edges);
/// assert_eq!(Truth::No, Truth::No.and(unknown));
/// assert_eq!(unknown, Truth::Yes.and(unknown));
/// assert_eq!(Truth::Yes, Truth::Yes.or(unknown));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// The source does not record it.
    Unknown(Missing),
}

/// The information that a source lacks to decide a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// The dependencies of a spec.
    Edges,
    /// The virtual packages that the edges of a spec provide.
    Virtuals,
    /// The compiler of a spec.
    Compiler,
    /// A field of a spec, such as its operating system or its variants.
    Field,
    /// The recipe, which defines the versions of a virtual package that a spec provides.
    Recipe,
    /// The git repository, which determines the position of a reference among the versions.
    GitRepository,
}

impl Truth {
    /// Returns whether it certainly holds.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Returns whether it certainly does not hold.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }

    /// Returns whether both hold. A no decides, whatever the other is; of two unknowns the first
    /// counts.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown(missing), _) | (_, Self::Unknown(missing)) => Self::Unknown(missing),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Returns whether one of the two holds. A yes decides, whatever the other is.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown(missing), _) | (_, Self::Unknown(missing)) => Self::Unknown(missing),
            (Self::No, Self::No) => Self::No,
        }
    }

    /// Returns whether all hold. Stops at the first no.
    pub(crate) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for answer in answers {
            all = all.and(answer);
            if all.is_no() {
                break;
            }
        }
        all
    }

    /// Returns whether any holds. Stops at the first yes.
    pub(crate) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for answer in answers {
            any = any.or(answer);
            if any.is_yes() {
                break;
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Missing {
    /// A stable short name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Edges => "edges",
            Self::Virtuals => "virtuals",
            Self::Compiler => "compiler",
            Self::Field => "field",
            Self::Recipe => "recipe",
            Self::GitRepository => "git-repository",
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Edges => "the source does not record the dependencies",
            Self::Virtuals => "the source does not record the virtual packages that specs provide",
            Self::Compiler => "the source does not record the compiler",
            Self::Field => "the source does not record a field of the spec",
            Self::Recipe => "only a recipe gives the version of a virtual package",
            Self::GitRepository => "only the git repository gives the version of a reference",
        })
    }
}
