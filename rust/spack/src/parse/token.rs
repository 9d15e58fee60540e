//! Splits a text into the tokens of Spack's spec syntax.
//!
//! Spack tries its kinds of tokens one after the other at each position and takes the first that
//! matches, as its regular expressions match. The functions here follow that order and those
//! expressions; each takes a position and returns the end of its match.

use std::ops::Range;

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// The range of bytes in the text.
    pub(super) span: Range<usize>,
    /// `c,cxx=gcc` after a sigil or an edge: the virtual packages and who provides them.
    pub(super) assignment: Option<Assignment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) virtuals: Range<usize>,
    pub(super) substitute: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    EdgeStart,
    EdgeEnd,
    Dependency,
    Version,
    PropagatedSwitch,
    Switch,
    PropagatedKeyValue,
    KeyValue,
    FileName,
    QualifiedName,
    Name,
    Hash,
}

/// The tokens of a text without its blanks.
///
/// # Errors
///
/// The position of the first character that starts no token.
pub(super) fn tokenize(text: &str) -> Result<Vec<Token>, usize> {
    let scanner = Scanner { text };
    let mut tokens = Vec::new();
    let mut position = 0;
    while position < text.len() {
        if let Some(token) = scanner.token(position) {
            debug_assert!(token.span.end > position, "a token holds something");
            position = token.span.end;
            tokens.push(token);
        } else {
            let after = scanner.blanks(position);
            if after == position {
                return Err(position);
            }
            position = after;
        }
    }
    Ok(tokens)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A value that needs no quotes holds only these.
pub(super) fn is_bare(byte: u8) -> bool {
    is_word(byte) || b"+*.,:=%^~/\\-".contains(&byte)
}

struct Scanner<'t> {
    text: &'t str,
}

impl Scanner<'_> {
    fn token(&self, at: usize) -> Option<Token> {
        let plain = |kind, end| Token {
            kind,
            span: at..end,
            assignment: None,
        };
        let sigil = match self.byte(at)? {
            b'%' if self.byte(at + 1) == Some(b'%') => 2,
            b'^' | b'%' => 1,
            _ => 0,
        };
        if sigil > 0 {
            if self.byte(at + sigil) == Some(b'[') {
                return Some(plain(TokenKind::EdgeStart, at + sigil + 1));
            }
            return Some(self.with_assignment(plain(TokenKind::Dependency, at + sigil)));
        }
        if self.byte(at) == Some(b']') {
            return Some(self.with_assignment(plain(TokenKind::EdgeEnd, at + 1)));
        }
        self.version_token(at)
            .map(|end| (TokenKind::Version, end))
            .or_else(|| self.switch(at))
            .or_else(|| self.key_value(at))
            .or_else(|| Some((TokenKind::FileName, self.file_name(at)?)))
            .or_else(|| Some((TokenKind::QualifiedName, self.qualified_name(at)?)))
            .or_else(|| Some((TokenKind::Name, self.identifier(at)?)))
            .or_else(|| match self.byte(at)? {
                b'*' => Some((TokenKind::Name, at + 1)),
                b'/' => Some((TokenKind::Hash, self.many(at + 1, is_word)?)),
                _ => None,
            })
            .map(|(kind, end)| plain(kind, end))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The end of the blanks that start here, if any.
    fn blanks(&self, at: usize) -> usize {
        self.text.len() - self.text[at..].trim_start().len()
    }

    /// The end of one or more bytes of a kind.
    fn many(&self, at: usize, belongs: impl Fn(u8) -> bool) -> Option<usize> {
        let rest = &self.text.as_bytes()[at.min(self.text.len())..];
        match rest.iter().take_while(|&&byte| belongs(byte)).count() {
            0 => None,
            length => Some(at + length),
        }
    }

    /// A word character and then any of `more`.
    fn word_then(&self, at: usize, more: &[u8]) -> Option<usize> {
        self.byte(at).filter(|&first| is_word(first))?;
        self.many(at, |byte| is_word(byte) || more.contains(&byte))
    }

    fn identifier(&self, at: usize) -> Option<usize> {
        self.word_then(at, b"-")
    }

    /// The name of a variant or a key, which may hold dots.
    fn key(&self, at: usize) -> Option<usize> {
        self.word_then(at, b"-.")
    }

    fn qualified_name(&self, at: usize) -> Option<usize> {
        let mut end = self.identifier(at)?;
        let mut is_qualified = false;
        while self.byte(end) == Some(b'.') {
            let Some(next) = self.identifier(end + 1) else {
                break;
            };
            end = next;
            is_qualified = true;
        }
        is_qualified.then_some(end)
    }

    fn with_assignment(&self, mut token: Token) -> Token {
        let start = self.blanks(token.span.end);
        if let Some(assignment) = self.assignment(start) {
            token.span.end = assignment.substitute.end;
            token.assignment = Some(assignment);
        }
        token
    }

    fn assignment(&self, at: usize) -> Option<Assignment> {
        let mut end = self.identifier(at)?;
        while self.byte(end) == Some(b',') {
            end = self.identifier(end + 1)?;
        }
        if self.byte(end) != Some(b'=') {
            return None;
        }
        let start = end + 1;
        let substitute = self
            .qualified_name(start)
            .or_else(|| self.identifier(start))?;
        Some(Assignment {
            virtuals: at..end,
            substitute: start..substitute,
        })
    }

    /// `@` and a git reference, perhaps with its version, or a list of versions and ranges.
    fn version_token(&self, at: usize) -> Option<usize> {
        if self.byte(at) != Some(b'@') {
            return None;
        }
        if let Some(reference) = self.git_reference(at + 1) {
            let pair = (self.byte(reference) == Some(b'='))
                .then(|| self.version_ends(reference + 1).next())
                .flatten();
            return Some(pair.unwrap_or(reference));
        }
        let mut end = self.version_or_range(self.blanks(at + 1))?;
        loop {
            let comma = self.blanks(end);
            if self.byte(comma) != Some(b',') {
                return Some(end);
            }
            match self.version_or_range(self.blanks(comma + 1)) {
                None => return Some(end),
                Some(next) => end = next,
            }
        }
    }

    fn git_reference(&self, at: usize) -> Option<usize> {
        if self.text.as_bytes()[at..].starts_with(b"git.")
            && let Some(end) = self.word_then(at + 4, b"./-")
        {
            return Some(end);
        }
        let commit = self.text.as_bytes().get(at..at + 40)?;
        commit.iter().all(u8::is_ascii_hexdigit).then_some(at + 40)
    }

    fn version_or_range(&self, at: usize) -> Option<usize> {
        let longest = self.version_ends(at).next();
        let colon = longest.unwrap_or(at);
        if self.byte(colon) != Some(b':') {
            return longest;
        }
        // A key that follows an open range is not one of its bounds.
        let is_bound = |end: &usize| self.byte(self.blanks(*end)) != Some(b'=');
        let bound = self.version_ends(colon + 1).find(is_bound);
        Some(bound.unwrap_or(colon + 1))
    }

    /// The positions where a version that starts here may end: after a word, longest first. Spack
    /// also ends one between a separator and a word, as in `@6.x=y`; such a version could not be
    /// printed.
    fn version_ends(&self, at: usize) -> impl Iterator<Item = usize> {
        let start = if self.byte(at) == Some(b'=') {
            at + 1
        } else {
            at
        };
        let longest = self.word_then(start, b"-.").unwrap_or(start);
        (start + 1..=longest)
            .rev()
            .filter(|&end| self.is_boundary(end))
    }

    fn is_boundary(&self, at: usize) -> bool {
        let before = self.text.as_bytes()[at - 1];
        let after = self.text[at..].chars().next();
        is_word(before) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    fn switch(&self, at: usize) -> Option<(TokenKind, usize)> {
        let sigil = self.byte(at).filter(|byte| b"+~-".contains(byte))?;
        if self.byte(at + 1) == Some(sigil)
            && let Some(end) = self.key(self.blanks(at + 2))
        {
            return Some((TokenKind::PropagatedSwitch, end));
        }
        Some((TokenKind::Switch, self.key(self.blanks(at + 1))?))
    }

    fn key_value(&self, at: usize) -> Option<(TokenKind, usize)> {
        let mut equals = self.key(at)?;
        if self.byte(equals) == Some(b':') {
            equals += 1;
        }
        if self.byte(equals) != Some(b'=') {
            return None;
        }
        if self.byte(equals + 1) == Some(b'=')
            && let Some(end) = self.value(equals + 2)
        {
            return Some((TokenKind::PropagatedKeyValue, end));
        }
        Some((TokenKind::KeyValue, self.value(equals + 1)?))
    }

    fn value(&self, at: usize) -> Option<usize> {
        self.many(at, is_bare).or_else(|| self.quoted(at))
    }

    /// Text between quotes; a backslash keeps a quote from ending it.
    fn quoted(&self, at: usize) -> Option<usize> {
        let quote = self.byte(at).filter(|byte| b"'\"".contains(byte))?;
        let bytes = self.text.as_bytes();
        (at + 1..bytes.len())
            .find(|&end| bytes[end] == quote && bytes[end - 1] != b'\\')
            .map(|end| end + 1)
    }

    /// Something that starts like a path and ends in `.json` or `.yaml`.
    fn file_name(&self, at: usize) -> Option<usize> {
        let head = match self.byte(at)? {
            b'.' | b'/' => at,
            _ => self.many(at, |byte| {
                byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
            })?,
        };
        if !b"./".contains(&self.byte(head)?) || (head > at && self.byte(head) != Some(b'/')) {
            return None;
        }
        let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let end = self.many(head + 1, belongs)?;
        let tail = &self.text[head + 1..end];
        let extension = tail.rfind(".json").max(tail.rfind(".yaml"))?;
        Some(head + 1 + extension + ".json".len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        let tokens = tokenize(text).expect(text);
        tokens.into_iter().map(|token| &text[token.span]).collect()
    }

    #[test]
    fn tokens_end_where_those_of_spack_end() {
        for (text, expected) in [
            ("y@1.2:1.4+a~b", &["y", "@1.2:1.4", "+a", "~b"][..]),
            (
                "y @ 1.2 , 1.4: os=linux",
                &["y", "@ 1.2 , 1.4:", "os=linux"],
            ),
            ("y@1:target=zen", &["y", "@1:", "target=zen"]),
            ("y@git.a/b-1.x=1.2", &["y", "@git.a/b-1.x=1.2"]),
            ("y++a --b - c", &["y", "++a", "--b", "- c"]),
            ("a-b -c", &["a-b", "-c"]),
            ("x='a \\' b' y=\"\"", &["x='a \\' b'", "y=\"\""]),
            ("x:=a,b y:==c z==d", &["x:=a,b", "y:==c", "z==d"]),
            ("foo=bar%gcc", &["foo=bar%gcc"]),
            (
                "a %[virtuals=c] gcc",
                &["a", "%[", "virtuals=c", "]", "gcc"],
            ),
            ("a %% c,cxx=b.gcc@1", &["a", "%% c,cxx=b.gcc", "@1"]),
            (
                "a/abc ./x.json d/y.yaml",
                &["a", "/abc", "./x.json", "d/y.yaml"],
            ),
            ("os=ubuntu24.04@1.4", &["os=ubuntu24.04", "@1.4"]),
        ] {
            assert_eq!(expected, parts(text), "{text}");
        }
    }

    #[test]
    fn characters_that_start_no_token_are_found() {
        for (text, position) in [
            ("x@@1.2", 1),
            ("x@1.2::", 6),
            ("x::", 1),
            ("y@1.2.", 5),
            ("y@1:2.x=z", 5),
            ("foo= bar", 3),
            ("x='a", 1),
            ("a + ", 2),
            ("é", 0),
        ] {
            assert_eq!(Err(position), tokenize(text), "{text}");
        }
    }
}
