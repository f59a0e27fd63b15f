//! Eigenvalues of symmetric matrices: how the channels of a layer vary together.
//!
//! Householder reflections make the matrix tridiagonal, and the QL algorithm with shifts makes that one diagonal
//! (Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3, without eigenvectors). What one reflection
//! changes and the product that the next one needs are one pass over the matrix, which is larger than the caches.

mod ql;
mod tridiagonal;

use crate::simd::{Isa, Kernel};
use tridiagonal::Tridiagonal;

/// The eigenvalues, ascending, of a symmetric `size x size` matrix, column by column, whose diagonal and lower half
/// count. `None` where an entry is not finite.
///
/// Each is within a few roundings of the largest one's size. Takes the memory of another such matrix.
///
/// ```
/// let values = nbzero_ops::symmetric_eigenvalues(&[2.0, 1.0, 1.0, 2.0], 2).unwrap();
/// assert!((values[0] - 1.0).abs() < 1e-15 && (values[1] - 3.0).abs() < 1e-15);
/// ```
///
/// # Panics
/// If the matrix has not `size * size` entries.
#[must_use]
pub fn symmetric_eigenvalues(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    symmetric_eigenvalues_with(Isa::chosen(), matrix, size)
}

/// [`symmetric_eigenvalues`] with the vectors of an instruction set.
///
/// # Panics
/// As there, and if this machine lacks the instruction set.
#[must_use]
pub fn symmetric_eigenvalues_with(isa: Isa, matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    isa.check();
    assert_eq!(matrix.len(), size * size, "the matrix is not square");
    let finite = matrix.iter().fold(true, |all, x| all & x.is_finite());
    let largest = matrix.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    if !finite {
        return None;
    }
    if largest <= 0.0 {
        return Some(vec![0.0; size]);
    }
    // Squares of entries of at most 1 cannot overflow, and those that vanish are less than rounding.
    let mut scaled: Vec<f64> = matrix.iter().map(|x| x / largest).collect();
    let mut diagonal = vec![0.0; size];
    let mut beside = vec![0.0; size];
    let job = Tridiagonal {
        matrix: &mut scaled,
        diagonal: &mut diagonal,
        beside: &mut beside,
    };
    f64::dispatch(isa, job);
    ql::diagonalise(&mut diagonal, &mut beside);
    for value in &mut diagonal {
        *value *= largest;
    }
    diagonal.sort_by(f64::total_cmp);
    Some(diagonal)
}
