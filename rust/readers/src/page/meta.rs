//! `meta` is a summary of `spec_details`: it can contradict them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::entry::{Entry, texts};
use crate::fault::shortened;

/// The number of recent distinct texts that a new one is compared with.
const REMEMBERED: usize = 8;

/// The summary that a page gives of its specs.
#[derive(Deserialize)]
pub(super) struct Meta<'j> {
    #[serde(borrow)]
    compilers: Vec<Text<'j>>,
    num_specs: u64,
    #[serde(borrow)]
    num_specs_by_stack: BTreeMap<Text<'j>, u64>,
    #[serde(borrow)]
    oss: Vec<Text<'j>>,
    #[serde(borrow)]
    platforms: Vec<Text<'j>>,
    #[serde(borrow)]
    stacks: Vec<Text<'j>>,
    #[serde(borrow)]
    targets: Vec<Text<'j>>,
    #[serde(borrow)]
    versions: Vec<Text<'j>>,
}

/// A text that borrows from the JSON where it needs no unescaping.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Text<'j>(#[serde(borrow)] Cow<'j, str>);

/// One key of `meta` that contradicts the specs of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaContradiction {
    /// The key of `meta`.
    pub identity: &'static str,
    /// The content of `meta`.
    pub meta: String,
    /// The content of `spec_details`.
    pub spec_details: String,
}

/// Checks the eight identities between `meta` and `spec_details`. Lists are compared as sets: their
/// order does not matter.
pub(super) fn contradictions(meta: &Meta<'_>, entries: &[Entry<'_>]) -> Vec<MetaContradiction> {
    let mut contradictions = Vec::new();
    let mut compare = |identity, meta: &[Text<'_>], specs: Vec<&str>| {
        let meta: Vec<&str> = sorted(meta.iter().map(|Text(text)| &**text));
        if meta != specs {
            contradictions.push(MetaContradiction {
                identity,
                meta: listed(&meta),
                spec_details: listed(&specs),
            });
        }
    };
    let specs = || entries.iter();
    compare(
        "compilers",
        &meta.compilers,
        sorted(specs().map(|entry| &*entry.compiler)),
    );
    compare("oss", &meta.oss, sorted(specs().map(|entry| &*entry.os)));
    compare(
        "platforms",
        &meta.platforms,
        sorted(specs().map(|entry| &*entry.platform)),
    );
    compare(
        "targets",
        &meta.targets,
        sorted(specs().map(|entry| &*entry.target)),
    );
    compare(
        "versions",
        &meta.versions,
        sorted(specs().map(|entry| &*entry.versions.0)),
    );

    // Few distinct lists stand for many specs, so each list is parsed once.
    let mut lists: Vec<&str> = entries.iter().map(|entry| entry.stacks.get()).collect();
    lists.sort_unstable();
    let mut by_stack: BTreeMap<Cow<'_, str>, u64> = BTreeMap::new();
    for list in lists.chunk_by(|a, b| a == b) {
        let mut labels = stack_labels(list[0]);
        labels.sort_unstable();
        labels.dedup();
        for label in labels {
            *by_stack.entry(label).or_default() += list.len() as u64;
        }
    }
    compare(
        "stacks",
        &meta.stacks,
        by_stack.keys().map(|label| &**label).collect(),
    );
    let counts_agree = meta.num_specs_by_stack.len() == by_stack.len()
        && meta
            .num_specs_by_stack
            .iter()
            .zip(&by_stack)
            .all(|((Text(a), count_a), (b, count_b))| a == b && count_a == count_b);
    if !counts_agree {
        contradictions.push(MetaContradiction {
            identity: "num_specs_by_stack",
            meta: counted(
                meta.num_specs_by_stack
                    .iter()
                    .map(|(Text(label), count)| (&**label, *count)),
            ),
            spec_details: counted(by_stack.iter().map(|(label, count)| (&**label, *count))),
        });
    }
    if meta.num_specs != entries.len() as u64 {
        contradictions.push(MetaContradiction {
            identity: "num_specs",
            meta: meta.num_specs.to_string(),
            spec_details: entries.len().to_string(),
        });
    }
    contradictions
}

/// The labels of a list that has been read before, so it is known to be one.
fn stack_labels(json: &str) -> Vec<Cow<'_, str>> {
    let raw: Option<&RawValue> = serde_json::from_str(json).ok();
    raw.and_then(|raw| texts(raw).ok()).unwrap_or_default()
}

/// The distinct texts in order. Most pages repeat a few of each kind many times, so known texts are
/// not sorted again.
fn sorted<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        let recent = &distinct[distinct.len().saturating_sub(REMEMBERED)..];
        if !recent.iter().rev().any(|known| *known == text) {
            distinct.push(text);
        }
    }
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// The number of bytes of a list that are shown; a real list has a few hundred.
const SHOWN_BYTES: usize = 4096;

fn listed(texts: &[&str]) -> String {
    format!("[{}]", joined(texts.iter().copied().map(Cow::Borrowed)))
}

fn counted<'t>(counts: impl Iterator<Item = (&'t str, u64)>) -> String {
    let counts = counts.map(|(label, count)| Cow::Owned(format!("{label}: {count}")));
    format!("{{{}}}", joined(counts))
}

/// The texts joined by commas, cut so that a hostile page cannot fill the screen.
fn joined<'t>(texts: impl Iterator<Item = Cow<'t, str>>) -> String {
    let mut shown = String::new();
    let mut texts = texts.peekable();
    while let Some(text) = texts.next() {
        shown.push_str(&shortened(&text));
        if texts.peek().is_some() {
            shown.push_str(", ");
            if shown.len() > SHOWN_BYTES {
                shown.push_str("and ");
                shown.push_str(&texts.count().to_string());
                shown.push_str(" more");
                break;
            }
        }
    }
    shown
}
