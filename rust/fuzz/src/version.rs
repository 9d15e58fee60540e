//! Versions and constraints on them.

use std::cmp::Ordering;

use specplan_spack::{Truth, Version, VersionConstraint};

/// The order of versions is an order; a constraint is printed as it is read, and agrees
/// with itself. The input is one version or constraint a line.
pub fn version(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let lines = || text.split('\n').take(3);
    let versions: Vec<Version> = lines()
        .filter_map(|line| Version::parse(line).ok())
        .collect();
    for a in &versions {
        assert_eq!(Version::parse(&a.to_string()).as_ref(), Ok(a));
        assert_eq!(a.cmp(a), Ordering::Equal);
        for b in &versions {
            assert_eq!(a.cmp(b), b.cmp(a).reverse());
            for c in &versions {
                if a <= b && b <= c {
                    assert!(a <= c, "{a} <= {b} <= {c}");
                }
            }
        }
    }
    let constraints = lines().filter_map(|line| VersionConstraint::parse(line).ok());
    let constraints: Vec<VersionConstraint> = constraints.collect();
    for a in &constraints {
        let again = VersionConstraint::parse(&a.to_string());
        assert_eq!(again.as_ref(), Ok(a), "{a}");
        assert_ne!(a.satisfies(a), Truth::No, "{a}");
        for b in &constraints {
            assert_eq!(a.intersects(b), b.intersects(a), "{a} and {b}");
            for version in &versions {
                let _ = (version.satisfies(a), a.contains(version));
            }
            let _ = (a.satisfies(b), a.intersection(b));
        }
    }
}
