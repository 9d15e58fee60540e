//! Abstract specs.

use specplan_spack::{PreparedSpec, Truth, parse_many, parse_one};

/// The mark of a variant that propagates.
const PROPAGATING: [&str; 3] = ["++", "~~", "=="];

/// A valid spec is printed so that it reads back as the same, and satisfies itself; an invalid one
/// has a fault that points into the text.
pub fn abstract_spec(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let specs = match parse_many(text) {
        Ok(specs) => specs,
        Err(error) => {
            let span = error.span();
            assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            assert!(!error.render().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    for spec in &specs {
        let printed = spec.to_string();
        let again = parse_one(&printed);
        assert_eq!(
            again.as_ref(),
            Ok(spec),
            "{text:?} is printed as {printed:?}"
        );
        // As in Spack, `a++x ^b~x` does not satisfy itself: the propagated value is contradicted.
        if !PROPAGATING.iter().any(|mark| printed.contains(mark)) {
            assert_ne!(spec.satisfies(spec), Truth::No, "{printed}");
        }
        let _ = PreparedSpec::new(spec.clone());
        for other in &specs {
            let either = (spec.intersects(other), other.intersects(spec));
            assert_eq!(either.0, either.1, "{printed} and {other}");
            let _ = spec.constrain(other);
        }
    }
}
