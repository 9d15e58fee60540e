//! The fault of JSON, and the path to it.

use super::MAX_DEPTH;
use crate::fault::{Fault, FaultKind, shortened};

/// The place of the fault in JSON, and the expected token.
#[derive(Debug)]
pub(crate) struct JsonError {
    pub(crate) at: usize,
    /// The keys to the place, the innermost first.
    pub(crate) path: Vec<String>,
    pub(crate) kind: JsonErrorKind,
}

/// The fault of JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum JsonErrorKind {
    Ends,
    Expected {
        expected: &'static str,
    },
    WrongType {
        expected: &'static str,
        found: &'static str,
    },
    Depth,
    Escape,
    Control,
    Twice,
    /// A fault that the caller found in a value.
    Value(FaultKind),
}

pub(crate) type JsonResult<T> = Result<T, Box<JsonError>>;

impl JsonError {
    /// This error as a fault of the file `text`.
    pub(crate) fn into_fault(self, text: &[u8]) -> Fault {
        self.into_fault_behind(text, 0, 0)
    }

    /// This error as a fault of a file in which some bytes and lines precede `text`.
    pub(crate) fn into_fault_behind(self, text: &[u8], bytes: u64, lines: u32) -> Fault {
        let before = &text[..self.at.min(text.len())];
        let line = lines + memchr::memchr_iter(b'\n', before).count() as u32 + 1;
        let mut place = String::new();
        for key in self.path.iter().rev() {
            if !place.is_empty() && !key.starts_with('[') {
                place.push('.');
            }
            place.push_str(&shortened(key));
        }
        let malformed = |message: String| FaultKind::Malformed {
            message: format!("{message} (byte {})", bytes + self.at as u64),
        };
        let kind = match self.kind {
            JsonErrorKind::Value(kind) => kind,
            JsonErrorKind::Twice => FaultKind::KeyTwice,
            JsonErrorKind::WrongType { expected, found } => {
                FaultKind::WrongType { expected, found }
            }
            JsonErrorKind::Ends => {
                malformed("the file ends in the middle of a value: truncated".to_owned())
            }
            JsonErrorKind::Expected { expected } => {
                malformed(format!("is not valid JSON: expected {expected}"))
            }
            JsonErrorKind::Depth => malformed(format!("is nested more than {MAX_DEPTH} deep")),
            JsonErrorKind::Escape => {
                malformed("is not valid JSON: a text has a wrong escape".to_owned())
            }
            JsonErrorKind::Control => {
                malformed("is not valid JSON: a control character in a text".to_owned())
            }
        };
        Fault {
            place,
            line: Some(line),
            kind,
        }
    }

    /// The error of a required key that is missing in the object that was just walked.
    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "results stay small")]
    pub(crate) fn missing(json: &super::Json<'_>, key: &str) -> Box<Self> {
        let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
        error.below(|| key.to_owned())
    }

    /// The same error, seen from one level further out.
    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "results stay small")]
    pub(crate) fn below(mut self: Box<Self>, key: impl FnOnce() -> String) -> Box<Self> {
        self.path.push(key());
        self
    }
}
