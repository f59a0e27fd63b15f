//! How evenly the network's weights matter to its output.
//!
//! - **Formula**: number of parameter tensors + the entropy -sum q ln(q + 1e-10) of the nine deciles q,
//!   divided by their sum + 1e-10, of the eigenvalues of the Fisher matrix, the mean over images of
//!   J^T (diag p - p p^T) J; J the derivatives of the logits by the first weight of each tensor,
//!   p = 0.95 softmax + 0.05 / classes; batch norms on their running statistics
//! - **Source**: Tybl and Neumann 2025 (VKDNW); ondratybl/VKDNW at 3b2d12f,
//!   `NB201/ZeroShotProxy/compute_vkdnw_score.py` and `NB201/tss_utils.py`
//! - **Deviations**: the first 128 tensors, where that program takes all and the one for MobileNetV2 the first
//!   100; the sum, where the program ranks by the number first and by the entropy among equals; the smoothed
//!   p is the program's, the paper has none; a network with other operations than layers, batch norms, ReLU
//!   and linear ones has no such Jacobian here, and no score; 16 images by default, where its
//!   scripts have 64, for the sake of time
//! - **Direction**: higher is better
//! - **Sweep**: jacobian; 16 standard normal images under Kaiming weights over the fan-in. A batch with a
//!   perturbation is measured on the network's own parameters
//! - **Cost**: for each image either a forward pass for each tensor through what is behind it or a backward
//!   pass for each class, whichever are fewer

use nalgebra::{DMatrix, DVector};
use nbzero_graph::{Graph, Node};
use nbzero_model::sweep::Jacobian;

use crate::score::finite;
use crate::spectrum::eigenvalues;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// What the program adds to each probability before it takes less of them.
const SMOOTHING: f64 = 0.05;
const EPSILON: f64 = 1e-10;

/// See the module's page.
#[derive(Debug, Default)]
pub struct Vkdnw {
    tensors: usize,
    classes: usize,
    fisher: Option<DMatrix<f64>>,
}

impl Proxy for Vkdnw {
    fn definition(&self) -> Definition {
        Definition {
            name: "vkdnw",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Jacobian,
            year: Some(2025),
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        let tensors = graph.nodes().iter().map(Node::parameter_tensors);
        self.tensors = tensors.sum();
        self.classes = graph.classes();
    }

    fn jacobian(&mut self, jacobian: &Jacobian) {
        let [images, tensors, classes] = jacobian.derivatives.dims();
        let logits = jacobian.logits.try_to_vec_as::<f64>();
        let logits = logits.expect("logits are floats");
        let derivatives = jacobian.derivatives.try_to_vec_as::<f64>();
        let derivatives = derivatives.expect("derivatives are floats");
        let mut sum = DMatrix::zeros(tensors, tensors);
        let of_images = derivatives.chunks_exact(tensors * classes);
        for (logits, derivatives) in logits.chunks_exact(classes).zip(of_images) {
            let p = probabilities(logits);
            let columns = DMatrix::from_column_slice(classes, tensors, derivatives);
            let mean = columns.tr_mul(&p);
            let mut weighted = columns.clone();
            for mut column in weighted.column_iter_mut() {
                column.component_mul_assign(&p);
            }
            sum += columns.tr_mul(&weighted) - &mean * mean.transpose();
        }
        self.fisher = Some(sum / images as f64);
    }

    fn score(&mut self) -> Score {
        if self.classes == 1 {
            return Err(Undefined::NotApplicable(
                "one class is certain whatever the network",
            ));
        }
        let fisher = self
            .fisher
            .take()
            .ok_or(Undefined::NotApplicable("no image"))?;
        let values = eigenvalues(&fisher).ok_or(Undefined::NotFinite)?;
        let mut values = values.abs().as_slice().to_vec();
        values.sort_by(f64::total_cmp);
        finite(self.tensors as f64 + decile_entropy(&values))
    }
}

fn probabilities(logits: &[f64]) -> DVector<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers = DVector::from_iterator(logits.len(), logits.iter().map(|z| (z - largest).exp()));
    let softmax = &powers / powers.sum();
    (softmax * (1.0 - SMOOTHING)).add_scalar(SMOOTHING / logits.len() as f64)
}

/// The entropy of the nine deciles of sorted values, divided by their sum; deciles between two values are
/// interpolated.
fn decile_entropy(sorted: &[f64]) -> f64 {
    let decile = |tenths: usize| {
        let place = (sorted.len() - 1) * tenths;
        let (below, part) = (place / 10, (place % 10) as f64 / 10.0);
        let above = sorted[(below + 1).min(sorted.len() - 1)];
        sorted[below] + part * (above - sorted[below])
    };
    let deciles: Vec<f64> = (1..=9).map(decile).collect();
    let sum = deciles.iter().sum::<f64>() + EPSILON;
    let parts = deciles.iter().map(|value| value / sum);
    -parts.map(|part| part * (part + EPSILON).ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_deciles_have_the_entropy_of_nine_and_one_has_none() {
        assert!((decile_entropy(&[2.0; 30]) - 9.0_f64.ln()).abs() < 1e-8);
        // The ninth decile of eleven values is the tenth of them.
        let mut one = [0.0; 11];
        one[9] = 5.0;
        assert!(decile_entropy(&one).abs() < 1e-8);
        // Between 1 and 2 the deciles are 1.1 to 1.9.
        let parts = (1..=9).map(|i| (1.0 + f64::from(i) / 10.0) / 13.5);
        let expected: f64 = -parts.map(|p: f64| p * p.ln()).sum::<f64>();
        assert!((decile_entropy(&[1.0, 2.0]) - expected).abs() < 1e-8);
    }
}
