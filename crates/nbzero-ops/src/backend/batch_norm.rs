//! Batch normalisation as operations of a backend, and as functions of tensors.

use burn::backend::ops::{BatchNormTrain, BatchNormTrainBackward};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::Tensor;

#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::backend::Cube;
#[cfg(feature = "tch")]
use burn::backend::LibTorch;

/// Batch normalisation through the statistics of the batch, as operations of a backend.
///
/// The default bodies are Burn's own primitives. Shapes: maps `[n, c, h, w]`, all else `[c]`.
#[backend_extension(
    Flex,
    Cube: cfg(any(feature = "cuda", feature = "wgpu")),
    LibTorch: cfg(feature = "tch"),
    Autodiff,
)]
pub trait NormBackend: burn::backend::Backend {
    /// Output, mean and biased variance.
    fn batch_norm_over_batch(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let BatchNormTrain {
            output,
            mean,
            variance,
        } = Self::batch_norm_train(input, gamma, beta, epsilon);
        (output, mean, variance)
    }

    /// Gradients by input, scale and shift.
    fn batch_norm_over_batch_backward(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let BatchNormTrainBackward {
            x_grad,
            gamma_grad,
            beta_grad,
        } = Self::batch_norm_train_backward(input, gamma, mean, variance, epsilon, gradient);
        (x_grad, gamma_grad, beta_grad)
    }
}

#[cfg(any(feature = "cuda", feature = "wgpu"))]
impl NormBackend for Cube {}
#[cfg(feature = "tch")]
impl NormBackend for LibTorch {}

/// What [`batch_norm`] gives.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// `[n, c, h, w]`.
    pub output: Tensor<4>,
    /// Mean of each channel, `[c]`; not differentiable.
    pub mean: Tensor<1>,
    /// Biased variance of each channel, `[c]`; not differentiable.
    pub variance: Tensor<1>,
}

/// Gradients of [`batch_norm`].
#[derive(Debug, Clone)]
pub struct NormalisedGradients {
    /// By the input, `[n, c, h, w]`, through the statistics.
    pub input: Tensor<4>,
    /// By the scale, `[c]`.
    pub gamma: Tensor<1>,
    /// By the shift, `[c]`.
    pub beta: Tensor<1>,
}

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` with the statistics of the batch.
/// Differentiable on an autodiff device.
///
/// # Panics
///
/// If the shapes do not fit each other, or the device is none of those whose features are on.
pub fn batch_norm(input: Tensor<4>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> Normalised {
    let (output, mean, variance) = <Dispatch as NormBackend>::batch_norm_over_batch(
        input.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        epsilon,
    );
    Normalised {
        output: Tensor::from_dispatch(output),
        mean: Tensor::from_dispatch(mean),
        variance: Tensor::from_dispatch(variance),
    }
}

/// Gradients of [`batch_norm`] from that of its output, with the statistics that it gave.
///
/// # Panics
///
/// As [`batch_norm`], and on an autodiff device.
pub fn batch_norm_backward(
    input: Tensor<4>,
    gradient: Tensor<4>,
    gamma: Tensor<1>,
    mean: Tensor<1>,
    variance: Tensor<1>,
    epsilon: f64,
) -> NormalisedGradients {
    let (input, gamma, beta) = <Dispatch as NormBackend>::batch_norm_over_batch_backward(
        input.into_dispatch(),
        gradient.into_dispatch(),
        gamma.into_dispatch(),
        mean.into_dispatch(),
        variance.into_dispatch(),
        epsilon,
    );
    NormalisedGradients {
        input: Tensor::from_dispatch(input),
        gamma: Tensor::from_dispatch(gamma),
        beta: Tensor::from_dispatch(beta),
    }
}
