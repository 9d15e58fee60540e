//! `cargo fuzz run index`: see `specplan_fuzz::index`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::index(input));
