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
    /// The weights of convolutions and linear layers alone.
    Weights,
    /// Forward in training mode, every layer's output.
    Layers,
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
    /// Forward and backward of each half of the batch, with weight gradients, in float64.
    Halves,
    /// Forward and backward of each image alone, with weight gradients.
    Alone,
    /// No batch norm, absolute parameters, one all-ones image, float64; backward of all-ones
    /// with weight gradients.
    Synflow,
    /// Gradients of each image's summed logits on the first images of the batch, in training
    /// mode; their Gram matrix, layer by layer.
    PerImage,
    /// Forward up to the last block of standard normal images under Kaiming weights over the fan-in.
    Blocks,
    /// Back through each block alone, from random signs, on the blocks sweep.
    BlockGradients,
    /// Forward of standard normal images under Kaiming weights over the fan-in, in evaluation mode, with
    /// the derivatives by the first weight of each parameter tensor.
    Jacobian,
    /// Forward of one standard normal image of 64 x 64 pixels, every layer's output.
    Image,
    /// Forward of the first images of the batch under standard normal weights; repeated.
    Initialisations,
    /// Forward pairs of standard normal images and perturbed ones under standard normal weights,
    /// no residual links, up to the features; repeated.
    Noise,
}

impl Sweep {
    /// The sweep's name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Weights => "weights",
            Self::Layers => "layers",
            Self::Forward => "forward",
            Self::Tangent => "tangent",
            Self::Loss => "loss",
            Self::Ones => "ones",
            Self::Halves => "halves",
            Self::Alone => "alone",
            Self::Synflow => "synflow",
            Self::PerImage => "per-image",
            Self::Blocks => "blocks",
            Self::BlockGradients => "block gradients",
            Self::Jacobian => "jacobian",
            Self::Image => "image",
            Self::Initialisations => "initialisations",
            Self::Noise => "noise",
        }
    }

    /// The sweep whose results it starts from.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::Tangent | Self::Loss | Self::Ones => Some(Self::Forward),
            Self::BlockGradients => Some(Self::Blocks),
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
