//! Dependencies of abstract specs, and the types that dependencies have.

use std::fmt;
use std::ops::BitOr;

use super::AbstractSpec;

/// A set of dependency types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DependencyTypes(u8);

impl DependencyTypes {
    /// No type.
    pub const NONE: Self = Self(0);
    /// Linked to.
    pub const LINK: Self = Self(1);
    /// Needed when running.
    pub const RUN: Self = Self(2);
    /// Needed when building.
    pub const BUILD: Self = Self(4);
    /// Needed when testing.
    pub const TEST: Self = Self(8);
    /// Every type.
    pub const ALL: Self = Self(15);

    /// The types by name, in the order in which Spack writes them.
    const NAMES: [(Self, &'static str); 4] = [
        (Self::BUILD, "build"),
        (Self::LINK, "link"),
        (Self::RUN, "run"),
        (Self::TEST, "test"),
    ];

    /// The type of this name; `all` names every type.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "all" {
            return Some(Self::ALL);
        }
        let named = Self::NAMES.iter().find(|(_, known)| *known == name);
        named.map(|&(types, _)| types)
    }

    /// Returns whether there is no type.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether every type of `other` is here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether some type of `other` is here.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The number that Spack gives the set: link 1, run 2, build 4, test 8.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of this number; bits that mean nothing are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// Returns whether two dependencies of one name may have these types: they share none and do
    /// not both reach the running program.
    pub(crate) fn may_stand_beside(self, other: Self) -> bool {
        let runtime = Self::LINK | Self::RUN;
        let both_run = self.intersects(runtime) && other.intersects(runtime);
        !self.intersects(other) && !both_run
    }
}

impl BitOr for DependencyTypes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for DependencyTypes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Self::NAMES
            .iter()
            .filter(|(types, _)| self.contains(*types))
            .map(|&(_, name)| name)
            .collect();
        formatter.write_str(&names.join(","))
    }
}

/// The package that `%name` means if `name` is what older versions of Spack called a compiler.
/// Direct dependencies are still written that way.
pub(crate) const LEGACY_COMPILERS: [(&str, &str); 5] = [
    ("arm", "acfl"),
    ("clang", "llvm"),
    ("intel", "intel-oneapi-compilers-classic"),
    ("oneapi", "intel-oneapi-compilers"),
    ("rocmcc", "llvm-amdgpu"),
];

/// The distance that a dependency may have from its dependent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// `%`: one edge away.
    Direct,
    /// `%%`: one edge away, and preferred for everything that the root links to and runs with. The
    /// requirement on a spec is the same.
    DirectPreferred,
    /// `^`: anywhere in what the root links to and runs with, or among what it builds with.
    Transitive,
}

impl Reach {
    /// Returns whether the dependency is one edge away.
    pub const fn is_direct(self) -> bool {
        matches!(self, Self::Direct | Self::DirectPreferred)
    }

    /// Its spelling.
    pub const fn sigil(self) -> &'static str {
        match self {
            Self::Direct => "%",
            Self::DirectPreferred => "%%",
            Self::Transitive => "^",
        }
    }
}

/// A dependency that an abstract spec requires.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dependency {
    /// The greatest distance that it may have.
    pub reach: Reach,
    /// The types that a direct edge must have, all of them. Empty: any will do.
    pub types: DependencyTypes,
    /// The virtual packages that it must provide, sorted.
    pub virtuals: Vec<Box<str>>,
    /// It is only required if the dependent meets this condition.
    pub when: Option<Box<AbstractSpec>>,
    /// The constraints on the dependency, its own direct dependencies included.
    pub spec: AbstractSpec,
}

impl Dependency {
    /// Sets the condition; one that always holds is dropped.
    pub(crate) fn condition(when: AbstractSpec) -> Option<Box<AbstractSpec>> {
        (when != AbstractSpec::default()).then(|| Box::new(when))
    }
}
