//! The kernels of this crate on Burn's CPU device.

mod batch_norm;
mod conv;

/// Flex's tensor.
type FlexTensor = burn::backend::tensor::FloatTensor<burn::backend::Flex>;
