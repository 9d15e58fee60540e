//! `cargo fuzz run lock`: see `specplan_fuzz::lock`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::lock(input));
