//! Tests of the relations between abstract specs: worked examples, and the laws that bind them.

use proptest::prelude::*;

use super::*;
use crate::truth::{Missing, Truth};

fn spec(text: &str) -> AbstractSpec {
    AbstractSpec::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn constraints_are_merged_part_by_part() {
    for (left, right, expected) in [
        ("hdf5", "+mpi", "hdf5+mpi"),
        ("+mpi", "hdf5", "hdf5+mpi"),
        ("%gcc@12", "hdf5+mpi", "hdf5+mpi %gcc@12"),
        ("hdf5@1.12:", "@:1.14", "hdf5@1.12:1.14"),
        ("hdf5@1.14", "@1.14.3:", "hdf5@1.14.3:1.14"),
        ("a x=1", "x=2", "a x=1,2"),
        ("a x=1", "x:=1,2", "a x:=1,2"),
        ("a x=*", "+x", "a+x"),
        ("a ++x", "+x", "a+x"),
        ("a cflags=-g", "cflags='-O2 -g'", "a cflags='-g -O2'"),
        ("a cflags==-g", "cflags=-O2", "a cflags=-O2 cflags==-g"),
        (
            "a cflags=-O2",
            "cflags=='-g -O2'",
            "a cflags=-O2 cflags==-g",
        ),
        ("a cflags==-O2", "cflags='-O2 -g'", "a cflags='-O2 -g'"),
        ("a cflags==-O2", "cflags=='-O2 -g'", "a cflags=='-O2 -g'"),
        ("a ^b ^[when=+x] b", "^b@1", "a ^b@1 ^[when='+x'] b"),
        (
            "a ^[when=+y] b@2 ^[when=+x] b",
            "^[when=+y] b+z",
            "a ^[when='+y'] b@2+z ^[when='+x'] b",
        ),
        (
            "a ^[when=+y] b ^[when=+x] b",
            "^c",
            "a ^[when='+y'] b ^[when='+x'] b ^c",
        ),
        ("a target=zen:", "target=zen2,aarch64", "a target=zen2"),
        ("a os=*", "os=* platform=linux", "a platform=linux os=*"),
        ("a /ab", "/abcd", "a/abcd"),
        ("builtin.a", "a", "builtin.a"),
        ("a ^b+x", "^b@2", "a ^b@2+x"),
        ("a ^b %gcc", "^b %gcc@12", "a ^b %gcc@12"),
        ("a %gcc", "%c,cxx=gcc@12", "a %c,cxx=gcc@12"),
        ("a %gcc@12", "^gcc", "a %gcc@12"),
        ("a ^gcc", "%gcc@12", "a %gcc@12"),
        ("a ^gcc@12 %b", "%gcc", "a %gcc ^gcc@12 %b"),
        ("a %[deptypes=build] b@2", "%b", "a %[deptypes=build] b@2"),
        ("a %[deptypes=build] b", "%b@2", "a %[deptypes=build] b@2"),
        (
            "a %[deptypes=build] b",
            "%[deptypes=link] b@2",
            "a %[deptypes=build,link] b@2",
        ),
        ("a ^[deptypes=link] b", "%b", "a %[deptypes=link] b"),
        (
            "a %[when=+x] b@1 %[when=~x] b@2",
            "%[when=+x] b@1 %[when=~x] b@2",
            "a %[when='+x'] b@1 %[when='~x'] b@2",
        ),
        ("a ^b", "%%b", "a %b"),
        ("a %b", "%%b", "a %b"),
        ("a %b", "%b ~~x", "a %b~~x"),
        ("a ^b", "^b x:==1", "a ^b x:==1"),
        (
            "a %[deptypes=build] b",
            "%[deptypes=build,link] b@2",
            "a %[deptypes=build,link] b@2",
        ),
        ("a %[when=+x] b", "%b@2", "a %[when='+x'] b %b@2"),
        ("a ^+x", "^+x", "a ^+x"),
    ] {
        let both = spec(left).constrain(&spec(right));
        let both = both.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(expected, both.to_string(), "{left} and {right}");
    }
}

/// Conditions on a dependency were once looked up among the dependencies that they control, in an
/// endless loop.
#[test]
fn conditions_that_ask_for_dependencies_are_decided() {
    let conditional = spec("a %[when='%c'] gcc@12 %[when='%gcc'] zlib");
    for (right, expected) in [
        ("%b", Truth::No),
        ("%gcc", Truth::No),
        ("%[when='%c'] gcc", Truth::Yes),
        ("^zlib", Truth::No),
        ("^[when='%gcc +x'] zlib", Truth::Yes),
    ] {
        assert_eq!(expected, conditional.satisfies(&spec(right)), "{right}");
    }
    let both = conditional
        .constrain(&spec("%b %gcc"))
        .expect("no conflict");
    assert_eq!(both, both.constrain(&conditional).expect("no conflict"));
    assert_eq!(Truth::Yes, both.intersects(&conditional));
}

#[test]
fn a_target_with_a_blank_is_printed_in_quotes() {
    for text in ["a target=' '", "a target='x y,zen2'", "a target='x;y' /abc"] {
        assert_eq!(text, spec(text).to_string());
        assert_eq!(spec(text), spec(&spec(text).to_string()));
    }
}

/// The answers are those of Spack 1.2.
#[test]
fn of_several_dependencies_on_one_package_one_is_compared_the_same_both_ways() {
    let built_and_linked = "a %[deptypes=build] b@1 %[deptypes=link] b@2";
    for (left, right, expected) in [
        (built_and_linked, "a %b@1", Truth::Yes),
        (built_and_linked, "a %b@2", Truth::No),
        (built_and_linked, built_and_linked, Truth::Yes),
        (
            built_and_linked,
            "a %[deptypes=build] b@2 %[deptypes=link] b@1",
            Truth::No,
        ),
        (
            "a %[deptypes=link] b@1 %[deptypes=build] b@2",
            "a %b@1",
            Truth::No,
        ),
        (
            "a ^[deptypes=build] b@1 ^[deptypes=link] b@2",
            "a ^b@2",
            Truth::No,
        ),
        (
            "a %[deptypes=build] b@1 ^[deptypes=link] b@2",
            "a %b@1",
            Truth::Yes,
        ),
        ("a %[deptypes=link] b@2 %b@1", "a %b@2", Truth::No),
        ("a ^b@1 ^[deptypes=build] b@2", "a ^b@1", Truth::Yes),
        (
            "a %[deptypes=test] b@2 %[deptypes=build] b@1",
            "a %b@1",
            Truth::Yes,
        ),
        (
            "a %[when=+x] b@1 %[when=+y] b@2",
            "a %[when=+y] b@1",
            Truth::Yes,
        ),
        (
            "a %[when=+y deptypes=link] b@1 %[when=+x deptypes=build] b@2",
            "a %b@2",
            Truth::Yes,
        ),
    ] {
        let (a, b) = (spec(left), spec(right));
        assert_eq!(expected, a.intersects(&b), "{left} and {right}");
        assert_eq!(expected, b.intersects(&a), "{right} and {left}");
    }
}

#[test]
fn contradictions_name_both_sides_and_what_they_disagree_on() {
    for (left, right, dependency, conflict) in [
        ("a", "b", None, Conflict::Name),
        ("x.a", "y.a", None, Conflict::Namespace),
        ("a@1", "@2", None, Conflict::Version),
        ("a+x", "~x", None, Conflict::Variant("x".into())),
        ("a+x", "x=1", None, Conflict::Variant("x".into())),
        ("a x:=1", "x=2", None, Conflict::Variant("x".into())),
        ("a os=rhel8", "os=rhel9", None, Conflict::OperatingSystem),
        ("a os=*", "os=rhel9", None, Conflict::OperatingSystem),
        ("a target=*", "target=zen2", None, Conflict::Target),
        (
            "a platform=linux",
            "platform=darwin",
            None,
            Conflict::Platform,
        ),
        ("a target=zen2", "target=x86_64_v3", None, Conflict::Target),
        ("a/ab", "/cd", None, Conflict::Hash),
        ("a %gcc@12", "%gcc@13", Some("gcc"), Conflict::Version),
        ("a ^b %c@1", "^b %c@2", Some("c"), Conflict::Version),
        ("a %gcc@12", "^gcc@13", Some("gcc"), Conflict::Version),
        ("a ^gcc@12 %b", "%gcc@13", Some("gcc"), Conflict::Version),
        ("a %b@1", "%[when='+x'] b@2", Some("b"), Conflict::Version),
        ("a %[when='+x'] b@2", "%b@1", Some("b"), Conflict::Version),
        (
            "a %[when='+x'] b@1",
            "%[when='~x'] b@2",
            Some("b"),
            Conflict::Version,
        ),
        (
            "a %[deptypes=build] b@1",
            "%[deptypes=link] b@2",
            Some("b"),
            Conflict::Version,
        ),
    ] {
        let (a, b) = (spec(left), spec(right));
        let fault = a.constrain(&b).expect_err(left);
        assert_eq!((left, right), (&*fault.left, &*fault.right));
        assert_eq!(
            dependency,
            fault.dependency.as_deref(),
            "{left} and {right}"
        );
        assert_eq!(conflict, fault.conflict, "{left} and {right}");
        assert_eq!(Truth::No, a.intersects(&b), "{left} and {right}");
    }
    let fault = spec("a %gcc@12").constrain(&spec("%gcc@13")).unwrap_err();
    assert_eq!(
        "`a %gcc@12` and `%gcc@13` have no versions in common for their dependency `gcc`",
        fault.to_string()
    );
}

#[test]
fn worked_examples_of_satisfies_hold() {
    for (left, right, expected) in [
        ("a@1.2.3", "a@1.2", Truth::Yes),
        ("a@1.2", "a@=1.2", Truth::No),
        ("a", "b", Truth::No),
        ("+x", "a+x", Truth::Yes),
        ("a", "a+x", Truth::No),
        ("a+x", "a", Truth::Yes),
        ("a x=1,2", "x=1", Truth::Yes),
        ("a x=1", "x:=1", Truth::No),
        ("a", "os=rhel8", Truth::No),
        ("a os=rhel8", "os=*", Truth::Yes),
        ("a os=*", "os=rhel8", Truth::No),
        ("a target=x86_64_v3:", "target=zen4", Truth::Yes),
        ("a target=haswell", "target=x86_64_v3", Truth::No),
        ("a cflags='-O2 -g'", "cflags=-g", Truth::Yes),
        ("a cflags=-O2", "cflags=-g", Truth::No),
        ("a /abc", "/ab", Truth::Yes),
        ("a", "/ab", Truth::No),
        ("builtin.a", "a", Truth::Yes),
        ("a", "builtin.a", Truth::Yes),
        ("x.a", "y.a", Truth::No),
        ("a %gcc@12", "%gcc", Truth::Yes),
        ("a", "%gcc", Truth::No),
        ("a ^gcc", "%gcc", Truth::Yes),
        ("a %gcc", "^gcc", Truth::Yes),
        ("a %gcc", "%[deptypes=build] gcc", Truth::No),
        ("a %c=gcc", "%c,cxx=gcc", Truth::Yes),
        ("a ^c=gcc", "^c,cxx=gcc", Truth::No),
        ("a ^b %gcc@12", "^gcc", Truth::Yes),
        ("a ^b %gcc@12", "^b %gcc", Truth::Yes),
        ("a ^b %gcc@12", "%gcc", Truth::No),
        ("a ^mpi=openmpi", "^mpi", Truth::No),
        ("a ^mpi=openmpi", "^mpi=openmpi", Truth::Yes),
        ("a ^mpi=openmpi@4", "^openmpi", Truth::Yes),
        ("a ^openmpi", "^mpi", Truth::No),
        ("a ^mpi=openmpi", "^mpi@3", Truth::No),
        ("%gcc", "a %gcc", Truth::No),
        ("%gcc", "a ^gcc", Truth::Yes),
        ("^a %gcc", "a %gcc", Truth::Yes),
        ("a+x %gcc", "a %gcc", Truth::Yes),
        ("a ^b+x", "^+x", Truth::Yes),
        ("a+x", "%[when=~x] b", Truth::Yes),
        ("a+x", "%[when=+x] b", Truth::No),
        ("a+x %b", "%[when=+x] b", Truth::Yes),
        ("a %[when=+x] b", "%b", Truth::No),
        ("a+x %[when=+x] b", "%b", Truth::No),
        ("a %[when='+x@1'] b", "%[when=+x] b", Truth::No),
        ("a %[when=+x] b", "%[when='+x@1'] b", Truth::Yes),
        ("a ^b~x", "++x", Truth::No),
        ("a ^b", "++x", Truth::Yes),
        ("a@git.main", "a@1:", Truth::Unknown(Missing::GitRepository)),
    ] {
        let answer = spec(left).satisfies(&spec(right));
        assert_eq!(expected, answer, "{left} satisfies {right}");
    }
}

#[test]
fn values_can_be_taken_for_all_that_there_are() {
    let exact = spec("a x=1,2 +y patches=ab ^b x=1").with_exact_values(|_| false);
    assert_eq!("a+y patches=ab x:=1,2 ^b x=1", exact.to_string());
    assert_eq!(Truth::Yes, exact.satisfies(&spec("x:=1,2")));
    let propagated = spec("a x==1 ++y");
    let declared = propagated.clone().with_exact_values(|name| name == "x");
    assert_eq!("a++y x:=1", declared.to_string());
    assert_eq!(Truth::Yes, declared.satisfies(&spec("x=1")));
    let open = propagated.with_exact_values(|_| false);
    assert_eq!(Truth::No, open.satisfies(&spec("x=1")));
}

/// Constraints over few names and values, so that many pairs interact.
fn node(names: &'static str) -> impl Strategy<Value = String> {
    let one = |texts: &'static [&'static str]| proptest::sample::select(texts);
    (
        proptest::string::string_regex(names).expect("a pattern"),
        one(&["", "", "@1", "@1.2", "@1:2", "@=1.2", "@2:", "@1,3"]),
        one(&["", "", "+v", "~v"]),
        one(&["", "", " x=a", " x=b", " x=a,b", " x:=a,b", " x=*"]),
        one(&["", "", " cflags=-g", " cflags='-O2 -g'"]),
        one(&["", "", " os=rhel8", " os=*", " os=rhel9"]),
        one(&[
            "",
            "",
            " target=zen2",
            " target=x86_64_v3:",
            " target=:zen4,aarch64",
        ]),
    )
        .prop_map(|(name, version, switch, value, flags, os, target)| {
            // A flag must not take in the switch, and `@1+v` is read as it should be.
            format!("{name}{version}{switch}{value}{flags}{os}{target}")
        })
}

/// Specs that require each dependency once. A dependency required twice, with different types, can
/// be met in several ways, of which Spack picks one.
fn any_text() -> impl Strategy<Value = String> {
    let edge = |name| {
        let sigils = [
            "",
            "^",
            "%",
            "^m=",
            "%m=",
            "%[deptypes=build] ",
            "%[deptypes=link,run] ",
        ];
        let sigil = proptest::sample::select(sigils.to_vec());
        (sigil, node(name)).prop_map(|(sigil, node)| match sigil {
            "" => String::new(),
            _ => format!(" {sigil}{node}"),
        })
    };
    let text = (node("a?"), edge("b"), edge("c"));
    let text = text.prop_map(|(root, first, second)| format!("{root}{first}{second}"));
    text.prop_filter("nothing is not a spec", |text| !text.is_empty())
}

/// The text of a spec whose flags are in one order.
fn sorted_flags(mut spec: AbstractSpec) -> String {
    fn sort(spec: &mut AbstractSpec) {
        for flags in spec.node.flags.values_mut() {
            flags.flags.sort();
        }
        for dependency in &mut spec.dependencies {
            sort(&mut dependency.spec);
        }
    }
    sort(&mut spec);
    spec.to_string()
}

/// Texts made of the pieces of which specs are written, put together in any way.
fn any_pieces() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "hdf5",
        "gcc",
        "clang",
        "1st",
        "builtin",
        "None",
        "root",
        "*",
        ".",
        "-",
        "_",
        "@",
        "=",
        "==",
        ":=",
        ":",
        ",",
        "+",
        "~",
        "++",
        "~~",
        "--",
        "%",
        "%%",
        "^",
        "/",
        "/abc",
        " ",
        "  ",
        "\n",
        "'",
        "\"",
        "\\",
        "[",
        "]",
        "1",
        "1.2",
        "@1.2",
        "@=1",
        "@1:2",
        "@:3,5:",
        "git.main=1",
        "x=",
        "x=y",
        "namespace=",
        "namespace=builtin",
        "arch=",
        "arch=linux-os-zen",
        "platform=",
        "os=",
        "os=*",
        "target=",
        "target=zen:",
        "cflags=",
        "cflags='-g -O2'",
        "cflags==-g",
        "ldlibs=",
        "patches=",
        "dev_path=",
        "when=",
        "when='+x'",
        "when=\"%c\"",
        "virtuals=c,cxx",
        "deptypes=build",
        "%[",
        "^[",
        "%c=",
        "%c,cxx=gcc",
        "builtin.a",
        "a.b.c",
        "a/b.json",
        "é",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..9)
        .prop_map(|pieces| pieces.concat())
}

/// Returns whether a test-only dependency is required with `^`, which never finds one.
fn asks_for_tested(spec: &AbstractSpec) -> bool {
    spec.dependencies.iter().any(|edge| {
        !edge.reach.is_direct()
            && !edge.types.is_empty()
            && !edge
                .types
                .intersects(DependencyTypes::LINK | DependencyTypes::RUN | DependencyTypes::BUILD)
    })
}

/// Returns whether `*` stands for a platform, an operating system or a target, which Spack merges
/// with nothing else.
fn asks_for_any_system(spec: &AbstractSpec) -> bool {
    let node = &spec.node;
    node.platform == Some(FieldConstraint::Any)
        || node.os == Some(FieldConstraint::Any)
        || node.target == Some(crate::TargetConstraint::Any)
        || spec
            .dependencies
            .iter()
            .any(|edge| asks_for_any_system(&edge.spec))
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_read_again_from_what_is_printed(text in any_pieces()) {
        let read = AbstractSpec::parse(&text);
        prop_assume!(read.is_ok());
        let read = read.expect("it was assumed");
        let printed = read.to_string();
        let again = AbstractSpec::parse(&printed);
        prop_assert_eq!(Ok(read), again, "{} is printed as {}", text, printed);
    }

    #[test]
    fn specs_constrained_at_once_are_what_they_are_one_by_one(
        first in any_text(),
        others in proptest::collection::vec(any_text(), 0..5),
    ) {
        let others: Vec<AbstractSpec> = others.iter().map(|text| spec(text)).collect();
        let mut expected = Ok(spec(&first));
        for (position, other) in others.iter().enumerate() {
            expected = expected.and_then(|both: AbstractSpec| {
                both.constrain(other).map_err(|fault| (position, fault))
            });
        }
        let others: Vec<&AbstractSpec> = others.iter().collect();
        prop_assert_eq!(expected, spec(&first).constrain_all(&others));
    }


    #[test]
    fn a_spec_satisfies_itself_and_constrains_itself_to_itself(a in any_text()) {
        let a = spec(&a);
        if !asks_for_tested(&a) {
            prop_assert_eq!(Truth::Yes, a.satisfies(&a));
        }
        let both = a.constrain(&a).expect("no contradiction");
        prop_assert_eq!(both.to_string(), a.to_string());
    }

    #[test]
    fn what_satisfies_intersects(a in any_text(), b in any_text()) {
        let (a, b) = (spec(&a), spec(&b));
        if asks_for_any_system(&a) || asks_for_any_system(&b) {
            return Ok(());
        }
        if a.satisfies(&b).is_yes() {
            prop_assert_eq!(Truth::Yes, a.intersects(&b));
        }
        prop_assert_eq!(a.intersects(&b), b.intersects(&a));
    }

    #[test]
    fn what_two_specs_are_constrained_to_satisfies_both(a in any_text(), b in any_text()) {
        let (a, b) = (spec(&a), spec(&b));
        if !asks_for_any_system(&b) {
            prop_assert_eq!(a.constrain(&b).is_err(), a.intersects(&b).is_no());
        }
        let Ok(both) = a.constrain(&b) else { return Ok(()) };
        if !asks_for_tested(&both) {
            prop_assert_eq!(Truth::Yes, both.satisfies(&a), "{} and {}", both, a);
            prop_assert_eq!(Truth::Yes, both.satisfies(&b), "{} and {}", both, b);
        }
        prop_assert_eq!(both.to_string(), both.constrain(&b).expect("held").to_string());
        prop_assert_eq!(&both, &spec(&both.to_string()));
    }

    #[test]
    fn the_order_of_two_constraints_does_not_matter(a in any_text(), b in any_text()) {
        let (a, b) = (spec(&a), spec(&b));
        match (a.constrain(&b), b.constrain(&a)) {
            (Ok(left), Ok(right)) => {
                if !asks_for_tested(&left) {
                    prop_assert_eq!(Truth::Yes, left.satisfies(&right));
                }
                if a.dependencies.is_empty() || b.dependencies.is_empty() {
                    prop_assert_eq!(sorted_flags(left), sorted_flags(right));
                }
            }
            (left, right) => prop_assert!(left.is_err() && right.is_err(), "{} and {}", a, b),
        }
    }
}
