//! Columns of tables as arrays.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, StringArray, UInt8Array, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

/// A column of texts; the empty text is null.
pub(crate) fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> ArrayRef {
    let some = texts.map(|text| (!text.is_empty()).then_some(text));
    Arc::new(some.collect::<StringArray>())
}

/// A column of lists: the parts of texts between the separators; the empty text is an empty list.
pub(crate) fn lists<'t>(texts: impl Iterator<Item = &'t str>, separator: char) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for text in texts {
        if !text.is_empty() {
            for part in text.split(separator) {
                lists.values().append_value(part);
            }
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}

/// A column of numbers.
pub(crate) fn numbers(numbers: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(numbers))
}

/// A column of small numbers.
pub(crate) fn bytes(bytes: impl Iterator<Item = u8>) -> ArrayRef {
    Arc::new(UInt8Array::from_iter_values(bytes))
}

/// A column of booleans.
pub(crate) fn flags(flags: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(flags.map(Some).collect::<BooleanArray>())
}

/// A column of booleans and nulls.
pub(crate) fn perhaps(flags: impl Iterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(flags.collect::<BooleanArray>())
}

/// The type of a list of texts.
pub(crate) fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

/// Columns by name, type, and whether they may contain nulls.
pub(crate) fn schema(fields: &[(&str, DataType, bool)]) -> SchemaRef {
    let fields = fields.iter();
    let fields = fields.map(|(name, of, may_lack)| Field::new(*name, of.clone(), *may_lack));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
