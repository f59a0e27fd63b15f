//! How many dimensions the activations of each layer use.
//!
//! - **Formula**: sum over convolutions, batch norms, activation functions and linear layers of the effective
//!   rank of the output: exp of the entropy of the singular values divided by their sum, of the matrix
//!   positions x channels with as many positions as channels
//! - **Source**: Husistein et al. 2024 (NEAR); ReiherGroup/NEAR at 4d5d7f1, `src/near_score/near_score.py`
//! - **Deviations**: the positions are the first ones (images first, then columns, then rows), where the
//!   program begins at a random image row; where the batch has fewer positions than channels, all of them
//! - **Direction**: higher is better
//! - **Sweep**: layers
//! - **Cost**: a forward pass, and the singular values of a matrix of channels x channels a layer

use burn::tensor::Tensor;
use nalgebra::{DMatrix, DVector};

use crate::score::{ONE_IMAGE, finite};
use crate::spectrum::{Waiting, entropy};
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// Columns of the products that are computed together.
const BLOCK: usize = 64;

/// See the module's page.
#[derive(Debug, Default)]
pub struct Near {
    sum: f64,
    images: usize,
    waiting: Waiting,
}

impl Proxy for Near {
    fn definition(&self) -> Definition {
        Definition {
            name: "near",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Layers,
            year: Some(2024),
            needs: Needs::Images,
        }
    }

    fn output(&mut self, output: &Tensor<4>) {
        self.images = output.dims()[0];
        let spectra = self.waiting.add(squares(output));
        self.add(spectra);
    }

    fn score(&mut self) -> Score {
        if self.images < 2 {
            return Err(ONE_IMAGE);
        }
        let rest = self.waiting.rest();
        self.add(rest);
        finite(self.sum)
    }
}

impl Near {
    fn add(&mut self, squares: Vec<Option<DVector<f64>>>) {
        for squares in squares {
            self.sum += effective_rank(squares);
        }
    }
}

/// A matrix whose eigenvalues are the squares of the singular values.
fn squares(output: &Tensor<4>) -> DMatrix<f64> {
    let [images, channels, height, width] = output.dims();
    // No more images than have the positions that are read.
    let images = channels.div_ceil(height * width).min(images);
    let rows = output.clone().narrow(0, 0, images).permute([0, 3, 2, 1]);
    let positions = (images * height * width).min(channels);
    let rows = rows
        .reshape([images * height * width, channels])
        .narrow(0, 0, positions);
    let values = rows
        .try_into_vec_as::<f64>()
        .expect("activations are floats");
    // Columns are positions.
    let matrix = DMatrix::from_vec(channels, positions, values);
    lower_half(&matrix)
}

/// Inner products of the columns, on the diagonal and below it: eigenvalues are of that half.
fn lower_half(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let (size, rows) = (matrix.ncols(), matrix.transpose());
    let mut products = DMatrix::zeros(size, size);
    for first in (0..size).step_by(BLOCK) {
        let (left, width) = (size - first, BLOCK.min(size - first));
        let mut block = products.view_mut((first, first), (left, width));
        let (rows, columns) = (rows.rows(first, left), matrix.columns(first, width));
        block.gemm(1.0, &rows, &columns, 0.0);
    }
    products
}

fn effective_rank(squares: Option<DVector<f64>>) -> f64 {
    let singular = squares.map(|squares| squares.map(|square| square.max(0.0).sqrt()));
    // A layer of zeros uses no dimension.
    match singular {
        Some(values) if values.sum() > 0.0 => entropy(&values).exp(),
        Some(_) => 0.0,
        None => f64::NAN,
    }
}
