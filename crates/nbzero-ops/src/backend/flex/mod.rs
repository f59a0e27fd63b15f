//! The kernels of this crate on Burn's CPU device.

mod activation;
mod batch_norm;
mod conv;

/// Flex's tensor.
type FlexTensor = burn::backend::tensor::FloatTensor<burn::backend::Flex>;

/// The elements of a contiguous tensor.
fn elements<T: burn::tensor::Element + bytemuck::Pod>(tensor: &FlexTensor) -> &[T] {
    let elements = tensor.as_slice();
    elements.expect("a contiguous tensor of the same type as the other operands")
}
