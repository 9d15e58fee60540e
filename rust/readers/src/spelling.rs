//! Keys that are written with a slip.
//!
//! A reader skips a key that it does not know, as each version of Spack adds some. Skipping
//! `dependancies` would take all dependencies from a spec without a word.

use crate::fault::FaultKind;
use crate::json::{Json, JsonErrorKind, JsonResult};

/// The most letters that a slip adds, drops, replaces or swaps.
const SLIP: usize = 2;

/// Keys shorter than this have a slip of one letter at most.
const LONG: usize = 8;

/// Skips the value of a key that is none of `known`, which the object may have.
///
/// # Errors
///
/// If the key is a slip away from one of them, or its value is not JSON.
pub(crate) fn skip(json: &mut Json<'_>, key: &str, known: &[&'static str]) -> JsonResult<()> {
    if let Some(meant) = known.iter().find(|known| is_slip(key, known)) {
        return Err(json.error(JsonErrorKind::Value(FaultKind::Misspelt { meant })));
    }
    json.skip().map(drop)
}

fn is_slip(key: &str, known: &str) -> bool {
    let most = if known.len() < LONG { 1 } else { SLIP };
    // The distance takes time as both are long.
    key.len().abs_diff(known.len()) <= most && strsim::osa_distance(key, known) <= most
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_slip_is_near_and_a_key_of_another_meaning_is_not() {
        for (key, known) in [
            ("dependancies", "dependencies"),
            ("dependencis", "dependencies"),
            ("in_build_cache", "in_buildcache"),
            ("Parameters", "parameters"),
            ("hahs", "hash"),
            ("spce", "spec"),
        ] {
            assert!(is_slip(key, known), "{key} and {known}");
        }
        for (key, known) in [
            ("full_hash", "build_hash"),
            ("dependents", "dependencies"),
            ("path", "hash"),
            ("propagate", "parameters"),
        ] {
            assert!(!is_slip(key, known), "{key} and {known}");
        }
    }
}
