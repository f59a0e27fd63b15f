//! Columns in which every value must be known: accuracies and costs.

use crate::{Error, Resample};

/// Ground-truth accuracies, one a network, in any unit; higher is better.
///
/// ```
/// use nbzero_metrics::Accuracies;
///
/// assert_eq!(Accuracies::new(&[71.5, 76.3])?.len(), 2);
/// assert!(Accuracies::new(&[71.5, f64::NAN]).is_err());
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
///
/// Predicted ones come with [joint draws](Self::predicted) of what the accuracies may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Accuracies {
    values: Vec<f64>,
    /// Of predicted accuracies; none of measured ones.
    draws: Vec<Vec<f64>>,
}

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

impl Accuracies {
    /// Checks that every value is finite; the error names the first row that is not.
    pub fn new(values: &[f64]) -> Result<Self, Error> {
        Self::predicted(values, &[])
    }

    /// Accuracies that nobody measured: what is expected of each network, and lists of what all of them
    /// together may be, drawn from a model that knows how they depend on each other.
    ///
    /// An index has the value that the expected ones give. [Resamples](Self::resampled) take a draw each, so
    /// that the interval is of both: of what is not known of the networks, and of which networks there are.
    ///
    /// ```
    /// use nbzero_metrics::{Accuracies, Bootstrap, Direction, Scores, kendall};
    ///
    /// let scores = Scores::new(&[1.0, 2.0, 3.0, 4.0], Direction::Higher);
    /// let draws = [vec![60.0, 65.0, 70.0, 71.0], vec![60.5, 66.0, 71.0, 69.0]];
    /// let accuracies = Accuracies::predicted(&[60.2, 65.5, 70.5, 70.6], &draws)?;
    /// assert_eq!(kendall(&scores, &accuracies)?.value, Some(1.0));
    /// // Two draws as they are, and nothing else: the second has the last pair in the other order.
    /// let all: Vec<usize> = (0..4).collect();
    /// let tau = |number| {
    ///     let resample = nbzero_metrics::Resample { number, rows: &all };
    ///     kendall(&scores, &accuracies.resampled(resample)).ok()?.value
    /// };
    /// assert_eq!((tau(0), tau(2)), (Some(1.0), Some(1.0)));
    /// assert!(tau(1) < Some(1.0));
    /// # Ok::<(), nbzero_metrics::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a value is not finite, or a draw has another length.
    pub fn predicted(expected: &[f64], draws: &[Vec<f64>]) -> Result<Self, Error> {
        let values = finite(expected, "accuracy")?;
        let draw = |draw: &Vec<f64>| {
            let draw = finite(draw, "drawn accuracy")?;
            same_length("drawn accuracies", &draw, values.len())?;
            Ok(draw)
        };
        let draws = draws.iter().map(draw).collect::<Result<_, Error>>()?;
        Ok(Self { values, draws })
    }

    /// The values, one a network; of predicted accuracies the expected ones.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The joint draws of predicted accuracies; none of measured ones.
    pub fn draws(&self) -> &[Vec<f64>] {
        &self.draws
    }

    /// Number of networks.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no networks.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The given networks of this pool, with all that is known of their accuracies. A bootstrap takes
    /// [`resampled`](Self::resampled).
    ///
    /// # Panics
    ///
    /// If a row is not in the column.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            values: select(&self.values, rows),
            draws: self.draws.iter().map(|draw| select(draw, rows)).collect(),
        }
    }

    /// The accuracies of a resample: those of its rows, and where they are predicted those of a draw, each
    /// resample the next one, from the first again where there are no more.
    ///
    /// # Panics
    ///
    /// If a row is not in the column.
    #[must_use]
    pub fn resampled(&self, resample: Resample<'_>) -> Self {
        Self {
            values: select(
                resample.draw_of(&self.draws).unwrap_or(&self.values),
                resample.rows,
            ),
            draws: Vec::new(),
        }
    }

    pub(crate) fn check_len(&self, scores: usize) -> Result<&[f64], Error> {
        same_length("accuracies", &self.values, scores)?;
        Ok(&self.values)
    }
}

impl Costs {
    /// Checks that every value is finite; the error names the first row that is not.
    pub fn new(values: &[f64]) -> Result<Self, Error> {
        finite(values, "cost").map(Self)
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
        Self(select(&self.0, rows))
    }

    pub(crate) fn check_len(&self, scores: usize) -> Result<&[f64], Error> {
        same_length("costs", &self.0, scores)?;
        Ok(&self.0)
    }

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

fn select(column: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| column[row]).collect()
}

fn same_length(what: &'static str, column: &[f64], scores: usize) -> Result<(), Error> {
    let found = column.len();
    if found == scores {
        Ok(())
    } else {
        Err(Error::Length {
            what,
            scores,
            found,
        })
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
