//! Indexes, databases, locks, spec files and lists of specs.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use specplan_readers::{
    Fault, FaultKind, Format, OriginTexts, SpecsRead, check_hashes_in, parse_specs,
    read_specs_in_blocks,
};

use super::respelt::{is_exact, respelt};

const ORIGIN: OriginTexts<'static> = OriginTexts {
    cache: "cache",
    tag: "",
    stack: "stack",
    shown: "file",
    listed_only: false,
    counts_installed: false,
    newer: specplan_readers::Newer::Refuse,
};

/// Larger than every input here, so that no limit decides the result.
const NO_LIMIT: u64 = 1 << 30;

/// The largest that anything compressed may become here.
const UNPACKED_BYTES: u64 = 1 << 20;

/// An index or a database is read the same in blocks of any size, and in any spelling.
pub fn index(input: &[u8]) {
    read_in_all_ways(input);
}

/// A lock is read the same in blocks of any size, and in any spelling; its roots are specs.
pub fn lock(input: &[u8]) {
    let Some(read) = read_in_all_ways(input).filter(|read| read.format == Format::Lock) else {
        return;
    };
    let roots = read.roots.clone();
    let catalog = read.rows.finish();
    for root in roots {
        assert!(
            catalog.find(root.hash).is_some(),
            "a root of a lock is known"
        );
    }
}

/// Spec files and lists of specs are read the same in blocks of any size, and in any spelling.
pub fn spec_file(input: &[u8]) {
    read_in_all_ways(input);
}

/// Compressed input is read like its decompressed content, or refused; a bomb is never unpacked
/// completely.
pub fn compressed(input: &[u8]) {
    let unpack = || Ok(MultiGzDecoder::new(input));
    let read = read_specs_in_blocks(unpack, ORIGIN, UNPACKED_BYTES, 4096);
    let mut unpacked = Vec::new();
    let is_whole = MultiGzDecoder::new(input)
        .take(UNPACKED_BYTES + 1)
        .read_to_end(&mut unpacked)
        .is_ok();
    if !is_whole || unpacked.len() as u64 > UNPACKED_BYTES {
        assert!(read.is_err(), "what cannot be unpacked is not read");
        return;
    }
    assert_same(read, parse_specs(&unpacked, ORIGIN));
}

fn read_in_all_ways(input: &[u8]) -> Option<SpecsRead> {
    // Hashes can be checked in any bytes, as a file may have changed since it was read.
    if let Ok(check) = check_hashes_in(input) {
        assert!(check.wrong.len() <= check.checked);
    }
    let whole = || parse_specs(input, ORIGIN);
    let len = input.len();
    for block_bytes in [1 + len % 7, 1 + len % 61, 256 + len % 512] {
        let in_blocks = read_specs_in_blocks(|| Ok(input), ORIGIN, NO_LIMIT, block_bytes);
        assert_same(in_blocks, whole());
    }
    let read = whole().ok()?;
    let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    if let Ok(value) = serde_json::from_slice::<Value>(text)
        && is_exact(&value)
        && is_of_one_kind(&value)
    {
        let coins = input.iter().map(|byte| byte & 1 == 1).cycle();
        let spelling = respelt(&value, coins);
        assert_same(parse_specs(spelling.as_bytes(), ORIGIN), whole());
    }
    Some(read)
}

/// Both read the same, or report the same fault. For invalid JSON they may report different faults,
/// as they step over values in different steps.
fn assert_same(a: Result<SpecsRead, Fault>, b: Result<SpecsRead, Fault>) {
    match (a, b) {
        (Ok(a), Ok(b)) => {
            assert_eq!((a.format, a.specs, a.roots), (b.format, b.specs, b.roots));
            let (a, b) = (a.rows.finish(), b.rows.finish());
            a.validate();
            assert!(a == b, "the same is read");
        }
        (Err(a), Err(b)) if is_no_json(&a) || is_no_json(&b) => {}
        (a, b) => assert_eq!(a.err(), b.err(), "the same fault is reported"),
    }
}

fn is_no_json(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Malformed { .. })
}

/// Returns whether the order of its keys does not matter: the first key determines the kind of a
/// file, and the environments that a lock includes add to its own in the order of the file.
fn is_of_one_kind(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    let is_lock = has("_meta") || has("roots") || has("concrete_specs");
    let kinds = [
        has("database"),
        has("spec"),
        is_lock,
        has("include_concrete"),
    ];
    kinds.iter().filter(|&&is_kind| is_kind).count() <= 1
}
