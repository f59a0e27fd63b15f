//! Convolution kernels for the CPU.
#![expect(
    unsafe_code,
    reason = "vector intrinsics and unchecked loads, behind checked entries"
)]

mod backend;
pub mod batch_norm;
mod conv;
mod dense;
mod dense_weight_grad;
mod depthwise;
mod dot;
mod geometry;
mod layout;
mod multiply;
mod pack;
pub mod reference;
mod scratch;
mod shape;
mod simd;

pub use backend::batch_norm::{
    NormBackend, Normalised, NormalisedGradients, batch_norm, batch_norm_backward,
};
pub use backend::conv::{
    ConvBackend, ConvGeometry, convolution, convolution_input_gradient, convolution_weight_gradient,
};
pub use conv::{
    conv2d, conv2d_input_grad, conv2d_input_grad_with, conv2d_weight_grad, conv2d_weight_grad_with,
    conv2d_with,
};
pub use shape::{ConvShape, ShapeError};
pub use simd::{Element, Isa};
