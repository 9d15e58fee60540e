//! The test whether every spec that meets one abstract spec meets another.

use super::{AbstractSpec, Dependency, DependencyTypes, FieldConstraint, NodeConstraint};
use crate::target::TargetConstraint;
use crate::truth::Truth;

impl AbstractSpec {
    /// Returns whether every spec that meets this one meets `other` too, judged by the texts.
    ///
    /// The answer is unknown if a git reference or the version of a virtual package would have to
    /// be looked up. As in Spack, an open name meets every name, and targets match if some target
    /// is in both sets. A `%` constraint belongs to a node that is found by name, so `%gcc` does
    /// not satisfy `zlib-ng %gcc`. No spec says whether a package provides a virtual one:
    /// `^mpi=openmpi` satisfies `^mpi=openmpi`, and not `^mpi`.
    ///
    /// ```
    /// use specplan_spack::{AbstractSpec, Truth};
    ///
    /// let spec = AbstractSpec::parse("hdf5@1.14.3+mpi ^mpi=openmpi@4")?;
    /// assert_eq!(Truth::Yes, spec.satisfies(&AbstractSpec::parse("hdf5@1.12: ^openmpi@4:")?));
    /// assert_eq!(Truth::No, spec.satisfies(&AbstractSpec::parse("hdf5+cxx")?));
    /// # Ok::<(), specplan_spack::ParseError>(())
    /// ```
    pub fn satisfies(&self, other: &Self) -> Truth {
        let node = self.node.satisfies(&other.node);
        if node.is_no() || !self.agrees_on_propagated(other) {
            return Truth::No;
        }
        node.and(self.satisfies_dependencies(other))
    }

    /// As in Spack, each dependency is looked up on its own, whatever the result for its dependent.
    fn satisfies_dependencies(&self, other: &Self) -> Truth {
        Truth::all(other.dependencies.iter().map(|wanted| {
            let own = self.satisfies_dependency(wanted, other.node.name.as_deref());
            own.and(self.satisfies_dependencies(&wanted.spec))
        }))
    }

    /// The nodes that may hold the dependency `child` of the package `parent`, found by name or by
    /// virtual package: build dependencies first, then the root, then link and run dependencies.
    /// There are several if one dependency is written with both `%` and `^`.
    fn holders(&self, parent: Option<&str>, child: Option<&str>) -> Vec<&Self> {
        let Some(name) = parent.filter(|&name| Some(name) != child) else {
            return vec![self];
        };
        let is_it = |edge: &&Dependency| {
            edge.is_to(Some(name)) || edge.virtuals.iter().any(|provided| **provided == *name)
        };
        let mut beside = self.dependencies.iter();
        if let Some(found) = beside.find(|edge| edge.may_be_for_building() && is_it(edge)) {
            let others = beside.filter(|other| other.is_namesake_of(found));
            let all = std::iter::once(found).chain(others);
            return all.map(|edge| &edge.spec).collect();
        }
        if self.node.name.as_deref() == Some(name) {
            return vec![self];
        }
        let below = self.at_runtime().find(is_it);
        below.map(|edge| &edge.spec).into_iter().collect()
    }

    /// Returns whether this spec's text meets the constraints on one dependency of `parent`,
    /// without those on its own dependencies.
    fn satisfies_dependency(&self, wanted: &Dependency, parent: Option<&str>) -> Truth {
        let decides = match parent {
            Some(name) if self.node.name.as_deref() != Some(name) => {
                self.holders(parent, None).first().copied()
            }
            _ => Some(self),
        };
        if decides.is_some_and(|spec| wanted.is_idle_for(spec)) {
            return Truth::Yes;
        }
        let name = wanted.spec.node.name.as_deref();
        let holds = |edge: &Dependency| edge.is_asked_where(wanted.when.as_deref());
        if wanted.reach.is_direct() {
            let holders = self.holders(parent, name).into_iter();
            let edges = holders.flat_map(|holder| &holder.dependencies);
            let edges = edges.filter(|edge| holds(edge));
            return Truth::any(edges.map(|edge| edge.is_direct_as(wanted)));
        }
        let built_with = self.dependencies.iter();
        let built_with = built_with.filter(|edge| edge.types.contains(DependencyTypes::BUILD));
        let edges = self.at_runtime().chain(built_with);
        let edges: Vec<&Dependency> = edges.filter(|edge| holds(edge)).collect();
        let candidates = edges.iter().filter(|edge| edge.is_to(name));
        let provided: Vec<_> = candidates.flat_map(|edge| &edge.virtuals).collect();
        if !wanted.virtuals.iter().all(|name| provided.contains(&name)) {
            return Truth::No;
        }
        Truth::any(edges.iter().map(|edge| edge.node_meets(&wanted.spec)))
    }

    /// The link and run edges, if types are written.
    fn at_runtime(&self) -> impl Iterator<Item = &Dependency> {
        let own = self
            .dependencies
            .iter()
            .filter(|edge| edge.may_be_at_runtime());
        let below = own.clone().flat_map(|edge| {
            let all: Box<dyn Iterator<Item = &Dependency>> = Box::new(edge.spec.at_runtime());
            all
        });
        own.chain(below)
    }

    /// All edges that are written, those of dependencies included, the nearest first.
    fn written(&self) -> impl Iterator<Item = &Dependency> {
        let below = self.dependencies.iter().flat_map(|dependency| {
            let all: Box<dyn Iterator<Item = &Dependency>> = Box::new(dependency.spec.written());
            all
        });
        self.dependencies.iter().chain(below)
    }

    /// Returns whether no node contradicts a variant that the other spec propagates.
    fn agrees_on_propagated(&self, other: &Self) -> bool {
        self.follows_propagated(other) && other.follows_propagated(self)
    }

    fn follows_propagated(&self, other: &Self) -> bool {
        let propagated = other.node.variants.iter().filter(|(_, v)| v.propagates);
        propagated.into_iter().all(|(name, variant)| {
            let dependencies = self.written().map(|edge| &edge.spec.node);
            let mut nodes = std::iter::once(&self.node).chain(dependencies);
            nodes.all(|node| {
                let own = node.variants.get(name);
                own.is_none_or(|own| own.wanted.satisfies(name, &variant.wanted))
            })
        })
    }
}

impl Dependency {
    fn may_be_for_building(&self) -> bool {
        let building = DependencyTypes::BUILD | DependencyTypes::TEST;
        self.types.is_empty() || self.types.intersects(building)
    }

    fn may_be_at_runtime(&self) -> bool {
        let runtime = DependencyTypes::LINK | DependencyTypes::RUN;
        self.types.is_empty() || self.types.intersects(runtime)
    }

    /// Returns whether this edge goes to a package of this name; always, if the name is open.
    fn is_to(&self, name: Option<&str>) -> bool {
        name.is_none() || self.spec.node.name.as_deref() == name
    }

    /// Returns whether the condition of this dependency cannot hold, so that it requires nothing.
    fn is_idle_for(&self, spec: &AbstractSpec) -> bool {
        let when = self.when.as_ref();
        when.is_some_and(|when| spec.intersects(when).is_no())
    }

    /// Returns whether this edge is required whenever a condition holds, or always if there is
    /// none.
    ///
    /// As in Spack, only the two conditions are compared, not the rest of the spec. This also
    /// prevents a condition on a dependency from being looked up among the dependencies that it
    /// controls.
    fn is_asked_where(&self, condition: Option<&AbstractSpec>) -> bool {
        match (self.when.as_deref(), condition) {
            (None, _) => true,
            (Some(own), Some(condition)) => condition.satisfies(own).is_yes(),
            (Some(own), None) => AbstractSpec::default().satisfies(own).is_yes(),
        }
    }

    /// Returns whether this edge is the required direct one. As in Spack, one written with `^`
    /// qualifies.
    fn is_direct_as(&self, wanted: &Self) -> Truth {
        let provides =
            wanted.virtuals.is_empty() || wanted.virtuals.iter().any(|v| self.virtuals.contains(v));
        if self.types.contains(wanted.types) && provides {
            self.node_meets(&wanted.spec)
        } else {
            Truth::No
        }
    }

    /// Returns whether the constraints on the dependency, but not on its own dependencies, are met
    /// here.
    fn node_meets(&self, wanted: &AbstractSpec) -> Truth {
        if self.is_to(wanted.node.name.as_deref()) {
            self.spec.node.satisfies(&wanted.node)
        } else {
            Truth::No
        }
    }
}

impl NodeConstraint {
    /// Returns whether every node that meets this constraint meets `other`.
    pub(crate) fn satisfies(&self, other: &Self) -> Truth {
        let is_met = is_same_if_set(self.name.as_deref(), other.name.as_deref())
            && is_same_if_set(self.namespace.as_deref(), other.namespace.as_deref())
            && self.satisfies_hash(other)
            && self.satisfies_variants(other)
            && field_satisfies(self.platform.as_ref(), other.platform.as_ref())
            && field_satisfies(self.os.as_ref(), other.os.as_ref())
            && targets_satisfy(self.target.as_ref(), other.target.as_ref())
            && self.satisfies_flags(other);
        Truth::from(is_met).and(self.versions.satisfies(&other.versions))
    }

    fn satisfies_hash(&self, other: &Self) -> bool {
        let own = self.hash.as_deref().unwrap_or_default();
        other
            .hash
            .as_deref()
            .is_none_or(|head| own.starts_with(head))
    }

    /// Propagated variants are constraints on whole graphs, not on this node.
    fn satisfies_variants(&self, other: &Self) -> bool {
        let mut wanted = other.variants.iter().filter(|(_, v)| !v.propagates);
        wanted.all(|(name, wanted)| {
            let own = self.variants.get(name).filter(|own| !own.propagates);
            own.is_some_and(|own| own.wanted.satisfies(name, &wanted.wanted))
        })
    }

    fn satisfies_flags(&self, other: &Self) -> bool {
        other.flags.iter().all(|(kind, wanted)| {
            let has = |flag| {
                let own = self.flags.get(kind);
                own.is_some_and(|own| own.flags.contains(flag))
            };
            self.flags.contains_key(kind) && wanted.flags.iter().all(has)
        })
    }
}

/// Returns whether two names are equal, or one of them is open.
fn is_same_if_set(own: Option<&str>, other: Option<&str>) -> bool {
    own.is_none() || other.is_none() || own == other
}

fn field_satisfies(own: Option<&FieldConstraint>, wanted: Option<&FieldConstraint>) -> bool {
    match (own, wanted) {
        (_, None) | (Some(_), Some(FieldConstraint::Any)) => true,
        (own, wanted) => own == wanted,
    }
}

fn targets_satisfy(own: Option<&TargetConstraint>, wanted: Option<&TargetConstraint>) -> bool {
    match (own, wanted) {
        (_, None) | (Some(_), Some(TargetConstraint::Any)) => true,
        (None, Some(_)) => false,
        (Some(own), Some(wanted)) => own.intersection(wanted).is_some(),
    }
}
