//! The dependencies of a node.

use std::borrow::Cow;

use specplan_catalog::{DagHash, Edge, EdgeColumn, EdgeTypes, VIRTUALS_UNTOLD};

use super::{Node, NodeReader, checked, hash};
use crate::fault::FaultKind;
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::names;

/// An edge while its object is being read.
#[derive(Default)]
struct PartialEdge {
    name: Option<u32>,
    reference: Option<(u8, DagHash)>,
    types: EdgeTypes,
    virtuals: u32,
}

impl PartialEdge {
    fn refer(&mut self, preference: u8, hash: DagHash) {
        if self.reference.is_none_or(|(other, _)| preference < other) {
            self.reference = Some((preference, hash));
        }
    }

    fn complete(self, json: &Json<'_>) -> JsonResult<Edge> {
        let missing = |key: &str| {
            let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
            error.path.push(key.to_owned());
            error
        };
        Ok(Edge {
            name: self.name.ok_or_else(|| missing("name"))?,
            child: self.reference.ok_or_else(|| missing("hash"))?.1,
            types: self.types,
            virtuals: self.virtuals,
        })
    }
}

impl NodeReader {
    pub(super) fn dependencies(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'{' {
            return json.object(|json, name| {
                let mut edge = self.edge_to(json, name)?;
                self.dependency(json, &mut edge)?;
                node.edges.push(edge.complete(json)?);
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
            node.edges.push(edge.complete(json)?);
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
        edge.virtuals = self.no_virtuals;
        json.object(|json, key| {
            match key.as_bytes() {
                b"name" => {
                    let name = json.text()?;
                    let name = checked(json, names::package(&name))?;
                    edge.name = Some(self.rows.intern_edge(EdgeColumn::Name, name));
                }
                // The first of these, in this order, is the reference.
                b"hash" => edge.refer(0, hash(json)?),
                b"package_hash" => edge.refer(1, hash(json)?),
                b"full_hash" => edge.refer(2, hash(json)?),
                b"build_hash" => edge.refer(3, hash(json)?),
                // Files with this key are older than virtual packages on edges.
                b"type" => {
                    edge.types = types(json)?;
                    edge.virtuals = self.rows.intern_edge(EdgeColumn::Virtuals, VIRTUALS_UNTOLD);
                }
                b"parameters" => json.object(|json, key| {
                    match key.as_bytes() {
                        b"deptypes" => edge.types = types(json)?,
                        b"virtuals" => edge.virtuals = self.virtuals(json)?,
                        _ => drop(json.skip()?),
                    }
                    Ok(())
                })?,
                _ => drop(json.skip()?),
            }
            Ok(())
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
        let mut edge = edge.complete(json)?;
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
