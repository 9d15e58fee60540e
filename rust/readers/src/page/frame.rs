//! The lines of a well-formed page.

use memchr::memchr;

/// The parts of a page whose every line is spelt as it was published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'p> {
    pub(super) title: &'p str,
    pub(super) title_line: u32,
    pub(super) tag: &'p str,
    pub(super) tag_line: u32,
    pub(super) meta: &'p str,
    pub(super) meta_line: u32,
    pub(super) spec_details: &'p str,
    pub(super) spec_details_line: u32,
}

impl<'p> Frame<'p> {
    /// The line of a key path.
    pub(super) fn line_of(&self, place: &str) -> u32 {
        match place.split(['.', '[']).next() {
            Some("title") => self.title_line,
            Some("categories") => self.tag_line,
            Some("meta") => self.meta_line,
            _ => self.spec_details_line,
        }
    }

    /// The frame of `page`, or `None` if any line is spelt in another way.
    ///
    /// Only ASCII is accepted: YAML and JSON treat some other characters differently (U+2028 ends a
    /// line in only one of them), and Python's `json.dumps`, which writes the pages, escapes them.
    pub(super) fn of(page: &'p [u8]) -> Option<Self> {
        let page = page
            .is_ascii()
            .then(|| str::from_utf8(page).ok())
            .flatten()?;
        let mut lines = Lines { rest: Some(page) };
        if lines.next()? != "---" {
            return None;
        }
        let mut title = None;
        let mut layout = None;
        let mut tag = None;
        let mut meta = None;
        let mut spec_details = None;
        for number in 2.. {
            let line = lines.next()?;
            if line == "---" {
                break;
            }
            let (key, value) = line.split_once(": ")?;
            let seen = match key {
                "title" => title.replace((quoted(value)?, number)).is_some(),
                "layout" => layout.replace(plain(value)?).is_some(),
                "categories" => tag.replace((category(value)?, number)).is_some(),
                "meta" if value.starts_with('{') => meta.replace((value, number)).is_some(),
                "spec_details" if value.starts_with('[') => {
                    spec_details.replace((value, number)).is_some()
                }
                _ => return None,
            };
            if seen {
                return None;
            }
        }
        let (title, title_line) = title?;
        let (tag, tag_line) = tag?;
        let (meta, meta_line) = meta?;
        let (spec_details, spec_details_line) = spec_details?;
        let is_last = lines.rest.is_none_or(str::is_empty);
        is_last.then_some(Self {
            title,
            title_line,
            tag,
            tag_line,
            meta,
            meta_line,
            spec_details,
            spec_details_line,
        })
    }
}

/// Lines without their ends, which are `\n` or `\r\n`.
struct Lines<'p> {
    rest: Option<&'p str>,
}

impl<'p> Iterator for Lines<'p> {
    type Item = &'p str;

    fn next(&mut self) -> Option<&'p str> {
        let rest = self.rest?;
        let line = if let Some(end) = memchr(b'\n', rest.as_bytes()) {
            self.rest = Some(&rest[end + 1..]);
            &rest[..end]
        } else {
            self.rest = None;
            rest
        };
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// The text between double quotes, if nothing in it needs an escape.
fn quoted(value: &str) -> Option<&str> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    is_plain(text).then_some(text)
}

/// A scalar that YAML reads as exactly this text.
fn plain(value: &str) -> Option<&str> {
    let starts_with_letter = value.starts_with(|letter: char| letter.is_ascii_alphabetic());
    (starts_with_letter && is_plain(value) && !is_keyword(value)).then_some(value)
}

/// The second element of `[package, TAG]`.
fn category(value: &str) -> Option<&str> {
    let list = value.strip_prefix('[')?.strip_suffix(']')?;
    let (first, second) = list.split_once(", ")?;
    plain(first)?;
    plain(second)
}

fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.bytes().all(is_plain)
}

/// The words that YAML 1.1 reads as a boolean or as null.
fn is_keyword(text: &str) -> bool {
    let keywords = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    keywords
        .iter()
        .any(|keyword| text.eq_ignore_ascii_case(keyword))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\ntitle: \"zlib\"\nlayout: cache\ncategories: [package, develop]\nmeta: {}\nspec_details: []\n---";

    #[test]
    fn a_page_as_published_has_a_frame_with_or_without_a_final_newline_and_with_either_line_end() {
        let frame = Frame::of(PAGE.as_bytes()).unwrap();
        assert_eq!((frame.title, frame.title_line), ("zlib", 2));
        assert_eq!((frame.tag, frame.tag_line), ("develop", 4));
        assert_eq!((frame.meta, frame.meta_line), ("{}", 5));
        assert_eq!((frame.spec_details, frame.spec_details_line), ("[]", 6));
        let with_newline = format!("{PAGE}\n");
        assert_eq!(Frame::of(with_newline.as_bytes()).as_ref(), Some(&frame));
        let with_returns = PAGE.replace('\n', "\r\n");
        assert_eq!(Frame::of(with_returns.as_bytes()).as_ref(), Some(&frame));
    }

    #[test]
    fn a_page_in_another_spelling_has_no_frame() {
        let others = [
            PAGE.replace("title: \"zlib\"", "title: zlib"),
            PAGE.replace("\"zlib\"", "\"zl\\x69b\""),
            PAGE.replace("layout: cache", "layout: cache\nextra: 1"),
            PAGE.replace("develop]", "2025-05-25]"),
            PAGE.replace("develop]", "yes]"),
            PAGE.replace("develop]", "develop, more]"),
            PAGE.replace("meta: {}", "meta: {}\nmeta: {}"),
            PAGE.replace("meta: {}", "meta:\n  a: 1"),
            PAGE.replace("\n---", ""),
            PAGE.replace("zlib", "zl\u{ed}b"),
            format!("{PAGE}\nmore"),
            String::new(),
        ];
        for other in others {
            assert_eq!(Frame::of(other.as_bytes()), None, "{other}");
        }
    }
}
