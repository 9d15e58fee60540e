//! A file that several readers read at once.

use std::fs::File;
use std::io;
use std::path::Path;

/// An open file without a shared position: a file that replaces it in its folder has no effect, and
/// readers do not disturb each other.
#[derive(Debug)]
pub(crate) struct SharedFile {
    file: File,
    length: u64,
}

impl SharedFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// The number of bytes that the file has.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from a given position on.
    pub(crate) fn bytes(&self, start: u64, length: u64) -> Result<Vec<u8>, String> {
        // A damaged number must not use up the memory.
        let end = start.checked_add(length).filter(|&end| end <= self.length);
        let size = usize::try_from(length).ok();
        let (Some(_), Some(size)) = (end, size) else {
            return Err(format!("there are no {length} bytes at {start}"));
        };
        let mut bytes = vec![0; size];
        let mut read = 0;
        while read < size {
            match read_at(&self.file, &mut bytes[read..], start + read as u64) {
                Ok(0) => return Err(format!("the file ends at byte {}", start + read as u64)),
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(bytes)
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}
