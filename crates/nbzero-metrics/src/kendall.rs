//! Kendall's rank correlation tau-b (KD).

use statrs::distribution::{ContinuousCDF, Normal};

use crate::order::{sorted, tie_sizes};
use crate::{Accuracies, Correlation, Error, Scores};

/// Kendall's tau-b, the KD of NAS-Bench-Zero's Table 1, in O(n log n).
///
/// tau-b = (C - D) / sqrt((n0 - n1)(n0 - n2)), with C concordant and D discordant pairs of
/// n0 = n(n - 1)/2, n1 of them tied in the score and n2 in the accuracy. Undefined scores rank last,
/// tied with each other, so every network counts. The p-value is the normal approximation with the
/// variance corrected for ties, that of `scipy.stats.kendalltau(method="asymptotic")`.
///
/// Source: Kendall 1945; the algorithm is Knight's (JASA 61, 1966): sort by score, then count the
/// inversions of the accuracies with a merge sort.
///
/// ```
/// use nbzero_metrics::{Accuracies, Direction, Scores, kendall};
///
/// let scores = Scores::new(&[1.0, 2.0, 4.0, 3.0], Direction::Higher);
/// let kd = kendall(&scores, &Accuracies::new(&[10.0, 20.0, 30.0, 40.0])?)?;
/// // One of six pairs is in the wrong order: (5 - 1) / 6.
/// assert!((kd.value.unwrap() - 4.0 / 6.0).abs() < 1e-12);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn kendall(scores: &Scores, accuracies: &Accuracies) -> Result<Correlation, Error> {
    let accuracies = accuracies.check_len(scores.len())?;
    let pairs = scores
        .ranking()
        .iter()
        .copied()
        .zip(accuracies.iter().copied());
    let counts = Counts::new(pairs.collect());
    let value = counts.tau_b();
    Ok(Correlation {
        value,
        p_value: value.and_then(|_| counts.p_value()),
        coverage: scores.coverage(),
        rows: scores.len(),
    })
}

/// The pair counts that tau-b and its variance are made of.
struct Counts {
    rows: f64,
    /// Concordant minus discordant pairs.
    excess: f64,
    x: Ties,
    y: Ties,
}

impl Counts {
    fn new(mut pairs: Vec<(f64, f64)>) -> Self {
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let both_tied: u64 = pairs
            .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq() && a.1.total_cmp(&b.1).is_eq())
            .map(|group| pair_count(group.len()))
            .sum();
        let (x, mut y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let (ties_x, ties_y) = (Ties::new(&x), Ties::new(&sorted(&y)));
        let mut buffer = y.clone();
        let discordant = sort_counting_inversions(&mut y, &mut buffer);
        let not_tied = pair_count(x.len()) + both_tied - ties_x.pairs - ties_y.pairs;
        Self {
            rows: x.len() as f64,
            // Both counts are below 2^53 for any pool that fits in memory.
            excess: not_tied as f64 - 2.0 * discordant as f64,
            x: ties_x,
            y: ties_y,
        }
    }

    fn tau_b(&self) -> Option<f64> {
        let all = self.rows * (self.rows - 1.0) / 2.0;
        let (x, y) = (all - self.x.pairs as f64, all - self.y.pairs as f64);
        (x > 0.0 && y > 0.0).then(|| (self.excess / x.sqrt() / y.sqrt()).clamp(-1.0, 1.0))
    }

    /// Two-sided, from the tie-corrected variance of C - D (Kendall and Gibbons 1990, chapter 5).
    fn p_value(&self) -> Option<f64> {
        if self.rows <= 2.0 {
            return None;
        }
        let n = self.rows;
        let m = n * (n - 1.0);
        let variance = (m * (2.0 * n + 5.0) - self.x.weighted - self.y.weighted) / 18.0
            + 2.0 * self.x.pairs as f64 * self.y.pairs as f64 / m
            + self.x.triples * self.y.triples / (9.0 * m * (n - 2.0));
        let z = self.excess.abs() / variance.sqrt();
        z.is_finite().then(|| 2.0 * Normal::standard().sf(z))
    }
}

/// Sums over the groups of t tied values.
struct Ties {
    /// Of t(t - 1)/2.
    pairs: u64,
    /// Of t(t - 1)(t - 2).
    triples: f64,
    /// Of t(t - 1)(2t + 5).
    weighted: f64,
}

impl Ties {
    fn new(sorted: &[f64]) -> Self {
        let mut sums = Self {
            pairs: 0,
            triples: 0.0,
            weighted: 0.0,
        };
        for size in tie_sizes(sorted) {
            let t = size as f64;
            sums.pairs += pair_count(size);
            sums.triples += t * (t - 1.0) * (t - 2.0);
            sums.weighted += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        sums
    }
}

fn pair_count(items: usize) -> u64 {
    let items = items as u64;
    items * items.saturating_sub(1) / 2
}

/// Sorts `values` and returns how many pairs were strictly out of order; `buffer` is as long.
fn sort_counting_inversions(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let half = n / 2;
    let (left, right) = values.split_at_mut(half);
    let (left_buffer, right_buffer) = buffer.split_at_mut(half);
    let inversions =
        sort_counting_inversions(left, left_buffer) + sort_counting_inversions(right, right_buffer);
    buffer.copy_from_slice(values);
    inversions + merge_counting_inversions(&buffer[..half], &buffer[half..], values)
}

/// Merges two sorted runs into `merged`; counts pairs whose left member is strictly greater.
fn merge_counting_inversions(left: &[f64], right: &[f64], merged: &mut [f64]) -> u64 {
    let (mut i, mut j, mut inversions) = (0, 0, 0);
    for slot in merged {
        let take_right = j < right.len() && (i == left.len() || right[j] < left[i]);
        if take_right {
            *slot = right[j];
            j += 1;
            inversions += (left.len() - i) as u64;
        } else {
            *slot = left[i];
            i += 1;
        }
    }
    inversions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_of_a_small_permutation_with_ties() {
        // Strictly out of order: (3,1), (3,2), (3,1), (2,1); the two 1s and two 3s are ties.
        let mut values = [3.0, 1.0, 2.0, 1.0, 3.0];
        assert_eq!(sort_counting_inversions(&mut values, &mut [0.0; 5]), 4);
        assert!(values.is_sorted());
    }
}
