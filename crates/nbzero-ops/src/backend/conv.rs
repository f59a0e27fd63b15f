//! Convolutions as operations of a backend, and as functions of tensors.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::Tensor;

use super::conv_fallback;

#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::backend::Cube;
#[cfg(feature = "tch")]
use burn::backend::LibTorch;

/// Sizes of a convolution that its tensors do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Stride in both directions.
    pub stride: usize,
    /// Channel groups: 1 for dense, the number of channels for depthwise.
    pub groups: usize,
    /// Height and width of the kernel, odd; the padding is half of it, rounded down.
    pub kernel: usize,
    /// Height and width of the input, of which a strided output keeps no trace.
    pub resolution: usize,
}

/// Convolutions without bias, padding `kernel / 2`, as operations of a backend.
///
/// The default bodies are Burn's own primitives. Shapes: input `[n, c_in, r, r]`, weight
/// `[c_out, c_in / groups, k, k]`, output `[n, c_out, r', r']`.
#[backend_extension(
    Flex,
    Cube: cfg(any(feature = "cuda", feature = "wgpu")),
    LibTorch: cfg(feature = "tch"),
    Autodiff,
)]
pub trait ConvBackend: burn::backend::Backend {
    /// The output.
    fn convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        conv_fallback::forward::<Self>(input, weight, geometry)
    }

    /// Gradient of the input.
    fn convolution_input_gradient(
        gradient: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        conv_fallback::input_gradient::<Self>(gradient, weight, geometry)
    }

    /// Gradient of the weight; for k gradients `[k * n, ..]` k results one after another,
    /// `[k * c_out, ..]`.
    fn convolution_weight_gradient(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        geometry: ConvGeometry,
    ) -> FloatTensor<Self> {
        conv_fallback::weight_gradients::<Self>(&input, &gradient, geometry)
    }
}

#[cfg(any(feature = "cuda", feature = "wgpu"))]
impl ConvBackend for Cube {}
#[cfg(feature = "tch")]
impl ConvBackend for LibTorch {}

/// Convolution without bias, padding `kernel / 2`. Differentiable on an autodiff device.
///
/// # Panics
///
/// If the shapes do not fit each other and the geometry, or the device is none of those whose
/// features are on.
pub fn convolution(input: Tensor<4>, weight: Tensor<4>, geometry: ConvGeometry) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as ConvBackend>::convolution(
        input.into_dispatch(),
        weight.into_dispatch(),
        geometry,
    ))
}

/// Gradient of the input of [`convolution`], from that of its output.
///
/// # Panics
///
/// As [`convolution`], and on an autodiff device.
pub fn convolution_input_gradient(
    gradient: Tensor<4>,
    weight: Tensor<4>,
    geometry: ConvGeometry,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as ConvBackend>::convolution_input_gradient(
        gradient.into_dispatch(),
        weight.into_dispatch(),
        geometry,
    ))
}

/// Gradient of the weight of [`convolution`], from its input and the gradient of its output; or
/// from k gradients one after another, `[k * n, ..]`, k results `[k * c_out, ..]`.
///
/// # Panics
///
/// As [`convolution`], and on an autodiff device.
pub fn convolution_weight_gradient(
    input: Tensor<4>,
    gradient: Tensor<4>,
    geometry: ConvGeometry,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as ConvBackend>::convolution_weight_gradient(
        input.into_dispatch(),
        gradient.into_dispatch(),
        geometry,
    ))
}
