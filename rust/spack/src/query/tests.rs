//! Tests of matching on small graphs, and of the unknown answers from sources that record less.

use proptest::prelude::*;

use super::*;
use crate::graph::{Compiler, SpecEdge, Variant};
use crate::spec::{DependencyTypes, FlagKind, VariantValue};
use crate::truth::{Missing, Truth};
use crate::version::Version;

mod clauses;

/// Specs that are written as text: `name@version+switch~switch`.
struct Graph {
    specs: Vec<Node>,
    /// Parent, child, types, virtual packages.
    edges: Vec<(u32, u32, DependencyTypes, &'static str)>,
    /// Specs whose edges the source does not record.
    without_edges: Vec<u32>,
    /// Specs with a compiler of their own, or without any.
    compilers: Vec<(u32, Option<(&'static str, Version)>)>,
    is_mute: bool,
}

type Node = (String, Version, Vec<(String, bool)>);

fn graph(specs: &[&str], edges: &[(u32, u32, &str, &'static str)]) -> Graph {
    let specs = specs.iter().map(|text| {
        let (head, switches) = text.split_at(text.find(['+', '~']).unwrap_or(text.len()));
        let (name, version) = head.split_once('@').expect("a version follows");
        let switches = switches.split_inclusive(['+', '~']).collect::<String>();
        let mut values = Vec::new();
        for (start, sigil) in switches.match_indices(['+', '~']) {
            let rest = &switches[start + 1..];
            let end = rest.find(['+', '~']).unwrap_or(rest.len());
            values.push((rest[..end].to_owned(), sigil == "+"));
        }
        (name.to_owned(), version.parse().expect("a version"), values)
    });
    let types = |names: &str| {
        names.split(',').fold(DependencyTypes::NONE, |all, name| {
            all | DependencyTypes::from_name(name).expect("a type")
        })
    };
    Graph {
        specs: specs.collect(),
        edges: edges
            .iter()
            .map(|&(a, b, t, v)| (a, b, types(t), v))
            .collect(),
        without_edges: Vec::new(),
        compilers: Vec::new(),
        is_mute: false,
    }
}

impl SpecGraph for Graph {
    fn spec_count(&self) -> usize {
        self.specs.len()
    }
    fn name(&self, spec: u32) -> &str {
        &self.specs[spec as usize].0
    }
    fn version(&self, spec: u32) -> Option<&Version> {
        (!self.is_mute).then_some(&self.specs[spec as usize].1)
    }
    fn platform(&self, _: u32) -> Option<&str> {
        (!self.is_mute).then_some("linux")
    }
    fn os(&self, _: u32) -> Option<&str> {
        (!self.is_mute).then_some("rhel9")
    }
    fn target(&self, _: u32) -> Option<&str> {
        (!self.is_mute).then_some("zen2")
    }
    fn namespace(&self, _: u32) -> Option<&str> {
        (!self.is_mute).then_some("builtin")
    }
    fn hash(&self, spec: u32) -> &str {
        ["aaa", "abb", "abc", "bcd", "cde", "def"][spec as usize]
    }
    fn variant(&self, spec: u32, name: &str) -> Variant<'_> {
        if self.is_mute {
            return Variant::Unknown;
        }
        let switches = &self.specs[spec as usize].2;
        match switches.iter().find(|(known, _)| known == name) {
            Some(&(_, is_on)) => Variant::Value(VariantValue::Bool(is_on)),
            None => Variant::Absent,
        }
    }
    fn flags(&self, _: u32, _: FlagKind) -> Option<Vec<&str>> {
        (!self.is_mute).then(|| vec!["-O2"])
    }
    fn compiler(&self, spec: u32) -> Compiler<'_> {
        match self.compilers.iter().find(|(known, _)| *known == spec) {
            None => Compiler::OnEdges,
            Some((_, None)) => Compiler::Absent,
            Some((_, Some((name, version)))) if self.without_edges.contains(&spec) => {
                Compiler::Shown { name, version }
            }
            Some((_, Some((name, version)))) => Compiler::Sole { name, version },
        }
    }
    fn edges(&self, spec: u32) -> impl Iterator<Item = SpecEdge> + '_ {
        let numbered = (0..).zip(&self.edges);
        numbered
            .filter(move |(_, edge)| edge.0 == spec)
            .map(|(edge, &(_, child, types, _))| SpecEdge { edge, child, types })
    }
    fn has_all_edges(&self, spec: u32) -> bool {
        !self.without_edges.contains(&spec)
    }
    fn edge_provides(&self, edge: u32, name: &str) -> Truth {
        if self.is_mute {
            return Truth::Unknown(Missing::Virtuals);
        }
        self.edges[edge as usize]
            .3
            .split(',')
            .any(|v| v == name)
            .into()
    }
    fn is_virtual(&self, name: &str) -> Truth {
        if self.is_mute && !self.specs.iter().any(|spec| spec.0 == name) {
            return Truth::Unknown(Missing::Virtuals);
        }
        self.edges
            .iter()
            .any(|edge| edge.3.split(',').any(|v| v == name))
            .into()
    }
    fn provides(&self, spec: u32, name: &str) -> Truth {
        let mut to = self.edges.iter().filter(|edge| edge.1 == spec);
        to.any(|edge| edge.3.split(',').any(|v| v == name)).into()
    }
}

fn query(text: &str) -> PreparedSpec {
    PreparedSpec::new(AbstractSpec::parse(text).expect(text))
}

fn ask(graph: &Graph, text: &str, spec: u32) -> Truth {
    query(text).matcher(graph).satisfies(spec)
}

/// An application that links to a library over MPI and builds with cmake and gcc.
fn application() -> Graph {
    graph(
        &[
            "app@1.2+mpi",
            "openmpi@4.1~cuda",
            "zlib@1.3",
            "cmake@3.30",
            "gcc@12.2",
            "curl@8.0+x",
        ],
        &[
            (0, 1, "build,link", "mpi"),
            (0, 3, "build", ""),
            (0, 4, "build", "c,cxx"),
            (1, 2, "link", "zlib-api"),
            (3, 5, "build,link", ""),
            (5, 2, "link", "zlib-api"),
            (1, 4, "build", "c"),
        ],
    )
}

#[test]
fn transitive_dependencies_are_what_is_linked_run_and_directly_built_with() {
    let graph = application();
    for (text, expected) in [
        ("app ^zlib", true),
        ("^zlib@1.3", true),
        ("app ^zlib@2:", false),
        ("app ^cmake@3.30:", true),
        ("app ^curl", false),
        ("app ^mpi", true),
        ("app ^mpi+anything", true),
        ("app ^mpi=openmpi@4", true),
        ("app ^[virtuals=zlib-api] openmpi", false),
        ("app ^zlib-api", true),
        ("app ^+cuda", false),
        ("app ^~cuda", true),
        ("app ^lapack", false),
        ("app/aa ^zlib/ab", true),
        ("app/ab", false),
        ("app ^zlib/b", false),
        (
            "builtin.app os=rhel9 target=x86_64: platform=* cflags=-O2",
            true,
        ),
        ("other.app", false),
        ("mpi", false),
    ] {
        assert_eq!(Truth::from(expected), ask(&graph, text, 0), "{text}");
    }
    assert_eq!(Truth::Yes, ask(&graph, "mpi", 1));
}

#[test]
fn direct_dependencies_are_one_edge_away_from_the_node_that_asks() {
    let graph = application();
    for (text, expected) in [
        ("app %cmake", true),
        ("app %zlib", false),
        ("app ^openmpi %zlib", true),
        ("app ^openmpi %gcc@12", true),
        ("app ^zlib %gcc", false),
        ("app ^mpi %zlib", true),
        ("app %c,fortran=gcc", true),
        ("app %[virtuals=fortran] gcc", false),
        ("app %c", true),
        ("app %[deptypes=build] openmpi", true),
        ("app %[deptypes=build,run] openmpi", false),
        ("app %[when='+mpi'] zlib", false),
        ("app %[when='~mpi'] zlib", true),
        ("app %[when='%c'] gcc@13", false),
        ("app ^openmpi %[when='+cuda'] cuda", true),
        ("app %%gcc", true),
        ("app %+cuda", false),
    ] {
        assert_eq!(Truth::from(expected), ask(&graph, text, 0), "{text}");
    }
}

#[test]
fn propagated_variants_are_asked_of_all_nodes_that_have_them() {
    let graph = application();
    assert_eq!(Truth::Yes, ask(&graph, "app++x", 0));
    assert_eq!(Truth::No, ask(&graph, "app~~x", 0));
    assert_eq!(Truth::Yes, ask(&graph, "zlib~~x", 2));
    assert_eq!(Truth::No, ask(&graph, "app ^cmake~~x", 0));
    assert_eq!(Truth::No, ask(&graph, "app+x", 0));
}

#[test]
fn absent_edges_leave_dependencies_unknown_but_not_nodes() {
    let mut graph = application();
    graph.without_edges = vec![1];
    let unknown = Truth::Unknown(Missing::Edges);
    assert_eq!(unknown, ask(&graph, "app ^ncurses", 0));
    assert_eq!(unknown, ask(&graph, "app++x", 0));
    assert_eq!(unknown, ask(&graph, "app ^openmpi %ncurses", 0));
    assert_eq!(Truth::Yes, ask(&graph, "app ^cmake", 0));
    assert_eq!(Truth::No, ask(&graph, "app@2: ^ncurses", 0));
    assert_eq!(Truth::No, ask(&graph, "app %ncurses", 0));
    assert_eq!(Truth::No, ask(&graph, "app~~x", 0));
}

#[test]
fn absent_fields_leave_what_they_decide_unknown() {
    let mut graph = application();
    graph.is_mute = true;
    let unknown = Truth::Unknown(Missing::Field);
    for text in [
        "app@1",
        "app+mpi",
        "app os=rhel9",
        "app cflags=-g",
        "builtin.app",
        "app++x",
    ] {
        assert_eq!(unknown, ask(&graph, text, 0), "{text}");
    }
    assert_eq!(Truth::Yes, ask(&graph, "app ^zlib", 0));
    assert_eq!(Truth::No, ask(&graph, "cmake@1", 0));
    let virtuals = Truth::Unknown(Missing::Virtuals);
    assert_eq!(virtuals, ask(&graph, "app ^mpi", 0));
    assert_eq!(virtuals, ask(&graph, "app %c,cxx=gcc", 0));
    assert_eq!(virtuals, ask(&graph, "app %[when='^mpi'] zlib", 0));
    assert_eq!(Truth::Yes, ask(&graph, "app %[when='^mpi'] cmake", 0));
    assert_eq!(Truth::No, ask(&graph, "app %[when='^zlib'] curl", 0));
}

#[test]
fn versions_of_virtual_packages_need_recipes() {
    let graph = application();
    let unknown = Truth::Unknown(Missing::Recipe);
    assert_eq!(unknown, ask(&graph, "app ^mpi@3:", 0));
    assert_eq!(unknown, ask(&graph, "app %mpi@3:", 0));
    assert_eq!(Truth::No, ask(&graph, "app ^mpi@3: ^ncurses", 0));
}

#[test]
fn of_a_provider_nothing_but_what_it_provides_is_asked() {
    let graph = application();
    for text in [
        "mpi+nothing os=*",
        "mpi ^ncurses",
        "mpi %ncurses",
        "mpi++cuda target=zen4",
    ] {
        assert_eq!(Truth::Yes, ask(&graph, text, 1), "{text}");
        assert_eq!(Truth::No, ask(&graph, text, 2), "{text}");
    }
    assert_eq!(Truth::No, ask(&graph, "mpi/bcd ^ncurses", 1));
}

#[test]
fn what_hangs_on_a_package_that_builds_itself_is_asked_of_the_older_one() {
    let graph = graph(
        &["gcc@14+new", "gcc@12", "gmake@4.4", "zlib@1.3"],
        &[
            (0, 1, "build", "c,cxx"),
            (0, 2, "build", ""),
            (1, 3, "build,link", ""),
        ],
    );
    for (text, spec, expected) in [
        ("gcc %gmake", 0, false),
        ("gcc %zlib", 0, true),
        ("%gmake", 0, true),
        ("gcc@14+new %gcc@12", 0, true),
        ("gcc ^gmake", 0, true),
        ("gcc %zlib", 1, true),
    ] {
        assert_eq!(Truth::from(expected), ask(&graph, text, spec), "{text}");
    }
}

#[test]
fn a_sole_compiler_answers_all_that_is_asked_of_direct_dependencies() {
    let mut graph = application();
    let version = |text: &str| text.parse().expect("a version");
    graph.compilers = vec![
        (0, Some(("gcc", version("11.4")))),
        (1, None),
        (2, Some(("nvhpc", version("24.3")))),
    ];
    for (text, spec, expected) in [
        ("app %gcc@11", 0, true),
        ("app %gcc@12", 0, false),
        ("app %gcc+x", 0, false),
        ("app %cmake", 0, false),
        ("app %c", 0, false),
        ("app ^cmake", 0, true),
        ("openmpi %gcc", 1, false),
        ("zlib %c", 2, true),
    ] {
        assert_eq!(Truth::from(expected), ask(&graph, text, spec), "{text}");
    }
    graph.without_edges = vec![0];
    assert_eq!(Truth::Yes, ask(&graph, "app %gcc@11", 0));
    assert_eq!(
        Truth::Unknown(Missing::Edges),
        ask(&graph, "app %gcc@12", 0)
    );
}

#[test]
fn cycles_do_no_harm() {
    let graph = graph(
        &["a@1", "b@1", "c@1"],
        &[(0, 1, "link", ""), (1, 2, "run", ""), (2, 0, "link", "")],
    );
    assert_eq!(Truth::Yes, ask(&graph, "a ^c", 0));
    assert_eq!(Truth::Yes, ask(&graph, "a ^a", 0));
    assert_eq!(Truth::No, ask(&graph, "a ^d", 0));
    assert_eq!(Truth::Yes, ask(&graph, "a++x", 0));
}

#[test]
fn summaries_answer_what_walks_answer() {
    // The same graph with and without a cycle that no question is about.
    let acyclic = application();
    let mut cyclic = application();
    let (link, first) = (DependencyTypes::LINK, 0);
    cyclic.edges.push((4, first, link, ""));
    cyclic.edges.push((first, 4, link, ""));
    for text in [
        "^zlib",
        "^mpi",
        "^[virtuals=zlib-api] zlib",
        "^~cuda",
        "^mpi@3:",
    ] {
        let query = query(text);
        let (mut one, mut other) = (query.matcher(&acyclic), query.matcher(&cyclic));
        for spec in [5, 3, 2, 1, 0] {
            assert_eq!(one.satisfies(spec), other.satisfies(spec), "{text} {spec}");
        }
    }
}

#[test]
fn one_matcher_answers_for_many_specs() {
    let graph = application();
    let query = query("^zlib-api");
    assert!(!query.is_node_only() && query.node().name.is_none());
    let mut matcher = query.matcher(&graph);
    let answers: Vec<bool> = (0..6)
        .map(|spec| matcher.satisfies(spec).is_yes())
        .collect();
    assert_eq!([true, true, false, true, false, true], answers[..]);
}

/// Returns whether a spec links to, runs with or directly builds with a spec of a name, by the
/// definition.
fn reaches(graph: &Graph, root: u32, name: &str) -> bool {
    let runtime = DependencyTypes::LINK | DependencyTypes::RUN;
    let mut reached = vec![root];
    let mut next = 0;
    while let Some(&spec) = reached.get(next) {
        next += 1;
        for edge in graph.edges(spec).filter(|e| e.types.intersects(runtime)) {
            if graph.name(edge.child) == name {
                return true;
            }
            if !reached.contains(&edge.child) {
                reached.push(edge.child);
            }
        }
    }
    let is_built_with = |edge: SpecEdge| {
        edge.types.intersects(DependencyTypes::BUILD) && graph.name(edge.child) == name
    };
    graph.edges(root).any(is_built_with)
}

proptest! {
    #[test]
    fn every_graph_is_answered_by_the_definition(
        edges in prop::collection::vec((0_u32..6, 0_u32..6, 1_u8..16), 0..14),
        may_have_cycles in any::<bool>(),
    ) {
        let mut graph = graph(&["a@1", "b@1", "c@1", "d@1", "e@1", "b@2"], &[]);
        graph.edges = edges
            .into_iter()
            .filter(|(parent, child, _)| may_have_cycles || parent < child)
            .map(|(parent, child, bits)| (parent, child, DependencyTypes::from_bits(bits), ""))
            .collect();
        for name in ["a", "b", "e"] {
            let query = query(&format!("^{name}"));
            let mut matcher = query.matcher(&graph);
            for spec in 0..6 {
                let expected = Truth::from(reaches(&graph, spec, name));
                prop_assert_eq!(expected, matcher.satisfies(spec), "{} of {}", name, spec);
            }
        }
    }
}
