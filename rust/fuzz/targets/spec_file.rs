//! `cargo fuzz run spec_file`: see `specplan_fuzz::spec_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| specplan_fuzz::spec_file(input));
