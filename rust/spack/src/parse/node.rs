//! Collects the constraints on one node.

use std::borrow::Cow;
use std::collections::btree_map::Entry;

use super::error::ParseErrorKind;
use super::token::TokenKind;
use crate::spec::{FieldConstraint, FlagKind, NodeConstraint, VariantConstraint, Wanted};
use crate::version::VersionConstraint;

/// Variants with these names cannot be propagated.
const RESERVED: [&str; 13] = [
    "arch",
    "architecture",
    "branch",
    "commit",
    "dev_path",
    "namespace",
    "operating_system",
    "os",
    "patches",
    "platform",
    "ref",
    "tag",
    "target",
];

/// Keys that set something other than a variant.
const FIELDS: [&str; 7] = [
    "arch",
    "architecture",
    "namespace",
    "operating_system",
    "os",
    "platform",
    "target",
];

/// Values that stand for the machine that Spack runs on.
const HOST_VALUES: [&str; 6] = [
    "fe",
    "be",
    "frontend",
    "backend",
    "default_os",
    "default_target",
];

/// A node to which one token after the other is added.
#[derive(Default)]
pub(super) struct NodeBuilder {
    node: NodeConstraint,
    has_version: bool,
}

impl NodeBuilder {
    /// Sets the name, perhaps with a namespace before it; `*` leaves it open.
    pub(super) fn name(&mut self, text: &str) {
        if text == "*" {
            return;
        }
        let name = match text.rsplit_once('.') {
            None => text,
            Some((namespace, name)) => {
                self.node.namespace = Some(namespace.into());
                name
            }
        };
        self.node.name = Some(name.into());
    }

    /// Adds a token; returns false if it is not part of a node.
    pub(super) fn take(&mut self, kind: TokenKind, text: &str) -> Result<bool, ParseErrorKind> {
        match kind {
            TokenKind::Version => self.version(&text[1..])?,
            TokenKind::Switch => self.switch(text[1..].trim_start(), &text[..1], false)?,
            TokenKind::PropagatedSwitch => self.switch(text[2..].trim_start(), &text[..1], true)?,
            TokenKind::KeyValue => {
                let (name, is_exact, value) = split(text);
                self.key_value(name, &value, is_exact, false)?;
            }
            TokenKind::PropagatedKeyValue => {
                let (name, is_exact, value) = split_propagated(text);
                self.key_value(name, &value, is_exact, true)?;
            }
            TokenKind::Hash if self.node.hash.is_none() => self.node.hash = Some(text[1..].into()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn finish(self) -> NodeConstraint {
        self.node
    }

    fn version(&mut self, text: &str) -> Result<(), ParseErrorKind> {
        if self.has_version {
            return Err(ParseErrorKind::SeveralVersions);
        }
        self.has_version = true;
        self.node.versions = VersionConstraint::parse(text)?;
        Ok(())
    }

    fn switch(&mut self, name: &str, sigil: &str, propagates: bool) -> Result<(), ParseErrorKind> {
        if FIELDS.contains(&name) || FlagKind::from_name(name).is_some() {
            return Err(ParseErrorKind::NoSwitch { name: name.into() });
        }
        if propagates && RESERVED.contains(&name) {
            return Err(ParseErrorKind::NoPropagation { name: name.into() });
        }
        self.variant(name, Wanted::Bool(sigil == "+"), propagates)
    }

    fn key_value(
        &mut self,
        name: &str,
        value: &str,
        is_exact: bool,
        propagates: bool,
    ) -> Result<(), ParseErrorKind> {
        if propagates && RESERVED.contains(&name) {
            return Err(ParseErrorKind::NoPropagation { name: name.into() });
        }
        match name {
            "arch" | "architecture" => self.architecture(value),
            "platform" => self.platform(value),
            "os" | "operating_system" => self.os(value),
            "target" => self.target(value),
            "namespace" => {
                if !is_namespace(value) {
                    let name = value.into();
                    return Err(ParseErrorKind::BadNamespace { name });
                }
                // The last one counts, whether the others stand before the name or are keys too.
                self.node.namespace = Some(value.into());
                Ok(())
            }
            _ => {
                if let Some(kind) = FlagKind::from_name(name) {
                    let flags = self.node.flags.entry(kind).or_default();
                    flags.add(value, propagates);
                    return Ok(());
                }
                // Alone it means any value; among others it would be one of them.
                if value != "*" && value.split(',').any(|value| value == "*") {
                    return Err(ParseErrorKind::ReservedValue { name: name.into() });
                }
                self.variant(name, Wanted::parse(value, is_exact), propagates)
            }
        }
    }

    fn variant(
        &mut self,
        name: &str,
        wanted: Wanted,
        propagates: bool,
    ) -> Result<(), ParseErrorKind> {
        match self.node.variants.entry(name.into()) {
            Entry::Occupied(_) => Err(ParseErrorKind::SeveralVariants { name: name.into() }),
            Entry::Vacant(vacant) => {
                vacant.insert(VariantConstraint { wanted, propagates });
                Ok(())
            }
        }
    }

    /// Reads `platform-os-target`, or else a target. Even the latter comes before any other part, as
    /// if it set all three.
    fn architecture(&mut self, value: &str) -> Result<(), ParseErrorKind> {
        let parts = [
            ("platform", self.node.platform.is_some()),
            ("os", self.node.os.is_some()),
            ("target", self.node.target.is_some()),
        ];
        if let Some(&(field, _)) = parts.iter().find(|(_, is_set)| *is_set) {
            return Err(ParseErrorKind::SeveralFields { field });
        }
        match value.split('-').collect::<Vec<_>>()[..] {
            [platform, os, target] => {
                self.platform(platform)?;
                self.os(os)?;
                self.target(target)
            }
            _ => self.target(value),
        }
    }

    fn platform(&mut self, value: &str) -> Result<(), ParseErrorKind> {
        set(&mut self.node.platform, "platform", field(value)?)
    }

    fn os(&mut self, value: &str) -> Result<(), ParseErrorKind> {
        set(&mut self.node.os, "os", field(value)?)
    }

    fn target(&mut self, value: &str) -> Result<(), ParseErrorKind> {
        let target = match field(value)? {
            None => None,
            Some(_) => Some(value.parse()?),
        };
        set(&mut self.node.target, "target", target)
    }
}

/// Sets the parts that are not set yet.
fn set<T>(
    field: &mut Option<T>,
    name: &'static str,
    value: Option<T>,
) -> Result<(), ParseErrorKind> {
    match (&field, value) {
        (None, None) => {}
        (Some(_), _) => return Err(ParseErrorKind::SeveralFields { field: name }),
        (None, value) => *field = value,
    }
    Ok(())
}

/// Reads a part of an architecture. Spack takes the word `None` for an absent one.
fn field(value: &str) -> Result<Option<FieldConstraint>, ParseErrorKind> {
    match value {
        "" | "None" => Ok(None),
        "*" => Ok(Some(FieldConstraint::Any)),
        _ if HOST_VALUES.contains(&value) => Err(ParseErrorKind::NeedsHost {
            value: value.into(),
        }),
        _ => Ok(Some(FieldConstraint::Exactly(value.into()))),
    }
}

/// Returns whether a text can stand before the name of a package: names with dots between them.
fn is_namespace(text: &str) -> bool {
    text.split('.').all(is_identifier)
}

/// Returns whether a text can be the name of a package or a part of a namespace.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.starts_with('-')
        && !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// Splits `name=value` or `name:=value`; the middle says which.
pub(super) fn split(text: &str) -> (&str, bool, Cow<'_, str>) {
    split_at(text, "=")
}

fn split_propagated(text: &str) -> (&str, bool, Cow<'_, str>) {
    split_at(text, "==")
}

fn split_at<'t>(text: &'t str, equals: &str) -> (&'t str, bool, Cow<'t, str>) {
    let (name, value) = text.split_once(equals).unwrap_or((text, ""));
    let exact = name.strip_suffix(':');
    (exact.unwrap_or(name), exact.is_some(), unquoted(value))
}

/// Takes the quotes off a value, and the backslashes before quotes inside.
fn unquoted(value: &str) -> Cow<'_, str> {
    for (quote, escaped) in [('\'', "\\'"), ('"', "\\\"")] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return if inner.contains(escaped) {
                inner.replace(escaped, &quote.to_string()).into()
            } else {
                inner.into()
            };
        }
    }
    value.into()
}
