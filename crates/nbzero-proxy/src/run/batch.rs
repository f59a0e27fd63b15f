//! The sweeps over the network and the batch as they are given, which start from no other.

use burn::tensor::{Int, Tensor};
use nbzero_model::sweep::{self, GradientsOf, LayerGradient};
use nbzero_model::{Layer, Network};

use super::Run;
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
        let before = self.loss_of(Sweep::Halves, &network, &batch, [0, half], |_, layer| {
            first.push(layer.weight_gradient());
        });
        let mut first = first.into_iter();
        let after = self.loss_of(
            Sweep::Halves,
            &network,
            &batch,
            [half, images - half],
            |run, layer| {
                let first = first.next().expect("both halves pass the same layers");
                run.show(Sweep::Halves, |proxy| proxy.halves(&first, layer));
            },
        );
        before.max(after)
    }

    pub(super) fn alone(&mut self) -> u128 {
        let (network, batch) = (self.network, &self.batch.images);
        let [images, _, _, _] = batch.dims();
        let peaks = (0..images).map(|image| {
            self.loss_of(Sweep::Alone, network, batch, [image, 1], |run, layer| {
                run.show(Sweep::Alone, |proxy| proxy.alone(image, layer));
            })
        });
        peaks.max().unwrap_or(0)
    }

    /// Forward and backward from the mean cross-entropy of some images of the batch.
    fn loss_of(
        &mut self,
        sweep: Sweep,
        network: &Network,
        batch: &Tensor<4>,
        [start, count]: [usize; 2],
        mut visit: impl FnMut(&mut Self, &LayerGradient<'_>),
    ) -> u128 {
        let images = batch.clone().narrow(0, start, count);
        let targets: Tensor<1, Int> = self.batch.targets.clone().narrow(0, start, count);
        let activations = sweep::forward(network, network.graph(), images);
        self.expect(sweep, activations.is_finite());
        let gradient = sweep::cross_entropy(activations.logits(), targets).gradient;
        let visit = |layer: LayerGradient<'_>| visit(self, &layer);
        let end = activations.backward(gradient, GradientsOf::Weights, visit);
        end.peak_bytes
    }
}
