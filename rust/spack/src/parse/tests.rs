//! Tests of the grammar, of canonical printing and of error messages.

use proptest::prelude::*;

use super::*;

fn printed(text: &str) -> String {
    match parse_one(text) {
        Ok(spec) => spec.to_string(),
        Err(error) => panic!("{error}"),
    }
}

fn fault(text: &str) -> ParseErrorKind {
    match parse_one(text) {
        Ok(spec) => panic!("{text} is read as {spec}"),
        Err(error) => error.kind().clone(),
    }
}

#[test]
fn specs_are_printed_in_canonical_form() {
    for (text, expected) in [
        ("zlib", "zlib"),
        ("*", "*"),
        ("builtin.zlib@=1.2", "builtin.zlib@=1.2"),
        ("+b~a@1.2 zlib:=x", "@1.2~a+b zlib:=x"),
        ("hdf5 -mpi ++debug x==y", "hdf5++debug~mpi x==y"),
        ("a x=True y=false z=*", "a+x~y z='*'"),
        ("a x=c,b,c", "a x=b,c"),
        ("a cflags='-O2  -g' x='a b'", "a cflags='-O2 -g'  x='a b'"),
        ("a x=\"it's\"", "a x=\"it's\""),
        ("a x=''", "a x=''"),
        ("a/abc target=zen os=rhel8", "a os=rhel8 target=zen /abc"),
        (
            "a arch=linux-rhel8-zen:",
            "a platform=linux os=rhel8 target=zen:",
        ),
        ("a arch=zen2", "a target=zen2"),
        ("a arch=b-c-=d", "a platform=b os=c target='=d'"),
        ("a ^b %c ^d %e %gcc", "a ^b %c ^d %e %gcc"),
        ("a ^b %c", "a ^b %c"),
        ("a %c ^b", "a %c ^b"),
        ("a ^z %y ^b %x", "a ^b %x ^z %y"),
        ("a %clang@16", "a %clang@16"),
        ("a %llvm@16", "a %clang@16"),
        ("a ^clang", "a ^clang"),
        ("a %%gcc", "a %%gcc"),
        ("a ^mpi=openmpi@4", "a ^mpi=openmpi@4"),
        ("a %[virtuals=cxx,c] gcc", "a %c,cxx=gcc"),
        (
            "a %[virtuals=c deptypes=link,build] +x",
            "a %[deptypes=build,link virtuals=c] +x",
        ),
        ("a %[when='%c'] c=gcc", "a %[when='%c'] c=gcc"),
        ("a ^*foo=bar", "a ^*foo=bar"),
        ("a ^+foo", "a ^+foo"),
        ("a ^b@1: ^b+x", "a ^b@1:+x"),
        ("a ^b@1:3 ^b@2:4", "a ^b@2:3"),
        ("a foo=bar%gcc", "a foo='bar%gcc'"),
        ("%gcc", "%gcc"),
        ("a /abc", "a/abc"),
        ("a@git.x /abc", "a@git.x /abc"),
        ("a /abc x=b ^c /def", "a x=b /abc ^c/def"),
        ("a cflags=-g/abc", "a cflags=-g/abc"),
        ("a cflags=-g /abc", "a cflags=-g /abc"),
        ("a ^/abc %@1", "a ^*/abc %@1"),
        ("a@2,=1,=2.1,0.5:0.7", "a@0.5:0.7,=1,2"),
        ("libivo@n1.c,git.cc-g:", "libivo@git_cc-g:"),
        ("a@2,=a,git.1:0.5", "a@=a,git.1:0.5,2"),
        (
            "a %[virtuals=d deptypes=link when=+x] c",
            "a %[when='+x' deptypes=link] d=c",
        ),
        (
            "a ^[deptypes=build] b ^[deptypes=link] b",
            "a ^[deptypes=link] b ^[deptypes=build] b",
        ),
        ("a namespace=b namespace=c", "c.a"),
        ("b.a namespace=c", "c.a"),
    ] {
        assert_eq!(expected, printed(text), "{text}");
        assert_eq!(parse_one(text), parse_one(expected), "{text}");
    }
}

#[test]
fn a_direct_dependency_hangs_on_the_last_transitive_one() {
    let spec = parse_one("a %b ^c %d target=zen4").expect("it is well formed");
    let [direct, transitive] = &spec.dependencies[..] else {
        panic!("{spec:?}");
    };
    assert_eq!(Some("b"), direct.spec.node.name.as_deref());
    let below = &transitive.spec.dependencies[0].spec.node;
    assert_eq!(Some("d"), below.name.as_deref());
    assert!(
        below.target.is_some(),
        "attributes bind to the nearest node"
    );
}

#[test]
fn a_dependency_that_is_asked_for_twice_is_one_whatever_its_sigils() {
    assert_eq!("a %b@1+x", printed("a %b@1 ^b+x"));
    assert_eq!("a %b+x ^c %b", printed("a %b ^b+x ^c %b"));
    // The second has a dependency of its own, which could not be written on the first.
    assert_eq!("a %b ^b+x %c", printed("a %b ^b+x %c"));
    for text in [
        "a %b@1 ^b@2",
        "a %b@1 ^b@2 %c",
        "a %b ^b@1 %c ^b@2",
        "a %%b+x ^b~x",
        "p %c ^c %x@2 ^c %x@3",
    ] {
        let kind = fault(text);
        assert!(
            matches!(kind, ParseErrorKind::IncompatibleDependency { .. }),
            "{text}"
        );
    }
    assert!(matches!(
        fault("a %[deptypes=link] b ^[deptypes=build,link] b"),
        ParseErrorKind::OverlappingTypes { .. }
    ));
}

#[test]
fn an_arch_comes_before_every_other_part_of_the_architecture() {
    for (text, field) in [
        ("a target=zen: arch=linux-rhel8-None", "target"),
        ("a os=rhel8 arch=zen2", "os"),
        ("a platform=linux arch=zen2", "platform"),
        ("a arch=zen2 arch=linux-rhel8-None", "target"),
    ] {
        let is_twice =
            |kind| matches!(kind, ParseErrorKind::SeveralFields { field: f } if f == field);
        assert!(is_twice(fault(text)), "{text}");
    }
    assert_eq!(
        "a platform=linux os=rhel8 target=zen2",
        printed("a arch=zen2 os=rhel8 platform=linux")
    );
}

#[test]
fn several_specs_may_stand_in_one_text() {
    let names = |text: &str| -> Vec<String> {
        let specs = parse_many(text).expect(text);
        specs.iter().map(ToString::to_string).collect()
    };
    assert_eq!(["a@1", "b+x", "c"], names("a@1 b +x c")[..]);
    assert_eq!(["/abc", "/def"], names("/abc /def")[..]);
    assert_eq!(["a ^b", "c"], names("a ^b c")[..]);
    assert!(parse_many(" ").is_ok_and(|specs| specs.is_empty()));
    assert_eq!(ParseErrorKind::Several, fault("a b"));
    assert_eq!(ParseErrorKind::Nothing, fault("  "));
}

#[test]
fn faults_have_their_kinds() {
    use ParseErrorKind as Kind;
    assert_eq!(Kind::SeveralVersions, fault("a@1@2"));
    assert!(matches!(fault("a+x x=true"), Kind::SeveralVariants { .. }));
    assert!(matches!(
        fault("a os=b os=c"),
        Kind::SeveralFields { field: "os" }
    ));
    assert!(matches!(
        fault("a arch=x-y-zen target=zen"),
        Kind::SeveralFields { .. }
    ));
    assert!(matches!(fault("a@2:1.0"), Kind::Version(_)));
    assert!(matches!(fault("a target=foo:"), Kind::Target(_)));
    assert!(matches!(fault("a os==b"), Kind::NoPropagation { .. }));
    for text in ["a++patches", "a~~dev_path", "a %b --commit", "a ref==x"] {
        assert!(matches!(fault(text), Kind::NoPropagation { .. }), "{text}");
    }
    assert!(matches!(fault("a +os"), Kind::NoSwitch { .. }));
    assert!(matches!(fault("a os=fe"), Kind::NeedsHost { .. }));
    assert!(matches!(
        fault("a %[foo=b] c"),
        Kind::UnknownAttribute { .. }
    ));
    assert!(matches!(
        fault("a %[deptypes=foo] c"),
        Kind::UnknownType { .. }
    ));
    for text in ["a %[deptypes=all] c", "a %[deptypes='build, link'] c"] {
        assert!(matches!(fault(text), Kind::UnknownType { .. }), "{text}");
    }
    assert!(matches!(
        fault("a %[virtuals='a b'] c"),
        Kind::BadVirtual { .. }
    ));
    assert!(matches!(fault("a %[when='@@'] c"), Kind::Condition(_)));
    assert!(matches!(
        fault("a ^b@1 ^b@2"),
        Kind::IncompatibleDependency { .. }
    ));
    assert!(matches!(
        fault("a ^[deptypes=link] b ^[deptypes=link,run] b"),
        Kind::OverlappingTypes { .. }
    ));
    assert_eq!(Kind::UnexpectedInEdge, fault("a %[+x] c"));
    assert_eq!(Kind::UnexpectedInEdge, fault("a %[virtuals=c"));
    assert_eq!(Kind::UnopenedEdge, fault("]"));
    assert_eq!(Kind::Several, fault("a ]"));
    assert_eq!(Kind::MissingDependency, fault("a ^"));
    assert_eq!(Kind::MissingDependency, fault("a ^ %b"));
    assert_eq!(Kind::FileName, fault("./a.json"));
    assert!(matches!(
        fault(&"a".repeat(MAX_LEN + 1)),
        Kind::TooLong { .. }
    ));
}

#[test]
fn conditions_cannot_be_nested_without_end() {
    let mut text = String::from("a");
    for _ in 0..=MAX_DEPTH {
        let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
        text = format!("a %[when='{quoted}'] b");
    }
    // However quotes are read inside, this ends.
    assert!(parse_one(&text).is_err());
}

#[test]
fn a_fault_is_shown_under_the_text() {
    for (text, expected) in [
        (
            "hdf5@1.2 +mpi@1.4",
            "a spec cannot have several versions\n  \
             hdf5@1.2 +mpi@1.4\n               \
             ^^^^ a list such as `@1.2,1.4` takes several",
        ),
        (
            "a x='日本' é",
            "unexpected character\n  a x='日本' é\n             \
             ^ expected a name, `@version`, `+variant`, `key=value`, `^` or `%`",
        ),
        (
            "a\t\u{1b}[31m",
            "unexpected character\n  a\\t\\u{1b}[31m\n     \
             ^^^^^^ expected a name, `@version`, `+variant`, `key=value`, `^` or `%`",
        ),
        (
            "foo=",
            "unexpected character\n  foo=\n     \
             ^ expected a value, in quotes if it is empty or contains spaces",
        ),
    ] {
        let error = parse_one(text).expect_err(text);
        assert_eq!(expected, error.render());
    }
}

#[test]
fn only_the_surroundings_of_a_fault_are_shown() {
    let text = format!("{} @@ {}", "+a ".repeat(1000), "+b ".repeat(1000));
    let shown = parse_one(&text).expect_err("two signs").render();
    assert!(
        shown.lines().all(|line| line.chars().count() < 140),
        "{shown}"
    );
    assert!(shown.contains("…"));
}

/// Texts that are mostly specs.
fn spec_text() -> impl Strategy<Value = String> {
    let name = "[a-z][a-z0-9-]{0,3}";
    let version = prop_oneof![
        "[0-9](\\.[0-9]{1,2}){0,2}",
        Just("develop".to_owned()),
        Just("1.2rc1".to_owned()),
    ];
    let range = prop_oneof![
        version.clone().prop_map(|v| format!("@{v}")),
        version.clone().prop_map(|v| format!("@={v}")),
        version.clone().prop_map(|v| format!("@{v}:")),
        version.clone().prop_map(|v| format!("@:{v}")),
        (version.clone(), version.clone()).prop_map(|(a, b)| format!("@{a},{b}:")),
        version.prop_map(|v| format!("@git.a/b={v}")),
        Just("@1.2,git.main".to_owned()),
        Just(String::new()),
    ];
    let part = prop_oneof![
        "(\\+|~|\\+\\+|~~)[a-z]{1,2}".prop_map(|text| text),
        "[f-z](=|:=|==)[a-c](,[a-c]){0,2}",
        "[f-z](=|:=)'[a-c ',\"\\\\*=%]{0,5}'",
        "cflags=('-O2 -g'|-O3)",
        "os=(rhel8|'\\*')",
        "target=(zen2|zen:|:zen4|x86_64_v3:zen5,aarch64)",
        "/[a-z2-7]{1,4}",
    ];
    let node = (
        prop_oneof![name.prop_map(|text| text), Just("*".to_owned())],
        range,
        prop::collection::vec(part, 0..3),
    )
        .prop_map(|(name, range, parts)| format!("{name}{range} {}", parts.join(" ")));
    let edge = prop_oneof![
        Just("^".to_owned()),
        Just("%".to_owned()),
        Just("%%".to_owned()),
        "(\\^|%)\\[virtuals=[a-c](,[a-c])?\\] ",
        "%\\[deptypes=(build|link,run) when='\\+x %[a-c]'\\] ",
    ];
    (node.clone(), prop::collection::vec((edge, node), 0..3)).prop_map(|(root, dependencies)| {
        let below: Vec<String> = dependencies
            .into_iter()
            .map(|(edge, node)| format!(" {edge}{node}"))
            .collect();
        let below = below.concat();
        format!("{root}{below}")
    })
}

proptest! {
    #[test]
    fn printed_specs_read_back_to_equal_ones(text in spec_text()) {
        if let Ok(spec) = parse_one(&text) {
            let printed = spec.to_string();
            let again = parse_one(&printed);
            prop_assert_eq!(Ok(&spec), again.as_ref(), "{}", printed);
            prop_assert_eq!(Ok(printed), again.map(|spec| spec.to_string()));
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,40}|[ -~]{0,40}|[a-z@:=+~^%/\\[\\]'\"\\\\., *-]{0,40}|.{0,20}") {
        match parse_many(&text) {
            Ok(specs) => {
                for spec in specs {
                    let printed = spec.to_string();
                    prop_assert_eq!(Ok(spec), parse_one(&printed), "{}", printed);
                }
            }
            Err(error) => prop_assert!(!error.render().is_empty()),
        }
    }
}

fn with_toolchain(text: &str, toolchain: &str) -> Result<String, String> {
    let toolchains = Toolchains::from([("tc".into(), parse_one(toolchain).expect(toolchain))]);
    let read = parse_one_with(text, &toolchains);
    read.map(|spec| spec.to_string())
        .map_err(|fault| fault.to_string())
}

#[test]
fn only_the_bare_name_after_a_percent_sign_is_a_toolchain() {
    for (text, expected) in [
        ("a+x %tc", "a+x %c=gcc"),
        ("a %%tc", "a %%c=gcc"),
        ("a %tc %c=tc", "a %c=gcc %c=tc"),
        ("a %[when='%tc'] b", "a %[when='%c=gcc'] b"),
        ("a ^b %tc ^d", "a ^b %c=gcc ^d"),
        ("a %c=tc", "a %c=tc"),
        ("a ^tc", "a ^tc"),
        ("tc", "tc"),
        ("a %other", "a %other"),
        ("a %[when='+x'] tc", "a %[when='+x'] tc"),
    ] {
        assert_eq!(
            Ok(expected.to_owned()),
            with_toolchain(text, "%c=gcc"),
            "{text}"
        );
    }
}

#[test]
fn what_stands_before_a_toolchain_is_merged_with_it_and_what_stands_behind_joins_it() {
    for (text, expected) in [
        ("a %%tc %gcc", "a %%gcc@12"),
        ("a %gcc %%tc", "a %gcc@12"),
        ("a %tc %c=gcc", "a %c=gcc@12"),
    ] {
        assert_eq!(
            Ok(expected.to_owned()),
            with_toolchain(text, "%gcc@12"),
            "{text}"
        );
    }
}

#[test]
fn what_is_asked_behind_a_toolchain_belongs_before_it() {
    let shown = "\
`+x@2` follows the toolchain `%tc`, where Spack begins another spec
  a %tc +x@2
        ^^^^ write `+x@2` before `%tc`";
    assert_eq!(Err(shown.to_owned()), with_toolchain("a %tc +x@2", "%gcc"));
    let fault = with_toolchain("a %tc zlib", "%gcc").unwrap_err();
    assert!(fault.starts_with("expected a single spec"), "{fault}");
}

#[test]
fn a_toolchain_may_contradict_the_spec() {
    let fault = with_toolchain("a os=rhel8 %tc", "os=rhel9").unwrap_err();
    let expected = "a toolchain contradicts the spec: \
            `a os=rhel8` and `os=rhel9` have no operating systems in common\n";
    assert!(fault.starts_with(expected), "{fault}");
}

#[test]
fn toolchains_are_put_in_only_so_often() {
    let many = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("%a{n}")).collect();
        names.join(" ")
    };
    let text = format!("a{}", " %tc".repeat(100));
    assert!(with_toolchain(&text, &many(100)).is_ok());
    let fault = with_toolchain(&text, &many(1000)).unwrap_err();
    assert!(
        fault.starts_with("toolchains add more than 65536"),
        "{fault}"
    );
}
