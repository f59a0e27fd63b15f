//! Spearman's rank correlation (SR).

use statrs::statistics::{Data, OrderStatistics, RankTieBreaker};

use crate::correlation::student_p_value;
use crate::pearson::product_moment;
use crate::{Accuracies, Correlation, Error, Scores};

/// Spearman's rank correlation, the SR of NAS-Bench-Zero's Table 1.
///
/// Pearson's correlation of the ranks, ties sharing their average rank. Undefined scores rank last,
/// tied with each other, so every network counts. The p-value is that of Student's t with n - 2
/// degrees of freedom.
///
/// Source: Spearman 1904.
///
/// ```
/// use nbzero_metrics::{Accuracies, Direction, Scores, spearman};
///
/// let scores = Scores::new(&[9.0, 1.0, 4.0], Direction::Lower);
/// let sr = spearman(&scores, &Accuracies::new(&[60.0, 75.0, 70.0])?)?;
/// assert_eq!(sr.value, Some(1.0));
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn spearman(scores: &Scores, accuracies: &Accuracies) -> Result<Correlation, Error> {
    let accuracies = accuracies.check_len(scores.len())?;
    let value = product_moment(&score_ranks(scores), &ranks(accuracies));
    Ok(Correlation {
        value,
        p_value: value.and_then(|r| student_p_value(r, scores.len())),
        coverage: scores.coverage(),
        rows: scores.len(),
    })
}

/// Average ranks from 1, lowest first, undefined scores sharing the lowest ranks.
pub(crate) fn score_ranks(scores: &Scores) -> Vec<f64> {
    let defined: Vec<f64> = (0..scores.len())
        .filter_map(|row| scores.oriented(row))
        .collect();
    let undefined = (scores.len() - defined.len()) as f64;
    let mut defined = ranks(&defined).into_iter();
    let rank = |row| {
        let defined = scores.oriented(row).and_then(|_| defined.next());
        defined.map_or(f64::midpoint(undefined, 1.0), |rank| rank + undefined)
    };
    (0..scores.len()).map(rank).collect()
}

/// Average ranks from 1, lowest first, of finite values.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    Data::new(values.to_vec()).ranks(RankTieBreaker::Average)
}
