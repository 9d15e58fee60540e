//! The order of snapshots.

use std::cmp::Ordering;

use specplan_spack::Version;

/// The kind of snapshot that a tag names, the newest kind first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Develop,
    Dated,
    Release,
    Other,
}

/// Compares two tags so that the newer snapshot comes first: `develop`, then
/// `develop-YYYY-MM-DD` by date, then `vX.Y.Z` by version, then others by name.
///
/// ```
/// use specplan_catalog::newest_first;
/// let mut tags = ["v0.9.1", "develop-2025-05-25", "nightly", "v0.23.0", "develop", "develop-2025-11-15"];
/// tags.sort_by(|a, b| newest_first(a, b));
/// assert_eq!(tags, ["develop", "develop-2025-11-15", "develop-2025-05-25", "v0.23.0", "v0.9.1", "nightly"]);
/// ```
pub fn newest_first(a: &str, b: &str) -> Ordering {
    let kind = kind(a);
    let by_kind = kind.cmp(&self::kind(b));
    let within_kind = || match kind {
        Kind::Develop | Kind::Other => Ordering::Equal,
        // A date is written with its largest unit first, so its text order is its order.
        Kind::Dated => b.cmp(a),
        Kind::Release => match (Version::parse(&a[1..]), Version::parse(&b[1..])) {
            (Ok(a), Ok(b)) => b.cmp(&a),
            _ => Ordering::Equal,
        },
    };
    by_kind.then_with(within_kind).then_with(|| a.cmp(b))
}

fn kind(tag: &str) -> Kind {
    if tag == "develop" {
        Kind::Develop
    } else if tag.strip_prefix("develop-").is_some_and(is_date) {
        Kind::Dated
    } else if tag.strip_prefix('v').is_some_and(is_release) {
        Kind::Release
    } else {
        Kind::Other
    }
}

fn is_date(text: &str) -> bool {
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('-');
    let year = parts.next().is_some_and(|part| digits(part, 4));
    let month = parts.next().is_some_and(|part| digits(part, 2));
    let day = parts.next().is_some_and(|part| digits(part, 2));
    year && month && day && parts.next().is_none()
}

fn is_release(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit()) && Version::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_of_tags_is_total(mut tags in prop::collection::vec("develop|develop-20(24|25)-(01|12)-0[1-3]|v[0-2]\\.[0-9]{1,2}|[a-v]{1,2}", 3)) {
            tags.sort_by(|a, b| newest_first(a, b));
            for pair in tags.windows(2) {
                prop_assert_ne!(newest_first(&pair[0], &pair[1]), Ordering::Greater);
            }
            prop_assert_ne!(newest_first(&tags[0], &tags[2]), Ordering::Greater);
            prop_assert_eq!(newest_first(&tags[0], &tags[1]), newest_first(&tags[1], &tags[0]).reverse());
        }
    }

    #[test]
    fn a_tag_that_only_looks_like_a_date_is_another_name() {
        assert_eq!(
            newest_first("develop-2025-5-25", "v0.1.0"),
            Ordering::Greater
        );
    }
}
