//! The canonical text of abstract specs.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use super::{AbstractSpec, Dependency, FieldConstraint, NodeConstraint, VariantConstraint, Wanted};
use crate::spec::LEGACY_COMPILERS;

/// Writes the value of a key, in quotes where it would not be read as one value without.
fn write_value(value: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ",/_.-\\".contains(c);
    // A value that ends in a backslash was read without quotes and would escape a closing one.
    if !value.is_empty() && (value.ends_with('\\') || value.chars().all(is_plain)) {
        return formatter.write_str(value);
    }
    write_quoted(value, formatter)
}

/// Writes a text in quotes. One that ends in a backslash, which would escape the closing quote, gets
/// a blank behind it.
fn write_quoted(value: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let quote = if value.contains('\'') { '"' } else { '\'' };
    formatter.write_char(quote)?;
    for character in value.chars() {
        if character == quote {
            formatter.write_char('\\')?;
        }
        formatter.write_char(character)?;
    }
    if value.ends_with('\\') {
        formatter.write_char(' ')?;
    }
    formatter.write_char(quote)
}

/// Writes a part of an architecture. One that begins with an equals sign, as the last part of
/// `arch=linux-a-=b` does, would be read as a key with two of them.
fn write_part(key: &str, value: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(formatter, " {key}=")?;
    if value.starts_with('=') {
        write_quoted(value, formatter)
    } else {
        formatter.write_str(value)
    }
}

/// As [`write_value`], but a last backslash is not a reason to leave out the quotes.
fn write_flags(flags: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    if flags.ends_with('\\') {
        write_quoted(flags, formatter)
    } else {
        write_value(flags, formatter)
    }
}

impl VariantConstraint {
    /// Writes the constraint on the variant `name`, with the blank that a key needs before it.
    fn write(&self, name: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = match &self.wanted {
            Wanted::Bool(is_on) => {
                let sigil = if *is_on { "+" } else { "~" };
                let count = if self.propagates { 2 } else { 1 };
                return write!(formatter, "{}{name}", sigil.repeat(count));
            }
            Wanted::Any => None,
            Wanted::Containing(values) | Wanted::Exactly(values) => Some(values),
        };
        let exactly = if matches!(self.wanted, Wanted::Exactly(_)) {
            ":"
        } else {
            ""
        };
        let equals = if self.propagates { "==" } else { "=" };
        write!(formatter, " {name}{exactly}{equals}")?;
        match values {
            None => formatter.write_str("'*'"),
            Some(values) => write_value(&join(values), formatter),
        }
    }
}

/// Joins the values with commas, in order, but none that ends in a backslash last: that would
/// hide a closing quote.
fn join(values: &BTreeSet<Box<str>>) -> String {
    let mut values: Vec<&str> = values.iter().map(|value| &**value).collect();
    if values.last().is_some_and(|last| last.ends_with('\\'))
        && let Some(position) = values.iter().position(|value| !value.ends_with('\\'))
    {
        let safe = values.remove(position);
        values.push(safe);
    }
    values.join(",")
}

impl fmt::Display for FieldConstraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("*"),
            Self::Exactly(value) => write_value(value, formatter),
        }
    }
}

impl fmt::Display for NodeConstraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, self.name.as_deref())
    }
}

impl NodeConstraint {
    /// Writes the node under a name that stands for its own where it is written.
    fn write(&self, formatter: &mut fmt::Formatter<'_>, name: Option<&str>) -> fmt::Result {
        if let (Some(namespace), Some(_)) = (&self.namespace, name) {
            write!(formatter, "{namespace}.")?;
        }
        if let Some(name) = name {
            formatter.write_str(name)?;
        }
        if !self.versions.is_any() {
            write!(formatter, "@{}", self.versions)?;
        }
        for (kind, wanted) in &self.flags {
            let mut values: Vec<(&str, String)> = Vec::new();
            for flag in &wanted.flags {
                let equals = if wanted.propagated.contains(flag) {
                    "=="
                } else {
                    "="
                };
                match values.last_mut() {
                    // In one value, a word without a dash would belong to the flag before it.
                    Some((last, value)) if *last == equals && flag.starts_with('-') => {
                        value.push(' ');
                        value.push_str(flag);
                    }
                    _ => values.push((equals, flag.to_string())),
                }
            }
            if values.is_empty() {
                values.push(("=", String::new()));
            }
            for (equals, value) in values {
                write!(formatter, " {kind}{equals}")?;
                write_flags(&value, formatter)?;
            }
        }
        let is_switch = |wanted: &VariantConstraint| matches!(wanted.wanted, Wanted::Bool(_));
        let (switches, values): (Vec<_>, Vec<_>) = self
            .variants
            .iter()
            .partition(|(_, wanted)| is_switch(wanted));
        // Without quotes, the sigil of a switch would be read as part of the flag. Spack always
        // writes the blank.
        if !self.flags.is_empty() && !self.ends_in_flags() {
            formatter.write_char(' ')?;
        }
        for (name, wanted) in switches.into_iter().chain(values) {
            wanted.write(name, formatter)?;
        }
        if let (Some(namespace), None) = (&self.namespace, name) {
            formatter.write_str(" namespace=")?;
            write_value(namespace, formatter)?;
        }
        if let Some(platform) = &self.platform {
            write_part("platform", &platform.to_string(), formatter)?;
        }
        if let Some(os) = &self.os {
            write_part("os", &os.to_string(), formatter)?;
        }
        if let Some(target) = &self.target {
            let text = target.to_string();
            let is_plain = |c: char| c.is_ascii_graphic() && !"'\";".contains(c);
            // One that ends in a backslash was read without quotes.
            if text.ends_with('\\') || text.chars().all(is_plain) {
                write_part("target", &text, formatter)?;
            } else {
                formatter.write_str(" target=")?;
                write_quoted(&text, formatter)?;
            }
        }
        if let Some(hash) = &self.hash {
            let separator = if self.takes_in_slashes() { " " } else { "" };
            write!(formatter, "{separator}/{hash}")?;
        }
        Ok(())
    }

    /// Returns whether a slash after the rest of the spec would be read as part of its last value
    /// or git reference. Flags are followed by a blank.
    fn takes_in_slashes(&self) -> bool {
        let is_value = |variant: &VariantConstraint| !matches!(variant.wanted, Wanted::Bool(_));
        let is_reference = self
            .versions
            .exact()
            .is_some_and(|version| version.git_reference().is_some());
        self.variants.values().any(is_value)
            || self.platform.is_some()
            || self.os.is_some()
            || self.target.is_some()
            || (self.namespace.is_some() && self.name.is_none())
            || (is_reference && self.variants.is_empty() && self.flags.is_empty())
    }

    /// Returns whether nothing is written behind the flags.
    fn ends_in_flags(&self) -> bool {
        self.variants.is_empty()
            && self.platform.is_none()
            && self.os.is_none()
            && self.target.is_none()
            && self.hash.is_none()
            && (self.namespace.is_none() || self.name.is_some())
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.reach.sigil())?;
        let node = &self.spec.node;
        let virtuals = self.virtuals.join(",");
        let is_short = node.name.is_some();
        if !self.types.is_empty() || self.when.is_some() || (!virtuals.is_empty() && !is_short) {
            self.write_attributes(formatter)?;
        }
        if !virtuals.is_empty() && is_short {
            // The short form of `%[virtuals=c] gcc`, which only names have.
            write!(formatter, "{virtuals}=")?;
        }
        let text = Node {
            node,
            is_direct: self.reach.is_direct(),
        }
        .to_string();
        let text = text.trim_start();
        // A key without a name before it would be read as a virtual package and its provider.
        if node.name.is_none() && !text.starts_with(['@', '+', '~']) {
            formatter.write_char('*')?;
        }
        formatter.write_str(text)?;
        self.spec.write_dependencies(formatter)
    }
}

/// A node as it is written behind a sigil.
struct Node<'n> {
    node: &'n NodeConstraint,
    is_direct: bool,
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.node.name.as_deref();
        let legacy = LEGACY_COMPILERS
            .iter()
            .find(|(_, today)| self.is_direct && Some(*today) == name);
        self.node
            .write(formatter, legacy.map(|(old, _)| *old).or(name))
    }
}

impl Dependency {
    fn write_attributes(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('[')?;
        let mut attributes = Vec::new();
        if let Some(when) = &self.when {
            write!(formatter, "when=")?;
            write_quoted(&when.to_string(), formatter)?;
        }
        if !self.types.is_empty() {
            attributes.push(format!("deptypes={}", self.types));
        }
        if !self.virtuals.is_empty() && self.spec.node.name.is_none() {
            attributes.push(format!("virtuals={}", self.virtuals.join(",")));
        }
        let separator = if self.when.is_some() && !attributes.is_empty() {
            " "
        } else {
            ""
        };
        write!(formatter, "{separator}{}] ", attributes.join(" "))
    }
}

impl AbstractSpec {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.node)?;
        self.write_dependencies(formatter)
    }

    fn write_dependencies(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for dependency in &self.dependencies {
            write!(formatter, " {dependency}")?;
        }
        Ok(())
    }
}

impl fmt::Display for AbstractSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Whole<'a>(&'a AbstractSpec);
        impl fmt::Display for Whole<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write(formatter)
            }
        }
        match Whole(self).to_string().trim_start() {
            "" => formatter.write_str("*"),
            text => formatter.write_str(text),
        }
    }
}
