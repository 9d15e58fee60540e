//! The hashes of an index or a database of any length, a part of which is in memory.

use std::io::Read;

use specplan_catalog::DagHash;

use super::{Claim, HashCheck, checked, version};
use crate::dag_hash::Rule;
use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonResult};
use crate::versions::Versioned;
use crate::window::{Window, members_at_hand};

/// The results for the records, for each rule that may apply. If the version of the file stands
/// behind them, that is every rule, and none.
struct Records(Vec<(Option<Rule>, HashCheck)>);

/// Checks all hashes of a file whose object has the key `database`; the window stands at the
/// object.
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

/// Returns whether an object is next. Values of other types have no nodes.
fn begins_object<R: Read>(window: &mut Window<R>) -> Result<bool, Fault> {
    window.step(|json| Ok(json.peek()? == b'{'))
}

fn database<R: Read>(window: &mut Window<R>) -> Result<HashCheck, Fault> {
    let mut rule = None;
    let mut records: Option<Records> = None;
    window.object(|window, key| match key {
        "version" if rule.is_some() => Err(twice(key)),
        "installs" if records.is_some() => Err(twice(key)),
        "version" => {
            let recorded = window.below("version", |window| window.step(version))?;
            rule = Some(Rule::of(Versioned::Database, recorded));
            Ok(())
        }
        "installs" if begins_object(window)? => {
            let mut read = Records::of(rule);
            window.below("installs", |window| read.read_all(window))?;
            records = Some(read);
            Ok(())
        }
        _ => window.skip(key),
    })?;
    Ok(records.map_or_else(HashCheck::default, |records| {
        // As for a lock without a version, it is the newest.
        records.into_check(rule.unwrap_or(Some(Rule::Newer)))
    }))
}

fn twice(key: &str) -> Fault {
    Fault::at(format!("database.{key}"), FaultKind::KeyTwice)
}

impl Records {
    /// `rule`: that of the file, if its version stands before its records.
    #[expect(
        clippy::option_option,
        reason = "a version may be known to have no rule"
    )]
    fn of(rule: Option<Option<Rule>>) -> Self {
        let all = vec![Some(Rule::Older), Some(Rule::Newer), None];
        let rules = rule.map_or(all, |rule| vec![rule]).into_iter();
        Self(rules.map(|rule| (rule, HashCheck::default())).collect())
    }

    fn into_check(self, rule: Option<Rule>) -> HashCheck {
        let mut by_rule = self.0.into_iter();
        by_rule
            .find_map(|(each, check)| (each == rule).then_some(check))
            .unwrap_or_default()
    }

    fn read_all<R: Read>(&mut self, window: &mut Window<R>) -> Result<(), Fault> {
        window.object_in_pieces(|json| self.read_some(json))
    }

    /// Reads the records that are in memory as a whole and hashes their nodes. Returns whether
    /// there are more; the first must not fail.
    fn read_some(&mut self, json: &mut Json<'_>) -> JsonResult<bool> {
        let mut claims = Vec::new();
        let goes_on = members_at_hand(json, |json| {
            let whole = claims.len();
            record(json, &mut claims).inspect_err(|_| claims.truncate(whole))
        })?;
        for (rule, check) in &mut self.0 {
            check.add(checked(&claims, |_| *rule));
        }
        Ok(goes_on)
    }
}

/// Takes a record and what follows it, and returns whether that is a record.
fn record<'t>(json: &mut Json<'t>, claims: &mut Vec<Claim<'t>>) -> JsonResult<bool> {
    let key = json.key()?;
    let hash = DagHash::parse(&key).ok();
    let taken = if json.peek()? == b'{' {
        json.object(|json, key| {
            let value = json.skip()?;
            if let ("spec", Some(hash), Ok(node)) = (key, hash, str::from_utf8(value)) {
                let document = 0;
                claims.push(Claim {
                    node,
                    hash,
                    document,
                });
            }
            Ok(())
        })
    } else {
        json.skip().map(drop)
    };
    taken.map_err(|error| error.below(|| key.into_owned()))?;
    json.goes_on(b'}', "`,` or `}`")
}
