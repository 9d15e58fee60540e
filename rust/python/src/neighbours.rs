//! The dependencies and dependents of a spec, and the path from one spec to another.

use std::collections::VecDeque;

use pyo3::prelude::*;
use specplan_catalog::{
    Catalog, CatalogEdge, Column, DagHash, Dependencies, EdgeColumn, EdgeTypes,
};

use crate::graph::to_id;
use crate::literals;

/// One edge of a spec, seen from one of its ends: the spec at the other one.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct NeighbourAnswer {
    hash: String,
    package: String,
    version: Option<String>,
    types: Vec<String>,
    virtuals: Vec<String>,
}

impl NeighbourAnswer {
    fn of(catalog: &Catalog, other: u32, edge: &CatalogEdge) -> Self {
        let is_known = (other as usize) < catalog.len();
        let name = catalog.edge_names(EdgeColumn::Name).get(edge.name);
        let virtuals = catalog.edge_names(EdgeColumn::Virtuals).get(edge.virtuals);
        let text = |column| catalog.text(other, column).to_owned();
        Self {
            hash: catalog.node_hash(other).to_string(),
            package: if is_known {
                text(Column::Package)
            } else {
                name.to_owned()
            },
            version: is_known.then(|| text(Column::Version)),
            types: split(&edge.types.to_string()),
            virtuals: split(virtuals),
        }
    }
}

fn split(list: &str) -> Vec<String> {
    let names = list.split(',').filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The id of a spec or of an undescribed hash.
///
/// # Errors
///
/// `ValueError` if the catalog does not know the hash.
pub(crate) fn node(catalog: &Catalog, text: &str) -> PyResult<u32> {
    let fault = || literals::unknown("spec", text);
    let hash = DagHash::parse(text).map_err(|_| fault())?;
    if let Some(spec) = catalog.find_all(std::iter::once(hash)).next().flatten() {
        return Ok(spec);
    }
    let unknown = catalog.unknown().iter().position(|each| *each == hash);
    unknown
        .map(|index| to_id(catalog.len() + index))
        .ok_or_else(fault)
}

/// The dependencies of a spec, in the order of its source; `None` if no source lists them.
pub(crate) fn dependencies(catalog: &Catalog, spec: u32) -> Option<Vec<NeighbourAnswer>> {
    let edges = recorded(catalog, spec)?.iter().filter(is_dependency);
    Some(
        edges
            .map(|edge| NeighbourAnswer::of(catalog, edge.child, &edge))
            .collect(),
    )
}

/// The specs that depend on a spec or on an unknown hash, by hash. Visits every edge.
pub(crate) fn dependents(catalog: &Catalog, node: u32) -> Vec<NeighbourAnswer> {
    let specs = 0..to_id(catalog.len());
    let mut found: Vec<NeighbourAnswer> = specs
        .flat_map(|spec| {
            let edges = recorded(catalog, spec).unwrap_or_default().iter();
            edges
                .filter(|edge| edge.child == node && is_dependency(edge))
                .map(move |edge| NeighbourAnswer::of(catalog, spec, &edge))
        })
        .collect();
    found.sort_by(|one, other| one.hash.cmp(&other.hash));
    found
}

/// A shortest path over dependencies from one spec to another, both included; `None` if there is
/// none. Of several, the one that a search in the order of edges finds first. O(specs + edges).
pub(crate) fn path(catalog: &Catalog, from: u32, to: u32) -> Vec<String> {
    let nodes = catalog.len() + catalog.unknown().len();
    // The predecessor of each spec on the path; none for specs that are not reached.
    let mut before: Vec<Option<u32>> = vec![None; nodes];
    before[from as usize] = Some(from);
    let mut waiting = VecDeque::from([from]);
    while let Some(node) = waiting.pop_front() {
        if node == to {
            return walked_back(catalog, &before, to);
        }
        let edges = recorded(catalog, node).unwrap_or_default().iter();
        for edge in edges.filter(is_dependency) {
            let place = &mut before[edge.child as usize];
            if place.is_none() {
                *place = Some(node);
                waiting.push_back(edge.child);
            }
        }
    }
    Vec::new()
}

fn walked_back(catalog: &Catalog, before: &[Option<u32>], to: u32) -> Vec<String> {
    let mut way = vec![to];
    let mut node = to;
    while let Some(previous) = before[node as usize].filter(|previous| *previous != node) {
        way.push(previous);
        node = previous;
    }
    way.reverse();
    let hashes = way.into_iter().map(|node| catalog.node_hash(node));
    hashes.map(|hash| hash.to_string()).collect()
}

fn recorded(catalog: &Catalog, node: u32) -> Option<Dependencies<'_>> {
    if (node as usize) < catalog.len() {
        catalog.dependencies(node)
    } else {
        None
    }
}

fn is_dependency(edge: &CatalogEdge) -> bool {
    edge.types != EdgeTypes::BUILD_SPEC
}
