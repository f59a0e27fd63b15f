//! Batch normalisation as operations of a backend, and as functions of tensors.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, backend_extension};
use burn::tensor::Tensor;

use super::norm_fallback;
use crate::{Activation, Statistics};

#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::backend::Cube;
#[cfg(feature = "tch")]
use burn::backend::LibTorch;

/// What a batch norm is beside its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// The number added to the variance.
    pub epsilon: f64,
    /// What follows the norm, computed with it.
    pub activation: Activation,
    /// Whether gradients go through the statistics.
    pub statistics: Statistics,
}

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
    /// Output, mean and biased variance, of one batch or of several of one size that lie one after
    /// another: mean and variance are `[batches * c]`.
    fn batch_norm_over_batch(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
        batches: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        norm_fallback::forward::<Self>(input, &gamma, &beta, norm, batches)
    }

    /// The output with given statistics.
    fn batch_norm_over_fixed(
        input: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        norm: Norm,
    ) -> FloatTensor<Self> {
        norm_fallback::forward_fixed::<Self>(input, [gamma, beta, mean, variance], norm)
    }

    /// Gradients by input, scale and shift; for k gradients `[k * n, c, h, w]` all three are k
    /// results one after another.
    fn batch_norm_over_batch_backward(
        input: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        norm: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let channels = [gamma, beta, mean, variance];
        norm_fallback::backward::<Self>(input, &gradient, channels, norm)
    }

    /// The derivative of the output where the input moves by itself and `moved`.
    fn batch_norm_tangent(
        input: FloatTensor<Self>,
        moved: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        norm: Norm,
    ) -> FloatTensor<Self> {
        let channels = [gamma, beta, mean, variance];
        norm_fallback::tangent::<Self>(input, moved, channels, norm)
    }

    /// The gradient of the input and its derivative, where the input moves by itself and `moved`.
    #[allow(
        clippy::too_many_arguments,
        reason = "an operation of a backend takes tensors one by one"
    )]
    fn batch_norm_backward_tangent(
        input: FloatTensor<Self>,
        moved: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        moved_gradient: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        norm: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gradients, channels) = ([gradient, moved_gradient], [gamma, beta, mean, variance]);
        norm_fallback::backward_tangent::<Self>(input, moved, gradients, channels, norm)
    }
}

#[cfg(any(feature = "cuda", feature = "wgpu"))]
impl NormBackend for Cube {}
#[cfg(feature = "tch")]
impl NormBackend for LibTorch {}

/// What [`batch_norm`] gives.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// `[n, c, h, w]`, behind the activation.
    pub output: Tensor<4>,
    /// Statistics of the input, not differentiable.
    pub statistics: BatchStatistics,
}

/// Statistics of a batch.
#[derive(Debug, Clone)]
pub struct BatchStatistics {
    /// Mean of each channel, `[c]`.
    pub mean: Tensor<1>,
    /// Biased variance of each channel, `[c]`.
    pub variance: Tensor<1>,
}

/// Scale and shift of a batch norm, each `[c]`.
#[derive(Debug, Clone)]
pub struct Affine {
    /// The scale.
    pub gamma: Tensor<1>,
    /// The shift.
    pub beta: Tensor<1>,
}

/// Gradients of [`batch_norm`]; where it was given k gradients, k results one after another.
#[derive(Debug, Clone)]
pub struct NormalisedGradients {
    /// By the input, `[n, c, h, w]`.
    pub input: Tensor<4>,
    /// By the scale, `[c]`.
    pub gamma: Tensor<1>,
    /// By the shift, `[c]`.
    pub beta: Tensor<1>,
}

/// `activation((x - mean) / sqrt(variance + epsilon) * gamma + beta)` with the statistics of the
/// batch. Differentiable on an autodiff device.
///
/// # Panics
///
/// If the shapes do not fit each other, or the device is none of those whose features are on.
pub fn batch_norm(input: Tensor<4>, affine: Affine, norm: Norm) -> Normalised {
    batch_norm_of_batches(input, affine, norm, 1)
}

/// As [`batch_norm`] of several batches of one size that lie one after another, each with
/// statistics of its own: mean and variance are `[batches * c]`. Differentiable for one batch only.
///
/// # Panics
///
/// As [`batch_norm`], and with several batches on an autodiff device.
pub fn batch_norm_of_batches(
    input: Tensor<4>,
    affine: Affine,
    norm: Norm,
    batches: usize,
) -> Normalised {
    let (output, mean, variance) = <Dispatch as NormBackend>::batch_norm_over_batch(
        input.into_dispatch(),
        affine.gamma.into_dispatch(),
        affine.beta.into_dispatch(),
        norm,
        batches,
    );
    let statistics = BatchStatistics {
        mean: Tensor::from_dispatch(mean),
        variance: Tensor::from_dispatch(variance),
    };
    Normalised {
        output: Tensor::from_dispatch(output),
        statistics,
    }
}

/// As [`batch_norm`] with given statistics: evaluation mode. Not differentiable.
///
/// # Panics
///
/// As [`batch_norm`], and on an autodiff device.
pub fn batch_norm_fixed(
    input: Tensor<4>,
    affine: Affine,
    statistics: BatchStatistics,
    norm: Norm,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NormBackend>::batch_norm_over_fixed(
        input.into_dispatch(),
        affine.gamma.into_dispatch(),
        affine.beta.into_dispatch(),
        statistics.mean.into_dispatch(),
        statistics.variance.into_dispatch(),
        norm,
    ))
}

/// Gradients of [`batch_norm`] from that of its output, with the statistics that it gave; or from
/// k gradients one after another, `[k * n, c, h, w]`.
///
/// # Panics
///
/// As [`batch_norm`], and on an autodiff device.
pub fn batch_norm_backward(
    input: Tensor<4>,
    gradient: Tensor<4>,
    affine: Affine,
    statistics: BatchStatistics,
    norm: Norm,
) -> NormalisedGradients {
    let (input, gamma, beta) = <Dispatch as NormBackend>::batch_norm_over_batch_backward(
        input.into_dispatch(),
        gradient.into_dispatch(),
        affine.gamma.into_dispatch(),
        affine.beta.into_dispatch(),
        statistics.mean.into_dispatch(),
        statistics.variance.into_dispatch(),
        norm,
    );
    NormalisedGradients {
        input: Tensor::from_dispatch(input),
        gamma: Tensor::from_dispatch(gamma),
        beta: Tensor::from_dispatch(beta),
    }
}

/// The derivative of [`batch_norm`]'s output where its input moves by `moved + input`, through
/// the statistics: the input is the output of a layer whose weight moves along itself. All maps
/// are `[n, c, h, w]`; the formula stands at [`BatchNorm::tangent`](crate::BatchNorm::tangent).
///
/// # Panics
///
/// As [`batch_norm_backward`].
pub fn batch_norm_tangent(
    input: Tensor<4>,
    moved: Tensor<4>,
    affine: Affine,
    statistics: BatchStatistics,
    norm: Norm,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as NormBackend>::batch_norm_tangent(
        input.into_dispatch(),
        moved.into_dispatch(),
        affine.gamma.into_dispatch(),
        affine.beta.into_dispatch(),
        statistics.mean.into_dispatch(),
        statistics.variance.into_dispatch(),
        norm,
    ))
}

/// The gradient of [`batch_norm`]'s input and that gradient's derivative, from those of the
/// output, where the input moves as in [`batch_norm_tangent`]; all `[n, c, h, w]`. The formula
/// stands in the source, `batch_norm/second.rs`.
///
/// # Panics
///
/// As [`batch_norm_backward`].
pub fn batch_norm_backward_tangent(
    input: Tensor<4>,
    moved: Tensor<4>,
    [gradient, moved_gradient]: [Tensor<4>; 2],
    affine: Affine,
    statistics: BatchStatistics,
    norm: Norm,
) -> [Tensor<4>; 2] {
    let (gradient, moved) = <Dispatch as NormBackend>::batch_norm_backward_tangent(
        input.into_dispatch(),
        moved.into_dispatch(),
        gradient.into_dispatch(),
        moved_gradient.into_dispatch(),
        affine.gamma.into_dispatch(),
        affine.beta.into_dispatch(),
        statistics.mean.into_dispatch(),
        statistics.variance.into_dispatch(),
        norm,
    );
    [gradient, moved].map(Tensor::from_dispatch)
}
