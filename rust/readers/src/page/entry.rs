//! The elements of `spec_details` as rows.

use std::borrow::Cow;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use serde::Deserialize;
use serde_json::value::RawValue;
use specplan_catalog::{CatalogBuilder, Column, DagHash, Row, SourceKind};

use super::PageOrigin;
use crate::fault::{Fault, FaultKind, shortened};
use crate::{names, variants};

/// The columns that pages do not record, in their order.
const NOT_RECORDED: [Column; 7] = [
    Column::Patches,
    Column::Flags,
    Column::Namespace,
    Column::Recipe,
    Column::External,
    Column::Annotations,
    Column::Provided,
];

/// One element of `spec_details`. Lists stay raw until it is known that they are new.
#[derive(Deserialize)]
pub(super) struct Entry<'j> {
    #[serde(borrow)]
    pub(super) compiler: Cow<'j, str>,
    #[serde(borrow)]
    pub(super) hash: Cow<'j, str>,
    #[serde(borrow)]
    pub(super) os: Cow<'j, str>,
    #[serde(borrow)]
    pub(super) platform: Cow<'j, str>,
    #[serde(borrow)]
    pub(super) size: &'j RawValue,
    #[serde(borrow)]
    pub(super) stacks: &'j RawValue,
    #[serde(borrow)]
    pub(super) target: Cow<'j, str>,
    #[serde(borrow)]
    pub(super) variants: &'j RawValue,
    #[serde(borrow)]
    pub(super) versions: (Cow<'j, str>,),
}

/// Turns entries into rows of one builder.
#[derive(Default)]
pub(super) struct RowMaker {
    rows: CatalogBuilder,
    variants: RawLists,
    stacks: RawLists,
}

/// Lists by their JSON text, with the number of their canonical text.
type RawLists = HashMap<Box<str>, u32, FxBuildHasher>;

impl RowMaker {
    pub(super) fn into_rows(self) -> CatalogBuilder {
        self.rows
    }

    /// Adds the rows of one page, or none of them.
    pub(super) fn push(
        &mut self,
        origin: PageOrigin<'_>,
        title: &str,
        tag: &str,
        entries: &[Entry<'_>],
    ) -> Result<(), Fault> {
        let at = |place: &'static str| move |kind| Fault::at(place, kind);
        let package = names::package(title).map_err(at("title"))?;
        let tag = names::tag(tag).map_err(at("categories[1]"))?;
        let package = self.rows.intern(Column::Package, package);
        let tag = self.rows.intern(Column::Tag, tag);
        let source = self
            .rows
            .intern(Column::Source, &origin.file.to_string_lossy());
        let cache = self.rows.intern(Column::Cache, origin.cache);
        let empty = NOT_RECORDED.map(|column| self.rows.intern(column, ""));
        let mut rows = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let row = self
                .row(entry, [tag, package, source, cache], empty)
                .map_err(|(key, kind)| Fault::at(format!("spec_details[{index}].{key}"), kind))?;
            rows.push(row);
        }
        for row in rows {
            self.rows.push(row);
        }
        Ok(())
    }

    fn row(
        &mut self,
        entry: &Entry<'_>,
        [tag, package, source, cache]: [u32; 4],
        empty: [u32; NOT_RECORDED.len()],
    ) -> Result<Row, (&'static str, FaultKind)> {
        let at = |key: &'static str| move |kind| (key, kind);
        let hash = DagHash::parse(&entry.hash).map_err(|reason| {
            let found = shortened(&entry.hash);
            ("hash", FaultKind::WrongHash { found, reason })
        })?;
        let version = names::printable(&entry.versions.0, "version").map_err(at("versions[0]"))?;
        let platform = names::architecture(&entry.platform, "platform").map_err(at("platform"))?;
        let os = names::architecture(&entry.os, "operating system").map_err(at("os"))?;
        let target = names::architecture(&entry.target, "target").map_err(at("target"))?;
        let compiler = names::printable(&entry.compiler, "compiler").map_err(at("compiler"))?;
        // Older pages write the exact version of a compiler as `gcc@=11.4.0`.
        let compiler = match compiler.split_once("@=") {
            Some((name, version)) => Cow::Owned(format!("{name}@{version}")),
            None => Cow::Borrowed(compiler),
        };
        let size = size(entry.size).map_err(at("size"))?;
        let ids = [
            tag,
            package,
            self.rows.intern(Column::Version, version),
            self.rows.intern(Column::Platform, platform),
            self.rows.intern(Column::OperatingSystem, os),
            self.rows.intern(Column::Target, target),
            self.rows.intern(Column::Compiler, &compiler),
            self.variants(entry.variants).map_err(at("variants"))?,
            empty[0],
            empty[1],
            empty[2],
            empty[3],
            empty[4],
            empty[5],
            empty[6],
            self.rows.intern(Column::Size, &size),
            source,
            cache,
            self.stacks(entry.stacks).map_err(at("stacks"))?,
        ];
        Ok(Row::new(hash, SourceKind::Page, true, ids))
    }

    fn variants(&mut self, raw: &RawValue) -> Result<u32, FaultKind> {
        if let Some(&id) = self.variants.get(raw.get()) {
            return Ok(id);
        }
        let list = texts(raw)?;
        let text = variants::canonical(list.iter().map(|variant| &**variant))?;
        let id = self.rows.intern(Column::Variants, &text);
        self.variants.insert(raw.get().into(), id);
        Ok(id)
    }

    fn stacks(&mut self, raw: &RawValue) -> Result<u32, FaultKind> {
        if let Some(&id) = self.stacks.get(raw.get()) {
            return Ok(id);
        }
        let list = texts(raw)?;
        let mut labels = list
            .iter()
            .map(|label| names::label(label))
            .collect::<Result<Vec<&str>, _>>()?;
        labels.sort_unstable();
        labels.dedup();
        let id = self.rows.intern(Column::Stacks, &labels.join("\n"));
        self.stacks.insert(raw.get().into(), id);
        Ok(id)
    }
}

/// The texts of a JSON list of texts.
pub(super) fn texts(raw: &RawValue) -> Result<Vec<Cow<'_, str>>, FaultKind> {
    #[derive(Deserialize)]
    struct Text<'j>(#[serde(borrow)] Cow<'j, str>);
    let texts: Result<Vec<Text<'_>>, _> = serde_json::from_str(raw.get());
    match texts {
        Ok(texts) => Ok(texts.into_iter().map(|Text(text)| text).collect()),
        Err(_) => Err(super::diagnosis::of_texts(raw.get())),
    }
}

/// A size is a text, mostly `-`; pages of 2022 and 2023 have a number of bytes.
fn size(raw: &RawValue) -> Result<Cow<'_, str>, FaultKind> {
    let json = raw.get();
    let is_number = json.bytes().all(|byte| byte.is_ascii_digit());
    let text = if is_number {
        Cow::Borrowed(json)
    } else {
        #[derive(Deserialize)]
        struct Text<'j>(#[serde(borrow)] Cow<'j, str>);
        match serde_json::from_str(json) {
            Ok(Text(text)) => text,
            Err(_) => {
                return Err(super::diagnosis::wrong_type(
                    json,
                    "text or a number of bytes",
                ));
            }
        }
    };
    names::printable(&text, "size")?;
    Ok(text)
}
