//! The exact fault of a page that the fast reader refused.
//!
//! The fast reader only knows that some value does not fit. Here the values are checked one by one,
//! in the order of the page, until the first one that breaks the format. Only damaged pages pay for
//! this.

use serde_json::Value;

use crate::fault::{Fault, FaultKind, NUMBER};

const LIST: &str = "a list";
const TEXT: &str = "text";
const OBJECT: &str = "an object";
const COUNT: &str = "a whole number that is not negative";

/// The kinds of values that keys have.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Texts,
    OneText,
    Count,
    Counts,
    Size,
}

const META: [(&str, Kind); 8] = [
    ("compilers", Kind::Texts),
    ("num_specs", Kind::Count),
    ("num_specs_by_stack", Kind::Counts),
    ("oss", Kind::Texts),
    ("platforms", Kind::Texts),
    ("stacks", Kind::Texts),
    ("targets", Kind::Texts),
    ("versions", Kind::Texts),
];

const SPEC: [(&str, Kind); 9] = [
    ("compiler", Kind::Text),
    ("hash", Kind::Text),
    ("os", Kind::Text),
    ("platform", Kind::Text),
    ("size", Kind::Size),
    ("stacks", Kind::Texts),
    ("target", Kind::Text),
    ("variants", Kind::Texts),
    ("versions", Kind::OneText),
];

/// The first fault of a front matter given as a JSON object.
pub(super) fn of_front_matter(json: &str) -> Fault {
    let value: Value = match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => return malformed("", &error),
    };
    let checked = object(&value, "").and_then(|_| {
        check(&value, "", "title", Kind::Text)?;
        check(&value, "", "categories", Kind::Texts)?;
        keys(member(&value, "", "meta")?, "meta", &META)?;
        specs(member(&value, "", "spec_details")?)
    });
    checked.err().unwrap_or_else(|| unnamed(""))
}

/// The first fault of one of the two JSON values of a page.
pub(super) fn of_value(json: &str, place: &'static str, error: &serde_json::Error) -> Fault {
    let Ok(value) = serde_json::from_str(json) else {
        return malformed(place, error);
    };
    let checked = match place {
        "meta" => keys(&value, "meta", &META),
        _ => specs(&value),
    };
    // The remaining fault is a duplicate key, which a plain value cannot show.
    checked.err().unwrap_or_else(|| malformed(place, error))
}

/// The fault of a value that should be a list of texts.
pub(super) fn of_texts(json: &str) -> FaultKind {
    match serde_json::from_str::<Value>(json) {
        Ok(Value::Array(elements)) => elements
            .iter()
            .find(|element| !element.is_string())
            .map_or_else(
                || wrong(&Value::Array(Vec::new()), LIST),
                |element| wrong(element, TEXT),
            ),
        Ok(value) => wrong(&value, LIST),
        Err(error) => FaultKind::Malformed {
            message: error.to_string(),
        },
    }
}

/// The fault of a value of a type other than `expected`.
pub(super) fn wrong_type(json: &str, expected: &'static str) -> FaultKind {
    serde_json::from_str(json).map_or_else(
        |error: serde_json::Error| FaultKind::Malformed {
            message: error.to_string(),
        },
        |value| wrong(&value, expected),
    )
}

fn specs(value: &Value) -> Result<(), Fault> {
    let Value::Array(specs) = value else {
        return Err(Fault::at("spec_details", wrong(value, LIST)));
    };
    specs
        .iter()
        .enumerate()
        .try_for_each(|(index, spec)| keys(spec, &format!("spec_details[{index}]"), &SPEC))
}

fn keys(value: &Value, place: &str, expected: &[(&str, Kind)]) -> Result<(), Fault> {
    object(value, place)?;
    expected
        .iter()
        .try_for_each(|&(key, kind)| check(value, place, key, kind))
}

fn object<'v>(value: &'v Value, place: &str) -> Result<&'v Value, Fault> {
    match value {
        Value::Object(_) => Ok(value),
        other => Err(Fault::at(place, wrong(other, OBJECT))),
    }
}

fn member<'v>(value: &'v Value, place: &str, key: &str) -> Result<&'v Value, Fault> {
    let found = value.get(key);
    found.ok_or_else(|| Fault::at(joined(place, key), FaultKind::MissingKey))
}

fn check(parent: &Value, place: &str, key: &str, kind: Kind) -> Result<(), Fault> {
    let value = member(parent, place, key)?;
    let place = joined(place, key);
    match (kind, value) {
        (Kind::Text | Kind::Size, Value::String(_)) => Ok(()),
        (Kind::Text, other) => Err(Fault::at(place, wrong(other, TEXT))),
        (Kind::Size, other) if other.is_u64() => Ok(()),
        (Kind::Size, other) => Err(Fault::at(place, wrong(other, "text or a number of bytes"))),
        (Kind::Count, other) => count(other, place),
        (Kind::Counts, Value::Object(counts)) => counts
            .iter()
            .try_for_each(|(label, value)| count(value, joined(&place, label))),
        (Kind::Counts, other) => Err(Fault::at(place, wrong(other, OBJECT))),
        (Kind::Texts | Kind::OneText, Value::Array(elements)) => {
            let of_element = |(index, element): (usize, &Value)| match element {
                Value::String(_) => Ok(()),
                other => Err(Fault::at(format!("{place}[{index}]"), wrong(other, TEXT))),
            };
            elements.iter().enumerate().try_for_each(of_element)?;
            if matches!(kind, Kind::OneText) && elements.len() != 1 {
                let found = elements.len();
                return Err(Fault::at(
                    place,
                    FaultKind::WrongLength { expected: 1, found },
                ));
            }
            Ok(())
        }
        (Kind::Texts | Kind::OneText, other) => Err(Fault::at(place, wrong(other, LIST))),
    }
}

fn count(value: &Value, place: String) -> Result<(), Fault> {
    if value.is_u64() {
        Ok(())
    } else {
        Err(Fault::at(place, wrong(value, COUNT)))
    }
}

fn joined(place: &str, key: &str) -> String {
    if place.is_empty() {
        key.to_owned()
    } else {
        format!("{place}.{key}")
    }
}

fn wrong(found: &Value, expected: &'static str) -> FaultKind {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => NUMBER,
        Value::String(_) => TEXT,
        Value::Array(_) => LIST,
        Value::Object(_) => OBJECT,
    };
    FaultKind::WrongType { expected, found }
}

fn malformed(place: &str, error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    Fault::at(place, FaultKind::Malformed { message })
}

fn unnamed(place: &str) -> Fault {
    let message = "does not have the form of a page".to_owned();
    Fault::at(place, FaultKind::Malformed { message })
}
