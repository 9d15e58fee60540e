//! A catalog as bytes, for another process that runs the same version.

use crate::edge::{EdgeColumn, EdgeTypes, RecordedEdge};
use crate::{Catalog, CatalogBuilder, Column, DagHash, HASH_LEN, Row, SourceKind};

/// The start of the bytes. They are not a stable format: another version of specplan may write
/// others.
const HEAD: &[u8] = b"specplan catalog 1\n";

/// The number of dependencies of a row that does not record any.
const NOT_RECORDED: u32 = u32::MAX;

const KINDS: [SourceKind; 4] = [
    SourceKind::Lock,
    SourceKind::SpecFile,
    SourceKind::Index,
    SourceKind::Page,
];

/// Bytes that are not a catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a catalog of this version of specplan")]
pub struct NoCatalog;

impl Catalog {
    /// All rows as bytes, from which [`from_state`](Self::from_state) makes an equal catalog.
    pub fn state(&self) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        for column in Column::ALL {
            put_names(&mut bytes, self.names(column).iter());
        }
        for column in EdgeColumn::ALL {
            put_names(&mut bytes, self.edge_names(column).iter());
        }
        put(&mut bytes, self.rows().len() as u32);
        for row in self.rows() {
            bytes.extend_from_slice(&row.hash().letters());
            let kind = KINDS.iter().position(|&each| each == row.kind());
            bytes.push(kind.unwrap_or_default() as u8);
            bytes.push(u8::from(row.is_available()));
            for column in Column::ALL {
                put(&mut bytes, row.id(column));
            }
            let Some(dependencies) = self.dependencies_of(row) else {
                put(&mut bytes, NOT_RECORDED);
                continue;
            };
            put(&mut bytes, dependencies.len() as u32);
            for each in dependencies {
                bytes.extend_from_slice(&self.node_hash(each.child).letters());
                bytes.push(each.types.bits());
                put(&mut bytes, each.name);
                put(&mut bytes, each.virtuals);
            }
        }
        bytes
    }

    /// The catalog whose [`state`](Self::state) this is.
    ///
    /// # Errors
    ///
    /// [`NoCatalog`] if the bytes are not a catalog.
    pub fn from_state(bytes: &[u8]) -> Result<Self, NoCatalog> {
        let mut rest = Rest(bytes.strip_prefix(HEAD).ok_or(NoCatalog)?);
        let mut builder = CatalogBuilder::new();
        let mut ids: Vec<Vec<u32>> = Vec::with_capacity(Column::COUNT);
        for column in Column::ALL {
            ids.push(rest.names(|text| builder.intern(column, text))?);
        }
        let mut edge_ids: Vec<Vec<u32>> = Vec::with_capacity(EdgeColumn::COUNT);
        for column in EdgeColumn::ALL {
            edge_ids.push(rest.names(|text| builder.intern_edge(column, text))?);
        }
        for _ in 0..rest.number()? {
            let hash = rest.hash()?;
            let kind = *KINDS.get(usize::from(rest.byte()?)).ok_or(NoCatalog)?;
            let available = rest.byte()? == 1;
            let mut row_ids = [0; Column::COUNT];
            for (id, known) in row_ids.iter_mut().zip(&ids) {
                *id = rest.id(known)?;
            }
            let row = Row::new(hash, kind, available, row_ids);
            let count = rest.number()?;
            if count == NOT_RECORDED {
                builder.push(row);
                continue;
            }
            let mut edges = Vec::new();
            for _ in 0..count {
                edges.push(RecordedEdge {
                    child: rest.hash()?,
                    types: EdgeTypes::from_bits(rest.byte()?),
                    name: rest.id(&edge_ids[EdgeColumn::Name as usize])?,
                    virtuals: rest.id(&edge_ids[EdgeColumn::Virtuals as usize])?,
                });
            }
            builder.push_with_edges(row, &edges);
        }
        if rest.0.is_empty() {
            Ok(builder.finish())
        } else {
            Err(NoCatalog)
        }
    }
}

fn put(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put_names<'t>(bytes: &mut Vec<u8>, names: impl ExactSizeIterator<Item = &'t str>) {
    put(bytes, names.len() as u32);
    for name in names {
        put(bytes, name.len() as u32);
        bytes.extend_from_slice(name.as_bytes());
    }
}

/// The bytes that remain to be read.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, len: usize) -> Result<&'b [u8], NoCatalog> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(NoCatalog)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, NoCatalog> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u32, NoCatalog> {
        let bytes = self.take(4)?.first_chunk().ok_or(NoCatalog)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn id(&mut self, known: &[u32]) -> Result<u32, NoCatalog> {
        let number = self.number()? as usize;
        known.get(number).copied().ok_or(NoCatalog)
    }

    fn hash(&mut self) -> Result<DagHash, NoCatalog> {
        let letters = self.take(HASH_LEN)?.first_chunk().ok_or(NoCatalog)?;
        DagHash::from_letters(letters).ok_or(NoCatalog)
    }

    /// Reads texts and returns the number that each gets.
    fn names(&mut self, mut number_of: impl FnMut(&str) -> u32) -> Result<Vec<u32>, NoCatalog> {
        let mut numbers = Vec::new();
        for _ in 0..self.number()? {
            let len = self.number()? as usize;
            let text = std::str::from_utf8(self.take(len)?).map_err(|_| NoCatalog)?;
            numbers.push(number_of(text));
        }
        Ok(numbers)
    }
}
