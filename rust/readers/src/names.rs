//! The rules for the texts of sources.
//!
//! The rules are wider than Spack's output, and narrow enough that no text can look like something
//! else in a report: no blanks, no control characters.

use crate::fault::FaultKind;

/// The longest name; real ones stay below 100 bytes.
const NAME_LEN: usize = 512;

/// A package name: it starts with a letter, digit or underscore, and holds
/// besides those only `.` and `-`.
pub(crate) fn package(text: &str) -> Result<&str, FaultKind> {
    let starts = text.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    check(text, starts, "package name", |byte| {
        is_word(byte) || matches!(byte, b'.' | b'-')
    })
}

/// A stack's label.
pub(crate) fn label(text: &str) -> Result<&str, FaultKind> {
    check(text, !is_path_step(text), "stack label", |byte| {
        is_word(byte) || matches!(byte, b'.' | b'-')
    })
}

/// A snapshot's name.
pub(crate) fn tag(text: &str) -> Result<&str, FaultKind> {
    let is_sane = text
        .split('/')
        .all(|part| !part.is_empty() && !is_path_step(part));
    check(text, is_sane, "snapshot name", |byte| {
        is_word(byte) || matches!(byte, b'.' | b'-' | b'/')
    })
}

/// A platform, operating system or target.
pub(crate) fn architecture<'t>(
    text: &'t str,
    expected: &'static str,
) -> Result<&'t str, FaultKind> {
    check(text, !is_path_step(text), expected, |byte| {
        is_word(byte) || matches!(byte, b'.' | b'-' | b'+')
    })
}

/// A version or a compiler: printable ASCII without blanks.
pub(crate) fn printable<'t>(text: &'t str, expected: &'static str) -> Result<&'t str, FaultKind> {
    check(text, true, expected, |byte| byte.is_ascii_graphic())
}

/// Returns whether a text is `.`, `..` or more dots: not a name, but a path.
fn is_path_step(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'.')
}

fn check<'t>(
    text: &'t str,
    is_sane: bool,
    expected: &'static str,
    is_allowed: impl Fn(u8) -> bool,
) -> Result<&'t str, FaultKind> {
    let fits = !text.is_empty() && text.len() <= NAME_LEN;
    if fits && is_sane && text.bytes().all(is_allowed) {
        Ok(text)
    } else {
        Err(FaultKind::wrong_text(expected, text))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
