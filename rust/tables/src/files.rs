//! Tables in files.

use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::fault::{TableFault, guarded};

/// How many rows are compressed together: what `DuckDB` takes, and what batches have.
pub(crate) const GROUP: usize = 122_880;

/// The file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFile {
    /// The snapshot; empty for what belongs to none.
    pub tag: String,
    /// Its file, from the folder of the catalog on.
    pub path: String,
}

/// How a column is written best.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Numbers that mostly ascend.
    Ascending(&'static str),
    /// Texts or numbers that are all different, to be looked for one by one.
    Distinct(&'static str),
}

/// Writes a file whose bytes depend on the rows alone, and makes sure that they are on the disk.
pub(crate) fn write(
    path: &Path,
    schema: &SchemaRef,
    shapes: &[Shape],
    batches: impl Iterator<Item = RecordBatch>,
) -> Result<u64, TableFault> {
    let file = File::create(path).map_err(|error| TableFault::io(path, error))?;
    let fault = |error| TableFault::io(path, std::io::Error::other(error));
    let properties = shapes
        .iter()
        .fold(properties(), |properties, shape| shaped(properties, *shape));
    let writer = ArrowWriter::try_new(file, SchemaRef::clone(schema), Some(properties.build()));
    let mut writer = writer.map_err(fault)?;
    let mut rows = 0;
    for batch in batches {
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(fault)?;
    }
    let file = writer.into_inner().map_err(fault)?;
    file.sync_all()
        .map_err(|error| TableFault::io(path, error))?;
    Ok(rows)
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by("specplan".to_owned())
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP))
}

fn shaped(properties: WriterPropertiesBuilder, shape: Shape) -> WriterPropertiesBuilder {
    let column = |name: &str| ColumnPath::from(name);
    match shape {
        Shape::Ascending(name) => properties
            .set_column_dictionary_enabled(column(name), false)
            .set_column_encoding(column(name), Encoding::DELTA_BINARY_PACKED),
        Shape::Distinct(name) => properties.set_column_dictionary_enabled(column(name), false),
    }
}

/// Reads a file, batch by batch.
pub(crate) fn read(
    path: &Path,
    mut take: impl FnMut(&RecordBatch) -> Result<(), String>,
) -> Result<(), TableFault> {
    let damaged = |fault: String| TableFault::damaged(path, fault);
    guarded(path, || {
        let file = File::open(path).map_err(|error| TableFault::io(path, error))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(GROUP / 8).build())
            .map_err(|error| damaged(error.to_string()))?;
        for batch in reader {
            let batch = batch.map_err(|error| damaged(error.to_string()))?;
            take(&batch).map_err(damaged)?;
        }
        Ok(())
    })
}
