//! What the three correlation coefficients return.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A correlation coefficient between scores and accuracies.
///
/// `value` and `p_value` are `None`, never 0 or NaN, where they are undefined: fewer than two
/// rows or a constant column; for the p-value, fewer than three rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Correlation {
    /// The coefficient, from -1 to 1; positive means that the proxy ranks as it should.
    pub value: Option<f64>,
    /// Two-sided p-value, from 0 to 1, of the hypothesis that there is no correlation.
    pub p_value: Option<f64>,
    /// Fraction of networks with a defined score, from 0 to 1.
    pub coverage: f64,
    /// Number of rows that entered the coefficient.
    pub rows: usize,
}

/// Two-sided p-value of a product-moment correlation `r` over `rows` pairs, by Student's t with
/// `rows` - 2 degrees of freedom.
pub(crate) fn student_p_value(r: f64, rows: usize) -> Option<f64> {
    let freedom = rows.checked_sub(2)? as f64;
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    let t = r.abs() * (freedom / (1.0 - r * r)).sqrt();
    Some(if t.is_finite() {
        2.0 * student.sf(t)
    } else {
        0.0
    })
}
