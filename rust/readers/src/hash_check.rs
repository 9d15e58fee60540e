//! The hashes that a file tells, held against the content that it tells.

use std::io::Read;
use std::path::Path;

use rayon::prelude::*;
use specplan_catalog::DagHash;

use crate::dag_hash::{Verdict, verdict};
use crate::fault::{Fault, FaultKind};
use crate::file::open_unpacked;
use crate::json::{Json, JsonResult};
use crate::node::hash;
use crate::window::unreadable;

/// What came of holding the hashes of a file against its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashCheck {
    /// The hashes that are not those of their content, each with the one that is, in the
    /// order of the file.
    pub wrong: Vec<(DagHash, DagHash)>,
    /// How many hashes were recomputed, right or wrong.
    pub checked: usize,
    /// How many could not be: see the rules in `docs/check.md`.
    pub undecided: usize,
}

/// The format of nodes of each version of a lock, from 4 on.
const OF_LOCKS: [(u64, u64); 4] = [(4, 3), (5, 4), (6, 5), (7, 5)];

/// The format of nodes of each version of a database.
const OF_DATABASES: [(u64, u64); 4] = [(5, 1), (6, 3), (7, 4), (8, 5)];

/// Holds all hashes of an index, a database, a lock or a spec file against their content.
///
/// The whole file is in memory meanwhile. The nodes are looked for one after the other and
/// hashed on all cores.
///
/// # Errors
///
/// The first [`Fault`]: the file cannot be read, is larger than `limit` bytes (when it is
/// decompressed), or is no JSON. What its values mean is not looked at.
pub fn check_hashes(path: &Path, limit: u64) -> Result<HashCheck, Fault> {
    check_hashes_in(&read_whole(path, limit)?)
}

/// Does the same with a file in memory, already decompressed.
///
/// # Errors
///
/// The first [`Fault`].
pub fn check_hashes_in(bytes: &[u8]) -> Result<HashCheck, Fault> {
    let text = text_of(bytes)?;
    let mut claims = Claims::default();
    let mut json = Json::new(text);
    claims
        .documents(&mut json)
        .map_err(|error| error.into_fault(text.as_bytes()))?;
    let verdicts: Vec<Verdict> = claims
        .nodes
        .par_iter()
        .map(|claim| verdict(claim.node, claims.formats[claim.format], claim.hash))
        .collect();
    let mut answer = HashCheck::default();
    for (claim, verdict) in claims.nodes.iter().zip(verdicts) {
        match verdict {
            Verdict::Sound => answer.checked += 1,
            Verdict::Undecided => answer.undecided += 1,
            Verdict::Other(computed) => {
                answer.checked += 1;
                answer.wrong.push((claim.hash, computed));
            }
        }
    }
    Ok(answer)
}

/// Reads a whole file, decompressed if it is gzip.
fn read_whole(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let read = open_unpacked(path, limit)?
        .take(limit + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit {
        return Err(Fault::of_file(FaultKind::TooLarge { limit }));
    }
    Ok(bytes)
}

/// The text that bytes are.
fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    str::from_utf8(text).map_err(|error| {
        let message = format!("is not UTF-8 (byte {})", error.valid_up_to());
        Fault::of_file(FaultKind::Malformed { message })
    })
}

/// A node and the hash that it is said to have.
struct Claim<'t> {
    node: &'t str,
    hash: DagHash,
    /// Position of its format.
    format: usize,
}

/// All nodes of a file.
#[derive(Default)]
struct Claims<'t> {
    nodes: Vec<Claim<'t>>,
    /// The formats of the documents in the file; one may be told behind its nodes.
    formats: Vec<u64>,
}

impl<'t> Claims<'t> {
    /// Walks the documents of a file: several spec files may stand in a row.
    fn documents(&mut self, json: &mut Json<'t>) -> JsonResult<()> {
        while json.peek().is_ok() {
            // What tells no version, as a list of specs, may be newer than it looks; then
            // each node tells its own.
            self.formats.push(5);
            if json.peek()? == b'[' {
                self.list(json)?;
            } else {
                self.object(json)?;
            }
        }
        Ok(())
    }

    fn set_format(&mut self, version: u64, known: &[(u64, u64)]) {
        let format = known.iter().find(|(each, _)| *each == version);
        if let Some(last) = self.formats.last_mut() {
            *last = format.map_or(0, |&(_, format)| format);
        }
    }

    /// Walks a document. Values of other types than these have no nodes: what a file may hold
    /// is for its reader to say.
    fn object(&mut self, json: &mut Json<'t>) -> JsonResult<()> {
        json.object(|json, key| match (key, json.peek()?) {
            ("_meta", b'{') => self.meta(json, "lockfile-version", &OF_LOCKS),
            ("concrete_specs" | "include_concrete", b'{') => self.locked(json, key),
            ("database", b'{') => json.object(|json, key| match (key, json.peek()?) {
                ("version", _) => self.version(json, &OF_DATABASES),
                ("installs", b'{') => json.object(|json, key| self.record(json, key)),
                _ => json.skip().map(drop),
            }),
            ("spec", b'{') => json.object(|json, key| match (key, json.peek()?) {
                ("_meta", b'{') => self.meta(json, "version", &[(3, 3), (4, 4), (5, 5)]),
                ("nodes", b'[') => self.list(json),
                _ => json.skip().map(drop),
            }),
            _ => json.skip().map(drop),
        })
    }

    /// Walks the specs of a lock, or the environments that it includes, which may include
    /// others as far as the limit on depth allows.
    fn locked(&mut self, json: &mut Json<'t>, key: &str) -> JsonResult<()> {
        if key == "concrete_specs" {
            return json.object(|json, key| self.node(json, Some(key)));
        }
        json.object(|json, _| {
            if json.peek()? != b'{' {
                return json.skip().map(drop);
            }
            json.object(|json, key| match (key, json.peek()?) {
                ("concrete_specs" | "include_concrete", b'{') => self.locked(json, key),
                _ => json.skip().map(drop),
            })
        })
    }

    fn meta(&mut self, json: &mut Json<'t>, name: &str, known: &[(u64, u64)]) -> JsonResult<()> {
        json.object(|json, key| {
            if key == name {
                self.version(json, known)
            } else {
                json.skip().map(drop)
            }
        })
    }

    /// Takes a version; of one that is none nothing is known.
    fn version(&mut self, json: &mut Json<'t>, known: &[(u64, u64)]) -> JsonResult<()> {
        let mut inside = *json;
        let version = inside.count().unwrap_or_default();
        json.skip()?;
        self.set_format(version, known);
        Ok(())
    }

    fn record(&mut self, json: &mut Json<'t>, hash: &str) -> JsonResult<()> {
        if json.peek()? != b'{' {
            return json.skip().map(drop);
        }
        json.object(|json, key| match key {
            "spec" => self.node(json, Some(hash)),
            _ => json.skip().map(drop),
        })
    }

    fn list(&mut self, json: &mut Json<'t>) -> JsonResult<()> {
        json.list(|json, _| self.node(json, None))
    }

    /// Takes a node that stands under its hash, or else tells it itself.
    fn node(&mut self, json: &mut Json<'t>, key: Option<&str>) -> JsonResult<()> {
        let mut inside = *json;
        let whole = json.skip()?;
        let hash = match key {
            Some(key) => DagHash::parse(key).ok(),
            None => own_hash(&mut inside).ok().flatten(),
        };
        if let (Some(hash), Ok(node)) = (hash, str::from_utf8(whole)) {
            let format = self.formats.len() - 1;
            self.nodes.push(Claim { node, hash, format });
        }
        Ok(())
    }
}

fn own_hash(json: &mut Json<'_>) -> JsonResult<Option<DagHash>> {
    let mut found = None;
    if json.peek()? == b'{' {
        json.object(|json, key| {
            if key == "hash" {
                found = Some(hash(json)?);
            } else {
                json.skip()?;
            }
            Ok(())
        })?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = include_str!("../tests/data/node-version-5.json");
    const HASH: &str = "xeo6h67zaljgthwwbk2c46o4e64kbfai";

    fn counted(document: &str) -> (usize, usize, usize) {
        let check = check_hashes_in(document.as_bytes()).unwrap();
        (check.wrong.len(), check.checked, check.undecided)
    }

    fn index(version: &str, node: &str) -> String {
        let installs = format!("{{\"{HASH}\":{{\"ref_count\":0,\"spec\":{node}}}}}");
        format!("{{\"database\":{{\"installs\":{installs},\"version\":{version}}}}}")
    }

    #[test]
    fn each_kind_of_file_has_its_hashes_checked_in_the_versions_that_allow_it() {
        for (version, expected) in [("\"8\"", (0, 1, 0)), ("8", (0, 1, 0)), ("\"6\"", (0, 0, 1))] {
            assert_eq!(counted(&index(version, NODE)), expected, "{version}");
        }
        let lock = |version: u32| {
            format!(
                "{{\"_meta\":{{\"lockfile-version\":{version}}},\"concrete_specs\":\
                 {{\"{HASH}\":{NODE}}},\"include_concrete\":{{\"/a\":{{\"concrete_specs\":\
                 {{\"{HASH}\":{NODE}}},\"include_concrete\":{{}}}}}}}}"
            )
        };
        assert_eq!(counted(&lock(6)), (0, 2, 0));
        assert_eq!(counted(&lock(7)), (0, 2, 0));
        assert_eq!(counted(&lock(3)), (0, 0, 2));
        let file = format!("{{\"spec\":{{\"_meta\":{{\"version\":5}},\"nodes\":[{NODE}]}}}}");
        assert_eq!(counted(&file), (0, 1, 0));
        assert_eq!(counted(&format!("{file}\n{file}")), (0, 2, 0));
        assert_eq!(counted(&format!("[{NODE}, {NODE}]")), (0, 2, 0));
    }

    #[test]
    fn a_hash_that_is_wrong_is_told_with_the_one_of_the_content() {
        let changed = NODE.replacen("4.4.1", "4.4.2", 1);
        let check = check_hashes_in(index("\"8\"", &changed).as_bytes()).unwrap();
        let [(told, is)] = check.wrong[..] else {
            panic!("{check:?}")
        };
        assert_eq!(told.to_string(), HASH);
        let right = changed.replacen(HASH, &is.to_string(), 1);
        let sound = format!("[{right}]");
        assert_eq!(counted(&sound), (0, 1, 0));
    }

    #[test]
    fn values_of_other_types_have_no_hashes() {
        for document in [
            r#"{"database": []}"#,
            r#"{"database": {"version": null, "installs": {"x": 1}}}"#,
            r#"{"database": {"version": "8", "installs": 7}}"#,
            r#"{"_meta": 1, "concrete_specs": "x", "include_concrete": {"a": 1}}"#,
            r#"{"spec": {"_meta": {"version": {}}, "nodes": [1, {}, {"hash": 5}]}}"#,
            r#"{"spec": [1]}"#,
            "[1, [2]]",
        ] {
            assert_eq!(counted(document), (0, 0, 0), "{document}");
        }
    }

    #[test]
    fn what_is_no_json_is_a_fault() {
        assert!(check_hashes_in(b"{\"database\":").is_err());
        assert!(check_hashes_in(b"\xff").is_err());
        let deep = "{\"include_concrete\":{\"a\":".repeat(1_000);
        assert!(check_hashes_in(deep.as_bytes()).is_err());
    }
}
