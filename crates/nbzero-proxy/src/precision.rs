//! In which floating-point numbers a network is scored.

use burn::tensor::{DType, Tensor};
use nbzero_model::{Network, ParameterChange};

use crate::Batch;

/// The numbers that a network and its batch are made of while they are scored.
///
/// Float32 is what everybody trains and scores in. In a large network a few of millions of activations are so near
/// to zero that rounding decides whether a ReLU lets them through, and a score on gradients may move by a
/// thousandth. Float64 has the value that no rounding decides, for about twice the time and the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32 bits, 24 of them significant.
    #[default]
    Float32,
    /// 64 bits, 53 of them significant. What is drawn is drawn as for float32.
    Float64,
}

impl Precision {
    /// Numbers of float32 in one of these.
    pub(crate) fn width(self) -> u128 {
        match self {
            Self::Float32 => 1,
            Self::Float64 => 2,
        }
    }

    /// Values, in float32 before.
    pub(crate) fn tensor<const D: usize>(self, values: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Float32 => values,
            Self::Float64 => values.cast(DType::F64),
        }
    }

    /// A network, in float32 before.
    pub(crate) fn network(self, network: Network) -> Network {
        match self {
            Self::Float32 => network,
            Self::Float64 => network.with_parameters(&self),
        }
    }

    /// Copies of a network and its batch, where they are not as they are given.
    pub(crate) fn copies(self, network: &Network, batch: &Batch) -> Option<(Network, Batch)> {
        let wider = |images: &Tensor<4>| self.tensor(images.clone());
        (self != Self::Float32).then(|| {
            let batch = Batch {
                images: wider(&batch.images),
                targets: batch.targets.clone(),
                perturbation: batch.perturbation.as_ref().map(wider),
            };
            (network.with_parameters(&self), batch)
        })
    }
}

impl ParameterChange for Precision {
    fn apply<const D: usize>(&self, parameter: Tensor<D>) -> Tensor<D> {
        self.tensor(parameter)
    }
}
