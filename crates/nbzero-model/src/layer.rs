//! The layers that have parameters, as Burn modules in PyTorch's layouts.

use burn::module::{Module, Param, RunningState};
use burn::nn::BatchNorm;
use burn::tensor::Tensor;

use crate::ParameterChange;

/// A layer with parameters.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a network has few layers, and all are on the heap"
)]
pub enum Layer {
    /// A convolution without bias.
    Convolution(Convolution),
    /// A batch norm.
    BatchNorm(BatchNorm),
    /// A fully connected layer.
    Dense(Dense),
}

/// The weight of a convolution; its geometry is in the graph.
#[derive(Module, Debug)]
pub struct Convolution {
    /// `[out_channels, in_channels / groups, kernel, kernel]`.
    pub weight: Param<Tensor<4>>,
}

/// A fully connected layer with bias.
#[derive(Module, Debug)]
pub struct Dense {
    /// `[out_features, in_features]`, as in PyTorch.
    pub weight: Param<Tensor<2>>,
    /// `[out_features]`.
    pub bias: Param<Tensor<1>>,
}

impl Layer {
    /// A layer of its own with `change` of each trainable parameter.
    ///
    /// Not a clone: clones of a Burn batch norm share their running statistics.
    pub(crate) fn changed(&self, change: &impl ParameterChange) -> Self {
        fn param<const D: usize>(
            parameter: &Param<Tensor<D>>,
            change: &impl ParameterChange,
        ) -> Param<Tensor<D>> {
            Param::from_tensor(change.apply(parameter.val()))
        }
        match self {
            Self::Convolution(conv) => Self::Convolution(Convolution {
                weight: param(&conv.weight, change),
            }),
            Self::BatchNorm(norm) => Self::BatchNorm(BatchNorm {
                gamma: param(&norm.gamma, change),
                beta: param(&norm.beta, change),
                running_mean: RunningState::new(norm.running_mean.value_sync()),
                running_var: RunningState::new(norm.running_var.value_sync()),
                ..norm.clone()
            }),
            Self::Dense(dense) => Self::Dense(Dense {
                weight: param(&dense.weight, change),
                bias: param(&dense.bias, change),
            }),
        }
    }
}
