//! An activation that follows neither a batch norm nor an addition.

use burn::tensor::{Tensor, activation};
use nbzero_ops::Activation;

pub(crate) fn forward(x: Tensor<4>, kind: Activation) -> Tensor<4> {
    match kind {
        Activation::Relu => activation::relu(x),
        Activation::Relu6 => x.clamp(0.0, 6.0),
        _ => x,
    }
}
