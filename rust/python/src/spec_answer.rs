//! Specs as tuples.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, Found, Row};

/// hash, name, version, platform, os, target, compiler, variants, size, stacks, tags,
/// source, whether it is available, whether it is external.
#[derive(IntoPyObject)]
pub(crate) struct SpecAnswer(
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    Vec<String>,
    String,
    Vec<String>,
    Vec<String>,
    String,
    bool,
    bool,
);

/// The specs that satisfy an abstract spec; and those of which it is unknown, with the
/// name of what is missing and a sentence about it.
#[derive(IntoPyObject)]
pub(crate) struct FoundAnswer(Vec<SpecAnswer>, Vec<(SpecAnswer, &'static str, String)>);

impl FoundAnswer {
    pub(crate) fn of(catalog: &Catalog, found: Found, tags: Option<&[u32]>) -> Self {
        let answer = |spec| spec_answer(catalog, spec, tags);
        let unknown = found
            .unknown
            .into_iter()
            .map(|(spec, missing)| (answer(spec), missing.slug(), missing.to_string()));
        Self(found.specs.iter().map(answer).collect(), unknown.collect())
    }
}

/// What is told of a spec, with its listings in some snapshots or in all.
pub(crate) fn spec_answer(catalog: &Catalog, spec: u32, tags: Option<&[u32]>) -> SpecAnswer {
    let text = |column| catalog.text(spec, column).to_owned();
    let rows = || {
        let rows = catalog.rows_of(spec).iter();
        rows.filter(|row| tags.is_none_or(|tags| tags.contains(&row.id(Column::Tag))))
    };
    let names = |mut ids: Vec<u32>, name: &dyn Fn(u32) -> String| {
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(name).collect()
    };
    let labels = rows()
        .flat_map(|row| catalog.labels_of(row))
        .copied()
        .collect();
    let listed_in = rows().map(|row| row.id(Column::Tag)).collect();
    let is_external = !catalog.text(spec, Column::External).is_empty();
    // The system provides externals: a cache that lists one has no binary of it.
    let is_available = !is_external && rows().any(Row::is_available);
    SpecAnswer(
        catalog.hash(spec).to_string(),
        text(Column::Package),
        text(Column::Version),
        text(Column::Platform),
        text(Column::OperatingSystem),
        text(Column::Target),
        text(Column::Compiler),
        lines(catalog.text(spec, Column::Variants)),
        text(Column::Size),
        names(labels, &|id| catalog.labels().get(id).to_owned()),
        names(listed_in, &|id| {
            catalog.names(Column::Tag).get(id).to_owned()
        }),
        text(Column::Source),
        is_available,
        is_external,
    )
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.split('\n').filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}
