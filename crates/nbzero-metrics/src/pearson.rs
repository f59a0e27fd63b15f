//! Pearson's linear correlation (LC).

use crate::correlation::student_p_value;
use crate::order::is_constant;
use crate::{Accuracies, Correlation, Error, Scores};

/// Pearson's product-moment correlation, the LC of NAS-Bench-Zero's Table 1.
///
/// LC = sum of (s - mean s)(a - mean a) / sqrt(sum of (s - mean s)^2 x sum of (a - mean a)^2) over
/// the networks with a *defined* score: an undefined score has no place on a linear scale, so
/// read it together with `coverage`. Scores are those oriented so that higher is better. The
/// p-value is that of Student's t with n - 2 degrees of freedom.
///
/// Source: Pearson 1895.
///
/// ```
/// use nbzero_metrics::{Accuracies, Direction, Scores, pearson};
///
/// let scores = Scores::new(&[1.0, 2.0, 3.0, f64::NAN], Direction::Higher);
/// let lc = pearson(&scores, &Accuracies::new(&[10.0, 20.0, 30.0, 5.0])?)?;
/// assert_eq!(lc.value, Some(1.0));
/// assert_eq!(lc.coverage, 0.75);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn pearson(scores: &Scores, accuracies: &Accuracies) -> Result<Correlation, Error> {
    let accuracies = accuracies.check_len(scores.len())?;
    let (x, y): (Vec<f64>, Vec<f64>) = scores
        .ranking()
        .iter()
        .zip(accuracies)
        .filter(|(score, _)| score.is_finite())
        .unzip();
    let value = product_moment(&x, &y);
    Ok(Correlation {
        value,
        p_value: value.and_then(|r| student_p_value(r, x.len())),
        coverage: scores.coverage(),
        rows: x.len(),
    })
}

/// The correlation of two columns of equal length; `None` if one of them is constant.
pub(crate) fn product_moment(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = (deviations(x)?, deviations(y)?);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let r = dot(&x, &y) / (dot(&x, &x).sqrt() * dot(&y, &y).sqrt());
    Some(r.clamp(-1.0, 1.0))
}

/// Deviations from the mean, scaled to a largest magnitude of 1: scores span hundreds of orders of
/// magnitude, and their squares must neither overflow nor vanish. `None` for a constant column.
fn deviations(values: &[f64]) -> Option<Vec<f64>> {
    if is_constant(values) {
        return None;
    }
    let largest = |values: &[f64]| values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let scale = largest(values);
    let scaled: Vec<f64> = values.iter().map(|v| v / scale).collect();
    let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
    let centred: Vec<f64> = scaled.iter().map(|v| v - mean).collect();
    let spread = largest(&centred);
    Some(centred.iter().map(|v| v / spread).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn huge_and_tiny_scores_neither_overflow_nor_vanish() {
        for scale in [1e300, 1e-300] {
            let x = [scale, 2.0 * scale, 3.0 * scale];
            let r = product_moment(&x, &[1.0, 2.0, 3.0]).unwrap();
            assert!((r - 1.0).abs() < 1e-12, "{scale}: {r}");
        }
    }

    #[test]
    fn a_constant_column_or_a_single_row_is_undefined() {
        assert_eq!(product_moment(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(product_moment(&[1.0, 2.0], &[3.0, 3.0]), None);
        assert_eq!(product_moment(&[1.0], &[2.0]), None);
        assert_eq!(product_moment(&[], &[]), None);
    }
}
