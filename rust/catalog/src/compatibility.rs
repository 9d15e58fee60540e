//! The systems whose binaries serve another one.

use specplan_spack::{OperatingSystemTable, target};

use crate::{Catalog, Column};

/// The binaries that serve a cell. Each value includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compatibility {
    /// The specs of the system itself.
    Exact,
    /// Also those of the same operating system for an ancestor of the target.
    Target,
    /// Also those with the same C library as the system, not newer, and those that were linked to
    /// none; on macOS those of an earlier release. The edges of a binary record its library; if
    /// they are not known, its operating system determines it.
    OperatingSystem,
}

/// A system by name. It need not occur in any catalog: a report can cover a system on which a stack
/// has nothing yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemName {
    /// The operating system.
    pub os: String,
    /// The microarchitecture.
    pub target: String,
    /// The platform.
    pub platform: String,
}

impl SystemName {
    /// The names of a system of `catalog`.
    pub fn of(catalog: &Catalog, system: u32) -> Self {
        let system = catalog.systems()[system as usize];
        let text = |column, id| catalog.names(column).get(id).to_owned();
        Self {
            os: text(Column::OperatingSystem, system.os),
            target: text(Column::Target, system.target),
            platform: text(Column::Platform, system.platform),
        }
    }

    /// The system's id in `catalog`, if any spec of it is known.
    pub fn id(&self, catalog: &Catalog) -> Option<u32> {
        let os = catalog.names(Column::OperatingSystem).find(&self.os)?;
        let target = catalog.names(Column::Target).find(&self.target)?;
        let position = catalog
            .systems()
            .binary_search_by_key(&(os, target), |system| (system.os, system.target));
        position.ok().map(|position| position as u32)
    }
}

/// A system whose binaries serve another one, or some of them do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServingSystem {
    /// The system.
    pub(crate) system: u32,
    /// The C libraries that its binaries may have, by number; `None` for any.
    libraries: Option<Vec<bool>>,
}

impl ServingSystem {
    /// Returns whether all binaries of the system serve.
    pub(crate) fn is_whole(&self) -> bool {
        self.libraries.is_none()
    }

    /// Returns whether a binary of the system serves.
    pub(crate) fn admits(&self, catalog: &Catalog, spec: u32) -> bool {
        let number = || catalog.libraries().number_of(spec);
        self.libraries.as_ref().is_none_or(|fits| fits[number()])
    }
}

impl Compatibility {
    /// Returns whether the target of `binary` serves that of `host`.
    pub(crate) fn serves_target(self, binary: &SystemName, host: &SystemName) -> bool {
        let is_served = || target::serves(&binary.target, &host.target);
        binary.target == host.target || (self != Self::Exact && is_served())
    }

    /// Returns whether the operating system and the C library of a spec with the system `binary`
    /// serve those of `host`.
    pub(crate) fn serves_os(
        self,
        catalog: &Catalog,
        table: &OperatingSystemTable,
        spec: u32,
        binary: &SystemName,
        host: &SystemName,
    ) -> bool {
        let libraries = || catalog.libraries();
        binary.os == host.os
            || (self == Self::OperatingSystem && libraries().spec_fits(table, spec, binary, host))
    }

    /// The systems of `catalog` whose binaries, or some of them, serve `host`, ascending.
    pub(crate) fn serving(
        self,
        catalog: &Catalog,
        table: &OperatingSystemTable,
        host: &SystemName,
    ) -> Vec<ServingSystem> {
        let whole = |system| ServingSystem {
            system,
            libraries: None,
        };
        if self == Self::Exact {
            return host.id(catalog).into_iter().map(whole).collect();
        }
        let systems = (0..catalog.systems().len() as u32).filter_map(|system| {
            let binary = SystemName::of(catalog, system);
            if !self.serves_target(&binary, host) {
                return None;
            }
            if binary.os == host.os {
                return Some(whole(system));
            }
            if self != Self::OperatingSystem {
                return None;
            }
            let libraries = catalog.libraries().fitting(table, (system, &binary), host);
            let is_any = libraries.as_ref().is_none_or(|fits| fits.contains(&true));
            is_any.then_some(ServingSystem { system, libraries })
        });
        systems.collect()
    }
}
