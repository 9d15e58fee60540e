//! The check whether the DAG hash of a node is that of its content.
//!
//! Spack hashes what it writes: the SHA-1, in base32, of the node without its own hash as
//! compact ASCII JSON, keys in the order of the file. The hashes of its dependencies are
//! part of that, so a hash vouches for everything below it.
//!
//! A hash that can be recomputed proves the content. One that cannot be recomputed proves nothing,
//! unless the node is certainly written as it was hashed. So any doubt leads to
//! [`Undecided`](HashVerdict::Undecided):
//!
//! - nodes that came from files of an older Spack keep the hash of their old form;
//! - spliced specs have a hash that is put together from two;
//! - files that were written by another program may have keys in another order;
//! - a target written as an object is written anew by a Spack that knows other features of it;
//! - externals may have the hash that a vendor gave them, or were edited since.
//!
//! The last two leave no doubt if the hash is that of the content anyway.

#[cfg(test)]
mod tests;

use sha1::{Digest, Sha1};
use specplan_catalog::{DagHash, HASH_LEN};

use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::versions::Versioned;

/// The result of checking a hash against the content of its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashVerdict {
    /// The hash is that of the content.
    Sound,
    /// The content has this hash instead.
    Other(DagHash),
    /// It cannot be determined.
    Undecided,
}

/// The keys of a node, in the order in which Spack writes them.
const KEYS: [&str; 14] = [
    "name",
    "version",
    "arch",
    "compiler",
    "namespace",
    "parameters",
    "external",
    "patches",
    "package_hash",
    "provided_virtuals",
    "dependencies",
    "build_spec",
    "annotations",
    "hash",
];

/// The rule by which the nodes of a file are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// That of version 4 of the format of nodes.
    Older,
    /// That of the versions from [`FIRST_OF_NEWER`] to the newest; each node records its own.
    Newer,
}

/// The version of nodes that is hashed by the older rule.
const LAST_OF_OLDER: u64 = 4;

/// The first version of nodes that name their version themselves.
const FIRST_OF_NEWER: u64 = 5;

/// The first version of nodes that record, and hash, the virtual packages they provide.
const FIRST_WITH_PROVIDED: u64 = 6;

impl Rule {
    /// The rule of all files of one version; `None` where hashes cannot be recomputed.
    pub(crate) fn of(format: Versioned, version: u64) -> Option<Self> {
        match format.nodes(version)? {
            LAST_OF_OLDER => Some(Self::Older),
            FIRST_OF_NEWER.. => Some(Self::Newer),
            _ => None,
        }
    }
}

/// The spelling of a node for its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// As they are written.
    Written,
    /// As they are written, but without the virtual packages that newer versions of Spack record.
    WithoutProvided,
    /// As Spack 0.18 to 0.20 wrote them. Their nodes kept their hashes when Spack 0.21 wrote
    /// them anew, with nothing to distinguish them from its own.
    Typed,
}

/// Checks the hash of a node, by the rule of its file.
pub(crate) fn verdict(node: &str, rule: Option<Rule>, recorded: DagHash) -> HashVerdict {
    let Some(rule) = rule else {
        return HashVerdict::Undecided;
    };
    let Some(written) = digest(node, rule, Spelling::Written) else {
        return HashVerdict::Undecided;
    };
    if written.hash == recorded {
        return HashVerdict::Sound;
    }
    // A node may have kept the hash of the Spack that built it.
    let other = match rule {
        Rule::Older => Some(Spelling::Typed),
        Rule::Newer => written
            .is_of_older_with_provided
            .then_some(Spelling::WithoutProvided),
    };
    if let Some(other) = other {
        match digest(node, rule, other) {
            None => return HashVerdict::Undecided,
            Some(other) if other.hash == recorded => return HashVerdict::Sound,
            Some(_) => {}
        }
    }
    if written.is_doubtful {
        HashVerdict::Undecided
    } else {
        HashVerdict::Other(written.hash)
    }
}

/// The hash of the content of a node.
struct ContentHash {
    hash: DagHash,
    /// Whether the node may be written differently from how it was hashed.
    is_doubtful: bool,
    /// Whether the node records what it provides although the Spack that made it did not.
    is_of_older_with_provided: bool,
}

/// The hash of a node's content; `None` where it cannot be determined.
fn digest(node: &str, rule: Rule, spelling: Spelling) -> Option<ContentHash> {
    let mut hashed = Hashed::new(spelling);
    let mut json = Json::new(node);
    json.object(|json, key| hashed.member(json, key)).ok()?;
    let keys = hashed.keys;
    let has = |key: &str| keys & 1 << position(key).unwrap_or_default() != 0;
    let newer = FIRST_OF_NEWER..=Versioned::SpecFile.newest();
    let is_of_format = match rule {
        Rule::Older => {
            has("compiler") && !has("annotations") && !has("provided_virtuals") && !hashed.has_test
        }
        Rule::Newer => {
            let original = hashed.original_format;
            !has("compiler") && original.is_some_and(|original| newer.contains(&original))
        }
    };
    hashed.is_of_older_with_provided = has("provided_virtuals")
        && hashed
            .original_format
            .is_some_and(|original| original < FIRST_WITH_PROVIDED);
    let is_whole = ["name", "version", "arch", "parameters"]
        .into_iter()
        .all(has);
    (is_of_format && is_whole)
        .then(|| hashed.finish())
        .flatten()
}

fn position(key: &str) -> Option<usize> {
    KEYS.iter().position(|each| *each == key)
}

/// A node while it is being hashed.
struct Hashed {
    digest: Sha1,
    spelling: Spelling,
    /// The [`KEYS`] that occurred, as bits.
    keys: u32,
    original_format: Option<u64>,
    has_test: bool,
    is_doubtful: bool,
    is_of_older_with_provided: bool,
}

impl Hashed {
    fn new(spelling: Spelling) -> Self {
        Self {
            digest: Sha1::new(),
            spelling,
            keys: 0,
            original_format: None,
            has_test: false,
            is_doubtful: false,
            is_of_older_with_provided: false,
        }
    }

    fn member(&mut self, json: &mut Json<'_>, key: &str) -> JsonResult<()> {
        let position = position(key).filter(|&position| self.keys >> position == 0);
        let Some(position) = position else {
            return undecided(json);
        };
        match key {
            "hash" => return json.skip().map(drop),
            "build_spec" => return undecided(json),
            "provided_virtuals" if self.spelling == Spelling::WithoutProvided => {
                self.keys |= 1 << position;
                return json.skip().map(drop);
            }
            "external" => self.is_doubtful = true,
            "arch" => self.is_doubtful |= !has_plain_target(*json)?,
            "annotations" => self.original_format = original_format(*json)?,
            "dependencies" => self.has_test = has_test(*json)?,
            _ => {}
        }
        self.digest.update(if self.keys == 0 { "{" } else { "," });
        self.keys |= 1 << position;
        self.digest.update(format!("\"{key}\":"));
        if key == "dependencies" && self.spelling == Spelling::Typed {
            return self.typed_dependencies(json);
        }
        let value = json.skip()?;
        if self.compact(value).is_none() {
            return undecided(json);
        }
        Ok(())
    }

    /// Hashes `{"name":N,"hash":H,"type":[...]}` for each dependency.
    fn typed_dependencies(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        self.digest.update("[");
        json.list(|json, index| {
            let (mut name, mut hash, mut types) = (None, None, None);
            json.object(|json, key| {
                match key {
                    "name" => name = Some(json.skip()?),
                    "hash" => hash = Some(json.skip()?),
                    "parameters" => json.object(|json, key| {
                        match key {
                            "deptypes" => types = Some(json.skip()?),
                            "virtuals" => drop(json.skip()?),
                            _ => return undecided(json),
                        }
                        Ok(())
                    })?,
                    _ => return undecided(json),
                }
                Ok(())
            })?;
            for (before, value) in [
                (
                    if index == 0 {
                        "{\"name\":"
                    } else {
                        ",{\"name\":"
                    },
                    name,
                ),
                (",\"hash\":", hash),
                (",\"type\":", types),
            ] {
                self.digest.update(before);
                if value.and_then(|value| self.compact(value)).is_none() {
                    return undecided(json);
                }
            }
            self.digest.update("}");
            Ok(())
        })?;
        self.digest.update("]");
        Ok(())
    }

    /// Hashes a value without the white space between its parts, with texts as Python writes them;
    /// `None` if that cannot be determined.
    fn compact(&mut self, value: &[u8]) -> Option<()> {
        let (mut start, mut at) = (0, 0);
        while let Some(&byte) = value.get(at) {
            match byte {
                b'"' => {
                    let (len, is_plain) = text_len(&value[at..])?;
                    if !is_plain {
                        self.digest.update(&value[start..at]);
                        let text: String = serde_json::from_slice(&value[at..at + len]).ok()?;
                        self.digest.update(ascii(&text));
                        start = at + len;
                    }
                    at += len;
                }
                b' ' | b'\n' | b'\r' | b'\t' => {
                    self.digest.update(&value[start..at]);
                    at += 1;
                    start = at;
                }
                // A number that is not whole has more than one spelling.
                b'.' | b'E' => return None,
                b'e' if at > 0 && value[at - 1].is_ascii_digit() => return None,
                _ => at += 1,
            }
        }
        self.digest.update(&value[start..]);
        Some(())
    }

    fn finish(mut self) -> Option<ContentHash> {
        self.digest.update("}");
        let letters = base32(&self.digest.finalize().into());
        Some(ContentHash {
            hash: DagHash::parse(str::from_utf8(&letters).ok()?).ok()?,
            is_doubtful: self.is_doubtful,
            is_of_older_with_provided: self.is_of_older_with_provided,
        })
    }
}

/// Stops the walk over a node whose hash cannot be recomputed.
#[cold]
fn undecided<T>(json: &Json<'_>) -> JsonResult<T> {
    Err(json.error(JsonErrorKind::Ends))
}

/// The length of a text with both quotes, and whether it is ASCII without escapes.
fn text_len(value: &[u8]) -> Option<(usize, bool)> {
    let mut is_plain = true;
    let mut at = 1;
    loop {
        match *value.get(at)? {
            b'"' => return Some((at + 1, is_plain)),
            b'\\' => {
                is_plain = false;
                at += 2;
            }
            byte => {
                is_plain &= byte.is_ascii();
                at += 1;
            }
        }
    }
}

/// A text as Python's `json` writes it: everything beyond ASCII escaped.
fn ascii(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            ' '..='\u{7f}' => written.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    written.push_str("\\u");
                    let digits = [12, 8, 4, 0].map(|shift| u32::from(*unit) >> shift & 15);
                    written.extend(
                        digits
                            .iter()
                            .filter_map(|&digit| char::from_digit(digit, 16)),
                    );
                }
            }
        }
    }
    written.push('"');
    written
}

/// Returns whether the target is a name, not an object.
fn has_plain_target(mut json: Json<'_>) -> JsonResult<bool> {
    let mut is_plain = false;
    json.object(|json, key| {
        if key == "target" {
            is_plain = json.peek()? == b'"';
        }
        json.skip().map(drop)
    })?;
    Ok(is_plain)
}

/// The version of the format in which a node was first written, if nothing else is noted.
fn original_format(mut json: Json<'_>) -> JsonResult<Option<u64>> {
    let mut format = None;
    json.object(|json, key| match key {
        "original_specfile_version" => {
            format = Some(json.count()?);
            Ok(())
        }
        _ => undecided(json),
    })?;
    Ok(format)
}

/// Returns whether some dependency is for testing. Older Spacks hashed none of these.
fn has_test(mut json: Json<'_>) -> JsonResult<bool> {
    let list = json.skip()?;
    Ok(memchr::memmem::find(list, b"\"test\"").is_some())
}

/// The 32 letters of 20 bytes, after RFC 4648, in lower case.
fn base32(bytes: &[u8; 20]) -> [u8; HASH_LEN] {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut letters = [0; HASH_LEN];
    for (group, letters) in bytes.chunks_exact(5).zip(letters.chunks_exact_mut(8)) {
        let bits = group
            .iter()
            .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        for (index, letter) in letters.iter_mut().enumerate() {
            *letter = LETTERS[(bits >> (35 - 5 * index) & 31) as usize];
        }
    }
    letters
}
