//! The order of dependencies of one name in a spec that Spack has copied.
//!
//! Spack keeps them as they are written, but sorts them in each copy. It copies toolchains where they
//! are put in, and roots of environments.

use super::{AbstractSpec, Dependency, DependencyTypes, FieldConstraint, NodeConstraint, Wanted};
use crate::version::VersionKey;

/// The sort key of a node in Spack, field by field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct NodeKey<'s> {
    name: Option<&'s str>,
    namespace: Option<&'s str>,
    versions: VersionKey<'s>,
    variants: Vec<VariantKey<'s>>,
    flags: Vec<(&'static str, Vec<(&'s str, bool)>)>,
    architecture: Option<(Option<String>, Option<String>, Option<String>)>,
    hash: Option<&'s str>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct VariantKey<'s> {
    name: &'s str,
    propagates: bool,
    is_concrete: bool,
    values: Vec<&'s str>,
}

/// The sort key of specs: all nodes, and then the edges to them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SpecKey<'s> {
    nodes: Vec<NodeKey<'s>>,
    edges: Vec<EdgeKey<'s>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct EdgeKey<'s> {
    types: DependencyTypes,
    virtuals: &'s [Box<str>],
    is_direct: bool,
    when: Option<SpecKey<'s>>,
}

impl AbstractSpec {
    /// The spec as Spack copies it: dependencies with the same name and types are sorted by virtual
    /// packages and by condition.
    #[must_use]
    pub fn copied(&self) -> Self {
        let mut copy = self.clone();
        copy.sort_as_copy();
        copy
    }

    fn sort_as_copy(&mut self) {
        for dependency in &mut self.dependencies {
            dependency.spec.sort_as_copy();
        }
        self.dependencies
            .sort_by(|one, other| one.place_in_copy().cmp(&other.place_in_copy()));
    }

    fn key(&self) -> SpecKey<'_> {
        let mut dependencies: Vec<&Dependency> = self.dependencies.iter().collect();
        dependencies.sort_by(|one, other| one.place_in_copy().cmp(&other.place_in_copy()));
        let mut nodes = vec![self.node.key()];
        nodes.extend(dependencies.iter().map(|each| each.spec.node.key()));
        let below = dependencies.iter().flat_map(|each| &each.spec.dependencies);
        nodes.extend(below.map(|each| each.spec.node.key()));
        let edges = dependencies.into_iter().map(Dependency::key).collect();
        SpecKey { nodes, edges }
    }
}

impl Dependency {
    fn key(&self) -> EdgeKey<'_> {
        EdgeKey {
            types: self.types,
            virtuals: &self.virtuals,
            is_direct: self.reach.is_direct(),
            when: self.when.as_deref().map(AbstractSpec::key),
        }
    }

    fn place_in_copy(&self) -> impl Ord + use<'_> {
        let node = &self.spec.node;
        let name = node.name.as_deref().unwrap_or_default();
        let hash = node.hash.as_deref().unwrap_or_default();
        (!self.reach.is_direct(), name, self.types, hash, self.key())
    }
}

impl NodeConstraint {
    fn key(&self) -> NodeKey<'_> {
        let field = |field: &Option<FieldConstraint>| field.as_ref().map(ToString::to_string);
        let parts = (
            field(&self.platform),
            field(&self.os),
            self.target.as_ref().map(ToString::to_string),
        );
        NodeKey {
            name: self.name.as_deref(),
            namespace: self.namespace.as_deref(),
            versions: self.versions.key(),
            variants: self
                .variants
                .iter()
                .map(|(name, variant)| VariantKey {
                    name,
                    propagates: variant.propagates,
                    is_concrete: matches!(variant.wanted, Wanted::Bool(_) | Wanted::Exactly(_)),
                    values: match &variant.wanted {
                        Wanted::Any => Vec::new(),
                        Wanted::Bool(is_on) => vec![if *is_on { "True" } else { "False" }],
                        Wanted::Containing(values) | Wanted::Exactly(values) => {
                            values.iter().map(|value| &**value).collect()
                        }
                    },
                })
                .collect(),
            flags: self
                .flags
                .iter()
                .map(|(kind, wanted)| {
                    let flags = wanted.flags.iter();
                    let flags = flags.map(|flag| (&**flag, wanted.propagated.contains(flag)));
                    (kind.name(), flags.collect())
                })
                .collect(),
            architecture: (parts != (None, None, None)).then_some(parts),
            hash: self.hash.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_one_name_are_sorted_by_what_they_provide_and_by_their_conditions() {
        for (text, expected) in [
            (
                "a %[when='%fortran'] fortran=gcc %[when='%c'] c=gcc",
                "a %[when='%c'] c=gcc %[when='%fortran'] fortran=gcc",
            ),
            (
                "a %[when='+x'] gcc %[when='@2:'] gcc %[when='@1.2'] gcc %gcc %[when='b'] gcc",
                "a %gcc %[when='+x'] gcc %[when='@1.2'] gcc %[when='@2:'] gcc %[when='b'] gcc",
            ),
        ] {
            let spec = AbstractSpec::parse(text).expect(text);
            assert_eq!(expected, spec.copied().to_string());
        }
    }
}
