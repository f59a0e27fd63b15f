//! The instructions that fill objects, and those that in Python would call something.

use crate::dataset::pickle::Fault;
use crate::dataset::pickle::machine::Machine;
use crate::dataset::pickle::value::{Array, Global, Object, Value};

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
        match (function, arguments.as_slice()) {
            (Global::Reconstruct, [Value::Global(Global::NdArray), ..]) => {
                self.push_object(Object::Array(None))
            }
            (Global::DType, [code, ..]) if code.name().is_some() => {
                let code = code.name().unwrap_or_default();
                self.push_object(Object::DType(code))
            }
            (Global::Encode, [Value::Text(text), codec]) if codec.is("latin1") => {
                let text = Value::Latin1(text);
                self.push(text)
            }
            _ => self.fault(format!("a call of {function} with unexpected arguments")),
        }
    }

    /// BUILD: the state of an array, or of an element type (which adds nothing for bytes).
    pub(super) fn build(&mut self) -> Result<(), Fault> {
        let state = self.pop()?;
        let target = self.pop()?;
        let Some(Object::Tuple(state)) = self.object(state) else {
            return self.fault("a state that is no tuple");
        };
        let array = match *state.as_slice() {
            [_version, shape, dtype, fortran, raw] => Some(Array {
                shape,
                dtype,
                fortran,
                raw,
            }),
            _ => None,
        };
        match (self.object_mut(target), array) {
            (Some(Object::Array(slot)), Some(array)) => *slot = Some(array),
            (Some(Object::DType(_)), _) => {}
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
