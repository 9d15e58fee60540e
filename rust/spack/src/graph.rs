//! The information that abstract specs need to be matched against a source of specs.

use crate::spec::{DependencyTypes, FlagKind, VariantValue};
use crate::truth::{Missing, Truth};
use crate::version::{Version, VersionConstraint};

/// Specs with dense numbers, and the edges between them.
///
/// Specs are numbered `0..spec_count()`, in an order that means nothing. Edges are numbered as the
/// source likes. Every answer is about one spec or edge and should be cheap: columns and interned
/// names work well. A source never guesses: each method has a way to say that the source does not
/// record the answer.
pub trait SpecGraph {
    /// The number of specs.
    fn spec_count(&self) -> usize;

    /// The name of a spec's package.
    fn name(&self, spec: u32) -> &str;

    /// A number that identifies the package name; small numbers work best.
    fn package(&self, spec: u32) -> u32 {
        spec
    }

    /// The version, or nothing if the source does not record it.
    fn version(&self, spec: u32) -> Option<&Version>;

    /// The platform, or nothing if the source does not record it.
    fn platform(&self, spec: u32) -> Option<&str>;

    /// The operating system, or nothing if the source does not record it.
    fn os(&self, spec: u32) -> Option<&str>;

    /// The target, or nothing if the source does not record it.
    fn target(&self, spec: u32) -> Option<&str>;

    /// The namespace, or nothing if the source does not record it.
    fn namespace(&self, spec: u32) -> Option<&str>;

    /// The hash.
    fn hash(&self, spec: u32) -> &str;

    /// The value of a variant.
    fn variant(&self, spec: u32, name: &str) -> Variant<'_>;

    /// The compiler flags of one kind, or nothing if the source does not record it.
    fn flags(&self, spec: u32, kind: FlagKind) -> Option<Vec<&str>>;

    /// The place where the compiler of a spec is recorded.
    fn compiler(&self, spec: u32) -> Compiler<'_>;

    /// The edges to direct dependencies that the graph holds.
    fn edges(&self, spec: u32) -> impl Iterator<Item = SpecEdge> + '_;

    /// Returns whether [`edges`](Self::edges) gives every dependency: the source records them and
    /// the graph holds them all.
    fn has_all_edges(&self, spec: u32) -> bool;

    /// Returns whether an edge provides a virtual package.
    fn edge_provides(&self, edge: u32, virtual_name: &str) -> Truth;

    /// A number that identifies the set of virtual packages that the edge provides; small numbers
    /// work best.
    fn provision(&self, edge: u32) -> u32 {
        edge
    }

    /// Returns whether a name is that of a virtual package. Without recipes, a workable test is
    /// that it occurs on some edge; if edges do not record virtual packages, any name that is not a
    /// package's may be one.
    fn is_virtual(&self, name: &str) -> Truth;

    /// Returns whether a spec provides a virtual package. Without recipes, a workable test is that
    /// some edge to the spec provides it.
    fn provides(&self, spec: u32, virtual_name: &str) -> Truth;

    /// Returns whether a spec that provides a virtual package provides one of some versions of it.
    /// Newer specs record that; for older ones only the recipe knows.
    fn provides_version(
        &self,
        spec: u32,
        virtual_name: &str,
        versions: &VersionConstraint,
    ) -> Truth {
        let _ = (spec, virtual_name);
        if versions.is_any() {
            Truth::Yes
        } else {
            Truth::Unknown(Missing::Recipe)
        }
    }
}

/// An edge from a spec to one of its direct dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecEdge {
    /// The number of the edge.
    pub edge: u32,
    /// The number of the dependency.
    pub child: u32,
    /// Its purpose.
    pub types: DependencyTypes,
}

/// One variant as a source records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variant<'a> {
    /// It has this value.
    Value(VariantValue<'a>),
    /// The spec has no such variant.
    Absent,
    /// The source does not record variants.
    Unknown,
}

/// The place where the compiler of a spec is recorded, which determines what `%` can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler<'a> {
    /// Among the edges, as of Spack 1.0. If these are not known, nor is the compiler.
    OnEdges,
    /// On the spec itself, as before Spack 1.0, and on externals that were annotated with it. Every
    /// `%` constraint is checked against it.
    Sole {
        /// The compiler's name.
        name: &'a str,
        /// Its version.
        version: &'a Version,
    },
    /// The source records the compiler of one of the languages, but not the edges.
    Shown {
        /// The compiler's name.
        name: &'a str,
        /// Its version.
        version: &'a Version,
    },
    /// There is none, though the spec is older than compilers on edges.
    Absent,
    /// The spec is older than compilers on edges, and the source does not record its compiler.
    Unknown,
}
