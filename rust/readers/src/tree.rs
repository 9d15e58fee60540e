//! The files of a folder that are pages.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::fault::{Fault, FaultKind};
use crate::limits::Limits;

/// The number of bytes of a file that are read to see whether it is a page.
const HEAD_BYTES: u64 = 4096;

/// The pages below a folder.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) pages: Vec<PathBuf>,
    pub(crate) damaged: Vec<(PathBuf, Fault)>,
}

impl Tree {
    /// Walks through `root`, or takes `root` itself if it is not a folder.
    ///
    /// Every `specs.md` is a page, whatever its content: an empty one is damaged, not ignored.
    /// Another `.md` file is a page if its front matter says `layout: cache` or has no end, or if
    /// it cannot be read. Links are followed; a link back to a folder above it is a fault. Hidden
    /// files and folders are passed over.
    pub(crate) fn walk(root: &Path, limits: Limits) -> Self {
        let mut tree = Self::default();
        if !root.is_dir() {
            tree.pages.push(root.to_owned());
            return tree;
        }
        let walk = WalkDir::new(root)
            .follow_links(true)
            .max_depth(limits.tree_depth);
        let entries = walk.into_iter().filter_entry(|entry| !is_hidden(entry));
        let mut links = 0;
        for (count, entry) in entries.enumerate() {
            links += usize::from(entry.as_ref().is_ok_and(is_link_to_folder));
            if let Some(kind) = limits.exceeded(count, links) {
                tree.damaged.push((root.to_owned(), Fault::of_file(kind)));
                break;
            }
            match entry {
                Ok(entry) if is_page(&entry) => tree.pages.push(entry.into_path()),
                // The walk does not enter it, and its content must not be silently ignored.
                Ok(entry) if entry.file_type().is_dir() && entry.depth() == limits.tree_depth => {
                    let limit = limits.tree_depth;
                    let fault = Fault::of_file(FaultKind::TooDeep { limit });
                    tree.damaged.push((entry.into_path(), fault));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    tree.damaged.push((path, Fault::of_file(kind_of(&error))));
                }
            }
        }
        tree.pages.sort_unstable();
        tree
    }
}

impl Limits {
    /// The limit that a walk with this number of entries and links exceeds.
    fn exceeded(&self, entries: usize, links: usize) -> Option<FaultKind> {
        if entries >= self.tree_entries {
            let limit = self.tree_entries;
            Some(FaultKind::TooManyEntries { limit })
        } else if links > self.tree_links {
            let limit = self.tree_links;
            Some(FaultKind::TooManyLinks { limit })
        } else {
            None
        }
    }
}

fn is_link_to_folder(entry: &DirEntry) -> bool {
    entry.path_is_symlink() && entry.file_type().is_dir()
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn is_page(entry: &DirEntry) -> bool {
    if entry.file_type().is_dir() {
        return false;
    }
    let path = entry.path();
    entry.file_name() == "specs.md"
        || (path.extension() == Some(OsStr::new("md"))
            && entry.file_type().is_file()
            // An unreadable file must not be silently ignored.
            && may_be_page(path).unwrap_or(true))
}

/// Returns whether the file begins with front matter that says `layout: cache`, or with front
/// matter that has no end: a page that was cut.
fn may_be_page(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    let is_whole = (head.len() as u64) < HEAD_BYTES;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let mut lines = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    if lines.next() != Some(b"---") {
        return Ok(false);
    }
    for line in lines {
        match line {
            b"---" => return Ok(false),
            b"layout: cache" => return Ok(true),
            _ => {}
        }
    }
    Ok(is_whole)
}

fn kind_of(error: &walkdir::Error) -> FaultKind {
    if let Some(ancestor) = error.loop_ancestor() {
        let target = ancestor.to_string_lossy().into_owned();
        return FaultKind::Loop { target };
    }
    let message = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    FaultKind::Unreadable { message }
}
