//! The noise sweep: features of images and of their neighbours.

use burn::tensor::{Device, Tensor};
use nbzero_graph::Graph;
use nbzero_model::sweep::forward_only;
use nbzero_model::{Network, Normals};

use crate::Settings;

/// Size of the perturbation.
const GAMMA: f64 = 0.01;

/// One repeat: what the network without residual links makes of images and of their neighbours,
/// each pass with the batch norms on its own statistics.
#[derive(Debug, Clone)]
pub struct NoisePair {
    /// Features of the images x, before pooling, `[batch, channels, height, width]`.
    pub features: Tensor<4>,
    /// Features of x + 0.01 e.
    pub perturbed: Tensor<4>,
    /// For each batch norm, on the pass of x: the mean over channels of the biased variance of
    /// its input over the batch.
    pub variances: Vec<f64>,
    /// The most bytes of activations at any moment.
    pub peak_bytes: u128,
}

impl NoisePair {
    /// A repeat with fresh weights, images and perturbations: the same for a seed and a repeat,
    /// whatever came before.
    pub(crate) fn draw(graph: &Graph, settings: &Settings, repeat: u32, device: &Device) -> Self {
        let mut normals = Normals::new(settings.seed, repeat);
        let network = Network::standard_normal(graph, &mut normals, device);
        let shape = graph.input_shape();
        let shape = [
            settings.zen_batch,
            shape.channels,
            shape.height,
            shape.width,
        ];
        let precision = settings.precision;
        let images = precision.tensor(normals.tensor(shape, device));
        let perturbation = precision.tensor(normals.tensor(shape, device));
        Self::measure(&precision.network(network), graph, images, perturbation)
    }

    /// A repeat with the network's own parameters and these images.
    pub(crate) fn measure(
        network: &Network,
        graph: &Graph,
        images: Tensor<4>,
        perturbation: Tensor<4>,
    ) -> Self {
        let [batch, _, _, _] = images.dims();
        let neighbours = images.clone() + perturbation.mul_scalar(GAMMA);
        // Both passes at once: weights are packed and transformed once.
        let both = Tensor::cat(vec![images, neighbours], 0);
        let mut variances = Vec::new();
        let end = forward_only(network, graph, both, 2, graph.features(), |step| {
            if let Some(variance) = step.variance {
                let [channels] = variance.dims();
                let of_images = variance.clone().narrow(0, 0, channels / 2);
                variances.push(of_images.mean().into_scalar::<f64>());
            }
        });
        Self {
            features: end.value.clone().narrow(0, 0, batch),
            perturbed: end.value.narrow(0, batch, batch),
            variances,
            peak_bytes: end.peak_bytes,
        }
    }
}
