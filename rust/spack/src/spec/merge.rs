//! Merging the constraints of two abstract specs.

use std::fmt;

use super::{AbstractSpec, Dependency, NodeConstraint, Reach};

/// The fields that two constraints on one node disagree on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// The package.
    Name,
    /// The repository.
    Namespace,
    /// No version is in both sets.
    Version,
    /// No value of this variant meets both.
    Variant(Box<str>),
    /// The platform.
    Platform,
    /// The operating system.
    OperatingSystem,
    /// No target is in both.
    Target,
    /// No hash starts with both.
    Hash,
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => formatter.write_str("name"),
            Self::Namespace => formatter.write_str("namespaces"),
            Self::Version => formatter.write_str("versions"),
            Self::Variant(name) => write!(formatter, "values of `{name}`"),
            Self::Platform => formatter.write_str("platforms"),
            Self::OperatingSystem => formatter.write_str("operating systems"),
            Self::Target => formatter.write_str("targets"),
            Self::Hash => formatter.write_str("hashes"),
        }
    }
}

/// The fields that two specs disagree on, before they are shown.
pub(super) struct Disagreement {
    pub(super) dependency: Option<Box<str>>,
    pub(super) conflict: Conflict,
}

impl From<Conflict> for Disagreement {
    fn from(conflict: Conflict) -> Self {
        Self {
            dependency: None,
            conflict,
        }
    }
}

impl NodeConstraint {
    /// Adds the constraints of `other`. On a conflict some of them may have been added.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), Conflict> {
        self.name = pick(self.name.as_ref(), other.name.as_ref()).ok_or(Conflict::Name)?;
        self.namespace =
            pick(self.namespace.as_ref(), other.namespace.as_ref()).ok_or(Conflict::Namespace)?;
        self.versions = self
            .versions
            .intersection(&other.versions)
            .ok_or(Conflict::Version)?;
        for (name, wanted) in &other.variants {
            let own = self
                .variants
                .entry(name.clone())
                .or_insert_with(|| wanted.clone());
            own.wanted = own
                .wanted
                .intersection(&wanted.wanted)
                .ok_or_else(|| Conflict::Variant(name.clone()))?;
            // If one of the two requires it of this node, it is no longer propagated.
            own.propagates &= wanted.propagates;
        }
        for (&kind, wanted) in &other.flags {
            self.flags.entry(kind).or_default().merge(wanted);
        }
        // As in Spack, `*` is a value like others here.
        self.platform =
            pick(self.platform.as_ref(), other.platform.as_ref()).ok_or(Conflict::Platform)?;
        self.os = pick(self.os.as_ref(), other.os.as_ref()).ok_or(Conflict::OperatingSystem)?;
        self.target = match (self.target.take(), &other.target) {
            (Some(own), Some(other)) => Some(own.intersection(other).ok_or(Conflict::Target)?),
            (own, other) => own.or_else(|| other.clone()),
        };
        self.hash = match (self.hash.take(), &other.hash) {
            (Some(own), Some(other)) if own.starts_with(&**other) => Some(own),
            (Some(own), Some(other)) if other.starts_with(&*own) => Some(other.clone()),
            (Some(_), Some(_)) => return Err(Conflict::Hash),
            (own, other) => own.or_else(|| other.clone()),
        };
        Ok(())
    }
}

/// The value that is set; nothing if both are and differ.
#[expect(
    clippy::option_option,
    reason = "unset is an answer, and so is a conflict"
)]
fn pick<T: Clone + PartialEq>(left: Option<&T>, right: Option<&T>) -> Option<Option<T>> {
    match (left, right) {
        (Some(left), Some(right)) => (left == right).then(|| Some(left.clone())),
        (set, None) | (None, set) => Some(set.cloned()),
    }
}

/// The reason why a dependency cannot be added to the others.
pub(crate) enum Refusal {
    Conflict(Conflict),
    OverlappingTypes,
}

impl AbstractSpec {
    /// Asks for one more dependency and returns its position. One of the same name, types and
    /// condition is the same dependency, so both must hold of it, whether it is written with `%` or
    /// with `^`; it stays as it was written first. If the new one has dependencies of its own
    /// (`is_holder`), it is kept beside one written with `%`, which could not hold them.
    ///
    /// As in Spack, a new one with the name of another is not preferred, even if written with `%%`.
    pub(crate) fn add(&mut self, mut new: Dependency, is_holder: bool) -> Result<usize, Refusal> {
        let is_called = |own: &Dependency| {
            own.spec.node.name.is_some() && own.spec.node.name == new.spec.node.name
        };
        if new.reach == Reach::DirectPreferred && self.dependencies.iter().any(is_called) {
            new.reach = Reach::Direct;
        }
        let is_namesake = |own: &Dependency| {
            own.spec.node.name.is_some()
                && own.spec.node.name == new.spec.node.name
                && own.when == new.when
        };
        let twin = |own: &Dependency| is_namesake(own) && own.types == new.types;
        if let Some(position) = self.dependencies.iter().position(twin) {
            // One that stands beside it is the same dependency too.
            for beside in self.dependencies[position + 1..]
                .iter()
                .filter(|own| twin(own))
            {
                let mut both = beside.spec.node.clone();
                both.merge(&new.spec.node).map_err(Refusal::Conflict)?;
            }
            let own = &mut self.dependencies[position];
            let mut node = own.spec.node.clone();
            node.merge(&new.spec.node).map_err(Refusal::Conflict)?;
            if is_holder && own.reach.is_direct() {
                self.dependencies.push(new);
                return Ok(self.dependencies.len() - 1);
            }
            own.spec.node = node;
            own.virtuals.extend(new.virtuals);
            own.virtuals.sort();
            own.virtuals.dedup();
            return Ok(position);
        }
        let stands_beside =
            |own: &Dependency| !is_namesake(own) || own.types.may_stand_beside(new.types);
        if !self.dependencies.iter().all(stands_beside) {
            return Err(Refusal::OverlappingTypes);
        }
        self.dependencies.push(new);
        Ok(self.dependencies.len() - 1)
    }

    /// Puts the dependencies, and theirs, in their canonical order.
    pub(crate) fn sort(&mut self) {
        for dependency in &mut self.dependencies {
            dependency.spec.sort();
        }
        // As in Spack, those that differ in nothing but conditions stay as they were written.
        self.dependencies.sort_by_cached_key(|dependency| {
            let name = dependency.spec.node.name.clone().unwrap_or_default();
            let types = dependency.types.bits();
            (!dependency.reach.is_direct(), name, types)
        });
    }
}
