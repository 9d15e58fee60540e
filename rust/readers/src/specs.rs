//! The JSON files that Spack writes: which one a text is, and what it holds.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::str::Utf8Error;

use flate2::read::MultiGzDecoder;
use specplan_catalog::{CatalogBuilder, DagHash};

use crate::fault::{Fault, FaultKind};
use crate::file::open_file;
use crate::index_stream::{self, BLOCK_BYTES};
use crate::json::{Json, JsonErrorKind};
use crate::spec_file::SpecFile;
use crate::{database, lock};

/// What kind of file specs were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The index of a build cache.
    Index,
    /// The database of an installation.
    Installation,
    /// A `spack.lock`.
    Lock,
    /// One or more spec files, or a list of specs.
    SpecFile,
}

/// Where a file belongs.
#[derive(Clone, Copy, Debug)]
pub struct OriginTexts<'t> {
    /// The source, as it was given.
    pub cache: &'t str,
    /// The snapshot; empty where there is none.
    pub tag: &'t str,
    /// The label of the stack; empty where there is none.
    pub label: &'t str,
    /// The file, as messages call it.
    pub shown: &'t str,
    /// Whether the file only says what a stack lists: its binaries do not count, those
    /// of the union index do.
    pub listed_only: bool,
}

impl<'t> OriginTexts<'t> {
    pub(crate) fn columns(self) -> [&'t str; 4] {
        [self.tag, self.label, self.cache, self.shown]
    }
}

/// The specs of one file.
#[derive(Debug)]
pub struct SpecsRead {
    /// Their rows.
    pub rows: CatalogBuilder,
    /// What the file is.
    pub format: Format,
    /// The roots in the order of the file, with the abstract spec that each was
    /// asked for, where the file tells it.
    pub roots: Vec<(DagHash, String)>,
    /// How many specs there are.
    pub specs: usize,
}

/// The first bytes of what is compressed by gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What can be read, for the message about what cannot.
const EXPECTED: &str =
    "a build cache index, an install database, a spack.lock, a spec file or a list of specs";

/// Reads an index, a database, a lock, spec files or a list of specs, plain or
/// compressed by gzip; the content tells which.
///
/// # Errors
///
/// The first [`Fault`]: the file cannot be read, is larger than `limit` bytes (when
/// it is decompressed), or breaks the rules of its format.
pub fn read_specs(path: &Path, origin: OriginTexts<'_>, limit: u64) -> Result<SpecsRead, Fault> {
    let mut file = open(path, limit)?;
    let mut bytes = Vec::new();
    read_up_to(&mut file, BLOCK_BYTES as u64, &mut bytes)?;
    if bytes.len() == BLOCK_BYTES {
        if let Some(specs) = index_stream::read(&bytes, &mut file, origin) {
            return Ok(specs);
        }
        file = open(path, limit)?;
        bytes.clear();
    }
    read_up_to(&mut file, limit + 1, &mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Fault::of_file(FaultKind::TooLarge { limit }));
    }
    parse_specs(&bytes, origin)
}

/// Opens a file, to be decompressed if it is gzip, and to end one byte after `limit`.
fn open(path: &Path, limit: u64) -> Result<Box<dyn Read + Send>, Fault> {
    let (mut file, _) = open_file(path, limit)?;
    let mut magic = Vec::new();
    read_up_to(&mut file, GZIP.len() as u64, &mut magic)?;
    let is_gzip = magic == GZIP;
    let whole = std::io::Cursor::new(magic).chain(file);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(whole).take(limit + 1))
    } else {
        Box::new(whole.take(limit + 1))
    })
}

fn read_up_to(file: &mut impl Read, len: u64, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    let read = file.by_ref().take(len).read_to_end(bytes);
    read.map(drop).map_err(|error| {
        // What a decompressor finds wrong is of these kinds; a device's errors are not.
        Fault::of_file(match error.kind() {
            ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
                let message = error.to_string();
                FaultKind::Compressed { message }
            }
            _ => FaultKind::unreadable(&error),
        })
    })
}

/// Reads the same from memory, already decompressed.
///
/// # Errors
///
/// The first [`Fault`].
pub fn parse_specs(bytes: &[u8], origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(text).map_err(|error| not_utf8(text, error))?;
    let mut json = Json::new(text);
    let text = text.as_bytes();
    let unknown = || Fault::of_file(FaultKind::UnknownFormat { expected: EXPECTED });
    match json.peek() {
        Ok(b'{') => {}
        Ok(b'[') => {
            let mut specs = SpecFile::new(origin);
            specs
                .read_list(&mut json)
                .and_then(|()| json.end())
                .map_err(|error| error.into_fault(text))?;
            return specs.into_specs();
        }
        _ => return Err(unknown()),
    }
    match first_known_key(json) {
        Some("database") => object_member(&mut json, text, "database", |json| {
            database::read(json, text, origin)
        }),
        Some("lock") => lock::read(&mut json, text, origin),
        Some("spec") => spec_files(&mut json, text, origin),
        _ => Err(unknown()),
    }
}

/// Where bytes are no text.
fn not_utf8(bytes: &[u8], error: Utf8Error) -> Fault {
    let at = error.valid_up_to();
    let line = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u32 + 1;
    Fault {
        place: String::new(),
        line: Some(line),
        kind: FaultKind::Malformed {
            message: format!("is not UTF-8 (byte {at})"),
        },
    }
}

/// The first key of an object that tells what it is. Only keys before it are
/// stepped over; a database, which may be large, has no other key.
fn first_known_key(mut json: Json<'_>) -> Option<&'static str> {
    json.enter_object().ok()?;
    loop {
        let key = json.key().ok()?;
        let known = match &*key {
            "database" => Some("database"),
            "_meta" | "roots" | "concrete_specs" => Some("lock"),
            "spec" => Some("spec"),
            _ => None,
        };
        if known.is_some() {
            return known;
        }
        json.skip().ok()?;
        if !json.goes_on(b'}', "").ok()? {
            return None;
        }
    }
}

/// Reads the member `name` of an object with `read` and steps over the others.
fn object_member<T>(
    json: &mut Json<'_>,
    text: &[u8],
    name: &str,
    read: impl FnOnce(&mut Json<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut read = Some(read);
    let mut answer = None;
    let walked = json.object(|json, key| match read.take_if(|_| key == name) {
        Some(read) => {
            let mut inner = *json;
            answer = Some(read(&mut inner));
            *json = inner;
            // The fault is told in its own words below.
            match &answer {
                Some(Err(_)) => Err(json.error(JsonErrorKind::Ends)),
                _ => Ok(()),
            }
        }
        None if key == name => Err(json.error(JsonErrorKind::Twice)),
        None => json.skip().map(drop),
    });
    match answer {
        Some(Err(fault)) => Err(fault),
        Some(Ok(value)) => walked
            .map(|()| value)
            .map_err(|error| error.into_fault(text)),
        None => Err(Fault::at(name, FaultKind::MissingKey)),
    }
}

/// Reads one spec file, or several in a row, as `spack spec --json` prints them.
fn spec_files(
    json: &mut Json<'_>,
    text: &[u8],
    origin: OriginTexts<'_>,
) -> Result<SpecsRead, Fault> {
    let mut specs = SpecFile::new(origin);
    loop {
        // A file of a build cache says which layout it has; others do not.
        let mut in_cache = false;
        let mut ahead = *json;
        let _ = ahead.object(|json, key| {
            in_cache |= matches!(key, "buildcache_layout_version" | "binary_cache_checksum");
            json.skip().map(drop)
        });
        json.object(|json, key| match key {
            "spec" => specs.read(json, in_cache),
            _ => json.skip().map(drop),
        })
        .map_err(|error| error.into_fault(text))?;
        if json.peek().is_err() {
            return specs.into_specs();
        }
    }
}
