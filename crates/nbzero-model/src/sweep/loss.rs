//! Mean cross-entropy and its gradient.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor};

/// The loss of a batch and its gradient.
#[derive(Debug)]
pub struct Loss {
    /// Mean cross-entropy over the batch, in nats.
    pub value: f64,
    /// Gradient of the loss by the logits, `[batch, classes]`.
    pub gradient: Tensor<2>,
}

/// Mean cross-entropy of logits `[batch, classes]` for target classes `[batch]`. That of a single
/// class is 0 whatever the logits, and so is its gradient.
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<1, Int>) -> Loss {
    let [batch, classes] = logits.dims();
    if classes == 1 {
        return Loss {
            value: 0.0,
            gradient: logits.zeros_like(),
        };
    }
    let log_probabilities = log_softmax(logits, 1);
    let one_hot: Tensor<2> = targets
        .one_hot::<2>(classes)
        .float()
        .cast(log_probabilities.dtype());
    let picked = (log_probabilities.clone() * one_hot.clone()).sum();
    let value = -picked.into_scalar::<f64>() / batch as f64;
    let gradient = (log_probabilities.exp() - one_hot).div_scalar(batch as f64);
    Loss { value, gradient }
}
