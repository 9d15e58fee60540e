//! Compilers that are recorded on a spec, not on its edges.

use crate::spec::Dependency;
use crate::truth::{Missing, Truth};
use crate::version::Version;

/// Compilers by the name that specs before Spack 1.0 call them, and what Spack takes them to
/// provide, going by recipes, when nothing but name and version is known.
///
/// - A recipe must provide something whatever its variants. Those of gcc and llvm do so under
///   conditions only, and `intel`, `oneapi`, `arm`, `rocmcc` are names of no package.
/// - It then counts for all that the recipe provides under any condition, since Spack takes two
///   virtual packages that share a provider for compatible. So nvhpc passes for `mpi`.
const PROVIDERS: [(&str, &[&str]); 8] = [
    ("aocc", &["c", "cxx", "fortran"]),
    ("apple-clang", &["c", "cxx"]),
    ("cce", &["c", "cxx", "fortran"]),
    ("fj", &["c", "cxx", "fortran"]),
    ("msvc", &["c", "cxx"]),
    ("nag", &["fortran"]),
    ("nvhpc", &["blas", "c", "cxx", "fortran", "lapack", "mpi"]),
    ("xl", &["c", "cxx", "fortran"]),
];

/// Whether the sole compiler of a spec is the direct dependency that is asked for.
///
/// The record has a name and a version. What else is asked of it, it does not have, so the answer
/// is no; Spack answers so.
pub(super) fn satisfies(name: &str, version: &Version, wanted: &Dependency) -> Truth {
    let node = &wanted.spec.node;
    if node.hash.is_some() {
        return Truth::No;
    }
    if let Some(wanted) = node.name.as_deref().filter(|wanted| *wanted != name) {
        let provides = PROVIDERS
            .iter()
            .any(|&(provider, virtuals)| provider == name && virtuals.contains(&wanted));
        return provides.into();
    }
    let has_more = node.variants.values().any(|variant| !variant.propagates)
        || !node.flags.is_empty()
        || node.platform.is_some()
        || node.os.is_some()
        || node.target.is_some();
    node.versions.contains(version).and((!has_more).into())
}

/// Whether a compiler that is shown, though edges are not, is the dependency that is asked for.
/// If it is not, or more is asked than its name and version, an edge might still be.
pub(super) fn shown_satisfies(name: &str, version: &Version, wanted: &Dependency) -> Truth {
    let plain = wanted.virtuals.is_empty() && wanted.types.is_empty();
    if plain && wanted.spec.node.name.is_some() {
        let answer = satisfies(name, version, wanted);
        if answer.is_yes() {
            return answer;
        }
    }
    Truth::Unknown(Missing::Edges)
}
