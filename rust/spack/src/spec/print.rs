//! The canonical text of abstract specs.

use std::fmt::{self, Write as _};

use super::{AbstractSpec, Dependency, FieldConstraint, NodeConstraint, VariantConstraint, Wanted};

/// Writes the value of a key, in quotes where it would not be read as one value without.
pub(super) fn write_value(value: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ",/_.-\\".contains(c);
    // A value that ends in a backslash was read without quotes and would escape a closing one.
    if !value.is_empty() && (value.ends_with('\\') || value.chars().all(is_plain)) {
        return formatter.write_str(value);
    }
    let quote = if value.contains('\'') { '"' } else { '\'' };
    formatter.write_char(quote)?;
    for character in value.chars() {
        if character == quote {
            formatter.write_char('\\')?;
        }
        formatter.write_char(character)?;
    }
    formatter.write_char(quote)
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
        if let (Some(namespace), Some(_)) = (&self.namespace, &self.name) {
            write!(formatter, "{namespace}.")?;
        }
        if let Some(name) = &self.name {
            formatter.write_str(name)?;
        }
        if !self.versions.is_any() {
            write!(formatter, "@{}", self.versions)?;
        }
        for (kind, wanted) in &self.flags {
            let equals = if wanted.propagates { "==" } else { "=" };
            let mut value = wanted.flags.join(" ");
            if value.ends_with('\\') {
                value.push(' ');
            }
            write!(formatter, " {kind}{equals}")?;
            write_value(&value, formatter)?;
        }
        let is_switch = |wanted: &VariantConstraint| matches!(wanted.wanted, Wanted::Bool(_));
        let (switches, values): (Vec<_>, Vec<_>) = self
            .variants
            .iter()
            .partition(|(_, wanted)| is_switch(wanted));
        // A flag without quotes would take in the sigil of a switch.
        if !self.flags.is_empty() && !switches.is_empty() {
            formatter.write_char(' ')?;
        }
        for (name, wanted) in switches.into_iter().chain(values) {
            wanted.write(name, formatter)?;
        }
        if let (Some(namespace), None) = (&self.namespace, &self.name) {
            formatter.write_str(" namespace=")?;
            write_value(namespace, formatter)?;
        }
        if let Some(platform) = &self.platform {
            write!(formatter, " platform={platform}")?;
        }
        if let Some(os) = &self.os {
            write!(formatter, " os={os}")?;
        }
        if let Some(target) = &self.target {
            write!(formatter, " target={target}")?;
        }
        if let Some(hash) = &self.hash {
            write!(formatter, " /{hash}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.reach.sigil())?;
        let is_named = self.spec.node.name.is_some();
        let virtuals = self.virtuals.join(",");
        if !self.types.is_empty() || self.when.is_some() || (!virtuals.is_empty() && !is_named) {
            self.write_attributes(formatter)?;
        } else if !virtuals.is_empty() {
            // Short for `%[virtuals=c] gcc`, which only names can be.
            write!(formatter, "{virtuals}=")?;
        }
        if !is_named {
            formatter.write_char('*')?;
        }
        self.spec.write(formatter)
    }
}

impl Dependency {
    fn write_attributes(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut attributes = Vec::new();
        if !self.types.is_empty() {
            attributes.push(format!("deptypes={}", self.types));
        }
        if !self.virtuals.is_empty() {
            attributes.push(format!("virtuals={}", self.virtuals.join(",")));
        }
        write!(formatter, "[{}", attributes.join(" "))?;
        if let Some(when) = &self.when {
            let mut condition = when.to_string();
            if condition.ends_with('\\') {
                condition.push(' ');
            }
            let separator = if attributes.is_empty() { "" } else { " " };
            write!(formatter, "{separator}when=")?;
            write_value(&condition, formatter)?;
        }
        formatter.write_str("] ")
    }
}

impl AbstractSpec {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.node)?;
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
