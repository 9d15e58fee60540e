//! The listings of accounts in a snapshot.

use rayon::slice::ParallelSliceMut;
use specplan_catalog::{Catalog, Column, Row, SourceKind};

use crate::Look;
use crate::Looks;

/// The kinds of files, by their names in tables.
const KINDS: [(SourceKind, &str); 4] = [
    (SourceKind::Lock, "lock"),
    (SourceKind::SpecFile, "spec_file"),
    (SourceKind::Index, "index"),
    (SourceKind::Page, "page"),
];

/// The name of a kind of file.
pub(crate) fn kind_name(kind: SourceKind) -> &'static str {
    let found = KINDS.iter().find(|(each, _)| *each == kind);
    found.map_or("", |(_, name)| name)
}

/// The kind of file with a name.
pub(crate) fn kind_of(name: &str) -> Result<SourceKind, String> {
    let found = KINDS.iter().find(|(_, each)| *each == name);
    let kind = found.map(|(kind, _)| *kind);
    kind.ok_or_else(|| format!("`{name}` is not a kind of file"))
}

/// One listing of an account in a snapshot, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listing<'t> {
    pub(crate) tag: &'t str,
    pub(crate) cache: &'t str,
    pub(crate) account: u32,
    pub(crate) kind: SourceKind,
    pub(crate) source: &'t str,
    pub(crate) size: &'t str,
    /// Sorted, one a line; empty where no stack lists it.
    pub(crate) stacks: &'t str,
    /// By look, whether it is a binary; `None` if the look has no such row.
    pub(crate) available: [Option<bool>; Look::COUNT],
}

/// The listings of a source, sorted.
pub(crate) fn listings<'t>(
    looks: &Looks<'t>,
    account_of: impl Fn(usize, usize) -> u32,
) -> Vec<Listing<'t>> {
    let mut said: Vec<(Listing<'t>, usize, bool)> = Vec::new();
    for (look, catalog) in looks.iter().enumerate() {
        let Some(catalog) = catalog else { continue };
        for (at, row) in catalog.rows().iter().enumerate() {
            let listing = listing(catalog, row, account_of(look, at));
            said.push((listing, look, row.is_available()));
        }
    }
    said.par_sort_unstable();
    let mut listings = Vec::with_capacity(said.len());
    // Rows of one look with the same listing differ only in whether they are binaries, so there are
    // at most two.
    for rows in said.chunk_by(|(a, ..), (b, ..)| a == b) {
        let says = |look, time| {
            let mut of_look = rows.iter().filter(|(_, each, _)| *each == look);
            of_look.nth(time).map(|(.., is_available)| *is_available)
        };
        for time in 0..2 {
            let available: [Option<bool>; Look::COUNT] =
                std::array::from_fn(|look| says(look, time));
            if available.iter().any(Option::is_some) {
                listings.push(Listing {
                    available,
                    ..rows[0].0
                });
            }
        }
    }
    listings
}

fn listing<'t>(catalog: &'t Catalog, row: &Row, account: u32) -> Listing<'t> {
    let text = |column| catalog.names(column).get(row.id(column));
    Listing {
        tag: text(Column::Tag),
        cache: text(Column::Cache),
        account,
        kind: row.kind(),
        source: text(Column::Source),
        size: text(Column::Size),
        stacks: text(Column::Stacks),
        available: [None; Look::COUNT],
    }
}
