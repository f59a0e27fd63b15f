//! The Burn half: operations of a backend, and functions of tensors.
//!
//! Flex runs the kernels of this crate, every other device its own primitives. Autodiff calls
//! whatever its inner backend has.

mod autodiff;
pub(crate) mod batch_norm;
pub(crate) mod conv;
mod conv_fallback;
mod flex;
