//! What Spack notes beside a spec: which format it was converted from, and its compiler then.

use specplan_catalog::Column;

use super::{Node, NodeReader, Told};
use crate::json::{Json, JsonResult, Seen};

/// The number of the annotations, and of the compiler if they tell one.
pub(super) type Noted = (u32, Option<u32>);

impl NodeReader {
    /// Takes the annotations, which are the same text in most nodes of a file.
    pub(super) fn annotations(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        let mut inside = *json;
        let raw = json.skip()?;
        let (annotations, compiler) = if let Some(&noted) = self.annotations.get(raw) {
            noted
        } else {
            let noted = self.new_annotations(&mut inside)?;
            self.annotations.insert(raw.into(), noted);
            noted
        };
        node.ids[Column::Annotations as usize] = annotations;
        if let Some(compiler) = compiler.filter(|_| Told::InAnnotations > node.compiler) {
            node.ids[Column::Compiler as usize] = compiler;
            node.compiler = Told::InAnnotations;
        }
        Ok(())
    }

    /// The compiler has a column of its own; all else becomes one line each, by key.
    fn new_annotations(&mut self, json: &mut Json<'_>) -> JsonResult<Noted> {
        let mut lines: Vec<String> = Vec::new();
        let mut compiler = None;
        let mut seen = Seen::default();
        json.object(|json, key| {
            if key == "compiler" {
                seen.once(json, 0)?;
                if let Some(text) = json.text_or_null()? {
                    compiler = Some(self.compiler_id(json, &text)?);
                }
                return Ok(());
            }
            let value = match json.peek()? {
                b'"' => json.text()?.into_owned(),
                _ => String::from_utf8_lossy(json.skip()?).into_owned(),
            };
            lines.push(format!("{key}={value}").replace(char::is_control, "?"));
            Ok(())
        })?;
        lines.sort_unstable();
        Ok((
            self.rows.intern(Column::Annotations, &lines.join("\n")),
            compiler,
        ))
    }
}
