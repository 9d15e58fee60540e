//! Where the system provides a spec.

use specplan_catalog::Column;

use super::{Node, NodeReader, texts};
use crate::json::{Json, JsonResult};

impl NodeReader {
    /// A spec is external if the path of its external or a module is set.
    pub(super) fn external(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? != b'{' {
            return json.skip().map(drop);
        }
        let mut provided = String::new();
        json.object(|json, key| {
            match key.as_bytes() {
                b"path" => {
                    if let Some(path) = json.text_or_null()? {
                        provided = path.replace(char::is_control, "?");
                    }
                }
                b"module" | b"modules" => match json.peek()? {
                    b'"' => add_modules(&mut provided, &json.text()?),
                    b'[' => {
                        let modules = texts(json)?;
                        if !modules.is_empty() {
                            add_modules(&mut provided, &modules.join(","));
                        }
                    }
                    _ => drop(json.skip()?),
                },
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        node.is_external = !provided.is_empty();
        self.set(node, Column::External, &provided);
        Ok(())
    }
}

fn add_modules(provided: &mut String, modules: &str) {
    if !provided.is_empty() {
        provided.push(' ');
    }
    provided.push_str("module ");
    provided.push_str(&modules.replace(char::is_control, "?"));
}
