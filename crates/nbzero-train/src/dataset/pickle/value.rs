//! What a pickle's stack machine works on.

use std::fmt;

/// A value on the stack or in a compound object; small and copied freely.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float,
    /// A Unicode string.
    Text(&'a str),
    /// A byte string, of Python 2 or 3.
    Bytes(&'a [u8]),
    /// Bytes written as the string of the same code points.
    Latin1(&'a str),
    Global(Global),
    /// An index into the arena.
    Object(usize),
}

impl<'a> Value<'a> {
    /// The bytes of a text or byte string: names are either, depending on the Python version.
    pub(super) fn name(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether it is the name `name`.
    pub(super) fn is(self, name: &str) -> bool {
        self.name() == Some(name.as_bytes())
    }
}

/// The functions and classes that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    Reconstruct,
    NdArray,
    DType,
    Encode,
}

impl Global {
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                Some(Self::Reconstruct)
            }
            ("numpy", "ndarray") => Some(Self::NdArray),
            ("numpy", "dtype") => Some(Self::DType),
            ("_codecs", "encode") => Some(Self::Encode),
            _ => None,
        }
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reconstruct => "numpy.core.multiarray._reconstruct",
            Self::NdArray => "numpy.ndarray",
            Self::DType => "numpy.dtype",
            Self::Encode => "_codecs.encode",
        })
    }
}

/// A compound object.
#[derive(Debug)]
pub(super) enum Object<'a> {
    Tuple(Vec<Value<'a>>),
    List(Vec<Value<'a>>),
    Dict(Vec<(Value<'a>, Value<'a>)>),
    /// An element type by its code, such as `u1`.
    DType(&'a [u8]),
    /// An array; `None` until its state is set.
    Array(Option<Array<'a>>),
}

/// An array's state, as written: looked at only when asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Array<'a> {
    pub(super) shape: Value<'a>,
    pub(super) dtype: Value<'a>,
    /// True if columns lie together, not rows.
    pub(super) fortran: Value<'a>,
    pub(super) raw: Value<'a>,
}
