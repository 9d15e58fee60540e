//! Spack's annotations of a spec: the format that it was converted from, and its compiler then.

use specplan_catalog::Column;

use super::{CompilerPlace, Node, NodeReader};
use crate::json::{Json, JsonErrorKind, JsonResult, Seen};

/// The number of the annotations, and of the compiler if they record one.
pub(super) type Noted = (u32, Option<u32>);

impl NodeReader {
    /// Takes the annotations, which are the same text in most nodes of a file.
    pub(super) fn annotations(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        json.peek()?;
        let (annotations, compiler) = if let Some(noted) = self.annotations.take(json) {
            noted
        } else {
            let start = *json;
            let noted = self.new_annotations(json)?;
            self.annotations.keep(&start, json, noted);
            noted
        };
        node.ids[Column::Annotations as usize] = annotations;
        if let Some(compiler) = compiler.filter(|_| CompilerPlace::InAnnotations > node.compiler) {
            node.ids[Column::Compiler as usize] = compiler;
            node.compiler = CompilerPlace::InAnnotations;
        }
        Ok(())
    }

    /// The compiler has a column of its own; all else becomes one line each, by key.
    fn new_annotations(&mut self, json: &mut Json<'_>) -> JsonResult<Noted> {
        let mut notes: Vec<(String, String)> = Vec::new();
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
                _ => spelt_alike(json.skip()?),
            };
            notes.push((key.to_owned(), value));
            Ok(())
        })?;
        notes.sort_unstable();
        if notes.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(json.error(JsonErrorKind::Twice));
        }
        let lines: Vec<String> = notes
            .iter()
            .map(|(key, value)| format!("{key}={value}").replace(char::is_control, "?"))
            .collect();
        Ok((
            self.rows.intern(Column::Annotations, &lines.join("\n")),
            compiler,
        ))
    }
}

/// A value that is not text, in one canonical spelling whatever the file's white space, order of
/// members and escapes.
fn spelt_alike(value: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(value) {
        Ok(value) if value.is_object() || value.is_array() => value.to_string(),
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}
