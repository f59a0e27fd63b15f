//! Sums over the many numbers of a layer.

use burn::tensor::{DType, Tensor};

/// So many numbers are summed in the tensor's own precision. The largest linear layers have a hundred times
/// as many, of which float32 loses a hundredth: its sum grows until it no longer sees what is added.
const BLOCK: usize = 1 << 18;

/// The sum of all numbers of a tensor, in float64 where there are many.
pub fn sum<const D: usize>(values: Tensor<D>) -> f64 {
    let count = values.shape().num_elements();
    if count <= BLOCK {
        return values.sum().into_scalar::<f64>();
    }
    let values: Tensor<1> = values.reshape([count]);
    let blocks = (0..count).step_by(BLOCK);
    let blocks = blocks.map(|start| {
        let block = values.clone().narrow(0, start, BLOCK.min(count - start));
        block.cast(DType::F64).sum().into_scalar::<f64>()
    });
    blocks.sum()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn small_numbers_are_not_lost_among_many() {
        let count = 40 * BLOCK + 3;
        let values = Tensor::<2>::full([1, count], 0.1, &Device::flex());
        let exact = count as f64 * f64::from(0.1_f32);
        assert!((sum(values) / exact - 1.0).abs() < 1e-9);
        let few = sum(Tensor::<1>::ones([7], &Device::flex()));
        assert!((few - 7.0).abs() < f64::EPSILON);
    }
}
