//! Ordering helpers that several indices share.

/// A sorted copy, lowest first.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// How many of `sorted` (lowest first) are strictly above `value`.
pub(crate) fn count_above(sorted: &[f64], value: f64) -> usize {
    sorted.len() - sorted.partition_point(|v| v.total_cmp(&value).is_le())
}

/// Whether all values are the same (also true of none).
pub(crate) fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|w| w[0].total_cmp(&w[1]).is_eq())
}
