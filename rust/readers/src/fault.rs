//! A fault of a file, and its place.

use std::fmt;

/// A fault of one file, and its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A key path such as `spec_details[3].hash`; empty for the file as a whole.
    pub place: String,
    /// The line, counted from 1, if the reader knows it.
    pub line: Option<u32>,
    /// The fault.
    pub kind: FaultKind,
}

/// The kinds of faults. `Display` is the message, in lower case and without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file cannot be opened or read.
    #[error("cannot be read: {message}")]
    Unreadable {
        /// The operating system's words.
        message: String,
    },
    /// A folder, a pipe or a device where a file should be.
    #[error("is not a regular file")]
    NotAFile,
    /// Larger than the limit.
    #[error("has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// One value that is larger than the limit.
    #[error("a value has more than {limit} bytes")]
    ValueTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A walk met more files and folders than the limit.
    #[error("holds more than {limit} files and folders")]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
    /// A walk met more links to folders than the limit.
    #[error("holds more than {limit} links to folders")]
    TooManyLinks {
        /// The limit.
        limit: usize,
    },
    /// A folder lies deeper than a walk goes.
    #[error("is a folder more than {limit} folders deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A link leads back to a folder above it.
    #[error("is a link that leads back to `{}`", target.escape_default())]
    Loop {
        /// Its target.
        target: String,
    },
    /// A required key is missing.
    #[error("the key is missing")]
    MissingKey,
    /// A key that the format does not have there, one slip away from one that it has.
    #[error("there is no such key: did you mean `{meant}`?")]
    Misspelt {
        /// The key that the format has there.
        meant: &'static str,
    },
    /// A value of another type than the format has there.
    #[error("must be {expected}, is {found}")]
    WrongType {
        /// The type that the format has there.
        expected: &'static str,
        /// The value found.
        found: &'static str,
    },
    /// A text that does not fit the meaning of the key.
    #[error("`{}` is not {} {expected}", found.escape_default(), article(expected))]
    WrongText {
        /// The expected kind of text.
        expected: &'static str,
        /// The text, shortened if it is long.
        found: String,
    },
    /// A hash with a wrong length or letter.
    #[error("`{}` is not a hash: {reason}", found.escape_default())]
    WrongHash {
        /// The text, shortened if it is long.
        found: String,
        /// Its fault.
        reason: specplan_catalog::ParseHashError,
    },
    /// A list with a wrong number of elements.
    #[error("must have {expected} element{}, has {found}", if *expected == 1 { "" } else { "s" })]
    WrongLength {
        /// The number that it should have.
        expected: usize,
        /// The number that it has.
        found: usize,
    },
    /// A list of specs, or a spec file, that is empty: nothing was found, or the file was cut.
    #[error("holds no specs")]
    NoSpecs,
    /// One spec with two values for one variant.
    #[error("the variant `{}` is given twice, with different values", name.escape_default())]
    VariantTwice {
        /// The variant.
        name: String,
    },
    /// A file of an unsupported version.
    #[error("version {found} of {format} is not supported, only {oldest} to {newest}")]
    UnsupportedVersion {
        /// The kind of file that has a version.
        format: &'static str,
        /// The version of this file.
        found: String,
        /// The oldest version that is read.
        oldest: u64,
        /// The newest version that is read.
        newest: u64,
    },
    /// A file of a version newer than the supported ones.
    #[error(
        "{format} of version {found} is too new: the newest supported version is {newest}, which Spack {writer} writes"
    )]
    NewerVersion {
        /// The kind of file that has a version.
        format: &'static str,
        /// The version of this file.
        found: String,
        /// The newest version that is read.
        newest: u64,
        /// The first Spack that writes that one.
        writer: &'static str,
    },
    /// A spec with another hash than the key under which it stands.
    #[error("has the hash `{found}`, which differs from its key")]
    OtherHash {
        /// Its content.
        found: String,
    },
    /// A reference to a spec that the file does not hold.
    #[error("`{found}` is not a spec of this file")]
    Nowhere {
        /// The reference.
        found: String,
    },
    /// An object that has the same key twice.
    #[error("the key is given twice")]
    KeyTwice,
    /// A file of an unsupported kind.
    #[error("is not a supported file: {expected}")]
    UnknownFormat {
        /// The formats that are supported.
        expected: &'static str,
    },
    /// A compressed file that ends before its data does.
    #[error("is a truncated gzip file")]
    TruncatedGzip,
    /// A compressed file whose data is damaged.
    #[error("is a corrupt gzip file")]
    CorruptGzip,
    /// The JSON itself is malformed in a way that the checks above do not name.
    #[error("{message}")]
    Malformed {
        /// The JSON reader's words.
        message: String,
    },
}

/// The word for a number in messages.
pub(crate) const NUMBER: &str = "a number";

/// The longest text that a message repeats.
const SHOWN_CHARS: usize = 60;

impl Fault {
    /// A fault of the file as a whole.
    pub(crate) fn of_file(kind: FaultKind) -> Self {
        Self {
            place: String::new(),
            line: None,
            kind,
        }
    }

    /// A fault at a key path.
    pub(crate) fn at(place: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            place: place.into(),
            line: None,
            kind,
        }
    }
}

impl FaultKind {
    pub(crate) fn wrong_text(expected: &'static str, found: &str) -> Self {
        Self::WrongText {
            expected,
            found: shortened(found),
        }
    }

    /// Returns whether the reference reader must decide: a number stands in the place of another
    /// type, or the fault of the JSON is not known.
    pub(crate) fn is_for_reference(&self) -> bool {
        match self {
            Self::WrongType { found, .. } => *found == NUMBER,
            Self::Malformed { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn unreadable(error: &std::io::Error) -> Self {
        Self::Unreadable {
            message: error.to_string(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(formatter, "{}", self.kind),
            place => write!(formatter, "{place}: {}", self.kind),
        }
    }
}

/// `text`, cut where a message would no longer be readable.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The article before a noun.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
