//! One abstract spec for what two ask for.

use std::collections::BTreeSet;
use std::fmt;

use super::{AbstractSpec, Conflict, Dependency, Reach};

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
    /// and condition, a direct one if either is; types are put together. Demands on dependencies of
    /// one name must agree even where their conditions differ. The order of flags is that of `self`,
    /// then that of `other`.
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
        let dependencies = self.dependencies.iter().enumerate();
        let mut faults = dependencies.flat_map(|(at, one)| {
            let others = self.dependencies[at + 1..].iter();
            let twins = others.filter(|other| one.is_twin_of(other));
            twins.filter_map(|twin| one.clone().merged(twin).err())
        });
        let Disagreement {
            dependency,
            conflict,
        } = faults.next()?;
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
        self.agree_on_dependencies(other)?;
        for new in &other.dependencies {
            self.require(new)?;
        }
        Ok(())
    }

    /// As in Spack, what both sides ask of a dependency must agree whatever its conditions and
    /// types are: `%[when=+x] b@1` and `%[when=~x] b@2` contradict each other, unless one side has
    /// both.
    fn agree_on_dependencies(&self, other: &Self) -> Result<(), Disagreement> {
        let mut names = BTreeSet::new();
        for new in &other.dependencies {
            let Some(name) = new.spec.node.name.as_deref() else {
                continue;
            };
            if names.insert(name)
                && let Some(own) = self.first_called(name)
                && let Some(new) = other.first_called(name)
            {
                own.clone().merged(new)?;
            }
        }
        Ok(())
    }

    /// The demand that stands for all on dependencies of this name.
    fn first_called(&self, name: &str) -> Option<&Dependency> {
        let called = self.dependencies.iter();
        called
            .filter(|own| own.spec.node.name.as_deref() == Some(name))
            .min_by_key(|own| own.types)
    }

    fn require(&mut self, new: &Dependency) -> Result<(), Disagreement> {
        if self.dependencies.contains(new) {
            return Ok(());
        }
        let like = |own: &Dependency| own.is_one_with(new);
        let alike = |own: &Dependency| like(own) && own.types == new.types;
        let position = self.dependencies.iter().position(alike);
        let position = position.or_else(|| self.dependencies.iter().position(like));
        let merged = match position {
            Some(position) => self.dependencies.remove(position).merged(new)?,
            None => new.clone(),
        };
        for own in self
            .dependencies
            .iter()
            .filter(|own| own.is_twin_of(&merged))
        {
            own.clone().merged(&merged)?;
        }
        self.dependencies.push(merged);
        Ok(())
    }
}

impl Dependency {
    /// Whether two demands on dependencies are made of one package, be it with `%` or with `^`.
    pub(super) fn is_namesake_of(&self, other: &Self) -> bool {
        self.spec.node.name.is_some()
            && self.spec.node.name == other.spec.node.name
            && self.when == other.when
    }

    /// Whether two demands that one spec writes are met by one dependency: types that exclude each
    /// other keep them apart.
    fn is_twin_of(&self, other: &Self) -> bool {
        let is_apart = self.types != other.types && self.types.may_stand_beside(other.types);
        self.is_namesake_of(other) && !is_apart
    }

    /// Whether they can be written as one: what hangs on a `^` cannot be written behind a `%`.
    fn is_one_with(&self, other: &Self) -> bool {
        let is_like = self.reach.is_direct() == other.reach.is_direct()
            || (self.spec.dependencies.is_empty() && other.spec.dependencies.is_empty());
        is_like && self.is_namesake_of(other)
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
        if !self.reach.is_direct() && other.reach.is_direct() {
            self.reach = Reach::Direct;
        }
        Ok(self)
    }
}
