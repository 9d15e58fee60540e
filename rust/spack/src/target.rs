//! Processor targets and their partial order.
//!
//! The names and their parents are those of archspec, which Spack uses too. Binaries for a target
//! run on it and on its descendants: those for `x86_64_v3` run on `zen4`, never on `neoverse_v1`.
//! A name that archspec does not hold is a target of its own, related to nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use archspec::schema::MicroarchitecturesSchema;

mod constraint;

pub use constraint::{TargetConstraint, TargetError, TargetMember};

/// As many targets as one row of ancestors holds; archspec knows fewer than half as many.
const CAPACITY: usize = 192;
const ROW_WORDS: usize = CAPACITY / 64;

/// Whether archspec holds a target of this name.
pub fn is_known(name: &str) -> bool {
    TABLE.position(name).is_some()
}

/// Whether a binary for the target `binary` runs on the target `host`: they are equal, or
/// `binary` is an ancestor of `host`.
pub fn serves(binary: &str, host: &str) -> bool {
    if binary == host {
        return true;
    }
    match (TABLE.position(binary), TABLE.position(host)) {
        (Some(binary), Some(host)) => TABLE.reaches(host, binary),
        _ => false,
    }
}

/// The generic target that a known one descends from, such as `x86_64` for `zen4`.
pub fn family(name: &str) -> Option<&'static str> {
    let position = TABLE.position(name)?;
    Some(&TABLE.names[TABLE.families[position]])
}

/// The known targets, by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.names.iter().map(|name| &**name)
}

/// The targets in the order of their names, with the transitive closure of "descends from".
struct Table {
    names: Vec<Box<str>>,
    families: Vec<usize>,
    /// Bit `i` of row `t` is set when target `i` is `t` or one of its ancestors.
    ancestors: Vec<[u64; ROW_WORDS]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    fn build() -> Self {
        // The schema is read, not archspec's table of targets: that adds the running machine.
        let parents: BTreeMap<&str, &[String]> = MicroarchitecturesSchema::schema()
            .microarchitectures
            .iter()
            .map(|(name, target)| (name.as_str(), target.from.as_slice()))
            .collect();
        assert!(parents.len() <= CAPACITY, "archspec outgrew the rows");
        let names: Vec<Box<str>> = parents.keys().map(|&name| name.into()).collect();
        let mut table = Self {
            families: (0..names.len()).collect(),
            ancestors: vec![[0; ROW_WORDS]; names.len()],
            names,
        };
        for target in 0..table.names.len() {
            let mut pending = vec![target];
            while let Some(position) = pending.pop() {
                if table.reaches(target, position) {
                    continue;
                }
                table.ancestors[target][position / 64] |= 1 << (position % 64);
                let own = parents[&*table.names[position]];
                if own.is_empty() {
                    table.families[target] = position;
                }
                pending.extend(own.iter().filter_map(|name| table.position(name)));
            }
        }
        table
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names
            .binary_search_by(|known| (**known).cmp(name))
            .ok()
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
