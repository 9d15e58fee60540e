//! The available specs, and the specs that others lack.

use std::sync::Arc;

use crate::error::TaskError;
use crate::graph::closure::installable;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Graph, Places};
use crate::plan::rules::Rules;
use crate::plan::task::check_length;

/// The existing binaries for a graph of specs.
///
/// If fields overlap: an external counts as external even if it has a binary, and the binary of an
/// undescribed spec does not count.
///
/// # Example
///
/// `hdf5` links to `mpi`, which links to `numactl`; only `mpi` has a binary.
///
/// ```
/// use std::sync::Arc;
///
/// use specplan_planner::{Edge, EdgeKinds, Graph, SpecGroup, SpecId, SpecSet, Supply};
///
/// let [hdf5, mpi, numactl] = [0, 1, 2].map(SpecId::new);
/// let edge = |dependent, dependency| Edge { dependent, dependency, kinds: EdgeKinds::LINK };
/// let graph = Arc::new(Graph::new(3, [edge(hdf5, mpi), edge(mpi, numactl)])?);
/// let mut supply = Supply::new(graph);
/// supply.available = SpecSet::from_ids(3, [mpi])?;
///
/// assert_eq!(supply.lacking(&[hdf5, mpi])?, [vec![hdf5, numactl], vec![numactl]]);
///
/// let stack = SpecGroup {
///     gaps: vec![numactl, hdf5],
///     wants: vec![hdf5, mpi, numactl],
///     roots: vec![hdf5, mpi],
/// };
/// let [low, high] = supply.usefulness(&[stack])?[0][..] else { unreachable!() };
/// assert_eq!((low.blocked, low.roots_completed, low.buildable_now), (2, 1, true));
/// assert_eq!((high.blocked, high.roots_completed, high.buildable_now), (0, 2, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Supply {
    /// The specs and their dependencies.
    pub graph: Arc<Graph>,
    /// Specs with a binary in a cache.
    pub available: SpecSet,
    /// Specs that the system provides. Their dependencies come with them.
    pub external: SpecSet,
    /// Specs of which only the hash is known: their dependencies are not in the graph. Each counts
    /// as missing.
    pub undescribed: SpecSet,
}

impl Supply {
    /// No binaries and no externals.
    pub fn new(graph: Arc<Graph>) -> Self {
        let nothing = SpecSet::empty(graph.spec_count());
        Self {
            graph,
            available: nothing.clone(),
            external: nothing.clone(),
            undescribed: nothing,
        }
    }

    /// For each root, in the order given, all specs that it lacks; see [`Supply::lacked`].
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a set or a root is not about the graph.
    pub fn lacking(&self, roots: &[SpecId]) -> Result<Vec<Vec<SpecId>>, TaskError> {
        let lacked = self.lacked(roots, usize::MAX)?;
        Ok(lacked.roots.into_iter().map(|root| root.first).collect())
    }

    /// The rules that hold with these binaries.
    pub(crate) fn rules(&self) -> Result<Rules, TaskError> {
        for (field, set) in [
            ("available", &self.available),
            ("external", &self.external),
            ("undescribed", &self.undescribed),
        ] {
            check_length(&self.graph, field, set.spec_count())?;
        }
        let available = self.available.difference(&self.undescribed);
        Ok(Rules::new(
            Arc::clone(&self.graph),
            &self.external,
            &available,
        ))
    }

    /// The specs that would install from the cache alone without the binaries of `forgotten`.
    pub(crate) fn installable(&self, forgotten: &Places) -> Places {
        let graph = &self.graph;
        let mut available = graph.places_of(&self.available.difference(&self.undescribed));
        available.difference_with(forgotten);
        installable(graph, &available, &graph.places_of(&self.external))
    }
}

/// The specs that a spec links to or runs with.
pub(crate) fn installed_with(graph: &Graph, place: Place) -> impl Iterator<Item = Place> + '_ {
    let row = graph.dependencies_at(place).iter();
    row.filter(|hop| hop.kinds().intersects(EdgeKinds::INSTALL))
        .map(|hop| hop.place())
}
