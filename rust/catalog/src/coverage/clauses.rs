//! The exact differences of a spec from a wanted one.

use std::collections::BTreeMap;

use super::answer::{DifferingPart, Nearest};
use crate::edge::EdgeColumn;
use crate::{Catalog, Column, SystemName};

/// The virtual packages that a compiler provides, the one that names it first.
const LANGUAGES: [&str; 3] = ["c", "cxx", "fortran"];

impl Nearest {
    /// The actual and the wanted values, one clause each: `version 2.2.4 is not 2.3.2`, `~shared is
    /// not +shared`; a single word says that another stack lists it.
    ///
    /// If neither version, compiler nor variants differ, also the other parts of the hash: recipe,
    /// flags, namespace and direct dependencies, as far as both sides record them.
    pub fn clauses(&self, catalog: &Catalog, wanted: u32, host: &SystemName) -> Vec<String> {
        let has = |column| catalog.text(self.spec, column);
        let mut clauses = Vec::new();
        for difference in &self.differs {
            let word = difference.name();
            match difference {
                DifferingPart::OperatingSystem => {
                    clauses.push(is_not(word, has(Column::OperatingSystem), &host.os));
                }
                DifferingPart::Target => {
                    clauses.push(is_not(word, has(Column::Target), &host.target));
                }
                DifferingPart::Version => {
                    let wanted = catalog.text(wanted, Column::Version);
                    clauses.push(is_not(word, has(Column::Version), wanted));
                }
                DifferingPart::Compiler => {
                    let name = |spec| {
                        let (name, version) = catalog.compiler(spec).unwrap_or(("none", ""));
                        let at = if version.is_empty() { "" } else { "@" };
                        format!("{name}{at}{version}")
                    };
                    clauses.push(is_not(word, &name(self.spec), &name(wanted)));
                }
                DifferingPart::Variants => {
                    let wanted = catalog.text(wanted, Column::Variants);
                    clauses.extend(variants(has(Column::Variants), wanted));
                }
                DifferingPart::Stack => {}
            }
        }
        let is_same = |difference: &DifferingPart| {
            use DifferingPart::{Compiler, Variants, Version};
            !matches!(difference, Version | Compiler | Variants)
        };
        if self.differs.iter().all(is_same) {
            clauses.extend(self.beneath(catalog, wanted));
        }
        if self.differs.contains(&DifferingPart::Stack) {
            clauses.push(DifferingPart::Stack.name().to_owned());
        }
        clauses
    }

    /// The differences beyond names and versions.
    fn beneath(&self, catalog: &Catalog, wanted: u32) -> Vec<String> {
        let mut clauses = Vec::new();
        for (word, column) in [
            ("recipe", Column::Recipe),
            ("namespace", Column::Namespace),
            ("patches", Column::Patches),
            ("flags", Column::Flags),
        ] {
            let (has, wants) = (
                catalog.text(self.spec, column),
                catalog.text(wanted, column),
            );
            // For these an empty text may mean that the source does not record it.
            if has != wants && !has.is_empty() && !wants.is_empty() {
                clauses.push(is_not(
                    word,
                    &has.replace('\n', " "),
                    &wants.replace('\n', " "),
                ));
            }
        }
        let children = |spec: u32| -> Option<BTreeMap<&str, u32>> {
            let name = |id| catalog.edge_names(EdgeColumn::Name).get(id);
            let edges = catalog.dependencies(spec)?.iter();
            Some(edges.map(|edge| (name(edge.name), edge.child)).collect())
        };
        if let (Some(has), Some(wants)) = (children(self.spec), children(wanted)) {
            for (name, child) in &wants {
                let wanted = hash_head(catalog, *child);
                match has.get(name) {
                    Some(other) if other == child => {}
                    Some(other) => clauses.push(format!(
                        "dependency {name}/{} is not /{wanted}",
                        hash_head(catalog, *other)
                    )),
                    None => clauses.push(format!("no dependency is {name}/{wanted}")),
                }
            }
            let more = has.keys().filter(|name| !wants.contains_key(*name));
            clauses.extend(more.map(|name| format!("dependency {name} is not wanted")));
        }
        clauses
    }
}

impl Catalog {
    /// Name and version of the compiler of a spec: as the source shows it, or of the dependency
    /// that provides a language; `None` if there is none or no source records it.
    fn compiler(&self, spec: u32) -> Option<(&str, &str)> {
        match self.text(spec, Column::Compiler) {
            "" => {}
            "none" => return None,
            shown => return Some(shown.split_once('@').unwrap_or((shown, ""))),
        }
        let edges = self.dependencies(spec)?;
        let virtuals = |list| self.edge_names(EdgeColumn::Virtuals).get(list);
        let provider = LANGUAGES.iter().find_map(|language| {
            let provides = |list: u32| virtuals(list).split(',').any(|name| name == *language);
            let found = edges.iter().find(|edge| provides(edge.virtuals))?;
            ((found.child as usize) < self.len()).then_some(found.child)
        })?;
        let text = |column| self.text(provider, column);
        Some((text(Column::Package), text(Column::Version)))
    }

    /// Returns whether two specs were compiled by different compilers. Some sources show compilers,
    /// some record them by edges, and some do not record them; a missing record is not a
    /// difference.
    pub(crate) fn compilers_differ(&self, one: u32, other: u32) -> bool {
        let is_recorded = |spec: u32| {
            let provider_is_unknown = || {
                let edges = self.dependencies(spec).unwrap_or_default();
                edges.iter().any(|edge| edge.child as usize >= self.len())
            };
            match self.text(spec, Column::Compiler) {
                "" => {
                    self.compiler(spec).is_some()
                        || (self.dependencies(spec).is_some() && !provider_is_unknown())
                }
                _ => true,
            }
        };
        is_recorded(one) && is_recorded(other) && self.compiler(one) != self.compiler(other)
    }
}

fn is_not(word: &str, has: &str, wanted: &str) -> String {
    format!("{word} {has} is not {wanted}")
}

/// The variants that differ, by name. Both texts hold one variant a line.
fn variants(has: &str, wanted: &str) -> Vec<String> {
    let (has, wanted) = (by_name(has), by_name(wanted));
    let mut clauses = Vec::new();
    for (name, variant) in &wanted {
        match has.get(name) {
            Some(other) if other == variant => {}
            Some(other) => clauses.push(format!("{other} is not {variant}")),
            None => clauses.push(format!("there is no {variant}")),
        }
    }
    let more = has.iter().filter(|(name, _)| !wanted.contains_key(*name));
    clauses.extend(more.map(|(_, variant)| format!("{variant} is not wanted")));
    clauses
}

fn by_name(variants: &str) -> BTreeMap<&str, &str> {
    let lines = variants.split('\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let name = line.split_once('=').map_or(line, |(name, _)| name);
            (name.trim_start_matches(['+', '~']), line)
        })
        .collect()
}

/// The first letters of a hash, as people write them.
fn hash_head(catalog: &Catalog, id: u32) -> String {
    let mut hash = catalog.node_hash(id).to_string();
    hash.truncate(7);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variant_that_differs_is_a_clause() {
        assert_eq!(
            [
                "a=1 is not a=2",
                "~b is not +b",
                "there is no c=x,y",
                "+d is not wanted",
            ],
            variants("a=1\n~b\n+d\n+e", "a=2\n+b\nc=x,y\n+e")[..]
        );
        assert!(variants("+a", "+a").is_empty());
    }
}
