//! Which systems' binaries serve which system.

use specplan_spack::{OperatingSystemTable, target};

use crate::{Catalog, Column};

/// Which binaries serve a cell. Each value includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compatibility {
    /// Those of the very system.
    Exact,
    /// Also those of the same operating system for an ancestor of the target.
    Target,
    /// Also those of an operating system whose C library is the same one and
    /// not newer; on macOS those of an earlier release.
    OperatingSystem,
}

/// A system by name. It need not occur in any catalog: a report can ask what a
/// stack lacks where it has nothing yet.
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

impl Compatibility {
    /// Whether a binary of the system `binary` serves the system `host`.
    pub fn serves(
        self,
        table: &OperatingSystemTable,
        binary: &SystemName,
        host: &SystemName,
    ) -> bool {
        self.serves_os(table, binary, host) && self.serves_target(binary, host)
    }

    /// Whether the operating system of `binary` serves that of `host`.
    pub(crate) fn serves_os(
        self,
        table: &OperatingSystemTable,
        binary: &SystemName,
        host: &SystemName,
    ) -> bool {
        let is_served = || binary.platform == host.platform && table.serves(&binary.os, &host.os);
        binary.os == host.os || (self == Self::OperatingSystem && is_served())
    }

    /// Whether the target of `binary` serves that of `host`.
    pub(crate) fn serves_target(self, binary: &SystemName, host: &SystemName) -> bool {
        let is_served = || target::serves(&binary.target, &host.target);
        binary.target == host.target || (self != Self::Exact && is_served())
    }

    /// The systems of `catalog` whose binaries serve `host`, ascending.
    pub fn serving(
        self,
        catalog: &Catalog,
        table: &OperatingSystemTable,
        host: &SystemName,
    ) -> Vec<u32> {
        (0..catalog.systems().len() as u32)
            .filter(|&system| self.serves(table, &SystemName::of(catalog, system), host))
            .collect()
    }
}
