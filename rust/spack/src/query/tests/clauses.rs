//! The clauses that a spec fails, and their texts.

use super::*;

fn failed(graph: &Graph, text: &str, spec: u32) -> Vec<String> {
    let query = query(text);
    let clauses = query.matcher(graph).failed_clauses(spec);
    clauses.into_iter().map(|clause| clause.text).collect()
}

#[test]
fn a_failed_clause_says_what_the_spec_is_and_what_it_should_be() {
    let graph = application();
    for (text, expected) in [
        ("app@2:", "version 1.2 is not 2:"),
        ("app~mpi", "+mpi is not ~mpi"),
        ("app+cuda", "there is no +cuda"),
        ("app mpi=openmpi", "+mpi is not mpi=openmpi"),
        ("app os=rhel8", "os rhel9 is not rhel8"),
        ("app target=x86_64_v4:", "target zen2 is not x86_64_v4:"),
        ("app platform=darwin", "platform linux is not darwin"),
        ("other.app", "namespace builtin is not other"),
        ("app cflags='-g -O2'", "cflags -O2 is not -g -O2"),
        ("app /bc", "hash aaa is not /bc"),
        ("app %gcc@13:", "gcc@12.2 is not %gcc@13:"),
        ("app %cmake@4", "cmake@3.30 is not %cmake@4"),
        ("app %ninja", "no dependency is %ninja"),
        ("app ^zlib@2:", "zlib@1.3 is not ^zlib@2:"),
        ("app ^mpi=mpich", "openmpi@4.1 is not ^mpi=mpich"),
        ("app ^curl", "no dependency is ^curl"),
        ("app ^openmpi %gcc@13", "openmpi has no %gcc@13"),
        ("app~~x", "not all dependencies have ~~x"),
    ] {
        assert_eq!([expected], failed(&graph, text, 0)[..], "{text}");
    }
    assert_eq!(
        ["not all dependencies have ++cuda"],
        failed(&graph, "openmpi++cuda", 1)[..]
    );
}

#[test]
fn failed_clauses_come_in_one_order_and_each_kind_counts_once() {
    let graph = application();
    let query = query("app@2:+cuda~mpi target=zen4 %gcc@13 ^zlib@2:");
    let mut matcher = query.matcher(&graph);
    let kinds = [
        ClauseKind::Target,
        ClauseKind::Version,
        ClauseKind::Compiler,
        ClauseKind::Variants,
        ClauseKind::Dependencies,
    ];
    assert_eq!(kinds, matcher.failed_kinds(0)[..]);
    assert_eq!(6, matcher.failed_clauses(0).len(), "two variants fail");
}

#[test]
fn what_a_source_does_not_record_is_no_failed_clause() {
    let mut graph = application();
    graph.without_edges = vec![0];
    assert!(failed(&graph, "app ^ncurses %ninja", 0).is_empty());
    graph.is_mute = true;
    assert!(failed(&graph, "app@3+x os=rhel8", 0).is_empty());
}

#[test]
fn a_sole_compiler_is_what_a_direct_dependency_is_held_against() {
    let mut graph = application();
    graph.compilers = vec![(0, Some(("gcc", "11.4".parse().expect("a version"))))];
    assert_eq!(
        ["compiler gcc@11.4 is not %gcc@12:"],
        failed(&graph, "app %gcc@12:", 0)[..]
    );
}

proptest! {
    #[test]
    fn clauses_fail_exactly_where_the_query_does(
        texts in prop::sample::subsequence(
            vec!["@1.2", "@2", "+mpi", "~mpi", "+y", "%gcc@12", "%gcc@13", "^zlib", "^zlib@2", "^mpi@3:"],
            0..5,
        ),
    ) {
        let graph = application();
        let Ok(spec) = AbstractSpec::parse(&format!("app {}", texts.join(" "))) else {
            return Ok(());
        };
        let query = PreparedSpec::new(spec);
        let mut matcher = query.matcher(&graph);
        let fails = !matcher.failed_kinds(0).is_empty();
        prop_assert_eq!(matcher.satisfies(0).is_no(), fails);
        prop_assert_eq!(fails, !matcher.failed_clauses(0).is_empty());
    }
}
