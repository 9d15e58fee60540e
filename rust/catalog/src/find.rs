//! Specs that satisfy an abstract spec.

use std::collections::{BTreeMap, BTreeSet};

use specplan_spack::{Missing, NodeConstraint, PreparedSpec, SpecGraph, Truth, Variant};

use crate::{Catalog, CatalogGraph, Column, IdSet};

/// The answer to an abstract spec.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The specs that satisfy it.
    pub specs: IdSet,
    /// Specs that may or may not satisfy it, as the sources do not say, ascending, with the missing
    /// information.
    pub unknown: Vec<(u32, Missing)>,
    /// Those of `specs` that satisfy it only under assumptions, each with these: a variant that no
    /// known spec of the package has is assumed not to apply.
    pub assumed: BTreeMap<u32, BTreeSet<Box<str>>>,
}

impl Catalog {
    /// The specs of `among` that satisfy `query`; externals are searched too.
    ///
    /// Name, version, variants, system and namespace are checked once for each distinct text of
    /// their columns, which excludes nearly all specs; only the remaining ones are checked one by
    /// one, and only for these the graph is walked.
    pub fn find_specs(&self, query: &PreparedSpec, among: &IdSet) -> Found {
        let graph = self.graph();
        let node = query.node();
        let mut matcher = query.matcher(&graph);
        let mut columns = Columns::new(self, &graph, node);
        let mut found = Found::default();
        let mut specs = Vec::new();
        let mut ask = |spec: u32| {
            if columns.rule_out(spec) {
                return;
            }
            match matcher.satisfies_node(spec) {
                Truth::No => {}
                answer => match answer.and(matcher.satisfies_graph(spec)) {
                    Truth::Yes => specs.push(spec),
                    Truth::No => {}
                    Truth::Unknown(missing) => found.unknown.push((spec, missing)),
                },
            }
        };
        match node
            .name
            .as_deref()
            .map(|name| (name, graph.is_virtual(name)))
        {
            // Only specs of this name can match.
            Some((name, Truth::No)) => {
                if let Some(package) = self.names(Column::Package).find(name) {
                    let index = self.indexes().column(self, Column::Package);
                    index[package as usize]
                        .intersection(among)
                        .iter()
                        .for_each(&mut ask);
                }
            }
            _ => among.iter().for_each(&mut ask),
        }
        found.specs = IdSet::from_ascending(specs);
        found
    }
}

/// The exclusions by the texts of columns, checked once for each text.
struct Columns<'q> {
    catalog: &'q Catalog,
    graph: &'q CatalogGraph<'q>,
    node: &'q NodeConstraint,
    /// Whether the name was compared by an index, so that no provider can match.
    is_named: bool,
    asked: [(Column, Vec<Option<bool>>); 5],
}

impl<'q> Columns<'q> {
    fn new(catalog: &'q Catalog, graph: &'q CatalogGraph<'q>, node: &'q NodeConstraint) -> Self {
        let column = |column, is_asked: bool| {
            let len = if is_asked {
                catalog.names(column).len()
            } else {
                0
            };
            (column, vec![None; len])
        };
        Self {
            catalog,
            graph,
            node,
            is_named: node.name.is_some(),
            asked: [
                column(Column::Version, !node.versions.is_any()),
                column(
                    Column::Variants,
                    node.variants.values().any(|each| !each.propagates),
                ),
                column(Column::OperatingSystem, node.os.is_some()),
                column(Column::Target, node.target.is_some()),
                column(Column::Platform, node.platform.is_some()),
            ],
        }
    }

    /// Returns whether some text of the spec cannot satisfy the node.
    fn rule_out(&mut self, spec: u32) -> bool {
        if self.is_named && self.node.name.as_deref() != Some(self.graph.name(spec)) {
            // It may still provide a virtual package of this name.
            return false;
        }
        let (catalog, graph, node) = (self.catalog, self.graph, self.node);
        self.asked.iter_mut().any(|(column, asked)| {
            if asked.is_empty() {
                return false;
            }
            let id = catalog.id(spec, *column) as usize;
            *asked[id].get_or_insert_with(|| cannot(graph, spec, node, *column))
        })
    }
}

/// Returns whether the text that a spec has in a column cannot satisfy the node.
fn cannot(graph: &CatalogGraph<'_>, spec: u32, node: &NodeConstraint, column: Column) -> bool {
    let never = |value: Option<&str>, accepts: &dyn Fn(&str) -> bool| {
        value.is_some_and(|value| !accepts(value))
    };
    match column {
        Column::Version => {
            let version = graph.version(spec);
            version.is_some_and(|version| node.versions.contains(version).is_no())
        }
        Column::Variants => node.variants.iter().any(|(name, wanted)| {
            // Patches are whole in a column of their own.
            if wanted.propagates || &**name == "patches" {
                return false;
            }
            match graph.variant(spec, name) {
                Variant::Value(value) => wanted.wanted.accepts(name, &value).is_no(),
                Variant::Absent => true,
                Variant::Unknown => false,
            }
        }),
        Column::OperatingSystem => {
            let wanted = node.os.as_ref();
            wanted.is_some_and(|wanted| never(graph.os(spec), &|value| wanted.accepts(value)))
        }
        Column::Platform => {
            let wanted = node.platform.as_ref();
            wanted.is_some_and(|wanted| never(graph.platform(spec), &|value| wanted.accepts(value)))
        }
        _ => {
            let wanted = node.target.as_ref();
            wanted.is_some_and(|wanted| never(graph.target(spec), &|value| wanted.accepts(value)))
        }
    }
}
