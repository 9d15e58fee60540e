//! Tests against hashes that Spack wrote, and of what proves nothing.

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

fn judged(node: &str, format: u64) -> Verdict {
    verdict(node, format, recorded(node))
}

#[test]
fn what_spack_wrote_is_sound() {
    assert_eq!(judged(GMAKE, 5), Verdict::Sound);
    assert_eq!(judged(ZLIB, 4), Verdict::Sound);
}

#[test]
fn white_space_and_escapes_change_nothing() {
    let spaced = GMAKE.replace(':', " :\n ").replace(',', "\t,");
    assert_eq!(judged(&spaced, 5), Verdict::Sound);
    let escaped = GMAKE.replace("\"builtin\"", "\"\\u0062uiltin\"");
    assert_ne!(escaped, GMAKE);
    assert_eq!(judged(&escaped, 5), Verdict::Sound);
}

#[test]
fn any_other_content_is_told_with_the_hash_that_it_has() {
    for (was, is) in [
        ("\"name\":\"", "\"name\":\"x"),
        ("x86_64_v3", "x86_64_v2"),
        ("\"builtin\"", "\"builtin\u{e9}\""),
        ("\"deptypes\":[\"build\"", "\"deptypes\":[\"build\",\"run\""),
        ("\"cflags\":[]", "\"cflags\":[\"-O3\"]"),
    ] {
        let changed = GMAKE.replacen(was, is, 1);
        assert_ne!(changed, GMAKE, "{was}");
        let Verdict::Other(computed) = judged(&changed, 5) else {
            panic!("{was}: {:?}", judged(&changed, 5));
        };
        assert_ne!(computed, recorded(GMAKE));
        assert_eq!(verdict(&changed, 5, computed), Verdict::Sound);
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
        assert_eq!(other(was, is), Verdict::Undecided, "{is}");
    }
    for format in [0, 1, 2, 3, 4, 6] {
        assert_eq!(judged(GMAKE, format), Verdict::Undecided);
    }
    // Keys in another order: written by another program.
    let name = "\"name\":\"gmake\",";
    let moved = GMAKE
        .replacen(name, "", 1)
        .replacen("\"arch\"", &format!("{name}\"arch\""), 1);
    assert_eq!(judged(&moved, 5), Verdict::Undecided);
    assert_eq!(verdict("[]", 5, recorded(GMAKE)), Verdict::Undecided);
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
        let hash = digest(&changed, 5, Spelling::Written).unwrap().hash;
        assert_eq!(verdict(&changed, 5, hash), Verdict::Sound);
        assert_eq!(judged(&changed, 5), Verdict::Undecided);
    }
}

#[test]
fn nodes_that_spack_0_21_took_over_keep_the_hash_of_their_old_form() {
    let hash = digest(ZLIB, 4, Spelling::Typed).unwrap().hash;
    assert_ne!(hash, recorded(ZLIB));
    assert_eq!(verdict(ZLIB, 4, hash), Verdict::Sound);
    let changed = ZLIB.replacen("2.2.1", "2.2.2", 1);
    assert!(matches!(verdict(&changed, 4, hash), Verdict::Other(_)));
}

#[test]
fn texts_are_escaped_as_python_escapes_them() {
    // The right side is what `json.dumps` of Python gives.
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
