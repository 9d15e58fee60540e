//! Opening files, within limits.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::fault::{Fault, FaultKind};

/// Opens a file and returns its size.
///
/// # Errors
///
/// A [`Fault`] when it cannot be opened, is not a regular file (opening a pipe would wait
/// for ever), or has more than `limit` bytes.
pub(crate) fn open_file(path: &Path, limit: u64) -> Result<(File, u64), Fault> {
    let unreadable = |error: std::io::Error| Fault::of_file(FaultKind::unreadable(&error));
    // The type is checked before opening, since opening alone can block.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::of_file(FaultKind::NotAFile));
    }
    if metadata.len() > limit {
        return Err(Fault::of_file(FaultKind::TooLarge { limit }));
    }
    let file = File::open(path).map_err(unreadable)?;
    Ok((file, metadata.len()))
}

/// Reads a whole file into `bytes`, which is emptied first.
///
/// # Errors
///
/// A [`Fault`] as of [`open_file`], or when it cannot be read.
pub(crate) fn read_into(path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    bytes.clear();
    let (file, len) = open_file(path, limit)?;
    bytes.reserve(len as usize + 1);
    // A file may grow, or not report its size at all (as in `/proc`).
    file.take(limit + 1)
        .read_to_end(bytes)
        .map_err(|error| Fault::of_file(FaultKind::unreadable(&error)))?;
    if bytes.len() as u64 > limit {
        return Err(Fault::of_file(FaultKind::TooLarge { limit }));
    }
    Ok(())
}

/// The first bytes of gzip data.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens a file that is decompressed, while it is read, if it is gzip.
///
/// # Errors
///
/// A [`Fault`] as of [`open_file`], or when its first bytes cannot be read.
pub(crate) fn open_unpacked(path: &Path, limit: u64) -> Result<Box<dyn Read + Send>, Fault> {
    let (mut file, _) = open_file(path, limit)?;
    let mut start = Vec::new();
    file.by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut start)
        .map_err(|error| Fault::of_file(FaultKind::unreadable(&error)))?;
    let is_gzip = start == GZIP;
    let whole = Cursor::new(start).chain(file);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(whole))
    } else {
        Box::new(whole)
    })
}
