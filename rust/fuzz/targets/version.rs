//! `cargo fuzz run version`: see `specplan_fuzz::version`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::version(input));
