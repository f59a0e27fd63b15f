//! How alike the input gradients of images of one class are.
//!
//! - **Formula**: sum over the batch's classes of |sum of ln(|c| + 1e-5)|, c the entries of the correlation
//!   matrix of d(sum of logits)/dx over the images of the class; of more than 100 classes the mean over
//!   classes of the sum of distances to the other classes' sums, each divided by the class's images
//! - **Source**: Lopes et al. 2021 (EPE-NAS); automl/NASLib at 2802fbe, `measures/epe_nas.py`
//! - **Deviations**: a constant gradient makes it undefined, as `jacob_cov`; so does a batch with no two images
//!   of one class, whose score there is that of the ones on the diagonals; and so does a network that pools
//!   nothing but outputs of batch norms (`MobileNetV2` chains): its gradients are 0 but for rounding
//! - **Direction**: higher is better
//! - **Sweep**: ones; with labels
//! - **Cost**: a correlation of the images' gradients; that of `jacob_cov` beside the backward pass

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor};
use nalgebra::DMatrix;
use nbzero_graph::Graph;

use super::jacob_cov::{columns, correlation};
use crate::features;
use crate::score::{ONE_IMAGE, finite};
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

const K: f64 = 1e-5;

/// Up to so many classes their sums are added.
const FEW_CLASSES: usize = 100;

/// See the module's page.
#[derive(Debug, Default)]
pub struct EpeNas {
    classes: usize,
    /// Whether the logits' sum over the batch depends on no image.
    is_constant: bool,
    /// One column an image.
    gradients: DMatrix<f64>,
    /// Images of each class.
    images: BTreeMap<i64, Vec<usize>>,
}

impl Proxy for EpeNas {
    fn definition(&self) -> Definition {
        Definition {
            name: "epe_nas",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Ones,
            year: Some(2021),
            needs: Needs::Labels,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.classes = graph.classes();
        self.is_constant = features::are_norms(graph);
    }

    fn targets(&mut self, targets: &Tensor<1, Int>) {
        let targets = targets
            .try_to_vec_as::<i64>()
            .expect("classes are integers");
        for (image, target) in targets.into_iter().enumerate() {
            self.images.entry(target).or_default().push(image);
        }
    }

    fn input_gradient(&mut self, gradient: &Tensor<4>) {
        self.gradients = columns(gradient);
    }

    fn score(&mut self) -> Score {
        if self.gradients.ncols() < 2 {
            return Err(ONE_IMAGE);
        }
        if self.is_constant {
            return Err(Undefined::NotApplicable(
                "the sum over the batch of a batch norm's output is its shift, whatever the images",
            ));
        }
        if self.images.values().all(|images| images.len() < 2) {
            return Err(Undefined::NotApplicable("no two images are of one class"));
        }
        let correlation = correlation(&mut self.gradients)?;
        let many = self.classes > FEW_CLASSES;
        let sums = self.images.values().map(|images| {
            let pairs = images
                .iter()
                .flat_map(|i| images.iter().map(move |j| (*i, *j)));
            let sum: f64 = pairs.map(|pair| (correlation[pair].abs() + K).ln()).sum();
            if many { sum / images.len() as f64 } else { sum }
        });
        let sums: Vec<f64> = sums.collect();
        if !many {
            return finite(sums.iter().map(|sum| sum.abs()).sum());
        }
        let distances = sums
            .iter()
            .flat_map(|a| sums.iter().map(move |b| (a - b).abs()));
        finite(distances.sum::<f64>() / sums.len() as f64)
    }
}
