//! Evaluates a query on the specs of a graph.

use super::closure::{Walker, is_runtime};
use super::summary::{Progress, Summaries, Summary};
use super::{Holder, PreparedSpec, Rule, compiler, node};
use crate::graph::{Compiler, SpecEdge, SpecGraph};
use crate::spec::{Dependency, DependencyTypes, NodeConstraint};
use crate::truth::{Missing, Truth};

/// Evaluates a query on specs of a graph, one after the other.
///
/// Follows what Spack does for a concrete spec:
///
/// 1. The node itself must meet its constraints, and every node below that has a propagated variant
///    must have the value.
/// 2. `^d` looks at the edges of the link and run closure and at the spec's own build edges, by the
///    name of the dependency or a virtual package that the edge provides. Each named virtual
///    package must be on one of them, and one of the dependencies must meet `d`.
/// 3. `%d` looks at the edges of the node that it hangs on. One must have all the named types, any
///    of the named virtual packages, and lead to a spec that meets `d`.
/// 4. A dependency under a condition counts only where the condition holds.
///
/// No dependency is compared twice with the same demand, and closures are summarised from those
/// below. So asking all specs of a graph for `^d` takes time linear in its edges; where it has
/// cycles, which hashes rule out, each spec takes time linear in the edges below it.
pub struct Matcher<'q, G> {
    pub(super) query: &'q PreparedSpec,
    pub(super) graph: &'q G,
    pub(super) walker: Walker<'q, G>,
    /// Whether the name in the query is that of a virtual package.
    is_virtual: Truth,
    /// For each rule and spec, whether the spec meets the rule's constraints on a dependency.
    answers: Vec<Vec<Option<Truth>>>,
    /// For each rule and spec, the summary of the spec's link and run closure.
    summaries: Vec<Summaries>,
    /// For each rule, the meaning of its name in the graph.
    namings: Vec<Naming>,
    /// A cycle was found, so summaries are of no use.
    is_cyclic: bool,
    /// For each rule, the matcher of its condition.
    conditions: Vec<Option<Box<Self>>>,
}

/// The meaning of a rule's name in a graph, looked up once for each package and each list of
/// virtual packages instead of for each edge.
#[derive(Clone, Default)]
struct Naming {
    /// By number of the package, whether it has the name.
    packages: Vec<Option<bool>>,
    /// By number of the set that an edge provides, whether it has the name.
    provisions: Vec<Option<Truth>>,
}

/// The value recorded under a number; if there is none, computes and records it.
fn noted<T: Copy>(notes: &mut Vec<Option<T>>, number: u32, find: impl FnOnce() -> T) -> T {
    let place = number as usize;
    if notes.len() <= place {
        notes.resize(place + 1, None);
    }
    *notes[place].get_or_insert_with(find)
}

/// The link and run edges form a cycle.
struct Cycle;

impl<'q, G: SpecGraph> Matcher<'q, G> {
    pub(super) fn new(query: &'q PreparedSpec, graph: &'q G) -> Self {
        let condition = |rule: &'q Rule| {
            let when = rule.when.as_ref()?;
            Some(Box::new(Self::new(when, graph)))
        };
        Self {
            query,
            graph,
            walker: Walker::new(graph),
            is_virtual: query
                .node()
                .name
                .as_deref()
                .map_or(Truth::No, |name| graph.is_virtual(name)),
            answers: vec![Vec::new(); query.rules.len()],
            summaries: vec![Summaries::default(); query.rules.len()],
            namings: vec![Naming::default(); query.rules.len()],
            is_cyclic: false,
            conditions: query.rules.iter().map(condition).collect(),
        }
    }

    /// Returns whether a spec satisfies the query.
    ///
    /// # Panics
    ///
    /// If the graph has no such spec.
    pub fn satisfies(&mut self, spec: u32) -> Truth {
        match self.satisfies_node(spec) {
            Truth::No => Truth::No,
            answer => answer.and(self.satisfies_graph(spec)),
        }
    }

    /// Returns whether a spec meets the query's constraints on the node itself.
    ///
    /// # Panics
    ///
    /// If the graph has no such spec.
    pub fn satisfies_node(&self, spec: u32) -> Truth {
        node::satisfies(self.graph, spec, self.query.node(), self.is_virtual)
    }

    /// Returns whether the dependencies of a spec meet the query.
    ///
    /// # Panics
    ///
    /// If the graph has no such spec.
    pub fn satisfies_graph(&mut self, spec: u32) -> Truth {
        let query = self.query;
        // The only requirement on the provider of a virtual package is what it provides.
        let name = query.node().name.as_deref();
        if name.is_some_and(|name| name != self.graph.name(spec)) {
            return Truth::Yes;
        }
        let mut answer = propagates(&mut self.walker, self.graph, spec, query.node());
        for position in 0..query.rules.len() {
            if answer.is_no() {
                break;
            }
            answer = answer.and(self.rule(position, spec));
        }
        answer
    }

    pub(super) fn rule(&mut self, position: usize, root: u32) -> Truth {
        let rule = &self.query.rules[position];
        let condition = self.condition(position, root);
        if condition.is_no() {
            return Truth::Yes;
        }
        let answer = if rule.dependency.reach.is_direct() {
            self.direct(position, root)
        } else {
            self.transitive(position, root)
        };
        // If it is unknown whether the condition holds, an unmet rule may not apply.
        if answer.is_yes() || condition.is_yes() {
            answer
        } else {
            condition
        }
    }

    /// Returns whether the condition of a rule holds of the node that the rule hangs on.
    fn condition(&mut self, position: usize, root: u32) -> Truth {
        let rule = &self.query.rules[position];
        let Some(condition) = &mut self.conditions[position] else {
            return Truth::Yes;
        };
        let holder = match &rule.holder {
            Holder::Root => Some(root),
            Holder::Named(name) if **name == *self.graph.name(root) => Some(root),
            Holder::Named(name) => self.walker.find(root, name),
        };
        holder.map_or(Truth::Yes, |holder| condition.satisfies(holder))
    }

    fn transitive(&mut self, position: usize, root: u32) -> Truth {
        let graph = self.graph;
        let mut summary = self.runtime(position, root);
        let build = graph
            .edges(root)
            .filter(|edge| !is_runtime(*edge) && edge.types.intersects(DependencyTypes::BUILD));
        for edge in build {
            self.add_edge(&mut summary, position, edge);
        }
        summary.answer()
    }

    /// The link and run closure of a spec.
    fn runtime(&mut self, position: usize, root: u32) -> Summary {
        if !self.is_cyclic {
            self.is_cyclic = self.summarise(position, root).is_err();
        }
        if !self.is_cyclic
            && let Some(summary) = self.summaries[position].get(root)
        {
            return summary.clone();
        }
        let below = self.walker.take_below(root);
        let mut summary = self.empty_summary(position, below.is_complete);
        for &edge in &below.runtime {
            self.add_edge(&mut summary, position, edge);
        }
        self.walker.put_back(below);
        summary
    }

    /// Summarises a spec and all below it, children first. Gives up on a cycle, where no child
    /// comes first.
    fn summarise(&mut self, position: usize, root: u32) -> Result<(), Cycle> {
        /// A step of the walk; what a spec links to is entered between its two steps.
        enum Step {
            Enter(u32),
            Leave(u32),
        }
        let graph = self.graph;
        self.summaries[position].make_room(graph.spec_count());
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(spec) => match self.summaries[position].progress(spec) {
                    Progress::Done => {}
                    Progress::Open => return Err(Cycle),
                    Progress::New => {
                        self.summaries[position].open(spec);
                        steps.push(Step::Leave(spec));
                        let children = graph.edges(spec).filter(|&edge| is_runtime(edge));
                        steps.extend(children.map(|edge| Step::Enter(edge.child)));
                    }
                },
                Step::Leave(spec) => {
                    let mut summary = self.empty_summary(position, graph.has_all_edges(spec));
                    for edge in graph.edges(spec).filter(|&edge| is_runtime(edge)) {
                        self.add_edge(&mut summary, position, edge);
                        if let Some(below) = self.summaries[position].get(edge.child) {
                            summary.add(below);
                        }
                    }
                    self.summaries[position].finish(spec, summary);
                }
            }
        }
        Ok(())
    }

    fn empty_summary(&self, position: usize, is_complete: bool) -> Summary {
        let virtuals = &self.query.rules[position].dependency.virtuals;
        Summary::empty(virtuals.len(), is_complete)
    }

    fn add_edge(&mut self, summary: &mut Summary, position: usize, edge: SpecEdge) {
        let (named, leads) = self.candidate(position, edge);
        if named.is_no() {
            return;
        }
        let virtuals = &self.query.rules[position].dependency.virtuals;
        let provides = |name| self.graph.edge_provides(edge.edge, name);
        summary.add_edge(named, leads, virtuals.iter().map(|name| provides(name)));
    }

    fn direct(&mut self, position: usize, root: u32) -> Truth {
        let rule = &self.query.rules[position];
        let dependency = &rule.dependency;
        let holder = match self.holder(rule, root) {
            Ok(holder) => holder,
            Err(answer) => return answer,
        };
        match self.graph.compiler(holder) {
            Compiler::OnEdges => {}
            Compiler::Sole { name, version } => {
                return compiler::satisfies(name, version, dependency);
            }
            Compiler::Shown { name, version } => {
                return compiler::shown_satisfies(name, version, dependency);
            }
            Compiler::Absent => return Truth::No,
            Compiler::Unknown => return Truth::Unknown(Missing::Compiler),
        }
        let graph = self.graph;
        let mut answer = Truth::No;
        for edge in graph.edges(holder) {
            if !edge.types.contains(dependency.types) {
                continue;
            }
            let (named, child) = self.candidate(position, edge);
            let provides = self.provides_any(dependency, edge);
            answer = answer.or(named.and(provides).and(child));
            if answer.is_yes() {
                return answer;
            }
        }
        if answer.is_no() && !graph.has_all_edges(holder) {
            return Truth::Unknown(Missing::Edges);
        }
        answer
    }

    /// The node that a rule hangs on, or the answer if there is none.
    fn holder(&mut self, rule: &Rule, root: u32) -> Result<u32, Truth> {
        match &rule.holder {
            // Spack cannot distinguish `gcc %gcc` from its own node by name, and uses the root.
            Holder::Named(name) if rule.dependency.spec.node.name.as_ref() != Some(name) => {
                match self.walker.find(root, name) {
                    Some(holder) => Ok(holder),
                    None if !self.walker.below(root).is_complete => {
                        Err(Truth::Unknown(Missing::Edges))
                    }
                    // If edges do not record it, the name may be that of a virtual package.
                    None => match self.graph.is_virtual(name) {
                        Truth::Unknown(missing) => Err(Truth::Unknown(missing)),
                        Truth::Yes | Truth::No => Err(Truth::No),
                    },
                }
            }
            // Spack also looks the spec up by its name, so if a package is built with an older one
            // of the same name, such as gcc, it uses that one.
            Holder::Root => match self.query.node().name.as_ref() {
                Some(name) if rule.dependency.spec.node.name.as_ref() != Some(name) => {
                    Ok(self.walker.find(root, name).unwrap_or(root))
                }
                _ => Ok(root),
            },
            Holder::Named(_) => Ok(root),
        }
    }

    /// Returns whether an edge has the name of a rule, and whether it leads to a spec that meets
    /// the rule.
    fn candidate(&mut self, position: usize, edge: SpecEdge) -> (Truth, Truth) {
        let wanted = &self.query.rules[position].dependency.spec.node;
        let Some(name) = wanted.name.as_deref() else {
            return (Truth::Yes, self.child(position, edge.child));
        };
        let graph = self.graph;
        let naming = &mut self.namings[position];
        let is_named = noted(&mut naming.packages, graph.package(edge.child), || {
            graph.name(edge.child) == name
        });
        if is_named {
            return (Truth::Yes, self.child(position, edge.child));
        }
        let named = noted(
            &mut naming.provisions,
            graph.provision(edge.edge),
            || match graph.edge_provides(edge.edge, name) {
                Truth::Unknown(_) if graph.is_virtual(name).is_no() => Truth::No,
                named => named,
            },
        );
        if named.is_no() {
            return (named, Truth::No);
        }
        (
            named,
            node::satisfies_as_provider(graph, edge.child, name, wanted),
        )
    }

    /// Returns whether a spec of the right name meets the rule's constraints on a dependency.
    fn child(&mut self, position: usize, child: u32) -> Truth {
        let answers = &mut self.answers[position];
        answers.resize(self.graph.spec_count(), None);
        if let Some(answer) = answers[child as usize] {
            return answer;
        }
        let wanted = &self.query.rules[position].dependency.spec.node;
        let mut answer = node::satisfies_but_name(self.graph, child, wanted);
        if !answer.is_no() {
            answer = answer.and(propagates(&mut self.walker, self.graph, child, wanted));
        }
        self.answers[position][child as usize] = Some(answer);
        answer
    }

    fn provides_any(&self, dependency: &Dependency, edge: SpecEdge) -> Truth {
        if dependency.virtuals.is_empty() {
            return Truth::Yes;
        }
        let names = dependency.virtuals.iter();
        Truth::any(names.map(|name| self.graph.edge_provides(edge.edge, name)))
    }
}

/// Returns whether every node below a spec, and the spec itself, agrees with variants that
/// propagate.
pub(super) fn propagates<G: SpecGraph>(
    walker: &mut Walker<'_, G>,
    graph: &G,
    spec: u32,
    wanted: &NodeConstraint,
) -> Truth {
    if !wanted.variants.values().any(|variant| variant.propagates) {
        return Truth::Yes;
    }
    let (specs, is_complete) = walker.everything(spec);
    let answer = Truth::all(specs.iter().map(|&spec| node::agrees(graph, spec, wanted)));
    match answer {
        Truth::Yes if !is_complete => Truth::Unknown(Missing::Edges),
        answer => answer,
    }
}
