//! The sweeps that proxies share.

/// A walk over the network that one or more proxies measure on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sweep {
    /// No tensors: the graph alone.
    Graph,
    /// Forward in training mode, mean cross-entropy, backward with weight gradients.
    Loss,
    /// Backward of all-ones from the logits to the input, no weight gradients, on the forward
    /// pass of the loss sweep.
    Ones,
    /// No batch norm, absolute parameters, one all-ones image, float64; backward of all-ones
    /// with weight gradients.
    Synflow,
}

impl Sweep {
    /// The sweep's name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Loss => "loss",
            Self::Ones => "ones",
            Self::Synflow => "synflow",
        }
    }
}
