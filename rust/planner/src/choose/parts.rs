//! Alternatives with parts: a lock that is taken as a whole may hold several specs that meet one
//! root, and any of them is enough.
//!
//! An alternative is then several groups of specs, one for each way to pick an option of each part.
//! Most parts decide themselves: an option that needs no build beside what is needed anyway is
//! taken, and one that needs all that another needs is not. The remaining combinations are listed
//! one by one.

use crate::graph::Places;
use crate::graph::id::Place;
use crate::plan::rules::{Rules, Standing};

/// The number of groups that an alternative may become.
const MOST_GROUPS: usize = 256;

/// The possible picks for one part: positions among its options, with the specs.
type Options = Vec<(usize, Place)>;

/// The groups that an alternative stands for.
pub(super) struct Picks {
    /// By group, the picked position of each part.
    pub(super) groups: Vec<Vec<usize>>,
    /// The common needs of all picks, where there were too many to list.
    pub(super) least: Option<Vec<Place>>,
}

/// The ways to pick one option of each part that can be cheapest; `None` if a part has no option.
///
/// `fixed` is always wanted. Complexity: O(n + m) for each option of a part that does not decide
/// itself, for a few rounds.
pub(super) fn picks(rules: &Rules, fixed: &[Place], mut parts: Vec<Options>) -> Option<Picks> {
    if parts.iter().any(Vec::is_empty) {
        return None;
    }
    while let Some(decided) = decide(rules, fixed, &parts) {
        parts = decided;
    }
    let mut groups = vec![Vec::with_capacity(parts.len())];
    let mut least = None;
    for options in &parts {
        let mut kept = &options[..];
        if groups.len().saturating_mul(options.len()) > MOST_GROUPS {
            least.get_or_insert_with(|| {
                let sure = parts.iter().filter(|options| options.len() == 1);
                sure.map(|options| options[0].1).collect()
            });
            kept = &options[..1];
        }
        let longer = groups.iter().flat_map(|group: &Vec<usize>| {
            kept.iter().map(|&(position, _)| {
                let mut group = group.clone();
                group.push(position);
                group
            })
        });
        groups = longer.collect();
    }
    Some(Picks { groups, least })
}

/// The parts with fewer options; `None` if all are still to be picked from.
fn decide(rules: &Rules, fixed: &[Place], parts: &[Options]) -> Option<Vec<Options>> {
    if parts.iter().all(|options| options.len() == 1) {
        return None;
    }
    let sure = parts.iter().filter(|options| options.len() == 1);
    let sure = sure.map(|options| options[0].1);
    let base = builds(rules, fixed.iter().copied().chain(sure));
    let mut is_changed = false;
    let decided = parts
        .iter()
        .map(|options| {
            if options.len() == 1 {
                return options.clone();
            }
            let extra: Vec<Places> = options
                .iter()
                .map(|&(_, place)| {
                    let mut builds = builds(rules, [place]);
                    builds.difference_with(&base);
                    builds
                })
                .collect();
            // Of two that need the same, the first is preferred.
            let is_useless = |at: usize| {
                (0..options.len()).any(|other| {
                    other != at
                        && extra[other].is_subset(&extra[at])
                        && (other < at || extra[other] != extra[at])
                })
            };
            let kept: Options = (0..options.len())
                .filter(|&at| !is_useless(at))
                .map(|at| options[at])
                .collect();
            is_changed |= kept.len() < options.len();
            kept
        })
        .collect();
    is_changed.then_some(decided)
}

/// The builds that some specs need.
fn builds(rules: &Rules, specs: impl IntoIterator<Item = Place>) -> Places {
    let mut wants = rules.graph.no_places();
    wants.extend(specs.into_iter().map(Place::index));
    let mut builds = rules.graph.no_places();
    let needed = rules.needed(&wants);
    let absent = needed
        .ones()
        .filter(|&place| rules.standing(Place::at(place)) == Standing::Absent);
    builds.extend(absent);
    builds
}
