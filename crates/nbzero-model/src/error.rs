//! What can be wrong with files of weights and of batches.

use std::path::PathBuf;

/// A weights or batch file that does not fit, or that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be read or written.
    #[error("cannot access `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no safetensors file.
    #[error("`{}` is no readable safetensors file: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor that the network needs is not in the file.
    #[error(
        "`{}` lacks the tensor `{tensor}`, which this architecture needs: \
         give the weights of the same architecture",
        path.display()
    )]
    MissingTensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
    },
    /// The file has a tensor that the network does not have.
    #[error(
        "`{}` has the tensor `{tensor}`, which this architecture does not have: \
         give the weights of the same architecture",
        path.display()
    )]
    UnexpectedTensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
    },
    /// A tensor has another shape or type than the network needs.
    #[error("tensor `{tensor}` in `{}` is {found}, but this architecture needs {expected}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Type and shape that the network needs.
        expected: String,
        /// Type and shape in the file.
        found: String,
    },
    /// A number that is not finite, in weights or in a batch.
    #[error(
        "tensor `{tensor}` in `{}` is {value} at {position:?}: every number must be finite",
        path.display()
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Where in the tensor, each dimension counted from 0.
        position: Vec<usize>,
        /// The number.
        value: f32,
    },
    /// A batch file without one of a batch's tensors.
    #[error(
        "`{}` is no batch, for it lacks the tensor `{tensor}`: a batch has `input` (float32), \
         `target` (int64) and, if wanted, `perturbation` (float32)",
        path.display()
    )]
    NoBatch {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: &'static str,
    },
    /// A batch's tensor of another shape or type than a batch has.
    #[error("the batch's `{tensor}` in `{}` is {found}, but must be {expected}", path.display())]
    BatchMismatch {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: &'static str,
        /// Type and shape that a batch has.
        expected: String,
        /// Type and shape in the file.
        found: String,
    },
}
