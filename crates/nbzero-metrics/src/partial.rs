//! Spearman's partial rank correlation: what is left of a correlation at equal costs.

use crate::correlation::student_p_value;
use crate::spearman::{ranks, score_ranks};
use crate::{Accuracies, Correlation, Costs, Error, Scores};

/// A column is explained by others if this share of its sum of squares is left.
const NOTHING_LEFT: f64 = 1e-12;

/// Spearman's correlation of scores and accuracies given other columns, such as that of depth at
/// equal FLOPs and params.
///
/// The correlation of what is left of both columns of ranks once each is regressed linearly on the
/// ranks of all of `given`. Ties share their average rank, undefined scores rank last. Undefined where
/// the given columns determine one of the two. The p-value is that of Student's t with n - 2 - k
/// degrees of freedom for k given columns.
///
/// Source: Kendall 1942.
///
/// ```
/// use nbzero_metrics::{Accuracies, Costs, Direction, Scores, partial_spearman, spearman};
///
/// // The score follows the cost, and among networks of equal cost it is upside down.
/// let scores = Scores::new(&[1.0, 2.0, 11.0, 12.0, 21.0, 22.0], Direction::Higher);
/// let accuracies = Accuracies::new(&[52.0, 51.0, 62.0, 61.0, 72.0, 71.0])?;
/// let cost = Costs::new(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0])?;
/// assert!(spearman(&scores, &accuracies)?.value > Some(0.8));
/// assert!(partial_spearman(&scores, &accuracies, &[&cost])?.value < Some(-0.99));
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn partial_spearman(
    scores: &Scores,
    accuracies: &Accuracies,
    given: &[&Costs],
) -> Result<Correlation, Error> {
    let accuracy_ranks = ranks(accuracies.check_len(scores.len())?);
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for costs in given {
        let column = ranks(costs.check_len(scores.len())?);
        // A column that is constant, or that the others determine, explains nothing more.
        basis.extend(unexplained(&column, &basis).map(unit));
    }
    let left = |column: Vec<f64>| unexplained(&column, &basis);
    let (score, accuracy) = (left(score_ranks(scores)), left(accuracy_ranks));
    let value = score.zip(accuracy).map(|(x, y)| {
        let (x, y) = (unit(x), unit(y));
        dot(&x, &y).clamp(-1.0, 1.0)
    });
    let freedom = scores.len().checked_sub(basis.len());
    Ok(Correlation {
        value,
        p_value: value.and_then(|r| student_p_value(r, freedom?)),
        coverage: scores.coverage(),
        rows: scores.len(),
    })
}

/// What is left of a column without its mean and its projections on `basis`, whose columns are
/// orthonormal and have no mean; `None` where that is nothing.
fn unexplained(column: &[f64], basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    let mean = column.iter().sum::<f64>() / column.len() as f64;
    let centred: Vec<f64> = column.iter().map(|v| v - mean).collect();
    let mut rest = centred.clone();
    // A second time takes off what rounding left.
    for direction in basis.iter().chain(basis) {
        let share = dot(&rest, direction);
        for (value, step) in rest.iter_mut().zip(direction) {
            *value -= share * step;
        }
    }
    let is_something = dot(&rest, &rest) > NOTHING_LEFT * dot(&centred, &centred);
    is_something.then_some(rest)
}

fn unit(column: Vec<f64>) -> Vec<f64> {
    let length = dot(&column, &column).sqrt();
    column.into_iter().map(|v| v / length).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
