//! A table in memory, for consumers of Arrow.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use crate::columns::list_type;

/// The values of a column; `None` for null.
#[derive(Clone, Debug)]
pub enum Values {
    /// Texts.
    Texts(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Booleans.
    Flags(Vec<Option<bool>>),
    /// Lists of texts.
    Lists(Vec<Vec<String>>),
}

impl Values {
    fn array(self) -> (DataType, ArrayRef) {
        match self {
            Self::Texts(texts) => (DataType::Utf8, Arc::new(StringArray::from(texts))),
            Self::Whole(whole) => (DataType::Int64, Arc::new(Int64Array::from(whole))),
            Self::Numbers(numbers) => (DataType::Float64, Arc::new(Float64Array::from(numbers))),
            Self::Flags(flags) => (DataType::Boolean, Arc::new(BooleanArray::from(flags))),
            Self::Lists(rows) => {
                let mut lists = ListBuilder::new(StringBuilder::new());
                for texts in rows {
                    lists.append_value(texts.into_iter().map(Some));
                }
                (list_type(), Arc::new(lists.finish()))
            }
        }
    }
}

/// Named columns of equal length, in batches.
#[derive(Clone, Debug)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// Makes a table of columns.
    ///
    /// # Errors
    ///
    /// If they are not equally long.
    pub fn of_columns(columns: Vec<(String, Values)>) -> Result<Self, ArrowError> {
        let mut fields = Vec::with_capacity(columns.len());
        let mut arrays = Vec::with_capacity(columns.len());
        for (name, values) in columns {
            let (of, array) = values.array();
            fields.push(Field::new(name, of, true));
            arrays.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
        Ok(Self::new(schema, vec![batch]))
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        let fields = self.schema.fields().iter();
        fields.map(|field| field.name().as_str()).collect()
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The rows as a stream of the C interface; they are shared, not copied.
    pub fn stream(&self) -> FFI_ArrowArrayStream {
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        FFI_ArrowArrayStream::new(Box::new(reader))
    }
}
