//! Activations as operations of a backend, and as functions of tensors.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, TensorMetadata, backend_extension};
use burn::tensor::Tensor;

use crate::Activation;

#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::backend::Cube;
#[cfg(feature = "tch")]
use burn::backend::LibTorch;

/// Sums with the activation behind them, and activations' gradients, as operations of a backend.
///
/// The default bodies are Burn's own primitives.
#[backend_extension(
    Flex,
    Cube: cfg(any(feature = "cuda", feature = "wgpu")),
    LibTorch: cfg(feature = "tch"),
    Autodiff,
)]
pub trait ActivationBackend: burn::backend::Backend {
    /// `activation(left + right)`.
    fn sum_activated(
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        clamped::<Self>(Self::float_add(left, right), activation)
    }

    /// Gradients of the input from those of the output, `gradient` holding one or several along
    /// its first dimension.
    fn activation_gradient(
        output: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let copies = gradient.shape()[0] / output.shape()[0];
        let output = if copies == 1 {
            output
        } else {
            Self::float_cat(vec![output; copies], 0)
        };
        masked::<Self>(output, gradient, activation)
    }
}

/// `activation(x)` in Burn's primitives.
pub(super) fn clamped<B: Backend>(x: FloatTensor<B>, activation: Activation) -> FloatTensor<B> {
    match activation {
        Activation::Identity => x,
        Activation::Relu => B::relu(x),
        Activation::Relu6 => B::float_clamp(x, 0.0.into(), 6.0.into()),
    }
}

/// The gradient where the output is strictly inside the activation's bounds.
pub(super) fn masked<B: Backend>(
    output: FloatTensor<B>,
    gradient: FloatTensor<B>,
    activation: Activation,
) -> FloatTensor<B> {
    match activation {
        Activation::Identity => gradient,
        Activation::Relu => B::relu_backward(output, gradient),
        Activation::Relu6 => {
            let below_six = B::float_neg(B::float_sub_scalar(output.clone(), 6.0.into()));
            B::relu_backward(below_six, B::relu_backward(output, gradient))
        }
    }
}

#[cfg(any(feature = "cuda", feature = "wgpu"))]
impl ActivationBackend for Cube {}
#[cfg(feature = "tch")]
impl ActivationBackend for LibTorch {}

/// `activation(left + right)` of two maps of one shape, in one pass. Differentiable on an
/// autodiff device.
///
/// # Panics
///
/// If the shapes differ, or the device is none of those whose features are on.
pub fn sum_activated(left: Tensor<4>, right: Tensor<4>, activation: Activation) -> Tensor<4> {
    let sum = <Dispatch as ActivationBackend>::sum_activated(
        left.into_dispatch(),
        right.into_dispatch(),
        activation,
    );
    Tensor::from_dispatch(sum)
}

/// Gradient of an activation's input: that of its output where `output` is strictly inside the
/// activation's bounds. `gradient` may hold several gradients one after another,
/// `[k * n, c, h, w]` for an output `[n, c, h, w]`.
///
/// # Panics
///
/// As [`sum_activated`], and on an autodiff device.
pub fn activation_gradient(
    output: Tensor<4>,
    gradient: Tensor<4>,
    activation: Activation,
) -> Tensor<4> {
    let found = <Dispatch as ActivationBackend>::activation_gradient(
        output.into_dispatch(),
        gradient.into_dispatch(),
        activation,
    );
    Tensor::from_dispatch(found)
}
