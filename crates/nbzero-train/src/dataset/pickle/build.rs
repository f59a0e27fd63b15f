//! The instructions that fill objects, and those that in Python would call something.

use super::Fault;
use super::document::bytes_of;
use super::dtype::DType;
use super::machine::Machine;
use super::text::Text;
use super::value::{Array, Global, Object, Value};

impl<'a> Machine<'a> {
    /// APPEND and APPENDS: `items` onto the list on the stack.
    pub(super) fn append(&mut self, items: Vec<Value<'a>>) -> Result<(), Fault> {
        let target = self.pop()?;
        match self.object_mut(target) {
            Some(Object::List(list)) => list.extend(items),
            _ => return self.fault("items for something that is no list"),
        }
        self.push(target)
    }

    /// DICT: a dict of the pairs above the mark.
    pub(super) fn dict(&mut self, items: &[Value<'a>]) -> Result<(), Fault> {
        self.push_object(Object::Dict(Vec::new()))?;
        self.set_items(items)
    }

    /// SETITEM and SETITEMS: pairs of key and value into the dict on the stack.
    pub(super) fn set_items(&mut self, items: &[Value<'a>]) -> Result<(), Fault> {
        let target = self.pop()?;
        let (pairs, odd) = items.as_chunks();
        match self.object_mut(target) {
            Some(Object::Dict(dict)) if odd.is_empty() => {
                dict.extend(pairs.iter().map(|&[key, value]| (key, value)));
            }
            _ => return self.fault("pairs for something that is no dict, or half a pair"),
        }
        self.push(target)
    }

    /// REDUCE: the recognised functions, on the arguments they have in such files.
    pub(super) fn reduce(&mut self) -> Result<(), Fault> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let (Value::Global(function), Some(Object::Tuple(arguments))) =
            (function, self.object(arguments))
        else {
            return self.fault("a call of something that is no known function");
        };
        let made = match (function, arguments.as_slice()) {
            (Global::Reconstruct, [Value::Global(Global::NdArray), ..]) => Object::Array(None),
            (Global::FromBuffer, &[raw, dtype, shape, Value::Text(order)]) if order.is("C") => {
                array(shape, dtype, false, raw)
            }
            (Global::FromBuffer, &[raw, dtype, shape, Value::Text(order)]) if order.is("F") => {
                array(shape, dtype, true, raw)
            }
            (Global::DType, &[Value::Text(code), ..]) => Object::DType(DType {
                code,
                big_endian: false,
            }),
            (Global::Scalar, &[dtype, raw]) => {
                let Some(value) = self.scalar(dtype, raw) else {
                    return self.fault("a NumPy number without its type or bytes");
                };
                return self.push(value);
            }
            (Global::Encode, &[Value::Text(text), codec]) if codec.is("latin1") => {
                return self.push(Value::Encoded(text));
            }
            // How Python 3 writes no bytes at all for Python 2.
            (Global::Bytes, []) => return self.push(Value::Text(Text::Bytes(&[]))),
            _ => return self.fault(format!("a call of {function} with unexpected arguments")),
        };
        self.push_object(made)
    }

    /// A `NumPy` scalar. What is no integer is kept as something that is no label.
    fn scalar(&self, dtype: Value<'a>, raw: Value<'a>) -> Option<Value<'a>> {
        let Some(Object::DType(dtype)) = self.object(dtype) else {
            return None;
        };
        let raw = bytes_of(raw)?;
        Some(dtype.scalar(&raw).map_or(Value::Float, Value::Int))
    }

    /// BUILD: the state of an array, or of an element type: of that the order of bytes alone.
    pub(super) fn build(&mut self) -> Result<(), Fault> {
        let state = self.pop()?;
        let target = self.pop()?;
        let Some(Object::Tuple(state)) = self.object(state) else {
            return self.fault("a state that is no tuple");
        };
        let array = match *state.as_slice() {
            [_version, shape, dtype, fortran, raw] => {
                let fortran = matches!(fortran, Value::Bool(true) | Value::Int(1));
                Some(array(shape, dtype, fortran, raw))
            }
            _ => None,
        };
        let order = state.get(1).copied();
        match (self.object_mut(target), array) {
            (Some(slot @ Object::Array(None)), Some(array)) => *slot = array,
            (Some(Object::DType(dtype)), _) => {
                dtype.big_endian = order.is_some_and(|order| order.is(">"));
            }
            _ => return self.fault("a state that is neither an array's nor an element type's"),
        }
        self.push(target)
    }

    fn object(&self, value: Value<'a>) -> Option<&Object<'a>> {
        match value {
            Value::Object(index) => self.objects.get(index),
            _ => None,
        }
    }

    fn object_mut(&mut self, value: Value<'a>) -> Option<&mut Object<'a>> {
        match value {
            Value::Object(index) => self.objects.get_mut(index),
            _ => None,
        }
    }
}

fn array<'a>(shape: Value<'a>, dtype: Value<'a>, fortran: bool, raw: Value<'a>) -> Object<'a> {
    Object::Array(Some(Array {
        shape,
        dtype,
        fortran,
        raw,
    }))
}
