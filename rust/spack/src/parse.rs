//! Reads abstract specs from text.

mod error;
mod node;
mod parser;
mod token;

use std::str::FromStr;

pub use error::{ParseError, ParseErrorKind};

use crate::spec::{AbstractSpec, Toolchains};
use parser::{Parser, Place};

/// The longest text in bytes that is read as specs.
const MAX_LEN: usize = 16 * 1024;

/// The greatest depth of conditions within conditions.
const MAX_DEPTH: usize = 8;

/// The number of dependencies that may be visited while toolchains are expanded in one text.
const MAX_PUT_IN: usize = 64 * 1024;

impl AbstractSpec {
    /// Reads one abstract spec.
    ///
    /// # Errors
    ///
    /// Fails on invalid specs, on none and on several, and on texts that are too long or nested too
    /// deeply. The error shows the place.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse_one(text)
    }
}

impl FromStr for AbstractSpec {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

/// Reads exactly one abstract spec.
///
/// # Errors
///
/// Fails on what is not a spec, on none and on several.
pub fn parse_one(text: &str) -> Result<AbstractSpec, ParseError> {
    parse_one_with(text, &Toolchains::new())
}

/// Reads exactly one abstract spec in which the names of toolchains may stand after `%`.
///
/// As in Spack, the constraints of a toolchain apply to the node of the `%`, and are merged with
/// those written before it. Only a bare name is that of a toolchain: `%c=name` and `%[when=+x]
/// name` are packages.
///
/// ```
/// use specplan_spack::{AbstractSpec, Toolchains, parse_one_with};
///
/// let toolchain = AbstractSpec::parse("cflags=-g %c,cxx=llvm@19 %fortran=gcc@14")?;
/// let toolchains = Toolchains::from([("tc".into(), toolchain)]);
/// let spec = parse_one_with("hdf5 %tc ^mpich %c=tc", &toolchains)?;
/// assert_eq!(
///     "hdf5 cflags=-g %fortran=gcc@14 %c,cxx=clang@19 ^mpich %c=tc",
///     spec.to_string()
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Fails on invalid specs, on none and on several, and if a toolchain contradicts constraints that
/// are there already.
pub fn parse_one_with(text: &str, toolchains: &Toolchains) -> Result<AbstractSpec, ParseError> {
    parse_nested(text, 0, toolchains)
}

/// The names of the toolchains that [`parse_one_with`] expands, in the order of the text. Of an
/// invalid spec, those before its fault.
///
/// ```
/// let is_toolchain = |name: &str| name.starts_with("tc");
/// let text = "a %tc1 %c=tc2 %[when='%tc3'] tc4 ^tc5";
/// let found = specplan_spack::toolchains_in(text, is_toolchain);
/// let names: Vec<&str> = found.iter().map(|name| &**name).collect();
/// assert_eq!(names, ["tc1", "tc3"]);
/// ```
pub fn toolchains_in(text: &str, is_toolchain: impl Fn(&str) -> bool) -> Vec<Box<str>> {
    let mut names = Vec::new();
    collect_toolchains(text, 0, &is_toolchain, &mut names);
    names
}

fn collect_toolchains(
    text: &str,
    depth: usize,
    is_toolchain: &impl Fn(&str) -> bool,
    names: &mut Vec<Box<str>>,
) {
    let toolchains = Toolchains::new();
    let Ok(parser) = Parser::new(text, depth, &toolchains) else {
        return;
    };
    for each in parser.places_of_toolchains() {
        match each {
            Place::Name(name) if is_toolchain(name) => {
                if !names.iter().any(|known| **known == *name) {
                    names.push(name.into());
                }
            }
            Place::Name(_) => {}
            Place::Condition(condition) => {
                collect_toolchains(&condition, depth + 1, is_toolchain, names);
            }
        }
    }
}

/// Reads all abstract specs of a text: a second name or a second hash starts another one.
///
/// ```
/// let specs = specplan_spack::parse_many("zlib@1.3 hdf5 +mpi ^openmpi")?;
/// assert_eq!("hdf5+mpi ^openmpi", specs[1].to_string());
/// # Ok::<(), specplan_spack::ParseError>(())
/// ```
///
/// # Errors
///
/// Fails if some part of the text is not a spec.
pub fn parse_many(text: &str) -> Result<Vec<AbstractSpec>, ParseError> {
    let toolchains = Toolchains::new();
    let mut parser = Parser::new(text, 0, &toolchains)?;
    let mut specs = Vec::new();
    while let Some(spec) = parser.next_spec()? {
        specs.push(spec);
    }
    Ok(specs)
}

fn parse_nested(
    text: &str,
    depth: usize,
    toolchains: &Toolchains,
) -> Result<AbstractSpec, ParseError> {
    let mut parser = Parser::new(text, depth, toolchains)?;
    let Some(spec) = parser.next_spec()? else {
        return Err(parser.fail(ParseErrorKind::Nothing, 0..0));
    };
    match parser.rest() {
        None => Ok(spec),
        Some(span) => Err(parser.several(span)),
    }
}

#[cfg(test)]
mod tests;
