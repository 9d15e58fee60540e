//! The hashes in a file, compared with its content.

mod stream;

use std::path::Path;

use rayon::prelude::*;
use specplan_catalog::DagHash;

use crate::dag_hash::{HashVerdict, Rule, verdict};
use crate::fault::{Fault, FaultKind};
use crate::file::open_unpacked;
use crate::json::{Json, JsonResult};
use crate::node::hash;
use crate::specs::{Kind, WHOLE_BYTES};
use crate::versions::Versioned;
use crate::window::Window;

/// The result of comparing the hashes of a file with its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashCheck {
    /// The hashes that are not those of their content, each with the one that is, in the
    /// order of the file.
    pub wrong: Vec<(DagHash, DagHash)>,
    /// The number of hashes that were recomputed, right or wrong.
    pub checked: usize,
    /// The hashes that could not be recomputed, in the order of the file: see the rules in
    /// `docs/check.md`.
    pub undecided: Vec<DagHash>,
}

impl HashCheck {
    fn add(&mut self, other: Self) {
        self.wrong.extend(other.wrong);
        self.checked += other.checked;
        self.undecided.extend(other.undecided);
    }
}

/// The number of bytes that are read at once; the nodes in them are hashed on all cores.
const BLOCK_BYTES: usize = 4 << 20;

/// Checks all hashes of an index, a database, a lock or a spec file against their content.
///
/// An index or database is read in pieces and may be of any length; of the others at most 256 MiB
/// are read, and kept in memory meanwhile. The nodes are found one after the other and hashed on
/// all cores.
///
/// # Errors
///
/// The first [`Fault`]: the file cannot be read, is larger than `limit` bytes (when it is
/// decompressed), or is not valid JSON. The meaning of its values is not checked.
pub fn check_hashes(path: &Path, limit: u64) -> Result<HashCheck, Fault> {
    in_blocks(open_unpacked(path, limit)?, limit, BLOCK_BYTES)
}

fn in_blocks(
    input: impl std::io::Read,
    limit: u64,
    block_bytes: usize,
) -> Result<HashCheck, Fault> {
    let mut window = Window::new(input, limit, block_bytes);
    match window.step(Kind::of) {
        Ok(Kind::Database) => stream::check(&mut window),
        Err(_) if window.is_blank() => Ok(HashCheck::default()),
        // A file without a key that shows its kind may still hold several documents.
        Ok(_) => of_json(window.whole(WHOLE_BYTES)?),
        Err(fault) => Err(fault),
    }
}

/// Does the same with a file in memory, already decompressed.
///
/// # Errors
///
/// The first [`Fault`].
pub fn check_hashes_in(bytes: &[u8]) -> Result<HashCheck, Fault> {
    of_json(Json::new(text_of(bytes)?))
}

fn of_json(mut json: Json<'_>) -> Result<HashCheck, Fault> {
    let mut claims = Claims::default();
    claims
        .documents(&mut json)
        .map_err(|error| error.into_fault(json.whole().as_bytes()))?;
    let rule = |claim: &Claim<'_>| claims.rules[claim.document];
    Ok(checked(&claims.nodes, rule))
}

/// Hashes nodes on all cores.
fn checked(claims: &[Claim<'_>], rule: impl Fn(&Claim<'_>) -> Option<Rule> + Sync) -> HashCheck {
    let verdicts: Vec<HashVerdict> = claims
        .par_iter()
        .map(|claim| verdict(claim.node, rule(claim), claim.hash))
        .collect();
    let mut answer = HashCheck::default();
    for (claim, verdict) in claims.iter().zip(verdicts) {
        match verdict {
            HashVerdict::Sound => answer.checked += 1,
            HashVerdict::Undecided => answer.undecided.push(claim.hash),
            HashVerdict::Other(computed) => {
                answer.checked += 1;
                answer.wrong.push((claim.hash, computed));
            }
        }
    }
    answer
}

/// The bytes as text.
fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    str::from_utf8(text).map_err(|error| {
        let message = format!("is not UTF-8 (byte {})", error.valid_up_to());
        Fault::of_file(FaultKind::Malformed { message })
    })
}

/// A node and its recorded hash.
struct Claim<'t> {
    node: &'t str,
    hash: DagHash,
    /// Position of the document that it stands in.
    document: usize,
}

/// All nodes of a file.
#[derive(Default)]
struct Claims<'t> {
    nodes: Vec<Claim<'t>>,
    /// The rules of the documents in the file; a version may stand behind the nodes.
    rules: Vec<Option<Rule>>,
}

impl<'t> Claims<'t> {
    /// Walks the documents of a file: several spec files may stand in a row.
    fn documents(&mut self, json: &mut Json<'t>) -> JsonResult<()> {
        while json.peek().is_ok() {
            // A file without a version, such as a list of specs, may be newer than it looks; then
            // each node has its own.
            self.rules.push(Some(Rule::Newer));
            if json.peek()? == b'[' {
                self.list(json)?;
            } else {
                self.object(json)?;
            }
        }
        Ok(())
    }

    /// Takes the version of a document; nothing is known of one without a possible version.
    fn version(&mut self, json: &mut Json<'t>, format: Versioned) -> JsonResult<()> {
        let version = version(json)?;
        if let Some(last) = self.rules.last_mut() {
            *last = Rule::of(format, version);
        }
        Ok(())
    }

    /// Walks a document. Values of other types have no nodes: the reader of the file decides what
    /// it may contain.
    fn object(&mut self, json: &mut Json<'t>) -> JsonResult<()> {
        json.object(|json, key| match (key, json.peek()?) {
            ("_meta", b'{') => self.meta(json, "lockfile-version", Versioned::Lock),
            ("concrete_specs" | "include_concrete", b'{') => self.locked(json, key),
            ("database", b'{') => json.object(|json, key| match (key, json.peek()?) {
                ("version", _) => self.version(json, Versioned::Database),
                ("installs", b'{') => json.object(|json, key| self.record(json, key)),
                _ => json.skip().map(drop),
            }),
            ("spec", b'{') => json.object(|json, key| match (key, json.peek()?) {
                ("_meta", b'{') => self.meta(json, "version", Versioned::SpecFile),
                ("nodes", b'[') => self.list(json),
                _ => json.skip().map(drop),
            }),
            _ => json.skip().map(drop),
        })
    }

    /// Walks the specs of a lock, or the environments that it includes, which may include others up
    /// to the limit on depth.
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

    fn meta(&mut self, json: &mut Json<'t>, name: &str, format: Versioned) -> JsonResult<()> {
        json.object(|json, key| {
            if key == name {
                self.version(json, format)
            } else {
                json.skip().map(drop)
            }
        })
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

    /// Takes a node whose hash is its key, or else one of its fields.
    fn node(&mut self, json: &mut Json<'t>, key: Option<&str>) -> JsonResult<()> {
        let mut inside = *json;
        let whole = json.skip()?;
        let hash = match key {
            Some(key) => DagHash::parse(key).ok(),
            None => own_hash(&mut inside).ok().flatten(),
        };
        if let (Some(hash), Ok(node)) = (hash, str::from_utf8(whole)) {
            let document = self.rules.len() - 1;
            self.nodes.push(Claim {
                node,
                hash,
                document,
            });
        }
        Ok(())
    }
}

/// Takes a version; 0 for anything else.
fn version(json: &mut Json<'_>) -> JsonResult<u64> {
    let mut inside = *json;
    let version = inside.count().unwrap_or_default();
    json.skip()?;
    Ok(version)
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
        (check.wrong.len(), check.checked, check.undecided.len())
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
    fn a_wrong_hash_is_reported_with_that_of_the_content() {
        let changed = NODE.replacen("4.4.1", "4.4.2", 1);
        let check = check_hashes_in(index("\"8\"", &changed).as_bytes()).unwrap();
        let [(recorded, is)] = check.wrong[..] else {
            panic!("{check:?}")
        };
        assert_eq!(recorded.to_string(), HASH);
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

    fn streamed(document: &str, block_bytes: usize) -> Result<HashCheck, Fault> {
        in_blocks(document.as_bytes(), document.len() as u64, block_bytes)
    }

    /// An index of the node and of changed copies of it, with a version before or behind them.
    fn long_index(version: &str, is_behind: bool) -> String {
        let records: Vec<String> = (0..9)
            .map(|number| {
                let node = NODE.replacen("4.4.1", &format!("4.4.{}", number % 3), 1);
                let hash = HASH.replacen('x', &char::from(b'a' + number).to_string(), 1);
                let key = if number == 1 { HASH } else { &hash };
                format!("\"{key}\" :\n{{\"ref_count\":0,\"spec\":{node},\"in\":[\"\u{e9}\"]}}")
            })
            .chain([format!("\"{HASH}\": 7"), "\"no hash\": {}".to_owned()])
            .collect();
        let installs = format!("\"installs\":{{{}}}", records.join(" ,\n"));
        let version = format!("\"version\":{version}");
        let (first, second) = if is_behind {
            (&installs, &version)
        } else {
            (&version, &installs)
        };
        format!("\u{feff}{{\"more\":[],\"database\":{{{first},\"x\":{{}},{second}}}}}\n")
    }

    #[test]
    fn an_index_in_blocks_has_the_same_answer_as_one_in_memory() {
        for (version, is_behind) in [
            ("\"8\"", false),
            ("\"8\"", true),
            ("\"7\"", false),
            ("\"7\"", true),
            ("\"5\"", true),
            ("[]", false),
        ] {
            let document = long_index(version, is_behind);
            let whole = check_hashes_in(document.as_bytes()).unwrap();
            assert_eq!(whole.checked + whole.undecided.len(), 9, "{version}");
            assert_eq!(whole.checked, if version == "\"8\"" { 9 } else { 0 });
            for block_bytes in [1, 3, 64, 1000, 4096, 1 << 20] {
                let check = streamed(&document, block_bytes).unwrap();
                assert_eq!(check, whole, "{version} {is_behind} {block_bytes}");
            }
        }
    }

    #[test]
    fn what_is_no_index_is_read_whole_with_the_same_answer() {
        let file = format!("{{\"spec\":{{\"_meta\":{{\"version\":5}},\"nodes\":[{NODE}]}}}}");
        for document in [
            format!("{file}\n{file}"),
            format!("[{NODE}, {NODE}]"),
            "{}".to_owned(),
            " \n".to_owned(),
            String::new(),
        ] {
            let whole = check_hashes_in(document.as_bytes()).unwrap();
            for block_bytes in [1, 64, 4096] {
                assert_eq!(
                    streamed(&document, block_bytes).unwrap(),
                    whole,
                    "{document}"
                );
            }
        }
    }

    #[test]
    fn a_damaged_index_is_a_fault_wherever_it_is_cut() {
        let document = long_index("\"8\"", false);
        let end = document.rfind('}').unwrap();
        for at in (4..end)
            .step_by(97)
            .filter(|&at| document.is_char_boundary(at))
        {
            for block_bytes in [64, 1 << 20] {
                assert!(streamed(&document[..at], block_bytes).is_err(), "{at}");
            }
        }
        let twice = document.replacen("\"x\":{}", "\"version\":8", 1);
        let fault = streamed(&twice, 4096).unwrap_err();
        assert_eq!(
            (&*fault.place, &fault.kind),
            ("database.version", &FaultKind::KeyTwice)
        );
        let place = streamed("{\"database\":{\"installs\":{\"a\":{\"spec\":nul}}}}", 8);
        assert_eq!(place.unwrap_err().place, "database.installs.a.spec");
    }

    #[test]
    fn what_is_no_json_is_a_fault() {
        assert!(check_hashes_in(b"{\"database\":").is_err());
        assert!(check_hashes_in(b"\xff").is_err());
        let deep = "{\"include_concrete\":{\"a\":".repeat(1_000);
        assert!(check_hashes_in(deep.as_bytes()).is_err());
    }
}
