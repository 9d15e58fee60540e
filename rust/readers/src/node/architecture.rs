//! The system of a node, and its compiler where an old file records it.

use std::borrow::Cow;

use specplan_catalog::Column;

use super::{CompilerPlace, Node, NodeReader, checked};
use crate::json::{Json, JsonError, JsonResult, Seen};
use crate::names;

impl NodeReader {
    pub(super) fn architecture(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let columns = [Column::Platform, Column::OperatingSystem, Column::Target];
        json.peek()?;
        if let Some(ids) = self.architectures.take(json) {
            for (column, id) in columns.into_iter().zip(ids) {
                node.ids[column as usize] = id;
            }
            return Ok(());
        }
        let start = *json;
        self.new_architecture(json, node)?;
        let ids = columns.map(|column| node.ids[column as usize]);
        self.architectures.keep(&start, json, ids);
        Ok(())
    }

    fn new_architecture(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut seen = Seen::default();
        json.object(|json, key| {
            let (column, expected) = match key.as_bytes() {
                b"platform" => (Column::Platform, "platform"),
                b"platform_os" => (Column::OperatingSystem, "operating system"),
                b"target" => (Column::Target, "target"),
                _ => return json.skip().map(drop),
            };
            seen.once(json, column as u32)?;
            let name = if column == Column::Target && json.peek()? == b'{' {
                target_name(json)?
            } else {
                json.text()?
            };
            let name = checked(json, names::architecture(&name, expected))?;
            self.set(node, column, name);
            Ok(())
        })?;
        for (column, key) in [
            (Column::Platform, "platform"),
            (Column::OperatingSystem, "platform_os"),
            (Column::Target, "target"),
        ] {
            if !seen.has(column as u32) {
                return Err(JsonError::missing(json, key));
            }
        }
        Ok(())
    }

    pub(super) fn compiler(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'n' {
            return json.skip().map(drop);
        }
        let (mut name, mut version) = (None, None);
        let mut seen = Seen::default();
        json.object(|json, key| {
            match key {
                "name" => {
                    seen.once(json, 0)?;
                    name = Some(json.text()?);
                }
                "version" => {
                    seen.once(json, 1)?;
                    version = Some(json.text()?);
                }
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        let name = name.ok_or_else(|| JsonError::missing(json, "name"))?;
        let version = version.ok_or_else(|| JsonError::missing(json, "version"))?;
        let compiler = self.compiler_id(json, &format!("{name}@{version}"))?;
        node.ids[Column::Compiler as usize] = compiler;
        node.compiler = CompilerPlace::InPlace;
        Ok(())
    }

    /// The number of a compiler, however its version is spelt.
    pub(super) fn compiler_id(&mut self, json: &Json<'_>, text: &str) -> JsonResult<u32> {
        let text = text.replacen("@=", "@", 1);
        let text = checked(json, names::printable(&text, "compiler"))?;
        Ok(self.rows.intern(Column::Compiler, text))
    }
}

fn target_name<'j>(json: &mut Json<'j>) -> JsonResult<Cow<'j, str>> {
    let mut name = None;
    let mut seen = Seen::default();
    json.object(|json, key| {
        if key != "name" {
            return json.skip().map(drop);
        }
        seen.once(json, 0)?;
        name = Some(json.text()?);
        Ok(())
    })?;
    name.ok_or_else(|| JsonError::missing(json, "name"))
}
