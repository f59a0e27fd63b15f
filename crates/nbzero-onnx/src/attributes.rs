//! A node with its attributes, read by name and type.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::Unsupported;
use crate::proto::{AttributeProto, NodeProto, TensorProto};

/// Types of attributes that are read, by the format's numbers.
const FLOAT: i32 = 1;
const INT: i32 = 2;
const STRING: i32 = 3;
const TENSOR: i32 = 4;
const FLOATS: i32 = 6;
const INTS: i32 = 7;

/// A node. It notes which attributes were read, so that none is passed over in silence.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    proto: &'a NodeProto,
    read: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Node<'a> {
    pub(crate) fn new(proto: &'a NodeProto) -> Self {
        Self {
            proto,
            read: RefCell::default(),
        }
    }

    /// The operator, with the domain of a foreign one.
    pub(crate) fn operator(&self) -> String {
        match self.proto.domain.as_str() {
            "" | "ai.onnx" => self.proto.op_type.clone(),
            domain => format!("{domain}.{}", self.proto.op_type),
        }
    }

    /// Its name, or that of its first value.
    pub(crate) fn name(&self) -> &'a str {
        match self.proto.name.as_str() {
            "" => self.proto.output.first().map_or("", String::as_str),
            name => name,
        }
    }

    /// Names of the values that it takes; those left out are empty.
    pub(crate) fn inputs(&self) -> &'a [String] {
        &self.proto.input
    }

    /// Names of its values.
    pub(crate) fn outputs(&self) -> &'a [String] {
        &self.proto.output
    }

    /// The node as one that is not supported for this reason.
    pub(crate) fn refuse(&self, what: impl Into<String>) -> Unsupported {
        Unsupported {
            node: self.name().to_owned(),
            operator: self.operator(),
            what: what.into(),
        }
    }

    /// Refuses attributes that no one has read.
    pub(crate) fn all_read(&self) -> Result<(), Unsupported> {
        let read = self.read.borrow();
        let mut attributes = self.proto.attribute.iter();
        match attributes.find(|attribute| !read.contains(attribute.name.as_str())) {
            None => Ok(()),
            Some(attribute) => Err(self.refuse(format!("attribute `{}`", attribute.name))),
        }
    }

    /// Marks attributes that change nothing here as read.
    pub(crate) fn ignore(&self, names: &[&'static str]) {
        self.read.borrow_mut().extend(names);
    }

    pub(crate) fn int(&self, name: &'static str) -> Result<Option<i64>, Unsupported> {
        Ok(self.find(name, INT)?.map(|attribute| attribute.i))
    }

    /// A whole number that is 0 or 1.
    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, Unsupported> {
        Ok(self.int(name)?.map_or(default, |number| number != 0))
    }

    pub(crate) fn float(&self, name: &'static str) -> Result<Option<f32>, Unsupported> {
        Ok(self.find(name, FLOAT)?.map(|attribute| attribute.f))
    }

    pub(crate) fn ints(&self, name: &'static str) -> Result<Option<&'a [i64]>, Unsupported> {
        Ok(self.find(name, INTS)?.map(|a| a.ints.as_slice()))
    }

    pub(crate) fn floats(&self, name: &'static str) -> Result<Option<&'a [f32]>, Unsupported> {
        Ok(self.find(name, FLOATS)?.map(|a| a.floats.as_slice()))
    }

    pub(crate) fn tensor(
        &self,
        name: &'static str,
    ) -> Result<Option<&'a TensorProto>, Unsupported> {
        Ok(self.find(name, TENSOR)?.and_then(|a| a.t.as_ref()))
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&'a str>, Unsupported> {
        let Some(attribute) = self.find(name, STRING)? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&attribute.s);
        let text = text.map_err(|_| self.refuse(format!("attribute `{name}` is no text")))?;
        Ok(Some(text))
    }

    /// Refuses a text that is not among those known.
    pub(crate) fn one_of(
        &self,
        name: &'static str,
        known: &[&str],
        default: &'static str,
    ) -> Result<&'a str, Unsupported> {
        let found = self.text(name)?.unwrap_or(default);
        if known.contains(&found) {
            return Ok(found);
        }
        Err(self.refuse(format!("attribute `{name}` is `{found}`")))
    }

    fn find(
        &self,
        name: &'static str,
        kind: i32,
    ) -> Result<Option<&'a AttributeProto>, Unsupported> {
        self.read.borrow_mut().insert(name);
        match self.proto.attribute.iter().find(|a| a.name == name) {
            // Files of version 1 of the format do not say the type.
            Some(found) if found.r#type == kind || found.r#type == 0 => Ok(Some(found)),
            Some(found) => Err(self.refuse(format!(
                "attribute `{name}` is of type {} of the format",
                found.r#type
            ))),
            None => Ok(None),
        }
    }
}
