//! The three average pools. All are linear, so that a tangent goes through them as a value does.

use burn::tensor::Tensor;
use nbzero_ops::{ConvGeometry, convolution};

/// Which positions a mean is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    /// All.
    Global,
    /// The 3x3 window around each, without what is outside the map.
    Average,
    /// Each 2x2 square; at the end of an odd map, what is there of it.
    Halving,
}

impl Pool {
    /// `[N, C, H, W]` to `[N, C, 1, 1]`, to the same shape, or to half of the height and width.
    pub(crate) fn forward(self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, resolution, _] = x.dims();
        match self {
            Self::Global => x.mean_dims(&[2, 3]),
            Self::Average => {
                let counts = window_sums(ones_map(&x, resolution));
                window_sums(x) / counts
            }
            Self::Halving => {
                let counts = square_sums(ones_map(&x, resolution));
                square_sums(x) / counts
            }
        }
    }

    /// Each position's part of the gradient, for an input of height and width `resolution`.
    pub(crate) fn backward(self, gradient: Tensor<4>, resolution: usize) -> Tensor<4> {
        let [batch, channels, _, _] = gradient.dims();
        match self {
            Self::Global => {
                let share = gradient.div_scalar((resolution * resolution) as f64);
                share.expand([batch, channels, resolution, resolution])
            }
            // A position is in the windows of the positions that are in its window.
            Self::Average => {
                let counts = window_sums(ones_map(&gradient, resolution));
                window_sums(gradient / counts)
            }
            Self::Halving => {
                let counts = square_sums(ones_map(&gradient, resolution));
                let share = gradient / counts;
                let half = resolution.div_ceil(2);
                let squares = share.reshape([batch, channels, half, 1, half, 1]);
                let squares = squares.expand([batch, channels, half, 2, half, 2]);
                let whole = squares.reshape([batch, channels, 2 * half, 2 * half]);
                whole.slice([0..batch, 0..channels, 0..resolution, 0..resolution])
            }
        }
    }
}

/// A map of ones, by which a pool counts the positions of each mean.
fn ones_map(like: &Tensor<4>, resolution: usize) -> Tensor<4> {
    let options = (&like.device(), like.dtype());
    Tensor::ones([1, 1, resolution, resolution], options)
}

/// Sums over the 3x3 window around each position, zeros outside: a depthwise convolution.
fn window_sums(x: Tensor<4>) -> Tensor<4> {
    let [_, channels, resolution, _] = x.dims();
    let ones = Tensor::ones([channels, 1, 3, 3], (&x.device(), x.dtype()));
    let geometry = ConvGeometry {
        stride: 1,
        groups: channels,
        kernel: 3,
        resolution,
    };
    convolution(x, ones, geometry)
}

/// Sums over each 2x2 square, zeros outside.
fn square_sums(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, resolution, _] = x.dims();
    let half = resolution.div_ceil(2);
    let missing = 2 * half - resolution;
    let x = if missing == 0 {
        x
    } else {
        x.pad((0, missing, 0, missing), 0.0)
    };
    let squares = x.reshape([batch, channels, half, 2, half, 2]);
    squares
        .sum_dims(&[3, 5])
        .reshape([batch, channels, half, half])
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    /// PyTorch's `AvgPool2d(3, 1, 1, count_include_pad=False)`, and `AvgPool2d(2, 2)` with the
    /// `ceil_mode` that keeps the end of an odd map.
    #[test]
    fn what_is_outside_the_map_does_not_count() {
        let map: Vec<f32> = (0..9_u8).map(f32::from).collect();
        let map = Tensor::from_data(TensorData::new(map, [1, 1, 3, 3]), &Device::flex());
        let pooled = |pool: Pool| pool.forward(map.clone()).into_data().try_to_vec::<f32>();
        assert_eq!(
            pooled(Pool::Average).expect("floats"),
            [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0]
        );
        assert_eq!(pooled(Pool::Halving).expect("floats"), [2.0, 3.5, 6.5, 8.0]);
        assert_eq!(pooled(Pool::Global).expect("floats"), [4.0]);
    }
}
