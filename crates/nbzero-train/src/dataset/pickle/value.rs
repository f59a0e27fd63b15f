//! What a pickle's stack machine works on.

use std::fmt;

use super::dtype::DType;
use super::text::Text;

/// A value on the stack or in a compound object; small and copied freely.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float,
    /// A string, of text or of bytes.
    Text(Text<'a>),
    /// Bytes written as the text of the same code points.
    Encoded(Text<'a>),
    Global(Global),
    /// An index into the arena.
    Object(usize),
}

impl Value<'_> {
    /// Whether it is the name `name`, as text or as bytes.
    pub(super) fn is(self, name: &str) -> bool {
        match self {
            Self::Text(text) | Self::Encoded(text) => text.is(name),
            _ => false,
        }
    }
}

/// The functions and classes that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    Reconstruct,
    FromBuffer,
    Scalar,
    NdArray,
    DType,
    Encode,
    Bytes,
}

impl Global {
    const ALL: [Self; 7] = [
        Self::Reconstruct,
        Self::FromBuffer,
        Self::Scalar,
        Self::NdArray,
        Self::DType,
        Self::Encode,
        Self::Bytes,
    ];

    /// Module and name, those of Python 3 and of `NumPy` before version 2.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Reconstruct => ("numpy.core.multiarray", "_reconstruct"),
            Self::FromBuffer => ("numpy.core.numeric", "_frombuffer"),
            Self::Scalar => ("numpy.core.multiarray", "scalar"),
            Self::NdArray => ("numpy", "ndarray"),
            Self::DType => ("numpy", "dtype"),
            Self::Encode => ("_codecs", "encode"),
            Self::Bytes => ("builtins", "bytes"),
        }
    }

    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        let module = match module {
            "numpy._core.multiarray" => "numpy.core.multiarray",
            "numpy._core.numeric" => "numpy.core.numeric",
            "__builtin__" => "builtins",
            module => module,
        };
        let mut known = Self::ALL.into_iter();
        known.find(|global| global.names() == (module, name))
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, name) = self.names();
        write!(f, "{module}.{name}")
    }
}

/// A compound object.
#[derive(Debug)]
pub(super) enum Object<'a> {
    Tuple(Vec<Value<'a>>),
    List(Vec<Value<'a>>),
    Dict(Vec<(Value<'a>, Value<'a>)>),
    DType(DType<'a>),
    /// An array; `None` until its state is set.
    Array(Option<Array<'a>>),
}

/// An array's state, as written: looked at only when asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Array<'a> {
    pub(super) shape: Value<'a>,
    pub(super) dtype: Value<'a>,
    /// Whether columns lie together, not rows.
    pub(super) fortran: bool,
    pub(super) raw: Value<'a>,
}
