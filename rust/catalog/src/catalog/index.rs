//! Bitset indexes: the specs that have a text in a column.

use std::sync::OnceLock;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::{Catalog, Column, IdSet};

/// The indexes of a catalog, each built at the first question that needs it.
#[derive(Debug, Default)]
pub struct Indexes {
    columns: [OnceLock<Vec<IdSet>>; Column::COUNT],
    labels: OnceLock<Vec<IdSet>>,
    systems: OnceLock<Vec<IdSet>>,
    listings: OnceLock<HashMap<(u32, u32), IdSet, FxBuildHasher>>,
}

impl Indexes {
    /// For each text of `column` the specs that have it.
    ///
    /// A content column refers to the content that the catalog gives the spec, `Tag` and `Source`
    /// to any row of the spec. O(r) once for r rows.
    pub fn column<'c>(&'c self, catalog: &'c Catalog, column: Column) -> &'c [IdSet] {
        self.columns[column as usize].get_or_init(|| {
            let mut specs_of = vec![Vec::new(); catalog.names(column).len()];
            for (spec, rows) in catalog.specs() {
                let rows = if Column::CONTENT.contains(&column) {
                    &rows[..1]
                } else {
                    rows
                };
                for row in rows {
                    push_once(&mut specs_of[row.id(column) as usize], spec);
                }
            }
            specs_of.into_iter().map(IdSet::from_ascending).collect()
        })
    }

    /// For each system the specs that are built for it, external or not.
    pub fn systems<'c>(&'c self, catalog: &'c Catalog) -> &'c [IdSet] {
        self.systems.get_or_init(|| {
            let mut specs_of = vec![Vec::new(); catalog.systems().len()];
            for spec in 0..catalog.len() as u32 {
                specs_of[catalog.system_of(spec) as usize].push(spec);
            }
            specs_of.into_iter().map(IdSet::from_ascending).collect()
        })
    }

    /// For each stack label the specs that it lists in any snapshot.
    pub fn labels<'c>(&'c self, catalog: &'c Catalog) -> &'c [IdSet] {
        self.labels.get_or_init(|| {
            let mut specs_of = vec![Vec::new(); catalog.labels().len()];
            for (spec, rows) in catalog.specs() {
                for &label in rows.iter().flat_map(|row| catalog.labels_of(row)) {
                    push_once(&mut specs_of[label as usize], spec);
                }
            }
            specs_of.into_iter().map(IdSet::from_ascending).collect()
        })
    }

    /// The specs that the stack `label` lists in the snapshot `tag`; `None` if there are none.
    pub fn listing<'c>(&'c self, catalog: &'c Catalog, tag: u32, label: u32) -> Option<&'c IdSet> {
        let listings = self.listings.get_or_init(|| {
            let mut specs_of: HashMap<(u32, u32), Vec<u32>, FxBuildHasher> = HashMap::default();
            for (spec, rows) in catalog.specs() {
                for row in rows {
                    for &label in catalog.labels_of(row) {
                        let listing = (row.id(Column::Tag), label);
                        push_once(specs_of.entry(listing).or_default(), spec);
                    }
                }
            }
            specs_of
                .into_iter()
                .map(|(listing, specs)| (listing, IdSet::from_ascending(specs)))
                .collect()
        });
        listings.get(&(tag, label))
    }
}

/// Adds `spec` unless it was the last to be added; specs come in ascending order.
fn push_once(specs: &mut Vec<u32>, spec: u32) {
    if specs.last() != Some(&spec) {
        specs.push(spec);
    }
}
