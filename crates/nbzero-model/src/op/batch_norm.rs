//! Batch normalisation, with the activation behind it.

use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use nbzero_ops::{
    Activation, Affine, BatchStatistics, Norm, NormalisedGradients, Statistics, batch_norm,
    batch_norm_backward, batch_norm_fixed, batch_norm_of_batches,
};

use crate::init::EPSILON;

/// A layer in training on an autodiff device (batch statistics, running ones updated), in
/// evaluation elsewhere.
pub(crate) fn layer(x: Tensor<4>, layer: &BatchNorm, activation: Activation) -> Tensor<4> {
    let settings = norm(activation, Statistics::Batch);
    if !x.device().is_autodiff() {
        let statistics = BatchStatistics {
            mean: layer.running_mean.value_sync(),
            variance: layer.running_var.value_sync(),
        };
        return batch_norm_fixed(x, affine(layer), statistics, settings);
    }
    let batch = batch_norm(x, affine(layer), settings);
    for (running, new) in [
        (&layer.running_mean, batch.statistics.mean),
        (&layer.running_var, batch.statistics.variance),
    ] {
        let old = running.value_sync().to_device(&new.device());
        let mixed = old * (1.0 - layer.momentum) + new * layer.momentum;
        running.update(mixed.detach());
    }
    batch.output
}

/// The output, and the statistics of the batch; or of several batches one after another.
pub(crate) fn forward(
    x: Tensor<4>,
    layer: &BatchNorm,
    activation: Activation,
    batches: usize,
) -> (Tensor<4>, BatchStatistics) {
    let norm = norm(activation, Statistics::Batch);
    let batch = batch_norm_of_batches(x, affine(layer), norm, batches);
    (batch.output, batch.statistics)
}

/// Gradients from one of the output, or from several one after another.
pub(crate) fn backward(
    input: Tensor<4>,
    gradient: Tensor<4>,
    layer: &BatchNorm,
    statistics: &BatchStatistics,
    norm: Norm,
) -> NormalisedGradients {
    batch_norm_backward(input, gradient, affine(layer), statistics.clone(), norm)
}

pub(crate) fn norm(activation: Activation, statistics: Statistics) -> Norm {
    Norm {
        epsilon: EPSILON,
        activation,
        statistics,
    }
}

pub(crate) fn affine(layer: &BatchNorm) -> Affine {
    Affine {
        gamma: layer.gamma.val(),
        beta: layer.beta.val(),
    }
}
