//! How little each block distorts the gradient.
//!
//! - **Formula**: mean over blocks of 2 - s - 1 / (s + 1e-6), s the largest singular value of the mean over
//!   images and positions of `g_in g_out^T`, random signs `g_out` at the block's value and what they make of
//!   the one before, `g_in`; where a block halves the resolution, `g_in` has the four positions behind one of
//!   `g_out` as channels
//! - **Source**: Lee and Ham 2024 (AZ-NAS); cvlab-yonsei/AZ-NAS at c84b00b,
//!   `ImageNet_MBV2/ZeroShotProxy/compute_az_nas_score.py`
//! - **Deviations**: a block that is the identity is minus infinity there and makes the score undefined here,
//!   which ranks last too; so does a block that no gradient comes through, and one that makes of an odd
//!   resolution another than its half
//! - **Direction**: higher is better
//! - **Sweep**: block gradients; the images and weights of the blocks sweep, signs from the seed
//! - **Cost**: a backward pass without weight gradients, and the eigenvalues of a matrix of channels x
//!   channels a block

use nalgebra::DMatrix;
use nbzero_graph::Graph;
use nbzero_model::sweep::BlockGradient;

use super::az_expressivity::NO_BLOCKS;
use crate::score::finite;
use crate::spectrum::{by_channel, eigenvalues};
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct AzTrainability {
    blocks: usize,
    scores: Vec<Result<f64, Undefined>>,
}

impl Proxy for AzTrainability {
    fn definition(&self) -> Definition {
        Definition {
            name: "az_trainability",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::BlockGradients,
            year: Some(2024),
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.blocks = graph.block_ends().len();
    }

    fn block_gradient(&mut self, gradient: &BlockGradient) {
        self.scores.push(of_block(gradient));
    }

    fn score(&mut self) -> Score {
        if self.blocks < 2 {
            return Err(NO_BLOCKS);
        }
        let scores: Vec<f64> = self.scores.drain(..).collect::<Result<_, _>>()?;
        finite(scores.iter().sum::<f64>() / scores.len() as f64)
    }
}

fn of_block(gradient: &BlockGradient) -> Score {
    if gradient.is_identity {
        return Err(Undefined::NotApplicable("a block is the identity"));
    }
    let input = gradient.input.as_ref();
    let input = input.ok_or(Undefined::Singular("no gradient comes through a block"))?;
    let [images, channels, height, width] = gradient.output.dims();
    let [_, inputs, from_height, from_width] = input.dims();
    if !from_height.is_multiple_of(height) || !from_width.is_multiple_of(width) {
        return Err(Undefined::NotApplicable(
            "a block makes of an odd resolution another than its half",
        ));
    }
    let [down, across] = [from_height / height, from_width / width];
    // The positions behind one of the output become channels.
    let input = input
        .clone()
        .reshape([images, inputs, height, down, width, across])
        .permute([0, 1, 3, 5, 2, 4])
        .reshape([images, inputs * down * across, height, width]);
    let positions = (images * height * width) as f64;
    let (input, output) = (by_channel(&input), by_channel(&gradient.output));
    // [outputs, inputs].
    let mean = output.matmul(input.transpose()).div_scalar(positions);
    let [rows, columns] = mean.dims();
    let values = mean.try_into_vec_as::<f64>().expect("gradients are floats");
    debug_assert_eq!(rows, channels);
    let mean = DMatrix::from_row_slice(rows, columns, &values);
    let product = if rows < columns {
        &mean * mean.transpose()
    } else {
        mean.tr_mul(&mean)
    };
    let squares = eigenvalues(&product).ok_or(Undefined::NotFinite)?;
    let largest = squares.max().max(0.0).sqrt();
    finite(2.0 - largest - 1.0 / (largest + 1e-6))
}
