//! The hashes of an index or a database of any length, a part of which is in memory.

use std::io::Read;

use specplan_catalog::DagHash;

use super::{Claim, HashCheck, OF_DATABASES, checked, format_of, version};
use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonResult};
use crate::window::{Window, members_at_hand};

/// What came of the records, for each format that they may be of. Where the version of the
/// file stands behind them, that is both of those whose hashes can be recomputed.
struct Records {
    by_format: Vec<(u64, HashCheck)>,
    nodes: usize,
}

/// Holds all hashes of a file whose object has the key `database` against their content;
/// the window stands at the object.
pub(super) fn check<R: Read>(window: &mut Window<R>) -> Result<HashCheck, Fault> {
    let mut answer = HashCheck::default();
    window.object(|window, key| {
        if key == "database" && begins_object(window)? {
            answer.add(window.below("database", database)?);
            Ok(())
        } else {
            window.skip(key)
        }
    })?;
    window.end()?;
    Ok(answer)
}

/// Whether an object is next. Values of other types have no nodes.
fn begins_object<R: Read>(window: &mut Window<R>) -> Result<bool, Fault> {
    window.step(|json| Ok(json.peek()? == b'{'))
}

fn database<R: Read>(window: &mut Window<R>) -> Result<HashCheck, Fault> {
    let mut format = None;
    let mut records: Option<Records> = None;
    window.object(|window, key| match key {
        "version" if format.is_some() => Err(twice(key)),
        "installs" if records.is_some() => Err(twice(key)),
        "version" => {
            let told = window.below("version", |window| window.step(version))?;
            format = Some(format_of(told, &OF_DATABASES));
            Ok(())
        }
        "installs" if begins_object(window)? => {
            let mut read = Records::of(format);
            window.below("installs", |window| read.read_all(window))?;
            records = Some(read);
            Ok(())
        }
        _ => window.skip(key),
    })?;
    Ok(records.map_or_else(HashCheck::default, |records| {
        // As of a lock without one, it is the newest.
        records.into_check(format.unwrap_or(5))
    }))
}

fn twice(key: &str) -> Fault {
    Fault::at(format!("database.{key}"), FaultKind::KeyTwice)
}

impl Records {
    fn of(format: Option<u64>) -> Self {
        let formats = format.map_or_else(|| vec![4, 5], |format| vec![format]);
        let by_format = formats.into_iter();
        Self {
            by_format: by_format.map(|each| (each, HashCheck::default())).collect(),
            nodes: 0,
        }
    }

    fn into_check(self, format: u64) -> HashCheck {
        let nodes = self.nodes;
        let mut by_format = self.by_format.into_iter();
        by_format
            .find_map(|(each, check)| (each == format).then_some(check))
            .unwrap_or_else(|| HashCheck {
                undecided: nodes,
                ..HashCheck::default()
            })
    }

    fn read_all<R: Read>(&mut self, window: &mut Window<R>) -> Result<(), Fault> {
        window.object_in_pieces(|json| self.read_some(json))
    }

    /// Reads the records that are in memory as a whole and hashes their nodes. Tells whether
    /// there are more; the first must not fail.
    fn read_some(&mut self, json: &mut Json<'_>) -> JsonResult<bool> {
        let mut claims = Vec::new();
        let goes_on = members_at_hand(json, |json| {
            let whole = claims.len();
            record(json, &mut claims).inspect_err(|_| claims.truncate(whole))
        })?;
        self.nodes += claims.len();
        for (format, check) in &mut self.by_format {
            check.add(checked(&claims, |_| *format));
        }
        Ok(goes_on)
    }
}

/// Takes a record and what follows it, and tells whether that is a record.
fn record<'t>(json: &mut Json<'t>, claims: &mut Vec<Claim<'t>>) -> JsonResult<bool> {
    let key = json.key()?;
    let hash = DagHash::parse(&key).ok();
    let taken = if json.peek()? == b'{' {
        json.object(|json, key| {
            let value = json.skip()?;
            if let ("spec", Some(hash), Ok(node)) = (key, hash, str::from_utf8(value)) {
                let format = 0;
                claims.push(Claim { node, hash, format });
            }
            Ok(())
        })
    } else {
        json.skip().map(drop)
    };
    taken.map_err(|error| error.below(|| key.into_owned()))?;
    json.goes_on(b'}', "`,` or `}`")
}
