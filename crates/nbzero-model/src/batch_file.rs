//! Batches in, as safetensors files.

use std::path::Path;

use burn::tensor::{Device, Tensor};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::ModelError;
use crate::tensor_file::{TensorFile, describe, read};

/// A batch to score on exactly, as read by [`read_batch`].
#[derive(Debug, Clone)]
pub struct NamedBatch {
    /// `input`: images `[batch, 3, resolution, resolution]`.
    pub images: Tensor<4>,
    /// `target`: a class for each image.
    pub targets: Vec<i64>,
    /// `perturbation`, where the file has one: of the images' shape.
    pub perturbation: Option<Tensor<4>>,
    /// Names of tensors in the file that are none of a batch's, in order; they were not read.
    pub others: Vec<String>,
}

/// Reads a batch file: `input` (f32), `target` (i64) and optionally `perturbation` (f32), with at
/// least one image of at least one pixel, all numbers finite.
pub fn read_batch(path: &Path, device: &Device) -> Result<NamedBatch, ModelError> {
    let bytes = read(path)?;
    let file = TensorFile::parse(path, &bytes)?;
    let input = tensor(&file, "input")?;
    let shape = match (input.dtype(), input.shape()) {
        (Dtype::F32, &[images, 3, height, width])
            if images > 0 && height > 0 && height == width =>
        {
            [images, 3, height, width]
        }
        _ => {
            return Err(mismatch(
                &file,
                "input",
                &input,
                "F32 [n, 3, r, r] (images, channels, height, width) with n and r of at least 1",
            ));
        }
    };
    let target = tensor(&file, "target")?;
    if target.dtype() != Dtype::I64 || target.shape() != &shape[..1] {
        let expected = format!("I64 [{}], a class for each image", shape[0]);
        return Err(mismatch(&file, "target", &target, &expected));
    }
    let (words, _) = target.data().as_chunks::<8>();
    let perturbation = match file.get("perturbation") {
        None => None,
        Some(view) if view.dtype() == Dtype::F32 && view.shape() == shape => {
            Some(file.floats("perturbation", &view, shape, device)?)
        }
        Some(view) => {
            let expected = format!("F32 {shape:?}, as `input` is");
            return Err(mismatch(&file, "perturbation", &view, &expected));
        }
    };
    let of_a_batch = ["input", "target", "perturbation"];
    let others = file.names().into_iter();
    let mut others: Vec<String> = others
        .filter(|name| !of_a_batch.contains(name))
        .map(str::to_owned)
        .collect();
    others.sort_unstable();
    Ok(NamedBatch {
        images: file.floats("input", &input, shape, device)?,
        targets: words.iter().map(|word| i64::from_le_bytes(*word)).collect(),
        perturbation,
        others,
    })
}

fn tensor<'a>(file: &TensorFile<'a>, name: &'static str) -> Result<TensorView<'a>, ModelError> {
    file.get(name).ok_or_else(|| ModelError::NoBatch {
        path: file.path().to_owned(),
        tensor: name,
    })
}

fn mismatch(
    file: &TensorFile<'_>,
    tensor: &'static str,
    view: &TensorView<'_>,
    expected: &str,
) -> ModelError {
    ModelError::BatchMismatch {
        path: file.path().to_owned(),
        tensor,
        expected: expected.to_owned(),
        found: describe(view),
    }
}
