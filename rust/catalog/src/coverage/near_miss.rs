//! The available spec closest to an abstract spec, and the clauses that it fails.

use std::cmp::Reverse;

use specplan_spack::{ClauseKind, Matcher, OperatingSystemTable, PreparedSpec};

use crate::requirements::Clauses;
use crate::{Catalog, CatalogGraph, Column, Compatibility, DagHash, IdSet, SystemName};

/// An available spec of the wanted package that fails the fewest kinds of clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The spec.
    pub spec: u32,
    /// The actual and the required values, one clause each, in the order of [`ClauseKind`].
    pub differs: Vec<String>,
}

/// The search for the nearest spec to one abstract spec.
pub(crate) struct NearMisses<'q> {
    catalog: &'q Catalog,
    matcher: Matcher<'q, CatalogGraph<'q>>,
    /// The available specs of the package, each with the kinds of clauses that it fails in every
    /// cell, and with the number of requirements and conflicts that it fails.
    candidates: Vec<(u32, Vec<ClauseKind>, usize)>,
    clauses: Clauses<'q>,
}

/// A spec, the kinds of clauses that it fails, and the number of failed requirements.
type Candidate = (u32, Vec<ClauseKind>, usize);

impl<'q> NearMisses<'q> {
    pub(crate) fn new(
        catalog: &'q Catalog,
        graph: &'q CatalogGraph<'q>,
        available: &IdSet,
        query: &'q PreparedSpec,
        mut clauses: Clauses<'q>,
    ) -> Self {
        let mut matcher = query.matcher(graph);
        let name = query.node().name.as_deref();
        let package = name.and_then(|name| catalog.names(Column::Package).find(name));
        let packages = catalog.indexes().column(catalog, Column::Package);
        let specs = package.map_or_else(IdSet::new, |package| {
            packages[package as usize].intersection(available)
        });
        let candidates = specs
            .iter()
            .map(|spec| (spec, matcher.failed_kinds(spec), clauses.failed(spec).len()))
            .collect();
        Self {
            catalog,
            matcher,
            candidates,
            clauses,
        }
    }

    /// The nearest spec in a cell: it fails the fewest kinds of clauses, the operating system and
    /// the target of the cell among them; of several the newest version, then the smallest hash.
    pub(crate) fn nearest(
        &mut self,
        host: &SystemName,
        compatibility: Compatibility,
        table: &OperatingSystemTable,
    ) -> Option<NearMiss> {
        let catalog = self.catalog;
        let ranks = catalog.version_ranks();
        let elsewhere = |spec: u32| {
            let binary = SystemName::of(catalog, catalog.system_of(spec));
            let os = (!compatibility.serves_os(catalog, table, spec, &binary, host))
                .then_some(ClauseKind::OperatingSystem);
            let target =
                (!compatibility.serves_target(&binary, host)).then_some(ClauseKind::Target);
            os.into_iter().chain(target)
        };
        let rank = |(spec, failed, required): &&Candidate| -> (usize, Reverse<u32>, DagHash) {
            let more = elsewhere(*spec).filter(|kind| !failed.contains(kind));
            (
                failed.len() + more.count() + required,
                Reverse(ranks[catalog.id(*spec, Column::Version) as usize]),
                catalog.hash(*spec),
            )
        };
        let spec = self.candidates.iter().min_by_key(rank)?.0;
        let mut clauses: Vec<(ClauseKind, String)> = elsewhere(spec)
            .map(|kind| {
                let (word, column, wanted) = match kind {
                    ClauseKind::Target => ("target", Column::Target, &host.target),
                    _ => ("os", Column::OperatingSystem, &host.os),
                };
                let has = catalog.text(spec, column);
                (kind, format!("{word} {has} is not {wanted}"))
            })
            .collect();
        for clause in self.matcher.failed_clauses(spec) {
            let clause = (clause.kind, clause.text);
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        clauses.sort_by_key(|&(kind, _)| kind);
        Some(NearMiss {
            spec,
            differs: clauses
                .into_iter()
                .map(|(_, text)| text)
                .chain(self.clauses.failed(spec))
                .collect(),
        })
    }
}
