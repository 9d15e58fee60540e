//! The path at which the system provides a spec.

use specplan_catalog::Column;

use super::{Node, NodeReader, texts};
use crate::json::{Json, JsonResult, Seen};

impl NodeReader {
    /// A spec is external if the path of its external or a module is set.
    pub(super) fn external(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        if json.peek()? != b'{' {
            return json.skip().map(drop);
        }
        let mut seen = Seen::default();
        let mut path = String::new();
        let mut modules = String::new();
        json.object(|json, key| {
            match key {
                "path" => {
                    seen.once(json, 0)?;
                    path = json.text_or_null()?.unwrap_or_default().into_owned();
                }
                // Its name changed over the years, and no file has both.
                "module" | "modules" => {
                    seen.once(json, 1)?;
                    modules = match json.peek()? {
                        b'"' => json.text()?.into_owned(),
                        b'[' => texts(json)?.join(","),
                        _ => json.skip().map(|_| String::new())?,
                    };
                }
                _ => drop(json.skip()?),
            }
            Ok(())
        })?;
        let mut provided = path;
        if !modules.is_empty() {
            let separator = if provided.is_empty() { "" } else { " " };
            provided.push_str(separator);
            provided.push_str("module ");
            provided.push_str(&modules);
        }
        node.is_external = !provided.is_empty();
        self.set(
            node,
            Column::External,
            &provided.replace(char::is_control, "?"),
        );
        Ok(())
    }
}
