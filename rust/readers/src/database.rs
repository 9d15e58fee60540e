//! The index of a build cache, and the database of an installation.
//!
//! `{"database": {"version": "9", "installs": {HASH: {"spec": NODE, ...}}}}`. Here any
//! spelling of it is read, record by record; a large index as Spack writes it is read by
//! `index_stream`, on all cores, with the same [`Records`].

use std::borrow::Cow;
use std::io::Read;

use rayon::prelude::*;
use specplan_catalog::{CatalogBuilder, DagHash, SourceKind};

use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult, Seen};
use crate::node::{FileOrigin, Node, NodeReader, parsed_hash};
use crate::origin::{Format, OriginTexts, SpecsRead};
use crate::spelling;
use crate::versions::{FormatVersion, Newer, Versioned};
use crate::window::{Window, members_at_hand};

/// Reads a file whose object has the key `database`; the window stands at the object.
pub(crate) fn read<R: Read>(
    window: &mut Window<R>,
    origin: OriginTexts<'_>,
) -> Result<SpecsRead, Fault> {
    let mut specs = None;
    window.object(|window, key| match key {
        "database" if specs.is_some() => Err(Fault::at(key, FaultKind::KeyTwice)),
        "database" => {
            specs = Some(window.below("database", |window| database(window, origin))?);
            Ok(())
        }
        _ => window.skip(key),
    })?;
    window.end()?;
    specs.ok_or_else(|| Fault::at("database", FaultKind::MissingKey))
}

/// Reads the value of `database`.
fn database<R: Read>(window: &mut Window<R>, origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let of_key = |key: &str, kind| Fault::at(format!("database.{key}"), kind);
    let mut version = None;
    let mut records = None;
    window.object(|window, key| {
        match key {
            "version" if version.is_some() => return Err(of_key(key, FaultKind::KeyTwice)),
            "installs" if records.is_some() => return Err(of_key(key, FaultKind::KeyTwice)),
            "version" => {
                let text = window.below("version", |window| window.step(version_text))?;
                version = Some(take_version(&text, origin.newer)?);
            }
            "installs" => {
                let mut read = Records::new(origin);
                let walked = window.below("installs", |window| read.read_all(window));
                if walked.is_err() && version.is_none() {
                    // The content of a file of an unknown version need not make sense.
                    check_version_behind(window, origin.newer)?;
                }
                walked?;
                records = Some(read);
            }
            _ => window.skip(key)?,
        }
        Ok(())
    })?;
    let version = version.ok_or_else(|| of_key("version", FaultKind::MissingKey))?;
    let records = records.ok_or_else(|| of_key("installs", FaultKind::MissingKey))?;
    Records::into_specs(vec![records], version)
}

/// Takes the version of a database. Spack writes it as a text; a number has the same meaning.
fn version_text(json: &mut Json<'_>) -> JsonResult<String> {
    if json.peek()?.is_ascii_digit() {
        return json.count().map(|version| version.to_string());
    }
    json.text().map(Cow::into_owned)
}

pub(crate) fn take_version(version: &str, newer: Newer) -> Result<FormatVersion, Fault> {
    Versioned::Database.take("database.version", version, newer)
}

/// After a record could not be read: fails if the version of the database stands behind its records
/// and is not supported. Everything else is ignored: there is a better fault to report.
fn check_version_behind<R: Read>(window: &mut Window<R>, newer: Newer) -> Result<(), Fault> {
    let version = |window: &mut Window<R>| -> Result<Option<String>, Fault> {
        let is_at_key = window.step(|json| Ok(json.peek()? == b'"'))?;
        if is_at_key {
            let next = |json: &mut Json<'_>| {
                json.key()?;
                json.skip()?;
                json.goes_on(b'}', "`,` or `}`")
            };
            while window.step(next)? {}
        } else {
            window.skip("installs")?;
        }
        while window.step(|json| json.goes_on(b'}', "`,` or `}`"))? {
            let key = window.step(|json| json.key().map(Cow::into_owned))?;
            if key == "version" {
                return window.step(version_text).map(Some);
            }
            window.skip(&key)?;
        }
        Ok(None)
    };
    match version(window) {
        Ok(Some(version)) => take_version(&version, newer).map(drop),
        _ => Ok(()),
    }
}

/// The locations of the spec according to a record.
#[derive(Clone, Copy, Default)]
struct Whereabouts {
    /// Whether a build cache has a binary; `None` if the record does not say.
    in_cache: Option<bool>,
    /// Whether it is installed.
    installed: bool,
}

/// Reads records into rows.
pub(crate) struct Records {
    nodes: NodeReader,
    origin: FileOrigin,
    /// The origin of records that the index lists without a binary: no stack lists them.
    unlisted: FileOrigin,
    node: Node,
    hashes: Vec<DagHash>,
    /// Whether some record says whether it is in a build cache.
    says_cached: bool,
    /// The number of records that an installation has installed.
    installed: usize,
    listed_only: bool,
    counts_installed: bool,
}

impl Records {
    pub(crate) fn new(origin: OriginTexts<'_>) -> Self {
        let (listed_only, counts_installed) = (origin.listed_only, origin.counts_installed);
        let mut nodes = NodeReader::default();
        let unlisted = OriginTexts {
            stack: "",
            ..origin
        };
        let unlisted = nodes.origin(SourceKind::Index, unlisted.columns());
        let origin = nodes.origin(SourceKind::Index, origin.columns());
        Self {
            nodes,
            origin,
            unlisted,
            node: Node::default(),
            hashes: Vec::new(),
            says_cached: false,
            installed: 0,
            listed_only,
            counts_installed,
        }
    }

    /// Reads records up to the position `to`, at which a key must begin; without it, up
    /// to the end of the object.
    pub(crate) fn read(&mut self, json: &mut Json<'_>, to: Option<usize>) -> JsonResult<()> {
        loop {
            let goes_on = self.record(json)?;
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

    /// Reads the object of records, whatever its length.
    fn read_all<R: Read>(&mut self, window: &mut Window<R>) -> Result<(), Fault> {
        window.object_in_pieces(|json| members_at_hand(json, |json| self.record(json)))
    }

    /// Reads a record and what follows it, and returns whether that is a record.
    fn record(&mut self, json: &mut Json<'_>) -> JsonResult<bool> {
        let key = json.key()?;
        let hash = parsed_hash(json, &key)?;
        let said = self
            .read_record(json, hash)
            .map_err(|error| error.below(|| key.into_owned()))?;
        let goes_on = json.goes_on(b'}', "`,` or `}`")?;
        // Only now is it certain that the record will not be read again.
        self.says_cached |= said.in_cache.is_some();
        self.installed += usize::from(said.installed);
        let counts = said.in_cache.unwrap_or(false) || (self.counts_installed && said.installed);
        let origin = if counts { self.origin } else { self.unlisted };
        let available = counts && !self.listed_only;
        self.nodes.push(&self.node, hash, origin, available);
        self.hashes.push(hash);
        Ok(goes_on)
    }

    /// Reads a record into `node` and returns the locations of its spec.
    fn read_record(&mut self, json: &mut Json<'_>, hash: DagHash) -> JsonResult<Whereabouts> {
        let mut ahead = *json;
        if let Some(in_cache) = self.published_record(&mut ahead, hash) {
            *json = ahead;
            return Ok(Whereabouts {
                in_cache: Some(in_cache),
                installed: false,
            });
        }
        let mut has_spec = false;
        let mut said = Whereabouts::default();
        let mut seen = Seen::default();
        json.object(|json, key| {
            match key.as_bytes() {
                b"spec" if has_spec => return Err(json.error(JsonErrorKind::Twice)),
                b"spec" => {
                    has_spec = true;
                    if is_wrapped(*json)? {
                        self.nodes.read_wrapped(json, &mut self.node)?;
                    } else {
                        self.nodes.read(json, &mut self.node)?;
                    }
                }
                b"in_buildcache" => {
                    seen.once(json, 0)?;
                    said.in_cache = Some(json.boolean()?);
                }
                b"installed" => {
                    seen.once(json, 1)?;
                    said.installed = json.peek()? == b't';
                    json.skip()?;
                }
                b"ref_count" | b"path" | b"explicit" | b"installation_time" | b"origin" => {
                    json.skip()?;
                }
                _ => spelling::skip(json, key, &["in_buildcache", "installed"])?,
            }
            Ok(())
        })?;
        if !has_spec {
            let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            return Err(error.below(|| "spec".to_owned()));
        }
        if let Some(own) = self.node.hash
            && own != hash
        {
            let found = own.to_string();
            return Err(json.error(JsonErrorKind::Value(FaultKind::OtherHash { found })));
        }
        Ok(said)
    }

    /// Reads a record that is spelt exactly as today's Spack writes it.
    fn published_record(&mut self, json: &mut Json<'_>, hash: DagHash) -> Option<bool> {
        json.literal(b"{\"spec\":").then_some(())?;
        self.nodes.read(json, &mut self.node).ok()?;
        json.literal(b",\"ref_count\":").then_some(())?;
        json.skip().ok()?;
        json.literal(b",\"in_buildcache\":").then_some(())?;
        let available = json.literal(b"true}");
        (available || json.literal(b"false}")).then_some(())?;
        (self.node.hash == Some(hash)).then_some(available)
    }

    /// Joins the results of several readers of one file.
    pub(crate) fn into_specs(
        readers: Vec<Self>,
        version: FormatVersion,
    ) -> Result<SpecsRead, Fault> {
        let mut rows = CatalogBuilder::new();
        let mut hashes = Vec::new();
        let mut says_cached = false;
        let mut installed = 0;
        for reader in readers {
            rows = rows.absorb(reader.nodes.into_rows());
            hashes.extend(reader.hashes);
            says_cached |= reader.says_cached;
            installed += reader.installed;
        }
        if let Some(twice) = twice(&hashes) {
            let place = format!("database.installs.{twice}");
            return Err(Fault::at(place, FaultKind::KeyTwice));
        }
        Ok(SpecsRead {
            rows,
            format: if says_cached || hashes.is_empty() {
                Format::Index
            } else {
                Format::Installation
            },
            roots: Vec::new(),
            specs: hashes.len(),
            version: Some(version),
            installed,
        })
    }
}

/// A hash that occurs twice, if there is one: the first in order.
fn twice(hashes: &[DagHash]) -> Option<DagHash> {
    // Heads are a third as long, and show that all hashes differ.
    let mut heads: Vec<u64> = hashes.par_iter().map(DagHash::head).collect();
    heads.par_sort_unstable();
    if heads.windows(2).all(|pair| pair[0] != pair[1]) {
        return None;
    }
    let mut hashes = hashes.to_vec();
    hashes.par_sort_unstable();
    let pair = hashes.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(pair[0])
}

/// Returns whether a node stands under its name, as databases before version 6 have it: as the one
/// member of an object.
pub(crate) fn is_wrapped(mut json: Json<'_>) -> JsonResult<bool> {
    json.enter_object()?;
    if json.peek()? != b'"' {
        return Ok(false);
    }
    json.key()?;
    if json.peek()? != b'{' {
        return Ok(false);
    }
    json.skip()?;
    json.take(b'}')
}
