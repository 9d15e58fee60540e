//! The virtual packages that a node provides, which nodes record from version 6 on.

use specplan_catalog::Column;

use super::{Node, NodeReader, checked};
use crate::json::{Json, JsonResult};
use crate::names;

impl NodeReader {
    /// Takes a list of names, each perhaps with versions: `["mpi@:3", "libgfortran@5"]`. The
    /// column has one a line, in order.
    pub(super) fn provided_virtuals(
        &mut self,
        json: &mut Json<'_>,
        node: &mut Node,
    ) -> JsonResult<()> {
        let mut provided = Vec::new();
        json.list(|json, _| {
            let text = json.text()?;
            let name = text.split_once('@').map_or(&*text, |(name, _)| name);
            checked(json, names::package(name))?;
            checked(json, names::printable(&text, "virtual package"))?;
            provided.push(text.into_owned());
            Ok(())
        })?;
        provided.sort_unstable();
        provided.dedup();
        self.set(node, Column::Provided, &provided.join("\n"));
        Ok(())
    }
}
