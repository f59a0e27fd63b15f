//! The sum of the logarithms of ranks: one proxy made of several, in which a bad rank weighs more than a good
//! one.

use crate::{Error, Scores, Voters};

/// The hybrid of several proxies by log-rank sum: for each network the sum over the members of
/// ln(rank / n).
///
/// Ranks are those of [`rank_vote`](crate::rank_vote): from 1 (worst) to n (best) in the direction of a
/// member's scores, means among ties, undefined scores last; and the hybrid is defined where at least one
/// member is. The sum is at most 0, higher is better.
///
/// Source: Lee and Ham 2024 (AZ-NAS), and Tybl and Neumann 2025 (VKDNW).
///
/// ```
/// use nbzero_metrics::{Direction, Scores, log_rank_sum};
///
/// let zen = Scores::new(&[3.0, 5.0, 4.0, f64::NAN], Direction::Higher);
/// let ntk = Scores::new(&[1.0, 9.0, 9.0, f64::NAN], Direction::Lower);
/// let hybrid = log_rank_sum(&[&zen, &ntk])?;
/// // Ranks of zen: 2, 4, 3, 1; of ntk: 4, 2.5, 2.5, 1.
/// let products = [Some(2.0 * 4.0), Some(4.0 * 2.5), Some(3.0 * 2.5), None];
/// for (row, product) in products.into_iter().enumerate() {
///     let sum = hybrid.oriented(row).map(f64::exp);
///     assert_eq!(sum.is_some(), product.is_some());
///     assert!((sum.unwrap_or(0.0) - product.unwrap_or(0.0) / 16.0).abs() < 1e-12);
/// }
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
pub fn log_rank_sum(members: &[&Scores]) -> Result<Scores, Error> {
    Voters::new(members)?.log_rank_sum(&(0..members.len()).collect::<Vec<_>>())
}
