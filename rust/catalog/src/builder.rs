//! From rows in any order to a catalog.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::catalog::Tables;
use crate::edge::{Edge, EdgeColumn};
use crate::names::{NameInterner, Names};
use crate::row::EdgeSpan;
use crate::{Catalog, Column, Row, newest_first};

/// Gathers rows; the order in which they come leaves no trace in the catalog.
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
    interners: [NameInterner; Column::COUNT],
    edge_interners: [NameInterner; EdgeColumn::COUNT],
    rows: Vec<Row>,
    edges: Vec<Edge>,
}

impl CatalogBuilder {
    /// A builder without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number, in this builder, of `text` in `column`. Expected O(length).
    pub fn intern(&mut self, column: Column, text: &str) -> u32 {
        self.interners[column as usize].intern(text)
    }

    /// The number, in this builder, of `text` in a column of edges.
    pub fn intern_edge(&mut self, column: EdgeColumn, text: &str) -> u32 {
        self.edge_interners[column as usize].intern(text)
    }

    /// Adds a row whose numbers come from [`intern`](Self::intern) of this builder and
    /// whose file does not tell dependencies.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a row with its dependencies, whose numbers come from
    /// [`intern_edge`](Self::intern_edge) of this builder.
    pub fn push_with_edges(&mut self, mut row: Row, edges: &[Edge]) {
        row.set_edges(Some(EdgeSpan {
            start: self.edges.len() as u32,
            len: edges.len() as u32,
        }));
        self.edges.extend_from_slice(edges);
        self.rows.push(row);
    }

    /// How many rows were pushed.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row was pushed.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds all rows of another builder.
    #[must_use]
    pub fn absorb(mut self, other: Self) -> Self {
        if self.rows.len() < other.rows.len() {
            return other.absorb(self);
        }
        if self.rows.is_empty() {
            return self;
        }
        let renumbering = Renumbering {
            rows: Column::ALL.map(|column| {
                let names = &other.interners[column as usize];
                let ids = 0..names.len() as u32;
                ids.map(|id| self.intern(column, names.get(id))).collect()
            }),
            edges: EdgeColumn::ALL.map(|column| {
                let names = &other.edge_interners[column as usize];
                let ids = 0..names.len() as u32;
                ids.map(|id| self.intern_edge(column, names.get(id)))
                    .collect()
            }),
        };
        let shift = self.edges.len() as u32;
        self.rows.extend(other.rows.iter().map(|row| {
            let mut row = renumbering.row(row);
            row.set_edges(row.edges().map(|span| EdgeSpan {
                start: span.start + shift,
                len: span.len,
            }));
            row
        }));
        let edges = other.edges.iter().map(|edge| renumbering.edge(edge));
        self.edges.extend(edges);
        self
    }

    /// Adds all rows of a catalog. `rename` gives each of its caches a new text.
    pub fn absorb_catalog(&mut self, catalog: &Catalog, rename: impl Fn(&str) -> String) {
        let renumbering = Renumbering {
            rows: Column::ALL.map(|column| {
                let names = catalog.names(column).iter();
                match column {
                    Column::Cache => names
                        .map(|cache| self.intern(column, &rename(cache)))
                        .collect(),
                    _ => names.map(|name| self.intern(column, name)).collect(),
                }
            }),
            edges: EdgeColumn::ALL.map(|column| {
                let names = catalog.edge_names(column).iter();
                names.map(|name| self.intern_edge(column, name)).collect()
            }),
        };
        for row in catalog.rows() {
            let mut renumbered = renumbering.row(row);
            let start = self.edges.len() as u32;
            if let Some(dependencies) = catalog.dependencies_of(row) {
                let edges = dependencies.iter().map(|dependency| {
                    renumbering.edge(&Edge {
                        name: dependency.name,
                        child: catalog.node_hash(dependency.child),
                        types: dependency.types,
                        virtuals: dependency.virtuals,
                    })
                });
                self.edges.extend(edges);
                let len = dependencies.len() as u32;
                renumbered.set_edges(Some(EdgeSpan { start, len }));
            }
            self.rows.push(renumbered);
        }
    }

    /// Sorts the names and the rows and derives the catalog.
    ///
    /// O(r log r + e log d) for r rows, e edges and d dependencies a spec, on all cores.
    pub fn finish(self) -> Catalog {
        let Self {
            interners,
            edge_interners,
            mut rows,
            mut edges,
        } = self;
        let mut tables = Tables::default();
        let mut renumbering = Renumbering::default();
        for column in Column::ALL {
            let compare: fn(&str, &str) -> Ordering = match column {
                Column::Tag => newest_first,
                _ => str::cmp,
            };
            let ids = rows.iter().map(|row| row.id(column));
            let (names, ids) = canonical(&interners[column as usize], ids, compare);
            tables.names[column as usize] = names;
            renumbering.rows[column as usize] = ids;
        }
        for column in EdgeColumn::ALL {
            let ids = edges.iter().map(|edge| match column {
                EdgeColumn::Name => edge.name,
                EdgeColumn::Virtuals => edge.virtuals,
            });
            let (names, ids) = canonical(&edge_interners[column as usize], ids, str::cmp);
            tables.edge_names[column as usize] = names;
            renumbering.edges[column as usize] = ids;
        }
        drop((interners, edge_interners));
        rows.par_iter_mut()
            .for_each(|row| *row = renumbering.row(row));
        edges
            .par_iter_mut()
            .for_each(|edge| *edge = renumbering.edge(edge));
        sort_edges(&rows, &mut edges);
        let list = |row: &Row| row.edges().map(|span| list_of(&edges, span));
        rows.par_sort_unstable_by(|a, b| a.compare(b).then_with(|| list(a).cmp(&list(b))));
        rows.dedup_by(|a, b| a.compare(b).is_eq() && list(a) == list(b));
        rows.shrink_to_fit();
        Catalog::from_sorted_rows(tables, rows, &edges)
    }
}

/// Brings the dependencies of each row into order: by name, then by hash.
fn sort_edges(rows: &[Row], edges: &mut [Edge]) {
    let mut spans: Vec<EdgeSpan> = rows.iter().filter_map(Row::edges).collect();
    spans.sort_unstable_by_key(|span| span.start);
    let mut rest = edges;
    let mut lists = Vec::with_capacity(spans.len());
    for span in spans {
        let (list, after) = rest.split_at_mut(span.len as usize);
        lists.push(list);
        rest = after;
    }
    lists.into_par_iter().for_each(<[Edge]>::sort_unstable);
}

fn list_of(edges: &[Edge], span: EdgeSpan) -> &[Edge] {
    let start = span.start as usize;
    &edges[start..start + span.len as usize]
}

/// The names that `ids` use, in order, and the new number of each old one.
///
/// A page that turned out to be damaged may have left names behind, which must not
/// show in the catalog.
fn canonical(
    interner: &NameInterner,
    ids: impl Iterator<Item = u32>,
    compare: fn(&str, &str) -> Ordering,
) -> (Names, Vec<u32>) {
    let mut used = vec![false; interner.len()];
    for id in ids {
        used[id as usize] = true;
    }
    let mut order = interner.sorted_by(compare);
    order.retain(|&id| used[id as usize]);
    Names::reordered(interner, &order)
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

    fn edge(&self, edge: &Edge) -> Edge {
        let id = |column: EdgeColumn, id: u32| self.edges[column as usize][id as usize];
        Edge {
            name: id(EdgeColumn::Name, edge.name),
            child: edge.child,
            types: edge.types,
            virtuals: id(EdgeColumn::Virtuals, edge.virtuals),
        }
    }
}
