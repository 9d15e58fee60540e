//! The fuzz targets on the inputs that are kept for them, with the stable compiler.
//!
//! `rust/fuzz/corpus` holds small sound and damaged files, from which a fuzzer starts, and
//! each input that once broke something, under a name that says what.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::Path;

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
            // A failure tells the input, as the name of its file.
            let held = std::panic::catch_unwind(|| target(&input));
            assert!(held.is_ok(), "{name} does not hold for {}", path.display());
        }
    }
}
