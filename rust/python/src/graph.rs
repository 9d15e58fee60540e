//! The planner's view of a catalog: ids are those of the catalog.

use std::sync::Arc;

use specplan_catalog::{Catalog, CatalogEdge, DagHash, EdgeColumn, EdgeTypes, IdSet};
use specplan_planner::{
    CyclicComponent, Edge, EdgeKinds, Graph, GraphError, SpecId, SpecSet, cyclic_components,
};

/// The virtual packages that a compiler provides.
const LANGUAGES: [&str; 3] = ["c", "cxx", "fortran"];

/// A graph of the specs of a catalog and of the undescribed hashes, or the reason why there is
/// none.
pub(crate) type GraphOrFault = Result<Arc<Graph>, GraphError>;

/// The graph of a catalog: spec s is the planner's spec s, and the undescribed hashes follow. Ranks
/// are positions among all hashes, so no answer depends on other known specs.
///
/// # Errors
///
/// [`GraphError::Cycle`] if sources contradict the way in which hashes are made.
pub(crate) fn graph_of(catalog: &Catalog) -> GraphOrFault {
    let compiles = compiles(catalog);
    graph_with(catalog, edges(catalog, &compiles))
}

/// The graph of a catalog without the edges inside of cyclic components, and these components. For
/// use when [`graph_of`] fails.
///
/// # Errors
///
/// [`GraphError`] if the catalog is too large.
pub(crate) fn without_cycles(
    catalog: &Catalog,
) -> Result<(Arc<Graph>, Vec<CyclicComponent>), GraphError> {
    let all: Vec<Edge> = edges(catalog, &compiles(catalog)).collect();
    let (components, component_of) =
        cyclic_components(catalog.len() + catalog.unknown().len(), &all);
    let is_outside = |edge: &&Edge| {
        let component = component_of[edge.dependent.index()];
        component.is_none() || component != component_of[edge.dependency.index()]
    };
    let graph = graph_with(catalog, all.iter().filter(is_outside).copied())?;
    Ok((graph, components))
}

fn edges<'c>(
    catalog: &'c Catalog,
    compiles: &'c [bool],
) -> impl Iterator<Item = Edge> + Clone + 'c {
    let edges = (0..to_id(catalog.len())).flat_map(|spec| {
        let dependencies = catalog.dependencies(spec).unwrap_or_default().iter();
        dependencies.map(move |dependency| (spec, dependency))
    });
    edges.map(|(spec, dependency)| Edge {
        dependent: SpecId::new(spec),
        dependency: SpecId::new(dependency.child),
        kinds: kinds(&dependency, compiles),
    })
}

fn graph_with(catalog: &Catalog, edges: impl Iterator<Item = Edge> + Clone) -> GraphOrFault {
    let graph = if catalog.unknown().is_empty() {
        Graph::new(catalog.len(), edges)
    } else {
        Graph::with_ranks(&ranks(catalog), edges)
    };
    graph.map(Arc::new)
}

/// By list of virtual packages, whether one of them is a language.
fn compiles(catalog: &Catalog) -> Vec<bool> {
    let lists = catalog.edge_names(EdgeColumn::Virtuals).iter();
    lists
        .map(|list| list.split(',').any(|name| LANGUAGES.contains(&name)))
        .collect()
}

fn kinds(dependency: &CatalogEdge, compiles: &[bool]) -> EdgeKinds {
    let mut kinds = EdgeKinds::NONE;
    for (types, kind) in [
        (EdgeTypes::LINK, EdgeKinds::LINK),
        (EdgeTypes::RUN, EdgeKinds::RUN),
        (EdgeTypes::BUILD, EdgeKinds::BUILD),
        (EdgeTypes::TEST, EdgeKinds::TEST),
        (EdgeTypes::BUILD_SPEC, EdgeKinds::SPLICE),
    ] {
        if dependency.types.intersects(types) {
            kinds |= kind;
        }
    }
    if compiles[dependency.virtuals as usize] {
        kinds |= EdgeKinds::COMPILER;
    }
    kinds
}

/// The position of each hash, in order of ids: the specs', then the unknown ones, each
/// ascending.
fn ranks(catalog: &Catalog) -> Vec<u32> {
    let hashes: Vec<DagHash> = (0..catalog.len() + catalog.unknown().len())
        .map(|id| catalog.node_hash(to_id(id)))
        .collect();
    let mut by_hash: Vec<usize> = (0..hashes.len()).collect();
    by_hash.sort_unstable_by_key(|&id| hashes[id]);
    let mut ranks = vec![0; hashes.len()];
    for (rank, id) in (0..).zip(by_hash) {
        ranks[id] = rank;
    }
    ranks
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "ids of a catalog are below 2^32 by construction"
)]
pub(crate) const fn to_id(position: usize) -> u32 {
    position as u32
}

/// The same specs as a set of the planner.
pub(crate) fn spec_set(graph: &Graph, ids: &IdSet) -> SpecSet {
    SpecSet::from_ranges(graph.spec_count(), ids.ranges())
        .expect("the graph has every spec of the catalog")
}

/// The specs that the system provides.
pub(crate) fn external(catalog: &Catalog, graph: &Graph) -> SpecSet {
    let specs = catalog.len();
    flagged(graph, |id| (id as usize) < specs && catalog.is_external(id))
}

/// The specs for which `holds` is true.
pub(crate) fn flagged(graph: &Graph, holds: impl Fn(u32) -> bool) -> SpecSet {
    let flags: Vec<bool> = (0..graph.spec_count()).map(|id| holds(to_id(id))).collect();
    SpecSet::from_flags(&flags)
}

/// The hashes of a cycle, each followed by one that it depends on.
pub(crate) fn cycle(catalog: &Catalog, fault: &GraphError) -> Vec<String> {
    match fault {
        GraphError::Cycle { cycle } => cycle
            .iter()
            .map(|spec| catalog.node_hash(spec.get()).to_string())
            .collect(),
        _ => Vec::new(),
    }
}
