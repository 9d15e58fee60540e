//! From catalogs to a saved catalog.

use hashbrown::HashMap;
use std::fs;
use std::path::Path;

use crate::MemberFile;
use crate::accounts::{Accounts, Mark};
use crate::allowance::Allowance;
use crate::catalog_tables::{
    EDGES_SHAPES, MEMBERS_SHAPES, Marked, SPECS_SHAPES, edges, members, members_schema, specs,
};
use crate::fault::TableFault;
use crate::file_writer::{self, Shape};
use crate::listed::Listed;
use crate::listings::{Listing, listings};
use crate::load::{allowance, read_accounts, table_file};
use crate::{Looks, Table};

/// A source that is added to a saved catalog; its rows there are replaced.
#[derive(Clone, Copy, Debug)]
pub struct Addition<'c> {
    /// The source, as it was given.
    pub cache: &'c str,
    /// Its rows. A look without a catalog is the first.
    pub looks: Looks<'c>,
}

/// The number of rows that were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Rows of specs.
    pub specs: u64,
    /// Rows of edges.
    pub edges: u64,
    /// Rows of members, by snapshot, for the snapshots that were written.
    pub members: Vec<(String, u64)>,
}

/// Writes the tables of a saved catalog into a folder.
///
/// Specs that an older catalog has keep their rows, and new ones follow by name, hash and content.
/// Of members only the files in `written` are written: they contain the rows of the additions and
/// those of other sources in the older files.
///
/// O(r log r) for r rows of the additions and of the older tables of specs and edges.
///
/// # Errors
///
/// If a file cannot be written, or the older catalog cannot be read.
pub fn save(
    folder: &Path,
    older: Option<(&Path, &[MemberFile])>,
    additions: &[Addition<'_>],
    written: &[MemberFile],
) -> Result<Saved, TableFault> {
    let allowance = match older {
        Some((older, files)) => allowance(older, files.iter().map(|file| &*file.path)),
        None => Allowance::of(0),
    };
    let mut accounts = match older {
        Some((older, _)) => read_accounts(older, &allowance)?,
        None => Accounts::new(),
    };
    let mut numbers = accounts.marks();
    let marked: Vec<Marked<'_>> = additions
        .iter()
        .map(|each| Marked::of(&each.looks))
        .collect();
    let mut new: HashMap<Mark, _> = HashMap::new();
    for each in &marked {
        new.extend(each.distinct(&numbers));
    }
    numbers.extend(accounts.extend(new.into_iter().collect()));
    let mut listed: Vec<Listing<'_>> = Vec::new();
    for (each, marked) in additions.iter().zip(&marked) {
        listed.extend(listings(&each.looks, |look, at| {
            numbers[marked.mark(look, at)]
        }));
    }
    let several = accounts.several();
    let mut kept: Vec<(&str, Listed)> = Vec::new();
    if let Some((older, files)) = older {
        for file in files {
            let is_written = written.iter().any(|each| each.tag == file.tag);
            // Other snapshots matter if sources disagree about a spec.
            if is_written || !several.is_empty() {
                let path = older.join(&file.path);
                let mut listed = Listed::read(&path, accounts.len(), &allowance)?;
                if is_written {
                    listed.forget(additions);
                }
                kept.push((&file.tag, listed));
            }
        }
    }
    let of_kept = kept.iter().flat_map(|(tag, kept)| kept.listings(tag));
    accounts.decide(&several, listed.iter().copied().chain(of_kept));
    let mut saved = Saved::default();
    let (schema, batches) = specs(&accounts);
    saved.specs = write(
        &table_file(folder, "specs"),
        &schema,
        &SPECS_SHAPES,
        batches,
    )?;
    let (schema, batches) = edges(&accounts);
    saved.edges = write(
        &table_file(folder, "edges"),
        &schema,
        &EDGES_SHAPES,
        batches,
    )?;
    for file in written {
        let of_tag = listed.iter().filter(|each| each.tag == file.tag);
        let mut of_tag: Vec<Listing<'_>> = of_tag.copied().collect();
        let older = kept.iter().filter(|(tag, _)| *tag == file.tag);
        of_tag.extend(older.flat_map(|(tag, kept)| kept.listings(tag)));
        let rows = write_members(folder, file, of_tag)?;
        if rows > 0 {
            saved.members.push((file.tag.clone(), rows));
        }
    }
    Ok(saved)
}

impl Listed {
    /// Leaves out the listings of sources that are added now.
    fn forget(&mut self, additions: &[Addition<'_>]) {
        let texts = &self.texts;
        self.rows.retain(|row| {
            let cache = texts.get(row.cache);
            !additions.iter().any(|each| each.cache == cache)
        });
    }

    /// The rows of a snapshot as listings.
    fn listings<'t>(&'t self, tag: &'t str) -> impl Iterator<Item = Listing<'t>> {
        self.rows.iter().map(move |row| Listing {
            tag,
            cache: self.texts.get(row.cache),
            account: row.account,
            kind: row.kind,
            source: self.texts.get(row.source),
            size: self.texts.get(row.size),
            stacks: self.texts.get(row.stacks),
            available: row.available,
        })
    }
}

fn write_members(
    folder: &Path,
    file: &MemberFile,
    mut of_tag: Vec<Listing<'_>>,
) -> Result<u64, TableFault> {
    if of_tag.is_empty() {
        return Ok(0);
    }
    of_tag.sort_unstable();
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| TableFault::io(parent, error))?;
    }
    let schema = members_schema(false);
    let batches = members(&of_tag, schema.clone());
    write(&path, &schema, &MEMBERS_SHAPES, batches)
}

fn write(
    path: &Path,
    schema: &arrow_schema::SchemaRef,
    shapes: &[Shape],
    batches: impl Iterator<Item = Result<arrow_array::RecordBatch, arrow_schema::ArrowError>>,
) -> Result<u64, TableFault> {
    let fault = |error| TableFault::io(path, std::io::Error::other(error));
    let mut failed = None;
    let sound = batches.map_while(|batch| batch.map_err(|error| failed = Some(error)).ok());
    let rows = file_writer::write(path, schema, shapes, sound)?;
    match failed {
        Some(error) => Err(fault(error)),
        None => Ok(rows),
    }
}

impl Table {
    /// Writes the table to a file of its own; the same rows give the same bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write_parquet(&self, path: &Path) -> Result<u64, TableFault> {
        let batches = self.batches().iter().cloned();
        file_writer::write(path, self.schema(), &[], batches)
    }
}
