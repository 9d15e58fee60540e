//! Reads abstract specs from text.

mod error;
mod node;
mod parser;
mod token;

use std::str::FromStr;

pub use error::{ParseError, ParseErrorKind};

use crate::spec::AbstractSpec;
use parser::Parser;

/// The longest text in bytes that is read as specs.
const MAX_LEN: usize = 16 * 1024;

/// How deep conditions may hold conditions.
const MAX_DEPTH: usize = 8;

impl AbstractSpec {
    /// Reads one abstract spec.
    ///
    /// # Errors
    ///
    /// Fails on what is not a spec, on none and on several, and on texts that are too long or nested
    /// too deep. The error shows the place.
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
    parse_nested(text, 0)
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
    let mut parser = Parser::new(text, 0)?;
    let mut specs = Vec::new();
    while let Some(spec) = parser.next_spec()? {
        specs.push(spec);
    }
    Ok(specs)
}

fn parse_nested(text: &str, depth: usize) -> Result<AbstractSpec, ParseError> {
    let mut parser = Parser::new(text, depth)?;
    let Some(spec) = parser.next_spec()? else {
        return Err(parser.fail(ParseErrorKind::Nothing, 0..0));
    };
    match parser.rest() {
        None => Ok(spec),
        Some(span) => Err(parser.fail(ParseErrorKind::Several, span)),
    }
}

#[cfg(test)]
mod tests;
