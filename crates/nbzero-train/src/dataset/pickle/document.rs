//! The dict that a pickle holds, and typed access to its entries.

use crate::dataset::pickle::Fault;
use crate::dataset::pickle::machine::Machine;
use crate::dataset::pickle::value::{Array, Object, Value};

/// A pickled dict. Entries that nobody asks for (`mean` of the official files) are not looked at.
#[derive(Debug)]
pub(in crate::dataset) struct Document<'a> {
    root: Value<'a>,
    objects: Vec<Object<'a>>,
}

impl<'a> Document<'a> {
    pub(in crate::dataset) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let (root, objects) = Machine::run(bytes)?;
        Ok(Self { root, objects })
    }

    /// The rows of a two-dimensional `uint8` array of `columns` columns, one after the other.
    pub(in crate::dataset) fn byte_rows(
        &self,
        key: &str,
        columns: usize,
    ) -> Result<Vec<u8>, String> {
        let Some(Object::Array(Some(array))) = self.object(self.entry(key)?) else {
            return Err(format!("its `{key}` is no array"));
        };
        let Some(Object::DType(b"u1")) = self.object(array.dtype) else {
            return Err(format!("its `{key}` is no array of uint8"));
        };
        let rows = self.rows(array, columns);
        let rows = rows.ok_or_else(|| format!("its `{key}` is not of N x {columns}"))?;
        let raw = match array.raw {
            Value::Bytes(bytes) => bytes.to_vec(),
            Value::Latin1(text) => latin1(text)
                .ok_or_else(|| format!("its `{key}` holds characters that are no bytes"))?,
            _ => return Err(format!("its `{key}` holds no bytes")),
        };
        if rows.checked_mul(columns) != Some(raw.len()) {
            let len = raw.len();
            return Err(format!(
                "its `{key}` of {rows} x {columns} holds {len} bytes"
            ));
        }
        Ok(if matches!(array.fortran, Value::Bool(true)) {
            (0..raw.len())
                .map(|i| raw[i % columns * rows + i / columns])
                .collect()
        } else {
            raw
        })
    }

    /// A list of integers.
    pub(in crate::dataset) fn integers(&self, key: &str) -> Result<Vec<i64>, String> {
        let Some(Object::List(list)) = self.object(self.entry(key)?) else {
            return Err(format!("its `{key}` is no list"));
        };
        let integer = |value: &Value<'_>| match *value {
            Value::Int(integer) => Some(integer),
            _ => None,
        };
        list.iter()
            .map(integer)
            .collect::<Option<_>>()
            .ok_or_else(|| format!("its `{key}` holds something else than integers"))
    }

    /// The last value set for `key`, as Python would have it.
    fn entry(&self, key: &str) -> Result<Value<'a>, String> {
        let Some(Object::Dict(dict)) = self.object(self.root) else {
            return Err("it is no dict".to_owned());
        };
        dict.iter()
            .rfind(|(name, _)| name.is(key))
            .map(|&(_, value)| value)
            .ok_or_else(|| format!("it has no entry `{key}`"))
    }

    /// The number of rows of an array of shape (rows, `columns`).
    fn rows(&self, array: &Array<'a>, columns: usize) -> Option<usize> {
        let Some(Object::Tuple(shape)) = self.object(array.shape) else {
            return None;
        };
        match *shape.as_slice() {
            [Value::Int(rows), Value::Int(width)] if usize::try_from(width) == Ok(columns) => {
                usize::try_from(rows).ok()
            }
            _ => None,
        }
    }

    fn object(&self, value: Value<'a>) -> Option<&Object<'a>> {
        match value {
            Value::Object(index) => self.objects.get(index),
            _ => None,
        }
    }
}

/// The bytes whose values are the code points of `text`.
fn latin1(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for point in text.chars() {
        bytes.push(u8::try_from(u32::from(point)).ok()?);
    }
    Some(bytes)
}
