//! Large build cache indexes, piece by piece and on all cores.
//!
//! An index of the public cache has hundreds of megabytes. As Spack writes it, it is
//! one line, `{"database":{"version":"8","installs":{"HASH":{"spec":{...},...},...}}}`,
//! and can be cut wherever a record ends and the next begins (see [`last_record`]).
//! Each thread takes a block of the file when it is done with the last one, cuts it, and
//! reads the records of its piece. A piece stays in a core's cache from the first pass
//! over it to the last, and the file is never in memory as a whole.
//!
//! Records that are spelt differently, or damaged, are declined here: `database` accepts every
//! spelling and reports the faults.

use std::io::{ErrorKind, Read};
use std::sync::Mutex;

use memchr::memmem::FinderRev;
use specplan_catalog::HASH_LEN;

use crate::database::{Records, take_version};
use crate::json::Json;
use crate::origin::{OriginTexts, SpecsRead};

/// The text before the records is shorter than this.
const HEAD_BYTES: usize = 256;

/// The records stand two objects deep, and their own object is the third.
const RECORDS_DEPTH: u32 = 3;

/// Reads an index in blocks of about `block_bytes` bytes; `None` if it is not spelt as Spack
/// writes it, has a fault, or fits in one block.
pub(crate) fn read(
    input: impl Read + Send,
    origin: OriginTexts<'_>,
    block_bytes: usize,
) -> Option<SpecsRead> {
    let (head, blocks) = Blocks::new(input, block_bytes)?;
    let blocks = Mutex::new(blocks);
    let mut records: Vec<Records> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..rayon::current_num_threads())
            .map(|_| scope.spawn(|| read_pieces(&blocks, origin)))
            .collect();
        let first = read_pieces(&blocks, origin);
        let others = others.into_iter().map(|other| other.join().ok().flatten());
        std::iter::once(first).chain(others).collect::<Option<_>>()
    })?;
    let blocks = blocks.into_inner().ok()?;
    let last = str::from_utf8(&blocks.kept).ok()?;
    let mut json = Json::new(last).from(0, RECORDS_DEPTH);
    records.first_mut()?.read(&mut json, None).ok()?;
    let version = head.version.or_else(|| version_behind(&mut json))?;
    let version = take_version(&version, origin.newer).ok()?;
    if !(json.literal(b"}}") && json.end().is_ok()) {
        return None;
    }
    Records::into_specs(records, version).ok()
}

/// The text before the records.
struct Head {
    version: Option<String>,
    len: usize,
}

impl Head {
    fn of(start: &[u8]) -> Option<Self> {
        let start = start.get(..start.len().min(HEAD_BYTES))?;
        let start = str::from_utf8(start).ok()?;
        let mut json = Json::new(start);
        let mut version = None;
        if !json.literal(b"{\"database\":{") {
            return None;
        }
        if json.literal(b"\"version\":\"") {
            version = Some(json.plain_rest()?.to_owned());
            if !json.literal(b",") {
                return None;
            }
        }
        let len = json.literal(b"\"installs\":{").then(|| json.position())?;
        Some(Self { version, len })
    }
}

/// Some Spacks write the version behind the records.
fn version_behind(json: &mut Json<'_>) -> Option<String> {
    json.literal(b",\"version\":\"")
        .then(|| json.plain_rest().map(str::to_owned))
        .flatten()
}

/// The rest of the file that no thread has taken yet.
struct Blocks<R> {
    input: R,
    block_bytes: usize,
    /// The bytes that were read but not handed out: the beginning of a record, and at last the end
    /// of the file.
    kept: Vec<u8>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    GoesOn,
    Ended,
    /// The file cannot be read or cut, or a piece of it cannot be read.
    Failed,
}

impl<R: Read> Blocks<R> {
    /// The text before the records, and the blocks of everything after it.
    fn new(mut input: R, block_bytes: usize) -> Option<(Head, Self)> {
        let mut kept = vec![0; block_bytes];
        let filled = fill(&mut input, &mut kept)?;
        // Threads cost more than they save on shorter files.
        if filled < block_bytes {
            return None;
        }
        let head = Head::of(&kept)?;
        kept.drain(..head.len);
        let blocks = Self {
            input,
            block_bytes,
            kept,
            state: State::GoesOn,
        };
        Some((head, blocks))
    }

    /// Puts whole records into `piece`, which gets as long as a block or two, and returns the
    /// number of their bytes; `None` if there are no more.
    fn next(&mut self, piece: &mut Vec<u8>) -> Option<usize> {
        if self.state != State::GoesOn {
            return None;
        }
        let cut = self.cut(piece);
        if cut.is_none() && self.state == State::GoesOn {
            self.state = State::Failed;
        }
        cut
    }

    fn cut(&mut self, piece: &mut Vec<u8>) -> Option<usize> {
        let begun = self.kept.len();
        // The buffer is overwritten and never made anew: making it costs as much as reading.
        if piece.len() < begun + self.block_bytes {
            piece.resize(begun + self.block_bytes, 0);
        }
        piece[..begun].copy_from_slice(&self.kept);
        let read = fill(&mut self.input, &mut piece[begun..begun + self.block_bytes])?;
        let filled = begun + read;
        if read < self.block_bytes {
            self.state = State::Ended;
        }
        // Spack writes no record longer than a block.
        let at = last_record(&piece[..filled]).or((self.state == State::Ended).then_some(0))?;
        self.kept.clear();
        self.kept.extend_from_slice(&piece[at..filled]);
        Some(at)
    }
}

/// Reads until `bytes` are full or there is no more.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> Option<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match input.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Some(filled)
}

/// Reads pieces until there are no more; `None` if one cannot be read.
fn read_pieces<R: Read>(blocks: &Mutex<Blocks<R>>, origin: OriginTexts<'_>) -> Option<Records> {
    let mut records = Records::new(origin);
    let mut piece = Vec::new();
    loop {
        let next = blocks.lock().ok()?.next(&mut piece);
        let Some(len) = next else {
            let is_sound = blocks.lock().ok()?.state == State::Ended;
            return is_sound.then_some(records);
        };
        let is_sound = len == 0
            || str::from_utf8(&piece[..len]).is_ok_and(|text| {
                let mut json = Json::new(text).from(0, RECORDS_DEPTH);
                records.read(&mut json, Some(text.len())).is_ok()
            });
        if !is_sound {
            blocks.lock().ok()?.state = State::Failed;
            return None;
        }
    }
}

/// The last position at which a record's key begins, the first byte apart.
///
/// A record ends and the next begins with `},"HASH":{"spec":{`. In valid JSON these
/// bytes cannot stand inside of a text: if the quote ended a text, letters could not
/// follow it. In other JSON they may, and then reading the piece fails.
fn last_record(text: &[u8]) -> Option<usize> {
    let finder = FinderRev::new(b"\":{\"spec\":{");
    finder.rfind_iter(text).find_map(|key_end| {
        let key = key_end.checked_sub(HASH_LEN + 3)?;
        let letters = &text[key + 3..key_end];
        let is_key =
            text[key..].starts_with(b"},\"") && letters.iter().all(u8::is_ascii_alphanumeric);
        is_key.then_some(key + 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with this number of records, as Spack writes it.
    fn index(records: usize) -> String {
        let letters = b"abcdefghijklmnopqrstuvwxyz234567";
        let record = |number: usize| {
            let letter = |at: usize| char::from(letters[number >> (5 * at) & 31]);
            let hash: String = (0..HASH_LEN)
                .map(|at| if at < 3 { letter(at) } else { 'a' })
                .collect();
            format!(
                "\"{hash}\":{{\"spec\":{{\"name\":\"zlib\",\"version\":\"1.{number}\",\"arch\":{{\"platform\":\"linux\",\"platform_os\":\"rhel8\",\"target\":\"zen4\"}},\"hash\":\"{hash}\"}},\"ref_count\":0,\"in_buildcache\":true}}"
            )
        };
        let records: Vec<String> = (0..records).map(record).collect();
        format!(
            "{{\"database\":{{\"version\":\"8\",\"installs\":{{{}}}}}}}",
            records.join(",")
        )
    }

    fn specs(index: &str, block_bytes: usize) -> Option<usize> {
        let origin = OriginTexts {
            cache: "cache",
            tag: "",
            stack: "",
            shown: "index.json",
            listed_only: false,
            counts_installed: false,
            newer: crate::Newer::Refuse,
        };
        read(index.as_bytes(), origin, block_bytes).map(|specs| specs.specs)
    }

    #[test]
    fn an_index_as_spack_writes_it_is_taken_in_blocks() {
        let index = index(300);
        for block_bytes in [500, 4096, index.len() - 1, index.len()] {
            assert_eq!(specs(&index, block_bytes), Some(300), "{block_bytes}");
        }
    }

    #[test]
    fn what_fits_in_a_block_is_damaged_or_spelt_otherwise_is_left_to_others() {
        let index = index(300);
        assert_eq!(specs(&index, index.len() + 1), None);
        assert_eq!(specs(&index[..index.len() - 1], 4096), None);
        assert_eq!(specs(&index.replace("1.77\"", "1 77\""), 4096), None);
        assert_eq!(
            specs(&index.replace(":{\"spec\"", ": {\"spec\""), 4096),
            None
        );
        assert_eq!(specs(&index.replace("\"8\"", "\"9\""), 4096), Some(300));
        assert_eq!(specs(&index.replace("\"8\"", "\"10\""), 4096), None);
        // A record longer than a block.
        assert_eq!(specs(&index, 100), None);
    }
}
