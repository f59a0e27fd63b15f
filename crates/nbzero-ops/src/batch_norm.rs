//! Batch normalisation over the statistics of the batch, in float32.
//!
//! Maps are `[n, channels, positions]`. Sums run in float32 over a plane in eight lanes and in
//! float64 over planes, in the order of the images: accurate, and the same for any number of
//! threads. The forward pass reads its input three times and writes once; the backward pass
//! reads input and gradient twice and writes once.

use rayon::prelude::*;

/// Sizes of a map: images, channels, positions of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NormShape {
    /// Images in the batch.
    pub n: usize,
    /// Channels.
    pub channels: usize,
    /// Height times width.
    pub positions: usize,
}

impl NormShape {
    fn len(&self) -> usize {
        self.n * self.channels * self.positions
    }

    /// The planes of one channel, image by image.
    fn planes<'a>(&self, map: &'a [f32], channel: usize) -> impl Iterator<Item = &'a [f32]> {
        let &Self {
            n,
            channels,
            positions,
        } = self;
        (0..n).map(move |image| {
            let start = (image * channels + channel) * positions;
            &map[start..start + positions]
        })
    }

    fn count(&self) -> f64 {
        (self.n * self.positions) as f64
    }
}

/// Mean and biased variance of each channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelStatistics {
    /// Means.
    pub mean: Vec<f32>,
    /// Biased variances.
    pub variance: Vec<f32>,
}

/// Gradients of a batch norm.
#[derive(Debug, Clone, PartialEq)]
pub struct NormGradients {
    /// By the scale, one a channel.
    pub gamma: Vec<f32>,
    /// By the shift, one a channel.
    pub beta: Vec<f32>,
}

/// Writes `(x - mean) / sqrt(variance + epsilon) * gamma + beta` and gives the statistics.
///
/// # Panics
///
/// When a length is not that of the shape.
pub fn batch_norm(
    shape: NormShape,
    input: &[f32],
    gamma: &[f32],
    beta: &[f32],
    epsilon: f64,
    output: &mut [f32],
) -> ChannelStatistics {
    assert!(input.len() == shape.len() && output.len() == shape.len());
    assert!(gamma.len() == shape.channels && beta.len() == shape.channels);
    let (mean, variance): (Vec<f32>, Vec<f32>) = (0..shape.channels)
        .into_par_iter()
        .map(|channel| {
            let sum: f64 = shape
                .planes(input, channel)
                .map(|plane| sum(plane, |x| x))
                .sum();
            let mean = (sum / shape.count()) as f32;
            let square = |x: f32| (x - mean) * (x - mean);
            let sum: f64 = shape
                .planes(input, channel)
                .map(|plane| self::sum(plane, square))
                .sum();
            (mean, (sum / shape.count()) as f32)
        })
        .unzip();
    let affine: Vec<(f32, f32)> = (0..shape.channels)
        .map(|c| {
            let scale = f64::from(gamma[c]) / (f64::from(variance[c]) + epsilon).sqrt();
            let shift = f64::from(beta[c]) - f64::from(mean[c]) * scale;
            (scale as f32, shift as f32)
        })
        .collect();
    let planes = output
        .par_chunks_mut(shape.positions)
        .zip(input.par_chunks(shape.positions));
    planes
        .enumerate()
        .with_min_len(PLANES_A_JOB)
        .for_each(|(i, (output, input))| {
            let (scale, shift) = affine[i % shape.channels];
            for (y, x) in output.iter_mut().zip(input) {
                *y = x * scale + shift;
            }
        });
    ChannelStatistics { mean, variance }
}

/// Writes the gradient of the input, through the statistics, and gives those of scale and shift.
///
/// dx = gamma / std (dy - mean(dy) - xhat mean(dy xhat)), which is linear in dy and x with
/// constants of the channel.
///
/// # Panics
///
/// When a length is not that of the shape.
pub fn batch_norm_backward(
    shape: NormShape,
    input: &[f32],
    gradient: &[f32],
    gamma: &[f32],
    statistics: &ChannelStatistics,
    epsilon: f64,
    input_gradient: &mut [f32],
) -> NormGradients {
    let lengths = [input.len(), gradient.len(), input_gradient.len()];
    assert!(lengths.iter().all(|len| *len == shape.len()));
    let lengths = [
        gamma.len(),
        statistics.mean.len(),
        statistics.variance.len(),
    ];
    assert!(lengths.iter().all(|len| *len == shape.channels));
    let sums: Vec<(f64, f64)> = (0..shape.channels)
        .into_par_iter()
        .map(|channel| {
            let mean = statistics.mean[channel];
            let pairs = shape
                .planes(input, channel)
                .zip(shape.planes(gradient, channel));
            pairs.fold((0.0, 0.0), |(total, product), (x, dy)| {
                (
                    total + sum(dy, |dy| dy),
                    product + centred_product(x, dy, mean),
                )
            })
        })
        .collect();
    let constants: Vec<[f32; 3]> = (0..shape.channels)
        .map(|c| {
            let inverse = 1.0 / (f64::from(statistics.variance[c]) + epsilon).sqrt();
            let scale = f64::from(gamma[c]) * inverse;
            let (total, product) = (sums[c].0 / shape.count(), sums[c].1 / shape.count());
            let slope = -scale * product * inverse * inverse;
            let offset = -scale * total - slope * f64::from(statistics.mean[c]);
            [scale as f32, slope as f32, offset as f32]
        })
        .collect();
    input_gradient
        .par_chunks_mut(shape.positions)
        .zip(
            input
                .par_chunks(shape.positions)
                .zip(gradient.par_chunks(shape.positions)),
        )
        .enumerate()
        .with_min_len(PLANES_A_JOB)
        .for_each(|(i, (dx, (x, dy)))| {
            let [scale, slope, offset] = constants[i % shape.channels];
            for (dx, (x, dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                *dx = dy * scale + (x * slope + offset);
            }
        });
    let gamma = sums
        .iter()
        .zip(&statistics.variance)
        .map(|((_, product), variance)| (product / (f64::from(*variance) + epsilon).sqrt()) as f32);
    NormGradients {
        gamma: gamma.collect(),
        beta: sums.iter().map(|(total, _)| *total as f32).collect(),
    }
}

/// Small planes are not worth a job each.
const PLANES_A_JOB: usize = 16;

const LANES: usize = 8;

/// Sum of `map` of each value: float32 in lanes, float64 at the end.
fn sum(values: &[f32], map: impl Fn(f32) -> f32) -> f64 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += map(*value);
        }
    }
    let lanes = lanes.iter().map(|lane| f64::from(*lane));
    let rest = rest.iter().map(|value| f64::from(map(*value)));
    lanes.sum::<f64>() + rest.sum::<f64>()
}

/// Sum of (x - mean) dy.
fn centred_product(x: &[f32], dy: &[f32], mean: f32) -> f64 {
    let ((xs, x_rest), (dys, dy_rest)) = (x.as_chunks::<LANES>(), dy.as_chunks::<LANES>());
    let mut lanes = [0.0_f32; LANES];
    for (x, dy) in xs.iter().zip(dys) {
        for (lane, (x, dy)) in lanes.iter_mut().zip(x.iter().zip(dy)) {
            *lane += (x - mean) * dy;
        }
    }
    let rest = x_rest
        .iter()
        .zip(dy_rest)
        .map(|(x, dy)| f64::from((x - mean) * dy));
    lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>() + rest.sum::<f64>()
}
