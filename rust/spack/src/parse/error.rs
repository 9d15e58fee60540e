//! The faults of a spec, and their messages.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::spec::{Conflict, Contradiction};
use crate::target::TargetError;
use crate::version::VersionError;

/// The number of columns of the text around a fault that are shown.
const SHOWN_COLUMNS: usize = 72;

/// A fault in the text of a spec, and where it is.
///
/// [`Display`](fmt::Display) shows the message, the text and carets under the fault:
///
/// ```
/// let error = specplan_spack::AbstractSpec::parse("zlib@@1.2").unwrap_err();
/// let shown = "\
/// unexpected character
///   zlib@@1.2
///       ^ expected a version after `@`";
/// assert_eq!(shown, error.to_string());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub(super) kind: Box<ParseErrorKind>,
    pub(super) text: Box<str>,
    pub(super) span: Range<usize>,
}

/// The ways in which a text is not a spec.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is too long.
    #[error("the text of {length} bytes is longer than {limit}")]
    TooLong {
        /// The length in bytes.
        length: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// Conditions are nested too deeply.
    #[error("conditions are nested more than {limit} deep")]
    TooDeep {
        /// The deepest that is read.
        limit: usize,
    },
    /// A character that cannot start a token.
    #[error("unexpected character")]
    UnexpectedCharacter,
    /// The name of a file, which Spack would read.
    #[error("a file name is not a spec that can be read here")]
    FileName,
    /// The text contains no spec.
    #[error("expected a spec, but there is none")]
    Nothing,
    /// Another spec starts where there should be one.
    #[error("expected a single spec, but there are more")]
    Several,
    /// Attributes stand behind the name of a toolchain, where another spec starts.
    #[error("`{more}` follows the toolchain `%{name}`, where Spack begins another spec")]
    AfterToolchain {
        /// The name of the toolchain.
        name: Box<str>,
        /// The text behind it.
        more: Box<str>,
    },
    /// A toolchain contradicts the constraints before it.
    #[error("a toolchain contradicts the spec: {0}")]
    Toolchain(#[source] Contradiction),
    /// A toolchain is written like a package with a namespace.
    #[error("Spack cannot use a toolchain with a dot in its name")]
    QualifiedToolchain,
    /// Toolchains expand to too many dependencies.
    #[error("toolchains add more than {limit} dependencies in total")]
    TooMuchPutIn {
        /// The maximum.
        limit: usize,
    },
    /// A node has two versions.
    #[error("a spec cannot have several versions")]
    SeveralVersions,
    /// The text after `@` is not a version.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The text after `target=` is not a target.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A variant is given twice.
    #[error("the variant `{name}` is given twice")]
    SeveralVariants {
        /// Its name.
        name: Box<str>,
    },
    /// A field is given twice.
    #[error("`{field}` is given twice")]
    SeveralFields {
        /// Its name.
        field: &'static str,
    },
    /// A field of its own kind is switched like a variant.
    #[error("`{name}` takes a value, it cannot be switched on or off")]
    NoSwitch {
        /// Its name.
        name: Box<str>,
    },
    /// A reserved name is propagated.
    #[error("`{name}` cannot be propagated with `==`")]
    NoPropagation {
        /// Its name.
        name: Box<str>,
    },
    /// A value stands for the machine that Spack runs on.
    #[error("`{value}` names the running machine, which is not known here")]
    NeedsHost {
        /// The value.
        value: Box<str>,
    },
    /// `*` as one of several values.
    #[error("`*` stands for any value of `{name}` and cannot be one of several")]
    ReservedValue {
        /// The variant's name.
        name: Box<str>,
    },
    /// A namespace contains an invalid character.
    #[error("`{}` is not a namespace", .name.escape_debug())]
    BadNamespace {
        /// The text.
        name: Box<str>,
    },
    /// An edge attribute that does not exist.
    #[error("`{name}` is not an attribute of an edge")]
    UnknownAttribute {
        /// Its name.
        name: Box<str>,
    },
    /// A dependency type that does not exist.
    #[error("`{}` is not a dependency type", .name.escape_debug())]
    UnknownType {
        /// Its name.
        name: Box<str>,
    },
    /// The name of a virtual package contains an invalid character.
    #[error("`{}` is not a name of a virtual package", .name.escape_debug())]
    BadVirtual {
        /// The text.
        name: Box<str>,
    },
    /// Text that is not allowed between brackets.
    #[error("unexpected text among the attributes of an edge")]
    UnexpectedInEdge,
    /// A closing bracket without an opening one.
    #[error("unmatched `]`")]
    UnopenedEdge,
    /// A sigil is not followed by a spec.
    #[error("a dependency is missing after its sigil")]
    MissingDependency,
    /// The condition of an edge is not a spec.
    #[error("the condition is not a spec\n{}", indent(.0))]
    Condition(#[source] ParseError),
    /// A dependency is required twice, with constraints that cannot be combined.
    #[error("two constraints on the dependency `{name}` have no {conflict} in common")]
    IncompatibleDependency {
        /// The name of the dependency.
        name: Box<str>,
        /// The fields that they disagree on.
        conflict: Conflict,
    },
    /// A dependency is required twice, with types that no two edges may have.
    #[error("the dependency `{name}` is given twice with overlapping types")]
    OverlappingTypes {
        /// The name of the dependency.
        name: Box<str>,
    },
}

impl ParseErrorKind {
    /// The expected text at the place, where that helps.
    fn hint(&self, before: Option<char>) -> Option<Cow<'static, str>> {
        if let Self::AfterToolchain { name, more } = self {
            return Some(format!("write `{more}` before `%{name}`").into());
        }
        self.expected(before).map(Cow::from)
    }

    fn expected(&self, before: Option<char>) -> Option<&'static str> {
        match self {
            Self::UnexpectedCharacter => match before {
                Some('@') => Some("expected a version after `@`"),
                Some('=') => Some("expected a value, in quotes if it is empty or contains spaces"),
                Some('+' | '~') => Some("expected the name of a variant"),
                _ => Some("expected a name, `@version`, `+variant`, `key=value`, `^` or `%`"),
            },
            Self::FileName => Some("expected a spec"),
            Self::QualifiedToolchain => Some("rename it without a dot under `toolchains`"),
            Self::SeveralVersions => Some("a list such as `@1.2,1.4` takes several"),
            Self::SeveralVariants { .. } => {
                Some("expected it once; `key=a,b` takes several values")
            }
            Self::NoSwitch { .. } => Some("expected `key=value`"),
            Self::ReservedValue { .. } => Some("expected `key=*` alone, or values without `*`"),
            Self::BadNamespace { .. } => Some("expected names with dots between them"),
            Self::UnknownAttribute { .. } | Self::UnexpectedInEdge => {
                Some("expected `deptypes=`, `virtuals=`, `when=` or `]`")
            }
            Self::UnknownType { .. } => Some("expected `build`, `link`, `run` or `test`"),
            Self::MissingDependency => Some("expected a name, or `*` with constraints"),
            _ => None,
        }
    }
}

impl ParseError {
    /// The fault.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// The whole text that was read.
    pub fn source_text(&self) -> &str {
        &self.text
    }

    /// The place of the fault, in bytes of the text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The message, then the text with carets under the fault and what was expected.
    ///
    /// Control characters are escaped, wide ones counted as wide, and of long texts only the
    /// surroundings of the fault are shown.
    pub fn render(&self) -> String {
        let head = shown(&self.text[..self.span.start]);
        let fault = shown(&self.text[self.span.clone()]);
        let tail = shown(&self.text[self.span.end..]);
        let head = keep_end(&head, SHOWN_COLUMNS / 2);
        let fault = keep_start(&fault, SHOWN_COLUMNS / 2);
        let tail = keep_start(&tail, SHOWN_COLUMNS / 2);
        let indent = " ".repeat(head.width());
        let carets = "^".repeat(fault.width().max(1));
        let before = self.text[..self.span.start].chars().next_back();
        let at = self.text[self.span.clone()].chars().next();
        // A sigil without its object is itself the character at fault.
        let before = at.filter(|c| "@+~=".contains(*c)).or(before);
        let hint = self.kind.hint(before).map(|hint| format!(" {hint}"));
        format!(
            "{}\n  {head}{fault}{tail}\n  {indent}{carets}{}",
            self.kind,
            hint.unwrap_or_default()
        )
    }
}

/// The text with control characters and blanks other than the space escaped.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' '..='~' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

fn keep_start(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if kept.width() >= columns {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

fn keep_end(text: &str, columns: usize) -> String {
    let reversed: String = text.chars().rev().collect();
    keep_start(&reversed, columns).chars().rev().collect()
}

fn indent(error: &ParseError) -> String {
    let lines: Vec<String> = error
        .render()
        .lines()
        .map(|line| format!("  {line}"))
        .collect();
    lines.join("\n")
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render())
    }
}

impl std::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}
