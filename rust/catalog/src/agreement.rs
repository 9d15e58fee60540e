//! Whether two sources say the same of a spec.

use crate::catalog::graph::VIRTUALS_NOT_RECORDED;
use crate::edge::{CatalogEdge, EdgeColumn};
use crate::edge_table::Dependencies;
use crate::{Catalog, Column, DagHash, Row, Snapshot, SourceKind};

/// The word for a spec's dependencies among the differing columns.
const DEPENDENCIES: &str = "dependencies";

/// A difference between two accounts of a spec: the name of the column, and both texts.
pub type Disagreement = (&'static str, String, String);

impl Catalog {
    /// The differences between this catalog and another about a spec that both know; `None` if one
    /// does not know it. A text that one of them does not record is not a difference.
    ///
    /// If dependencies differ, the texts are those of the first dependency that only one of them
    /// has. O(log n + d) for n specs and d dependencies.
    pub fn disagreements(&self, other: &Self, hash: DagHash) -> Option<Vec<Disagreement>> {
        let (ours, theirs) = (self.find(hash)?, other.find(hash)?);
        let recorded = |catalog: &Self, spec, column| {
            let text = catalog.text(spec, column);
            let is_recorded = match column {
                Column::Size => text != "-",
                Column::Compiler | Column::Namespace | Column::Recipe | Column::Provided => {
                    !text.is_empty()
                }
                _ => true,
            };
            is_recorded.then(|| text.to_owned())
        };
        let mut disagreements: Vec<Disagreement> = Column::CONTENT
            .into_iter()
            .filter_map(|column| {
                let (a, b) = (
                    recorded(self, ours, column)?,
                    recorded(other, theirs, column)?,
                );
                (a != b).then_some((column.name(), a, b))
            })
            .collect();
        if let (Some(a), Some(b)) = (self.dependencies(ours), other.dependencies(theirs)) {
            // Files that are too old to record virtual packages contradict none.
            let with_virtuals = self.records_virtuals(a) && other.records_virtuals(b);
            let (mut a, mut b) = (
                self.accounts(a, with_virtuals),
                other.accounts(b, with_virtuals),
            );
            a.sort_unstable();
            b.sort_unstable();
            if a != b {
                let only = |these: &[String], those: &[String]| {
                    let first = these.iter().find(|each| !those.contains(each));
                    first.cloned().unwrap_or_default()
                };
                disagreements.push((DEPENDENCIES, only(&a, &b), only(&b, &a)));
            }
        }
        Some(disagreements)
    }

    /// The pairs of rows of one hash that differ in their content, ordered by hash.
    ///
    /// A row is compared with the first row of its own snapshot, and that against
    /// the row that gives the spec its content. O(r s) for r rows and s snapshots.
    pub fn differing_rows(&self) -> Vec<(Row, Row)> {
        let mut differing = Vec::new();
        for (_, rows) in self.specs().filter(|(_, rows)| rows.len() > 1) {
            let mut firsts: Vec<&Row> = Vec::new();
            for row in rows {
                let same_snapshot = |first: &&Row| Snapshot::of(first) == Snapshot::of(row);
                let first = firsts.iter().copied().find(same_snapshot);
                if first.is_none() {
                    firsts.push(row);
                }
                let first = first.unwrap_or(&rows[0]);
                if !self.agree(first, row) {
                    differing.push((*first, *row));
                }
            }
        }
        differing
    }

    /// Returns whether two rows have the same content, as far as both record it.
    ///
    /// A text that a source does not know is not a difference. Pages record little and spell some
    /// of it in their own way, so only the columns that identify the build are compared with them.
    fn agree(&self, a: &Row, b: &Row) -> bool {
        let with_page = a.kind() != b.kind() && b.kind() == SourceKind::Page;
        let same = |column: &Column| {
            let (a, b) = (a.id(*column), b.id(*column));
            let is_not_recorded = |id| {
                let text = self.names(*column).get(id);
                match column {
                    Column::Size => text == "-",
                    Column::Compiler
                    | Column::Namespace
                    | Column::Recipe
                    | Column::Annotations
                    | Column::Provided => text.is_empty(),
                    _ => false,
                }
            };
            a == b || is_not_recorded(a) || is_not_recorded(b)
        };
        let columns = if with_page {
            &Column::CONTENT[..5]
        } else {
            &Column::CONTENT[..]
        };
        let edges = || match (self.dependencies_of(a), self.dependencies_of(b)) {
            (Some(a), Some(b)) => self.are_same_dependencies(a, b),
            _ => true,
        };
        columns.iter().all(same) && edges()
    }

    /// Returns whether two lists of dependencies of this catalog are the same, as far as both
    /// record them.
    pub(crate) fn are_same_dependencies(&self, a: Dependencies<'_>, b: Dependencies<'_>) -> bool {
        // Files that are too old to record virtual packages contradict none.
        let lacks_virtuals = || !self.records_virtuals(a) || !self.records_virtuals(b);
        let same = |(a, b): (CatalogEdge, CatalogEdge)| {
            (a.child, a.name, a.types) == (b.child, b.name, b.types)
        };
        a == b || (a.len() == b.len() && lacks_virtuals() && a.iter().zip(b).all(same))
    }

    fn records_virtuals(&self, dependencies: Dependencies<'_>) -> bool {
        let virtuals = |each: CatalogEdge| self.edge_names(EdgeColumn::Virtuals).get(each.virtuals);
        dependencies
            .iter()
            .all(|each| virtuals(each) != VIRTUALS_NOT_RECORDED)
    }

    /// Each dependency as text: name, hash, types and perhaps virtual packages.
    fn accounts(&self, dependencies: Dependencies<'_>, with_virtuals: bool) -> Vec<String> {
        let account = |each: CatalogEdge| {
            let name = self.edge_names(EdgeColumn::Name).get(each.name);
            let virtuals = self.edge_names(EdgeColumn::Virtuals).get(each.virtuals);
            let text = format!("{name} /{} {}", self.node_hash(each.child), each.types);
            if with_virtuals && !virtuals.is_empty() {
                return format!("{text} as {virtuals}");
            }
            text
        };
        dependencies.iter().map(account).collect()
    }
}
