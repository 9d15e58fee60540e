//! Keys: how exactly a want identifies a spec.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::{Catalog, Column};

/// The level of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Level {
    /// The package name.
    Package,
    /// Name and version.
    Version,
    /// Name, version and variants.
    Variant,
    /// The hash.
    Hash,
}

impl Level {
    /// The number of levels.
    pub const COUNT: usize = 4;

    /// The columns that make up a key of this level; at level `Hash` it is the hash.
    fn columns(self) -> &'static [Column] {
        match self {
            Self::Package => &[Column::Package],
            Self::Version => &[Column::Package, Column::Version],
            Self::Variant => &[Column::Package, Column::Version, Column::Variants],
            Self::Hash => &[],
        }
    }
}

/// The key of every spec at one level.
///
/// Keys are numbered in the order of package, version text and variants (at level `Hash`: of the
/// hashes), regardless of the snapshots and stacks that list them.
#[derive(Debug)]
pub struct KeyColumn {
    level: Level,
    of_spec: Vec<u32>,
    /// The first spec of each key.
    first_spec: Vec<u32>,
}

impl KeyColumn {
    pub(crate) fn build(catalog: &Catalog, level: Level) -> Self {
        let specs = 0..catalog.len() as u32;
        if level == Level::Hash {
            let identity: Vec<u32> = specs.collect();
            let of_spec = identity.clone();
            return Self {
                level,
                of_spec,
                first_spec: identity,
            };
        }
        let mut order: Vec<([u32; 3], u32)> = specs
            .map(|spec| {
                let mut key = [0; 3];
                for (part, &column) in key.iter_mut().zip(level.columns()) {
                    *part = catalog.id(spec, column);
                }
                (key, spec)
            })
            .collect();
        order.par_sort_unstable();
        let mut of_spec = vec![0; order.len()];
        let mut first_spec: Vec<u32> = Vec::new();
        for (index, &(key, spec)) in order.iter().enumerate() {
            if index == 0 || order[index - 1].0 != key {
                first_spec.push(spec);
            }
            of_spec[spec as usize] = first_spec.len() as u32 - 1;
        }
        Self {
            level,
            of_spec,
            first_spec,
        }
    }

    /// The number of distinct keys.
    pub fn len(&self) -> usize {
        self.first_spec.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first_spec.is_empty()
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The key of a spec.
    pub fn of_spec(&self, spec: u32) -> u32 {
        self.of_spec[spec as usize]
    }

    /// A spec that has this key: the one with the smallest hash.
    pub fn first_spec(&self, key: u32) -> u32 {
        self.first_spec[key as usize]
    }

    /// The key as text: `name`, `name@version`, the same with variants in
    /// Spack's spelling, or the hash.
    pub fn text<'c>(&self, catalog: &'c Catalog, key: u32) -> Cow<'c, str> {
        let spec = self.first_spec(key);
        let package = catalog.text(spec, Column::Package);
        let version = || catalog.text(spec, Column::Version);
        match self.level {
            Level::Package => Cow::Borrowed(package),
            Level::Version => Cow::Owned(format!("{package}@{}", version())),
            Level::Variant => {
                let mut text = format!("{package}@{}", version());
                push_variants(&mut text, catalog.text(spec, Column::Variants));
                Cow::Owned(text)
            }
            Level::Hash => Cow::Owned(catalog.hash(spec).to_string()),
        }
    }
}

/// Appends variants as Spack prints them: first the booleans, then `name=value`,
/// each of the latter after a blank.
fn push_variants(text: &mut String, variants: &str) {
    let is_boolean = |variant: &&str| variant.starts_with(['+', '~']);
    let lines = || variants.split('\n').filter(|variant| !variant.is_empty());
    text.extend(lines().filter(is_boolean));
    for variant in lines().filter(|variant| !is_boolean(variant)) {
        text.push(' ');
        text.push_str(variant);
    }
}
