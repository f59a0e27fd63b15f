//! What the trees learn to predict.

use statrs::statistics::{Data, OrderStatistics, RankTieBreaker};

use crate::Error;

/// The networks with a defined target, and their targets as standardised ranks.
pub(crate) struct Target {
    /// Rows of the networks, in their order.
    pub(crate) rows: Vec<usize>,
    /// Their ranks (ties share the mean rank), shifted and scaled to mean 0 and variance 1.
    pub(crate) ranks: Vec<f32>,
}

impl Target {
    pub(crate) fn new(values: &[f64]) -> Result<Self, Error> {
        let rows: Vec<usize> = (0..values.len())
            .filter(|&row| values[row].is_finite())
            .collect();
        let defined: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        if let Some(&value) = defined.first()
            && defined.iter().all(|other| other.total_cmp(&value).is_eq())
        {
            return Err(Error::Constant { value });
        }
        let ranks = Data::new(defined).ranks(RankTieBreaker::Average);
        let count = ranks.len() as f64;
        let mean = ranks.iter().sum::<f64>() / count;
        let variance = ranks.iter().map(|rank| (rank - mean).powi(2)).sum::<f64>() / count;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "XGBoost's labels are float32"
        )]
        let standardised = |rank: &f64| ((rank - mean) / variance.sqrt()) as f32;
        Ok(Self {
            ranks: ranks.iter().map(standardised).collect(),
            rows,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_of_defined_values_counts() {
        let target = Target::new(&[1e20, f64::NAN, -3.0, 5.0, f64::INFINITY]).unwrap();
        assert_eq!(target.rows, [0, 2, 3]);
        let edge = 1.5_f32.sqrt();
        let expected = [edge, -edge, 0.0];
        let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
        assert!(target.ranks.iter().zip(&expected).all(near));
    }

    #[test]
    fn a_constant_target_is_refused() {
        let error = Target::new(&[2.5, f64::NAN, 2.5]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "the target is 2.5 for every network; there is nothing to explain"
        );
    }
}
