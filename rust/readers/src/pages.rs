//! Many pages at once.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use specplan_catalog::CatalogBuilder;

use crate::fault::Fault;
use crate::file::read_into;
use crate::limits::Limits;
use crate::page::{MetaContradiction, PageOrigin, PageReader, Taken};
use crate::tree::Tree;

/// The content of a source of pages.
#[derive(Debug, Default)]
pub struct PagesRead {
    /// The rows of all pages that were taken.
    pub rows: CatalogBuilder,
    /// The number of pages that were taken.
    pub taken: usize,
    /// Pages that are not well-formed, for the reference reader; sorted.
    pub declined: Vec<PathBuf>,
    /// Files that cannot be taken, with the reason; sorted by path.
    pub damaged: Vec<(PathBuf, Fault)>,
    /// Pages whose `meta` contradicts their specs; sorted by path.
    pub contradictions: Vec<(PathBuf, MetaContradiction)>,
}

/// The number of chunks per thread: enough that threads end together, few enough that joining their
/// names costs little.
const CHUNKS_PER_THREAD: usize = 4;

/// Reads the page `root`, or all pages below the folder `root`, in parallel.
///
/// Nothing here fails: the faults of files are part of the answer.
pub fn read_pages(root: &Path, limits: Limits) -> PagesRead {
    let cache = root.to_string_lossy();
    let tree = Tree::walk(root, limits);
    let chunk_len = tree
        .pages
        .len()
        .div_ceil(CHUNKS_PER_THREAD * rayon::current_num_threads())
        .max(1);
    let read = tree
        .pages
        .par_chunks(chunk_len)
        .map(|pages| read_chunk(pages, &cache, limits))
        .reduce(PagesRead::default, PagesRead::joined);
    let walked = PagesRead {
        damaged: tree.damaged,
        ..PagesRead::default()
    };
    read.joined(walked).sorted()
}

/// Reads one page of the source `cache` from memory, as [`read_pages`] reads it from `path`.
pub fn parse_page(cache: &str, path: &Path, page: &[u8]) -> PagesRead {
    let mut reader = PageReader::default();
    let mut read = PagesRead::default();
    let taken = reader.read(PageOrigin { file: path, cache }, page);
    read.note(path, taken);
    read.rows = reader.into_rows();
    read
}

/// Takes pages of the source `cache` whose front matter another reader has turned
/// into JSON objects.
pub fn read_page_values<'p>(
    cache: &str,
    pages: impl IntoIterator<Item = (&'p Path, &'p str)>,
) -> PagesRead {
    let mut reader = PageReader::default();
    let mut read = PagesRead::default();
    for (path, front_matter) in pages {
        match reader.read_values(PageOrigin { file: path, cache }, front_matter) {
            Ok(contradictions) => read.take(path, contradictions),
            Err(fault) => read.damaged.push((path.to_owned(), fault)),
        }
    }
    read.rows = reader.into_rows();
    read.sorted()
}

fn read_chunk(pages: &[PathBuf], cache: &str, limits: Limits) -> PagesRead {
    let mut reader = PageReader::default();
    let mut read = PagesRead::default();
    let mut bytes = Vec::new();
    for path in pages {
        let taken = match read_into(path, limits.file_bytes, &mut bytes) {
            Ok(()) => reader.read(PageOrigin { file: path, cache }, &bytes),
            Err(fault) => Taken::Damaged(fault),
        };
        read.note(path, taken);
    }
    read.rows = reader.into_rows();
    read
}

impl PagesRead {
    fn note(&mut self, path: &Path, taken: Taken) {
        match taken {
            Taken::Rows(contradictions) => self.take(path, contradictions),
            Taken::Declined => self.declined.push(path.to_owned()),
            Taken::Damaged(fault) => self.damaged.push((path.to_owned(), fault)),
        }
    }

    fn take(&mut self, path: &Path, contradictions: Vec<MetaContradiction>) {
        self.taken += 1;
        let located = contradictions
            .into_iter()
            .map(|each| (path.to_owned(), each));
        self.contradictions.extend(located);
    }

    fn joined(mut self, other: Self) -> Self {
        self.rows = self.rows.absorb(other.rows);
        self.taken += other.taken;
        self.declined.extend(other.declined);
        self.damaged.extend(other.damaged);
        self.contradictions.extend(other.contradictions);
        self
    }

    fn sorted(mut self) -> Self {
        self.declined.sort();
        self.damaged.sort_by(|a, b| a.0.cmp(&b.0));
        self.contradictions.sort_by(|a, b| a.0.cmp(&b.0));
        self
    }
}
