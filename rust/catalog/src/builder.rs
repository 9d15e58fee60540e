//! From rows in any order to a catalog.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::names::{NameInterner, Names};
use crate::{Catalog, Column, Row, newest_first};

/// Gathers rows; the order in which they come leaves no trace in the catalog.
///
/// ```
/// use specplan_catalog::{CatalogBuilder, Column, Row};
/// let mut builder = CatalogBuilder::new();
/// let texts = ["develop", "zlib", "1.3.1", "linux", "ubuntu24.04", "zen4", "gcc@13.2.0", "+pic", "-", "zlib.md", "pages", "e4s\nroot"];
/// let ids = std::array::from_fn(|index| builder.intern(Column::ALL[index], texts[index]));
/// builder.push(Row::new("36c47octke23tog3tjpjamxsrop4btuz".parse()?, ids));
/// let catalog = builder.finish();
/// assert_eq!(catalog.len(), 1);
/// assert_eq!(catalog.text(0, Column::Package), "zlib");
/// # Ok::<(), specplan_catalog::ParseHashError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CatalogBuilder {
    interners: [NameInterner; Column::COUNT],
    rows: Vec<Row>,
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

    /// Adds a row whose numbers come from [`intern`](Self::intern) of this builder.
    pub fn push(&mut self, row: Row) {
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
        let renumbered = Column::ALL.map(|column| {
            let names = &other.interners[column as usize];
            (0..names.len() as u32)
                .map(|id| self.intern(column, names.get(id)))
                .collect()
        });
        self.rows.extend(renumber(&other.rows, &renumbered));
        self
    }

    /// Adds all rows of a catalog. `rename` gives each of its caches a new text.
    pub fn absorb_catalog(&mut self, catalog: &Catalog, rename: impl Fn(&str) -> String) {
        let renumbered = Column::ALL.map(|column| {
            let names = catalog.names(column).iter();
            match column {
                Column::Cache => names
                    .map(|cache| self.intern(column, &rename(cache)))
                    .collect(),
                _ => names.map(|name| self.intern(column, name)).collect(),
            }
        });
        self.rows.extend(renumber(catalog.rows(), &renumbered));
    }

    /// Sorts the names and the rows and derives the catalog.
    ///
    /// O(r log r) for r rows, on all cores.
    pub fn finish(self) -> Catalog {
        let Self {
            interners,
            mut rows,
        } = self;
        let mut names: [Names; Column::COUNT] = Default::default();
        let mut renumbered: [Vec<u32>; Column::COUNT] = Default::default();
        for column in Column::ALL {
            let interner = &interners[column as usize];
            let compare: fn(&str, &str) -> Ordering = match column {
                Column::Tag => newest_first,
                _ => str::cmp,
            };
            let mut order = interner.sorted_by(compare);
            let used = used(interner.len(), rows.iter().map(|row| row.id(column)));
            order.retain(|&id| used[id as usize]);
            (names[column as usize], renumbered[column as usize]) =
                Names::reordered(interner, &order);
        }
        drop(interners);
        rows.par_iter_mut().for_each(|row| {
            for column in Column::ALL {
                let id = renumbered[column as usize][row.id(column) as usize];
                row.set_id(column, id);
            }
        });
        rows.par_sort_unstable();
        rows.dedup();
        rows.shrink_to_fit();
        Catalog::from_sorted_rows(names, rows)
    }
}

/// Which of `len` names a row uses. A page that turned out to be damaged may
/// have left names behind, which must not show in the catalog.
fn used(len: usize, ids: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut used = vec![false; len];
    for id in ids {
        used[id as usize] = true;
    }
    used
}

fn renumber<'r>(
    rows: &'r [Row],
    renumbered: &'r [Vec<u32>; Column::COUNT],
) -> impl Iterator<Item = Row> + 'r {
    rows.iter().map(|row| {
        let mut row = *row;
        for column in Column::ALL {
            row.set_id(column, renumbered[column as usize][row.id(column) as usize]);
        }
        row
    })
}
