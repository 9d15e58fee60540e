//! `cargo fuzz run abstract_spec`: see `specplan_fuzz::abstract_spec`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::abstract_spec(input));
