//! How far the images' gradients agree in sign.
//!
//! - **Formula**: sum over convolution and linear weights of |sum over images of sign(dl/dw)|, l the
//!   image's own cross-entropy
//! - **Source**: Zhang and Jia 2022; cmu-catalyst/GradSign at b9c747c, `zero-cost-nas-code/gradsign.py`, and
//!   HamsterMimi/MeCo at 993d550, `zero-cost-nas/foresight/pruners/measures/gradsign.py`
//! - **Deviations**: the sum over weights, as in that of `MeCo`; the authors' own takes the mean, which no
//!   longer grows with the number of weights. As in both programs each image goes through the network alone,
//!   so that a batch norm has the statistics of one image
//! - **Direction**: higher is better
//! - **Sweep**: alone; per-image gradients of the loss, with labels
//! - **Cost**: a forward and backward pass of each image, and one pass over the weights for each

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use crate::score::ONE_IMAGE;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Gradsign {
    /// For each layer the sums of signs over the images so far.
    signs: BTreeMap<String, Vec<i32>>,
    images: usize,
    overflows: bool,
}

impl Proxy for Gradsign {
    fn definition(&self) -> Definition {
        Definition {
            name: "gradsign",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Alone,
            year: Some(2022),
            needs: Needs::Labels,
        }
    }

    fn alone(&mut self, image: usize, layer: &str, weight_gradient: &Tensor<4>) {
        self.images = image + 1;
        let gradients = weight_gradient
            .try_to_vec_as::<f64>()
            .expect("gradients are floats");
        let sums = self.signs.entry(layer.to_owned()).or_default();
        sums.resize(gradients.len(), 0);
        for (sum, gradient) in sums.iter_mut().zip(&gradients) {
            *sum += i32::from(*gradient > 0.0) - i32::from(*gradient < 0.0);
        }
        self.overflows |= !gradients.iter().fold(true, |all, g| all & g.is_finite());
    }

    fn score(&mut self) -> Score {
        if self.images < 2 {
            return Err(ONE_IMAGE);
        }
        if self.overflows {
            return Err(Undefined::NotFinite);
        }
        let sums = self.signs.values().flatten();
        Ok(sums.map(|sum| f64::from(sum.abs())).sum())
    }
}
