//! The forward derivative of a batch norm behind a layer whose weight moves along itself.
//!
//! A linear layer y = W x with x moving by x' and W by itself has y' = W x' + y. The second part
//! is the batch norm's own input, so only the first, called `u` here, is passed in; what the norm
//! makes of y itself, almost nothing, comes from a formula without cancellation.

use crate::conv::filled;
use crate::{Activation, Element};

use super::apply::{self, Affine, Masked};
use super::channels::Channels;
use super::sums::{GradSums, sum_channels};
use super::{BatchNorm, Moments};

impl<T: Element> BatchNorm<'_, T> {
    /// The derivative of the output (behind the activation) where the input moves by
    /// `moved + input`, through the statistics of the batch; all `[n, c, plane]`.
    ///
    /// With c = x - mean, s = (variance + epsilon)^(-1/2) and f = scale s it is
    /// `f (u - E[u]) + f s^2 (epsilon - E[c u]) c`, where the output is inside the bounds of the
    /// activation.
    ///
    /// # Panics
    /// When lengths do not agree.
    #[must_use]
    pub fn tangent(&self, input: &[T], plane: usize, moments: &Moments<T>, moved: &[T]) -> Vec<T> {
        self.check(input, plane, moments);
        assert!(moved.len() == input.len(), "a derivative per input element");
        let factors = self.factors(moments);
        let channels = self.channels(moments, &factors);
        let sums = GradSums {
            input,
            output_grad: moved,
            // The mask is of the output, not of what moves.
            channels: Channels {
                bounds: Activation::Identity.bounds(),
                ..channels
            },
        };
        let sums = sum_channels(self.isa, input.len(), self.scale.len(), plane, &sums);
        let count = (input.len() / self.scale.len()) as f64;
        let line = |(channel, [sum, product]): (usize, &[f64; 2])| {
            let inverse = self.inverse_deviation(moments, channel);
            let factor = self.scale[channel].to_f64() * inverse;
            let slope = factor * inverse * inverse * (self.epsilon - product / count);
            [slope, -factor * sum / count].map(T::from_f64)
        };
        let lines: Vec<_> = sums.iter().enumerate().map(line).collect();
        filled(input.len(), |output| {
            apply::for_each_plane(self.isa, plane, output, |first, output| {
                let range = first * plane..first * plane + output.len();
                Affine {
                    masked: Masked::Result,
                    input: &input[range.clone()],
                    source: &moved[range],
                    result: output,
                    plane,
                    first: first % self.scale.len(),
                    channels,
                    lines: &lines,
                }
            });
        })
    }
}
