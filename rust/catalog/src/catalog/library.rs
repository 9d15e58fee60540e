//! The C library that each spec was linked to, if its edges record it.

use std::collections::BTreeMap;

use specplan_spack::{CLibrary, CLibraryKind, OperatingSystemTable, Version};

use crate::edge::EdgeColumn;
use crate::{Catalog, Column, SystemName};

/// The virtual package that a C library provides.
const LIBC: &str = "libc";

/// The known facts about the C library that a spec needs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Library {
    /// No edges are known: the library is that of the operating system.
    NotRecorded,
    /// The spec was linked to none, and runs with any.
    NotLinked,
    /// The one on its edge.
    Linked(CLibrary),
}

/// The known facts about the C library of every spec of a catalog.
#[derive(Debug)]
pub(crate) struct Libraries {
    /// The distinct ones: the first two are [`Library::NotRecorded`] and [`Library::NotLinked`].
    kinds: Vec<Library>,
    /// By spec, which of them.
    of_spec: Vec<u32>,
    /// By system, which of them its specs have, ascending.
    of_system: Vec<Vec<u32>>,
}

const NOT_RECORDED: u32 = 0;
const NOT_LINKED: u32 = 1;

impl Libraries {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let mut kinds = vec![Library::NotRecorded, Library::NotLinked];
        let mut number_of: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let provides: Vec<bool> = catalog
            .edge_names(EdgeColumn::Virtuals)
            .iter()
            .map(|list| list.split(',').any(|name| name == LIBC))
            .collect();
        let kind_of_name: Vec<Option<CLibraryKind>> = catalog
            .edge_names(EdgeColumn::Name)
            .iter()
            .map(|name| name.parse().ok())
            .collect();
        let mut of_spec = Vec::with_capacity(catalog.len());
        let mut of_system = vec![Vec::new(); catalog.systems().len()];
        for spec in 0..catalog.len() as u32 {
            let number = match catalog.dependencies(spec) {
                None => NOT_RECORDED,
                Some(edges) => {
                    let edge = edges.iter().find(|edge| {
                        provides[edge.virtuals as usize]
                            || kind_of_name[edge.name as usize].is_some()
                    });
                    edge.map_or(NOT_LINKED, |edge| {
                        if edge.child as usize >= catalog.len() {
                            return NOT_RECORDED;
                        }
                        let column = |column| catalog.id(edge.child, column);
                        let key = (column(Column::Package), column(Column::Version));
                        *number_of.entry(key).or_insert_with(|| {
                            let text = |column| catalog.text(edge.child, column);
                            let kind = text(Column::Package).parse().ok();
                            let version = Version::parse(text(Column::Version)).ok();
                            let Some((kind, version)) = kind.zip(version) else {
                                return NOT_RECORDED;
                            };
                            kinds.push(Library::Linked(CLibrary::new(kind, version)));
                            kinds.len() as u32 - 1
                        })
                    })
                }
            };
            of_spec.push(number);
            let own: &mut Vec<u32> = &mut of_system[catalog.system_of(spec) as usize];
            if let Err(position) = own.binary_search(&number) {
                own.insert(position, number);
            }
        }
        Self {
            kinds,
            of_spec,
            of_system,
        }
    }

    /// The libraries of the specs of a system that run with the one of `host`, by number; `None`
    /// for all.
    pub(crate) fn fitting(
        &self,
        table: &OperatingSystemTable,
        binary: (u32, &SystemName),
        host: &SystemName,
    ) -> Option<Vec<bool>> {
        let own = &self.of_system[binary.0 as usize];
        let fits = |&number: &u32| self.fits(table, number, binary.1, host);
        if own.iter().all(fits) {
            return None;
        }
        let mut fitting = vec![false; self.kinds.len()];
        for number in own.iter().filter(|number| fits(number)) {
            fitting[*number as usize] = true;
        }
        Some(fitting)
    }

    /// Returns whether a spec runs with the C library of `host`, which has another operating
    /// system.
    pub(crate) fn spec_fits(
        &self,
        table: &OperatingSystemTable,
        spec: u32,
        binary: &SystemName,
        host: &SystemName,
    ) -> bool {
        self.fits(table, self.of_spec[spec as usize], binary, host)
    }

    /// The library of a spec.
    pub(crate) fn number_of(&self, spec: u32) -> usize {
        self.of_spec[spec as usize] as usize
    }

    fn fits(
        &self,
        table: &OperatingSystemTable,
        number: u32,
        binary: &SystemName,
        host: &SystemName,
    ) -> bool {
        if binary.platform != host.platform {
            return false;
        }
        match &self.kinds[number as usize] {
            Library::Linked(library) => table.serves_library(library, &host.os),
            // Releases of macOS are ordered, and their specs have no edge to a C library.
            Library::NotLinked => &*host.platform == "linux" || table.serves(&binary.os, &host.os),
            Library::NotRecorded => table.serves(&binary.os, &host.os),
        }
    }
}
