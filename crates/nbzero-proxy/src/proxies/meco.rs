//! How independent a layer's channels are.
//!
//! - **Formula**: sum over convolutions, batch norms, activation functions and linear layers of the least
//!   eigenvalue of the correlation of the output's channels over positions, of one image; correlations with a
//!   constant channel are 0
//! - **Source**: Jiang et al. 2023 (`MeCo`); HamsterMimi/MeCo at 3f6d16e,
//!   `correlation/foresight/pruners/measures/meco.py`
//! - **Deviations**: each layer once: the program adds the outputs of the modules that hold others, those of
//!   blocks, stages and network, so that its sum depends on how a network is written down. An output with no
//!   more positions than channels has the least eigenvalue 0 exactly, and is 0 here without being computed
//! - **Direction**: higher is better
//! - **Sweep**: image; one of 64 x 64 standard normal pixels. Of a batch with a perturbation the first image
//! - **Cost**: a forward pass of one image, and the eigenvalues of a matrix of channels x channels a layer

use burn::tensor::Tensor;
use nalgebra::DMatrix;

use crate::score::finite;
use crate::spectrum::{by_channel, centred, eigenvalues, gram};
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Meco {
    sum: f64,
}

impl Proxy for Meco {
    fn definition(&self) -> Definition {
        Definition {
            name: "meco",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Image,
            year: Some(2023),
            needs: Needs::Nothing,
        }
    }

    fn output(&mut self, output: &Tensor<4>) {
        let [_, channels, height, width] = output.dims();
        // Centred rows span fewer dimensions than they have positions.
        if height * width > channels {
            let image = output.clone().narrow(0, 0, 1);
            self.sum += least_eigenvalue(&image);
        }
    }

    fn score(&mut self) -> Score {
        finite(self.sum)
    }
}

fn least_eigenvalue(image: &Tensor<4>) -> f64 {
    let covariance = gram(&centred(by_channel(image)));
    let deviations = covariance.diagonal().map(f64::sqrt);
    let correlation = DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |i, j| {
        let product = deviations[i] * deviations[j];
        if product == 0.0 {
            0.0
        } else {
            covariance[(i, j)] / product
        }
    });
    eigenvalues(&correlation).map_or(f64::NAN, |values| values.min())
}
