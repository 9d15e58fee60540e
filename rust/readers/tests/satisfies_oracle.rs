//! Compares which specs of a catalog satisfy abstract specs with Spack's own answers.
//!
//! The crate `spack` compares the same answers on a graph made for its tests; here
//! they go the whole way, from the bytes of locks through columns and bitsets.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::Value;
use specplan_catalog::{Catalog, CatalogBuilder, IdSet};
use specplan_readers::{OriginTexts, parse_specs};
use specplan_spack::{Missing, PreparedSpec, parse_one};

fn read(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    let more = std::env::var_os("SPECPLAN_MORE_DATA").map(PathBuf::from);
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(folder.join(format!("{name}.gz"))) {
        GzDecoder::new(file)
            .read_to_end(&mut bytes)
            .expect("it is gzip");
        return Some(bytes);
    }
    File::open(more?.join(name))
        .ok()?
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

fn catalog(locks: &[Value]) -> (Catalog, usize) {
    let mut rows = CatalogBuilder::new();
    let mut count = 0;
    for name in locks {
        let name = name.as_str().expect("a path");
        let Some(bytes) = read(&format!("{name}/spack.lock")).or_else(|| read(name)) else {
            continue;
        };
        let origin = OriginTexts {
            cache: name,
            tag: "",
            stack: "",
            shown: name,
            listed_only: false,
            counts_installed: false,
            newer: specplan_readers::Newer::Refuse,
        };
        rows = rows.absorb(parse_specs(&bytes, origin).expect("a sound lock").rows);
        count += 1;
    }
    (rows.finish(), count)
}

fn compare(vectors: &str) {
    let vectors = read(vectors).expect("the vectors are committed");
    let vectors: Value = serde_json::from_slice(&vectors).expect("JSON");
    let list = |key: &str| vectors[key].as_array().expect("a list").clone();
    let (catalog, locks) = catalog(&list("locks"));
    catalog.validate();
    let all = IdSet::full(u32::try_from(catalog.len()).expect("few specs"));
    let known: BTreeSet<String> = all
        .iter()
        .map(|spec| catalog.hash(spec).to_string())
        .collect();
    let mut differences = Vec::new();
    let queries = list("queries");
    for row in &queries {
        let text = row["spec"].as_str().expect("a spec");
        let query = PreparedSpec::new(parse_one(text).expect("Spack reads it"));
        let found = catalog.find_specs(&query, &all);
        let actual: Vec<String> = found
            .specs
            .iter()
            .map(|spec| catalog.hash(spec).to_string())
            .collect();
        let expected: Vec<String> = row["satisfied_by"]
            .as_array()
            .expect("a list of hashes")
            .iter()
            .map(|hash| hash.as_str().expect("a hash").to_owned())
            .filter(|hash| known.contains(hash))
            .collect();
        // Only recipes decide whether a name that no spec of the locks has is that of a virtual
        // package.
        let is_open = found
            .unknown
            .iter()
            .any(|(_, missing)| *missing != Missing::Virtuals);
        if actual != expected || is_open {
            differences.push(format!(
                "`{text}`: {actual:?}, {:?} unknown, instead of {expected:?}",
                found.unknown.len()
            ));
        }
    }
    assert!(locks > 0, "a comparison with nothing proves nothing");
    #[expect(clippy::print_stdout, reason = "the count is part of the proof")]
    {
        println!(
            "{} of {} queries agree on {} specs of {locks} locks",
            queries.len() - differences.len(),
            queries.len(),
            catalog.len(),
        );
    }
    let shown: Vec<&String> = differences.iter().take(5).collect();
    assert!(
        differences.is_empty(),
        "{} differ: {shown:#?}",
        differences.len()
    );
}

#[test]
fn a_catalog_of_locks_answers_as_spack_does() {
    compare("oracle/satisfies-new.json");
}

#[test]
fn a_catalog_of_locks_older_than_compilers_on_edges_answers_as_spack_does() {
    compare("oracle/satisfies-old.json");
}
