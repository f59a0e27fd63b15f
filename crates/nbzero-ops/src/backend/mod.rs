//! The Burn half: operations of a backend, and functions of tensors.
//!
//! Flex runs the kernels of this crate, every other device its own primitives. Autodiff calls
//! whatever its inner backend has.

pub(crate) mod activation;
mod autodiff;
pub(crate) mod batch_norm;
pub(crate) mod conv;
mod conv_fallback;
mod flex;
mod norm_fallback;
