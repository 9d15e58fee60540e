//! Package pages.

use std::path::Path;

use serde::de::IgnoredAny;
use specplan_readers::{PagesRead, parse_page, read_page_values};

/// A page that the bulk reader takes has the same rows when its four values come from the other
/// reader; one that it calls damaged is damaged there too, at the same place.
pub fn page(input: &[u8]) {
    let path = Path::new("specs.md");
    let bulk = parse_page("cache", path, input);
    let outcomes = bulk.taken + bulk.declined.len() + bulk.damaged.len();
    assert_eq!(outcomes, 1, "a page is taken, declined or damaged");
    let Some(values) = values_of(input).filter(|_| bulk.declined.is_empty()) else {
        assert_eq!(bulk.taken, 0, "what is taken has values");
        return;
    };
    let reference = read_page_values("cache", [(path, values.as_str())]);
    assert_eq!(places(&bulk), places(&reference));
    let contradictions = |read: &PagesRead| format!("{:?}", read.contradictions);
    assert_eq!(contradictions(&bulk), contradictions(&reference));
    let (bulk, reference) = (bulk.rows.finish(), reference.rows.finish());
    bulk.validate();
    assert_eq!(bulk, reference, "both readers read the same");
}

/// The front matter as one JSON object, if its lines are spelt as published.
fn values_of(page: &[u8]) -> Option<String> {
    let page = str::from_utf8(page).ok()?;
    let mut members = Vec::new();
    for line in page.lines().skip(1).take_while(|line| *line != "---") {
        let (key, value) = line.split_once(": ")?;
        let value = match key {
            "categories" => {
                let names = value.strip_prefix('[')?.strip_suffix(']')?.split(", ");
                let names: Vec<&str> = names.collect();
                serde_json::to_string(&names).ok()?
            }
            "layout" => continue,
            _ => value.to_owned(),
        };
        members.push(format!("{key:?}:{value}"));
    }
    let object = format!("{{{}}}", members.join(","));
    // The other reader never hands on what is not valid JSON.
    serde_json::from_str::<IgnoredAny>(&object).ok()?;
    Some(object)
}

/// The fault and its place, without the line, which only one of the readers knows.
fn places(read: &PagesRead) -> Vec<String> {
    let faults = read.damaged.iter();
    faults.map(|(_, fault)| fault.to_string()).collect()
}
