//! `cargo fuzz run page`: see `specplan_fuzz::page`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::page(input));
