//! The binaries that do not install from the cache alone, and the missing specs that cause it.
//!
//! The same missing spec can break thousands of binaries, so the answer lists each missing spec
//! with what it breaks: counts, and the specs that need it directly, from which all others follow.

use crate::error::TaskError;
use crate::graph::Places;
use crate::graph::closure::descend;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::impact::supply::{Supply, installed_with};
use crate::impact::usefulness::SpecGroup;
use crate::plan::rules::{Rules, Standing};
use crate::plan::task::check_specs;

/// The number of roots that are named for each missing spec.
pub const EXAMPLES: usize = 3;

/// A spec without a binary that some binary links to or runs with, directly or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSpec {
    /// The spec.
    pub spec: SpecId,
    /// The number of binaries that have it in their link and run closure.
    pub binaries: usize,
    /// The number of roots that have it in their link and run closure, itself included if it is a
    /// root.
    pub roots: usize,
    /// The binaries and missing specs that link to it or run with it directly, in ascending rank.
    pub dependents: Vec<SpecId>,
    /// The first [`EXAMPLES`] of its roots, in ascending rank.
    pub examples: Vec<SpecId>,
}

/// The broken parts of a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// The binaries that install from the cache alone.
    pub usable: SpecSet,
    /// The specs that the other binaries lack: those that most roots need first, then those that
    /// most binaries need, then by rank.
    pub missing: Vec<MissingSpec>,
}

impl Supply {
    /// The broken binaries, and the missing specs. Binaries are the available specs that are not
    /// external.
    ///
    /// Closures go through missing specs, and not beyond externals, like those of
    /// [`lacking`](Self::lacking): a binary is broken exactly if it lacks something.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a set or a root is not about the graph.
    ///
    /// # Complexity
    ///
    /// That of [`usefulness`](Self::usefulness) with the missing specs as gaps, which are usually
    /// few.
    pub fn breakage(&self, roots: &[SpecId]) -> Result<Breakage, TaskError> {
        let rules = self.rules()?;
        let graph = &*self.graph;
        let roots_at = check_specs(graph, "roots", roots)?;
        let is = |place, standing| rules.standing(Place::at(place)) == standing;
        let mut binaries = graph.no_places();
        let places = 0..graph.spec_count();
        binaries.extend(places.filter(|&place| is(place, Standing::Available)));
        let mut usable = self.installable(&graph.no_places());
        usable.intersect_with(&binaries);
        let mut broken = binaries;
        broken.difference_with(&usable);

        let needed = installed(&rules, &broken);
        let mut missing = graph.no_places();
        let without_binary = needed
            .ones()
            .filter(|&place| rules.standing(Place::at(place)).is_missing());
        missing.extend(without_binary);

        let specs = |places: &Places| graph.ranked(places.ones().map(Place::at));
        let gaps = specs(&missing);
        let group = |wants| SpecGroup {
            gaps: gaps.clone(),
            wants,
            roots: Vec::new(),
        };
        let counts = self.usefulness(&[group(specs(&broken)), group(roots.to_vec())])?;
        let mut is_root = graph.no_places();
        is_root.extend(roots_at.iter().map(|place| place.index()));
        let examples = Examples::new(&rules, &is_root);
        let is_affected = |place: Place| {
            needed.contains(place.index()) && rules.standing(place) != Standing::External
        };
        let mut answer: Vec<MissingSpec> = gaps
            .iter()
            .zip(counts[0].iter().zip(&counts[1]))
            .filter_map(|(&spec, (of_binaries, of_roots))| {
                let place = graph.place_of(spec)?;
                let dependents = graph.dependents_at(place).iter();
                let dependents = dependents
                    .filter(|hop| hop.kinds().intersects(EdgeKinds::INSTALL))
                    .map(|hop| hop.place())
                    .filter(|&dependent| is_affected(dependent));
                Some(MissingSpec {
                    spec,
                    binaries: of_binaries.blocked,
                    roots: of_roots.blocked + usize::from(is_root.contains(place.index())),
                    dependents: graph.ranked(dependents),
                    examples: examples.of(place, &rules),
                })
            })
            .collect();
        // Stable: equal ones stay in the order of ranks.
        answer.sort_by_key(|each| std::cmp::Reverse((each.roots, each.binaries)));
        Ok(Breakage {
            usable: graph.specs_at(&usable),
            missing: answer,
        })
    }
}

/// The link and run closures of some specs, up to externals.
fn installed(rules: &Rules, from: &Places) -> Places {
    let graph = &*rules.graph;
    descend(graph, from, |place, marks| {
        if rules.standing(place) != Standing::External {
            for below in installed_with(graph, place) {
                marks[below.index()] = 1;
            }
        }
    })
}

/// For each spec the first roots, by rank, that link to it or run with it, directly or not.
///
/// The first roots of a spec are the first among those of its dependents, so one walk from the
/// largest place down finds them all.
struct Examples {
    ranks: Vec<[u32; EXAMPLES]>,
}

/// Marks the absence of a further root.
const NONE: u32 = u32::MAX;

impl Examples {
    fn new(rules: &Rules, roots: &Places) -> Self {
        let graph = &*rules.graph;
        let mut ranks = vec![[NONE; EXAMPLES]; graph.spec_count()];
        for place in (0..graph.spec_count()).rev() {
            if rules.standing(Place::at(place)) == Standing::External {
                continue;
            }
            if roots.contains(place) {
                add(&mut ranks[place], graph.rank_at(Place::at(place)));
            }
            let own = ranks[place];
            for below in installed_with(graph, Place::at(place)) {
                for rank in own {
                    add(&mut ranks[below.index()], rank);
                }
            }
        }
        Self { ranks }
    }

    fn of(&self, place: Place, rules: &Rules) -> Vec<SpecId> {
        let graph = &rules.graph;
        let ranks = self.ranks[place.index()].iter();
        ranks
            .filter(|&&rank| rank != NONE)
            .map(|&rank| graph.id_at(graph.place_by_rank(rank)))
            .collect()
    }
}

/// Keeps the smallest ranks, ascending and distinct.
fn add(kept: &mut [u32; EXAMPLES], rank: u32) {
    if kept.contains(&rank) {
        return;
    }
    let at = kept.partition_point(|&each| each < rank);
    if at < EXAMPLES {
        kept[at..].rotate_right(1);
        kept[at] = rank;
    }
}
