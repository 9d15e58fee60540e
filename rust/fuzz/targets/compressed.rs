//! `cargo fuzz run compressed`: see `specplan_fuzz::compressed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::compressed(input));
