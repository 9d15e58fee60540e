//! Thrift's [compact protocol], in which a file of tables describes its content.
//!
//! The values read here are unproven claims, and no memory is allocated for them in advance: a list
//! grows with the bytes of the file.
//!
//! [compact protocol]: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

use crate::front::{byte, taken, varint, zigzag};

/// The maximum nesting of structures and lists; a footer has six.
const DEEPEST: usize = 16;

/// A value.
#[derive(Debug)]
pub(crate) enum Value<'b> {
    /// A number, or a boolean (1 or 0).
    Number(i64),
    /// A text, or any bytes.
    Bytes(&'b [u8]),
    /// A list or a set.
    List(Vec<Self>),
    /// A structure.
    Fields(Fields<'b>),
}

/// The fields of a structure, each with its number.
#[derive(Debug, Default)]
pub(crate) struct Fields<'b>(Vec<(i16, Value<'b>)>);

impl<'b> Fields<'b> {
    /// Reads a structure at the front.
    pub(crate) fn take(bytes: &mut &'b [u8]) -> Result<Self, String> {
        fields(bytes, DEEPEST)
    }

    /// The value of a field, if present.
    pub(crate) fn get(&self, field: i16) -> Option<&Value<'b>> {
        let found = self.0.iter().find(|(number, _)| *number == field);
        found.map(|(_, value)| value)
    }

    /// The number in a field, if present.
    pub(crate) fn maybe_number(&self, field: i16) -> Result<Option<i64>, String> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(*number)),
            Some(_) => Err(format!("field {field} is not a number")),
        }
    }

    /// The number in a field.
    pub(crate) fn number(&self, field: i16) -> Result<i64, String> {
        let number = self.maybe_number(field)?;
        number.ok_or_else(|| format!("field {field} is missing"))
    }

    /// The count in a field.
    pub(crate) fn count(&self, field: i16) -> Result<usize, String> {
        let number = self.number(field)?;
        usize::try_from(number).map_err(|_| format!("field {field} is {number}"))
    }

    /// The bytes in a field.
    pub(crate) fn bytes(&self, field: i16) -> Result<&'b [u8], String> {
        match self.get(field) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(_) => Err(format!("field {field} is not a text")),
            None => Err(format!("field {field} is missing")),
        }
    }

    /// The structure in a field.
    pub(crate) fn fields(&self, field: i16) -> Result<&Self, String> {
        match self.get(field) {
            Some(Value::Fields(fields)) => Ok(fields),
            Some(_) => Err(format!("field {field} is not a structure")),
            None => Err(format!("field {field} is missing")),
        }
    }

    /// The structures in a list field.
    pub(crate) fn list(&self, field: i16) -> Result<Vec<&Self>, String> {
        let Some(Value::List(list)) = self.get(field) else {
            return Err(format!("field {field} is not a list"));
        };
        let each = list.iter().map(|value| match value {
            Value::Fields(fields) => Ok(fields),
            _ => Err(format!("field {field} is not a list of structures")),
        });
        each.collect()
    }
}

fn fields<'b>(bytes: &mut &'b [u8], deepest: usize) -> Result<Fields<'b>, String> {
    let deepest = deepest.checked_sub(1).ok_or("it is nested too deeply")?;
    let mut fields = Fields::default();
    let mut number = 0_i16;
    loop {
        let head = byte(bytes)?;
        if head == 0 {
            return Ok(fields);
        }
        number = match i16::from(head >> 4) {
            0 => i16::try_from(zigzag(bytes)?).ok(),
            more => number.checked_add(more),
        }
        .ok_or("the number of a field is out of range")?;
        let value = match head & 0xf {
            1 => Value::Number(1),
            2 => Value::Number(0),
            kind => value(bytes, kind, deepest)?,
        };
        fields.0.push((number, value));
    }
}

fn value<'b>(bytes: &mut &'b [u8], kind: u8, deepest: usize) -> Result<Value<'b>, String> {
    match kind {
        // In a list, booleans take a byte each.
        1..=3 => Ok(Value::Number(i64::from(byte(bytes)?.cast_signed()))),
        4..=6 => Ok(Value::Number(zigzag(bytes)?)),
        7 => Ok(Value::Bytes(taken(bytes, 8)?)),
        8 => {
            let length = usize::try_from(varint(bytes)?).unwrap_or(usize::MAX);
            Ok(Value::Bytes(taken(bytes, length)?))
        }
        9 | 10 => Ok(Value::List(list(bytes, deepest)?)),
        12 => Ok(Value::Fields(fields(bytes, deepest)?)),
        other => Err(format!("unsupported kind of value {other}")),
    }
}

fn list<'b>(bytes: &mut &'b [u8], deepest: usize) -> Result<Vec<Value<'b>>, String> {
    let deepest = deepest.checked_sub(1).ok_or("it is nested too deeply")?;
    let head = byte(bytes)?;
    let count = match head >> 4 {
        15 => varint(bytes)?,
        few => u64::from(few),
    };
    // Each takes at least one byte.
    if count > bytes.len() as u64 {
        let there = bytes.len();
        return Err(format!("a list claims {count} elements in {there} bytes"));
    }
    let mut list = Vec::new();
    for _ in 0..count {
        list.push(value(bytes, head & 0xf, deepest)?);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_structure_is_read_by_the_numbers_of_its_fields() {
        // 1: 300, 3: yes, 20: "ab", 21: [1, 2], 22: {1: -1}
        let bytes = [
            0x15, 0xd8, 0x04, 0x21, 0x08, 0x28, 2, b'a', b'b', 0x19, 0x25, 2, 4, 0x1c, 0x15, 1, 0,
            0,
        ];
        let mut rest = &bytes[..];
        let fields = Fields::take(&mut rest).unwrap();
        assert_eq!((fields.number(1), fields.number(3)), (Ok(300), Ok(1)));
        assert_eq!(fields.bytes(20), Ok(&b"ab"[..]));
        assert!(matches!(fields.get(21), Some(Value::List(list)) if list.len() == 2));
        assert_eq!(fields.fields(22).unwrap().number(1), Ok(-1));
        assert!(rest.is_empty());
    }

    #[test]
    fn what_is_nested_without_end_or_longer_than_its_bytes_is_refused() {
        let deep = vec![0x1c; 100_000];
        let long = [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        let wide = [
            0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0,
        ];
        for (bytes, fault) in [
            (&deep[..], "it is nested too deeply"),
            (&long, "a list claims 2147483647 elements in 1 bytes"),
            (&wide, "a number is too long"),
            (&[0x18, 5, 0], "it is truncated"),
        ] {
            assert_eq!(Fields::take(&mut &*bytes).unwrap_err(), fault);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Fields::take(&mut &bytes[..]);
        }
    }
}
