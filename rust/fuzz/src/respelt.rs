//! JSON in another spelling.

use std::fmt::Write;

use serde_json::Value;

/// Returns whether a value is the same however its numbers are printed.
pub(crate) fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.is_f64(),
        Value::Array(values) => values.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

/// Spells a value with members in another order, and with white space and escapes where
/// the coins say so.
pub(crate) fn respelt(value: &Value, mut coins: impl Iterator<Item = bool>) -> String {
    let mut spelling = String::new();
    spell(value, &mut || coins.next().unwrap_or(false), &mut spelling);
    spelling
}

fn spell(value: &Value, coin: &mut impl FnMut() -> bool, out: &mut String) {
    blank(coin, out);
    match value {
        Value::String(text) => spell_text(text, coin, out),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                spell(value, coin, out);
            }
            blank(coin, out);
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            let mut members: Vec<_> = members.iter().collect();
            // The first key shows the kind of a file; the order of the others is free.
            if coin() && !members.is_empty() {
                members[1..].reverse();
            }
            for (index, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                blank(coin, out);
                spell_text(key, coin, out);
                blank(coin, out);
                out.push(':');
                spell(value, coin, out);
            }
            blank(coin, out);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
    blank(coin, out);
}

fn blank(coin: &mut impl FnMut() -> bool, out: &mut String) {
    if coin() {
        out.push_str(if coin() { "\n" } else { " \t" });
    }
}

fn spell_text(text: &str, coin: &mut impl FnMut() -> bool, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        if coin() || letter.is_control() || matches!(letter, '"' | '\\') {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}").expect("a text takes everything");
            }
        } else {
            out.push(letter);
        }
    }
    out.push('"');
}
