//! Convolutions as operations of a backend, and as functions of tensors.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::Tensor;

use super::conv_fallback;

#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::backend::Cube;
#[cfg(feature = "tch")]
use burn::backend::LibTorch;

/// Sizes of a convolution that its tensors do not tell; of each pair the first is of rows, the second of
/// columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Rows and columns from one result to the next.
    pub stride: [usize; 2],
    /// Channel groups: 1 for dense, the number of channels for depthwise.
    pub groups: usize,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Rows and columns from one value that is read to the next, 1 where they touch.
    pub dilation: [usize; 2],
    /// Zeros before and behind the map.
    pub padding: [[usize; 2]; 2],
    /// Height and width of the input, of which a strided output keeps no trace.
    pub size: [usize; 2],
}

impl ConvGeometry {
    /// A square kernel with padding `kernel / 2`, on a map of height and width `size`.
    pub const fn square(kernel: usize, stride: usize, groups: usize, size: [usize; 2]) -> Self {
        Self {
            stride: [stride; 2],
            groups,
            kernel: [kernel; 2],
            dilation: [1; 2],
            padding: [[kernel / 2; 2]; 2],
            size,
        }
    }

    /// Kernel and stride of an odd square window without gaps: what this crate has kernels for, if the
    /// padding suits.
    pub(super) fn as_odd_square(&self) -> Option<[usize; 2]> {
        let ([kernel, columns], [stride, across]) = (self.kernel, self.stride);
        let is_square = kernel == columns && stride == across && self.dilation == [1; 2];
        (is_square && !kernel.is_multiple_of(2)).then_some([kernel, stride])
    }

    /// Rows and columns that a kernel spans, gaps included.
    pub(super) fn span(&self) -> [usize; 2] {
        [0, 1].map(|i| (self.kernel[i] - 1) * self.dilation[i] + 1)
    }

    /// Height and width of the input with its padding.
    pub(super) fn padded(&self) -> [usize; 2] {
        [0, 1].map(|i| self.size[i] + self.padding[i].iter().sum::<usize>())
    }
}

/// Convolutions without bias as operations of a backend.
///
/// The default bodies are Burn's own primitives. Shapes: input `[n, c_in, h, w]`, weight
/// `[c_out, c_in / groups, rows, columns]`, output `[n, c_out, h', w']`.
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

/// Convolution without bias. Differentiable on an autodiff device.
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
