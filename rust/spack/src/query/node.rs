//! The facts that one node alone determines.

use crate::graph::{SpecGraph, Variant};
use crate::spec::{FieldConstraint, NodeConstraint};
use crate::target::TargetConstraint;
use crate::truth::{Missing, Truth};

/// Returns whether a spec meets the constraints, except those on dependencies and propagated
/// variants. `is_virtual` matches the requested name.
///
/// A spec of another name can still provide the required virtual package. Spack then compares the
/// hash and the version of the virtual package, and nothing else.
pub(super) fn satisfies<G: SpecGraph>(
    graph: &G,
    spec: u32,
    wanted: &NodeConstraint,
    is_virtual: Truth,
) -> Truth {
    match wanted.name.as_deref() {
        Some(name) if name != graph.name(spec) => {
            if is_virtual.is_no() {
                return Truth::No;
            }
            graph
                .provides(spec, name)
                .and(satisfies_as_provider(graph, spec, name, wanted))
        }
        _ => satisfies_but_name(graph, spec, wanted),
    }
}

/// Returns whether a spec that provides the required virtual package meets the constraints.
pub(super) fn satisfies_as_provider<G: SpecGraph>(
    graph: &G,
    spec: u32,
    virtual_name: &str,
    wanted: &NodeConstraint,
) -> Truth {
    hash(graph, spec, wanted).and(graph.provides_version(spec, virtual_name, &wanted.versions))
}

/// Returns whether a spec of the right name meets the constraints.
pub(super) fn satisfies_but_name<G: SpecGraph>(
    graph: &G,
    spec: u32,
    wanted: &NodeConstraint,
) -> Truth {
    let tests = [
        hash::<G>, namespace, version, platform, os, target, variants, flags,
    ];
    Truth::all(tests.into_iter().map(|test| test(graph, spec, wanted)))
}

/// Returns whether a spec has an accepted value of a variant, or lacks the variant.
pub(super) fn agrees<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let propagated = wanted.variants.iter().filter(|(_, v)| v.propagates);
    Truth::all(
        propagated.map(|(name, variant)| match graph.variant(spec, name) {
            Variant::Value(value) => variant.wanted.accepts(name, &value),
            Variant::Absent => Truth::Yes,
            Variant::Unknown => Truth::Unknown(Missing::Field),
        }),
    )
}

pub(super) fn hash<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let head = wanted.hash.as_deref();
    head.is_none_or(|head| graph.hash(spec).starts_with(head))
        .into()
}

pub(super) fn namespace<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let value = graph.namespace(spec);
    known(wanted.namespace.as_deref(), value, |a, b| a == b)
}

pub(super) fn platform<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let accepts = FieldConstraint::accepts;
    known(wanted.platform.as_ref(), graph.platform(spec), accepts)
}

pub(super) fn os<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    known(wanted.os.as_ref(), graph.os(spec), FieldConstraint::accepts)
}

pub(super) fn target<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let accepts = TargetConstraint::accepts;
    known(wanted.target.as_ref(), graph.target(spec), accepts)
}

pub(super) fn version<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    if wanted.versions.is_any() {
        return Truth::Yes;
    }
    match graph.version(spec) {
        Some(version) => wanted.versions.contains(version),
        None => Truth::Unknown(Missing::Field),
    }
}

pub(super) fn variants<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    let own = wanted.variants.iter().filter(|(_, v)| !v.propagates);
    Truth::all(own.map(|(name, variant)| match graph.variant(spec, name) {
        Variant::Value(value) => variant.wanted.accepts(name, &value),
        Variant::Absent => Truth::No,
        Variant::Unknown => Truth::Unknown(Missing::Field),
    }))
}

pub(super) fn flags<G: SpecGraph>(graph: &G, spec: u32, wanted: &NodeConstraint) -> Truth {
    Truth::all(
        wanted
            .flags
            .iter()
            .map(|(&kind, wanted)| match graph.flags(spec, kind) {
                Some(flags) => wanted.accepts(&flags).into(),
                None => Truth::Unknown(Missing::Field),
            }),
    )
}

fn known<W: ?Sized>(
    wanted: Option<&W>,
    value: Option<&str>,
    accepts: impl Fn(&W, &str) -> bool,
) -> Truth {
    match (wanted, value) {
        (None, _) => Truth::Yes,
        (Some(_), None) => Truth::Unknown(Missing::Field),
        (Some(wanted), Some(value)) => accepts(wanted, value).into(),
    }
}
