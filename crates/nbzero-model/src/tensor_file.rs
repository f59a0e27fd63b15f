//! A safetensors file, with its name for errors: what weights and batches have in common.

use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use nbzero_files::kind_of;
use safetensors::tensor::TensorView;
use safetensors::{SafeTensorError, SafeTensors};

use crate::ModelError;

/// A parsed file.
pub(crate) struct TensorFile<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
}

impl<'a> TensorFile<'a> {
    pub(crate) fn parse(path: &'a Path, bytes: &'a [u8]) -> Result<Self, ModelError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| ModelError::Format {
            path: path.to_owned(),
            reason: reason(bytes, &error),
        })?;
        Ok(Self { path, tensors })
    }

    pub(crate) fn path(&self) -> &'a Path {
        self.path
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.tensors.names()
    }

    pub(crate) fn get(&self, name: &str) -> Option<TensorView<'a>> {
        self.tensors.tensor(name).ok()
    }

    /// A float32 tensor of a shape that is the view's, all numbers finite.
    pub(crate) fn floats<const D: usize>(
        &self,
        name: &str,
        view: &TensorView<'_>,
        shape: [usize; D],
        device: &Device,
    ) -> Result<Tensor<D>, ModelError> {
        let values = self.numbers(name, view)?;
        Ok(Tensor::from_data(TensorData::new(values, shape), device))
    }

    /// The numbers of a float32 tensor, all of them finite.
    pub(crate) fn numbers(
        &self,
        name: &str,
        view: &TensorView<'_>,
    ) -> Result<Vec<f32>, ModelError> {
        let (words, _) = view.data().as_chunks::<4>();
        let values: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(ModelError::NotFinite {
                path: self.path.to_owned(),
                tensor: name.to_owned(),
                position: position(index, view.shape()),
                value: values[index],
            });
        }
        Ok(values)
    }
}

/// Where the `index`-th number of a tensor stands.
fn position(mut index: usize, shape: &[usize]) -> Vec<usize> {
    let mut position = shape.to_vec();
    for size in position.iter_mut().rev() {
        let rest = index % *size;
        index /= *size;
        *size = rest;
    }
    position
}

/// Type and shape, as errors say them.
pub(crate) fn describe(view: &TensorView<'_>) -> String {
    format!("{:?} {:?}", view.dtype(), view.shape())
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    nbzero_files::read_whole(path).map_err(|source| io_error(path, source))
}

pub(crate) fn io_error(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::Io {
        path: path.to_owned(),
        source,
    }
}

/// Why the bytes of a file are no safetensors, and what to do.
fn reason(bytes: &[u8], error: &SafeTensorError) -> String {
    const SAVE: &str = "save the tensors with `safetensors.torch.save_file`";
    match kind_of(bytes) {
        Some(kind) => format!("it is {}: {}", kind.what(), kind.remedy(SAVE)),
        None if bytes.is_empty() => "it is empty".to_owned(),
        None => format!("{error}; copy it again if it is one, else {SAVE}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_row_major() {
        assert_eq!(position(0, &[2, 3]), [0, 0]);
        assert_eq!(position(5, &[2, 3]), [1, 2]);
        assert_eq!(position(23, &[2, 3, 4]), [1, 2, 3]);
    }
}
