//! Searches of a catalog by abstract specs.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, IdSet};
use specplan_planner::{Direction, EdgeKinds, Graph, SpecId};
use specplan_spack::{PreparedSpec, Version, parse_one};

use crate::errors::no_spec;

/// Reads an abstract spec; the error shows the text with a caret under the fault.
pub(crate) fn query(text: &str) -> PyResult<PreparedSpec> {
    let spec = parse_one(text).map_err(|error| no_spec(&error))?;
    Ok(PreparedSpec::new(spec))
}

/// Specs in the order that people expect: by package, version (as Spack orders them), platform,
/// operating system, target and hash. Each text is compared once.
pub(crate) struct ByName {
    ranks: [Vec<u32>; 5],
}

impl ByName {
    const COLUMNS: [Column; 5] = [
        Column::Package,
        Column::Version,
        Column::Platform,
        Column::OperatingSystem,
        Column::Target,
    ];

    /// The order of `specs`; only their texts are compared.
    pub(crate) fn of(catalog: &Catalog, specs: &[u32]) -> Self {
        let ranks = Self::COLUMNS.map(|column| {
            let names = catalog.names(column);
            let mut ids: Vec<u32> = specs.iter().map(|&spec| catalog.id(spec, column)).collect();
            ids.sort_unstable();
            ids.dedup();
            if column == Column::Version {
                // Invalid versions come before all others.
                let read = |text| Version::parse(text).or_else(|_| Version::parse("A")).ok();
                ids.sort_by_cached_key(|&id| (read(names.get(id)), names.get(id)));
            } else {
                ids.sort_unstable_by_key(|&id| names.get(id));
            }
            let mut ranks = vec![0; names.len()];
            for (rank, id) in (0..).zip(ids) {
                ranks[id as usize] = rank;
            }
            ranks
        });
        Self { ranks }
    }

    /// The sort key of a spec.
    pub(crate) fn key(&self, catalog: &Catalog, spec: u32) -> ([u32; 5], u32) {
        let rank = |at: usize| self.ranks[at][catalog.id(spec, Self::COLUMNS[at]) as usize];
        (std::array::from_fn(rank), spec)
    }
}

/// The specs reached from `from` over edges of these kinds, `from` included; undescribed hashes are
/// left out. An external needs nothing to be installed: without build edges nothing is reached
/// through it.
pub(crate) fn reached_specs(
    catalog: &Catalog,
    graph: &Graph,
    from: &IdSet,
    kinds: EdgeKinds,
) -> impl Iterator<Item = u32> {
    let is_passed = |id: u32| kinds.intersects(EdgeKinds::BUILD) || !catalog.is_external(id);
    let described = catalog.len();
    let is_known = move |id: u32| (id as usize) < described;
    let mut reached = vec![false; graph.spec_count()];
    let mut stack: Vec<u32> = from.iter().collect();
    while let Some(id) = stack.pop() {
        let is_new = !std::mem::replace(&mut reached[id as usize], true);
        if is_new && is_known(id) && is_passed(id) {
            let below = graph.neighbours(SpecId::new(id), Direction::Dependencies);
            let below = below.filter(|(_, of)| of.intersects(kinds));
            stack.extend(below.map(|(spec, _)| spec.get()));
        }
    }
    (0..)
        .zip(reached)
        .filter_map(move |(id, is_reached)| (is_reached && is_known(id)).then_some(id))
}
