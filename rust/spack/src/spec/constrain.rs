//! One abstract spec for what two ask for.

use std::fmt;

use super::{AbstractSpec, Conflict, Dependency};

/// Two abstract specs that nothing can meet both, and what they disagree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// One spec in its canonical form.
    pub left: Box<str>,
    /// The other spec in its canonical form.
    pub right: Box<str>,
    /// The dependency on which they disagree, or nothing if it is the specs themselves.
    pub dependency: Option<Box<str>>,
    /// What they disagree on.
    pub conflict: Conflict,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            left,
            right,
            dependency,
            conflict,
        } = self;
        write!(
            formatter,
            "`{left}` and `{right}` have no {conflict} in common"
        )?;
        match dependency {
            Some(name) => write!(formatter, " for their dependency `{name}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Contradiction {}

/// What two specs disagree on, before they are shown.
pub(super) struct Disagreement {
    dependency: Option<Box<str>>,
    conflict: Conflict,
}

impl AbstractSpec {
    /// The spec that asks for what both ask for.
    ///
    /// A name that one leaves open is the other's. Dependencies are one if they have the same name
    /// and condition, a direct one if either is; types that exclude each other keep them apart. The order of flags is that of `self`, then that of `other`.
    ///
    /// ```
    /// use specplan_spack::AbstractSpec;
    ///
    /// let spec = AbstractSpec::parse("+mpi %gcc")?.constrain(&AbstractSpec::parse("hdf5 %gcc@12")?)?;
    /// assert_eq!("hdf5+mpi %gcc@12", spec.to_string());
    /// let error = spec.constrain(&AbstractSpec::parse("~mpi")?).unwrap_err();
    /// assert_eq!(
    ///     "`hdf5+mpi %gcc@12` and `~mpi` have no values of `mpi` in common",
    ///     error.to_string()
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if nothing can meet both, and names both and what they disagree on.
    pub fn constrain(&self, other: &Self) -> Result<Self, Contradiction> {
        let mut both = self.clone();
        match both.merge(other) {
            Ok(()) => {
                both.sort();
                Ok(both)
            }
            Err(Disagreement {
                dependency,
                conflict,
            }) => Err(Contradiction {
                left: self.to_string().into(),
                right: other.to_string().into(),
                dependency,
                conflict,
            }),
        }
    }

    /// The dependency that stands here twice with demands that nothing can meet, and what they
    /// disagree on. Looking at one after the other does not find it, as `%` hangs on them later.
    pub(crate) fn contradicting_twins(&self) -> Option<(Box<str>, Conflict)> {
        let mut dependencies = self.dependencies.iter().enumerate();
        let has_twins = dependencies.any(|(at, one)| {
            let mut others = self.dependencies[at + 1..].iter();
            others.any(|other| one.is_namesake_of(other))
        });
        let fault = has_twins.then(|| Self::default().merge(self).err());
        let Disagreement {
            dependency,
            conflict,
        } = fault.flatten()?;
        Some((dependency.unwrap_or_default(), conflict))
    }

    /// Asks for what `other` asks for as well, in no order. On a conflict some may be asked already.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Disagreement> {
        self.node
            .merge(&other.node)
            .map_err(|conflict| Disagreement {
                dependency: None,
                conflict,
            })?;
        for new in &other.dependencies {
            self.require(new)?;
        }
        Ok(())
    }

    fn require(&mut self, new: &Dependency) -> Result<(), Disagreement> {
        let is_here = |own: &Dependency| own == new || own.covers(new);
        if self.dependencies.iter().any(is_here) {
            return Ok(());
        }
        let merged = self.merged_with_namesakes(new);
        // Another edge to a package of that name may be the one, as in `^d@1 ^c %d@2` for `^d@2`.
        if merged.is_err() && self.satisfies_dependency(new).is_yes() {
            return Ok(());
        }
        self.dependencies = merged?;
        Ok(())
    }

    /// The dependencies with one more, which takes in those that it cannot stand beside.
    fn merged_with_namesakes(&self, new: &Dependency) -> Result<Vec<Dependency>, Disagreement> {
        let mut merged = new.clone();
        let mut others = self.dependencies.clone();
        while let Some(at) = others.iter().position(|own| own.is_one_with(&merged)) {
            merged = others.remove(at).merged(&merged)?;
        }
        for own in others.iter().filter(|own| own.stands_beside(&merged)) {
            own.spec
                .node
                .clone()
                .merge(&merged.spec.node)
                .map_err(|conflict| {
                    let dependency = own.spec.node.name.clone();
                    Disagreement {
                        dependency,
                        conflict,
                    }
                })?;
        }
        others.push(merged);
        Ok(others)
    }
}

impl Dependency {
    /// Whether two demands on dependencies are made of one package, be it with `%` or with `^`.
    pub(super) fn is_namesake_of(&self, other: &Self) -> bool {
        self.spec.node.name.is_some()
            && self.spec.node.name == other.spec.node.name
            && self.when == other.when
    }

    /// Whether two demands on dependencies must be met by one.
    fn must_be_met_with(&self, other: &Self) -> bool {
        let is_apart = self.types != other.types && self.types.may_stand_beside(other.types);
        self.is_namesake_of(other) && !is_apart
    }

    /// Whether they can be written as one: what hangs on a `^` cannot be written behind a `%`.
    fn is_one_with(&self, other: &Self) -> bool {
        let is_like = self.reach.is_direct() == other.reach.is_direct()
            || (self.spec.dependencies.is_empty() && other.spec.dependencies.is_empty());
        is_like && self.must_be_met_with(other)
    }

    /// Whether they are written as two, but must be met by one.
    fn stands_beside(&self, other: &Self) -> bool {
        self.must_be_met_with(other) && !self.is_one_with(other)
    }

    /// Whether the other demand is part of this one, be it to the same package.
    fn covers(&self, other: &Self) -> bool {
        self.spec.node.name.is_some()
            && self.spec.node.name == other.spec.node.name
            && (self.reach == other.reach || !other.reach.is_direct())
            && self.when == other.when
            && self.types.contains(other.types)
            && other
                .virtuals
                .iter()
                .all(|name| self.virtuals.contains(name))
            && self.spec.satisfies(&other.spec).is_yes()
    }

    fn merged(mut self, other: &Self) -> Result<Self, Disagreement> {
        self.spec.merge(&other.spec).map_err(|fault| Disagreement {
            dependency: fault.dependency.or_else(|| self.spec.node.name.clone()),
            conflict: fault.conflict,
        })?;
        self.types = self.types | other.types;
        self.virtuals.extend(other.virtuals.iter().cloned());
        self.virtuals.sort();
        self.virtuals.dedup();
        if !self.reach.is_direct() {
            self.reach = other.reach;
        }
        Ok(self)
    }
}
