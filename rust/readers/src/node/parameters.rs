//! Variants, patches and compiler flags, which stand together among the parameters.

use specplan_catalog::Column;

use super::{Node, NodeReader, texts};
use crate::fault::FaultKind;
use crate::json::{Json, JsonErrorKind, JsonResult, Seen};
use crate::variants;

/// The six kinds of compiler flags, which stand among the parameters.
const FLAGS: [&str; 6] = [
    "cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs",
];

/// The variant that names the source tree of a developed spec.
const DEVELOPED: &str = "dev_path";

impl NodeReader {
    pub(super) fn parameters(&mut self, json: &mut Json<'_>, node: &mut Node) -> JsonResult<()> {
        json.peek()?;
        let ids = if let Some(ids) = self.parameters.take(json) {
            ids
        } else {
            let start = *json;
            let ids = self.new_parameters(json)?;
            self.parameters.keep(&start, json, ids);
            ids
        };
        let columns = [Column::Variants, Column::Patches, Column::Flags];
        for (column, id) in columns.into_iter().zip(ids) {
            node.ids[column as usize] = id;
        }
        Ok(())
    }

    fn new_parameters(&mut self, json: &mut Json<'_>) -> JsonResult<[u32; 3]> {
        let mut canonical: Vec<(String, String)> = Vec::new();
        let mut patches = String::new();
        let mut flags: Vec<String> = Vec::new();
        let mut seen = Seen::default();
        json.object(|json, name| {
            if let Some(flag) = FLAGS.iter().position(|flag| *flag == name) {
                seen.once(json, flag as u32)?;
                let values = texts(json)?;
                if !values.is_empty() {
                    flags.push(format!("{name}={}", values.join("\t")));
                }
                return Ok(());
            }
            if !variants::is_name(name) {
                let kind = FaultKind::wrong_text("variant", name);
                return Err(json.error(JsonErrorKind::Value(kind)));
            }
            let text = match json.peek()? {
                b'[' => {
                    let values = texts(json)?.join(",");
                    if name == "patches" {
                        patches.clone_from(&values);
                    }
                    variants::valued("", name, &values).into_owned()
                }
                // An object is not one of the values that a variant may have.
                b'"' | b'{' => variants::valued("", name, &json.text()?).into_owned(),
                b't' | b'f' => {
                    let sigil = if json.boolean()? { '+' } else { '~' };
                    format!("{sigil}{name}")
                }
                // Hand-written files have numbers where Spack writes text.
                _ => format!("{name}={}", String::from_utf8_lossy(json.skip()?)),
            };
            if text.contains(char::is_control) {
                let kind = FaultKind::wrong_text("variant", &text);
                return Err(json.error(JsonErrorKind::Value(kind)));
            }
            canonical.push((name.to_owned(), text));
            Ok(())
        })?;
        canonical.sort_unstable();
        if canonical.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(json.error(JsonErrorKind::Twice));
        }
        let lines: Vec<&str> = canonical.iter().map(|(_, text)| text.as_str()).collect();
        flags.sort_unstable();
        let variants = self.rows.intern(Column::Variants, &lines.join("\n"));
        if canonical.iter().any(|(name, _)| name == DEVELOPED) {
            self.developed.insert(variants);
        }
        Ok([
            variants,
            self.rows.intern(Column::Patches, &patches),
            self.rows.intern(Column::Flags, &flags.join("\n")),
        ])
    }
}
