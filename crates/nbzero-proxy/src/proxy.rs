//! What a proxy is: a definition, and callbacks on the sweep that it names.

use burn::tensor::{Int, Tensor};
use nbzero_graph::Graph;
use nbzero_model::sweep::{BlockGradient, Gram, Jacobian, LayerFlow, LayerGradient};
use serde::{Deserialize, Serialize};

use crate::{Interval, NoisePair, Patterns, Score, Settings, Sweep};

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

/// What of a data set a proxy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing: the graph alone, or weights and images of its own.
    Nothing,
    /// Images.
    Images,
    /// Images with their classes.
    Labels,
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
    /// The year in which it was published as a proxy; `None` of a cost.
    pub year: Option<u16>,
    /// What of a data set it looks at.
    pub needs: Needs,
}

/// A proxy: receives what its sweep shows and ends with a score.
///
/// A proxy is made anew for each network. Only the callbacks of its own sweep are called; all
/// but [`score`](Self::score) do nothing by default.
///
/// Before them come `settings` and `graph`.
///
/// | sweep | callbacks |
/// |---|---|
/// | [`Sweep::Graph`] | |
/// | [`Sweep::Weights`] | `weight` from the first layer to the last |
/// | [`Sweep::Forward`] | `activation` from the first to the last |
/// | [`Sweep::Layers`], [`Sweep::Image`] | `output` from the first to the last |
/// | [`Sweep::Loss`] | `layer` from the last layer to the first |
/// | [`Sweep::Ones`] | `targets`, then `input_gradient` |
/// | [`Sweep::Tangent`] | `curvature` |
/// | [`Sweep::Halves`] | `halves` from the last layer to the first |
/// | [`Sweep::Alone`] | `alone` from the last layer to the first, for each image |
/// | [`Sweep::Synflow`] | `flow` from the last layer to the first, in float64 |
/// | [`Sweep::PerImage`] | `gram` |
/// | [`Sweep::Blocks`] | `block_entropy` from the stem to the last block |
/// | [`Sweep::BlockGradients`] | `block_gradient` from the last block to the first |
/// | [`Sweep::Jacobian`] | `jacobian` once |
/// | [`Sweep::Initialisations`] | `patterns` for each initialisation |
/// | [`Sweep::Noise`] | `noise` for each repeat, until `interval` is narrow enough |
pub trait Proxy {
    /// Name, version, direction, sweep, year, needs.
    fn definition(&self) -> Definition;

    /// What the user chose.
    fn settings(&mut self, _settings: &Settings) {}

    /// The network's graph.
    fn graph(&mut self, _graph: &Graph) {}

    /// A weight of a convolution or linear layer, all numbers in a row.
    fn weight(&mut self, _weight: &Tensor<1>) {}

    /// The classes of the images.
    fn targets(&mut self, _targets: &Tensor<1, Int>) {}

    /// The output of a convolution, batch norm, activation function or linear layer,
    /// `[batch, channels, height, width]`.
    fn output(&mut self, _output: &Tensor<4>) {}

    /// The output of a ReLU or ReLU6, `[batch, channels, height, width]`.
    fn activation(&mut self, _output: &Tensor<4>) {}

    /// A convolution or linear layer with its gradients.
    fn layer(&mut self, _layer: &LayerGradient<'_>) {}

    /// A convolution or linear layer: the gradient by its weight on the first half of the batch, and its
    /// gradients on the second.
    fn halves(&mut self, _first: &Tensor<4>, _second: &LayerGradient<'_>) {}

    /// A convolution or linear layer, by its name, with the gradient of one image's loss by its weight, the
    /// image alone in the network.
    fn alone(&mut self, _image: usize, _layer: &str, _weight_gradient: &Tensor<4>) {}

    /// A convolution or linear layer with its gradient in the network without batch norms.
    fn flow(&mut self, _layer: &LayerFlow<'_>) {}

    /// The gradient by the input, `[batch, channels, height, width]`.
    fn input_gradient(&mut self, _gradient: &Tensor<4>) {}

    /// w^T H g: the second derivative of the loss along the weights and along their gradient g.
    fn curvature(&mut self, _value: f64) {}

    /// Inner products of the gradients of each image's summed logits.
    fn gram(&mut self, _gram: &Gram) {}

    /// The entropy of a block's value: -sum p ln(p + 1e-8), p the eigenvalues of its channels' covariance
    /// divided by their sum; NaN where nothing varies.
    fn block_entropy(&mut self, _entropy: f64) {}

    /// What random signs at a block's value make of the value before.
    fn block_gradient(&mut self, _gradient: &BlockGradient) {}

    /// How an image's logits move with the first weight of each parameter tensor.
    fn jacobian(&mut self, _jacobian: &Jacobian) {}

    /// The activations of one initialisation.
    fn patterns(&mut self, _patterns: &Patterns) {}

    /// One repeat of the noise sweep.
    fn noise(&mut self, _pair: &NoisePair) {}

    /// The score, after the sweep.
    fn score(&mut self) -> Score;

    /// The 95% interval of a score that is a mean over repeats, as far as they have come.
    fn interval(&self) -> Option<Interval> {
        None
    }
}
