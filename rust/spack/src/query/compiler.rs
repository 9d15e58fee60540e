//! Compilers that are recorded on a spec, not on its edges.

use crate::spec::Dependency;
use crate::truth::{Missing, Truth};
use crate::version::Version;

/// Compilers by their names in specs before Spack 1.0, and the virtual packages that Spack assumes,
/// by their recipes, if only name and version are known.
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

/// Returns whether the only compiler of a spec is the required direct dependency.
///
/// The record has a name and a version. It has nothing else that could be required, so then the
/// answer is no, as in Spack.
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

/// Returns whether a compiler that is recorded, without edges, is the required dependency. If it is
/// not, or if more than name and version is required, an edge might still be.
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
