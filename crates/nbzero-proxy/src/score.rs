//! A score is a value, or undefined with a reason; never a number that stands for a failure.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// What a proxy gives for a network.
pub type Score = Result<f64, Undefined>;

/// Why a score has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undefined {
    /// A sum overflowed or was never a number.
    #[error("not finite")]
    NotFinite,
    /// A matrix that the proxy needs has no such decomposition.
    #[error("singular: {0}")]
    Singular(&'static str),
    /// The sweep was left out: it would hold more than the limit allows.
    #[error(
        "out of memory: the {sweep} sweep needs {:.3} GiB, {:.3} GiB are allowed",
        gibibytes(*needed),
        gibibytes((*limit).into())
    )]
    OutOfMemory {
        /// The sweep's name.
        sweep: &'static str,
        /// Bytes of everything that is held: weights, batch, activations, gradients.
        needed: u128,
        /// The limit set.
        limit: u64,
    },
    /// The batch or the network lacks something that the proxy needs, or has something that makes
    /// its number mean nothing.
    #[error("not applicable: {0}")]
    NotApplicable(&'static str),
}

impl Undefined {
    /// The reason without sizes, to count by.
    pub fn kind(&self) -> String {
        match self {
            Self::OutOfMemory { .. } => "out of memory".to_owned(),
            other => other.to_string(),
        }
    }
}

fn gibibytes(bytes: u128) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

/// Of a proxy that compares images: a batch of one has nothing to compare.
pub(crate) const ONE_IMAGE: Undefined = Undefined::NotApplicable("one image tells nothing apart");

/// The value, if it is finite.
pub(crate) fn finite(value: f64) -> Score {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Undefined::NotFinite)
    }
}

/// A 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// That of the mean of independent values, by Student's t; `None` of fewer than two.
    pub fn of_mean(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        if count < 2.0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        let student = StudentsT::new(0.0, 1.0, count - 1.0).ok()?;
        let half = student.inverse_cdf(0.975) * error;
        Some(Self {
            low: mean - half,
            high: mean + half,
        })
    }

    /// Half of its width.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        // t(0.975, 4) = 2.776445; mean 3, standard error sqrt(2.5 / 5).
        let interval = Interval::of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        assert!((interval.half_width() - 2.776_445 * 0.5_f64.sqrt()).abs() < 1e-5);
        assert!((interval.low + interval.high - 6.0).abs() < 1e-12);
        assert_eq!(Interval::of_mean(&[1.0]), None);
    }
}
