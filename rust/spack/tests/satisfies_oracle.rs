//! Compares which specs satisfy abstract specs with Spack's own answers.

mod common;
#[path = "common/lock.rs"]
mod lock;

use std::collections::BTreeSet;

use lock::LockGraph;
use serde_json::Value;
use specplan_spack::{PreparedSpec, SpecGraph, Truth, parse_one};

/// Asks every query of a vector file.
///
/// Some of the locks are other people's and not kept here. If one is missing, only the answers
/// about the existing specs are compared. Returns a summary and the differences.
fn compare(vectors: &str) -> (String, Vec<String>) {
    let vectors = common::read_json(vectors);
    let names = vectors["locks"].as_array().expect("a list of locks");
    let locks: Vec<Value> = names
        .iter()
        .filter_map(|name| common::read_lock(name.as_str().expect("a path")))
        .collect();
    let graph = LockGraph::read(&locks);
    let specs = 0..u32::try_from(graph.spec_count()).expect("a test holds few specs");
    let known: BTreeSet<&str> = specs.clone().map(|spec| graph.hash(spec)).collect();

    let mut differences = Vec::new();
    let mut unknown = 0;
    let queries = vectors["queries"].as_array().expect("a list of queries");
    for row in queries {
        let text = row["spec"].as_str().expect("a spec");
        let query = match parse_one(text) {
            Ok(spec) => PreparedSpec::new(spec),
            Err(error) => {
                differences.push(format!("is read by Spack: {error}"));
                continue;
            }
        };
        let mut matcher = query.matcher(&graph);
        let mut actual = Vec::new();
        for spec in specs.clone() {
            match matcher.satisfies(spec) {
                Truth::Yes => actual.push(graph.hash(spec)),
                Truth::No => {}
                Truth::Unknown(_) => unknown += 1,
            }
        }
        actual.sort_unstable();
        let expected: Vec<&str> = row["satisfied_by"]
            .as_array()
            .expect("a list of hashes")
            .iter()
            .map(|hash| hash.as_str().expect("a hash"))
            .filter(|hash| known.contains(hash))
            .collect();
        if actual != expected {
            let count = row["candidates"].as_u64().unwrap_or_default();
            differences.push(format!(
                "`{text}`: {} instead of {} of {count}, such as {:?} and {:?}",
                actual.len(),
                expected.len(),
                actual.iter().find(|hash| !expected.contains(hash)),
                expected.iter().find(|hash| !actual.contains(hash)),
            ));
        }
    }
    let agreed = queries.len() - differences.len();
    let faults = vectors["syntax_errors"]
        .as_array()
        .expect("a list of texts");
    for text in faults {
        if let Ok(spec) = parse_one(text.as_str().expect("a text")) {
            differences.push(format!("{text} is refused by Spack, but read as `{spec}`"));
        }
    }
    let summary = format!(
        "{agreed} of {} queries agree on {} specs of {} of {} locks, {unknown} answers unknown; \
         {} faults",
        queries.len(),
        graph.spec_count(),
        locks.len(),
        names.len(),
        faults.len(),
    );
    (summary, differences)
}

#[test]
fn specs_satisfy_what_they_satisfy_in_spack() {
    let (summary, differences) = compare("oracle/satisfies-new.json.gz");
    println!("{summary}");
    common::assert_no_differences(&differences);
}

#[test]
fn specs_older_than_compilers_on_edges_satisfy_what_they_satisfy_in_spack() {
    let (summary, differences) = compare("oracle/satisfies-old.json.gz");
    println!("{summary}");
    common::assert_no_differences(&differences);
}
