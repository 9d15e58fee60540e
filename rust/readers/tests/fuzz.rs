//! The fuzz targets on the inputs that are kept for them, with the stable compiler.
//!
//! `rust/fuzz/corpus` holds small sound and damaged files, from which a fuzzer starts, and each
//! input that once broke something, under a name that describes the fault.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::fmt::Write;
use std::path::Path;

use proptest::prelude::*;
use specplan_readers::{OriginTexts, parse_specs};

#[path = "../../fuzz/src/lib.rs"]
#[allow(
    unreachable_pub,
    reason = "it is a crate of its own when it is not compiled here"
)]
mod targets;

#[test]
fn every_target_holds_for_every_input_that_is_kept() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let inputs = std::fs::read_dir(corpus.join(name)).unwrap();
        let mut paths: Vec<_> = inputs.map(|input| input.unwrap().path()).collect();
        assert!(!paths.is_empty(), "{name} has inputs");
        paths.sort();
        for path in paths {
            let input = std::fs::read(&path).unwrap();
            // A failure names the input, as the name of its file.
            let held = std::panic::catch_unwind(|| target(&input));
            assert!(held.is_ok(), "{name} does not hold for {}", path.display());
        }
    }
}

/// A node of a generated index: numbers from which its members are made.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a coin of its own")]
struct Plan {
    name: u8,
    version: u8,
    system: u8,
    variant: String,
    flags: bool,
    patched: bool,
    external: bool,
    available: bool,
    dependencies: Vec<(usize, u8)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let text = "[a-z\"\\\\/{}\\[\\]:, é\u{1f600}]{0,6}";
    let dependencies = prop::collection::vec((0_usize..12, any::<u8>()), 0..5);
    let bits = any::<(u8, u8, u8, bool, bool, bool, bool)>();
    (bits, text, dependencies).prop_map(|(bits, variant, dependencies)| Plan {
        name: bits.0 % 3,
        version: bits.1 % 5,
        system: bits.2 % 3,
        variant,
        flags: bits.3,
        patched: bits.4,
        external: bits.5,
        available: bits.6,
        dependencies,
    })
}

fn hash_of(number: usize) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyz234567";
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let letter = |at: u32| char::from(letters[(mixed.rotate_left(at * 7) % 32) as usize]);
    (0..32).map(letter).collect()
}

/// An index as Spack writes it, in which several specs bear one name.
fn index_of(plans: &[Plan]) -> String {
    let mut text = "{\"database\":{\"version\":\"8\",\"installs\":{".to_owned();
    for (number, plan) in plans.iter().enumerate() {
        let hash = hash_of(number);
        let variant = serde_json::to_string(&plan.variant).unwrap();
        let flags = if plan.flags { "\"-g\",\"-O2\"" } else { "" };
        let patches = if plan.patched {
            ",\"patches\":[\"0a\",\"0b\"]"
        } else {
            ""
        };
        let external = if plan.external {
            ",\"external\":{\"path\":\"/usr\",\"module\":null}"
        } else {
            ""
        };
        let edges: Vec<String> = plan
            .dependencies
            .iter()
            .filter(|(at, _)| *at < number)
            .map(|&(at, bits)| {
                let types = ["\"build\"", "\"build\",\"link\"", "\"run\"", ""];
                let virtuals = ["", "\"c\",\"cxx\"", "\"mpi\""];
                let types = types[usize::from(bits) % 4];
                let virtuals = virtuals[usize::from(bits) / 4 % 3];
                let (name, hash) = (plans[at].name, hash_of(at));
                format!(
                    "{{\"name\":\"package-{name}\",\"hash\":\"{hash}\",\"parameters\":{{\"deptypes\":[{types}],\"virtuals\":[{virtuals}]}}}}"
                )
            })
            .collect();
        let separator = if number == 0 { "" } else { "," };
        write!(
            text,
            "{separator}\"{hash}\":{{\"spec\":{{\"name\":\"package-{}\",\"version\":\"1.{}\",\
             \"arch\":{{\"platform\":\"linux\",\"platform_os\":\"os{}\",\"target\":\"zen4\"}},\
             \"namespace\":\"builtin\",\"parameters\":{{\"note\":{variant}{patches},\"cflags\":[{flags}]}}\
             {external},\"package_hash\":\"abc====\",\"dependencies\":[{}],\
             \"annotations\":{{\"original_specfile_version\":5}},\"hash\":\"{hash}\"}},\
             \"ref_count\":{number},\"in_buildcache\":{}}}",
            plan.name,
            plan.version,
            plan.system,
            edges.join(","),
            plan.available,
        )
        .unwrap();
    }
    text + "}}}"
}

proptest! {
    #[test]
    fn any_index_is_the_same_in_blocks_of_any_size_and_in_any_spelling(
        plans in prop::collection::vec(plan(), 1..12)
    ) {
        let index = index_of(&plans);
        let origin = OriginTexts {
            cache: "cache",
            tag: "",
            stack: "",
            shown: "index.json",
            listed_only: false,
            counts_installed: false,
            newer: specplan_readers::Newer::Refuse,
        };
        let read = parse_specs(index.as_bytes(), origin);
        prop_assert_eq!(read.unwrap().specs, plans.len(), "{}", index);
        targets::index(index.as_bytes());
    }
}
