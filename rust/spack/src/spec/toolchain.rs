//! Toolchains: names after `%` that stand for several compilers and related constraints.

use std::collections::BTreeMap;

use super::{AbstractSpec, Contradiction, Dependency, Reach};

/// The specs of toolchains, by their names.
pub type Toolchains = BTreeMap<Box<str>, AbstractSpec>;

impl AbstractSpec {
    /// Returns whether all dependencies are written with `%`, as those of a toolchain must be.
    pub fn is_direct_only(&self) -> bool {
        let mut dependencies = self.dependencies.iter();
        dependencies.all(|edge| edge.reach.is_direct() && edge.spec.is_direct_only())
    }

    /// The same spec, but its dependencies are required only if `condition` holds.
    ///
    /// # Errors
    ///
    /// Fails if a dependency has a condition that contradicts this one.
    pub fn only_when(mut self, condition: &Self) -> Result<Self, Contradiction> {
        for edge in &mut self.dependencies {
            let both = match edge.when.as_deref() {
                Some(when) => when.constrain(condition)?,
                None => condition.clone(),
            };
            edge.when = Dependency::condition(both);
        }
        self.sort();
        Ok(self)
    }

    /// Adds the constraints of a toolchain; after `%%` all of its dependencies are preferred.
    pub(crate) fn put_in(&mut self, toolchain: &Self, reach: Reach) -> Result<(), Contradiction> {
        let mut part = toolchain.copied();
        for edge in &mut part.dependencies {
            edge.reach = edge.reach.max(reach);
        }
        self.sort();
        *self = self.constrain(&part)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> AbstractSpec {
        AbstractSpec::parse(text).expect(text)
    }

    #[test]
    fn conditions_are_added_to_conditions() {
        let part = spec("cflags=-g %[when=+x] gcc %llvm").only_when(&spec("@2"));
        assert_eq!(
            "cflags=-g %[when='@2+x'] gcc %[when='@2'] clang",
            part.expect("no contradiction").to_string()
        );
        assert!(spec("%gcc %[when=+x] b").is_direct_only());
        assert!(!spec("%gcc ^b").is_direct_only());
    }
}
