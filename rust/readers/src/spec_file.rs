//! Spec files (`.spec.json`, blobs, `spack spec --json`) and what `spack find --json` prints.

use specplan_catalog::{DagHash, SourceKind};

use crate::database::is_wrapped;
use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{Node, NodeReader, Origin};
use crate::specs::{Format, OriginTexts, SpecsRead};

/// Reads one spec file, or several in a row, as `spack spec --json` prints them.
pub(crate) fn read(mut json: Json<'_>, origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let text = json.whole();
    let mut specs = SpecFile::new(origin);
    loop {
        // A file of a build cache says which layout it has; others do not.
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
    json.list(|json, _| specs.node(json, false, &mut true))
        .and_then(|()| json.end())
        .map_err(|error| error.into_fault(text.as_bytes()))?;
    specs.into_specs()
}

/// The nodes of a file, or of several in a row.
struct SpecFile {
    reader: NodeReader,
    origin: Origin,
    node: Node,
    specs: usize,
    roots: Vec<(DagHash, String)>,
}

impl SpecFile {
    fn new(origin: OriginTexts<'_>) -> Self {
        let mut reader = NodeReader::default();
        let origin = reader.origin(SourceKind::SpecFile, origin.columns());
        Self {
            reader,
            origin,
            node: Node::default(),
            specs: 0,
            roots: Vec::new(),
        }
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
        self.reader
            .push(&self.node, hash, self.origin, available && *is_first);
        if *is_first {
            self.roots.push((hash, String::new()));
        }
        *is_first = false;
        self.specs += 1;
        Ok(())
    }

    fn into_specs(self) -> Result<SpecsRead, Fault> {
        if self.specs == 0 {
            return Err(Fault::at(
                "spec",
                FaultKind::WrongLength {
                    expected: 1,
                    found: 0,
                },
            ));
        }
        Ok(SpecsRead {
            rows: self.reader.into_rows(),
            format: Format::SpecFile,
            roots: self.roots,
            specs: self.specs,
        })
    }
}
