//! The clauses of a query that a spec fails, as readable text.

use super::closure::is_runtime;
use super::matcher::propagates;
use super::{Holder, Matcher, Rule, node};
use crate::graph::{Compiler, SpecGraph, Variant};
use crate::spec::{Dependency, NodeConstraint, VariantConstraint, VariantValue};

/// The subject of a clause of an abstract spec. The order is that of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClauseKind {
    /// The platform.
    Platform,
    /// The operating system.
    OperatingSystem,
    /// The targets.
    Target,
    /// The versions.
    Version,
    /// The `%` constraints on build dependencies; mostly compilers.
    Compiler,
    /// The variants.
    Variants,
    /// The compiler flags.
    Flags,
    /// The `^` constraints on the dependencies of the spec.
    Dependencies,
    /// The repository that the package comes from.
    Namespace,
    /// The head of the hash.
    Hash,
}

/// A clause that a spec certainly fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedClause {
    /// Its subject.
    pub kind: ClauseKind,
    /// The actual and the required value: `version 1.14.3 is not 1.12:`.
    pub text: String,
}

impl<G: SpecGraph> Matcher<'_, G> {
    /// The subjects of the clauses that a spec certainly fails, in order, each once.
    ///
    /// # Panics
    ///
    /// If the graph has no such spec.
    pub fn failed_kinds(&mut self, spec: u32) -> Vec<ClauseKind> {
        use ClauseKind::{
            Flags, Hash, Namespace, OperatingSystem, Platform, Target, Variants, Version,
        };
        let (graph, wanted) = (self.graph, self.query.node());
        let answers = [
            (Platform, node::platform(graph, spec, wanted)),
            (OperatingSystem, node::os(graph, spec, wanted)),
            (Target, node::target(graph, spec, wanted)),
            (Version, node::version(graph, spec, wanted)),
            (Variants, node::variants(graph, spec, wanted)),
            (Flags, node::flags(graph, spec, wanted)),
            (Namespace, node::namespace(graph, spec, wanted)),
            (Hash, node::hash(graph, spec, wanted)),
        ];
        let failed = answers.into_iter().filter(|(_, answer)| answer.is_no());
        let mut kinds: Vec<ClauseKind> = failed.map(|(kind, _)| kind).collect();
        if propagates(&mut self.walker, graph, spec, wanted).is_no() {
            kinds.push(Variants);
        }
        for position in 0..self.query.rules.len() {
            if self.rule(position, spec).is_no() {
                kinds.push(self.query.rules[position].kind());
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The clauses that a spec certainly fails, by subject. A spec of the right name fails none
    /// exactly if it satisfies the query or cannot be decided.
    ///
    /// # Panics
    ///
    /// If the graph has no such spec.
    pub fn failed_clauses(&mut self, spec: u32) -> Vec<FailedClause> {
        let mut clauses = Vec::new();
        for kind in self.failed_kinds(spec) {
            let texts = self.failed_texts(kind, spec);
            clauses.extend(texts.into_iter().map(|text| FailedClause { kind, text }));
        }
        clauses
    }

    fn failed_texts(&mut self, kind: ClauseKind, spec: u32) -> Vec<String> {
        let (graph, wanted) = (self.graph, self.query.node());
        let differs = |word: &str, has: Option<&str>, wanted: Option<String>| {
            let (has, wanted) = (has.unwrap_or_default(), wanted.unwrap_or_default());
            vec![format!("{word} {has} is not {wanted}")]
        };
        match kind {
            ClauseKind::Platform => differs(
                "platform",
                graph.platform(spec),
                wanted.platform.as_ref().map(ToString::to_string),
            ),
            ClauseKind::OperatingSystem => differs(
                "os",
                graph.os(spec),
                wanted.os.as_ref().map(ToString::to_string),
            ),
            ClauseKind::Target => differs(
                "target",
                graph.target(spec),
                wanted.target.as_ref().map(ToString::to_string),
            ),
            ClauseKind::Version => {
                let has = graph.version(spec).map(ToString::to_string);
                differs("version", has.as_deref(), Some(wanted.versions.to_string()))
            }
            ClauseKind::Namespace => differs(
                "namespace",
                graph.namespace(spec),
                wanted.namespace.as_deref().map(str::to_owned),
            ),
            ClauseKind::Hash => {
                let head = wanted.hash.as_deref().unwrap_or_default();
                vec![format!("hash {} is not /{head}", graph.hash(spec))]
            }
            ClauseKind::Variants => self.failed_variants(spec),
            ClauseKind::Flags => {
                let failed = wanted.flags.iter().filter_map(|(&kind, wanted)| {
                    let flags = graph.flags(spec, kind)?;
                    let has = if flags.is_empty() {
                        "nothing".to_owned()
                    } else {
                        flags.join(" ")
                    };
                    (!wanted.accepts(&flags))
                        .then(|| format!("{kind} {has} is not {}", wanted.flags.join(" ")))
                });
                failed.collect()
            }
            ClauseKind::Compiler | ClauseKind::Dependencies => {
                let rules = 0..self.query.rules.len();
                let failed: Vec<usize> = rules
                    .filter(|&position| self.query.rules[position].kind() == kind)
                    .filter(|&position| self.rule(position, spec).is_no())
                    .collect();
                failed
                    .into_iter()
                    .map(|position| self.failed_rule(&self.query.rules[position], spec))
                    .collect()
            }
        }
    }

    fn failed_variants(&mut self, spec: u32) -> Vec<String> {
        let (graph, wanted) = (self.graph, self.query.node());
        let is_below = propagates(&mut self.walker, graph, spec, wanted);
        let failed = wanted.variants.iter().filter_map(|(name, variant)| {
            let clause = clause(name, variant);
            if variant.propagates {
                return is_below
                    .is_no()
                    .then(|| format!("not all dependencies have {clause}"));
            }
            match graph.variant(spec, name) {
                Variant::Absent => Some(format!("there is no {clause}")),
                Variant::Value(value) if variant.wanted.accepts(name, &value).is_no() => Some(
                    format!("{} is not {clause}", own(Variant::Value(value), name)),
                ),
                Variant::Value(_) | Variant::Unknown => None,
            }
        });
        failed.collect()
    }

    /// The dependency in place of the required one.
    fn failed_rule(&self, rule: &Rule, spec: u32) -> String {
        let wanted = &rule.dependency;
        if let Holder::Named(holder) = &rule.holder {
            return format!("{holder} has no {wanted}");
        }
        let graph = self.graph;
        if wanted.reach.is_direct()
            && let Compiler::Sole { name, version } | Compiler::Shown { name, version } =
                graph.compiler(spec)
        {
            return format!("compiler {name}@{version} is not {wanted}");
        }
        let mut standing = self.in_place_of(wanted, spec);
        standing.sort_unstable();
        standing.dedup();
        if standing.is_empty() {
            format!("no dependency is {wanted}")
        } else {
            format!("{} is not {wanted}", standing.join(", "))
        }
    }

    /// Name and version of the dependencies that have the required name, or provide it.
    fn in_place_of(&self, wanted: &Dependency, root: u32) -> Vec<String> {
        let graph = self.graph;
        let names = wanted.spec.node.name.iter().chain(&wanted.virtuals);
        let names: Vec<&str> = names.map(|name| &**name).collect();
        let mut standing = Vec::new();
        let mut seen = vec![root];
        let mut next = 0;
        while let Some(&spec) = seen.get(next) {
            next += 1;
            for edge in graph.edges(spec) {
                if spec != root && !is_runtime(edge) {
                    continue;
                }
                let child = graph.name(edge.child);
                let is_meant =
                    |name: &&str| **name == *child || graph.edge_provides(edge.edge, name).is_yes();
                if names.iter().any(is_meant) {
                    let version = graph.version(edge.child);
                    let version = version.map(|version| format!("@{version}"));
                    standing.push(format!("{child}{}", version.unwrap_or_default()));
                }
                if !wanted.reach.is_direct() && is_runtime(edge) && !seen.contains(&edge.child) {
                    seen.push(edge.child);
                }
            }
        }
        standing
    }
}

impl Rule {
    fn kind(&self) -> ClauseKind {
        match &self.holder {
            Holder::Root if self.dependency.reach.is_direct() => ClauseKind::Compiler,
            Holder::Root | Holder::Named(_) => ClauseKind::Dependencies,
        }
    }
}

/// A variant as the query spells it.
fn clause(name: &str, variant: &VariantConstraint) -> String {
    let mut text = NodeConstraint::default();
    text.variants.insert(name.into(), variant.clone());
    text.to_string().trim_start().to_owned()
}

/// A variant as a spec has it.
fn own(variant: Variant<'_>, name: &str) -> String {
    match variant {
        Variant::Value(VariantValue::Bool(true)) => format!("+{name}"),
        Variant::Value(VariantValue::Bool(false)) => format!("~{name}"),
        Variant::Value(VariantValue::Single(value)) => format!("{name}={value}"),
        Variant::Value(VariantValue::Multi(values)) => format!("{name}={}", values.join(",")),
        Variant::Absent | Variant::Unknown => format!("no {name}"),
    }
}
