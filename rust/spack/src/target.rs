//! Processor targets and their partial order.
//!
//! The names and their parents are those of archspec, which Spack uses too, and those that
//! [`teach`] adds. Binaries for a target run on it and on its descendants: those for `x86_64_v3`
//! run on `zen4`, never on `neoverse_v1`. A name that is not known is a target of its own, related
//! to nothing.

use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use archspec::schema::MicroarchitecturesSchema;
use thiserror::Error;

mod constraint;
mod newer;

pub use constraint::{TargetConstraint, TargetError, TargetMember};

/// Returns whether a target of this name is known.
pub fn is_known(name: &str) -> bool {
    table().position(name).is_some()
}

/// Returns whether a binary for the target `binary` runs on the target `host`: they are equal, or
/// `binary` is an ancestor of `host`.
pub fn serves(binary: &str, host: &str) -> bool {
    if binary == host {
        return true;
    }
    let table = table();
    match (table.position(binary), table.position(host)) {
        (Some(binary), Some(host)) => table.reaches(host, binary),
        _ => false,
    }
}

/// The generic target that a known one descends from, such as `x86_64` for `zen4`.
pub fn family(name: &str) -> Option<&'static str> {
    let table = table();
    let position = table.position(name)?;
    Some(table.names[table.families[position]])
}

/// The known targets, by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().names.iter().copied()
}

/// The reason why targets cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TeachError {
    /// A parent is neither known nor taught.
    #[error("the target `{target}` has an unknown parent `{parent}`")]
    UnknownParent {
        /// The target.
        target: String,
        /// Its parent.
        parent: String,
    },
    /// The target is known with other parents.
    #[error("the target `{target}` is already known, with {}", parents_text(.known))]
    Known {
        /// The target.
        target: String,
        /// The parents that it has.
        known: Vec<String>,
    },
    /// Targets descend from each other.
    #[error("the target `{target}` descends from itself")]
    Circle {
        /// One of them.
        target: String,
    },
}

fn parents_text(parents: &[String]) -> String {
    match parents {
        [] => "no parents".to_owned(),
        [only] => format!("the parent `{only}`"),
        several => format!("the parents `{}`", several.join("`, `")),
    }
}

/// Adds targets for the rest of the process: for each its name and its parents. Teaching the same
/// again changes nothing.
///
/// # Errors
///
/// [`TeachError`] if the new targets contradict known ones; then nothing is added.
pub fn teach<'t>(
    targets: impl IntoIterator<Item = (&'t str, Vec<&'t str>)>,
) -> Result<(), TeachError> {
    let mut current = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    let mut parents: BTreeMap<&str, Vec<&str>> = current.parents.clone();
    let mut is_new = false;
    for (name, own) in targets {
        match parents.get(name) {
            Some(known) if sorted(known) == sorted(&own) => {}
            Some(known) => {
                return Err(TeachError::Known {
                    target: name.to_owned(),
                    known: known.iter().map(|&each| each.to_owned()).collect(),
                });
            }
            None => {
                parents.insert(name, own);
                is_new = true;
            }
        }
    }
    if is_new {
        check(&parents)?;
        // A table lives as long as the process: few are ever made, and answers borrow from them.
        let kept = parents.iter().map(|(name, own)| {
            let own = own.iter().map(|&each| kept(&current, each)).collect();
            (kept(&current, name), own)
        });
        let kept = kept.collect();
        *current = Box::leak(Box::new(Table::new(kept)));
    }
    Ok(())
}

fn sorted<'t>(names: &[&'t str]) -> Vec<&'t str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    names
}

/// A name that lives as long as the process.
fn kept(table: &Table, name: &str) -> &'static str {
    match table.position(name) {
        Some(position) => table.names[position],
        None => Box::leak(Box::from(name)),
    }
}

/// Checks that every parent is known and no target descends from itself.
fn check(parents: &BTreeMap<&str, Vec<&str>>) -> Result<(), TeachError> {
    for (&target, own) in parents {
        if let Some(&parent) = own.iter().find(|&parent| !parents.contains_key(parent)) {
            return Err(TeachError::UnknownParent {
                target: target.to_owned(),
                parent: parent.to_owned(),
            });
        }
        let mut pending = own.clone();
        let mut seen = Vec::new();
        while let Some(above) = pending.pop() {
            if above == target {
                return Err(TeachError::Circle {
                    target: target.to_owned(),
                });
            }
            if !seen.contains(&above) {
                seen.push(above);
                pending.extend(parents.get(above).into_iter().flatten());
            }
        }
    }
    Ok(())
}

/// The targets in the order of their names, with the transitive closure of "descends from".
struct Table {
    parents: BTreeMap<&'static str, Vec<&'static str>>,
    names: Vec<&'static str>,
    families: Vec<usize>,
    /// Bit `i` of row `t` is set when target `i` is `t` or one of its ancestors.
    ancestors: Vec<Vec<u64>>,
}

static TABLE: LazyLock<RwLock<&'static Table>> =
    LazyLock::new(|| RwLock::new(Box::leak(Box::new(Table::built_in()))));

fn table() -> &'static Table {
    *TABLE.read().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn built_in() -> Self {
        // The schema is read, not archspec's table of targets: that adds the running machine.
        let targets = &MicroarchitecturesSchema::schema().microarchitectures;
        let mut parents: BTreeMap<&'static str, Vec<&'static str>> = targets
            .iter()
            .map(|(name, target)| {
                let own = target
                    .from
                    .iter()
                    .map(|parent| -> &'static str { Box::leak(Box::from(parent.as_str())) });
                let name: &'static str = Box::leak(Box::from(name.as_str()));
                (name, own.collect())
            })
            .collect();
        parents.extend(newer::NEWER.iter().map(|&(name, own)| (name, own.to_vec())));
        Self::new(parents)
    }

    fn new(parents: BTreeMap<&'static str, Vec<&'static str>>) -> Self {
        let names: Vec<&'static str> = parents.keys().copied().collect();
        let words = names.len().div_ceil(64);
        let mut table = Self {
            families: (0..names.len()).collect(),
            ancestors: vec![vec![0; words]; names.len()],
            names,
            parents,
        };
        for target in 0..table.names.len() {
            let mut pending = vec![target];
            while let Some(position) = pending.pop() {
                if table.reaches(target, position) {
                    continue;
                }
                table.ancestors[target][position / 64] |= 1 << (position % 64);
                let own = &table.parents[table.names[position]];
                if own.is_empty() {
                    table.families[target] = position;
                }
                pending.extend(own.iter().filter_map(|name| table.position(name)));
            }
        }
        table
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.binary_search(&name).ok()
    }

    fn reaches(&self, target: usize, ancestor: usize) -> bool {
        self.ancestors[target][ancestor / 64] >> (ancestor % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_serves_its_target_and_the_descendants() {
        assert!(serves("x86_64_v3", "zen4"));
        assert!(serves("x86_64_v3", "x86_64_v3"));
        assert!(serves("aarch64", "neoverse_v2"));
        assert!(serves("armv9.0a", "neoverse_v2"));
        assert!(!serves("zen4", "x86_64_v3"));
        assert!(!serves("x86_64_v3", "neoverse_v1"));
        assert!(!serves("skylake", "zen4"));
    }

    #[test]
    fn an_unknown_target_serves_only_itself() {
        assert!(serves("quantum", "quantum"));
        assert!(!serves("quantum", "x86_64"));
        assert!(!serves("x86_64", "quantum"));
        assert!(!is_known("quantum"));
        assert_eq!(None, family("quantum"));
    }

    #[test]
    fn targets_that_are_newer_than_the_library_are_known() {
        assert!(serves("zen5", "zen6") && serves("x86_64_v4", "zen6"));
        assert!(serves("skylake", "arrowlake_s") && serves("armv9.2a", "olympus"));
        for (name, parents) in newer::NEWER {
            for parent in *parents {
                assert!(serves(parent, name), "{parent} serves {name}");
            }
        }
    }

    #[test]
    fn a_target_that_is_taught_is_related_to_its_parents() {
        teach([("zen7", vec!["zen6"]), ("zen7_x3d", vec!["zen7"])]).expect("both fit");
        assert!(serves("x86_64_v3", "zen7_x3d") && !serves("zen7", "zen6"));
        assert_eq!(Some("x86_64"), family("zen7_x3d"));
        teach([("zen7", vec!["zen6"])]).expect("nothing new");
    }

    #[test]
    fn what_does_not_fit_is_not_taught() {
        let error = |name, parents| teach([(name, parents)]).expect_err("it does not fit");
        assert_eq!(
            "the target `lepton` has an unknown parent `quark`",
            error("lepton", vec!["quark"]).to_string()
        );
        assert_eq!(
            "the target `zen4` is already known, with the parents `zen3`, `x86_64_v4`",
            error("zen4", vec!["zen3"]).to_string()
        );
        let circle = teach([("up", vec!["down"]), ("down", vec!["up"])]);
        assert_eq!(
            Err(TeachError::Circle {
                target: "down".to_owned()
            }),
            circle
        );
        assert!(!is_known("lepton") && !is_known("up"));
    }

    #[test]
    fn every_target_descends_from_its_family() {
        for name in names() {
            let family = family(name).expect("known targets have a family");
            assert!(serves(family, name), "{family} serves {name}");
        }
        assert_eq!(Some("x86_64"), family("zen4"));
        assert_eq!(Some("ppc64le"), family("power10le"));
    }

    #[test]
    fn serving_is_a_partial_order() {
        for a in names() {
            for b in names() {
                assert!(a == b || !(serves(a, b) && serves(b, a)), "{a} and {b}");
                for c in names() {
                    assert!(!(serves(a, b) && serves(b, c)) || serves(a, c));
                }
            }
        }
    }
}
