//! Toolchains: names after `%` that stand for several compilers and what goes with them.

use std::collections::BTreeMap;

use super::{AbstractSpec, Contradiction, Dependency, Reach};

/// What toolchains ask for, by their names.
pub type Toolchains = BTreeMap<Box<str>, AbstractSpec>;

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
            edge.when = Dependency::condition(both);
        }
        self.sort();
        Ok(self)
    }

    /// Asks for what a toolchain asks for as well; behind `%%` all of its dependencies are preferred.
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
    use crate::parse::parse_one_with;

    fn spec(text: &str) -> AbstractSpec {
        AbstractSpec::parse(text).expect(text)
    }

    fn read(text: &str, toolchain: &str) -> Result<String, String> {
        let toolchains = Toolchains::from([("tc".into(), spec(toolchain))]);
        let read = parse_one_with(text, &toolchains);
        read.map(|spec| spec.to_string())
            .map_err(|fault| fault.to_string())
    }

    #[test]
    fn only_the_bare_name_after_a_percent_sign_is_a_toolchain() {
        for (text, expected) in [
            ("a+x %tc", "a+x %c=gcc"),
            ("a %%tc", "a %%c=gcc"),
            ("a %tc %c=tc", "a %c=gcc %c=tc"),
            ("a %[when='%tc'] b", "a %[when='%c=gcc'] b"),
            ("a ^b %tc ^d", "a ^b %c=gcc ^d"),
            ("a %c=tc", "a %c=tc"),
            ("a ^tc", "a ^tc"),
            ("tc", "tc"),
            ("a %other", "a %other"),
            ("a %[when='+x'] tc", "a %[when='+x'] tc"),
        ] {
            assert_eq!(Ok(expected.to_owned()), read(text, "%c=gcc"), "{text}");
        }
    }

    #[test]
    fn what_stands_before_a_toolchain_is_merged_with_it_and_what_stands_behind_joins_it() {
        for (text, expected) in [
            ("a %%tc %gcc", "a %%gcc@12"),
            ("a %gcc %%tc", "a %gcc@12"),
            ("a %tc %c=gcc", "a %c=gcc@12"),
        ] {
            assert_eq!(Ok(expected.to_owned()), read(text, "%gcc@12"), "{text}");
        }
    }

    #[test]
    fn what_is_asked_behind_a_toolchain_belongs_before_it() {
        let shown = "\
`+x@2` follows the toolchain `%tc`, where Spack begins another spec
  a %tc +x@2
        ^^^^ write `+x@2` before `%tc`";
        assert_eq!(Err(shown.to_owned()), read("a %tc +x@2", "%gcc"));
        let fault = read("a %tc zlib", "%gcc").unwrap_err();
        assert!(fault.starts_with("expected a single spec"), "{fault}");
    }

    #[test]
    fn a_toolchain_may_contradict_the_spec() {
        let fault = read("a os=rhel8 %tc", "os=rhel9").unwrap_err();
        let expected = "a toolchain does not fit: \
            `a os=rhel8` and `os=rhel9` have no operating systems in common\n";
        assert!(fault.starts_with(expected), "{fault}");
    }

    #[test]
    fn toolchains_are_put_in_only_so_often() {
        let many = |count: usize| {
            let names: Vec<String> = (0..count).map(|n| format!("%a{n}")).collect();
            names.join(" ")
        };
        let text = format!("a{}", " %tc".repeat(100));
        assert!(read(&text, &many(100)).is_ok());
        let fault = read(&text, &many(1000)).unwrap_err();
        assert!(
            fault.starts_with("toolchains ask for more than 65536"),
            "{fault}"
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
