//! A node exactly as today's Spack writes it.
//!
//! Nearly all nodes of an index are like this. Their members come in one order and without white
//! space, so they are stepped over as literals; other spellings are left to the general reader,
//! which returns the same for both.

use specplan_catalog::{Column, EdgeColumn};

use super::{Key, Node, NodeReader};
use crate::json::{Json, Seen};
use crate::names;

impl NodeReader {
    /// Reads a node; `None`, with `node` unspecified, if it must be read again.
    pub(super) fn published(&mut self, json: &mut Json<'_>, node: &mut Node) -> Option<Seen> {
        let mut seen = Seen::default();
        let mut once = |json: &Json<'_>, key: Key| seen.once(json, key as u32).ok();
        json.literal(b"{\"name\":\"").then_some(())?;
        self.text_of(json, node, Column::Package)?;
        once(json, Key::Name)?;
        json.literal(b",\"version\":\"").then_some(())?;
        self.text_of(json, node, Column::Version)?;
        once(json, Key::Version)?;
        json.literal(b",\"arch\":").then_some(())?;
        self.architecture(json, node).ok()?;
        once(json, Key::Arch)?;
        json.literal(b",\"namespace\":\"").then_some(())?;
        self.text_of(json, node, Column::Namespace)?;
        once(json, Key::Namespace)?;
        json.literal(b",\"parameters\":").then_some(())?;
        self.parameters(json, node).ok()?;
        once(json, Key::Parameters)?;
        if json.literal(b",\"patches\":") {
            json.skip().ok()?;
        }
        json.literal(b",\"package_hash\":\"").then_some(())?;
        self.text_of(json, node, Column::Recipe)?;
        once(json, Key::Recipe)?;
        if json.literal(b",\"provided_virtuals\":") {
            self.provided_virtuals(json, node).ok()?;
            once(json, Key::Provided)?;
        }
        if json.literal(b",\"dependencies\":[") {
            self.published_dependencies(json, node)?;
            once(json, Key::Dependencies)?;
        }
        if json.literal(b",\"annotations\":") {
            self.annotations(json, node).ok()?;
            once(json, Key::Annotations)?;
        }
        json.literal(b",\"hash\":\"").then_some(())?;
        node.hash = Some(json.hash_rest()?);
        once(json, Key::Hash)?;
        json.literal(b"}").then_some(seen)
    }

    /// Takes the rest of a text as the node's in `column`. The content of the column was checked.
    fn text_of(&mut self, json: &mut Json<'_>, node: &mut Node, column: Column) -> Option<()> {
        let text = json.plain_rest()?;
        let known = self.rows.find(column, text).filter(|_| !text.is_empty());
        node.ids[column as usize] = if let Some(known) = known {
            known
        } else {
            let checked = match column {
                Column::Package => names::package(text),
                _ => names::printable(text, "text"),
            };
            self.rows.intern(column, checked.ok()?)
        };
        Some(())
    }

    /// Takes the rest of the list of dependencies.
    fn published_dependencies(&mut self, json: &mut Json<'_>, node: &mut Node) -> Option<()> {
        loop {
            json.literal(b"{\"name\":\"").then_some(())?;
            let name = json.plain_rest()?;
            let known = self.rows.find_edge(EdgeColumn::Name, name);
            let name = if let Some(known) = known {
                known
            } else {
                let name = names::package(name).ok()?;
                self.rows.intern_edge(EdgeColumn::Name, name)
            };
            json.literal(b",\"hash\":\"").then_some(())?;
            let child = json.hash_rest()?;
            json.literal(b",\"parameters\":").then_some(())?;
            let edge = self.edge_parameters(json, name, child)?;
            node.edges.push(edge);
            json.literal(b"}").then_some(())?;
            if !json.literal(b",") {
                return json.literal(b"]").then_some(());
            }
        }
    }
}
