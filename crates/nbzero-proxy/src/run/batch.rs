//! The sweeps over the network and the batch as they are given, which start from no other.

use std::ops::ControlFlow;

use burn::tensor::{Int, Tensor};
use nbzero_model::sweep::{self, GradientsOf, LayerGradient};
use nbzero_model::{Layer, Network};

use super::Run;
use super::side_by_side::side_by_side;
use crate::plan::images_at_once;
use crate::{Precision, Sweep};

impl Run<'_> {
    pub(super) fn weights(&mut self) -> u128 {
        for (_, layer) in self.network.layers() {
            let weight = match layer {
                Layer::Convolution(conv) => conv.weight.val().flatten(0, 3),
                Layer::Dense(dense) => dense.weight.val().flatten(0, 1),
                Layer::BatchNorm(_) | Layer::LayerNorm(_) | Layer::Values(_) => continue,
            };
            self.show(Sweep::Weights, |proxy| proxy.weight(&weight));
        }
        0
    }

    pub(super) fn layers(&mut self) -> u128 {
        let (network, images) = (self.network, self.batch.images.clone());
        let end = sweep::outputs(network, network.graph(), images, |output| {
            self.show(Sweep::Layers, |proxy| proxy.output(output));
        });
        self.expect(Sweep::Layers, end.is_finite);
        end.peak_bytes
    }

    /// The first half's weight gradients wait for the second's, layer by layer. In float64: what is made of
    /// both divides by their difference.
    pub(super) fn halves(&mut self) -> u128 {
        let network = self.network.with_parameters(&Precision::Float64);
        let batch = Precision::Float64.tensor(self.batch.images.clone());
        let [images, _, _, _] = batch.dims();
        let half = images / 2;
        let mut first = Vec::new();
        let targets = &self.batch.targets;
        let before = Passed::by(&network, &batch, targets, [0, half], |layer| {
            first.push(layer.weight_gradient());
        });
        let mut first = first.into_iter();
        let rest = [half, images - half];
        let after = Passed::by(&network, &batch, targets, rest, |layer| {
            let first = first.next().expect("both halves pass the same layers");
            self.show(Sweep::Halves, |proxy| proxy.halves(&first, layer));
        });
        self.expect(Sweep::Halves, before.is_finite && after.is_finite);
        before.peak_bytes.max(after.peak_bytes)
    }

    pub(super) fn alone(&mut self) -> u128 {
        let (network, batch) = (self.network, self.batch);
        let at_once = images_at_once(network.graph(), batch.size(), self.settings);
        let images: Vec<usize> = (0..batch.size().images).collect();
        let make = |&image: &usize| {
            let mut layers = Vec::new();
            let targets = &batch.targets;
            let passed = Passed::by(network, &batch.images, targets, [image, 1], |layer| {
                layers.push((layer.name.to_owned(), layer.weight_gradient()));
            });
            (passed, layers)
        };
        let bytes = |(passed, _): &(Passed, _)| passed.peak_bytes;
        side_by_side(&images, at_once, make, bytes, |&image, (passed, layers)| {
            self.expect(Sweep::Alone, passed.is_finite);
            for (name, gradient) in layers {
                self.show(Sweep::Alone, |proxy| proxy.alone(image, name, gradient));
            }
            ControlFlow::Continue(())
        })
    }
}

/// Some images of a batch that went forward and back.
struct Passed {
    is_finite: bool,
    peak_bytes: u128,
}

impl Passed {
    /// Forward and backward from the mean cross-entropy of the images from `start` on.
    fn by(
        network: &Network,
        batch: &Tensor<4>,
        targets: &Tensor<1, Int>,
        [start, count]: [usize; 2],
        mut visit: impl FnMut(&LayerGradient<'_>),
    ) -> Self {
        let images = batch.clone().narrow(0, start, count);
        let targets = targets.clone().narrow(0, start, count);
        let activations = sweep::forward(network, network.graph(), images);
        let is_finite = activations.is_finite();
        let gradient = sweep::cross_entropy(activations.logits(), targets).gradient;
        let end = activations.backward(gradient, GradientsOf::Weights, |layer| visit(&layer));
        Self {
            is_finite,
            peak_bytes: end.peak_bytes,
        }
    }
}
