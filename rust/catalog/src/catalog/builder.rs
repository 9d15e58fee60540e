//! From rows in any order to a catalog.

use std::borrow::Cow;
use std::cmp::Ordering;

use rayon::prelude::*;

use crate::catalog::Tables;
use crate::edge::{EdgeColumn, RecordedEdge};
use crate::names::{NameInterner, Names};
use crate::row::EdgeSpan;
use crate::{Catalog, Column, DagHash, Row, newest_first};

/// Collects rows; their order leaves no trace in the catalog.
///
/// ```
/// use specplan_catalog::{CatalogBuilder, Column, Row, SourceKind};
/// let mut builder = CatalogBuilder::new();
/// let texts = |column| match column {
///     Column::Package => "zlib",
///     Column::Version => "1.3.1",
///     Column::Stacks => "e4s\nroot",
///     _ => "-",
/// };
/// let ids = Column::ALL.map(|column| builder.intern(column, texts(column)));
/// let hash = "36c47octke23tog3tjpjamxsrop4btuz".parse()?;
/// builder.push(Row::new(hash, SourceKind::Page, true, ids));
/// let catalog = builder.finish();
/// assert_eq!(catalog.len(), 1);
/// assert_eq!(catalog.text(0, Column::Package), "zlib");
/// # Ok::<(), specplan_catalog::ParseHashError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CatalogBuilder {
    own: Part,
    /// The content of other builders, with numbers of its own.
    absorbed: Vec<Part>,
}

/// Rows that share a numbering.
#[derive(Clone, Debug, Default)]
struct Part {
    interners: [NameInterner; Column::COUNT],
    edge_interners: [NameInterner; EdgeColumn::COUNT],
    rows: Vec<Row>,
    edges: Vec<RecordedEdge>,
}

impl CatalogBuilder {
    /// A builder without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number, in this builder, of `text` in `column`. Expected O(length).
    pub fn intern(&mut self, column: Column, text: &str) -> u32 {
        self.own.interners[column as usize].intern(text)
    }

    /// The number of `text` in `column`, if this builder has met it. Expected O(length).
    pub fn find(&self, column: Column, text: &str) -> Option<u32> {
        self.own.interners[column as usize].find(text)
    }

    /// The number, in this builder, of `text` in a column of edges.
    pub fn intern_edge(&mut self, column: EdgeColumn, text: &str) -> u32 {
        self.own.edge_interners[column as usize].intern(text)
    }

    /// The number of `text` in a column of edges, if this builder has met it.
    pub fn find_edge(&self, column: EdgeColumn, text: &str) -> Option<u32> {
        self.own.edge_interners[column as usize].find(text)
    }

    /// Adds a row whose numbers come from [`intern`](Self::intern) of this builder and
    /// whose file does not record dependencies.
    pub fn push(&mut self, row: Row) {
        self.own.rows.push(row);
    }

    /// Adds a row with its dependencies, whose numbers come from
    /// [`intern_edge`](Self::intern_edge) of this builder.
    pub fn push_with_edges(&mut self, mut row: Row, edges: &[RecordedEdge]) {
        row.set_edges(Some(EdgeSpan {
            start: self.own.edges.len() as u32,
            len: edges.len() as u32,
        }));
        self.own.edges.extend_from_slice(edges);
        self.own.rows.push(row);
    }

    /// Adds a row with the dependencies of an earlier one, by its place among the rows that were
    /// pushed. They are kept once.
    ///
    /// # Panics
    ///
    /// If fewer rows were pushed.
    pub fn push_with_edges_of(&mut self, mut row: Row, earlier: usize) {
        row.set_edges(self.own.rows[earlier].edges());
        self.own.rows.push(row);
    }

    /// The number of rows that were pushed.
    pub fn len(&self) -> usize {
        let parts = std::iter::once(&self.own).chain(&self.absorbed);
        parts.map(|part| part.rows.len()).sum()
    }

    /// Returns whether no row was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds all rows of another builder. They keep their numbers until
    /// [`finish`](Self::finish), so this takes no time.
    #[must_use]
    pub fn absorb(mut self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        let parts = std::iter::once(other.own).chain(other.absorbed);
        self.absorbed
            .extend(parts.filter(|part| !part.rows.is_empty()));
        self
    }

    /// Adds all rows of a catalog. `rename` gives each text of a column its new one.
    pub fn absorb_catalog(
        &mut self,
        catalog: &Catalog,
        rename: impl for<'n> Fn(Column, &'n str) -> Cow<'n, str>,
    ) {
        let renumbering = self.renumbering(catalog, rename);
        for row in catalog.rows() {
            self.push_of(catalog, &renumbering, row, renumbering.row(row));
        }
    }

    /// Adds all rows of a catalog; only those of some specs stay binaries.
    pub(crate) fn absorb_binaries(
        &mut self,
        catalog: &Catalog,
        is_binary: impl Fn(DagHash) -> bool,
    ) {
        let renumbering = self.renumbering(catalog, |_, text| Cow::Borrowed(text));
        for row in catalog.rows() {
            let mut renumbered = renumbering.row(row);
            if !is_binary(row.hash()) {
                renumbered.set_unavailable();
            }
            self.push_of(catalog, &renumbering, row, renumbered);
        }
    }

    /// Adds all rows of a catalog; for specs that `newer` describes, with the content from `newer`.
    pub(crate) fn absorb_with_content(&mut self, catalog: &Catalog, newer: &Catalog) {
        let own = self.renumbering(catalog, |_, text| Cow::Borrowed(text));
        let others = self.renumbering(newer, |_, text| Cow::Borrowed(text));
        for row in catalog.rows() {
            let mut renumbered = own.row(row);
            let Some(spec) = newer.find(row.hash()) else {
                self.push_of(catalog, &own, row, renumbered);
                continue;
            };
            let from = &newer.rows_of(spec)[0];
            let content = others.row(from);
            for column in Column::CONTENT {
                renumbered.set_id(column, content.id(column));
            }
            self.push_of(newer, &others, from, renumbered);
        }
    }

    /// Numbers the names of a catalog in this builder.
    fn renumbering(
        &mut self,
        catalog: &Catalog,
        rename: impl for<'n> Fn(Column, &'n str) -> Cow<'n, str>,
    ) -> Renumbering {
        Renumbering {
            rows: Column::ALL.map(|column| {
                let names = catalog.names(column).iter();
                names
                    .map(|name| self.intern(column, &rename(column, name)))
                    .collect()
            }),
            edges: EdgeColumn::ALL.map(|column| {
                let names = catalog.edge_names(column).iter();
                names.map(|name| self.intern_edge(column, name)).collect()
            }),
        }
    }

    /// Adds a row with the dependencies of a row of a catalog.
    fn push_of(
        &mut self,
        catalog: &Catalog,
        renumbering: &Renumbering,
        from: &Row,
        mut renumbered: Row,
    ) {
        let start = self.own.edges.len() as u32;
        renumbered.set_edges(None);
        if let Some(dependencies) = catalog.dependencies_of(from) {
            let edges = dependencies.iter().map(|dependency| {
                renumbering.edge(&RecordedEdge {
                    name: dependency.name,
                    child: catalog.node_hash(dependency.child),
                    types: dependency.types,
                    virtuals: dependency.virtuals,
                })
            });
            self.own.edges.extend(edges);
            let len = dependencies.len() as u32;
            renumbered.set_edges(Some(EdgeSpan { start, len }));
        }
        self.own.rows.push(renumbered);
    }

    /// Sorts the names and the rows and derives the catalog.
    ///
    /// O(r log r + e log d) for r rows, e edges and d dependencies a spec, on all cores.
    pub fn finish(self) -> Catalog {
        let mut parts = self.absorbed;
        parts.insert(0, self.own);
        let mut tables = Tables::default();
        let renumberings = canonical(&parts, &mut tables);
        let mut rows = Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum());
        let mut edges = Vec::with_capacity(parts.iter().map(|part| part.edges.len()).sum());
        for (part, renumbering) in parts.into_iter().zip(&renumberings) {
            let shift = edges.len() as u32;
            rows.par_extend(part.rows.par_iter().map(|row| {
                let mut row = renumbering.row(row);
                row.set_edges(row.edges().map(|span| EdgeSpan {
                    start: span.start + shift,
                    len: span.len,
                }));
                row
            }));
            edges.par_extend(part.edges.par_iter().map(|edge| renumbering.edge(edge)));
        }
        sort_edges(&rows, &mut edges);
        let rows = sorted(&rows, &edges);
        Catalog::from_sorted_rows(tables, rows, &edges)
    }
}

/// The rows in order, each once.
fn sorted(rows: &[Row], edges: &[RecordedEdge]) -> Vec<Row> {
    // Rows of one account share their span, and need not be compared edge by edge.
    let by_edges = |a: &Row, b: &Row| match (a.edges(), b.edges()) {
        (a, b) if a == b => Ordering::Equal,
        (a, b) => a
            .map(|span| list_of(edges, span))
            .cmp(&b.map(|span| list_of(edges, span))),
    };
    // Rows are large and nearly all have different hashes: the heads of the hashes are sorted
    // instead, and rows are compared only if two heads are equal.
    let heads = rows.par_iter().enumerate();
    let mut order: Vec<(u64, u32)> = heads
        .map(|(index, row)| (row.hash().head(), index as u32))
        .collect();
    order.par_sort_unstable_by(|&(head_a, a), &(head_b, b)| {
        head_a.cmp(&head_b).then_with(|| {
            let (a, b) = (&rows[a as usize], &rows[b as usize]);
            a.compare(b).then_with(|| by_edges(a, b))
        })
    });
    let in_order = order.par_iter().map(|&(_, index)| rows[index as usize]);
    let mut rows: Vec<Row> = in_order.collect();
    rows.dedup_by(|a, b| a.compare(b).is_eq() && by_edges(a, b).is_eq());
    rows.shrink_to_fit();
    rows
}

/// Sorts the dependencies of each row by name, then by hash.
fn sort_edges(rows: &[Row], edges: &mut [RecordedEdge]) {
    let mut spans: Vec<EdgeSpan> = rows.iter().filter_map(Row::edges).collect();
    spans.sort_unstable_by_key(|span| (span.start, span.len));
    spans.dedup();
    let mut rest = edges;
    let mut lists = Vec::with_capacity(spans.len());
    for span in spans {
        let (list, after) = rest.split_at_mut(span.len as usize);
        lists.push(list);
        rest = after;
    }
    lists
        .into_par_iter()
        .for_each(<[RecordedEdge]>::sort_unstable);
}

fn list_of(edges: &[RecordedEdge], span: EdgeSpan) -> &[RecordedEdge] {
    let start = span.start as usize;
    &edges[start..start + span.len as usize]
}

/// Sorts the names that rows use and returns the new number of each old one, for each part.
///
/// A page that proved to be damaged may have left names behind, which must not appear in the
/// catalog.
fn canonical(parts: &[Part], tables: &mut Tables) -> Vec<Renumbering> {
    let used: Vec<Used> = parts.par_iter().map(Used::of).collect();
    let columns = Column::ALL.into_par_iter().map(|column| {
        let at = column as usize;
        let names = parts.iter().zip(&used);
        let names = names.map(|(part, used)| (&part.interners[at], &used.rows[at][..]));
        let compare: fn(&str, &str) -> Ordering = match column {
            Column::Tag => newest_first,
            _ => str::cmp,
        };
        merged(names, compare)
    });
    let columns: Vec<(Names, Vec<Vec<u32>>)> = columns.collect();
    let edge_columns = EdgeColumn::ALL.map(|column| {
        let at = column as usize;
        let names = parts.iter().zip(&used);
        let names = names.map(|(part, used)| (&part.edge_interners[at], &used.edges[at][..]));
        merged(names, str::cmp)
    });
    let mut renumberings: Vec<Renumbering> = Vec::new();
    renumberings.resize_with(parts.len(), Renumbering::default);
    for (at, (names, ids)) in columns.into_iter().enumerate() {
        tables.names[at] = names;
        for (renumbering, ids) in renumberings.iter_mut().zip(ids) {
            renumbering.rows[at] = ids;
        }
    }
    for (at, (names, ids)) in edge_columns.into_iter().enumerate() {
        tables.edge_names[at] = names;
        for (renumbering, ids) in renumberings.iter_mut().zip(ids) {
            renumbering.edges[at] = ids;
        }
    }
    renumberings
}

/// The names of a part that its rows and edges use.
struct Used {
    rows: [Vec<bool>; Column::COUNT],
    edges: [Vec<bool>; EdgeColumn::COUNT],
}

impl Used {
    fn of(part: &Part) -> Self {
        let mut rows = Column::ALL.map(|column| vec![false; part.interners[column as usize].len()]);
        for row in &part.rows {
            for column in Column::ALL {
                rows[column as usize][row.id(column) as usize] = true;
            }
        }
        let lens = EdgeColumn::ALL.map(|column| part.edge_interners[column as usize].len());
        let mut edges = lens.map(|len| vec![false; len]);
        for edge in &part.edges {
            edges[EdgeColumn::Name as usize][edge.name as usize] = true;
            edges[EdgeColumn::Virtuals as usize][edge.virtuals as usize] = true;
        }
        Self { rows, edges }
    }
}

/// The used names of all parts in order, and for each part the new number of each old one.
fn merged<'p>(
    parts: impl Iterator<Item = (&'p NameInterner, &'p [bool])>,
    compare: fn(&str, &str) -> Ordering,
) -> (Names, Vec<Vec<u32>>) {
    let mut together = NameInterner::default();
    let mut numbers: Vec<Vec<u32>> = parts
        .map(|(names, used)| {
            let ids = (0_u32..).zip(used);
            ids.map(|(id, &is_used)| {
                if is_used {
                    together.intern(names.get(id))
                } else {
                    0
                }
            })
            .collect()
        })
        .collect();
    let order = together.sorted_by(compare);
    let (names, renumbered) = Names::reordered(&together, &order);
    for number in numbers.iter_mut().flatten() {
        *number = renumbered
            .get(*number as usize)
            .copied()
            .unwrap_or_default();
    }
    (names, numbers)
}

/// The new number of each old one, by column.
#[derive(Default)]
struct Renumbering {
    rows: [Vec<u32>; Column::COUNT],
    edges: [Vec<u32>; EdgeColumn::COUNT],
}

impl Renumbering {
    fn row(&self, row: &Row) -> Row {
        let mut row = *row;
        for column in Column::ALL {
            row.set_id(column, self.rows[column as usize][row.id(column) as usize]);
        }
        row
    }

    fn edge(&self, edge: &RecordedEdge) -> RecordedEdge {
        let id = |column: EdgeColumn, id: u32| self.edges[column as usize][id as usize];
        RecordedEdge {
            name: id(EdgeColumn::Name, edge.name),
            child: edge.child,
            types: edge.types,
            virtuals: id(EdgeColumn::Virtuals, edge.virtuals),
        }
    }
}
