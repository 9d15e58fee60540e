//! Tables to files.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, SchemaRef};
use parquet::basic::{
    Compression, ConvertedType, Encoding, LogicalType, Repetition, Type as Physical,
};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::fault::TableFault;

/// The number of rows that are compressed together: that of `DuckDB`, and of batches.
pub(crate) const GROUP: usize = 122_880;

/// The best encoding of a column.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Numbers that mostly ascend.
    Ascending(&'static str),
    /// Distinct texts or numbers, looked up one by one.
    Distinct(&'static str),
}

/// Writes a file whose bytes depend only on the rows, and makes sure that they are on the disk.
pub(crate) fn write(
    path: &Path,
    schema: &SchemaRef,
    shapes: &[Shape],
    batches: impl Iterator<Item = RecordBatch>,
) -> Result<u64, TableFault> {
    let file = File::create(path).map_err(|error| TableFault::io(path, error))?;
    let fault = |error| TableFault::io(path, std::io::Error::other(error));
    let (file, rows) = write_rows(file, schema, shapes, batches).map_err(fault)?;
    file.sync_all()
        .map_err(|error| TableFault::io(path, error))?;
    Ok(rows)
}

fn write_rows(
    file: File,
    schema: &SchemaRef,
    shapes: &[Shape],
    batches: impl Iterator<Item = RecordBatch>,
) -> Result<(File, u64), ParquetError> {
    let properties = shapes
        .iter()
        .fold(properties(), |properties, shape| shaped(properties, *shape));
    let columns = message(schema)?;
    let mut writer = SerializedFileWriter::new(file, columns, Arc::new(properties.build()))?;
    let mut rows = 0;
    for batch in batches {
        rows += batch.num_rows() as u64;
        for start in (0..batch.num_rows()).step_by(GROUP) {
            let part = batch.slice(start, GROUP.min(batch.num_rows() - start));
            let mut group = writer.next_row_group()?;
            for (field, array) in schema.fields().iter().zip(part.columns()) {
                write_column(&mut group, field, array)?;
            }
            group.close()?;
        }
    }
    Ok((writer.into_inner()?, rows))
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

/// The columns of a file for those of a table.
fn message(schema: &SchemaRef) -> Result<TypePtr, ParquetError> {
    let columns: Result<Vec<TypePtr>, _> =
        schema.fields().iter().map(|each| column(each)).collect();
    let message = Type::group_type_builder("schema").with_fields(columns?);
    Ok(Arc::new(message.build()?))
}

fn column(field: &Field) -> Result<TypePtr, ParquetError> {
    let repetition = if field.is_nullable() {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    };
    let text = |name, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_repetition(repetition)
            .build()
    };
    let plain = |physical, logical| {
        Type::primitive_type_builder(field.name(), physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
    };
    let unsigned = |bits| Some(LogicalType::integer(bits, false));
    let column = match field.data_type() {
        DataType::Utf8 => text(field.name(), repetition),
        DataType::UInt32 => plain(Physical::INT32, unsigned(32)),
        DataType::UInt8 => plain(Physical::INT32, unsigned(8)),
        DataType::Int64 => plain(Physical::INT64, None),
        DataType::Float64 => plain(Physical::DOUBLE, None),
        DataType::Boolean => plain(Physical::BOOLEAN, None),
        DataType::List(_) => {
            let element = Arc::new(text("element", Repetition::OPTIONAL)?);
            let list = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![element])
                .build()?;
            Type::group_type_builder(field.name())
                .with_logical_type(Some(LogicalType::List))
                .with_converted_type(ConvertedType::LIST)
                .with_repetition(repetition)
                .with_fields(vec![Arc::new(list)])
                .build()
        }
        other => return Err(unwritten(other)),
    };
    Ok(Arc::new(column?))
}

fn unwritten(of: &DataType) -> ParquetError {
    ParquetError::NYI(format!("cannot write columns of the type {of}"))
}

/// Writes the rows of one column in a group.
fn write_column(
    group: &mut SerializedRowGroupWriter<'_, File>,
    field: &Field,
    array: &ArrayRef,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there are too many columns".into()));
    };
    let levels = field.is_nullable().then(|| levels(array));
    let levels = levels.as_deref();
    match (column.untyped(), array.data_type()) {
        (ColumnWriter::ByteArrayColumnWriter(to), DataType::Utf8) => {
            to.write_batch(&texts(array.as_string()), levels, None)
        }
        (ColumnWriter::Int32ColumnWriter(to), DataType::UInt32) => {
            let numbers = array.as_primitive::<UInt32Type>().iter().flatten();
            to.write_batch(
                &numbers.map(u32::cast_signed).collect::<Vec<_>>(),
                levels,
                None,
            )
        }
        (ColumnWriter::Int32ColumnWriter(to), DataType::UInt8) => {
            let numbers = array.as_primitive::<UInt8Type>().iter().flatten();
            to.write_batch(&numbers.map(i32::from).collect::<Vec<_>>(), levels, None)
        }
        (ColumnWriter::Int64ColumnWriter(to), DataType::Int64) => {
            let numbers = array.as_primitive::<Int64Type>().iter().flatten();
            to.write_batch(&numbers.collect::<Vec<_>>(), levels, None)
        }
        (ColumnWriter::DoubleColumnWriter(to), DataType::Float64) => {
            let numbers = array.as_primitive::<Float64Type>().iter().flatten();
            to.write_batch(&numbers.collect::<Vec<_>>(), levels, None)
        }
        (ColumnWriter::BoolColumnWriter(to), DataType::Boolean) => {
            let flags = array.as_boolean().iter().flatten();
            to.write_batch(&flags.collect::<Vec<_>>(), levels, None)
        }
        (ColumnWriter::ByteArrayColumnWriter(to), DataType::List(_)) => {
            let lists = array.as_list::<i32>();
            let (definitions, repetitions) = list_levels(lists, field.is_nullable());
            let ends = lists.value_offsets();
            let (start, end) = (place(ends[0]), place(ends[lists.len()]));
            let parts = lists.values().slice(start, end - start);
            to.write_batch(
                &texts(parts.as_string()),
                Some(&definitions),
                Some(&repetitions),
            )
        }
        (_, other) => Err(unwritten(other)),
    }?;
    column.close()
}

/// The definition levels of a column: whether each row has a value.
fn levels(array: &ArrayRef) -> Vec<i16> {
    let rows = 0..array.len();
    rows.map(|row| i16::from(array.is_valid(row))).collect()
}

/// The definition and repetition levels of a column of lists without nulls.
fn list_levels(lists: &ListArray, is_nullable: bool) -> (Vec<i16>, Vec<i16>) {
    let empty = i16::from(is_nullable);
    let (mut definitions, mut repetitions) = (Vec::new(), Vec::new());
    for row in 0..lists.len() {
        let length = lists.value_length(row);
        definitions.extend((0..length).map(|_| empty + 2));
        repetitions.extend((0..length).map(|at| i16::from(at > 0)));
        if length == 0 {
            definitions.push(empty);
            repetitions.push(0);
        }
    }
    (definitions, repetitions)
}

/// The texts that are not null, all in one buffer.
fn texts(array: &StringArray) -> Vec<ByteArray> {
    let ends = array.value_offsets();
    let start = place(ends[0]);
    let all = &array.value_data()[start..place(ends[array.len()])];
    let all = ByteArray::from(all.to_vec());
    let there = (0..array.len()).filter(|&row| array.is_valid(row));
    there
        .map(|row| all.slice(place(ends[row]) - start, place(array.value_length(row))))
        .collect()
}

/// An offset of an array, which is never negative.
fn place(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or_default()
}
