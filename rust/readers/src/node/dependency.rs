//! The dependencies of a node.

use std::borrow::Cow;

use specplan_catalog::{DagHash, EdgeColumn, EdgeTypes, RecordedEdge, VIRTUALS_NOT_RECORDED};

use super::{Node, NodeReader, checked, hash};
use crate::fault::FaultKind;
use crate::json::{Json, JsonError, JsonErrorKind, JsonResult, Seen};
use crate::names;
use crate::spelling;

/// An edge while its object is being read.
#[derive(Default)]
struct PartialEdge {
    name: Option<u32>,
    /// The reference to the dependency, with its rank: the least wins.
    reference: Option<(u32, DagHash)>,
    types: Option<EdgeTypes>,
    virtuals: Option<u32>,
    /// Whether the file is older than virtual packages on edges.
    is_old: bool,
}

impl PartialEdge {
    fn refer(&mut self, rank: u32, hash: DagHash) {
        if self.reference.is_none_or(|(other, _)| rank < other) {
            self.reference = Some((rank, hash));
        }
    }
}

/// Keys of a dependency that matter, behind the four that refer to it.
const NAME: u32 = 4;
const TYPES: u32 = 5;
const PARAMETERS: u32 = 6;
const VIRTUALS: u32 = 7;

impl NodeReader {
    pub(super) fn dependencies(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'{' {
            return json.object(|json, name| {
                let mut edge = self.edge_to(json, name)?;
                self.dependency(json, &mut edge)?;
                node.edges.push(self.completed(json, &edge)?);
                Ok(())
            });
        }
        json.list(|json, _| {
            let mut edge = PartialEdge::default();
            self.dependency(json, &mut edge)?;
            node.edges.push(self.completed(json, &edge)?);
            Ok(())
        })
    }

    /// Takes the `parameters` of a dependency, as today's Spack writes them.
    pub(super) fn edge_parameters(
        &mut self,
        json: &mut Json<'_>,
        name: u32,
        child: DagHash,
    ) -> Option<RecordedEdge> {
        let (types, virtuals) = if let Some(known) = self.edge_parameters.take(json) {
            known
        } else {
            let start = *json;
            let mut edge = PartialEdge::default();
            self.parameters_of(json, &mut edge, &mut Seen::default())
                .ok()?;
            let parameters = (edge.types?, edge.virtuals.unwrap_or(self.no_virtuals));
            self.edge_parameters.keep(&start, json, parameters);
            parameters
        };
        Some(RecordedEdge {
            name,
            child,
            types,
            virtuals,
        })
    }

    fn edge_to(&mut self, json: &Json<'_>, name: &str) -> JsonResult<PartialEdge> {
        let name = checked(json, names::package(name))?;
        Ok(PartialEdge {
            name: Some(self.rows.intern_edge(EdgeColumn::Name, name)),
            ..PartialEdge::default()
        })
    }

    fn dependency(&mut self, json: &mut Json<'_>, edge: &mut PartialEdge) -> JsonResult<()> {
        let mut seen = Seen::default();
        json.object(|json, key| {
            // The first of these, in this order, is the reference.
            let references = ["hash", "package_hash", "full_hash", "build_hash"];
            if let Some(rank) = references.iter().position(|reference| *reference == key) {
                let rank = rank as u32;
                seen.once(json, rank)?;
                edge.refer(rank, hash(json)?);
                return Ok(());
            }
            match key {
                "name" => {
                    seen.once(json, NAME)?;
                    let name = json.text()?;
                    let name = checked(json, names::package(&name))?;
                    edge.name = Some(self.rows.intern_edge(EdgeColumn::Name, name));
                    Ok(())
                }
                "type" => {
                    seen.once(json, TYPES)?;
                    edge.is_old = true;
                    edge.types = Some(types(json)?);
                    Ok(())
                }
                "parameters" => {
                    seen.once(json, PARAMETERS)?;
                    self.parameters_of(json, edge, &mut seen)
                }
                _ => spelling::skip(json, key, &["type", "parameters"]),
            }
        })
    }

    fn parameters_of(
        &mut self,
        json: &mut Json<'_>,
        edge: &mut PartialEdge,
        seen: &mut Seen,
    ) -> JsonResult<()> {
        json.object(|json, key| match key {
            "deptypes" => {
                seen.once(json, TYPES)?;
                edge.types = Some(types(json)?);
                Ok(())
            }
            "virtuals" => {
                seen.once(json, VIRTUALS)?;
                edge.virtuals = Some(self.virtuals(json)?);
                Ok(())
            }
            _ => spelling::skip(json, key, &["deptypes", "virtuals"]),
        })
    }

    fn completed(&mut self, json: &Json<'_>, edge: &PartialEdge) -> JsonResult<RecordedEdge> {
        let virtuals = match edge.virtuals {
            Some(virtuals) => virtuals,
            None if edge.is_old => self
                .rows
                .intern_edge(EdgeColumn::Virtuals, VIRTUALS_NOT_RECORDED),
            None => self.no_virtuals,
        };
        // Without its types, a dependency would pass for one that nothing needs.
        let types = edge
            .types
            .ok_or_else(|| JsonError::missing(json, "parameters.deptypes"));
        let reference = edge
            .reference
            .ok_or_else(|| JsonError::missing(json, "hash"));
        Ok(RecordedEdge {
            name: edge.name.ok_or_else(|| JsonError::missing(json, "name"))?,
            child: reference?.1,
            types: types?,
            virtuals,
        })
    }

    fn virtuals(&mut self, json: &mut Json<'_>) -> JsonResult<u32> {
        let mut joined = Cow::Borrowed("");
        json.list(|json, index| {
            let name = json.text()?;
            checked(json, names::package(&name))?;
            if index == 0 {
                joined = name;
            } else {
                let joined = joined.to_mut();
                joined.push(',');
                joined.push_str(&name);
            }
            Ok(())
        })?;
        Ok(self.rows.intern_edge(EdgeColumn::Virtuals, &joined))
    }

    pub(super) fn build_spec(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut edge = PartialEdge::default();
        self.dependency(json, &mut edge)?;
        edge.types = Some(EdgeTypes::BUILD_SPEC);
        node.edges.push(self.completed(json, &edge)?);
        Ok(())
    }
}

fn types(json: &mut Json<'_>) -> JsonResult<EdgeTypes> {
    let mut types = EdgeTypes::default();
    json.list(|json, _| {
        let name = json.text()?;
        types = types
            | match &*name {
                "link" => EdgeTypes::LINK,
                "run" => EdgeTypes::RUN,
                "build" => EdgeTypes::BUILD,
                "test" => EdgeTypes::TEST,
                other => {
                    let kind = FaultKind::wrong_text("dependency type", other);
                    return Err(json.error(JsonErrorKind::Value(kind)));
                }
            };
        Ok(())
    })?;
    Ok(types)
}
