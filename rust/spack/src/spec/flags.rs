//! Compiler flags.

use std::collections::BTreeSet;
use std::fmt;

/// The kinds of compiler flags, in the order in which specs list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagKind {
    /// For the C compiler.
    Cflags,
    /// For the preprocessor.
    Cppflags,
    /// For the C++ compiler.
    Cxxflags,
    /// For the Fortran compiler.
    Fflags,
    /// For the linker.
    Ldflags,
    /// Libraries to link.
    Ldlibs,
}

/// A constraint of an abstract spec on one kind of flags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FlagConstraint {
    /// The required flags, perhaps among others, those written with `==` last. A flag and its
    /// argument are one.
    pub flags: Vec<Box<str>>,
    /// Those of them that are written with `==`. The requirement on a spec is the same.
    pub propagated: BTreeSet<Box<str>>,
}

impl FlagKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Cflags,
        Self::Cppflags,
        Self::Cxxflags,
        Self::Fflags,
        Self::Ldflags,
        Self::Ldlibs,
    ];

    /// The key in a spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cflags => "cflags",
            Self::Cppflags => "cppflags",
            Self::Cxxflags => "cxxflags",
            Self::Fflags => "fflags",
            Self::Ldflags => "ldflags",
            Self::Ldlibs => "ldlibs",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for FlagKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FlagConstraint {
    /// Splits a value at blanks; what does not start with a dash belongs to the flag before.
    pub(crate) fn add(&mut self, value: &str, propagates: bool) {
        let mut flags: Vec<String> = Vec::new();
        for word in value.split_whitespace() {
            match flags.last_mut() {
                Some(flag) if !word.starts_with('-') => {
                    flag.push(' ');
                    flag.push_str(word);
                }
                _ => flags.push(word.to_owned()),
            }
        }
        for flag in flags {
            if propagates {
                self.propagated.insert(flag.as_str().into());
            }
            if !self.flags.iter().any(|known| **known == *flag) {
                self.flags.push(flag.into());
            }
        }
        self.flags
            .sort_by_key(|flag| self.propagated.contains(flag));
    }

    /// Adds the flags of `other`. As in Spack, a flag in both is propagated only if both write it
    /// with `==`.
    pub(crate) fn merge(&mut self, other: &Self) {
        for flag in &other.flags {
            let is_propagated = other.propagated.contains(flag);
            if !self.flags.contains(flag) {
                self.flags.push(flag.clone());
                if is_propagated {
                    self.propagated.insert(flag.clone());
                }
            } else if !is_propagated {
                self.propagated.remove(flag);
            }
        }
        self.flags
            .sort_by_key(|flag| self.propagated.contains(flag));
    }

    /// Returns whether a spec with these flags meets the constraint.
    pub fn accepts(&self, flags: &[&str]) -> bool {
        self.flags.iter().all(|wanted| flags.contains(&&**wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_keeps_its_argument() {
        let mut wanted = FlagConstraint::default();
        wanted.add("-O2 -Xlinker foo  -g", false);
        assert_eq!(
            ["-O2", "-Xlinker foo", "-g"],
            wanted.flags.iter().map(|f| &**f).collect::<Vec<_>>()[..]
        );
        assert!(wanted.accepts(&["-g", "-Xlinker foo", "-O2", "-fPIC"]));
        assert!(!wanted.accepts(&["-g", "-O2"]));
    }
}
