//! The abstract spec that combines two others.

use std::fmt;

use super::demands::Demands;
use super::merge::Disagreement;
use super::{AbstractSpec, Conflict, Dependency, Reach};

/// Two abstract specs that no spec can meet together, and the fields that they disagree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// One spec in its canonical form.
    pub left: Box<str>,
    /// The other spec in its canonical form.
    pub right: Box<str>,
    /// The dependency on which they disagree, or nothing if it is the specs themselves.
    pub dependency: Option<Box<str>>,
    /// The fields that they disagree on.
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

impl AbstractSpec {
    /// The spec with the constraints of both.
    ///
    /// If one leaves its name open, the name is the other's. Dependencies with the same name and
    /// condition become one, a direct one if either is; types are united. Demands on dependencies
    /// of one name must agree even where their conditions differ. The order of flags is that of
    /// `self`, then that of `other`.
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
    /// Fails if no spec can meet both; the error names both and the fields that they disagree on.
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

    /// The dependency that stands here twice with contradicting constraints, and the fields that
    /// these disagree on. A check of one dependency after the other does not find it, as their own
    /// `%` dependencies are added later.
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

    /// The spec with the constraints of this one and of all `others`, as [`Self::constrain`] with
    /// one after the other. The time is linear in their total length.
    ///
    /// # Errors
    ///
    /// Fails at the first that contradicts those before it; the error has its position.
    pub fn constrain_all(&self, others: &[&Self]) -> Result<Self, (usize, Contradiction)> {
        let mut node = self.node.clone();
        let mut demands = Demands::of(self.dependencies.clone());
        for (position, other) in others.iter().enumerate() {
            let merged = node.merge(&other.node).map_err(Disagreement::from);
            if merged.and_then(|()| demands.require_all(other)).is_err() {
                let before = self.constrain_all(&others[..position])?;
                return match before.constrain(other) {
                    Err(contradiction) => Err((position, contradiction)),
                    Ok(both) => both
                        .constrain_all(&others[position + 1..])
                        .map_err(|(later, fault)| (position + 1 + later, fault)),
                };
            }
        }
        let mut all = Self {
            node,
            dependencies: demands.into_dependencies(),
        };
        all.sort();
        Ok(all)
    }

    /// Adds the constraints of `other`, in no particular order. On a conflict some may have been
    /// added.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Disagreement> {
        self.node.merge(&other.node)?;
        if other.dependencies.is_empty() {
            return Ok(());
        }
        let mut demands = Demands::of(std::mem::take(&mut self.dependencies));
        demands.require_all(other)?;
        self.dependencies = demands.into_dependencies();
        Ok(())
    }
}

impl Dependency {
    /// Returns whether two constraints are on the same package, whether written with `%` or with
    /// `^`.
    pub(super) fn is_namesake_of(&self, other: &Self) -> bool {
        self.spec.node.name.is_some()
            && self.spec.node.name == other.spec.node.name
            && self.when == other.when
    }

    /// Returns whether one dependency must meet two constraints of the same spec; types that
    /// exclude each other keep them apart.
    pub(super) fn is_twin_of(&self, other: &Self) -> bool {
        let is_apart = self.types != other.types && self.types.may_stand_beside(other.types);
        self.is_namesake_of(other) && !is_apart
    }

    /// Returns whether they can be written as one: what hangs on a `^` cannot be written behind a
    /// `%`.
    pub(super) fn is_one_with(&self, other: &Self) -> bool {
        let is_like = self.reach.is_direct() == other.reach.is_direct()
            || (self.spec.dependencies.is_empty() && other.spec.dependencies.is_empty());
        is_like && self.is_namesake_of(other)
    }

    pub(super) fn merged(mut self, other: &Self) -> Result<Self, Disagreement> {
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
