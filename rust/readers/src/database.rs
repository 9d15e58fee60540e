//! The index of a build cache, and the database of an installation.
//!
//! `{"database": {"version": "8", "installs": {HASH: {"spec": NODE, ...}}}}`. Here any
//! spelling of it is read, as one text; a large index as Spack writes it is read by
//! `index_stream`, piece by piece, with the same [`Records`].

use std::borrow::Cow;

use rayon::prelude::*;
use specplan_catalog::{CatalogBuilder, DagHash, SourceKind};

use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{Node, NodeReader, Origin, parsed_hash};
use crate::specs::{Format, OriginTexts, SpecsRead};

/// The versions of the database that are read.
const SUPPORTED: &str = "5 to 8";

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
            "installs" => records = Some(installs(json, origin)?),
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
    Records::into_specs(vec![records])
}

pub(crate) fn check_version(version: &str) -> Result<(), Fault> {
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

/// Reads the object of records.
fn installs(json: &mut Json<'_>, origin: OriginTexts<'_>) -> JsonResult<Records> {
    let mut records = Records::new(origin);
    json.enter_object()?;
    if json.take(b'}')? {
        *json = json.from(json.position(), json.depth() - 1);
    } else {
        records.read(json, None)?;
    }
    Ok(records)
}

/// Reads records into rows.
pub(crate) struct Records {
    nodes: NodeReader,
    origin: Origin,
    node: Node,
    hashes: Vec<DagHash>,
    /// Whether some record says that it is, or is not, in a build cache.
    tells_cache: bool,
    listed_only: bool,
}

impl Records {
    pub(crate) fn new(origin: OriginTexts<'_>) -> Self {
        let listed_only = origin.listed_only;
        let mut nodes = NodeReader::default();
        let origin = nodes.origin(SourceKind::Index, origin.columns());
        Self {
            nodes,
            origin,
            node: Node::default(),
            hashes: Vec::new(),
            tells_cache: false,
            listed_only,
        }
    }

    /// Reads records up to the position `to`, at which a key must begin; without it, up
    /// to the end of the object.
    pub(crate) fn read(&mut self, json: &mut Json<'_>, to: Option<usize>) -> JsonResult<()> {
        loop {
            self.record(json)?;
            let goes_on = json.goes_on(b'}', "`,` or `}`")?;
            match to {
                None if !goes_on => return Ok(()),
                Some(to) if goes_on && json.position() == to => return Ok(()),
                Some(to) if !goes_on || json.position() > to => {
                    return Err(json.error(JsonErrorKind::Ends));
                }
                _ => {}
            }
        }
    }

    fn record(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        let key = json.key()?;
        let hash = parsed_hash(json, &key)?;
        self.read_record(json, hash)
            .map_err(|error| error.below(|| key.into_owned()))
    }

    fn read_record(&mut self, json: &mut Json<'_>, hash: DagHash) -> JsonResult<()> {
        let mut tells_spec = false;
        let mut available = false;
        json.object(|json, key| {
            match key.as_bytes() {
                b"spec" if tells_spec => return Err(json.error(JsonErrorKind::Twice)),
                b"spec" => {
                    tells_spec = true;
                    if is_wrapped(*json)? {
                        self.nodes.read_wrapped(json, &mut self.node)?;
                    } else {
                        self.nodes.read(json, &mut self.node)?;
                    }
                }
                b"in_buildcache" => {
                    available = json.boolean()?;
                    self.tells_cache = true;
                }
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        if !tells_spec {
            let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            return Err(error.below(|| "spec".to_owned()));
        }
        if let Some(own) = self.node.hash
            && own != hash
        {
            let found = own.to_string();
            return Err(json.error(JsonErrorKind::Value(FaultKind::OtherHash { found })));
        }
        let available = available && !self.listed_only;
        self.nodes.push(&self.node, hash, self.origin, available);
        self.hashes.push(hash);
        Ok(())
    }

    /// What several readers of one file read together.
    pub(crate) fn into_specs(readers: Vec<Self>) -> Result<SpecsRead, Fault> {
        let mut rows = CatalogBuilder::new();
        let mut hashes = Vec::new();
        let mut tells_cache = false;
        for reader in readers {
            rows = rows.absorb(reader.nodes.into_rows());
            hashes.extend(reader.hashes);
            tells_cache |= reader.tells_cache;
        }
        hashes.par_sort_unstable();
        let mut pairs = hashes.windows(2);
        if let Some([twice, _]) = pairs.find(|pair| pair[0] == pair[1]) {
            let place = format!("database.installs.{twice}");
            return Err(Fault::at(place, FaultKind::KeyTwice));
        }
        Ok(SpecsRead {
            rows,
            format: if tells_cache || hashes.is_empty() {
                Format::Index
            } else {
                Format::Installation
            },
            roots: Vec::new(),
            specs: hashes.len(),
        })
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
