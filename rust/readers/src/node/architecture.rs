//! The system of a node, and its compiler where an old file tells it.

use std::borrow::Cow;

use specplan_catalog::Column;

use super::{Node, NodeReader, checked};
use crate::fault::FaultKind;
use crate::json::{Json, JsonErrorKind, JsonResult};
use crate::names;

impl NodeReader {
    pub(super) fn architecture(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut seen = 0_u32;
        json.object(|json, key| {
            let (column, expected) = match key.as_bytes() {
                b"platform" => (Column::Platform, "platform"),
                b"platform_os" => (Column::OperatingSystem, "operating system"),
                b"target" => (Column::Target, "target"),
                _ => return json.skip().map(drop),
            };
            if seen & 1 << column as u32 != 0 {
                return Err(json.error(JsonErrorKind::Twice));
            }
            seen |= 1 << column as u32;
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
            if seen & 1 << column as u32 == 0 {
                let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
                error.path.push(key.to_owned());
                return Err(error);
            }
        }
        Ok(())
    }

    pub(super) fn compiler(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? == b'n' {
            return json.skip().map(drop);
        }
        let (mut name, mut version) = (Cow::Borrowed(""), Cow::Borrowed(""));
        json.object(|json, key| {
            match key.as_bytes() {
                b"name" => name = json.text()?,
                b"version" => version = json.text()?,
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        self.set_compiler(json, node, &format!("{name}@{version}"))
    }

    fn set_compiler(&mut self, json: &Json<'_>, node: &mut Node, text: &str) -> JsonResult<()> {
        let text = text.replacen("@=", "@", 1);
        let text = checked(json, names::printable(&text, "compiler"))?;
        self.set(node, Column::Compiler, text);
        node.has_compiler = true;
        Ok(())
    }

    /// Files that Spack converted from an older format note the compiler beside the node.
    pub(super) fn annotations(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        json.object(|json, key| match key.as_bytes() {
            b"compiler" => match json.text_or_null()? {
                Some(compiler) => self.set_compiler(json, node, &compiler),
                None => Ok(()),
            },
            _ => json.skip().map(drop),
        })
    }
}

fn target_name<'j>(json: &mut Json<'j>) -> JsonResult<Cow<'j, str>> {
    let mut name = None;
    json.object(|json, key| {
        match key.as_bytes() {
            b"name" => name = Some(json.text()?),
            _ => drop(json.skip()?),
        }
        Ok(())
    })?;
    name.ok_or_else(|| {
        let mut error = json.error(JsonErrorKind::Value(FaultKind::MissingKey));
        error.path.push("name".to_owned());
        error
    })
}
