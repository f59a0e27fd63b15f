//! Batch normalisation through the statistics of the batch.

use burn::nn::BatchNorm;
use burn::tensor::Tensor;

use crate::init::EPSILON;

/// A layer in training on an autodiff device (batch statistics, running ones updated), in
/// evaluation elsewhere: as `BatchNorm::forward`, but through this project's kernels.
pub(crate) fn layer(x: Tensor<4>, layer: &BatchNorm) -> Tensor<4> {
    if !x.device().is_autodiff() {
        return layer.forward(x);
    }
    let batch = nbzero_ops::batch_norm(x, layer.gamma.val(), layer.beta.val(), layer.epsilon);
    for (running, new) in [(&layer.running_mean, batch.mean), (&layer.running_var, batch.variance)] {
        let old = running.value_sync().to_device(&new.device());
        let mixed = old * (1.0 - layer.momentum) + new * layer.momentum;
        running.update(mixed.detach());
    }
    batch.output
}

/// Per-channel statistics of a batch, each `[1, channels, 1, 1]`.
#[derive(Debug, Clone)]
pub(crate) struct Statistics {
    pub(crate) mean: Tensor<4>,
    /// Biased variance.
    pub(crate) variance: Tensor<4>,
}

impl Statistics {
    pub(crate) fn of_batch(x: &Tensor<4>) -> Self {
        let mean = channel_means(x.clone());
        let variance = channel_means((x.clone() - mean.clone()).square());
        Self { mean, variance }
    }

    fn inverse_deviation(&self) -> Tensor<4> {
        self.variance.clone().add_scalar(EPSILON).sqrt().recip()
    }

    /// (x - mean) / std.
    fn normalise(&self, x: Tensor<4>) -> Tensor<4> {
        (x - self.mean.clone()) * self.inverse_deviation()
    }
}

pub(crate) fn forward(x: Tensor<4>, layer: &BatchNorm, statistics: &Statistics) -> Tensor<4> {
    // One multiplication and one addition: y = x a + b.
    let scale = per_channel(layer.gamma.val()) * statistics.inverse_deviation();
    let shift = per_channel(layer.beta.val()) - statistics.mean.clone() * scale.clone();
    x * scale + shift
}

/// Gradient of the input, through the statistics.
///
/// dx = gamma / std (dy - mean(dy) - xhat mean(dy xhat)), means over images and positions.
pub(crate) fn input_gradient(
    input: Tensor<4>,
    gradient: Tensor<4>,
    layer: &BatchNorm,
    statistics: &Statistics,
) -> Tensor<4> {
    let normalised = statistics.normalise(input);
    let mean = channel_means(gradient.clone());
    let correlation = channel_means(gradient.clone() * normalised.clone());
    let scale = per_channel(layer.gamma.val()) * statistics.inverse_deviation();
    (gradient - mean - normalised * correlation) * scale
}

fn per_channel(vector: Tensor<1>) -> Tensor<4> {
    let [channels] = vector.dims();
    vector.reshape([1, channels, 1, 1])
}

fn channel_means(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    // Positions first: their sums are contiguous and short, which keeps float32 accurate.
    let sums = x.reshape([batch, channels, height * width]).sum_dim(2);
    let sums = sums.sum_dim(0).reshape([1, channels, 1, 1]);
    sums.div_scalar((batch * height * width) as f64)
}
