//! The Gram matrix of the rows that a per-image sweep finds, layer by layer.

use burn::tensor::Tensor;

/// Columns multiplied at once in the tensors' own precision; beyond, sums are in float64.
const BLOCK: usize = 4096;

/// Inner products of rows, such as the images' gradients.
#[derive(Debug, Clone, PartialEq)]
pub struct Gram {
    /// Number of rows.
    pub size: usize,
    /// `size` x `size`, symmetric.
    pub values: Vec<f64>,
    /// The most bytes of activations and of their gradients at any moment of the sweep that found the
    /// rows.
    pub peak_bytes: u128,
    /// Whether the forward sweep before was [finite](super::Activations::is_finite).
    pub is_finite: bool,
}

impl Gram {
    /// The inner products of `rows` `[size, columns]` of any origin.
    pub fn of(rows: Tensor<2>) -> Self {
        let [size, _] = rows.dims();
        let mut gram = Self::zeros(size);
        gram.add(rows);
        gram
    }

    pub(super) fn zeros(size: usize) -> Self {
        Self {
            size,
            values: vec![0.0; size * size],
            peak_bytes: 0,
            is_finite: true,
        }
    }

    /// Adds the inner products of `rows` `[size, parameters]`.
    pub(super) fn add(&mut self, rows: Tensor<2>) {
        let [size, columns] = rows.dims();
        let blocks = columns / BLOCK;
        let whole = blocks * BLOCK;
        if blocks > 0 {
            let blocks = rows
                .clone()
                .narrow(1, 0, whole)
                .reshape([size, blocks, BLOCK])
                .swap_dims(0, 1);
            self.add_products(blocks);
        }
        if whole < columns {
            let rest = rows.narrow(1, whole, columns - whole);
            self.add_products(rest.unsqueeze_dim(0));
        }
    }

    /// Adds those of `[blocks, size, columns]`.
    fn add_products(&mut self, blocks: Tensor<3>) {
        let products = blocks.clone().matmul(blocks.transpose());
        let products = products
            .try_into_vec_as::<f64>()
            .expect("gradients are floats");
        for product in products.chunks_exact(self.values.len()) {
            for (sum, value) in self.values.iter_mut().zip(product) {
                *sum += value;
            }
        }
    }
}
