//! Kendall's rank correlation tau-b (KD).

use statrs::distribution::{ContinuousCDF, Normal};

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
    let pairs = scores.ranking().iter().zip(accuracies);
    let counts = Counts::new(pairs.map(|(&x, &y)| (key(x), key(y))).collect());
    let value = counts.tau_b();
    Ok(Correlation {
        value,
        p_value: value.and_then(|_| counts.p_value()),
        coverage: scores.coverage(),
        rows: scores.len(),
    })
}

/// tau-b of pairs of levels, cheap where they come in their order already.
pub(crate) fn tau_b_of_levels(pairs: impl Iterator<Item = (u32, u32)>) -> Option<f64> {
    let wide = |(x, y): (u32, u32)| (u64::from(x), u64::from(y));
    Counts::new(pairs.map(wide).collect()).tau_b()
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
    fn new(mut pairs: Vec<(u64, u64)>) -> Self {
        pairs.sort_unstable_by_key(|&(x, y)| u128::from(x) << 64 | u128::from(y));
        let both_tied: u64 = pairs
            .chunk_by(|a, b| a == b)
            .map(|group| pair_count(group.len()))
            .sum();
        let (x, mut y): (Vec<u64>, Vec<u64>) = pairs.into_iter().unzip();
        let ties_x = Ties::new(&x);
        // Its values are not needed any more, only its memory.
        let mut buffer = x;
        let discordant = sort_counting_inversions(&mut y, &mut buffer);
        let ties_y = Ties::new(&y);
        let not_tied = pair_count(y.len()) + both_tied - ties_x.pairs - ties_y.pairs;
        Self {
            rows: y.len() as f64,
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
    fn new(sorted: &[u64]) -> Self {
        let mut sums = Self {
            pairs: 0,
            triples: 0.0,
            weighted: 0.0,
        };
        for tied in sorted.chunk_by(|a, b| a == b) {
            let (size, t) = (tied.len(), tied.len() as f64);
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

/// Integers in the order of the floats, by which they are sorted faster. -0 and +0 differ, and the
/// columns have no -0.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    let negative = bits >> 63 == 1;
    if negative { !bits } else { bits | 1 << 63 }
}

/// Shortest run that is halved before it is sorted.
const HALVED: usize = 32;

/// Sorts `values` and returns how many pairs were strictly out of order; `buffer` is as long.
fn sort_counting_inversions(values: &mut [u64], buffer: &mut [u64]) -> u64 {
    if values.len() < HALVED {
        return insert_counting_inversions(values);
    }
    let half = values.len() / 2;
    let (left, right) = values.split_at_mut(half);
    let (left_buffer, right_buffer) = buffer.split_at_mut(half);
    let inversions =
        sort_counting_inversions(left, left_buffer) + sort_counting_inversions(right, right_buffer);
    buffer.copy_from_slice(values);
    inversions + merge_counting_inversions(&buffer[..half], &buffer[half..], values)
}

/// Insertion sort: each step that a value takes to the left is one inversion.
fn insert_counting_inversions(values: &mut [u64]) -> u64 {
    let mut inversions = 0;
    for end in 1..values.len() {
        let value = values[end];
        let mut slot = end;
        while slot > 0 && values[slot - 1] > value {
            values[slot] = values[slot - 1];
            slot -= 1;
        }
        values[slot] = value;
        inversions += (end - slot) as u64;
    }
    inversions
}

/// Merges two sorted runs into `merged`; counts pairs whose left member is strictly greater.
fn merge_counting_inversions(left: &[u64], right: &[u64], merged: &mut [u64]) -> u64 {
    let (mut i, mut j, mut inversions) = (0, 0, 0);
    // Which run is next is as good as random: arithmetic, where a branch would be guessed wrongly.
    while i < left.len() && j < right.len() {
        let take_right = right[j] < left[i];
        merged[i + j] = if take_right { right[j] } else { left[i] };
        inversions += u64::from(take_right) * (left.len() - i) as u64;
        i += usize::from(!take_right);
        j += usize::from(take_right);
    }
    let rest = if i < left.len() {
        &left[i..]
    } else {
        &right[j..]
    };
    merged[i + j..].copy_from_slice(rest);
    inversions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_of_a_small_permutation_with_ties() {
        // Strictly out of order: (3,1), (3,2), (3,1), (2,1); the two 1s and two 3s are ties.
        let mut values = [3, 1, 2, 1, 3];
        assert_eq!(sort_counting_inversions(&mut values, &mut [0; 5]), 4);
        assert!(values.is_sorted());
    }

    #[test]
    fn inversions_of_runs_that_are_halved_and_merged() {
        for length in [31, 32, 33, 101, 257] {
            let mut values: Vec<u64> = (0..length).map(|i| i * 7919 % 97 % 40).collect();
            let ahead = values.iter().enumerate();
            let expected = ahead
                .map(|(i, a)| values[i..].iter().filter(|&b| a > b).count() as u64)
                .sum();
            let mut buffer = vec![0; values.len()];
            let found = sort_counting_inversions(&mut values, &mut buffer);
            assert_eq!(found, expected, "{length}");
            assert!(values.is_sorted());
        }
    }

    #[test]
    fn keys_are_in_the_order_of_the_floats() {
        let values = [
            f64::NEG_INFINITY,
            -1e300,
            -1.0,
            -1e-310,
            0.0,
            1e-310,
            2.0,
            1e300,
        ];
        assert!(values.map(key).is_sorted_by(|a, b| a < b));
    }
}
