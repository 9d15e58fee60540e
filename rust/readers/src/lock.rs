//! `spack.lock`, versions 1 to 7.
//!
//! The versions differ in what identifies a spec: a key that is its hash (1, 4 to 7)
//! or another one (2, 3), which dependencies and roots refer to. Here every reference
//! is followed to the spec's own hash.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use specplan_catalog::{DagHash, SourceKind};

use crate::database::is_wrapped;
use crate::fault::{Fault, FaultKind, shortened};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{Node, NodeReader, hash, parsed_hash};
use crate::specs::{Format, OriginTexts, SpecsRead};

/// The deepest nesting of environments that include others.
const MAX_INCLUDES: u32 = 32;

/// What the file and the environments that it includes hold, by reference.
#[derive(Default)]
struct Lock {
    version: Option<u64>,
    has_specs: bool,
    roots: Vec<(DagHash, String)>,
    /// Each node with the hash that identifies it, by its key.
    nodes: BTreeMap<DagHash, (DagHash, Node)>,
}

/// Reads a lock; `json` stands at its object.
pub(crate) fn read(
    json: &mut Json<'_>,
    text: &[u8],
    origin: OriginTexts<'_>,
) -> Result<SpecsRead, Fault> {
    let version = version_of(*json);
    if let Some(version) = version {
        check_version(version)?;
    }
    let mut reader = NodeReader::default();
    let mut lock = Lock::default();
    lock.read(json, &mut reader, 0)
        .map_err(|error| error.into_fault(text))?;
    let Some(_) = lock.version else {
        return Err(Fault::at("_meta.lockfile-version", FaultKind::MissingKey));
    };
    if !lock.has_specs {
        return Err(Fault::at("concrete_specs", FaultKind::MissingKey));
    }
    lock.into_specs(reader, origin)
}

/// The version that `_meta` tells, wherever it stands.
fn version_of(mut json: Json<'_>) -> Option<u64> {
    let mut version = None;
    let _ = json.object(|json, key| {
        if key == "_meta" {
            json.object(|json, key| {
                match key {
                    "lockfile-version" => version = Some(json.count()?),
                    _ => drop(json.skip()?),
                }
                Ok(())
            })
        } else {
            json.skip().map(drop)
        }
    });
    version
}

fn check_version(version: u64) -> Result<(), Fault> {
    if (1..=7).contains(&version) {
        return Ok(());
    }
    Err(Fault::at(
        "_meta.lockfile-version",
        FaultKind::UnsupportedVersion {
            format: "a lock",
            found: version.to_string(),
            supported: "1 to 7",
        },
    ))
}

impl Lock {
    fn read(&mut self, json: &mut Json<'_>, reader: &mut NodeReader, level: u32) -> JsonResult<()> {
        json.object(|json, key| match key {
            "_meta" => json.object(|json, key| {
                match key {
                    "lockfile-version" => self.version = Some(json.count()?),
                    _ => drop(json.skip()?),
                }
                Ok(())
            }),
            "roots" => json.list(|json, _| self.root(json)),
            "concrete_specs" => {
                self.has_specs = true;
                json.object(|json, key| self.spec(json, key, reader))
            }
            "include_concrete" if level == MAX_INCLUDES => Err(json.error(JsonErrorKind::Depth)),
            "include_concrete" => json.object(|json, _| self.read(json, reader, level + 1)),
            _ => json.skip().map(drop),
        })
    }

    fn root(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        let mut reference = None;
        let mut spec = Cow::Borrowed("");
        json.object(|json, key| {
            match key {
                "hash" => reference = Some(hash(json)?),
                "spec" => spec = json.text()?,
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        let Some(reference) = reference else {
            let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            return Err(error.below(|| "hash".to_owned()));
        };
        self.roots.push((reference, spec.into_owned()));
        Ok(())
    }

    fn spec(&mut self, json: &mut Json<'_>, key: &str, reader: &mut NodeReader) -> JsonResult<()> {
        let key = parsed_hash(json, key)?;
        let mut node = Node::default();
        if is_wrapped(*json)? {
            reader.read_wrapped(json, &mut node)?;
        } else {
            reader.read(json, &mut node)?;
        }
        let hash = node.hash.unwrap_or(key);
        // Environments that are included by several others may be told several times.
        self.nodes.entry(key).or_insert((hash, node));
        Ok(())
    }

    fn into_specs(
        self,
        mut reader: NodeReader,
        origin: OriginTexts<'_>,
    ) -> Result<SpecsRead, Fault> {
        let hashes: HashMap<DagHash, DagHash, FxBuildHasher> = self
            .nodes
            .iter()
            .map(|(&key, &(hash, _))| (key, hash))
            .collect();
        let nowhere = |place: String, found: DagHash| {
            let found = shortened(&found.to_string());
            Fault::at(place, FaultKind::Nowhere { found })
        };
        let mut roots = Vec::with_capacity(self.roots.len());
        for (index, (reference, spec)) in self.roots.into_iter().enumerate() {
            let hash = hashes
                .get(&reference)
                .ok_or_else(|| nowhere(format!("roots[{index}].hash"), reference))?;
            roots.push((*hash, spec));
        }
        let columns = reader.origin(SourceKind::Lock, origin.columns());
        let specs = self.nodes.len();
        for (key, (hash, mut node)) in self.nodes {
            for edge in &mut node.edges {
                let child = hashes.get(&edge.child).ok_or_else(|| {
                    nowhere(format!("concrete_specs.{key}.dependencies"), edge.child)
                })?;
                edge.child = *child;
            }
            reader.push(&node, hash, columns, false);
        }
        Ok(SpecsRead {
            rows: reader.into_rows(),
            format: Format::Lock,
            roots,
            specs,
        })
    }
}
