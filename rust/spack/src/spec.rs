//! Abstract specs: constraints on specs.

use std::collections::BTreeMap;

mod constrain;
mod demands;
mod dependency;
mod flags;
mod intersects;
mod merge;
mod order;
mod print;
mod satisfies;
#[cfg(test)]
mod tests;
mod toolchain;
mod variant;

pub use constrain::Contradiction;
pub(crate) use dependency::LEGACY_COMPILERS;
pub use dependency::{Dependency, DependencyTypes, Reach};
pub use flags::{FlagConstraint, FlagKind};
pub use merge::Conflict;
pub(crate) use merge::Refusal;
pub use toolchain::Toolchains;
pub use variant::{VariantConstraint, VariantValue, Wanted};

use crate::target::TargetConstraint;
use crate::version::VersionConstraint;

/// A query in Spack's spec syntax, such as `hdf5@1.14:+mpi ^zlib-ng target=x86_64_v3:`.
///
/// It is read by [`AbstractSpec::parse`] and printed in its canonical form, which reads back to
/// an equal one.
///
/// ```
/// use specplan_spack::AbstractSpec;
///
/// let spec = AbstractSpec::parse("hdf5  +mpi@1.14: %c,cxx = gcc@12");
/// assert!(spec.is_err(), "a virtual assignment holds no blanks");
/// let spec = AbstractSpec::parse("hdf5  +mpi@1.14: %c,cxx=gcc@12")?;
/// assert_eq!("hdf5@1.14:+mpi %c,cxx=gcc@12", spec.to_string());
/// # Ok::<(), specplan_spack::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AbstractSpec {
    /// The constraints on the spec itself.
    pub node: NodeConstraint,
    /// The constraints on its dependencies: direct ones first, then by name.
    pub dependencies: Vec<Dependency>,
}

/// The constraints on one node of a graph, without its dependencies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeConstraint {
    /// The package's name; an anonymous spec leaves it open.
    pub name: Option<Box<str>>,
    /// The repository that the package comes from.
    pub namespace: Option<Box<str>>,
    /// The versions.
    pub versions: VersionConstraint,
    /// Variants by name.
    pub variants: BTreeMap<Box<str>, VariantConstraint>,
    /// Compiler flags by kind.
    pub flags: BTreeMap<FlagKind, FlagConstraint>,
    /// The platform.
    pub platform: Option<FieldConstraint>,
    /// The operating system.
    pub os: Option<FieldConstraint>,
    /// The targets.
    pub target: Option<TargetConstraint>,
    /// The head of the hash.
    pub hash: Option<Box<str>>,
}

/// A constraint on a platform or an operating system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldConstraint {
    /// `*`: anything that is set.
    Any,
    /// This value.
    Exactly(Box<str>),
}

impl AbstractSpec {
    /// The same spec, but its own variants may have no other values: `x=a,b` becomes `x:=a,b`.
    ///
    /// Spack does so before it asks whether a combination is excluded from a matrix. A propagated
    /// value becomes a value of the node itself if the package has the variant, as determined by
    /// `declares`.
    #[must_use]
    pub fn with_exact_values(mut self, declares: impl Fn(&str) -> bool) -> Self {
        for (name, variant) in &mut self.node.variants {
            if variant.propagates && declares(name) {
                variant.propagates = false;
            }
            if let Wanted::Containing(values) = &mut variant.wanted
                && &**name != "patches"
            {
                variant.wanted = Wanted::Exactly(std::mem::take(values));
            }
        }
        self
    }

    /// Returns whether there are no constraints on dependencies and no propagated variants, so that
    /// the node alone decides.
    pub fn is_node_only(&self) -> bool {
        self.dependencies.is_empty() && !self.node.variants.values().any(|v| v.propagates)
    }
}

impl Default for NodeConstraint {
    /// A spec without constraints.
    fn default() -> Self {
        Self {
            name: None,
            namespace: None,
            versions: VersionConstraint::any(),
            variants: BTreeMap::new(),
            flags: BTreeMap::new(),
            platform: None,
            os: None,
            target: None,
            hash: None,
        }
    }
}

impl FieldConstraint {
    /// Returns whether this value meets the constraint.
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(wanted) => **wanted == *value,
        }
    }
}
