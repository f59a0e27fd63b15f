//! One file an operation: its forward pass and its adjoint, on plain tensors.
//!
//! Maps are `[batch, channels, height, width]`; pooled maps have height and width 1. An adjoint
//! takes the gradient of the output and gives that of the input (and of the parameters).
//! Where an operation is not linear it has a rule for jets as well (`jet`).

pub(crate) mod batch_norm;
pub(crate) mod conv;
pub(crate) mod jet;
pub(crate) mod linear;
pub(crate) mod pool;
pub(crate) mod relu;
pub(crate) mod relu6;
