//! Constants of a file: numbers with a shape.

use bytes::Bytes;

use crate::proto::TensorProto;

/// The most dimensions that a tensor has here.
pub(crate) const MOST_DIMENSIONS: usize = 16;

/// Numbers of a tensor, row by row. Truth values and whole numbers of any size are `Int`, floats of
/// any size `Float`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Numbers {
    Float(Vec<f32>),
    Int(Vec<i64>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Numbers,
}

impl Tensor {
    /// A tensor whose numbers fit its shape, or what does not fit.
    pub(crate) fn new(shape: Vec<usize>, numbers: Numbers) -> Result<Self, String> {
        let found = match &numbers {
            Numbers::Float(numbers) => numbers.len(),
            Numbers::Int(numbers) => numbers.len(),
        };
        if shape.len() > MOST_DIMENSIONS {
            return Err(format!("it has {} dimensions", shape.len()));
        }
        if count(&shape) != Some(found) {
            return Err(format!(
                "it has {found} numbers, but its shape is {shape:?}"
            ));
        }
        Ok(Self { shape, numbers })
    }

    /// Whole numbers in a row.
    pub(crate) fn vector(numbers: Vec<i64>) -> Self {
        Self {
            shape: vec![numbers.len()],
            numbers: Numbers::Int(numbers),
        }
    }

    /// Takes a message apart. `outside` are its bytes where they are in another file.
    pub(crate) fn decode(proto: &TensorProto, outside: Option<&Bytes>) -> Result<Self, String> {
        let shape = shape(proto)?;
        let raw = outside.unwrap_or(&proto.raw_data);
        let kind = Kind::of(proto.data_type)?;
        let numbers = if raw.is_empty() {
            kind.fields(proto)
        } else {
            kind.raw(raw)?
        };
        Self::new(shape, numbers)
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        match &self.numbers {
            Numbers::Float(numbers) => numbers.len(),
            Numbers::Int(numbers) => numbers.len(),
        }
    }

    /// The whole numbers, of a tensor that has such.
    pub(crate) fn ints(&self) -> Option<&[i64]> {
        match &self.numbers {
            Numbers::Int(numbers) => Some(numbers),
            Numbers::Float(_) => None,
        }
    }

    /// The floats, of a tensor that has such.
    pub(crate) fn floats(&self) -> Option<&[f32]> {
        match &self.numbers {
            Numbers::Float(numbers) => Some(numbers),
            Numbers::Int(_) => None,
        }
    }

    /// The number of a tensor that has one.
    pub(crate) fn scalar(&self) -> Option<f64> {
        match &self.numbers {
            Numbers::Float(numbers) => match numbers.as_slice() {
                [number] => Some(f64::from(*number)),
                _ => None,
            },
            Numbers::Int(numbers) => match numbers.as_slice() {
                [number] => Some(*number as f64),
                _ => None,
            },
        }
    }
}

/// The sizes of a message's tensor.
pub(crate) fn shape(proto: &TensorProto) -> Result<Vec<usize>, String> {
    let sizes = proto.dims.iter().map(|&size| usize::try_from(size).ok());
    let sizes: Option<Vec<usize>> = sizes.collect();
    sizes.ok_or_else(|| format!("its shape is {:?}", proto.dims))
}

/// Numbers in a tensor of these sizes, unless there are too many for any machine.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    // Parts of a tensor without numbers must be countable as well.
    let mut sizes = shape.iter().map(|&size| size.max(1));
    let most = sizes.try_fold(1_usize, usize::checked_mul)?;
    Some(if shape.contains(&0) { 0 } else { most })
}

/// Types of numbers that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Float32,
    Float16,
    Bfloat16,
    Float64,
    Int64,
    Int32,
    Int8,
    Uint8,
    Bool,
}

impl Kind {
    /// By the format's number.
    pub(crate) fn of(data_type: i32) -> Result<Self, String> {
        Ok(match data_type {
            1 => Self::Float32,
            2 => Self::Uint8,
            3 => Self::Int8,
            6 => Self::Int32,
            7 => Self::Int64,
            9 => Self::Bool,
            10 => Self::Float16,
            11 => Self::Float64,
            16 => Self::Bfloat16,
            other => return Err(format!("its numbers are of type {other} of the format")),
        })
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(
            self,
            Self::Float32 | Self::Float16 | Self::Bfloat16 | Self::Float64
        )
    }

    /// Bytes of a number.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Float64 | Self::Int64 => 8,
            Self::Float32 | Self::Int32 => 4,
            Self::Float16 | Self::Bfloat16 => 2,
            Self::Int8 | Self::Uint8 | Self::Bool => 1,
        }
    }

    fn raw(self, bytes: &[u8]) -> Result<Numbers, String> {
        if !bytes.len().is_multiple_of(self.size()) {
            return Err(format!(
                "it has {} bytes for numbers of {} each",
                bytes.len(),
                self.size()
            ));
        }
        let floats = |numbers| Ok(Numbers::Float(numbers));
        let ints = |numbers| Ok(Numbers::Int(numbers));
        match self {
            Self::Float32 => floats(words(bytes, f32::from_le_bytes)),
            Self::Float64 => floats(words(bytes, |word| narrow(f64::from_le_bytes(word)))),
            Self::Float16 => floats(words(bytes, |word| half(u16::from_le_bytes(word)))),
            Self::Bfloat16 => floats(words(bytes, |word| brain(u16::from_le_bytes(word)))),
            Self::Int64 => ints(words(bytes, i64::from_le_bytes)),
            Self::Int32 => ints(words(bytes, |word| i64::from(i32::from_le_bytes(word)))),
            Self::Int8 => ints(words(bytes, |word| i64::from(i8::from_le_bytes(word)))),
            Self::Uint8 | Self::Bool => ints(bytes.iter().map(|&byte| i64::from(byte)).collect()),
        }
    }

    fn fields(self, proto: &TensorProto) -> Numbers {
        let short = || proto.int32_data.iter().copied();
        let bits = |bits: i32| u16::try_from(bits).unwrap_or_default();
        match self {
            Self::Float32 => Numbers::Float(proto.float_data.clone()),
            Self::Float64 => Numbers::Float(proto.double_data.iter().map(|&x| narrow(x)).collect()),
            Self::Float16 => Numbers::Float(short().map(|word| half(bits(word))).collect()),
            Self::Bfloat16 => Numbers::Float(short().map(|word| brain(bits(word))).collect()),
            Self::Int64 => Numbers::Int(proto.int64_data.clone()),
            Self::Int32 | Self::Int8 | Self::Uint8 | Self::Bool => {
                Numbers::Int(short().map(i64::from).collect())
            }
        }
    }
}

/// A size as the format has it; none is so large that it would not fit.
pub(crate) fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn words<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (words, _) = bytes.as_chunks::<N>();
    words.iter().map(|word| number(*word)).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in float32, the nearest one is meant"
)]
pub(crate) fn narrow(number: f64) -> f32 {
    number as f32
}

/// A float of 16 bits: one of sign, five of exponent, ten of fraction.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff) / 1024.0;
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction) * 2.0_f32.powi(exponent - 15),
    }
}

/// The upper half of a float32.
fn brain(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_of_16_bits_are_read() {
        let numbers = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000].map(half);
        let expected = [1.0, -2.0, 0.333_251_95, 5.960_464_5e-8, 65504.0, -0.0];
        assert_eq!(numbers.map(f32::to_bits), expected.map(f32::to_bits));
        assert_eq!(half(0xfc00).to_bits(), f32::NEG_INFINITY.to_bits());
        assert!(half(0x7e00).is_nan());
        assert_eq!(brain(0x3fc0).to_bits(), 1.5_f32.to_bits());
    }

    #[test]
    fn numbers_that_do_not_fill_the_shape_are_refused() {
        let proto = |dims: &[i64], bytes: usize| TensorProto {
            dims: dims.to_vec(),
            data_type: 1,
            raw_data: vec![0; bytes].into(),
            ..TensorProto::default()
        };
        assert!(Tensor::decode(&proto(&[2, 3], 24), None).is_ok());
        for (dims, bytes) in [
            (&[2, 3][..], 20),
            (&[2, 3], 23),
            (&[-1], 4),
            (&[i64::MAX; 3], 4),
        ] {
            assert!(
                Tensor::decode(&proto(dims, bytes), None).is_err(),
                "{dims:?}"
            );
        }
    }
}
