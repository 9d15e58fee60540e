//! Spec files (`.spec.json`, blobs, `spack spec --json`) and what `spack find --json` prints.

use specplan_catalog::{DagHash, SourceKind};

use crate::database::is_wrapped;
use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::node::{Node, NodeReader, Origin};
use crate::specs::{Format, OriginTexts, SpecsRead};

/// The nodes of a file, or of several in a row.
pub(crate) struct SpecFile {
    reader: NodeReader,
    origin: Origin,
    node: Node,
    specs: usize,
    roots: Vec<(DagHash, String)>,
}

impl SpecFile {
    pub(crate) fn new(origin: OriginTexts<'_>) -> Self {
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

    /// Reads the value of `spec`. The first node is the root; if the file belongs to
    /// a build cache, that one is `available`.
    pub(crate) fn read(&mut self, json: &mut Json<'_>, available: bool) -> JsonResult<()> {
        let mut is_first = true;
        if json.peek()? == b'[' {
            return json.list(|json, _| self.node(json, available, &mut is_first));
        }
        let mut has_nodes = false;
        json.object(|json, key| match key {
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

    /// Reads a list of nodes.
    pub(crate) fn read_list(&mut self, json: &mut Json<'_>) -> JsonResult<()> {
        json.list(|json, _| self.node(json, false, &mut true))
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

    pub(crate) fn into_specs(self) -> Result<SpecsRead, Fault> {
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
