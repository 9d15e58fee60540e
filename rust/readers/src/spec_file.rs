//! Spec files (`.spec.json`, blobs, `spack spec --json`) and what `spack find --json` prints.

use std::collections::BTreeMap;

use specplan_catalog::{DagHash, SourceKind};

use crate::database::is_wrapped;
use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{FileOrigin, Node, NodeReader, hash};
use crate::origin::{Format, LockRoot, OriginTexts, SpecsRead};
use crate::versions::{FormatVersion, Newer, Versioned};

/// Reads one spec file, or several in a row, as `spack spec --json` prints them.
pub(crate) fn read(mut json: Json<'_>, origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let text = json.whole();
    let mut specs = SpecFile::new(origin);
    if has_build_hashes(text) {
        let mut ahead = json;
        // A fault of the file is reported when it is read.
        while specs.note_references(&mut ahead).is_ok() && ahead.peek().is_ok() {}
    }
    loop {
        // A file of a build cache records its layout; others do not.
        let mut in_cache = false;
        let mut ahead = json;
        let _ = ahead.object(|json, key| {
            in_cache |= matches!(key, "buildcache_layout_version" | "binary_cache_checksum");
            json.skip().map(drop)
        });
        specs
            .read_object(&mut json, in_cache)
            .map_err(|error| error.into_fault(text.as_bytes()))?;
        if json.peek().is_err() {
            return specs.into_specs();
        }
    }
}

/// Reads a list of nodes, as `spack find --json` prints it.
pub(crate) fn read_list(mut json: Json<'_>, origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let text = json.whole();
    let mut specs = SpecFile::new(origin);
    if has_build_hashes(text) {
        let mut ahead = json;
        // A fault of the list is reported when it is read.
        let _ = ahead.list(|json, _| specs.note_reference(json));
    }
    json.list(|json, _| specs.node(json, false, &mut true))
        .and_then(|()| json.end())
        .map_err(|error| error.into_fault(text.as_bytes()))?;
    specs.into_specs()
}

/// Takes the version of a spec file. A newer one may give the same keys another meaning.
fn take_version(json: &mut Json<'_>, newer: Newer) -> JsonResult<FormatVersion> {
    let before = *json;
    let version = json.count()?.to_string();
    let known = Versioned::SpecFile.known(&version, newer);
    known.map_err(|kind| before.error(JsonErrorKind::Value(kind)))
}

/// Returns whether a text may contain specs from before Spack 0.18, which have these hashes.
fn has_build_hashes(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"\"build_hash\"").is_some()
}

/// The nodes of a file, or of several in a row.
struct SpecFile {
    reader: NodeReader,
    origin: FileOrigin,
    node: Node,
    specs: usize,
    roots: Vec<LockRoot>,
    newer: Newer,
    listed_only: bool,
    /// The newest version found.
    version: Option<FormatVersion>,
    /// The hashes of nodes by the hashes that old files record for dependencies.
    references: BTreeMap<DagHash, DagHash>,
}

impl SpecFile {
    fn new(origin: OriginTexts<'_>) -> Self {
        let mut reader = NodeReader::default();
        let (newer, listed_only) = (origin.newer, origin.listed_only);
        let origin = reader.origin(SourceKind::SpecFile, origin.columns());
        Self {
            reader,
            origin,
            node: Node::default(),
            specs: 0,
            roots: Vec::new(),
            newer,
            listed_only,
            version: None,
            references: BTreeMap::new(),
        }
    }

    /// Notes the build hashes of all nodes of a spec file. Before Spack 0.18, dependencies are
    /// recorded by build hashes, under their own name or as `hash`.
    fn note_references(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        json.object(|json, key| match (key, json.peek()?) {
            ("spec", b'[') => json.list(|json, _| self.note_reference(json)),
            ("spec", b'{') => json.object(|json, key| match key {
                "nodes" => json.list(|json, _| self.note_reference(json)),
                _ => json.skip().map(drop),
            }),
            _ => json.skip().map(drop),
        })
    }

    fn note_reference(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        if is_wrapped(*json)? {
            return json.object(|json, _| self.note_reference(json));
        }
        let (mut own, mut reference) = (None, None);
        json.object(|json, key| {
            match key {
                "hash" => own = Some(hash(json)?),
                "build_hash" => reference = Some(hash(json)?),
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        if let (Some(own), Some(reference)) = (own, reference) {
            self.references.insert(reference, own);
        }
        Ok(())
    }

    /// Reads the object of a spec file.
    fn read_object(&mut self, json: &mut Json<'_>, in_cache: bool) -> JsonResult<()> {
        let mut has_spec = false;
        json.object(|json, key| match key {
            "spec" if has_spec => Err(json.error(JsonErrorKind::Twice)),
            "spec" => {
                has_spec = true;
                self.read_nodes(json, in_cache)
            }
            _ => json.skip().map(drop),
        })?;
        if has_spec {
            return Ok(());
        }
        let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
        Err(error.below(|| "spec".to_owned()))
    }

    /// Reads the value of `spec`. The first node is the root; if the file belongs to
    /// a build cache, that one is `available`.
    fn read_nodes(&mut self, json: &mut Json<'_>, available: bool) -> JsonResult<()> {
        let mut is_first = true;
        if json.peek()? == b'[' {
            return json.list(|json, _| self.node(json, available, &mut is_first));
        }
        let mut has_nodes = false;
        json.object(|json, key| match key {
            "nodes" if has_nodes => Err(json.error(JsonErrorKind::Twice)),
            "nodes" => {
                has_nodes = true;
                json.list(|json, _| self.node(json, available, &mut is_first))
            }
            "_meta" if json.peek()? == b'{' => json.object(|json, key| match key {
                "version" => {
                    let version = take_version(json, self.newer)?;
                    let newest = |other: &FormatVersion| version.number > other.number;
                    if self.version.as_ref().is_none_or(newest) {
                        self.version = Some(version);
                    }
                    Ok(())
                }
                _ => json.skip().map(drop),
            }),
            _ => json.skip().map(drop),
        })?;
        if has_nodes {
            return Ok(());
        }
        let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
        Err(error.below(|| "nodes".to_owned()))
    }

    fn node(
        &mut self,
        json: &mut Json<'_>,
        available: bool,
        is_first: &mut bool,
    ) -> JsonResult<()> {
        if is_wrapped(*json)? {
            self.reader.read_wrapped(json, &mut self.node)?;
        } else {
            self.reader.read(json, &mut self.node)?;
        }
        let Some(hash) = self.node.hash else {
            let error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            return Err(error.below(|| "hash".to_owned()));
        };
        let available = available && *is_first && !self.listed_only;
        for edge in &mut self.node.edges {
            if let Some(own) = self.references.get(&edge.child) {
                edge.child = *own;
            }
        }
        self.reader.push(&self.node, hash, self.origin, available);
        if *is_first {
            self.roots.push(LockRoot::of(hash));
        }
        *is_first = false;
        self.specs += 1;
        Ok(())
    }

    fn into_specs(self) -> Result<SpecsRead, Fault> {
        if self.specs == 0 {
            return Err(Fault::at("", FaultKind::NoSpecs));
        }
        Ok(SpecsRead {
            rows: self.reader.into_rows(),
            format: Format::SpecFile,
            roots: self.roots,
            specs: self.specs,
            version: self.version,
            installed: 0,
        })
    }
}
