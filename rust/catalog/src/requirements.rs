//! The requirements of an environment's configuration on a spec, besides the wanted abstract spec.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use specplan_spack::{
    AbstractSpec, Compiler, DependencyTypes, Matcher, Missing, NodeConstraint, PreparedSpec,
    SpecEdge, SpecGraph, Truth, Variant, VariantConstraint, Wanted,
};

use crate::find::Found;
use crate::{Catalog, CatalogGraph, Column, IdSet};

/// A requirement or a conflict.
#[derive(Clone, Debug)]
pub struct Clause {
    rule: ClauseRule,
    choices: Vec<ClauseChoice>,
    when: Option<PreparedSpec>,
    of_all: bool,
    of: Option<Box<str>>,
}

#[derive(Clone, Debug)]
struct ClauseChoice {
    whole: PreparedSpec,
    /// The constraints besides the variants of the node, which are checked one by one.
    rest: PreparedSpec,
    /// The same without the constraints on compilers.
    rest_uncompiled: PreparedSpec,
}

impl Clause {
    /// Makes a clause.
    ///
    /// If `when` does not hold for a spec, the clause does not apply to it. A clause `of_all`
    /// packages is skipped for those that have no such variant or compile nothing.
    pub fn new(
        rule: ClauseRule,
        choices: impl IntoIterator<Item = AbstractSpec>,
        when: Option<AbstractSpec>,
        of_all: bool,
    ) -> Self {
        Self {
            rule,
            choices: choices.into_iter().map(ClauseChoice::new).collect(),
            when: when.map(PreparedSpec::new),
            of_all,
            of: None,
        }
    }

    /// The same clause about the dependencies of a spec that are of a package, or provide a virtual
    /// package, instead of about the spec itself.
    ///
    /// It is about those that are installed with the spec, linked to or needed when running: a
    /// binary does not need what it was built with. A spec without recorded dependencies meets it.
    #[must_use]
    pub fn of_dependencies(self, name: &str) -> Self {
        Self {
            of: Some(name.into()),
            ..self
        }
    }
}

impl ClauseChoice {
    fn new(whole: AbstractSpec) -> Self {
        let mut rest = whole.clone();
        rest.node.variants.retain(|_, variant| variant.propagates);
        let mut rest_uncompiled = rest.clone();
        rest_uncompiled
            .dependencies
            .retain(|edge| !edge.reach.is_direct());
        Self {
            whole: PreparedSpec::new(whole),
            rest: PreparedSpec::new(rest),
            rest_uncompiled: PreparedSpec::new(rest_uncompiled),
        }
    }
}

/// The number of choices of a [`Clause`] that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseRule {
    /// At least one.
    Any,
    /// Exactly one.
    One,
    /// None.
    Never,
}

/// The properties of a choice.
enum Held {
    /// The choice applies to the package.
    Applies(Truth),
    /// No known spec of the package has these variants, so it is taken not to apply.
    Passed(BTreeSet<Box<str>>),
}

/// Clauses prepared for checking many specs.
pub(crate) struct Clauses<'q> {
    catalog: &'q Catalog,
    graph: &'q CatalogGraph<'q>,
    asked: Vec<Asked<'q>>,
    every: IdSet,
    /// By package and variant, whether no known spec of the package has the variant.
    absent: HashMap<(u32, Box<str>), bool>,
    /// A spec with all edges to what is installed with it.
    installed: Option<(u32, Vec<SpecEdge>)>,
    /// By clause and dependency, whether the dependency meets it.
    of_dependencies: HashMap<(usize, u32), Truth>,
}

struct Asked<'q> {
    clause: &'q Clause,
    choices: Vec<Choice<'q>>,
    when: Option<Matcher<'q, CatalogGraph<'q>>>,
}

struct Choice<'q> {
    query: &'q PreparedSpec,
    whole: Matcher<'q, CatalogGraph<'q>>,
    rest: Matcher<'q, CatalogGraph<'q>>,
    rest_uncompiled: Matcher<'q, CatalogGraph<'q>>,
}

impl<'q> Clauses<'q> {
    pub(crate) fn new(
        catalog: &'q Catalog,
        graph: &'q CatalogGraph<'q>,
        clauses: &'q [Clause],
    ) -> Self {
        let asked = clauses.iter().map(|clause| Asked {
            clause,
            choices: clause
                .choices
                .iter()
                .map(|choice| Choice {
                    query: &choice.whole,
                    whole: choice.whole.matcher(graph),
                    rest: choice.rest.matcher(graph),
                    rest_uncompiled: choice.rest_uncompiled.matcher(graph),
                })
                .collect(),
            when: clause.when.as_ref().map(|when| when.matcher(graph)),
        });
        Self {
            catalog,
            graph,
            asked: asked.collect(),
            every: IdSet::from_ascending(catalog.specs().map(|(spec, _)| spec)),
            absent: HashMap::new(),
            installed: None,
            of_dependencies: HashMap::new(),
        }
    }

    /// Groups the specs that satisfy the abstract spec by the result of the clauses.
    pub(crate) fn narrow(&mut self, found: &Found) -> Found {
        let mut kept = Vec::new();
        let mut narrowed = Found::default();
        let open = found
            .unknown
            .iter()
            .map(|&(spec, missing)| (spec, Some(missing)));
        let mut specs: Vec<(u32, Option<Missing>)> = found
            .specs
            .iter()
            .map(|spec| (spec, None))
            .chain(open)
            .collect();
        specs.sort_unstable_by_key(|&(spec, _)| spec);
        for (spec, missing) in specs {
            let (answer, assumed) = self.holds(spec);
            match (answer, missing) {
                (Truth::No, _) => {}
                (Truth::Yes, None) => {
                    kept.push(spec);
                    if !assumed.is_empty() {
                        narrowed.assumed.insert(spec, assumed);
                    }
                }
                (_, Some(missing)) | (Truth::Unknown(missing), None) => {
                    narrowed.unknown.push((spec, missing));
                }
            }
        }
        narrowed.specs = IdSet::from_ascending(kept);
        narrowed
    }

    /// The clauses that a spec certainly fails, as they are written.
    pub(crate) fn failed(&mut self, spec: u32) -> Vec<String> {
        let mut failed = Vec::new();
        for at in 0..self.asked.len() {
            if self.clause(at, spec).0.is_no() {
                failed.push(self.asked[at].clause.to_string());
            }
        }
        failed
    }

    fn holds(&mut self, spec: u32) -> (Truth, BTreeSet<Box<str>>) {
        let mut all = Truth::Yes;
        let mut assumed = BTreeSet::new();
        for at in 0..self.asked.len() {
            let (answer, more) = self.clause(at, spec);
            all = all.and(answer);
            if all.is_no() {
                break;
            }
            assumed.extend(more);
        }
        (all, assumed)
    }

    fn clause(&mut self, at: usize, spec: u32) -> (Truth, BTreeSet<Box<str>>) {
        match &self.asked[at].clause.of {
            None => self.clause_of_node(at, spec),
            Some(name) => (self.clause_of_dependencies(at, spec, name), BTreeSet::new()),
        }
    }

    fn clause_of_dependencies(&mut self, at: usize, spec: u32, name: &str) -> Truth {
        let graph = self.graph;
        if !graph.has_heard_of(name) {
            return Truth::Yes;
        }
        let nodes: BTreeSet<u32> = self
            .installed_with(spec)
            .iter()
            .filter(|edge| {
                graph.name(edge.child) == name || graph.edge_provides(edge.edge, name).is_yes()
            })
            .map(|edge| edge.child)
            .collect();
        let mut all = Truth::Yes;
        for node in nodes {
            let known = self.of_dependencies.get(&(at, node)).copied();
            let answer = known.unwrap_or_else(|| self.clause_of_node(at, node).0);
            self.of_dependencies.insert((at, node), answer);
            all = all.and(answer);
        }
        all
    }

    /// All edges from a spec, and from what is installed with it, to what is installed with it.
    fn installed_with(&mut self, spec: u32) -> &[SpecEdge] {
        if self.installed.as_ref().is_none_or(|(of, _)| *of != spec) {
            let mut edges = Vec::new();
            let mut seen = BTreeSet::from([spec]);
            let mut ahead = vec![spec];
            while let Some(node) = ahead.pop() {
                if node != spec && self.catalog.is_external(node) {
                    continue;
                }
                for edge in self.graph.edges(node) {
                    let is_installed = edge.types.contains(DependencyTypes::LINK)
                        || edge.types.contains(DependencyTypes::RUN);
                    if is_installed {
                        if seen.insert(edge.child) {
                            ahead.push(edge.child);
                        }
                        edges.push(edge);
                    }
                }
            }
            self.installed = Some((spec, edges));
        }
        self.installed.as_ref().map_or(&[], |(_, edges)| edges)
    }

    fn clause_of_node(&mut self, at: usize, spec: u32) -> (Truth, BTreeSet<Box<str>>) {
        let mut condition = Truth::Yes;
        if let Some(when) = &mut self.asked[at].when {
            condition = when.satisfies(spec);
            if condition.is_no() {
                return (Truth::Yes, BTreeSet::new());
            }
        }
        let mut assumed = BTreeSet::new();
        let mut answers = Vec::new();
        for choice in 0..self.asked[at].choices.len() {
            match self.choice(at, choice, spec) {
                Held::Applies(answer) => answers.push(answer),
                Held::Passed(variants) => assumed.extend(variants),
            }
        }
        let clause = self.asked[at].clause;
        let answer = if answers.is_empty() && clause.of_all {
            Truth::Yes
        } else {
            clause.rule.answer(&answers)
        };
        let answer = match (condition, answer) {
            // If the condition is unknown, it is also unknown whether the clause applies.
            (Truth::Unknown(missing), Truth::No) => Truth::Unknown(missing),
            (_, answer) => answer,
        };
        (answer, assumed)
    }

    fn choice(&mut self, at: usize, choice: usize, spec: u32) -> Held {
        let of_all =
            self.asked[at].clause.of_all && self.asked[at].clause.rule != ClauseRule::Never;
        let query = self.asked[at].choices[choice].query;
        let graph = self.graph;
        if !of_all {
            // A name that no source knows is that of a package that nobody has.
            let is_nobody = query
                .node()
                .name
                .as_ref()
                .is_some_and(|name| !graph.has_heard_of(name));
            return Held::Applies(if is_nobody {
                Truth::No
            } else {
                self.asked[at].choices[choice].whole.satisfies(spec)
            });
        }
        // Spack skips a choice that is about another package.
        if let Some(name) = &query.node().name
            && **name != *graph.name(spec)
        {
            return Held::Passed(BTreeSet::new());
        }
        // Spack skips a choice that names a variant which the package lacks, even `~x`. For a
        // single choice, that is the same as meeting it.
        let is_one_of_several = self.asked[at].choices.len() > 1;
        let mut absent = BTreeSet::new();
        let mut is_passed = false;
        let mut own = Truth::Yes;
        for (name, wanted) in &query.node().variants {
            if wanted.propagates {
                continue;
            }
            own = own.and(match graph.variant(spec, name) {
                Variant::Value(value) => wanted.wanted.accepts(name, &value),
                Variant::Unknown => Truth::Unknown(Missing::Field),
                Variant::Absent if wanted.wanted == Wanted::Bool(false) => {
                    is_passed |= is_one_of_several && self.is_nowhere(spec, name);
                    Truth::Yes
                }
                Variant::Absent if self.is_nowhere(spec, name) => {
                    absent.insert(text_of(name, wanted).into());
                    Truth::Yes
                }
                // Another spec of the package has it, perhaps under a condition.
                Variant::Absent => Truth::Unknown(Missing::Recipe),
            });
        }
        let rest = self.rest(at, choice, spec);
        if absent.is_empty() && !is_passed {
            return Held::Applies(own.and(rest));
        }
        if own.and(rest).is_no() {
            // Spack skips the whole clause if the package lacks a variant; that is not certain.
            return Held::Applies(Truth::Unknown(Missing::Recipe));
        }
        Held::Passed(absent)
    }

    /// The constraints besides variants. A spec that compiles nothing needs no compiler.
    fn rest(&mut self, at: usize, choice: usize, spec: u32) -> Truth {
        let is_uncompiled = self.compiles_nothing(spec);
        let choice = &mut self.asked[at].choices[choice];
        if is_uncompiled {
            choice.rest_uncompiled.satisfies(spec)
        } else {
            choice.rest.satisfies(spec)
        }
    }

    /// Returns whether certainly no dependency of a spec provides a language.
    fn compiles_nothing(&self, spec: u32) -> bool {
        let graph = self.graph;
        match graph.compiler(spec) {
            Compiler::Absent => true,
            Compiler::OnEdges => {
                graph.has_all_edges(spec)
                    && graph.edges(spec).all(|edge| {
                        let is_build = edge.types.contains(DependencyTypes::BUILD);
                        let languages = ["c", "cxx", "fortran"];
                        !is_build
                            || languages
                                .iter()
                                .all(|language| graph.edge_provides(edge.edge, language).is_no())
                    })
            }
            _ => false,
        }
    }

    /// Returns whether no known spec of the package of a spec has a variant.
    fn is_nowhere(&mut self, spec: u32, variant: &str) -> bool {
        let catalog = self.catalog;
        let package = catalog.id(spec, Column::Package);
        let every = &self.every;
        let name = self.graph.name(spec);
        *self
            .absent
            .entry((package, variant.into()))
            .or_insert_with(|| {
                let mut wanted = AbstractSpec::default();
                wanted.node.name = Some(name.into());
                let any = VariantConstraint {
                    wanted: Wanted::Any,
                    propagates: false,
                };
                wanted.node.variants.insert(variant.into(), any);
                let found = catalog.find_specs(&PreparedSpec::new(wanted), every);
                found.specs.is_empty() && found.unknown.is_empty()
            })
    }
}

impl ClauseRule {
    fn answer(self, answers: &[Truth]) -> Truth {
        let any = answers
            .iter()
            .fold(Truth::No, |any, &answer| any.or(answer));
        match self {
            Self::Any => any,
            Self::Never => match any {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            },
            Self::One => {
                let certain = answers.iter().filter(|answer| answer.is_yes()).count();
                let open = answers
                    .iter()
                    .find(|answer| matches!(answer, Truth::Unknown(_)));
                match (certain, open) {
                    (2.., _) | (0, None) => Truth::No,
                    (_, Some(&open)) => open,
                    (_, None) => Truth::Yes,
                }
            }
        }
    }
}

fn text_of(name: &str, wanted: &VariantConstraint) -> String {
    let mut node = NodeConstraint::default();
    node.variants.insert(name.into(), wanted.clone());
    node.to_string().trim_start().to_owned()
}

impl std::fmt::Display for Clause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let choices: Vec<String> = self
            .choices
            .iter()
            .map(|choice| choice.whole.spec().to_string())
            .collect();
        let word = match self.rule {
            ClauseRule::Never => "conflicts with",
            ClauseRule::Any | ClauseRule::One => "required is",
        };
        if let Some(name) = &self.of {
            write!(formatter, "{name}: ")?;
        }
        write!(formatter, "{word} {}", choices.join(" or "))?;
        match &self.when {
            Some(when) => write!(formatter, " where {}", when.spec()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_choices_one_any_or_none_must_hold() {
        let open = Truth::Unknown(Missing::Field);
        let (yes, no) = (Truth::Yes, Truth::No);
        for (answers, any, one, never) in [
            (vec![], no, no, yes),
            (vec![yes], yes, yes, no),
            (vec![no], no, no, yes),
            (vec![open], open, open, open),
            (vec![yes, no], yes, yes, no),
            (vec![yes, yes], yes, no, no),
            (vec![yes, open], yes, open, no),
            (vec![no, open], open, open, open),
            (vec![yes, yes, open], yes, no, no),
        ] {
            assert_eq!(any, ClauseRule::Any.answer(&answers), "{answers:?}");
            assert_eq!(one, ClauseRule::One.answer(&answers), "{answers:?}");
            assert_eq!(never, ClauseRule::Never.answer(&answers), "{answers:?}");
        }
    }
}
