//! Specs that differ only in the version of the format in which they were written.
//!
//! A newer format records more of a spec, and its hash covers that. So all hashes of a lock or of
//! a cache change when a site moves to a Spack with a newer format, though nothing else does.

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use crate::{Catalog, Column, EdgeTypes};

/// The columns in which formats differ, or which are not content of the spec itself.
const OF_FORMATS: [Column; 3] = [Column::Annotations, Column::Provided, Column::Size];

/// The identity of a spec with all its dependencies, in any format.
#[derive(PartialEq, Eq, Hash)]
struct Content {
    texts: Vec<u32>,
    /// Name, types and virtual packages of each edge, with the identity of the dependency.
    edges: Vec<(u32, EdgeTypes, u32, u64)>,
}

/// Specs by number.
type Numbers = HashSet<u32, FxBuildHasher>;

/// The start of the identities of undescribed hashes, and of tangles.
const APART: u64 = 1 << 32;

impl Catalog {
    /// For each spec a number; specs with equal numbers are the same, including all of their
    /// dependencies, except for differences of formats. O(n + m).
    fn identities(&self) -> Vec<u64> {
        let mut identities: Vec<Option<u64>> = vec![None; self.len()];
        let mut known: HashMap<Content, u64, FxBuildHasher> = HashMap::default();
        for spec in 0..self.len() as u32 {
            self.identify(spec, &mut identities, &mut known);
        }
        let numbered = identities.into_iter().zip(0..);
        numbered
            .map(|(identity, spec): (Option<u64>, u64)| identity.unwrap_or(APART + spec))
            .collect()
    }

    /// The pairs of an old and a new spec that differ only in the format in which they were
    /// written, by the new one; of several old ones the smallest hash counts.
    pub fn same_but_for_format(&self, old: &[u32], new: &[u32]) -> Vec<(u32, u32)> {
        let identities = self.identities();
        let mut known: HashMap<u64, u32, FxBuildHasher> = HashMap::default();
        for &spec in old {
            let first = known.entry(identities[spec as usize]).or_insert(spec);
            *first = spec.min(*first);
        }
        let mut pairs: Vec<(u32, u32)> = new
            .iter()
            .filter_map(|&spec| Some((*known.get(&identities[spec as usize])?, spec)))
            .filter(|(old, new)| old != new)
            .collect();
        pairs.sort_unstable_by_key(|&(_, new)| new);
        self.changed_by_format(&mut pairs);
        pairs
    }

    /// Keeps the pairs whose hashes differ only because of a format, of the spec itself or of one
    /// of its dependencies. A spec that provides other virtual packages in the same format has
    /// changed, and so have its dependents; one that differs in no column has other content that no
    /// column holds.
    fn changed_by_format(&self, pairs: &mut Vec<(u32, u32)>) {
        let differ = |column| {
            let of_column = pairs
                .iter()
                .filter(move |&&(old, new)| self.id(old, column) != self.id(new, column));
            of_column.map(|&(_, new)| new).collect::<Vec<u32>>()
        };
        let formats = differ(Column::Annotations);
        let provided = differ(Column::Provided);
        let is_format = |spec: &u32| formats.binary_search(spec).is_ok();
        let own_changes = provided
            .into_iter()
            .filter(|spec| !is_format(spec))
            .collect();
        let changed = self.reached_upwards(pairs, own_changes);
        let by_format = self.reached_upwards(pairs, formats);
        pairs.retain(|(_, new)| by_format.contains(new) && !changed.contains(new));
    }

    /// Some new specs of pairs, and all new ones of pairs that depend on them.
    fn reached_upwards(&self, pairs: &[(u32, u32)], mut ahead: Vec<u32>) -> Numbers {
        let new: Numbers = pairs.iter().map(|&(_, new)| new).collect();
        let mut dependents: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
        for &spec in &new {
            for each in self.dependencies(spec).unwrap_or_default() {
                if new.contains(&each.child) {
                    dependents.entry(each.child).or_default().push(spec);
                }
            }
        }
        let mut reached = Numbers::default();
        while let Some(spec) = ahead.pop() {
            if reached.insert(spec) {
                ahead.extend(dependents.get(&spec).into_iter().flatten());
            }
        }
        reached
    }

    /// Finds the identity of a spec, after those of all that it depends on.
    fn identify(
        &self,
        top: u32,
        identities: &mut [Option<u64>],
        known: &mut HashMap<Content, u64, FxBuildHasher>,
    ) {
        // A spec is on the stack twice, with its dependencies between.
        let mut ahead = vec![(top, false)];
        while let Some((spec, is_after)) = ahead.pop() {
            if identities[spec as usize].is_some_and(|identity| identity != APART) {
                continue;
            }
            if is_after {
                let content = self.content(spec, identities);
                let next = known.len() as u64;
                identities[spec as usize] = Some(*known.entry(content).or_insert(next));
                continue;
            }
            if identities[spec as usize] == Some(APART) {
                continue;
            }
            // Until then, this marks a cycle.
            identities[spec as usize] = Some(APART);
            ahead.push((spec, true));
            let dependencies = self.dependencies(spec).unwrap_or_default().iter();
            let described = dependencies.filter(|each| (each.child as usize) < self.len());
            ahead.extend(described.map(|each| (each.child, false)));
        }
    }

    fn content(&self, spec: u32, identities: &[Option<u64>]) -> Content {
        let columns = Column::CONTENT.into_iter();
        let own = columns.filter(|column| !OF_FORMATS.contains(column));
        let identity = |child: u32| {
            let known = identities.get(child as usize).copied().flatten();
            known
                .filter(|&identity| identity != APART)
                .unwrap_or(APART + 1 + u64::from(child))
        };
        let dependencies = self.dependencies(spec).unwrap_or_default().iter();
        let mut edges: Vec<_> = dependencies
            .map(|each| (each.name, each.types, each.virtuals, identity(each.child)))
            .collect();
        edges.sort_unstable();
        Content {
            texts: own.map(|column| self.id(spec, column)).collect(),
            edges,
        }
    }
}
