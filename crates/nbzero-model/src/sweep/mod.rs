//! Sweeps over a network on a plain device, with explicit adjoints.
//!
//! A [`forward`] sweep in training mode keeps just the activations that a backward sweep needs;
//! [`Activations::backward`] walks back, frees them as it goes, and shows each convolution and
//! linear layer with its gradients to a visitor. [`forward_only`] keeps nothing,
//! [`Activations::tangents`] and [`Activations::backward_with_tangents`] find a second derivative,
//! [`per_image_gram`] the Gram matrix of per-image gradients, [`flow`] the gradients of the network
//! without batch norms, beyond the range of float64. [`Blocks`] go forward, and back through each block
//! alone; [`outputs`] shows every layer's output; [`jacobian`] moves single weights, in evaluation mode. Each says
//! how much memory its activations took at most. Nothing here needs autodiff, so the same code runs on
//! any Burn device, in float32 or float64, and computes only what is asked for.

mod backward;
mod blocks;
mod flow;
mod forward;
mod gram;
mod jacobian;
mod loss;
mod outputs;
mod per_image;
mod planned;
mod tangent;
pub(crate) mod walk;

pub use backward::{Backward, GradientsOf, LayerGradient};
pub use blocks::{BlockGradient, Blocks};
pub use flow::{LayerFlow, flow};
pub use forward::{Activations, Output, Step, forward, forward_only};
pub use gram::Gram;
pub use jacobian::{Jacobian, has_jacobian, jacobian};
pub use loss::{Loss, cross_entropy};
pub use outputs::outputs;
pub use per_image::{BatchNormMode, per_image_gram};
pub use planned::{
    largest_map_bytes, largest_weight_bytes, planned_evaluation_bytes, planned_forward_bytes,
    planned_gradient_bytes, planned_jacobian_bytes, planned_parameter_bytes,
};
pub use tangent::{Curvature, Tangents};
