//! Columns in which every value must be known: accuracies and costs.

use crate::Error;

/// Ground-truth accuracies, one a network, in any unit; higher is better.
///
/// ```
/// use nbzero_metrics::Accuracies;
///
/// assert_eq!(Accuracies::new(&[71.5, 76.3])?.len(), 2);
/// assert!(Accuracies::new(&[71.5, f64::NAN]).is_err());
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Accuracies(Vec<f64>);

/// What a network costs (FLOPs, parameters, depth or anything that a budget limits).
///
/// ```
/// use nbzero_metrics::Costs;
///
/// assert_eq!(Costs::new(&[1.2e6, 3.4e6])?.values(), [1.2e6, 3.4e6]);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Costs(Vec<f64>);

macro_rules! finite_column {
    ($column:ident, $one:literal, $many:literal) => {
        impl $column {
            /// Checks that every value is finite; the error names the first row that is not.
            pub fn new(values: &[f64]) -> Result<Self, Error> {
                finite(values, $one).map(Self)
            }

            /// The values, one a network.
            pub fn values(&self) -> &[f64] {
                &self.0
            }

            /// Number of networks.
            pub fn len(&self) -> usize {
                self.0.len()
            }

            /// Whether there are no networks.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// The given rows, in that order; a row may be repeated, as a bootstrap does.
            ///
            /// # Panics
            ///
            /// If a row is not in the column.
            #[must_use]
            pub fn select(&self, rows: &[usize]) -> Self {
                Self(rows.iter().map(|&row| self.0[row]).collect())
            }

            pub(crate) fn check_len(&self, scores: usize) -> Result<&[f64], Error> {
                let found = self.0.len();
                if found == scores {
                    Ok(&self.0)
                } else {
                    Err(Error::Length {
                        what: $many,
                        scores,
                        found,
                    })
                }
            }
        }
    };
}

finite_column!(Accuracies, "accuracy", "accuracies");
finite_column!(Costs, "cost", "costs");

impl Costs {
    /// The costs of so many networks that nobody counted: the only budget has no end, and all keep to it.
    ///
    /// ```
    /// use nbzero_metrics::{Accuracies, Costs, Direction, RankScale, Scores, mean_best_rank};
    ///
    /// let scores = Scores::new(&[1.0, 3.0, 2.0], Direction::Higher);
    /// let accuracies = Accuracies::new(&[60.0, 70.0, 75.0])?;
    /// let costs = Costs::unknown(3);
    /// let mbr = mean_best_rank(&scores, &accuracies, &costs, 1, RankScale::Candidates)?;
    /// assert_eq!((mbr.budgets[0].candidates, mbr.budgets[0].rank), (3, 1.0));
    /// # Ok::<(), nbzero_metrics::Error>(())
    /// ```
    pub fn unknown(networks: usize) -> Self {
        Self(vec![f64::INFINITY; networks])
    }
}

/// A copy with -0 as +0, so that `total_cmp` ties exactly what `==` ties.
fn finite(values: &[f64], what: &'static str) -> Result<Vec<f64>, Error> {
    let check = |(row, &value): (usize, &f64)| {
        if value.is_finite() {
            Ok(value + 0.0)
        } else {
            Err(Error::NotFinite { what, row, value })
        }
    };
    values.iter().enumerate().map(check).collect()
}
