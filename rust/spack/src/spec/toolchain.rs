//! Toolchains: names after `%` that stand for several compilers and what goes with them.

use super::{AbstractSpec, Contradiction, Dependency, NodeConstraint, Reach};

impl AbstractSpec {
    /// Whether all dependencies are written with `%`, as those of a toolchain must be.
    pub fn is_direct_only(&self) -> bool {
        let mut dependencies = self.dependencies.iter();
        dependencies.all(|edge| edge.reach.is_direct() && edge.spec.is_direct_only())
    }

    /// The same spec, but its dependencies are asked for only where `condition` holds.
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
            edge.when = Some(Box::new(both));
        }
        self.sort();
        Ok(self)
    }

    /// The spec in which every `%name` is replaced by what `toolchain` asks for of the node that the
    /// `%` hangs on. A `%` that asks for more than the name, such as `%c=name`, is left alone, and so
    /// is `^name`.
    ///
    /// ```
    /// use specplan_spack::AbstractSpec;
    ///
    /// let toolchain = AbstractSpec::parse("cflags=-g %c,cxx=llvm@19 %fortran=gcc@14")?;
    /// let spec = AbstractSpec::parse("hdf5 %clang-gfortran ^mpich %clang-gfortran")?;
    /// assert_eq!(
    ///     "hdf5 cflags=-g %fortran=gcc@14 %c,cxx=clang@19 \
    ///      ^mpich cflags=-g %fortran=gcc@14 %c,cxx=clang@19",
    ///     spec.with_toolchain("clang-gfortran", &toolchain)?.to_string()
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the toolchain contradicts what is asked for already.
    pub fn with_toolchain(&self, name: &str, toolchain: &Self) -> Result<Self, Contradiction> {
        let mut spec = self.clone();
        for edge in &mut spec.dependencies {
            edge.spec = edge.spec.with_toolchain(name, toolchain)?;
        }
        let is_named = |edge: &Dependency| edge.is_just(name);
        let placeholders: Vec<Dependency> = spec
            .dependencies
            .extract_if(.., |edge| is_named(edge))
            .collect();
        for placeholder in placeholders {
            let mut part = toolchain.clone();
            if let Some(when) = &placeholder.when {
                part = part.only_when(when)?;
            }
            for edge in &mut part.dependencies {
                edge.reach = edge.reach.max(placeholder.reach);
            }
            spec = spec.constrain(&part)?;
        }
        spec.sort();
        Ok(spec)
    }
}

impl Dependency {
    /// Whether this is `%name` and no more.
    fn is_just(&self, name: &str) -> bool {
        let bare = NodeConstraint {
            name: Some(name.into()),
            ..NodeConstraint::default()
        };
        self.reach != Reach::Transitive
            && self.types.is_empty()
            && self.virtuals.is_empty()
            && self.spec.dependencies.is_empty()
            && self.spec.node == bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> AbstractSpec {
        AbstractSpec::parse(text).expect(text)
    }

    fn replaced(text: &str, toolchain: &str) -> String {
        let replaced = spec(text).with_toolchain("tc", &spec(toolchain));
        replaced.expect("no contradiction").to_string()
    }

    #[test]
    fn only_the_bare_name_after_a_percent_sign_is_replaced() {
        assert_eq!("a+x %c=gcc", replaced("a+x %tc", "%c=gcc"));
        assert_eq!("a %%c=gcc", replaced("a %%tc", "%c=gcc"));
        assert_eq!(
            "a %[when='+x'] c=gcc",
            replaced("a %[when=+x] tc", "%c=gcc")
        );
        for text in ["a %c=tc", "a ^tc", "tc", "a %tc@1", "a %other"] {
            assert_eq!(text, replaced(text, "%c=gcc"));
        }
    }

    #[test]
    fn a_toolchain_may_contradict_the_spec() {
        let fault = spec("a os=rhel8 %tc")
            .with_toolchain("tc", &spec("os=rhel9"))
            .unwrap_err();
        assert_eq!(
            "`a os=rhel8` and `os=rhel9` have no operating systems in common",
            fault.to_string()
        );
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
