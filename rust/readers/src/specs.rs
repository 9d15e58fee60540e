//! The JSON files that Spack writes: the kind of a text, and its content.

use std::io::Read;
use std::path::Path;

use crate::fault::{Fault, FaultKind};
use crate::file::open_unpacked;
use crate::json::{Json, JsonResult};
use crate::origin::{OriginTexts, SpecsRead};
use crate::window::Window;
use crate::{database, index_stream, lock, spec_file};

/// The supported formats, for the message about unsupported ones.
const EXPECTED: &str =
    "a build cache index, an install database, a spack.lock, a spec file or a list of specs";

/// The number of bytes that are read at once: few enough to stay in a core's own cache from the
/// first pass to the last.
const BLOCK_BYTES: usize = 512 << 10;

/// The largest lock, spec file or list of specs: these are in memory as a whole. The
/// largest lock of a public site has 2 MB.
pub(crate) const WHOLE_BYTES: u64 = 256 << 20;

/// Reads an index, a database, a lock, spec files or a list of specs, plain or
/// compressed by gzip; the content shows which.
///
/// Indexes and databases are read in pieces and may be of any length; of the others at
/// most 256 MiB are read.
///
/// # Errors
///
/// The first [`Fault`]: the file cannot be read, is larger than `limit` bytes (when
/// it is decompressed), or breaks the rules of its format.
pub fn read_specs(path: &Path, origin: OriginTexts<'_>, limit: u64) -> Result<SpecsRead, Fault> {
    read_specs_in_blocks(|| open_unpacked(path, limit), origin, limit, BLOCK_BYTES)
}

/// Reads the same from memory, already decompressed.
///
/// # Errors
///
/// The first [`Fault`].
pub fn parse_specs(bytes: &[u8], origin: OriginTexts<'_>) -> Result<SpecsRead, Fault> {
    let limit = bytes.len() as u64;
    in_one_pass(Window::new(bytes, limit, BLOCK_BYTES), origin)
}

/// Reads the same from anything that can be opened twice, in blocks of `block_bytes` bytes.
/// The size of the blocks changes nothing but speed and memory.
///
/// # Errors
///
/// The first [`Fault`].
pub fn read_specs_in_blocks<R: Read + Send>(
    open: impl Fn() -> Result<R, Fault>,
    origin: OriginTexts<'_>,
    limit: u64,
    block_bytes: usize,
) -> Result<SpecsRead, Fault> {
    if let Some(specs) = index_stream::read(open()?.take(limit + 1), origin, block_bytes) {
        return Ok(specs);
    }
    in_one_pass(Window::new(open()?, limit, block_bytes), origin)
}

/// Reads a file of any format in any spelling, on one core.
fn in_one_pass<R: Read>(
    mut window: Window<R>,
    origin: OriginTexts<'_>,
) -> Result<SpecsRead, Fault> {
    let kind = match window.step(Kind::of) {
        Err(_) if window.is_blank() => Kind::Unknown,
        kind => kind?,
    };
    match kind {
        Kind::Database => database::read(&mut window, origin),
        Kind::Lock => lock::read(window.whole(WHOLE_BYTES)?, origin),
        Kind::SpecFile => spec_file::read(window.whole(WHOLE_BYTES)?, origin),
        Kind::List => spec_file::read_list(window.whole(WHOLE_BYTES)?, origin),
        Kind::Unknown => Err(Fault::of_file(FaultKind::UnknownFormat {
            expected: EXPECTED,
        })),
    }
}

/// The kind of a file, by its first key that shows it.
pub(crate) enum Kind {
    Database,
    Lock,
    SpecFile,
    List,
    Unknown,
}

impl Kind {
    /// Looks ahead; the position stays before the first bracket. Only the keys before the decisive
    /// one are stepped over; a database, which may be large, has none.
    pub(crate) fn of(json: &mut Json<'_>) -> JsonResult<Self> {
        json.literal(b"\xef\xbb\xbf");
        match json.peek()? {
            b'{' => Self::of_object(*json),
            b'[' => Ok(Self::List),
            _ => Ok(Self::Unknown),
        }
    }

    fn of_object(mut json: Json<'_>) -> JsonResult<Self> {
        json.enter_object()?;
        if json.take(b'}')? {
            return Ok(Self::Unknown);
        }
        while {
            match &*json.key()? {
                "database" => return Ok(Self::Database),
                "_meta" | "roots" | "concrete_specs" => return Ok(Self::Lock),
                "spec" => return Ok(Self::SpecFile),
                _ => {}
            }
            json.skip()?;
            json.goes_on(b'}', "`,` or `}`")?
        } {}
        Ok(Self::Unknown)
    }
}
