//! Toolchains: names after `%` that stand for several compilers and what goes with them.

use std::collections::BTreeSet;

use super::{AbstractSpec, Contradiction, Dependency, LEGACY_COMPILERS, NodeConstraint, Reach};

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
    /// `%` hangs on. A `%` with brackets or a virtual package, such as `%c=name`, is left alone, and
    /// so is `^name`.
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
        let is_named =
            |edge: &Dependency| edge.is_toolchain(name) && edge.asks_for_more().is_none();
        let placeholders: Vec<Dependency> = spec
            .dependencies
            .extract_if(.., |edge| is_named(edge))
            .collect();
        for placeholder in placeholders {
            let mut part = toolchain.clone();
            for edge in &mut part.dependencies {
                edge.reach = edge.reach.max(placeholder.reach);
            }
            spec = spec.constrain(&part)?;
        }
        spec.sort();
        Ok(spec)
    }

    /// The names after `%` that may be those of toolchains, here and behind dependencies, as today's
    /// packages are called.
    ///
    /// ```
    /// use specplan_spack::AbstractSpec;
    ///
    /// let spec = AbstractSpec::parse("hdf5 %tc +x ^mpich %c=gcc %clang")?;
    /// assert_eq!(vec!["llvm", "tc"], Vec::from_iter(spec.bare_dependencies()));
    /// # Ok::<(), specplan_spack::ParseError>(())
    /// ```
    pub fn bare_dependencies(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for edge in &self.dependencies {
            if let Some(name) = edge.spec.node.name.as_deref()
                && edge.is_bare()
            {
                names.insert(name);
            }
            names.append(&mut edge.spec.bare_dependencies());
        }
        names
    }

    /// What is asked of the toolchain `name` as if it were a package: `+x` in `a %name +x`. Spack
    /// reads a toolchain whole, so that such a text begins another spec, and refuses it.
    ///
    /// ```
    /// use specplan_spack::AbstractSpec;
    ///
    /// let more = |text: &str| AbstractSpec::parse(text).unwrap().asked_of_toolchain("tc");
    /// assert_eq!(Some("+mpi".to_owned()), more("bzip2 %tc +mpi"));
    /// assert_eq!(Some("@12".to_owned()), more("bzip2 ^zlib %tc@12"));
    /// assert_eq!(None, more("bzip2 +mpi %tc %c=tc@12"));
    /// ```
    pub fn asked_of_toolchain(&self, name: &str) -> Option<String> {
        let mut edges = self.dependencies.iter();
        edges.find_map(|edge| {
            let own = edge.is_toolchain(name).then(|| edge.asks_for_more());
            own.flatten().or_else(|| edge.spec.asked_of_toolchain(name))
        })
    }
}

impl Dependency {
    /// Whether this is `%name`, where a toolchain may be meant, whatever stands behind it.
    fn is_toolchain(&self, name: &str) -> bool {
        // Some names of compilers are read as those of today's packages.
        let legacy = LEGACY_COMPILERS.iter().find(|(old, _)| *old == name);
        let read = legacy.map_or(name, |(_, today)| *today);
        self.is_bare() && self.spec.node.name.as_deref() == Some(read)
    }

    /// Whether nothing stands between `%` and the name.
    fn is_bare(&self) -> bool {
        self.reach != Reach::Transitive
            && self.types.is_empty()
            && self.virtuals.is_empty()
            && self.when.is_none()
            && self.spec.node.namespace.is_none()
    }

    /// What is asked beside the name.
    fn asks_for_more(&self) -> Option<String> {
        let mut more = self.spec.node.clone();
        more.name = None;
        (more != NodeConstraint::default()).then(|| more.to_string().trim_start().to_owned())
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
            "a %c=gcc",
            spec("a %clang")
                .with_toolchain("clang", &spec("%c=gcc"))
                .expect("fits")
                .to_string()
        );
        for text in ["a %c=tc", "a ^tc", "tc", "a %other", "a %[when='+x'] tc"] {
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
