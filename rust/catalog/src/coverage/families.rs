//! The keys of the families of stacks, each computed once for all stacks of the family.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::union;
use crate::catalog::view::{Cell, View};
use crate::{Catalog, IdSet, SystemName};

/// One family.
pub(super) struct Family<'c> {
    peers: &'c [u32],
    view: &'c View,
    cell_keys: &'c [IdSet],
    everywhere: OnceLock<IdSet>,
    by_system: OnceLock<BTreeMap<u32, IdSet>>,
    systems: OnceLock<Vec<SystemName>>,
    listed_by: OnceLock<BTreeMap<u32, ListedBy>>,
}

/// The peers that have anything on a system.
enum ListedBy {
    One(u32),
    Several,
}

impl<'c> Family<'c> {
    pub(super) fn new(peers: &'c [u32], view: &'c View, cell_keys: &'c [IdSet]) -> Self {
        Self {
            peers,
            view,
            cell_keys,
            everywhere: OnceLock::new(),
            by_system: OnceLock::new(),
            systems: OnceLock::new(),
            listed_by: OnceLock::new(),
        }
    }

    /// Returns whether a cell of a peer has anything besides the cell of `label` on the system
    /// `own`.
    ///
    /// With `same_system` only cells of that system count.
    pub(super) fn has_other(&self, label: u32, own: Option<u32>, same_system: bool) -> bool {
        if !same_system {
            return self
                .cells()
                .any(|(cell, _)| cell.label != label || Some(cell.system) != own);
        }
        let listed_by = self.listed_by.get_or_init(|| {
            let mut listed_by = BTreeMap::new();
            for (cell, _) in self.cells() {
                listed_by
                    .entry(cell.system)
                    .and_modify(|one| *one = ListedBy::Several)
                    .or_insert(ListedBy::One(cell.label));
            }
            listed_by
        });
        match own.and_then(|system| listed_by.get(&system)) {
            None => false,
            Some(ListedBy::One(only)) => *only != label,
            Some(ListedBy::Several) => true,
        }
    }

    /// The keys that a peer has on any system.
    pub(super) fn everywhere(&self) -> &IdSet {
        self.everywhere
            .get_or_init(|| union(self.cells().map(|(_, keys)| keys)))
    }

    /// The keys that a peer has on a system, if any peer has any.
    pub(super) fn on(&self, system: u32) -> Option<&IdSet> {
        let by_system = self.by_system.get_or_init(|| {
            let mut by_system: BTreeMap<u32, IdSet> = BTreeMap::new();
            for (cell, keys) in self.cells() {
                *by_system.entry(cell.system).or_default() |= keys;
            }
            by_system
        });
        by_system.get(&system)
    }

    /// The systems on which a peer has anything.
    pub(super) fn systems(&self, catalog: &Catalog) -> &[SystemName] {
        self.systems.get_or_init(|| {
            let mut systems: Vec<u32> = self.cells().map(|(cell, _)| cell.system).collect();
            systems.sort_unstable();
            systems.dedup();
            let name = |&system: &u32| SystemName::of(catalog, system);
            systems.iter().map(name).collect()
        })
    }

    fn cells(&self) -> impl Iterator<Item = (&'c Cell, &'c IdSet)> + use<'c> {
        let (view, cell_keys) = (self.view, self.cell_keys);
        self.peers.iter().flat_map(move |&peer| {
            let positions = view.positions_of(peer);
            view.cells()[positions.clone()]
                .iter()
                .zip(&cell_keys[positions])
        })
    }
}
