//! The faults of a version.

use super::MAX_LEN;

/// The reason why a text is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// There is no text.
    #[error("a version is empty")]
    Empty,
    /// The text is longer than anything that could be a version.
    #[error("a version of {length} bytes is longer than {MAX_LEN}")]
    TooLong {
        /// The length of the text in bytes.
        length: usize,
    },
    /// A character cannot occur in a version.
    #[error("the version `{}` contains the character `{}`", .text.escape_debug(), .character.escape_debug())]
    BadCharacter {
        /// The whole text.
        text: String,
        /// The first character that does not belong.
        character: char,
    },
    /// A range ends before it starts.
    #[error("the range `{low}:{high}` is empty")]
    EmptyRange {
        /// The lower bound.
        low: String,
        /// The upper bound.
        high: String,
    },
    /// A commit bounds a range. (Spack reads its hexadecimal digits as a number there.)
    #[error("the commit `{text}` cannot bound a range")]
    CommitAsBound {
        /// The commit.
        text: String,
    },
    /// More than one `:` or `=` where one is allowed.
    #[error("`{}` contains more than one `{separator}`", .text.escape_debug())]
    Repeated {
        /// The text at fault.
        text: String,
        /// The repeated values.
        separator: char,
    },
}
