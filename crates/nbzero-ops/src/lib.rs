//! Convolutions and batch norms that are fast on a CPU: forward, input gradient, weight gradient,
//! on plain slices of `f32` or `f64`.
//!
//! ```
//! use nbzero_ops::{ConvShape, conv2d_vec};
//!
//! // Two images of 3 channels, 8 x 8, to 4 channels with a 3 x 3 kernel and stride 2.
//! let shape = ConvShape::new(2, [3, 8, 8], 4, 3)?.with_stride(2)?;
//! let input = vec![1.0_f32; shape.input_len()];
//! let weight = vec![0.5; shape.weight_len()];
//! let output = conv2d_vec(&shape, &input, &weight);
//! assert_eq!(output.len(), 2 * 4 * 4 * 4);
//! assert_eq!(output[5], 13.5); // row 1, column 1: all 27 products
//! # Ok::<(), nbzero_ops::ShapeError>(())
//! ```
//!
//! Kernels exist for AVX-512, for AVX2 with FMA and in portable Rust; [`Isa::chosen`] is the best that the
//! machine has, or what `NBZERO_SIMD` names.
//! Work runs on the current rayon pool, is cut by sizes only, and partial sums are added in a fixed
//! order, so results are the same bits for any number of threads.
#![expect(
    unsafe_code,
    reason = "vector intrinsics and unchecked loads, behind checked entries"
)]
#![expect(
    clippy::inline_always,
    reason = "code of an instruction set must be inlined into the function that switches it on"
)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod activation;
mod backend;
mod batch_norm;
mod conv;
mod dense;
mod dense_weight_grad;
mod depthwise;
mod dot;
mod eigenvalues;
mod geometry;
mod layout;
#[cfg(feature = "mimalloc")]
mod memory;
mod multiply;
mod pack;
pub mod reference;
mod scratch;
mod shape;
mod simd;
mod strided_pointwise;
mod transpose;
mod winograd;

pub use activation::{Activation, activation_backward, add_activated};
pub use backend::activation::{ActivationBackend, activation_gradient, sum_activated};
pub use backend::batch_norm::{
    Affine, BatchStatistics, Norm, NormBackend, Normalised, NormalisedGradients, batch_norm,
    batch_norm_backward, batch_norm_backward_tangent, batch_norm_fixed, batch_norm_of_batches,
    batch_norm_tangent,
};
pub use backend::conv::{
    ConvBackend, ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};
pub use batch_norm::{BatchNorm, BatchNormGrads, Moments, MovingGrad, Statistics, moments};
pub use conv::{
    conv2d, conv2d_input_grad, conv2d_input_grad_vec, conv2d_input_grad_with, conv2d_vec,
    conv2d_weight_grad, conv2d_weight_grad_vec, conv2d_weight_grad_with, conv2d_with,
};
pub use eigenvalues::{symmetric_eigenvalues, symmetric_eigenvalues_with};
#[cfg(feature = "mimalloc")]
pub use memory::keep_freed_memory;
pub use shape::{ConvShape, ShapeError};
pub use simd::{Element, Isa, IsaError};
