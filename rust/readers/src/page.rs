//! Package pages of a build cache's website.
//!
//! A page is Jekyll front matter with the keys `title`, `categories`, `meta` and `spec_details`; as
//! published, the last two are JSON on one line each. Such a *well-formed* page is taken straight
//! into rows here. Any other spelling is left to the reference reader, which parses YAML and
//! returns the same four values as JSON, so both ways end in the same checks.

mod diagnosis;
mod entry;
mod frame;
mod meta;

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use meta::MetaContradiction;

use crate::fault::{Fault, FaultKind};
use entry::{Entry, RowMaker};
use frame::Frame;
use specplan_catalog::CatalogBuilder;

/// The result of reading one page.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Its rows were added; `meta` contradicts the specs in these identities.
    Rows(Vec<MetaContradiction>),
    /// It is not well-formed: the reference reader decides.
    Declined,
    /// It is damaged.
    Damaged(Fault),
}

/// Reads pages into rows.
///
/// One reader serves many pages, on one thread: it remembers the lists that it
/// has seen, since most specs repeat the variants and stacks of others.
#[derive(Default)]
pub(crate) struct PageReader {
    rows: RowMaker,
}

/// The file from which a page was read.
#[derive(Clone, Copy)]
pub(crate) struct PageOrigin<'p> {
    /// The file.
    pub(crate) file: &'p Path,
    /// The source, as it was given, that the file belongs to.
    pub(crate) cache: &'p str,
}

/// The values of a page's front matter that matter here.
#[derive(Deserialize)]
struct FrontMatter<'j> {
    #[serde(borrow)]
    title: &'j RawValue,
    #[serde(borrow)]
    categories: &'j RawValue,
    #[serde(borrow)]
    meta: &'j RawValue,
    #[serde(borrow)]
    spec_details: &'j RawValue,
}

impl PageReader {
    /// Takes a page as it was published.
    pub(crate) fn read(&mut self, origin: PageOrigin<'_>, page: &[u8]) -> Taken {
        let Some(frame) = Frame::of(page) else {
            return Taken::Declined;
        };
        match self.take(
            origin,
            frame.title,
            frame.tag,
            frame.meta,
            frame.spec_details,
        ) {
            Ok(contradictions) => Taken::Rows(contradictions),
            Err(Refusal::Syntax) => Taken::Declined,
            // JSON and YAML do not agree on numbers (`1e5` is text in YAML), and the reference
            // reader has better messages than the JSON library.
            Err(Refusal::Fault(fault)) if fault.kind.is_for_reference() => Taken::Declined,
            Err(Refusal::Fault(mut fault)) => {
                fault.line = Some(frame.line_of(&fault.place));
                Taken::Damaged(fault)
            }
        }
    }

    /// Takes the front matter of a page that another reader has turned into a JSON object.
    ///
    /// # Errors
    ///
    /// The page's fault; its line is not known here.
    pub(crate) fn read_values(
        &mut self,
        origin: PageOrigin<'_>,
        front_matter: &str,
    ) -> Result<Vec<MetaContradiction>, Fault> {
        let Ok(values) = serde_json::from_str::<FrontMatter<'_>>(front_matter) else {
            return Err(diagnosis::of_front_matter(front_matter));
        };
        let title = serde_json::from_str::<String>(values.title.get());
        let categories = serde_json::from_str::<Vec<String>>(values.categories.get());
        let (Ok(title), Ok(categories)) = (title, categories) else {
            return Err(diagnosis::of_front_matter(front_matter));
        };
        let tag = tag_of(&categories)?;
        self.take(
            origin,
            &title,
            tag,
            values.meta.get(),
            values.spec_details.get(),
        )
        .map_err(|refusal| match refusal {
            Refusal::Fault(fault) => fault,
            Refusal::Syntax => diagnosis::of_front_matter(front_matter),
        })
    }

    /// The rows of all pages.
    pub(crate) fn into_rows(self) -> CatalogBuilder {
        self.rows.into_rows()
    }

    fn take(
        &mut self,
        origin: PageOrigin<'_>,
        title: &str,
        tag: &str,
        meta: &str,
        spec_details: &str,
    ) -> Result<Vec<MetaContradiction>, Refusal> {
        let refusal = |error: &serde_json::Error, json: &str, place: &'static str| {
            if error.is_data() {
                Refusal::Fault(diagnosis::of_value(json, place, error))
            } else {
                Refusal::Syntax
            }
        };
        let parsed_meta = serde_json::from_str(meta).map_err(|e| refusal(&e, meta, "meta"))?;
        let entries: Vec<Entry<'_>> = serde_json::from_str(spec_details)
            .map_err(|e| refusal(&e, spec_details, "spec_details"))?;
        self.rows.push(origin, title, tag, &entries)?;
        Ok(meta::contradictions(&parsed_meta, &entries))
    }
}

/// The reason why a page's values were not taken.
enum Refusal {
    /// The values are not JSON.
    Syntax,
    /// The values are JSON but break a rule of the format.
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The snapshot, which is the second of a page's two categories.
fn tag_of(categories: &[String]) -> Result<&str, Fault> {
    match categories {
        [_, tag] => Ok(tag),
        _ => Err(Fault::at(
            "categories",
            FaultKind::WrongLength {
                expected: 2,
                found: categories.len(),
            },
        )),
    }
}
