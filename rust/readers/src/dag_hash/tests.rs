//! Tests against hashes that Spack wrote, and of hashes that prove nothing.

use super::*;

/// Written and hashed by Spack 1.2 (version 5) and by Spack 0.23 (version 4).
const GMAKE: &str = include_str!("../../tests/data/node-version-5.json");
const ZLIB: &str = include_str!("../../tests/data/node-version-4.json");

fn recorded(node: &str) -> DagHash {
    let start = node.rfind("\"hash\"").unwrap();
    node[start + 6..]
        .split('"')
        .nth(1)
        .and_then(|hash| DagHash::parse(hash).ok())
        .unwrap()
}

fn rule(format: u64) -> Option<Rule> {
    Rule::of(Versioned::SpecFile, format)
}

fn judged(node: &str, format: u64) -> HashVerdict {
    verdict(node, rule(format), recorded(node))
}

#[test]
fn what_spack_wrote_is_sound() {
    assert_eq!(judged(GMAKE, 5), HashVerdict::Sound);
    assert_eq!(judged(ZLIB, 4), HashVerdict::Sound);
}

#[test]
fn white_space_and_escapes_change_nothing() {
    let spaced = GMAKE.replace(':', " :\n ").replace(',', "\t,");
    assert_eq!(judged(&spaced, 5), HashVerdict::Sound);
    let escaped = GMAKE.replace("\"builtin\"", "\"\\u0062uiltin\"");
    assert_ne!(escaped, GMAKE);
    assert_eq!(judged(&escaped, 5), HashVerdict::Sound);
}

#[test]
fn any_other_content_is_reported_with_the_hash_that_it_has() {
    for (was, is) in [
        ("\"name\":\"", "\"name\":\"x"),
        ("x86_64_v3", "x86_64_v2"),
        ("\"builtin\"", "\"builtin\u{e9}\""),
        ("\"deptypes\":[\"build\"", "\"deptypes\":[\"build\",\"run\""),
        ("\"cflags\":[]", "\"cflags\":[\"-O3\"]"),
    ] {
        let changed = GMAKE.replacen(was, is, 1);
        assert_ne!(changed, GMAKE, "{was}");
        let HashVerdict::Other(computed) = judged(&changed, 5) else {
            panic!("{was}: {:?}", judged(&changed, 5));
        };
        assert_ne!(computed, recorded(GMAKE));
        assert_eq!(verdict(&changed, rule(5), computed), HashVerdict::Sound);
    }
}

#[test]
fn where_the_content_may_be_other_than_what_was_hashed_nothing_is_said() {
    let other = |was: &str, is: &str| {
        let changed = GMAKE.replacen(was, is, 1);
        assert_ne!(changed, GMAKE, "{was}");
        judged(&changed, 5)
    };
    for (was, is) in [
        ("\"x86_64_v3\"", "{\"name\":\"zen4\"}"),
        (
            "\"original_specfile_version\":5",
            "\"original_specfile_version\":4",
        ),
        (
            "\"original_specfile_version\":5",
            "\"original_specfile_version\":5,\"compiler\":\"gcc@=12\"",
        ),
        (
            "\"package_hash\"",
            "\"external\":{\"path\":\"/usr\"},\"package_hash\"",
        ),
        (
            "\"annotations\"",
            "\"build_spec\":{\"name\":\"a\",\"hash\":\"b\"},\"annotations\"",
        ),
        ("\"name\":\"gmake\",", ""),
        ("\"namespace\"", "\"unheard_of\":1,\"namespace\""),
        ("\"cflags\":[]", "\"cflags\":[1.50]"),
        ("\"cflags\":[]", "\"cflags\":[1e5]"),
        ("\"cflags\":[]", "\"cflags\":[\"\\ud800\"]"),
    ] {
        assert_eq!(other(was, is), HashVerdict::Undecided, "{is}");
    }
    for format in [0, 1, 2, 3, 4, 7] {
        assert_eq!(judged(GMAKE, format), HashVerdict::Undecided);
    }
    // Keys in another order: written by another program.
    let name = "\"name\":\"gmake\",";
    let moved = GMAKE
        .replacen(name, "", 1)
        .replacen("\"arch\"", &format!("{name}\"arch\""), 1);
    assert_eq!(judged(&moved, 5), HashVerdict::Undecided);
    assert_eq!(
        verdict("[]", rule(5), recorded(GMAKE)),
        HashVerdict::Undecided
    );
}

#[test]
fn what_may_be_written_otherwise_is_sound_where_the_hash_is_that_of_the_content() {
    for (was, is) in [
        (
            "\"x86_64_v3\"",
            "{\"name\":\"zen4\",\"features\":[\"avx\"]}",
        ),
        (
            "\"package_hash\"",
            "\"external\":{\"path\":\"/usr\"},\"package_hash\"",
        ),
    ] {
        let changed = GMAKE.replacen(was, is, 1);
        let hash = digest(&changed, Rule::Newer, Spelling::Written)
            .unwrap()
            .hash;
        assert_eq!(verdict(&changed, rule(5), hash), HashVerdict::Sound);
        assert_eq!(judged(&changed, 5), HashVerdict::Undecided);
    }
}

#[test]
fn nodes_that_spack_0_21_took_over_keep_the_hash_of_their_old_form() {
    let hash = digest(ZLIB, Rule::Older, Spelling::Typed).unwrap().hash;
    assert_ne!(hash, recorded(ZLIB));
    assert_eq!(verdict(ZLIB, rule(4), hash), HashVerdict::Sound);
    let changed = ZLIB.replacen("2.2.1", "2.2.2", 1);
    assert!(matches!(
        verdict(&changed, rule(4), hash),
        HashVerdict::Other(_)
    ));
}

#[test]
fn texts_are_escaped_as_python_escapes_them() {
    // The right side is the output of Python's `json.dumps`.
    for (text, written) in [
        ("plain /", r#""plain /""#),
        ("\"\\\n\r\t\u{8}\u{c}\u{1}", r#""\"\\\n\r\t\b\f\u0001""#),
        (
            "\u{7f}\u{e9}\u{20ac}\u{1f600}",
            "\"\u{7f}\\u00e9\\u20ac\\ud83d\\ude00\"",
        ),
    ] {
        assert_eq!(ascii(text), written);
    }
}

/// A node of version 6, with the hash of its content.
fn of_version_6() -> String {
    let provides = "\"provided_virtuals\":[\"libgfortran@5\",\"mpi@:3\"],\"dependencies\"";
    let node =
        GMAKE
            .replacen("\"dependencies\"", provides, 1)
            .replacen("_version\":5", "_version\":6", 1);
    assert!(node.contains("provided_virtuals") && node.contains("_version\":6"));
    let HashVerdict::Other(hash) = judged(&node, 6) else {
        panic!("{:?}", judged(&node, 6));
    };
    node.replacen(&recorded(GMAKE).to_string(), &hash.to_string(), 1)
}

#[test]
fn what_a_node_of_version_6_provides_is_part_of_its_hash() {
    let node = of_version_6();
    assert_eq!(judged(&node, 6), HashVerdict::Sound);
    for (was, is) in [
        ("libgfortran@5", "libgfortran@4"),
        ("\"provided_virtuals\":[\"libgfortran@5\",\"mpi@:3\"],", ""),
        ("\"mpi@:3\"", "\"mpi\""),
        ("_version\":6", "_version\":5"),
        ("4.4.1", "4.4.2"),
    ] {
        let changed = node.replacen(was, is, 1);
        assert_ne!(changed, node, "{was}");
        let verdict = judged(&changed, 6);
        assert!(
            matches!(verdict, HashVerdict::Other(_)),
            "{was}: {verdict:?}"
        );
    }
}

#[test]
fn a_node_of_an_older_version_keeps_its_hash_when_a_newer_spack_notes_what_it_provides() {
    let provides = "\"provided_virtuals\":[\"make\"],\"dependencies\"";
    let node = GMAKE.replacen("\"dependencies\"", provides, 1);
    assert_eq!(judged(&node, 6), HashVerdict::Sound);
    let changed = node.replacen("4.4.1", "4.4.2", 1);
    assert!(matches!(judged(&changed, 6), HashVerdict::Other(_)));
}

#[test]
fn a_node_of_a_version_that_is_not_known_is_undecided() {
    let newer = of_version_6().replacen("_version\":6", "_version\":7", 1);
    assert_eq!(judged(&newer, 6), HashVerdict::Undecided);
    assert_eq!(judged(&of_version_6(), 7), HashVerdict::Undecided);
}
