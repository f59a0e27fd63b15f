//! Indices of the top of the ranking: BR@K and P@topK.

use serde::Serialize;

use crate::order::{count_above, sorted};
use crate::{Accuracies, Error, Scores};

/// An index of the networks that a proxy puts on top.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopIndex {
    /// The index, from 0 to 1.
    pub value: f64,
    /// Number k of networks on top: the proportion of the pool, rounded up.
    pub top: usize,
    /// Fraction of networks with a defined score, from 0 to 1.
    pub coverage: f64,
}

/// BR@K: the best true rank among the top proportion K by score, divided by the pool's size.
///
/// With n networks and k = K n rounded up: the smallest rank among the k networks of best score,
/// over n; a network's rank is the number of networks of strictly higher accuracy. From 0 (the best
/// network of the pool is among the k) to (n - 1)/n; lower is better. Where scores tie at the edge
/// of the top, the value is the mean over all ways to fill it from the tied.
///
/// Source: Ning et al. 2021, "Evaluating efficient performance estimators of neural
/// architectures". They count ranks from 1; add 1/n for their number.
///
/// ```
/// use nbzero_metrics::{Accuracies, Direction, Scores, best_rank_at};
///
/// let scores = Scores::new(&[4.0, 3.0, 2.0, 1.0], Direction::Higher);
/// let br = best_rank_at(&scores, &Accuracies::new(&[60.0, 70.0, 80.0, 50.0])?, 0.5)?;
/// // Of the two on top, the better one is second in truth.
/// assert_eq!(br.value, 1.0 / 4.0);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn best_rank_at(
    scores: &Scores,
    accuracies: &Accuracies,
    proportion: f64,
) -> Result<TopIndex, Error> {
    let top = Top::new(scores, accuracies, proportion)?;
    let certain = top.certain.iter().min().copied().unwrap_or(usize::MAX);
    let mut tied = top.tied.clone();
    tied.sort_unstable();

    // The chance that the best of the `open` drawn without replacement is the j-th of the tied.
    let (size, open) = (tied.len() as f64, top.open as f64);
    let mut chance = open / size;
    let mut expected = if tied.is_empty() { certain as f64 } else { 0.0 };
    for (j, &rank) in tied.iter().enumerate() {
        expected += chance * certain.min(rank) as f64;
        let left = size - 1.0 - j as f64;
        chance *= if left > 0.0 {
            (left + 1.0 - open) / left
        } else {
            0.0
        };
    }
    Ok(top.index(expected / scores.len() as f64, scores))
}

/// P@topK: how much of the top proportion K by score is truly on top.
///
/// With n networks and k = K n rounded up: the fraction, among the k networks of best score, of
/// those that fewer than k networks surpass in accuracy. From 0 to 1; higher is better, and a
/// ranking equal to that of the accuracies has 1. Where scores tie at the edge of the top, the value
/// is the mean over all ways to fill it from the tied.
///
/// Source: Ning et al. 2021, "Evaluating efficient performance estimators of neural
/// architectures".
///
/// ```
/// use nbzero_metrics::{Accuracies, Direction, Scores, precision_at_top};
///
/// let scores = Scores::new(&[4.0, 3.0, 2.0, 1.0], Direction::Higher);
/// let p = precision_at_top(&scores, &Accuracies::new(&[60.0, 70.0, 80.0, 50.0])?, 0.5)?;
/// assert_eq!(p.value, 0.5);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn precision_at_top(
    scores: &Scores,
    accuracies: &Accuracies,
    proportion: f64,
) -> Result<TopIndex, Error> {
    let top = Top::new(scores, accuracies, proportion)?;
    let hits = |ranks: &[usize]| ranks.iter().filter(|&&rank| rank < top.size).count() as f64;
    let share = if top.tied.is_empty() {
        0.0
    } else {
        top.open as f64 / top.tied.len() as f64
    };
    let hits = hits(&top.certain) + share * hits(&top.tied);
    Ok(top.index(hits / top.size as f64, scores))
}

/// True ranks (0 is best) of the networks on top by score.
struct Top {
    size: usize,
    /// Of those above every tie at the edge.
    certain: Vec<usize>,
    /// Of those tied at the edge, `open` of which are on top.
    tied: Vec<usize>,
    open: usize,
}

impl Top {
    fn new(scores: &Scores, accuracies: &Accuracies, proportion: f64) -> Result<Self, Error> {
        let accuracies = accuracies.check_len(scores.len())?;
        let size = top_size(scores.len(), proportion)?;
        let by_accuracy = sorted(accuracies);
        let edge = sorted(scores.ranking())[scores.len() - size];
        let mut top = Self {
            size,
            certain: Vec::with_capacity(size),
            tied: Vec::new(),
            open: 0,
        };
        for (score, &accuracy) in scores.ranking().iter().zip(accuracies) {
            let rank = count_above(&by_accuracy, accuracy);
            match score.total_cmp(&edge) {
                std::cmp::Ordering::Greater => top.certain.push(rank),
                std::cmp::Ordering::Equal => top.tied.push(rank),
                std::cmp::Ordering::Less => {}
            }
        }
        top.open = size - top.certain.len();
        Ok(top)
    }

    fn index(&self, value: f64, scores: &Scores) -> TopIndex {
        TopIndex {
            value,
            top: self.size,
            coverage: scores.coverage(),
        }
    }
}

/// K n rounded up, forgiving the rounding of K: 5% of 60 is 3, though 0.05 x 60 exceeds it.
pub(crate) fn top_size(pool: usize, proportion: f64) -> Result<usize, Error> {
    if pool == 0 {
        return Err(Error::Empty);
    }
    if !(proportion > 0.0 && proportion <= 1.0) {
        return Err(Error::Proportion { proportion });
    }
    let exact = proportion * pool as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the pool's size"
    )]
    let size = (exact * (1.0 - 1e-12)).ceil() as usize;
    Ok(size.clamp(1, pool))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn top_size_rounds_up_but_not_for_rounding_errors() {
        assert_eq!(top_size(60, 0.05).unwrap(), 3);
        assert_eq!(top_size(61, 0.05).unwrap(), 4);
        assert_eq!(top_size(10, 0.001).unwrap(), 1);
        assert_eq!(top_size(10, 1.0).unwrap(), 10);
    }
}
