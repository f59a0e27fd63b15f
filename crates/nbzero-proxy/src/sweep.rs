//! The sweeps that proxies share.

use std::time::Duration;

/// A walk over the network that one or more proxies measure on.
///
/// The order of the variants is the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sweep {
    /// No tensors: the graph alone.
    Graph,
    /// Forward in training mode. Keeps no activations unless another sweep walks back on them.
    Forward,
    /// How the forward sweep's activations move as the weights move along themselves; its adjoint
    /// walks back with the loss sweep.
    Tangent,
    /// Mean cross-entropy and backward with weight gradients, on the forward sweep.
    Loss,
    /// Backward of all-ones from the logits to the input, no weight gradients, on the forward
    /// sweep.
    Ones,
    /// No batch norm, absolute parameters, one all-ones image, float64; backward of all-ones
    /// with weight gradients.
    Synflow,
    /// Gradients of each image's summed logits on the first images of the batch, in training
    /// mode; their Gram matrix, layer by layer.
    PerImage,
    /// Forward pairs of standard normal images and perturbed ones under standard normal weights,
    /// no residual links, up to the features; repeated.
    Noise,
}

impl Sweep {
    /// The sweep's name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Forward => "forward",
            Self::Tangent => "tangent",
            Self::Loss => "loss",
            Self::Ones => "ones",
            Self::Synflow => "synflow",
            Self::PerImage => "per-image",
            Self::Noise => "noise",
        }
    }

    /// The sweep whose results it starts from.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::Tangent | Self::Loss | Self::Ones => Some(Self::Forward),
            _ => None,
        }
    }

    /// The sweep that walks back what this one found.
    pub fn ends_in(self) -> Option<Self> {
        (self == Self::Tangent).then_some(Self::Loss)
    }
}

/// What a sweep took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepCost {
    /// The sweep.
    pub sweep: Sweep,
    /// Wall time, that of its proxies included.
    pub duration: Duration,
    /// The most bytes of activations and of their gradients that the sweep held at any moment:
    /// not the parameters and their gradients, not the buffers inside an operation.
    pub peak_bytes: u128,
}
