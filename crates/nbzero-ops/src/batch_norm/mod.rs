//! Batch norm with the activation that follows it, over channels of `[n, c, plane]`.
//!
//! Forward is one pass for the statistics and one that normalises, scales and clamps; backward is
//! one pass for the two sums of each channel and one for the input gradient. The activation's mask
//! is made again from the input, so nothing but the input and the statistics need be kept.

mod apply;
mod channels;
mod second;
mod sums;
mod tangent;

use crate::conv::filled;
use crate::{Activation, Element, Isa};
use apply::{Affine, Forward, Masked};
use channels::Channels;
use rayon::prelude::*;
use std::mem::MaybeUninit;
use sums::{GradSums, Squares};

pub use second::MovingGrad;

/// Whether the statistics come from the batch, and so depend on the input, or are constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistics {
    /// Of the batch: training mode.
    Batch,
    /// Constants: evaluation mode, or frozen.
    Fixed,
}

/// Mean and biased variance of each channel, `[c]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<T> {
    /// Mean.
    pub mean: Vec<T>,
    /// Mean square deviation from the mean.
    pub variance: Vec<T>,
}

/// Gradients of a batch norm.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormGrads<T> {
    /// Of the input, `[n, c, plane]` for each output gradient.
    pub input: Vec<T>,
    /// Of the scale, `[c]` for each output gradient.
    pub scale: Vec<T>,
    /// Of the bias, `[c]` for each output gradient.
    pub bias: Vec<T>,
}

/// A batch norm over `[n, c, plane]`; `c` is the length of the scale.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm<'a, T> {
    isa: Isa,
    scale: &'a [T],
    bias: &'a [T],
    epsilon: f64,
    activation: Activation,
}

impl<'a, T: Element> BatchNorm<'a, T> {
    /// Scale and bias `[c]`, and the number added to the variance.
    ///
    /// # Panics
    /// When scale and bias are empty or differ in length.
    #[must_use]
    pub fn new(scale: &'a [T], bias: &'a [T], epsilon: f64) -> Self {
        assert!(
            !scale.is_empty() && scale.len() == bias.len(),
            "a scale and a bias per channel"
        );
        Self {
            isa: Isa::chosen(),
            scale,
            bias,
            epsilon,
            activation: Activation::Identity,
        }
    }

    /// With an activation behind it.
    #[must_use]
    pub fn with_activation(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// With a chosen instruction set.
    ///
    /// # Panics
    /// When this machine lacks it.
    #[must_use]
    pub fn with_isa(self, isa: Isa) -> Self {
        isa.check();
        Self { isa, ..self }
    }

    /// Output `[n, c, plane]` and the statistics of the batch, for `input` `[n, c, plane]`.
    ///
    /// # Panics
    /// When the input is not whole images of whole planes.
    #[must_use]
    pub fn forward(&self, input: &[T], plane: usize) -> (Vec<T>, Moments<T>) {
        self.forward_batches(input, plane, 1)
    }

    /// As [`BatchNorm::forward`] of several batches one after another, each with statistics of its
    /// own, `[batches * c]`.
    ///
    /// # Panics
    /// When the input is not whole batches of whole images.
    #[must_use]
    pub fn forward_batches(
        &self,
        input: &[T],
        plane: usize,
        batches: usize,
    ) -> (Vec<T>, Moments<T>) {
        let channels = self.scale.len();
        assert!(
            batches > 0 && input.len().is_multiple_of(batches * channels * plane),
            "whole batches of whole images"
        );
        let batch = (input.len() / batches).max(1);
        let mut all = Moments {
            mean: Vec::new(),
            variance: Vec::new(),
        };
        let output = filled(input.len(), |output| {
            for (input, output) in input.chunks(batch).zip(output.chunks_mut(batch)) {
                let moments = moments_with(self.isa, input, channels, plane);
                self.apply_into(input, plane, &moments, output);
                all.mean.extend(moments.mean);
                all.variance.extend(moments.variance);
            }
        });
        (output, all)
    }

    /// Output `[n, c, plane]` for given statistics.
    ///
    /// # Panics
    /// When lengths do not agree.
    #[must_use]
    pub fn apply(&self, input: &[T], plane: usize, moments: &Moments<T>) -> Vec<T> {
        self.check(input, plane, moments);
        filled(input.len(), |output| {
            self.apply_into(input, plane, moments, output);
        })
    }

    fn apply_into(
        &self,
        input: &[T],
        plane: usize,
        moments: &Moments<T>,
        output: &mut [MaybeUninit<T>],
    ) {
        let factors = self.factors(moments);
        let channels = self.channels(moments, &factors);
        apply::for_each_plane(self.isa, plane, output, |first, output| Forward {
            input: &input[first * plane..][..output.len()],
            output,
            plane,
            first: first % self.scale.len(),
            channels,
        });
    }

    /// Gradients from those of the output (behind the activation): one `[n, c, plane]`, or
    /// several one after another, `[k, n, c, plane]`.
    ///
    /// # Panics
    /// When lengths do not agree.
    #[must_use]
    pub fn backward(
        &self,
        input: &[T],
        plane: usize,
        moments: &Moments<T>,
        output_grad: &[T],
        statistics: Statistics,
    ) -> BatchNormGrads<T> {
        self.check(input, plane, moments);
        assert!(
            !input.is_empty() && output_grad.len().is_multiple_of(input.len()),
            "an output gradient per input element"
        );
        let (mut scale, mut bias) = (Vec::new(), Vec::new());
        let input_grad = filled(output_grad.len(), |input_grad| {
            let of_parameters: Vec<_> = input_grad
                .par_chunks_mut(input.len())
                .zip(output_grad.par_chunks(input.len()))
                .map(|(input_grad, output_grad)| {
                    self.backward_one(input, plane, moments, output_grad, statistics, input_grad)
                })
                .collect();
            for (of_scale, of_bias) in of_parameters {
                scale.extend(of_scale);
                bias.extend(of_bias);
            }
        });
        BatchNormGrads {
            input: input_grad,
            scale,
            bias,
        }
    }

    /// Writes the input gradient; gives those of scale and bias.
    fn backward_one(
        &self,
        input: &[T],
        plane: usize,
        moments: &Moments<T>,
        output_grad: &[T],
        statistics: Statistics,
        input_grad: &mut [MaybeUninit<T>],
    ) -> (Vec<T>, Vec<T>) {
        let factors = self.factors(moments);
        let channels = self.channels(moments, &factors);
        let grad_sums = GradSums {
            input,
            output_grad,
            channels,
        };
        let sums = sums::sum_channels(self.isa, input.len(), self.scale.len(), plane, &grad_sums);
        let count = (input.len() / self.scale.len()) as f64;
        let (mut of_scale, mut of_bias) = (Vec::new(), Vec::new());
        let mut lines = Vec::with_capacity(sums.len());
        for (channel, [grad, product]) in sums.iter().copied().enumerate() {
            let inverse = self.inverse_deviation(moments, channel);
            of_scale.push(T::from_f64(product * inverse));
            of_bias.push(T::from_f64(grad));
            let factor = self.scale[channel].to_f64() * inverse;
            let line = [
                -factor * inverse * inverse * product / count,
                -factor * grad / count,
            ];
            let line = if statistics == Statistics::Batch {
                line
            } else {
                [0.0; 2]
            };
            lines.push(line.map(T::from_f64));
        }
        apply::for_each_plane(self.isa, plane, input_grad, |first, input_grad| {
            let range = first * plane..first * plane + input_grad.len();
            Affine {
                masked: Masked::Source,
                input: &input[range.clone()],
                source: &output_grad[range],
                result: input_grad,
                plane,
                first: first % self.scale.len(),
                channels,
                lines: &lines,
            }
        });
        (of_scale, of_bias)
    }

    fn inverse_deviation(&self, moments: &Moments<T>, channel: usize) -> f64 {
        1.0 / (moments.variance[channel].to_f64() + self.epsilon).sqrt()
    }

    fn channels<'b>(&'b self, moments: &'b Moments<T>, factors: &'b [T]) -> Channels<'b, T> {
        Channels {
            mean: &moments.mean,
            factors,
            bias: self.bias,
            bounds: self.activation.bounds(),
        }
    }

    /// Scale over standard deviation.
    fn factors(&self, moments: &Moments<T>) -> Vec<T> {
        let factor = |(scale, variance): (&T, &T)| {
            T::from_f64(scale.to_f64() / (variance.to_f64() + self.epsilon).sqrt())
        };
        self.scale
            .iter()
            .zip(&moments.variance)
            .map(factor)
            .collect()
    }

    fn check(&self, input: &[T], plane: usize, moments: &Moments<T>) {
        let channels = self.scale.len();
        check_images(input.len(), channels, plane);
        assert!(
            moments.mean.len() == channels && moments.variance.len() == channels,
            "statistics of {} channels for {channels}",
            moments.mean.len()
        );
    }
}

fn check_images(len: usize, channels: usize, plane: usize) {
    assert!(
        channels > 0 && plane > 0 && len.is_multiple_of(channels * plane),
        "{len} elements are not whole images of {channels} planes of {plane}"
    );
}

/// Mean and biased variance of each channel of `input` `[n, channels, plane]`.
///
/// # Panics
/// When the input is not whole images of whole planes.
#[must_use]
pub fn moments<T: Element>(input: &[T], channels: usize, plane: usize) -> Moments<T> {
    moments_with(Isa::chosen(), input, channels, plane)
}

/// Sums of `x - shift` and its square, where the shift is the mean of the channel's first plane:
/// near enough to the mean that the difference of the two sums loses no digits.
fn moments_with<T: Element>(isa: Isa, input: &[T], channels: usize, plane: usize) -> Moments<T> {
    check_images(input.len(), channels, plane);
    let first_planes = input.chunks_exact(plane).take(channels);
    let mean = |plane: &[T]| plane.iter().map(|x| x.to_f64()).sum::<f64>() / plane.len() as f64;
    let mut shift: Vec<T> = first_planes.map(|plane| T::from_f64(mean(plane))).collect();
    shift.resize(channels, T::ZERO);
    let squares = Squares {
        input,
        shift: &shift,
    };
    let sums = sums::sum_channels(isa, input.len(), channels, plane, &squares);
    let count = (input.len() / channels) as f64;
    let mut moments = Moments {
        mean: Vec::new(),
        variance: Vec::new(),
    };
    for ([sum, squares], shift) in sums.into_iter().zip(shift) {
        let beyond = sum / count;
        moments.mean.push(T::from_f64(shift.to_f64() + beyond));
        moments
            .variance
            .push(T::from_f64((squares / count - beyond * beyond).max(0.0)));
    }
    moments
}
