//! Tests of constraints: worked examples, and the laws of sets.

use proptest::prelude::*;

use super::*;

fn constraint(text: &str) -> VersionConstraint {
    VersionConstraint::parse(text).expect(text)
}

#[test]
fn worked_examples_of_satisfies_and_intersects_hold() {
    // Left, right, left satisfies right, right satisfies left, they intersect.
    let examples = [
        ("=1.2", "1.2", true, false, true),
        ("=1.2.7", "1.2", true, false, true),
        ("=1.20", "1.2", false, false, false),
        ("=1.2", "1.2.0", false, false, false),
        ("=1.2", "=1.2.0", false, false, false),
        ("1.2", "=1.2", false, true, true),
        ("=1.3rc1", "1.2", true, false, true),
        ("=1.3.0rc1", "1.2", false, false, false),
        ("=1.2rc1", "1.2", false, false, false),
        ("=1.2.0rc1", "1.2", true, false, true),
        ("=1.4.2", "1.2:1.4", true, false, true),
        ("=1.4.2", "1.2:1.4.0", false, false, false),
        ("=1.5alpha1", "1.2:1.4", true, false, true),
        ("=1.4.999", ":1.4", true, false, true),
        ("=1.2alpha1", "1.2:", false, false, false),
        ("=develop", "1.2:", true, false, true),
        ("=develop", ":99", false, false, false),
        ("=main", ":develop", true, false, true),
        ("=develop.1", "develop", true, false, true),
        ("=develop", "main:", true, false, true),
        ("=0.9", "1:,:0.5", false, false, false),
        ("=1.0aa", "1.0a", true, false, true),
        ("=1.0b", "1.0a", false, false, false),
        ("1.2:1.4", "1.0:2.0", true, false, true),
        ("1.2.0:1.2", "1.2", true, false, true),
        ("3.7.0:3", "3.6.0", false, false, false),
        ("1.2,1.4", "1.1:1.5", true, false, true),
        ("1.2:1.3,1.4:1.6", "1.2:1.6", true, true, true),
        ("git.main=1.2", "1.2", true, false, true),
        ("git.main=1.2", "=1.2", false, false, false),
        ("git.main=1.2", "git.main=1.2", true, true, true),
        ("git.v1=develop", "1:", true, false, true),
        ("=4.7.3v2", "4.7", true, false, true),
        ("=2.38", ":2.36", false, false, false),
        ("=1.2.0", ":1.2.0rc345", false, false, false),
        ("=1.2.0", "1.2.0alpha1:", true, false, true),
        ("1.2", ":1.2.0", false, false, true),
        ("1.1:1.5", "1.2,1.4", false, true, true),
    ];
    for (left, right, forth, back, both) in examples {
        let (a, b) = (constraint(left), constraint(right));
        assert_eq!(
            Truth::from(forth),
            a.satisfies(&b),
            "{left} satisfies {right}"
        );
        assert_eq!(
            Truth::from(back),
            b.satisfies(&a),
            "{right} satisfies {left}"
        );
        assert_eq!(Truth::from(both), a.intersects(&b), "{left} and {right}");
        assert_eq!(Truth::from(both), b.intersects(&a), "{right} and {left}");
        assert_eq!(both, a.intersection(&b).is_some(), "{left} with {right}");
    }
}

#[test]
fn references_without_a_version_are_unknown_unless_the_reference_decides() {
    let unknown = Truth::Unknown(Missing::GitRepository);
    let main = constraint("git.main");
    assert_eq!(unknown, main.satisfies(&constraint("1.2:")));
    assert_eq!(unknown, constraint("1.2:").intersects(&main));
    assert_eq!(Truth::Yes, main.satisfies(&constraint(":")));
    assert_eq!(Truth::Yes, constraint("git.main=1.2").satisfies(&main));
    assert_eq!(Truth::No, constraint("git.next=1.2").satisfies(&main));
    assert_eq!(Truth::No, constraint("=1.2").satisfies(&main));
}

#[test]
fn lists_are_reduced_and_printed_so_that_they_can_be_read_again() {
    for (text, printed) in [
        ("1.0:1.2,1.3:2", "1.0:2"),
        ("=1.5,1.2:1.6", "1.2:1.6"),
        ("2:3, =1.0 ,1.2", "=1.0,1.2,2:3"),
        ("1.2:1.2", "1.2"),
        (":", ":"),
        ("git.main=1.2", "git.main=1.2"),
        ("=git.b,git.a", "=git.a,=git.b"),
    ] {
        let set = constraint(text);
        assert_eq!(printed, set.to_string());
        assert_eq!(set, constraint(printed));
    }
}

#[test]
fn faults_are_refused() {
    for text in [
        "",
        "1.2,",
        "2:1.0",
        "1:2:3",
        "=",
        "==1",
        "1:=2",
        "git.a=1:2",
        "1.0,0123456789abcdef0123456789abcdef01234567:",
    ] {
        assert!(VersionConstraint::parse(text).is_err(), "{text}");
    }
    assert_eq!(
        "the range `2:1.0` is empty",
        VersionConstraint::parse("2:1.0").unwrap_err().to_string()
    );
    assert!(VersionConstraint::parse("1.2.0:1.2").is_ok());
}

#[test]
fn intersections_keep_the_narrower_bounds() {
    let both = |a: &str, b: &str| constraint(a).intersection(&constraint(b));
    assert_eq!(Some(constraint("1.2:1.4")), both("1.0:1.4", "1.2:"));
    assert_eq!(Some(constraint("=1.3")), both("=1.3,=9", ":2"));
    assert_eq!(None, both("1", "2"));
}

/// Versions that lie close to each other, with the odd ones among them.
fn version_text() -> impl Strategy<Value = String> {
    let component = prop_oneof![
        3 => "[0-3]",
        1 => prop_oneof![Just("a"), Just("Z"), Just("az"), Just("main"), Just("develop")]
            .prop_map(str::to_owned),
    ];
    let phase = prop_oneof![3 => Just(""), 1 => Just("rc"), 1 => Just("alpha1"), 1 => Just("rc2")];
    (prop::collection::vec(component, 1..4), phase)
        .prop_map(|(components, phase)| components.join(".") + phase)
}

fn constraint_text() -> impl Strategy<Value = String> {
    let version = version_text;
    let member = prop_oneof![
        version(),
        version().prop_map(|v| format!("={v}")),
        version().prop_map(|v| format!("{v}:")),
        version().prop_map(|v| format!(":{v}")),
        (version(), version()).prop_map(|(a, b)| format!("{a}:{b}")),
        version().prop_map(|v| format!("git.branch={v}")),
    ];
    prop::collection::vec(member, 1..4).prop_map(|members| members.join(","))
}

proptest! {
    #[test]
    fn constraints_obey_the_laws_of_sets(
        left in constraint_text(),
        right in constraint_text(),
        version in version_text(),
    ) {
        let (Ok(a), Ok(b)) = (VersionConstraint::parse(&left), VersionConstraint::parse(&right)) else {
            return Ok(());
        };
        let version: Version = version.parse().expect("it is generated as one");
        let again = VersionConstraint::parse(&a.to_string());
        prop_assert_eq!(Ok(&a), again.as_ref());
        prop_assert_eq!(a.intersects(&b), b.intersects(&a));

        let in_both = a.contains(&version).and(b.contains(&version));
        let both = a.intersection(&b);
        let held = both.as_ref().map_or(Truth::No, |both| both.contains(&version));
        prop_assert_eq!(in_both, held, "{} in {:?}", version, both.map(|both| both.to_string()));
        if in_both.is_yes() {
            prop_assert_eq!(Truth::Yes, a.intersects(&b));
        }
        if a.satisfies(&b).is_yes() && a.contains(&version).is_yes() {
            prop_assert_eq!(Truth::Yes, b.contains(&version));
        }
    }
}
