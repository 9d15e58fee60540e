//! The test whether some spec can meet two abstract specs.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{AbstractSpec, Dependency, DependencyTypes};
use crate::target::TargetConstraint;
use crate::truth::Truth;

impl AbstractSpec {
    /// Returns whether some spec could meet both, that is, whether [`constrain`](Self::constrain)
    /// succeeds if neither has two dependencies on one package.
    ///
    /// The answer is unknown if a git reference would have to be looked up. As in Spack, one
    /// dependency on each package is compared: one to build or test with before one to link or run
    /// with.
    ///
    /// ```
    /// use specplan_spack::{AbstractSpec, Truth};
    ///
    /// let spec = AbstractSpec::parse("hdf5@1.12:1.14 target=x86_64_v3:")?;
    /// assert_eq!(Truth::Yes, spec.intersects(&AbstractSpec::parse("@1.14: target=zen4")?));
    /// assert_eq!(Truth::No, spec.intersects(&AbstractSpec::parse("target=aarch64")?));
    /// # Ok::<(), specplan_spack::ParseError>(())
    /// ```
    pub fn intersects(&self, other: &Self) -> Truth {
        let (own, other) = (
            self.with_each_package_once(),
            other.with_each_package_once(),
        );
        let mut both = own.clone().into_owned();
        // As in Spack, a spec with a target intersects one with any target, but not the other way
        // round.
        let asks_for_any = other.node.target == Some(TargetConstraint::Any);
        if both.node.target.is_some() && asks_for_any {
            both.node.target = Some(TargetConstraint::Any);
        }
        if both.merge(&other).is_err() {
            return Truth::No;
        }
        own.versions_intersect(&other)
    }

    /// The spec with one dependency on each package, in all its dependencies too.
    fn with_each_package_once(&self) -> Cow<'_, Self> {
        if !self.has_a_package_twice() {
            return Cow::Borrowed(self);
        }
        let is_to_run = |dependency: &&Dependency| {
            let to_build = DependencyTypes::BUILD | DependencyTypes::TEST;
            !dependency.types.is_empty() && !dependency.types.intersects(to_build)
        };
        let mut once: Vec<&Dependency> = self.dependencies.iter().collect();
        once.sort_by_key(is_to_run);
        let mut seen = BTreeSet::new();
        once.retain(|dependency| {
            let name = &dependency.spec.node.name;
            name.is_none() || seen.insert(name)
        });
        let dependencies = once.into_iter().map(|dependency| Dependency {
            spec: dependency.spec.with_each_package_once().into_owned(),
            ..dependency.clone()
        });
        Cow::Owned(Self {
            node: self.node.clone(),
            dependencies: dependencies.collect(),
        })
    }

    fn has_a_package_twice(&self) -> bool {
        let mut seen = BTreeSet::new();
        self.dependencies.iter().any(|dependency| {
            let name = &dependency.spec.node.name;
            (name.is_some() && !seen.insert(name)) || dependency.spec.has_a_package_twice()
        })
    }

    /// Returns whether the versions intersect, those of the specs and those of shared dependencies.
    fn versions_intersect(&self, other: &Self) -> Truth {
        let namesakes = self.dependencies.iter().flat_map(|own| {
            let new = other.dependencies.iter();
            new.filter(|new| own.is_namesake_of(new))
                .map(|new| own.spec.versions_intersect(&new.spec))
        });
        // Specs that can be merged do not contradict each other, so if one pair does not fit,
        // another may.
        let unknown = namesakes.filter(|answer| !answer.is_no());
        let own = self.node.versions.intersects(&other.node.versions);
        Truth::all(std::iter::once(own).chain(unknown))
    }
}
