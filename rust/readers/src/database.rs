//! The index of a build cache, and the database of an installation.
//!
//! `{"database": {"version": "8", "installs": {HASH: {"spec": NODE, ...}}}}`. An index
//! of the public cache has hundreds of megabytes, so the records are read on all
//! cores: the text is cut where a record begins, as Spack writes it, which can be
//! told from any position (see [`next_record`]). A text that is spelt in another way
//! has no such places and is read as one piece.

use std::borrow::Cow;

use memchr::memmem;
use rayon::prelude::*;
use specplan_catalog::{CatalogBuilder, DagHash, HASH_LEN, SourceKind};

use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{Node, NodeReader, parsed_hash};
use crate::specs::{Format, OriginTexts, SpecsRead};

/// The versions of the database that are read.
const SUPPORTED: &str = "5 to 8";

/// So much text a thread is worth a thread.
const CHUNK_BYTES: usize = 1 << 20;

/// Reads the value of `database`; `json` stands at it.
pub(crate) fn read(
    json: &mut Json<'_>,
    text: &[u8],
    origin: OriginTexts<'_>,
) -> Result<SpecsRead, Fault> {
    let mut version = None;
    let mut records = None;
    let walked = json.object(|json, key| {
        match key {
            "version" => version = Some(json.text()?),
            "installs" => records = Some(installs(json, text, origin)?),
            _ => drop(json.skip()?),
        }
        Ok(())
    });
    // What a file of an unknown version holds need not make sense.
    let version = version.or_else(|| version_behind(json, walked.is_err()));
    if let Some(version) = version.as_deref() {
        check_version(version)?;
    }
    walked.map_err(|error| error.into_fault(text))?;
    let missing = |key: &str| Fault::at(format!("database.{key}"), FaultKind::MissingKey);
    version.ok_or_else(|| missing("version"))?;
    let records = records.ok_or_else(|| missing("installs"))?;
    records.into_specs()
}

fn check_version(version: &str) -> Result<(), Fault> {
    if matches!(version, "5" | "6" | "7" | "8") {
        return Ok(());
    }
    Err(Fault::at(
        "database.version",
        FaultKind::UnsupportedVersion {
            format: "a database",
            found: crate::fault::shortened(version),
            supported: SUPPORTED,
        },
    ))
}

/// The version of a database whose records could not be read, if it stands behind them.
fn version_behind<'j>(json: &Json<'j>, is_wanted: bool) -> Option<Cow<'j, str>> {
    let mut version = None;
    if is_wanted {
        let mut from_start = json.from(0, 0);
        // Errors do not matter: there is a better one to tell.
        let _ = from_start.object(|json, _| {
            json.object(|json, key| {
                match key {
                    "version" => version = Some(json.text()?),
                    _ => drop(json.skip()?),
                }
                Ok(())
            })
        });
    }
    version
}

/// The rows of some records.
#[derive(Default)]
struct Records {
    rows: CatalogBuilder,
    hashes: Vec<DagHash>,
    /// Whether some record says that it is, or is not, in a build cache.
    tells_cache: bool,
}

impl Records {
    fn joined(mut self, mut other: Self) -> Self {
        self.hashes.append(&mut other.hashes);
        Self {
            rows: self.rows.absorb(other.rows),
            hashes: self.hashes,
            tells_cache: self.tells_cache || other.tells_cache,
        }
    }

    fn into_specs(mut self) -> Result<SpecsRead, Fault> {
        let specs = self.hashes.len();
        self.hashes.par_sort_unstable();
        let mut pairs = self.hashes.windows(2);
        if let Some([twice, _]) = pairs.find(|pair| pair[0] == pair[1]) {
            let place = format!("database.installs.{twice}");
            return Err(Fault::at(place, FaultKind::KeyTwice));
        }
        Ok(SpecsRead {
            rows: self.rows,
            format: if self.tells_cache || specs == 0 {
                Format::Index
            } else {
                Format::Installation
            },
            roots: Vec::new(),
            specs,
        })
    }
}

/// Reads the object of records.
fn installs(json: &mut Json<'_>, text: &[u8], origin: OriginTexts<'_>) -> JsonResult<Records> {
    let start = *json;
    let mut first = start;
    first.enter_object()?;
    if first.take(b'}')? {
        *json = first.from(first.position(), start.depth());
        return Ok(Records::default());
    }
    let chunks = chunks(text, first.position());
    let read: Vec<JsonResult<(Records, usize)>> = chunks
        .par_iter()
        .map(|&(from, to)| chunk(first.from(from, first.depth()), to, origin))
        .collect();
    let mut records = Records::default();
    let mut end = first.position();
    for chunk in read {
        match chunk {
            Ok((chunk, chunk_end)) => {
                records = records.joined(chunk);
                end = chunk_end;
            }
            // A chunk that fails may have been cut in a wrong place. The text as one
            // piece tells the first fault there is.
            Err(_) if chunks.len() > 1 => {
                let (whole, whole_end) = chunk_of_all(first, origin)?;
                records = whole;
                end = whole_end;
                break;
            }
            Err(error) => return Err(error),
        }
    }
    *json = first.from(end, start.depth());
    Ok(records)
}

fn chunk_of_all(json: Json<'_>, origin: OriginTexts<'_>) -> JsonResult<(Records, usize)> {
    chunk(json, None, origin)
}

/// Reads records up to the position `to`, or up to the end of the object.
fn chunk(
    mut json: Json<'_>,
    to: Option<usize>,
    origin: OriginTexts<'_>,
) -> JsonResult<(Records, usize)> {
    let mut reader = NodeReader::default();
    let origin = reader.origin(SourceKind::Index, origin.columns());
    let mut records = Records::default();
    let mut node = Node::default();
    loop {
        let key = json.key()?;
        let hash = parsed_hash(&json, &key)?;
        let mut tells_spec = false;
        let mut available = false;
        json.object(|json, key| {
            match key {
                "spec" if tells_spec => return Err(json.error(JsonErrorKind::Twice)),
                "spec" => {
                    tells_spec = true;
                    if is_wrapped(*json)? {
                        reader.read_wrapped(json, &mut node)?;
                    } else {
                        reader.read(json, &mut node)?;
                    }
                }
                "in_buildcache" => {
                    available = json.boolean()?;
                    records.tells_cache = true;
                }
                _ => drop(json.skip()?),
            }
            Ok(())
        })
        .and_then(|()| {
            if tells_spec {
                return Ok(());
            }
            Err(json
                .error(JsonErrorKind::Value(FaultKind::MissingKey))
                .below(|| "spec".to_owned()))
        })
        .map_err(|error| error.below(|| key.clone().into_owned()))?;
        if node.hash.is_some_and(|own| own != hash) {
            let found = node.hash.map(|own| own.to_string()).unwrap_or_default();
            let kind = FaultKind::OtherHash { found };
            return Err(json
                .error(JsonErrorKind::Value(kind))
                .below(|| key.into_owned()));
        }
        reader.push(&node, hash, origin, available);
        records.hashes.push(hash);
        if !json.goes_on(b'}', "`,` or `}`")? {
            let is_last = to.is_none();
            let end = json.position();
            records.rows = reader.into_rows();
            return if is_last {
                Ok((records, end))
            } else {
                Err(json.error(JsonErrorKind::Ends))
            };
        }
        match to {
            Some(to) if json.position() == to => {
                let end = json.position();
                records.rows = reader.into_rows();
                return Ok((records, end));
            }
            Some(to) if json.position() > to => return Err(json.error(JsonErrorKind::Ends)),
            _ => {}
        }
    }
}

/// Whether a node stands under its name, as databases before version 6 have it.
pub(crate) fn is_wrapped(mut json: Json<'_>) -> JsonResult<bool> {
    json.enter_object()?;
    if json.peek()? != b'"' {
        return Ok(false);
    }
    let key = json.key()?;
    let of_node = [
        "arch",
        "compiler",
        "parameters",
        "external",
        "dependencies",
        "annotations",
        "build_spec",
    ];
    Ok(json.peek()? == b'{' && !of_node.contains(&&*key))
}

/// Cuts the records that begin at `start` into pieces: where each begins, and where
/// it ends if that is not the end of the object.
fn chunks(text: &[u8], start: usize) -> Vec<(usize, Option<usize>)> {
    let len = text.len() - start;
    let count = (len / CHUNK_BYTES).clamp(1, 4 * rayon::current_num_threads());
    let mut starts = vec![start];
    for index in 1..count {
        let near = start + len / count * index;
        match next_record(text, near) {
            Some(at) if at > starts[starts.len() - 1] => starts.push(at),
            _ => {}
        }
    }
    let ends = starts[1..].iter().map(|&end| Some(end)).chain([None]);
    starts.iter().copied().zip(ends).collect()
}

/// The position after `from` at which a record's key begins.
///
/// A record ends and the next begins with `},"HASH":{"spec":{`. In valid JSON these
/// bytes cannot stand inside of a text: if its quote ended a text, letters could not
/// follow it. In other JSON they may, and then reading the piece fails.
fn next_record(text: &[u8], from: usize) -> Option<usize> {
    let finder = memmem::Finder::new(b"\":{\"spec\":{");
    finder.find_iter(&text[from..]).find_map(|found| {
        let key_end = from + found;
        let key = key_end.checked_sub(HASH_LEN + 3)?;
        let is_key = text[key..].starts_with(b"},\"")
            && text[key + 3..key_end].iter().all(u8::is_ascii_alphanumeric);
        (is_key && key > from).then_some(key + 2)
    })
}
