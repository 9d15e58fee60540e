//! Columns of tables as arrays, both ways.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, ListArray, RecordBatch, StringArray, UInt8Array, UInt32Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

/// A column of texts, of which the empty one is none.
pub(crate) fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> ArrayRef {
    let some = texts.map(|text| (!text.is_empty()).then_some(text));
    Arc::new(some.collect::<StringArray>())
}

/// A column of lists: the parts of texts between the separators; the empty text has none.
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

/// A column of yes and no.
pub(crate) fn flags(flags: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(flags.map(Some).collect::<BooleanArray>())
}

/// A column of yes, no and neither.
pub(crate) fn perhaps(flags: impl Iterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(flags.collect::<BooleanArray>())
}

/// The type of a list of texts.
pub(crate) fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}

/// Columns by name, type, and whether they may hold nothing.
pub(crate) fn schema(fields: &[(&str, DataType, bool)]) -> SchemaRef {
    let fields = fields.iter();
    let fields = fields.map(|(name, of, may_lack)| Field::new(*name, of.clone(), *may_lack));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A column of a table, found by its name and of the type that it must have.
pub(crate) struct Found<'b>(pub(crate) &'b ArrayRef);

/// Finds a column.
pub(crate) fn find<'b>(batch: &'b RecordBatch, name: &str) -> Result<Found<'b>, String> {
    let column = batch.column_by_name(name);
    let column = column.ok_or_else(|| format!("the column `{name}` is missing"))?;
    Ok(Found(column))
}

impl<'b> Found<'b> {
    fn wrong(&self, wanted: &str) -> String {
        format!("a column of {wanted} has the type {}", self.0.data_type())
    }

    /// As texts.
    pub(crate) fn texts(&self) -> Result<&'b StringArray, String> {
        self.0
            .as_string_opt::<i32>()
            .ok_or_else(|| self.wrong("texts"))
    }

    /// As numbers.
    pub(crate) fn numbers(&self) -> Result<&'b UInt32Array, String> {
        let numbers = self.0.as_any().downcast_ref::<UInt32Array>();
        numbers.ok_or_else(|| self.wrong("numbers"))
    }

    /// As small numbers.
    pub(crate) fn bytes(&self) -> Result<&'b UInt8Array, String> {
        let bytes = self.0.as_any().downcast_ref::<UInt8Array>();
        bytes.ok_or_else(|| self.wrong("small numbers"))
    }

    /// As yes and no.
    pub(crate) fn flags(&self) -> Result<&'b BooleanArray, String> {
        let flags = self.0.as_boolean_opt();
        flags.ok_or_else(|| self.wrong("yes and no"))
    }

    /// As lists of texts.
    pub(crate) fn lists(&self) -> Result<Lists<'b>, String> {
        let lists = self.0.as_list_opt::<i32>();
        let lists = lists.ok_or_else(|| self.wrong("lists"))?;
        let values = lists.values().as_string_opt::<i32>();
        let values = values.ok_or_else(|| self.wrong("lists of texts"))?;
        Ok(Lists { lists, values })
    }
}

/// A column of lists of texts.
pub(crate) struct Lists<'b> {
    lists: &'b ListArray,
    values: &'b StringArray,
}

impl Lists<'_> {
    /// Joins the texts of a row.
    pub(crate) fn join(&self, row: usize, separator: char, into: &mut String) {
        into.clear();
        let offsets = self.lists.value_offsets();
        for (at, value) in (offsets[row]..offsets[row + 1]).enumerate() {
            if at > 0 {
                into.push(separator);
            }
            into.push_str(
                self.values
                    .value(usize::try_from(value).unwrap_or_default()),
            );
        }
    }
}

/// The text of a row; nothing is the empty text.
pub(crate) fn text(texts: &StringArray, row: usize) -> &str {
    if texts.is_null(row) {
        ""
    } else {
        texts.value(row)
    }
}
