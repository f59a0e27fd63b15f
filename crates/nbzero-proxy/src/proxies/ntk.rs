//! Condition number of the neural tangent kernel.
//!
//! - **Formula**: largest / smallest eigenvalue of the Gram matrix of the images' gradients, each
//!   of the sum of the image's logits by every parameter called `weight` (convolutions, linear
//!   layers, the scales of norms, and parameters of their own of that name)
//! - **Source**: Chen et al. 2021 (TE-NAS); VITA-Group/TENAS, `lib/procedures/ntk.py`
//! - **Deviations**: the Gram matrix is summed and decomposed in float64; a smallest eigenvalue
//!   within the rounding of the gradients is singular, not the large or negative number that
//!   rounding makes of it
//! - **Direction**: lower is better
//! - **Sweep**: per-image; on the first 16 images, through the batch's statistics unless
//!   [`Settings::ntk_batch_norm`](crate::Settings::ntk_batch_norm) says frozen
//! - **Cost**: a backward pass an image through the batch's statistics, one in all with them
//!   frozen
//!
//! A network that ends with a batch norm before pooling (`MobileNetV2` chains) has, as long as
//! that batch norm's shift is zero, logits whose sum over the batch does not depend on anything
//! before the head and only on the bias there: through the batch's statistics its kernel is
//! singular. Frozen statistics have no such effect.

use nalgebra::DMatrix;
use nbzero_model::sweep::Gram;

use crate::score::{ONE_IMAGE, finite};
use crate::spectrum::eigenvalues;
use crate::{Definition, Direction, Needs, Proxy, Score, Sweep, Undefined};

/// See the module's page.
#[derive(Debug, Default)]
pub struct Ntk {
    kernel: DMatrix<f64>,
}

impl Proxy for Ntk {
    fn definition(&self) -> Definition {
        Definition {
            name: "ntk",
            version: 1,
            direction: Direction::Lower,
            sweep: Sweep::PerImage,
            year: Some(2021),
            needs: Needs::Images,
        }
    }

    fn gram(&mut self, gram: &Gram) {
        self.kernel = DMatrix::from_column_slice(gram.size, gram.size, &gram.values);
    }

    fn score(&mut self) -> Score {
        if self.kernel.nrows() < 2 {
            return Err(ONE_IMAGE);
        }
        condition_number(&self.kernel)
    }
}

fn condition_number(kernel: &DMatrix<f64>) -> Score {
    let eigenvalues = eigenvalues(kernel).ok_or(Undefined::NotFinite)?;
    let (smallest, largest) = (eigenvalues.min(), eigenvalues.max());
    let rounding = kernel.nrows() as f64 * f64::from(f32::EPSILON) * largest;
    if smallest <= rounding {
        return Err(Undefined::Singular("the images' gradients are dependent"));
    }
    finite(largest / smallest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smallest_eigenvalue_within_rounding_is_singular() {
        let kernel = |small: f64| DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, small]);
        assert_eq!(condition_number(&kernel(0.25)), Ok(4.0));
        for small in [0.0, -1e-3, 1e-7] {
            let score = condition_number(&kernel(small));
            assert!(matches!(score, Err(Undefined::Singular(_))));
        }
        assert_eq!(
            condition_number(&kernel(f64::NAN)),
            Err(Undefined::NotFinite)
        );
    }
}
