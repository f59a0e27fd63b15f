//! Channels one after another.

use burn::tensor::Tensor;

use super::{At, Rule};

/// A concatenation of maps of these numbers of channels.
#[derive(Debug)]
pub(super) struct Concat(pub(super) Vec<usize>);

impl Rule for Concat {
    fn forward(&self, at: &At<'_>) -> Tensor<4> {
        let maps: Vec<_> = (0..self.0.len()).map(|i| at.input(i)).collect();
        let batch = maps.iter().map(|map| map.dims()[0]).max().unwrap_or(1);
        let each = maps.into_iter().map(|map| {
            let [_, channels, height, width] = map.dims();
            map.expand([batch, channels, height, width])
        });
        Tensor::cat(each.collect(), 1)
    }

    fn adjoint(&self, _at: &At<'_>, gradient: Tensor<4>) -> Vec<Tensor<4>> {
        let mut start = 0;
        let parts = self.0.iter().map(|&channels| {
            let part = gradient.clone().narrow(1, start, channels);
            start += channels;
            part
        });
        parts.collect()
    }
}
