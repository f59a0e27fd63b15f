//! The median.

/// The middle value; of an even number the mean of the two in the middle; `None` of no values.
///
/// Values are in the order of `f64::total_cmp`, so a NaN counts as larger than all numbers.
///
/// ```
/// use nbzero_metrics::median;
///
/// assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
/// assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
/// assert_eq!(median(&[]), None);
/// ```
pub fn median(values: &[f64]) -> Option<f64> {
    let sorted = crate::order::sorted(values);
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    Some(if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[half - 1], upper)
    } else {
        upper
    })
}
