//! Opening files, within limits.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::fault::{Fault, FaultKind};

/// Reads a whole file into `bytes`, which is emptied first.
///
/// # Errors
///
/// A [`Fault`] when it cannot be read, is no regular file (opening a pipe would
/// wait for ever), or has more than `limit` bytes.
pub(crate) fn read_into(path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    bytes.clear();
    let unreadable = |error: std::io::Error| Fault::of_file(FaultKind::unreadable(&error));
    // The type is asked before opening, since opening alone can block.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::of_file(FaultKind::NotAFile));
    }
    let too_large = || Fault::of_file(FaultKind::TooLarge { limit });
    if metadata.len() > limit {
        return Err(too_large());
    }
    let file = File::open(path).map_err(unreadable)?;
    bytes.reserve(metadata.len() as usize + 1);
    // A file may grow, or not tell its size at all (as in `/proc`).
    file.take(limit + 1)
        .read_to_end(bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(())
}
