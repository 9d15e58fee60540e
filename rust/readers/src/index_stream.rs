//! Large build cache indexes, piece by piece and on all cores.
//!
//! An index of the public cache has hundreds of megabytes. As Spack writes it, it is
//! one line, `{"database":{"version":"8","installs":{"HASH":{"spec":{...},...},...}}}`,
//! and can be cut wherever a record ends and the next begins (see [`last_record`]).
//! One thread reads blocks of the file and cuts them; the others read the records of
//! the pieces. A piece stays in a processor's cache from the first pass over it to the
//! last, and the file is never in memory as a whole.
//!
//! What is spelt otherwise, or is damaged, is not taken here: the caller then reads the
//! file as one text, which takes every spelling and tells what is wrong.

use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use memchr::memmem::FinderRev;
use specplan_catalog::HASH_LEN;

use crate::database::{Records, check_version};
use crate::json::Json;
use crate::specs::{OriginTexts, SpecsRead};

/// So many bytes are read at once.
pub(crate) const BLOCK_BYTES: usize = 2 << 20;

/// How many pieces may wait for a thread.
const WAITING: usize = 2;

/// Reads an index whose first bytes are `start`, the others coming from `rest`; `None`
/// if it is not spelt as Spack writes it, or has a fault.
pub(crate) fn read(start: &[u8], rest: impl Read, origin: OriginTexts<'_>) -> Option<SpecsRead> {
    let head = Head::of(start)?;
    let (pieces, waiting) = sync_channel(WAITING);
    let waiting = Mutex::new(waiting);
    let readers = rayon::current_num_threads().max(1);
    let (tail, records) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..readers)
            .map(|_| scope.spawn(|| read_pieces(&waiting, origin)))
            .collect();
        let tail = cut(start[head.len..].to_vec(), rest, |piece| {
            pieces.send(piece).is_ok()
        });
        drop(pieces);
        let records: Option<Vec<Records>> = threads
            .into_iter()
            .map(|thread| thread.join().ok().flatten())
            .collect();
        (tail, records)
    });
    let mut records = records?;
    let tail = tail?;
    let mut json = Json::new(str::from_utf8(&tail).ok()?);
    // The records stand two objects deep, and their own object is the third.
    json = json.from(0, 3);
    records.first_mut()?.read(&mut json, None).ok()?;
    let version = head.version.or_else(|| version_behind(&mut json))?;
    check_version(&version).ok()?;
    if !(json.literal(b"}}") && json.end().is_ok()) {
        return None;
    }
    Records::into_specs(records).ok()
}

/// What stands before the records.
struct Head {
    version: Option<String>,
    len: usize,
}

impl Head {
    fn of(start: &[u8]) -> Option<Self> {
        let start = start.get(..start.len().min(256))?;
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

/// Reads blocks, cuts them into pieces of whole records and hands them on; what is left
/// at the end of the file is returned. `None` if the file cannot be read or cut.
fn cut(
    mut buffer: Vec<u8>,
    mut rest: impl Read,
    mut hand_on: impl FnMut(Vec<u8>) -> bool,
) -> Option<Vec<u8>> {
    loop {
        let filled = buffer.len();
        buffer.reserve(BLOCK_BYTES);
        let read = rest
            .by_ref()
            .take(BLOCK_BYTES as u64)
            .read_to_end(&mut buffer)
            .ok()?;
        if read == 0 {
            return Some(buffer);
        }
        // A record longer than a block is no record of Spack's.
        let at = last_record(&buffer).or((filled < BLOCK_BYTES).then_some(0))?;
        let next = buffer[at..].to_vec();
        buffer.truncate(at);
        if at > 0 && !hand_on(buffer) {
            return None;
        }
        buffer = next;
    }
}

/// Reads pieces until there are no more; `None` at the first that cannot be read, after
/// which the others are passed over.
fn read_pieces(waiting: &Mutex<Receiver<Vec<u8>>>, origin: OriginTexts<'_>) -> Option<Records> {
    let mut records = Records::new(origin);
    let mut is_sound = true;
    loop {
        let piece = waiting.lock().ok()?.recv();
        let Ok(piece) = piece else {
            return is_sound.then_some(records);
        };
        is_sound = is_sound
            && str::from_utf8(&piece).is_ok_and(|text| {
                let mut json = Json::new(text).from(0, 3);
                records.read(&mut json, Some(text.len())).is_ok()
            });
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
