//! Batches in, as safetensors files.

use std::path::Path;

use burn::tensor::{Device, Tensor};
use nbzero_graph::Shape;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::ModelError;
use crate::tensor_file::{TensorFile, describe, read};

/// A batch to score on exactly, as read by [`read_batch`].
#[derive(Debug, Clone)]
pub struct NamedBatch {
    /// `input`: images `[batch, channels, height, width]`.
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
        (Dtype::F32, &[images, channels, height, width]) if !input.shape().contains(&0) => {
            [images, channels, height, width]
        }
        _ => {
            let expected = "F32 [n, c, h, w] (images, channels, height, width), each at least 1";
            return Err(mismatch(&file, "input", &input, expected));
        }
    };
    let target = tensor(&file, "target")?;
    if target.dtype() != Dtype::I64 || target.shape() != &shape[..1] {
        let expected = format!("I64 [{}], a class for each image", shape[0]);
        return Err(mismatch(&file, "target", &target, &expected));
    }
    let (words, _) = target.data().as_chunks::<8>();
    let targets: Vec<i64> = words.iter().map(|word| i64::from_le_bytes(*word)).collect();
    // Devices count in 32 bits.
    if let Some(wild) = targets
        .iter()
        .find(|&&target| i32::try_from(target).is_err())
    {
        return Err(ModelError::BatchMismatch {
            path: path.to_owned(),
            tensor: "target",
            expected: "a class for each image, counted from 0".to_owned(),
            found: format!("{wild} for one of them"),
        });
    }
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
        targets,
        perturbation,
        others,
    })
}

impl NamedBatch {
    /// Whether its images, read from `path`, are those that a network takes: of shape `image`.
    pub fn expect_images(&self, path: &Path, image: Shape) -> Result<(), ModelError> {
        let [_, channels, height, width] = self.images.dims();
        if Shape::new(channels, height, width) == image {
            return Ok(());
        }
        let Shape {
            channels,
            height,
            width,
        } = image;
        Err(ModelError::BatchMismatch {
            path: path.to_owned(),
            tensor: "input",
            expected: format!(
                "F32 [n, {channels}, {height}, {width}] (images, channels, height, width), which the \
                 network takes"
            ),
            found: format!("F32 {:?}", self.images.dims()),
        })
    }
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
