//! `spack.lock`, all versions that [`Versioned`] knows.
//!
//! The versions differ in what identifies a spec: a key that is its hash (1, from 4 on)
//! or another one (2, 3), which dependencies and roots refer to. Here every reference
//! is followed to the spec's own hash.

use std::borrow::Cow;

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use specplan_catalog::{DagHash, RecordedEdge, SourceKind};

use crate::database::is_wrapped;
use crate::fault::{Fault, FaultKind, shortened};
use crate::json::{Json, JsonError, JsonErrorKind, JsonResult, Seen};
use crate::node::{Node, NodeReader, hash, parsed_hash};
use crate::origin::{Format, LockRoot, OriginTexts, SpecsRead};
use crate::spelling;
use crate::versions::{FormatVersion, Newer, Versioned};

/// The deepest nesting of environments that include others.
const MAX_INCLUDES: u32 = 32;

/// The place of the version in a lock.
const VERSION: &str = "_meta.lockfile-version";

/// Spack's name for the group of all roots without one.
const DEFAULT_GROUP: &str = "default";

/// The nodes of the file and of the environments that it includes, by reference.
#[derive(Default)]
struct Lock {
    version: Option<u64>,
    has_roots: bool,
    has_specs: bool,
    roots: Vec<LockRoot>,
    /// The number of environments that were read: the file's own and those that it includes.
    environments: u32,
    /// The nodes in the order of the file.
    nodes: Vec<Known>,
    /// The number of each node by its key.
    numbers: HashMap<DagHash, u32>,
}

/// A node of a lock.
struct Known {
    /// Its key in the file.
    key: DagHash,
    /// The hash that identifies it.
    hash: DagHash,
    node: Node,
    /// The number of the environment that named it first.
    environment: u32,
}

/// Reads a lock; `json` stands at its object.
pub(crate) fn read(mut json: Json<'_>, origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    // A newer version may have a spelling that this reader does not understand.
    if let Some(version) = version_of(json) {
        check_version(version, origin.newer)?;
    }
    let mut reader = NodeReader::default();
    let mut lock = Lock::default();
    lock.read(&mut json, &mut reader, 0)
        .and_then(|()| json.end())
        .map_err(|error| error.into_fault(json.whole().as_bytes()))?;
    let version = lock
        .version
        .ok_or_else(|| Fault::at(VERSION, FaultKind::MissingKey))?;
    let version = check_version(version, origin.newer)?;
    // Without its roots, a truncated lock would look like one that wants nothing.
    if !lock.has_roots {
        return Err(Fault::at("roots", FaultKind::MissingKey));
    }
    if !lock.has_specs {
        return Err(Fault::at("concrete_specs", FaultKind::MissingKey));
    }
    lock.into_specs(reader, origin, version)
}

/// The version in `_meta`, at any position; Spack writes it first.
fn version_of(mut json: Json<'_>) -> Option<u64> {
    step_to(&mut json, "_meta")?;
    step_to(&mut json, "lockfile-version")?;
    json.count().ok()
}

/// Steps into an object and to the value of a key, if it has one.
fn step_to(json: &mut Json<'_>, wanted: &str) -> Option<()> {
    json.enter_object().ok()?;
    while json.key().ok()? != wanted {
        json.skip().ok()?;
        if !json.goes_on(b'}', "`,` or `}`").ok()? {
            return None;
        }
    }
    Some(())
}

fn check_version(version: u64, newer: Newer) -> Result<FormatVersion, Fault> {
    Versioned::Lock.take(VERSION, &version.to_string(), newer)
}

impl Lock {
    fn read(&mut self, json: &mut Json<'_>, reader: &mut NodeReader, level: u32) -> JsonResult<()> {
        self.environments += 1;
        let environment = self.environments;
        let mut seen = Seen::default();
        json.object(|json, key| match key {
            "_meta" => {
                seen.once(json, 0)?;
                self.meta(json)
            }
            "roots" => {
                seen.once(json, 1)?;
                self.has_roots |= level == 0;
                json.list(|json, _| self.root(json))
            }
            "concrete_specs" => {
                seen.once(json, 2)?;
                self.has_specs = true;
                json.object(|json, key| self.spec(json, key, reader, environment))
            }
            "include_concrete" if level == MAX_INCLUDES => Err(json.error(JsonErrorKind::Depth)),
            "include_concrete" => {
                seen.once(json, 3)?;
                json.object(|json, _| self.read(json, reader, level + 1))
            }
            _ => spelling::skip(json, key, &["roots", "concrete_specs", "include_concrete"]),
        })
    }

    fn meta(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        let mut seen = Seen::default();
        json.object(|json, key| {
            if key != "lockfile-version" {
                return json.skip().map(drop);
            }
            seen.once(json, 0)?;
            self.version = Some(json.count()?);
            Ok(())
        })
    }

    fn root(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        let mut reference = None;
        let mut spec = Cow::Borrowed("");
        let mut group = None;
        let mut seen = Seen::default();
        json.object(|json, key| {
            match key {
                "hash" => {
                    seen.once(json, 0)?;
                    reference = Some(hash(json)?);
                }
                "spec" => {
                    seen.once(json, 1)?;
                    spec = json.text()?;
                }
                "group" => {
                    seen.once(json, 2)?;
                    group = json.text_or_null()?;
                }
                _ => spelling::skip(json, key, &["spec", "group"])?,
            }
            Ok(())
        })?;
        let reference = reference.ok_or_else(|| JsonError::missing(json, "hash"))?;
        self.roots.push(LockRoot {
            hash: reference,
            spec: spec.into_owned(),
            group: group
                .filter(|group| group != DEFAULT_GROUP)
                .map(Cow::into_owned),
        });
        Ok(())
    }

    fn spec(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        reader: &mut NodeReader,
        environment: u32,
    ) -> JsonResult<()> {
        let key = parsed_hash(json, key)?;
        let number = self.nodes.len() as u32;
        // Environments that are included by several others may be named several times.
        let is_new = match self.numbers.entry(key) {
            Entry::Occupied(known)
                if self.nodes[*known.get() as usize].environment == environment =>
            {
                return Err(json.error(JsonErrorKind::Twice));
            }
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(number);
                true
            }
        };
        let mut node = Node::default();
        if is_wrapped(*json)? {
            reader.read_wrapped(json, &mut node)?;
        } else {
            reader.read(json, &mut node)?;
        }
        if is_new {
            self.nodes.push(Known {
                key,
                hash: node.hash.unwrap_or(key),
                node,
                environment,
            });
        }
        Ok(())
    }

    fn find(&self, key: DagHash) -> Option<&Known> {
        let number = self.numbers.get(&key)?;
        self.nodes.get(*number as usize)
    }

    /// The keys that count. Keys of versions 2 and 3 distinguish specs with one hash that differ
    /// only in their build dependencies. Of these, the first one counts that is met on the way down
    /// from the roots, a spec before its dependencies, in the order of the file; the others are
    /// left out, and so are the specs that only they reach. `None` if all keys count.
    fn first_keys(&self) -> Option<HashSet<DagHash>> {
        if !matches!(self.version, Some(2 | 3)) {
            return None;
        }
        let mut hashes = HashSet::new();
        let mut first = HashSet::new();
        let mut ahead: Vec<DagHash> = if self.roots.is_empty() {
            let mut keys: Vec<DagHash> = self.nodes.iter().map(|known| known.key).collect();
            keys.sort_unstable();
            keys
        } else {
            self.roots.iter().map(|root| root.hash).collect()
        };
        ahead.reverse();
        while let Some(key) = ahead.pop() {
            if let Some(known) = self.find(key)
                && hashes.insert(known.hash)
            {
                first.insert(key);
                ahead.extend(known.node.edges.iter().rev().map(|edge| edge.child));
            }
        }
        Some(first)
    }

    /// The dependencies of a node, by the hashes that identify them.
    fn edges_of(&self, known: &Known, edges: &mut Vec<RecordedEdge>) -> Result<(), Fault> {
        edges.clone_from(&known.node.edges);
        for edge in edges {
            let place = || format!("concrete_specs.{}.dependencies", known.key);
            edge.child = self.hash_of(edge.child, place)?;
        }
        Ok(())
    }

    /// The hash of the spec that the file refers to at a location.
    fn hash_of(&self, key: DagHash, place: impl FnOnce() -> String) -> Result<DagHash, Fault> {
        let known = self.find(key).ok_or_else(|| {
            let found = shortened(&key.to_string());
            Fault::at(place(), FaultKind::Nowhere { found })
        })?;
        Ok(known.hash)
    }

    fn into_specs(
        self,
        mut reader: NodeReader,
        origin: OriginTexts<'_>,
        version: FormatVersion,
    ) -> Result<SpecsRead, Fault> {
        let mut roots = Vec::with_capacity(self.roots.len());
        for (index, root) in self.roots.iter().enumerate() {
            let hash = self.hash_of(root.hash, || format!("roots[{index}].hash"))?;
            roots.push(LockRoot {
                hash,
                ..root.clone()
            });
        }
        let columns = reader.origin(SourceKind::Lock, origin.columns());
        let first_keys = self.first_keys();
        let counts = |known: &Known| {
            let keys = first_keys.as_ref();
            keys.is_none_or(|keys| keys.contains(&known.key))
        };
        let mut edges = Vec::new();
        let mut specs = 0;
        for known in &self.nodes {
            self.edges_of(known, &mut edges)?;
            if counts(known) {
                reader.push_with(&known.node, &edges, known.hash, columns, false);
                specs += 1;
            }
        }
        Ok(SpecsRead {
            rows: reader.into_rows(),
            format: Format::Lock,
            roots,
            specs,
            version: Some(version),
            installed: 0,
        })
    }
}
