//! Compares the order of versions and what satisfies constraints with Spack's own answers.

mod common;

use std::cmp::Ordering;

use serde_json::Value;
use specplan_spack::{Truth, Version, VersionConstraint};

fn text(value: &Value) -> &str {
    value.as_str().expect("the vectors hold texts")
}

fn version(value: &Value) -> Version {
    text(value).parse().expect("the vectors hold versions")
}

fn rows<'a>(vectors: &'a Value, name: &str) -> &'a [Value] {
    vectors[name].as_array().expect("the vectors are lists")
}

#[test]
fn versions_are_ordered_as_spack_orders_them() {
    let vectors = common::read_json("oracle/versions.json.gz");
    let rows = rows(&vectors, "order");
    let mut differences = Vec::new();
    for row in rows {
        let expected = match row[2].as_i64() {
            Some(-1) => Ordering::Less,
            Some(0) => Ordering::Equal,
            Some(1) => Ordering::Greater,
            _ => panic!("{row} holds no order"),
        };
        let actual = version(&row[0]).cmp(&version(&row[1]));
        if actual != expected {
            differences.push(format!("{row}: {actual:?}"));
        }
    }
    println!(
        "order: {} of {}",
        rows.len() - differences.len(),
        rows.len()
    );
    common::assert_no_differences(&differences);
}

#[test]
fn versions_satisfy_what_they_satisfy_in_spack() {
    let vectors = common::read_json("oracle/versions.json.gz");
    let rows = rows(&vectors, "satisfies");
    let mut differences = Vec::new();
    for row in rows {
        let actual = match text(&row[1]).parse::<VersionConstraint>() {
            Err(_) => Value::from("error"),
            Ok(constraint) => match version(&row[0]).satisfies(&constraint) {
                Truth::Yes => Value::from(true),
                Truth::No => Value::from(false),
                Truth::Unknown(missing) => Value::from(missing.slug()),
            },
        };
        if actual != row[2] {
            differences.push(format!("{row}: {actual}"));
        }
    }
    println!(
        "satisfies: {} of {}",
        rows.len() - differences.len(),
        rows.len()
    );
    common::assert_no_differences(&differences);
}
