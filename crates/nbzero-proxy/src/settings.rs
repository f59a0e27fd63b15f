//! What a user may choose about the proxies.

use nbzero_model::sweep::BatchNormMode;

/// Settings of a suite. A score depends on those of its own proxy and on no others.
///
/// | field | proxy | default | range |
/// |---|---|---|---|
/// | `seed` | zen | 0 | |
/// | `ntk_images` | ntk | 16 | at least 2 |
/// | `ntk_batch_norm` | ntk | through the batch's statistics | |
/// | `zen_repeats` | zen | 32 | at least 1 |
/// | `zen_batch` | zen | 16 | at least 2 |
/// | `zen_precision` | zen | off | positive |
/// | `memory_limit` | all | none | |
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Seed of the proxies' own random numbers.
    pub seed: u64,
    /// Images that ntk takes, the first of the batch; all of a smaller batch.
    pub ntk_images: usize,
    /// Whether ntk differentiates through the statistics of batch norms.
    pub ntk_batch_norm: BatchNormMode,
    /// Repeats that zen is the mean of.
    pub zen_repeats: u32,
    /// Images of a repeat.
    pub zen_batch: usize,
    /// Half-width of zen's 95% interval at which it repeats no more (after four repeats).
    pub zen_precision: Option<f64>,
    /// Bytes beyond which a sweep is left out, and the scores of its proxies are undefined:
    /// parameters, batch, activations, gradients and what operations make of them
    /// ([`PlannedSweep::bytes`](crate::PlannedSweep::bytes)).
    pub memory_limit: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            ntk_images: 16,
            ntk_batch_norm: BatchNormMode::Batch,
            zen_repeats: 32,
            zen_batch: 16,
            zen_precision: None,
            memory_limit: None,
        }
    }
}

/// A setting out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the setting `{name}` is {found}, but must be {range}")]
pub struct InvalidSettings {
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub found: String,
    /// What it must be.
    pub range: &'static str,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), InvalidSettings> {
        let check = |name, found: &dyn ToString, range, fits: bool| {
            let found = found.to_string();
            let error = InvalidSettings { name, found, range };
            if fits { Ok(()) } else { Err(error) }
        };
        let (images, repeats, batch) = (self.ntk_images, self.zen_repeats, self.zen_batch);
        check("ntk_images", &images, "at least 2", images >= 2)?;
        check("zen_repeats", &repeats, "at least 1", repeats >= 1)?;
        check("zen_batch", &batch, "at least 2", batch >= 2)?;
        let precision = self.zen_precision.unwrap_or(1.0);
        check("zen_precision", &precision, "positive", precision > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        assert_eq!(Settings::default().check(), Ok(()));
        let wrong = Settings {
            zen_precision: Some(f64::NAN),
            ..Settings::default()
        };
        assert_eq!(
            wrong.check().unwrap_err().to_string(),
            "the setting `zen_precision` is NaN, but must be positive"
        );
    }
}
