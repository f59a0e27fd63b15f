//! The dict that a pickle holds, and typed access to its entries.

use std::borrow::Cow;

use super::Fault;
use super::machine::Machine;
use super::value::{Array, Object, Value};

/// Most entries that a message names, and most of a name.
const SHOWN: (usize, usize) = (8, 40);

/// A pickled dict. Entries that nobody asks for (`mean`, `filenames`) are not looked at.
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
        match self.object(array.dtype) {
            Some(Object::DType(dtype)) if dtype.is_byte() => {}
            Some(Object::DType(dtype)) => {
                let found = dtype.shown();
                return Err(format!(
                    "its `{key}` is an array of {found}, not of u1 (uint8)"
                ));
            }
            _ => return Err(format!("its `{key}` is no array of uint8")),
        }
        let rows = self.rows(array, columns);
        let rows = rows.ok_or_else(|| format!("its `{key}` is not of N x {columns}"))?;
        let raw = bytes_of(array.raw).ok_or_else(|| format!("its `{key}` holds no bytes"))?;
        if rows.checked_mul(columns) != Some(raw.len()) {
            let len = raw.len();
            return Err(format!(
                "its `{key}` of {rows} x {columns} holds {len} bytes"
            ));
        }
        Ok(if array.fortran {
            (0..raw.len())
                .map(|i| raw[i % columns * rows + i / columns])
                .collect()
        } else {
            raw.into_owned()
        })
    }

    /// A list, tuple or one-dimensional array of integers.
    pub(in crate::dataset) fn integers(&self, key: &str) -> Result<Vec<i64>, String> {
        let integer = |value: &Value<'_>| match *value {
            Value::Int(integer) => Some(integer),
            _ => None,
        };
        let integers = match self.object(self.entry(key)?) {
            Some(Object::List(items) | Object::Tuple(items)) => {
                items.iter().map(integer).collect::<Option<_>>()
            }
            Some(Object::Array(Some(array))) => self.integers_of(array),
            _ => return Err(format!("its `{key}` is no list, tuple or array")),
        };
        integers.ok_or_else(|| format!("its `{key}` holds something else than integers"))
    }

    fn integers_of(&self, array: &Array<'a>) -> Option<Vec<i64>> {
        let (Some(Object::DType(dtype)), Some(Object::Tuple(shape))) =
            (self.object(array.dtype), self.object(array.shape))
        else {
            return None;
        };
        let (&[Value::Int(len)] | &[Value::Int(len), Value::Int(1)]) = shape.as_slice() else {
            return None;
        };
        let integers = dtype.integers(&bytes_of(array.raw)?)?;
        (usize::try_from(len) == Ok(integers.len())).then_some(integers)
    }

    /// The last value set for `key`, as Python would have it.
    fn entry(&self, key: &str) -> Result<Value<'a>, String> {
        let Some(Object::Dict(dict)) = self.object(self.root) else {
            return Err("it is no dict".to_owned());
        };
        let found = dict.iter().rfind(|(name, _)| name.is(key));
        found.map(|&(_, value)| value).ok_or_else(|| {
            let (most, long) = SHOWN;
            let names = dict.iter().filter_map(|(name, _)| match name {
                Value::Text(text) | Value::Encoded(text) => Some(format!("`{}`", text.shown(long))),
                _ => None,
            });
            match names.take(most).collect::<Vec<_>>().join(", ") {
                none if none.is_empty() => format!("it has no entry `{key}`"),
                names => format!("it has no entry `{key}`, but {names}"),
            }
        })
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

/// The bytes of a byte string, of any version of Python.
pub(super) fn bytes_of(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::Text(text) => text.bytes(),
        Value::Encoded(text) => text.latin1().map(Cow::Owned),
        _ => None,
    }
}
