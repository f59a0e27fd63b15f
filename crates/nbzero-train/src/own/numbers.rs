//! The numbers of a `.npy` file.

use npyz::{Deserialize, NpyFile, Order};

/// An array in memory, row by row.
#[derive(Debug)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Numbers,
}

/// Its numbers, of the kinds that images and labels are kept in.
#[derive(Debug)]
pub(super) enum Numbers {
    Bytes(Vec<u8>),
    Whole(Vec<i64>),
    Floats(Vec<f32>),
}

/// The shape that the header of a file says.
pub(super) fn shape(bytes: &[u8]) -> Result<Vec<usize>, String> {
    parse(bytes).map(|(_, shape)| shape)
}

impl Array {
    /// Reads a file; else what is wrong with it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let (file, shape) = parse(bytes)?;
        let numbers = match one_of_all(file)? {
            Ok(numbers) => numbers,
            Err(dtype) => {
                return Err(format!(
                    "has numbers of type {dtype}, where whole numbers or floats are expected"
                ));
            }
        };
        Ok(Self { shape, numbers })
    }
}

fn parse(bytes: &[u8]) -> Result<(NpyFile<&[u8]>, Vec<usize>), String> {
    let file = NpyFile::new(bytes).map_err(|error| format!("is no array ({error})"))?;
    if file.order() == Order::Fortran && file.shape().len() > 1 {
        return Err("is in Fortran order: save numpy.ascontiguousarray of it".to_owned());
    }
    let sizes = file.shape().iter().map(|&size| usize::try_from(size).ok());
    let shape: Option<Vec<usize>> = sizes.collect();
    let shape = shape.filter(|shape| {
        let mut sizes = shape.iter();
        let numbers = sizes.try_fold(1_usize, |product, &size| product.checked_mul(size));
        // Each number is at least a byte: what a header says is no reason to make room for it.
        numbers.is_some_and(|numbers| numbers <= bytes.len())
    });
    let shape = shape.ok_or("is cut short: its header says that there are more numbers")?;
    Ok((file, shape))
}

/// The numbers in whichever of the types they have, or the name of another type.
fn one_of_all(file: NpyFile<&[u8]>) -> Result<Result<Numbers, String>, String> {
    macro_rules! attempt {
        ($file:expr, $type:ty, $wrap:expr) => {
            match $file.try_data::<$type>() {
                Ok(data) => return all::<$type>(data).map(|numbers| Ok($wrap(numbers))),
                Err(file) => file,
            }
        };
    }
    fn wide<T: Into<i64>>(numbers: Vec<T>) -> Numbers {
        Numbers::Whole(numbers.into_iter().map(Into::into).collect())
    }
    let file = attempt!(file, u8, Numbers::Bytes);
    let file = attempt!(file, f32, Numbers::Floats);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pixels, of which 256 values matter"
    )]
    let narrow = |numbers: Vec<f64>| Numbers::Floats(numbers.iter().map(|&x| x as f32).collect());
    let file = attempt!(file, f64, narrow);
    let file = attempt!(file, i64, Numbers::Whole);
    let file = attempt!(file, i8, wide);
    let file = attempt!(file, i16, wide);
    let file = attempt!(file, u16, wide);
    let file = attempt!(file, i32, wide);
    let file = attempt!(file, u32, wide);
    // Labels beyond i64 are refused as labels.
    let capped = |numbers: Vec<u64>| {
        let one = |&number: &u64| i64::try_from(number).unwrap_or(i64::MAX);
        Numbers::Whole(numbers.iter().map(one).collect())
    };
    let file = attempt!(file, u64, capped);
    Ok(Err(file.dtype().descr()))
}

fn all<T: Deserialize>(data: npyz::NpyReader<T, &[u8]>) -> Result<Vec<T>, String> {
    data.collect::<Result<_, _>>()
        .map_err(|error| format!("is cut short or damaged ({error})"))
}
