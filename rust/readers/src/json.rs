//! A pull parser for JSON: it builds no tree and copies nothing unnecessarily.
//!
//! The values that matter are a small part of an index of hundreds of megabytes, and most of them
//! are short texts. The caller walks objects and lists in the order of the file, takes texts as
//! slices of it, and skips the rest. Values that are taken are checked fully; skipped ones are
//! checked only for balance, strings and nesting.
//!
//! An error knows its place in the file; the path of keys to it is put together
//! while the calls return, so a file without faults pays nothing for it.

mod error;
mod seen;
mod skip;

use std::borrow::Cow;

use specplan_catalog::{DagHash, HASH_LEN};

pub(crate) use error::{JsonError, JsonErrorKind, JsonResult};
pub(crate) use seen::Seen;

/// The greatest depth of nesting that is accepted. Real files have eight levels.
const MAX_DEPTH: u32 = 128;

/// The longest text that is unescaped; texts without escapes may be longer.
const MAX_ESCAPED: usize = 1 << 20;

/// A position in a JSON text.
#[derive(Clone, Copy)]
pub(crate) struct Json<'j> {
    whole: &'j str,
    text: &'j [u8],
    at: usize,
    depth: u32,
}
impl<'j> Json<'j> {
    pub(crate) fn new(whole: &'j str) -> Self {
        Self {
            whole,
            text: whole.as_bytes(),
            at: 0,
            depth: 0,
        }
    }

    /// The same text from another position, `depth` levels deep.
    pub(crate) fn from(self, at: usize, depth: u32) -> Self {
        Self { at, depth, ..self }
    }

    /// The whole text, wherever the position is.
    pub(crate) fn whole(&self) -> &'j str {
        self.whole
    }

    /// The bytes from the position on.
    pub(crate) fn ahead(&self) -> &'j [u8] {
        &self.text[self.at..]
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "results stay small")]
    pub(crate) fn error(&self, kind: JsonErrorKind) -> Box<JsonError> {
        Box::new(JsonError {
            at: self.at,
            path: Vec::new(),
            kind,
        })
    }

    /// The next byte that is not white space, without stepping over it.
    pub(crate) fn peek(&mut self) -> JsonResult<u8> {
        while let Some(&byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(self.error(JsonErrorKind::Ends))
    }

    /// Steps over `byte` if it is the next one.
    pub(crate) fn take(&mut self, byte: u8) -> JsonResult<bool> {
        let is_next = self.peek()? == byte;
        self.at += usize::from(is_next);
        Ok(is_next)
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> JsonResult<()> {
        if self.take(byte)? {
            Ok(())
        } else {
            Err(self.error(JsonErrorKind::Expected { expected }))
        }
    }

    /// Fails unless only white space is left.
    pub(crate) fn end(&mut self) -> JsonResult<()> {
        match self.peek() {
            Err(_) => Ok(()),
            Ok(_) => Err(self.error(JsonErrorKind::Expected {
                expected: "the end of the file",
            })),
        }
    }

    fn deeper(&mut self) -> JsonResult<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(JsonErrorKind::Depth));
        }
        Ok(())
    }

    /// Walks an object. `each` is called at every value, with its key, and must step over it.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> JsonResult<()>,
    ) -> JsonResult<()> {
        self.enter_object()?;
        if self.take(b'}')? {
            self.depth -= 1;
            return Ok(());
        }
        while {
            let key = self.key()?;
            each(self, &key).map_err(|error| error.below(|| key.into_owned()))?;
            self.goes_on(b'}', "`,` or `}`")?
        } {}
        Ok(())
    }

    /// Steps into an object; [`goes_on`](Self::goes_on) leads from member to member.
    pub(crate) fn enter_object(&mut self) -> JsonResult<()> {
        self.typed(b'{', "an object")?;
        self.at += 1;
        self.deeper()
    }

    /// Steps over a key and the colon after it.
    pub(crate) fn key(&mut self) -> JsonResult<Cow<'j, str>> {
        if self.peek()? != b'"' {
            return Err(self.error(JsonErrorKind::Expected { expected: "a key" }));
        }
        let key = self.text()?;
        self.expect(b':', "`:`")?;
        Ok(key)
    }

    /// Steps over a comma, or over the byte that `ends` the object or list.
    pub(crate) fn goes_on(&mut self, ends: u8, expected: &'static str) -> JsonResult<bool> {
        if self.take(b',')? {
            return Ok(true);
        }
        self.expect(ends, expected)?;
        self.depth -= 1;
        Ok(false)
    }

    /// Walks a list. `each` is called at every element and must step over it.
    pub(crate) fn list(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> JsonResult<()>,
    ) -> JsonResult<()> {
        self.typed(b'[', "a list")?;
        self.at += 1;
        self.deeper()?;
        if self.take(b']')? {
            self.depth -= 1;
            return Ok(());
        }
        let mut index = 0;
        while {
            each(self, index).map_err(|error| error.below(|| format!("[{index}]")))?;
            index += 1;
            self.goes_on(b']', "`,` or `]`")?
        } {}
        Ok(())
    }

    /// Fails, with the type that is there, unless the next byte is `byte`.
    fn typed(&mut self, byte: u8, expected: &'static str) -> JsonResult<()> {
        let next = self.peek()?;
        if next == byte {
            return Ok(());
        }
        let found = match next {
            b'{' => "an object",
            b'[' => "a list",
            b'"' => "text",
            b't' | b'f' => "a boolean",
            b'n' => "null",
            b'-' | b'0'..=b'9' => "a number",
            _ => return Err(self.error(JsonErrorKind::Expected { expected })),
        };
        Err(self.error(JsonErrorKind::WrongType { expected, found }))
    }

    /// Takes a text.
    pub(crate) fn text(&mut self) -> JsonResult<Cow<'j, str>> {
        self.typed(b'"', "text")?;
        let start = self.at + 1;
        let end = start + plain_len(&self.text[start..]);
        match self.text.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(Cow::Borrowed(&self.whole[start..end]))
            }
            _ => self.unusual_text(start),
        }
    }

    /// Takes a text with escapes or with characters beyond ASCII.
    #[cold]
    fn unusual_text(&mut self, start: usize) -> JsonResult<Cow<'j, str>> {
        let mut end = start;
        loop {
            // The text may end after a backslash.
            end += plain_len(self.text.get(end..).unwrap_or_default());
            match self.text.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(0x80..) => end += 1,
                Some(_) => {
                    self.at = end;
                    return Err(self.error(JsonErrorKind::Control));
                }
                None => {
                    self.at = self.text.len();
                    return Err(self.error(JsonErrorKind::Ends));
                }
            }
        }
        // A quote and a backslash are characters of their own, so neither cut is inside of one.
        let text = self.whole.get(start..end).unwrap_or_default();
        if text.len() > MAX_ESCAPED {
            return Err(self.error(JsonErrorKind::Escape));
        }
        let text = if text.contains('\\') {
            let quoted = &self.text[start - 1..=end];
            match serde_json::from_slice::<String>(quoted) {
                Ok(text) => Cow::Owned(text),
                Err(_) => return Err(self.error(JsonErrorKind::Escape)),
            }
        } else {
            Cow::Borrowed(text)
        };
        self.at = end + 1;
        Ok(text)
    }

    /// Steps over exactly these bytes, if they are next. Their number is part of the type, so the
    /// comparison takes a few words and no call.
    #[inline]
    pub(crate) fn literal<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let next = self.text[self.at..].first_chunk::<N>();
        let is_next = next == Some(bytes);
        self.at += if is_next { N } else { 0 };
        is_next
    }

    /// Takes the rest of a text whose quote was stepped over, if it is plain.
    pub(crate) fn plain_rest(&mut self) -> Option<&'j str> {
        let end = self.at + plain_len(&self.text[self.at..]);
        if self.text.get(end) != Some(&b'"') {
            return None;
        }
        let rest = &self.whole[self.at..end];
        self.at = end + 1;
        Some(rest)
    }

    /// Takes the rest of a text whose quote was stepped over, if it is a hash.
    pub(crate) fn hash_rest(&mut self) -> Option<DagHash> {
        let (letters, rest) = self.ahead().split_first_chunk()?;
        let hash = DagHash::from_letters(letters)?;
        (*rest.first()? == b'"').then(|| {
            self.at += HASH_LEN + 1;
            hash
        })
    }

    /// Takes a text, or null.
    pub(crate) fn text_or_null(&mut self) -> JsonResult<Option<Cow<'j, str>>> {
        if self.peek()? == b'n' {
            self.skip()?;
            return Ok(None);
        }
        self.text().map(Some)
    }

    /// Takes a boolean.
    pub(crate) fn boolean(&mut self) -> JsonResult<bool> {
        let next = self.peek()?;
        if !matches!(next, b't' | b'f') {
            self.typed(b't', "a boolean")?;
        }
        self.skip()?;
        Ok(next == b't')
    }

    /// Takes a whole number that is not negative, or a text with such a number.
    pub(crate) fn count(&mut self) -> JsonResult<u64> {
        let expected = "a whole number";
        if self.peek()? == b'"' {
            let text = self.text()?;
            return text
                .parse()
                .map_err(|_| self.error(JsonErrorKind::Expected { expected }));
        }
        self.typed(b'0', expected).or_else(|error| {
            let is_digit = self.text.get(self.at).is_some_and(u8::is_ascii_digit);
            if is_digit { Ok(()) } else { Err(error) }
        })?;
        let start = self.at;
        self.skip()?;
        let digits = str::from_utf8(&self.text[start..self.at]).ok();
        digits
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| {
                self.at = start;
                self.error(JsonErrorKind::Expected { expected })
            })
    }
}

/// The number of plain bytes of `text`: ASCII, no quote, no backslash, no control character.
///
/// Eight bytes are checked together. In each byte of a word the top bit is set by one of the four
/// tests: the byte itself has it (not ASCII), it is below 0x20, or the xor with a quote or a
/// backslash is zero (after Mycroft's test for a zero byte, exact for the lowest byte that is
/// found, which is all that counts here).
fn plain_len(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
    let mut len = 0;
    let mut words = text.chunks_exact(8);
    for word in words.by_ref() {
        let word = word
            .first_chunk()
            .map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let special = word & TOPS
            | word.wrapping_sub(ONES * 0x20) & !word & TOPS
            | zero(word ^ (ONES * u64::from(b'"')))
            | zero(word ^ (ONES * u64::from(b'\\')));
        if special != 0 {
            return len + special.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    let is_plain = |byte: &&u8| matches!(byte, 0x20..=0x7f) && !matches!(byte, b'"' | b'\\');
    len + words.remainder().iter().take_while(is_plain).count()
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_bytes_at_once_find_what_one_at_a_time_finds(text in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), Just(0x1f), Just(0x20), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()], 0..40)) {
            let is_plain = |byte: &&u8| matches!(byte, 0x20..=0x7f) && !matches!(byte, b'"' | b'\\');
            prop_assert_eq!(plain_len(&text), text.iter().take_while(is_plain).count());
        }

        #[test]
        fn every_text_is_taken_as_serde_takes_it(text in "\\PC{0,20}|[a-z\\\\\"\n\t]{0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(Json::new(&json).text().unwrap(), text);
        }

        #[test]
        fn what_is_no_json_never_panics(json in "[\\[\\]{}\",:0-9a-z\\\\ ]{0,40}") {
            let mut parser = Json::new(&json);
            let _ = parser.skip();
            let mut parser = Json::new(&json);
            let _ = parser.object(|parser, _| parser.skip().map(drop));
            let mut parser = Json::new(&json);
            let _ = parser.list(|parser, _| parser.text().map(drop));
        }

        #[test]
        fn a_value_is_skipped_whole(depth in 0_usize..60, text in "[a-z\"\\\\{}\\[\\]]{0,8}") {
            let inner = serde_json::to_string(&text).unwrap();
            let json = format!("{}{inner}{}", "[{\"k\":".repeat(depth), "}]".repeat(depth));
            let mut parser = Json::new(&json);
            prop_assert_eq!(parser.skip().unwrap(), json.as_bytes());
            prop_assert!(parser.end().is_ok());
        }
    }

    #[test]
    fn an_error_names_the_keys_to_its_place() {
        let mut parser = Json::new(r#"{"a": [1, {"b": "unclosed}]"#);
        let error = parser
            .object(|json, _| {
                json.list(|json, _| {
                    if json.peek()? == b'{' {
                        json.object(|json, _| json.text().map(drop))
                    } else {
                        json.skip().map(drop)
                    }
                })
            })
            .unwrap_err();
        assert_eq!(error.path, ["b", "[1]", "a"]);
        assert_eq!(error.kind, JsonErrorKind::Ends);
    }
}
