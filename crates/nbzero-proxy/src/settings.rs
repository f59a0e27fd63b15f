//! What a user may choose about the proxies.

use nbzero_model::sweep::BatchNormMode;

use crate::Precision;

/// Settings of a suite. A score depends on those of its own proxy and on no others.
///
/// | field | proxy | default | range |
/// |---|---|---|---|
/// | `seed` | zen, swap, `az_*`, vkdnw, meco | 0 | |
/// | `ntk_images` | ntk | 16 | at least 2 |
/// | `ntk_batch_norm` | ntk | through the batch's statistics | |
/// | `zen_repeats` | zen | 32 | at least 1 |
/// | `zen_batch` | zen | 16 | at least 2 |
/// | `zen_precision` | zen | off | positive |
/// | `swap_repeats` | swap, `swap_reg` | 32 | at least 1 |
/// | `swap_images` | swap, `swap_reg` | 16 | at least 2 |
/// | `swap_size` | `swap_reg` | none | a positive sigma |
/// | `zico_bc_beta` | `zico_bc` | 1 | finite |
/// | `az_images` | `az_*` | 64 | at least 2 |
/// | `vkdnw_images` | vkdnw | 16 | at least 1 |
/// | `vkdnw_tensors` | vkdnw | 128 | at least 2 |
/// | `precision` | all that see weights | float32 | |
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
    /// Initialisations that swap is the mean of.
    pub swap_repeats: u32,
    /// Images that swap takes, the first of the batch; all of a smaller batch.
    pub swap_images: usize,
    /// Where `swap_reg` has its peak.
    pub swap_size: Option<WantedSize>,
    /// How much of the bias towards depth `zico_bc` takes off.
    pub zico_bc_beta: f64,
    /// Standard normal images of `az_expressivity`, `az_progressivity` and `az_trainability`.
    pub az_images: usize,
    /// Standard normal images of vkdnw; the scripts of its paper have 64. Time grows with them.
    pub vkdnw_images: usize,
    /// Parameter tensors of which vkdnw takes one weight each, from the first.
    pub vkdnw_tensors: usize,
    /// The floating-point numbers in which networks are scored.
    pub precision: Precision,
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
            swap_repeats: 32,
            swap_images: 16,
            swap_size: None,
            zico_bc_beta: 1.0,
            az_images: 64,
            vkdnw_images: 16,
            vkdnw_tensors: 128,
            precision: Precision::Float32,
            memory_limit: None,
        }
    }
}

/// A size of networks, in thousands of parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WantedSize {
    /// The best size.
    pub mu: f64,
    /// How far others may be from it: at a distance of its root they count 1/e.
    pub sigma: f64,
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
        check("zen_precision", &precision, "positive", precision > 0.0)?;
        let least = [
            ("swap_repeats", self.swap_repeats as usize, 1),
            ("swap_images", self.swap_images, 2),
            ("az_images", self.az_images, 2),
            ("vkdnw_images", self.vkdnw_images, 1),
            ("vkdnw_tensors", self.vkdnw_tensors, 2),
        ];
        for (name, found, least) in least {
            let range = if least == 1 {
                "at least 1"
            } else {
                "at least 2"
            };
            check(name, &found, range, found >= least)?;
        }
        let beta = self.zico_bc_beta;
        check("zico_bc_beta", &beta, "finite", beta.is_finite())?;
        let WantedSize { mu, sigma } = self.swap_size.unwrap_or(WantedSize {
            mu: 0.0,
            sigma: 1.0,
        });
        check("swap_size.mu", &mu, "finite", mu.is_finite())?;
        let fits = sigma > 0.0 && sigma.is_finite();
        check("swap_size.sigma", &sigma, "positive and finite", fits)
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
