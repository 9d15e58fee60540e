//! Binaries that link to, or run with, a spec that does not run on their system.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use specplan_spack::{OperatingSystemTable, target};

use crate::{Catalog, CatalogEdge, Compatibility, EdgeTypes, IdSet, SystemName};

impl Catalog {
    /// The specs of `among` that link to, or run with, a spec whose system does not serve theirs;
    /// externals are ignored.
    ///
    /// The widest rule decides whether one system serves another, as Spack mixes targets, and
    /// operating systems that are declared compatible. O(n + m + s^2) for s systems.
    pub fn misfits(&self, among: &IdSet, table: &OperatingSystemTable) -> IdSet {
        let mut rule = Rule::new(table);
        let own = among.iter().filter(|&spec| !self.is_external(spec));
        let misfits = own.filter(|&spec| !self.foreign_to(spec, &mut rule).is_empty());
        IdSet::from_ascending(misfits.collect::<Vec<_>>())
    }

    /// The misfits of `among`, and those of it that are installed with one: none of them runs on
    /// its own system. O(n + m + s^2) for s systems.
    pub fn unfit(&self, among: &IdSet, table: &OperatingSystemTable) -> IdSet {
        let misfits = self.misfits(among, table);
        if misfits.is_empty() {
            return misfits;
        }
        let mut dependents: HashMap<u32, Vec<u32>> = HashMap::new();
        for spec in among.iter().filter(|&spec| !self.is_external(spec)) {
            let dependencies = self.dependencies(spec).unwrap_or_default().iter();
            for child in dependencies.filter_map(|each| self.installed_with(&each)) {
                dependents.entry(child).or_default().push(spec);
            }
        }
        let mut unfit = BTreeSet::new();
        let mut ahead: Vec<u32> = misfits.iter().collect();
        while let Some(spec) = ahead.pop() {
            if unfit.insert(spec) {
                ahead.extend(dependents.get(&spec).into_iter().flatten());
            }
        }
        IdSet::from_ascending(unfit)
    }

    /// The specs that a spec links to, or runs with, and whose systems do not serve its own,
    /// ascending.
    pub fn misfit_dependencies(&self, spec: u32, table: &OperatingSystemTable) -> Vec<u32> {
        let mut found = self.foreign_to(spec, &mut Rule::new(table));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn foreign_to(&self, spec: u32, rule: &mut Rule<'_>) -> Vec<u32> {
        let host = self.system_of(spec);
        let dependencies = self.dependencies(spec).unwrap_or_default().iter();
        let installed = dependencies.filter_map(|each| self.installed_with(&each));
        installed
            .filter(|&child| !rule.serves(self, child, host))
            .collect()
    }

    /// The spec of a dependency that is installed with its dependent, if it is described and no
    /// external.
    fn installed_with(&self, dependency: &CatalogEdge) -> Option<u32> {
        let is_installed = dependency
            .types
            .intersects(EdgeTypes::LINK | EdgeTypes::RUN);
        let is_described = (dependency.child as usize) < self.len();
        (is_installed && is_described && !self.is_external(dependency.child))
            .then_some(dependency.child)
    }
}

/// The systems that serve others, computed once for each two.
struct Rule<'t> {
    table: &'t OperatingSystemTable,
    known: HashMap<(u32, usize, u32), bool>,
}

impl<'t> Rule<'t> {
    fn new(table: &'t OperatingSystemTable) -> Self {
        Self {
            table,
            known: HashMap::new(),
        }
    }

    /// Returns whether a binary may be installed on a system. An unknown target is accepted; an
    /// unknown operating system is not, as users can add it.
    fn serves(&mut self, catalog: &Catalog, spec: u32, host: u32) -> bool {
        let binary = catalog.system_of(spec);
        if binary == host {
            return true;
        }
        let library = catalog.libraries().number_of(spec);
        *self
            .known
            .entry((binary, library, host))
            .or_insert_with(|| {
                let (binary, host) = (
                    SystemName::of(catalog, binary),
                    SystemName::of(catalog, host),
                );
                let rule = Compatibility::OperatingSystem;
                let are_known = target::is_known(&binary.target) && target::is_known(&host.target);
                rule.serves_os(catalog, self.table, spec, &binary, &host)
                    && (!are_known || rule.serves_target(&binary, &host))
            })
    }
}
