//! Batch normalisation through the statistics of the batch.

use burn::nn::BatchNorm;
use burn::tensor::Tensor;

use super::jet::Jet;
use crate::init::EPSILON;

/// A layer in training on an autodiff device (batch statistics, running ones updated), in
/// evaluation elsewhere: as `BatchNorm::forward`, but through this project's kernels.
pub(crate) fn layer(x: Tensor<4>, layer: &BatchNorm) -> Tensor<4> {
    if !x.device().is_autodiff() {
        return layer.forward(x);
    }
    let batch = nbzero_ops::batch_norm(x, layer.gamma.val(), layer.beta.val(), layer.epsilon);
    for (running, new) in [
        (&layer.running_mean, batch.mean),
        (&layer.running_var, batch.variance),
    ] {
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
    fn inverse_deviation(&self) -> Tensor<4> {
        self.variance.clone().add_scalar(EPSILON).sqrt().recip()
    }

    /// (x - mean) / std.
    pub(crate) fn normalise(&self, x: Tensor<4>) -> Tensor<4> {
        (x - self.mean.clone()) * self.inverse_deviation()
    }
}

/// The output, and the statistics of the batch.
pub(crate) fn forward(x: Tensor<4>, layer: &BatchNorm) -> (Tensor<4>, Statistics) {
    let batch = nbzero_ops::batch_norm(x, layer.gamma.val(), layer.beta.val(), EPSILON);
    let statistics = Statistics {
        mean: per_channel(batch.mean),
        variance: per_channel(batch.variance),
    };
    (batch.output, statistics)
}

/// Gradient of the input, through the statistics.
pub(crate) fn input_gradient(
    input: Tensor<4>,
    gradient: Tensor<4>,
    layer: &BatchNorm,
    statistics: &Statistics,
) -> Tensor<4> {
    let vector = |map: &Tensor<4>| map.clone().flatten(0, 3);
    let (mean, variance) = (vector(&statistics.mean), vector(&statistics.variance));
    let gamma = layer.gamma.val();
    nbzero_ops::batch_norm_backward(input, gradient, gamma, mean, variance, EPSILON).input
}

/// For each of several gradients `[images, count, channels, height, width]` that of the input,
/// through the statistics, and that of the scale, `[count, channels]`. `normalised` is the input
/// after normalisation, `[images, 1, channels, height, width]`.
///
/// dx = gamma / std (dy - mean(dy) - xhat mean(dy xhat)), means over images and positions.
pub(crate) fn gradients(
    normalised: &Tensor<5>,
    gradients: Tensor<5>,
    layer: &BatchNorm,
    statistics: &Statistics,
) -> (Tensor<5>, Tensor<2>) {
    let [images, count, channels, height, width] = gradients.dims();
    let means = |x: Tensor<5>| -> Tensor<5> {
        let means = channel_means(x.reshape([images, count * channels, height, width]));
        means.reshape([1, count, channels, 1, 1])
    };
    let mean = means(gradients.clone());
    let correlation = means(gradients.clone() * normalised.clone());
    let scale = frozen_scale(layer, statistics).unsqueeze_dim(1);
    let input = (gradients - mean - normalised.clone() * correlation.clone()) * scale;
    let of_scale = correlation.reshape([count, channels]);
    let elements = images * height * width;
    (input, of_scale.mul_scalar(elements as f64))
}

/// Gradient of the scale for each of several gradients, `[count, channels]`.
pub(crate) fn scale_gradients(normalised: Tensor<4>, gradients: Tensor<5>) -> Tensor<2> {
    let [_, count, channels, _, _] = gradients.dims();
    let products = gradients * normalised.unsqueeze_dim(1);
    products.sum_dims(&[0, 3, 4]).reshape([count, channels])
}

/// dy/dx where the statistics are held constant, `[1, channels, 1, 1]`.
pub(crate) fn frozen_scale(layer: &BatchNorm, statistics: &Statistics) -> Tensor<4> {
    per_channel(layer.gamma.val()) * statistics.inverse_deviation()
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

/// The jet of the output, through the statistics.
///
/// Subscripts are derivatives:
///
/// ```text
/// c = x - mean(x)    v = mean(c^2)     v_a = 2 mean(c c_a)    v_ab = 2 mean(c_a c_b + c c_ab)
/// s = (v + eps)^(-1/2)                 s_a = -s^3 v_a / 2     s_ab = 3/4 s^5 v_a v_b - s^3 v_ab / 2
/// y = gamma c s + beta
/// ```
pub(crate) fn forward_jet(jet: Jet, layer: &BatchNorm) -> Jet {
    let centred = jet.map(|x| x.clone() - channel_means(x));
    let mean_product = |x: &Tensor<4>, y: &Tensor<4>| channel_means(x.clone() * y.clone());
    let Jet { x, a, b, ab } = &centred;
    let v_a = mean_product(x, a).mul_scalar(2.0);
    let v_b = mean_product(x, b).mul_scalar(2.0);
    let v_ab = (mean_product(a, b) + mean_product(x, ab)).mul_scalar(2.0);
    let s = mean_product(x, x).add_scalar(EPSILON).sqrt().recip();
    let half_cube = s.clone().powi_scalar(3).mul_scalar(0.5);
    let s_a = -half_cube.clone() * v_a.clone();
    let s_b = -half_cube.clone() * v_b.clone();
    let s_ab = s.clone().powi_scalar(5).mul_scalar(0.75) * v_a * v_b - half_cube * v_ab;

    let gamma = per_channel(layer.gamma.val());
    let [s, s_a, s_b, s_ab] = [s, s_a, s_b, s_ab].map(|s| s * gamma.clone());
    let Jet { x, a, b, ab } = centred;
    Jet {
        ab: ab * s.clone() + a.clone() * s_b.clone() + b.clone() * s_a.clone() + x.clone() * s_ab,
        a: a * s.clone() + x.clone() * s_a,
        b: b * s.clone() + x.clone() * s_b,
        x: x * s + per_channel(layer.beta.val()),
    }
}
