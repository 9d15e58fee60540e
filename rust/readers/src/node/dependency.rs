//! The dependencies of a node.

use std::borrow::Cow;

use specplan_catalog::{DagHash, Edge, EdgeColumn, EdgeTypes, VIRTUALS_UNTOLD};

use super::{Node, NodeReader, checked, hash};
use crate::fault::FaultKind;
use crate::json::{Json, JsonError, JsonErrorKind, JsonResult, Seen};
use crate::names;

/// An edge while its object is being read.
#[derive(Default)]
struct PartialEdge {
    name: Option<u32>,
    /// The reference to the dependency, with its rank: the least wins.
    reference: Option<(u32, DagHash)>,
    types: EdgeTypes,
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
            let mut ahead = *json;
            if let Some(edge) = self.published_dependency(&mut ahead) {
                node.edges.push(edge);
                *json = ahead;
                return Ok(());
            }
            let mut edge = PartialEdge::default();
            self.dependency(json, &mut edge)?;
            node.edges.push(self.completed(json, &edge)?);
            Ok(())
        })
    }

    /// Takes a dependency that is spelt as today's Spack writes it, key by key. Most of
    /// an index are such dependencies; whatever is spelt otherwise is left to
    /// [`dependency`](Self::dependency), which gives the same for both.
    fn published_dependency(&mut self, json: &mut Json<'_>) -> Option<Edge> {
        json.literal(b"{\"name\":\"").then_some(())?;
        let name = json.plain_rest()?;
        json.literal(b",\"hash\":\"").then_some(())?;
        let child = DagHash::parse(json.plain_rest()?).ok()?;
        json.literal(b",\"parameters\":{\"deptypes\":[")
            .then_some(())?;
        let types = written_types(json)?;
        json.literal(b",\"virtuals\":[").then_some(())?;
        let virtuals = if json.literal(b"]") {
            ""
        } else {
            json.literal(b"\"").then_some(())?;
            let one = json.plain_rest()?;
            json.literal(b"]").then_some(())?;
            one
        };
        json.literal(b"}}").then_some(())?;
        Some(Edge {
            name: self.edge_text(EdgeColumn::Name, name)?,
            child,
            types,
            virtuals: self.edge_text(EdgeColumn::Virtuals, virtuals)?,
        })
    }

    /// The number of a name on an edge, if it is one; virtual packages may be none.
    fn edge_text(&mut self, column: EdgeColumn, text: &str) -> Option<u32> {
        if text.is_empty() && column == EdgeColumn::Virtuals {
            return Some(self.no_virtuals);
        }
        let is_name = names::package(text).is_ok();
        is_name.then(|| self.rows.intern_edge(column, text))
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
                    edge.types = types(json)?;
                    Ok(())
                }
                "parameters" => {
                    seen.once(json, PARAMETERS)?;
                    json.object(|json, key| match key {
                        "deptypes" => {
                            seen.once(json, TYPES)?;
                            edge.types = types(json)?;
                            Ok(())
                        }
                        "virtuals" => {
                            seen.once(json, VIRTUALS)?;
                            edge.virtuals = Some(self.virtuals(json)?);
                            Ok(())
                        }
                        _ => json.skip().map(drop),
                    })
                }
                _ => json.skip().map(drop),
            }
        })
    }

    fn completed(&mut self, json: &Json<'_>, edge: &PartialEdge) -> JsonResult<Edge> {
        let virtuals = match edge.virtuals {
            Some(virtuals) => virtuals,
            None if edge.is_old => self.rows.intern_edge(EdgeColumn::Virtuals, VIRTUALS_UNTOLD),
            None => self.no_virtuals,
        };
        let reference = edge
            .reference
            .ok_or_else(|| JsonError::missing(json, "hash"));
        Ok(Edge {
            name: edge.name.ok_or_else(|| JsonError::missing(json, "name"))?,
            child: reference?.1,
            types: edge.types,
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
        let mut edge = self.completed(json, &edge)?;
        edge.types = EdgeTypes::BUILD_SPEC;
        node.edges.push(edge);
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

/// The types of a dependency up to the end of their list, if they are spelt as Spack
/// writes them.
fn written_types(json: &mut Json<'_>) -> Option<EdgeTypes> {
    let mut types = EdgeTypes::default();
    if json.literal(b"]") {
        return Some(types);
    }
    loop {
        let one = if json.literal(b"\"build\"") {
            EdgeTypes::BUILD
        } else if json.literal(b"\"link\"") {
            EdgeTypes::LINK
        } else if json.literal(b"\"run\"") {
            EdgeTypes::RUN
        } else if json.literal(b"\"test\"") {
            EdgeTypes::TEST
        } else {
            return None;
        };
        types = types | one;
        if json.literal(b"]") {
            return Some(types);
        }
        json.literal(b",").then_some(())?;
    }
}
