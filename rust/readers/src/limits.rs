//! The limits of a reader.

/// Bounds on input, so that no file can use unbounded memory or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes. The largest page of the public cache has
    /// well below 10 MiB.
    pub file_bytes: u64,
    /// The number of files and folders that a walk through a tree may meet.
    pub tree_entries: usize,
    /// The number of links to folders that a walk follows. A few links between folders can produce
    /// an astronomical number of paths.
    pub tree_links: usize,
    /// The greatest depth of folders in a walk.
    pub tree_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            tree_entries: 4_000_000,
            tree_links: 50_000,
            tree_depth: 64,
        }
    }
}
