//! Whether all that one abstract spec stands for is what another asks for.

use super::{AbstractSpec, Dependency, FieldConstraint, NodeConstraint};
use crate::target::TargetConstraint;
use crate::truth::Truth;

impl AbstractSpec {
    /// Whether every spec that meets this one meets `other` too, as far as the texts show.
    ///
    /// It is unknown where a git reference or the version of a virtual package would have to be
    /// looked up. As in Spack, a name that is left open meets every name, and targets will do if
    /// some target is in both sets. What `%` asks hangs on a node that is found by name, so `%gcc`
    /// does not satisfy `zlib-ng %gcc`. Whether a package provides a virtual one is written in no
    /// spec: `^mpi=openmpi` satisfies `^mpi=openmpi`, and not `^mpi`.
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

    fn satisfies_dependencies(&self, other: &Self) -> Truth {
        let dependencies = other.dependencies.iter();
        let holder = self.node_called(other.node.name.as_deref());
        Truth::all(
            dependencies.map(|wanted| match (wanted.reach.is_direct(), holder) {
                (false, _) => self.satisfies_dependency(wanted),
                (true, Some(holder)) => holder.satisfies_dependency(wanted),
                (true, None) => wanted.is_idle_for(self).into(),
            }),
        )
    }

    /// The node that a direct dependency of one with this name hangs on, found by the name.
    fn node_called(&self, name: Option<&str>) -> Option<&Self> {
        if name.is_none() || self.node.name.as_deref() == name {
            return Some(self);
        }
        let mut edges = self.written();
        let found = edges.find(|edge| edge.spec.node.name.as_deref() == name);
        found.map(|edge| &edge.spec)
    }

    /// Whether what is asked of one dependency is met by what is written here.
    pub(super) fn satisfies_dependency(&self, wanted: &Dependency) -> Truth {
        if wanted.is_idle_for(self) {
            return Truth::Yes;
        }
        let holds = |edge: &Dependency| edge.is_asked_where(wanted.when.as_deref());
        if wanted.reach.is_direct() {
            let edges = self.dependencies.iter().filter(|edge| holds(edge));
            return Truth::any(edges.map(|edge| edge.is_direct_as(wanted)));
        }
        let edges: Vec<&Dependency> = self.written().filter(|edge| holds(edge)).collect();
        let name = wanted.spec.node.name.as_deref();
        let candidates = edges.iter().filter(|edge| edge.is_to(name));
        let provided: Vec<_> = candidates.flat_map(|edge| &edge.virtuals).collect();
        if !wanted.virtuals.iter().all(|name| provided.contains(&name)) {
            return Truth::No;
        }
        Truth::any(edges.iter().map(|edge| edge.node_meets(&wanted.spec)))
    }

    /// All edges that are written, those of dependencies included, the nearest first.
    fn written(&self) -> impl Iterator<Item = &Dependency> {
        let below = self.dependencies.iter().flat_map(|dependency| {
            let all: Box<dyn Iterator<Item = &Dependency>> = Box::new(dependency.spec.written());
            all
        });
        self.dependencies.iter().chain(below)
    }

    /// Whether no node contradicts a variant that the other spec propagates.
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
    /// Whether this edge goes to a package of this name; always, if the name is open.
    fn is_to(&self, name: Option<&str>) -> bool {
        name.is_none() || self.spec.node.name.as_deref() == name
    }

    /// Whether the condition of this demand cannot hold, so that nothing is asked.
    fn is_idle_for(&self, spec: &AbstractSpec) -> bool {
        let when = self.when.as_ref();
        when.is_some_and(|when| spec.intersects(when).is_no())
    }

    /// Whether this edge is asked for wherever a condition holds, or always if there is none.
    ///
    /// As in Spack, only the two conditions are compared, not what else the spec asks for. That
    /// also keeps a condition that asks for a dependency from being looked up among the very
    /// dependencies that it decides on.
    fn is_asked_where(&self, condition: Option<&AbstractSpec>) -> bool {
        match (self.when.as_deref(), condition) {
            (None, _) => true,
            (Some(own), Some(condition)) => condition.satisfies(own).is_yes(),
            (Some(own), None) => AbstractSpec::default().satisfies(own).is_yes(),
        }
    }

    /// Whether this edge is the direct one that is asked for.
    fn is_direct_as(&self, wanted: &Self) -> Truth {
        let provides =
            wanted.virtuals.is_empty() || wanted.virtuals.iter().any(|v| self.virtuals.contains(v));
        let is_such = self.reach.is_direct() && self.types.contains(wanted.types) && provides;
        if is_such {
            self.node_meets(&wanted.spec)
        } else {
            Truth::No
        }
    }

    /// Whether what is asked of the dependency, its own ones included, is met here.
    fn node_meets(&self, wanted: &AbstractSpec) -> Truth {
        if self.is_to(wanted.node.name.as_deref()) {
            self.spec.satisfies(wanted)
        } else {
            Truth::No
        }
    }
}

impl NodeConstraint {
    /// Whether every node that meets this constraint meets `other`.
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

    /// Variants that propagate are asked of whole graphs, not of this node.
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

/// Whether two names are one, or one of them is open.
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
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(own), Some(wanted)) => own.intersection(wanted).is_some(),
    }
}
