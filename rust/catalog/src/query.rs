//! Queries as set algebra on the indexes.

use crate::{Catalog, Column, DagHash, IdSet};

/// A selection of specs.
///
/// Texts that no spec has select nothing; they are not an error here, because the same query may be
/// used on several catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// Every spec.
    All,
    /// The specs whose text in the column is one of these.
    Text(Column, Vec<String>),
    /// The specs that one of these stacks lists, in this snapshot or in any.
    Stack(Option<String>, Vec<String>),
    /// The specs with one of these hashes.
    Hash(Vec<DagHash>),
    /// The specs that all of these select; every spec if there are none.
    And(Vec<Self>),
    /// The specs that any of these selects; no spec if there are none.
    Or(Vec<Self>),
    /// The specs that this does not select.
    Not(Box<Self>),
}

impl Query {
    /// The specs of `catalog` that the query selects.
    ///
    /// ```
    /// use specplan_catalog::{CatalogBuilder, Query};
    /// assert!(Query::All.select(&CatalogBuilder::new().finish()).is_empty());
    /// ```
    pub fn select(&self, catalog: &Catalog) -> IdSet {
        let len = catalog.len() as u32;
        match self {
            Self::All => IdSet::full(len),
            Self::Text(column, texts) => {
                let index = catalog.indexes().column(catalog, *column);
                let ids = texts
                    .iter()
                    .filter_map(|text| catalog.names(*column).find(text));
                union(ids.map(|id| &index[id as usize]))
            }
            Self::Stack(None, labels) => {
                let index = catalog.indexes().labels(catalog);
                let ids = labels
                    .iter()
                    .filter_map(|label| catalog.labels().find(label));
                union(ids.map(|id| &index[id as usize]))
            }
            Self::Stack(Some(tag), labels) => {
                let Some(tag) = catalog.names(Column::Tag).find(tag) else {
                    return IdSet::new();
                };
                let ids = labels
                    .iter()
                    .filter_map(|label| catalog.labels().find(label));
                union(ids.filter_map(|label| catalog.indexes().listing(catalog, tag, label)))
            }
            Self::Hash(hashes) => hashes
                .iter()
                .filter_map(|&hash| catalog.find(hash))
                .collect(),
            Self::And(queries) => {
                let mut parts = queries.iter();
                let first = parts
                    .next()
                    .map_or_else(|| IdSet::full(len), |query| query.select(catalog));
                parts.fold(first, |mut selected, query| {
                    // An empty set stays empty, so the more expensive parts are skipped.
                    if !selected.is_empty() {
                        match query {
                            Self::Not(excluded) => selected -= &excluded.select(catalog),
                            other => selected &= &other.select(catalog),
                        }
                    }
                    selected
                })
            }
            Self::Or(queries) => queries.iter().fold(IdSet::new(), |mut selected, query| {
                selected |= &query.select(catalog);
                selected
            }),
            Self::Not(query) => query.select(catalog).complement(len),
        }
    }

    /// The number of specs that the query selects. The last step of the algebra is
    /// counted and not built.
    pub fn count(&self, catalog: &Catalog) -> u64 {
        match self {
            Self::All => catalog.len() as u64,
            Self::Not(query) => catalog.len() as u64 - query.count(catalog),
            Self::And(queries) => match queries.split_last() {
                Some((Self::Not(last), rest)) if !rest.is_empty() => {
                    let rest = Self::And(rest.to_vec()).select(catalog);
                    rest.difference_len(&last.select(catalog))
                }
                Some((last, rest)) if !rest.is_empty() => {
                    let rest = Self::And(rest.to_vec()).select(catalog);
                    rest.intersection_len(&last.select(catalog))
                }
                _ => self.select(catalog).len(),
            },
            Self::Or(queries) => match queries.split_last() {
                Some((last, rest)) if !rest.is_empty() => {
                    let rest = Self::Or(rest.to_vec()).select(catalog);
                    rest.union_len(&last.select(catalog))
                }
                _ => self.select(catalog).len(),
            },
            Self::Text(..) | Self::Stack(..) | Self::Hash(_) => self.select(catalog).len(),
        }
    }
}

fn union<'s>(sets: impl Iterator<Item = &'s IdSet>) -> IdSet {
    sets.fold(IdSet::new(), |mut union, set| {
        union |= set;
        union
    })
}
