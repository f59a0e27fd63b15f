//! What a proxy is: a definition, and callbacks on the sweep that it names.

use burn::tensor::Tensor;
use nbzero_graph::Graph;
use nbzero_model::sweep::{Gram, LayerFlow, LayerGradient};
use serde::{Deserialize, Serialize};

use crate::{Interval, NoisePair, Score, Sweep};

/// Whether a larger or a smaller score predicts the better network. Fixed by the definition,
/// never chosen after seeing accuracies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The larger score is the better network's.
    Higher,
    /// The smaller score is the better network's.
    Lower,
}

/// What identifies a proxy's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The name at the command line and in tables.
    pub name: &'static str,
    /// Raised whenever the same network would get another value.
    pub version: u32,
    /// Which score is better.
    pub direction: Direction,
    /// The sweep that it measures on.
    pub sweep: Sweep,
}

/// A proxy: receives what its sweep shows and ends with a score.
///
/// A proxy is made anew for each network. Only the callbacks of its own sweep are called; all
/// but [`score`](Self::score) do nothing by default.
///
/// | sweep | callbacks |
/// |---|---|
/// | [`Sweep::Graph`] | `graph` |
/// | [`Sweep::Forward`] | `graph`, then `activation` from the first to the last |
/// | [`Sweep::Loss`] | `graph`, then `layer` from the last layer to the first |
/// | [`Sweep::Ones`] | `graph`, then `input_gradient` |
/// | [`Sweep::Tangent`] | `graph`, then `curvature` |
/// | [`Sweep::Synflow`] | `graph`, then `flow` from the last layer to the first, in float64 |
/// | [`Sweep::PerImage`] | `graph`, then `gram` |
/// | [`Sweep::Noise`] | `graph`, then `noise` for each repeat, until `interval` is narrow enough |
pub trait Proxy {
    /// Name, version, direction, sweep.
    fn definition(&self) -> Definition;

    /// The network's graph.
    fn graph(&mut self, _graph: &Graph) {}

    /// The output of a ReLU or ReLU6, `[batch, channels, height, width]`.
    fn activation(&mut self, _output: &Tensor<4>) {}

    /// A convolution or linear layer with its gradients.
    fn layer(&mut self, _layer: &LayerGradient<'_>) {}

    /// A convolution or linear layer with its gradient in the network without batch norms.
    fn flow(&mut self, _layer: &LayerFlow<'_>) {}

    /// The gradient by the input, `[batch, channels, height, width]`.
    fn input_gradient(&mut self, _gradient: &Tensor<4>) {}

    /// w^T H g: the second derivative of the loss along the weights and along their gradient g.
    fn curvature(&mut self, _value: f64) {}

    /// Inner products of the gradients of each image's summed logits.
    fn gram(&mut self, _gram: &Gram) {}

    /// One repeat of the noise sweep.
    fn noise(&mut self, _pair: &NoisePair) {}

    /// The score, after the sweep.
    fn score(&mut self) -> Score;

    /// The 95% interval of a score that is a mean over repeats, as far as they have come.
    fn interval(&self) -> Option<Interval> {
        None
    }
}
