//! Whether something can be what two abstract specs ask for.

use super::AbstractSpec;
use crate::target::TargetConstraint;
use crate::truth::Truth;

impl AbstractSpec {
    /// Whether some spec could meet both, which is whether [`constrain`](Self::constrain) has an
    /// answer.
    ///
    /// It is unknown where a git reference would have to be looked up.
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
        let mut both = self.clone();
        // As in Spack, what has a target can be what asks for any, but not the other way round.
        let asks_for_any = other.node.target == Some(TargetConstraint::Any);
        if both.node.target.is_some() && asks_for_any {
            both.node.target = Some(TargetConstraint::Any);
        }
        if both.merge(other).is_err() {
            return Truth::No;
        }
        self.versions_intersect(other)
    }

    /// Whether versions intersect, of the specs and of dependencies that are one.
    fn versions_intersect(&self, other: &Self) -> Truth {
        let namesakes = self.dependencies.iter().flat_map(|own| {
            let new = other.dependencies.iter();
            new.filter(|new| own.is_namesake_of(new))
                .map(|new| own.spec.versions_intersect(&new.spec))
        });
        // What can be merged is not a contradiction, so a no of one pair leaves another that fits.
        let unknown = namesakes.filter(|answer| !answer.is_no());
        let own = self.node.versions.intersects(&other.node.versions);
        Truth::all(std::iter::once(own).chain(unknown))
    }
}
