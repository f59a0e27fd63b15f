//! What a user may choose about the proxies.

use nbzero_model::sweep::BatchNormMode;

/// Settings of a suite. A score depends on those of its own proxy and on no others.
///
/// | field | proxy | default | range |
/// |---|---|---|---|
/// | `ntk_images` | ntk | 16 | at least 2 |
/// | `ntk_batch_norm` | ntk | through the batch's statistics | |
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Images that ntk takes, the first of the batch; all of a smaller batch.
    pub ntk_images: usize,
    /// Whether ntk differentiates through the statistics of batch norms.
    pub ntk_batch_norm: BatchNormMode,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ntk_images: 16,
            ntk_batch_norm: BatchNormMode::Batch,
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
        at_least("ntk_images", self.ntk_images, 2, "at least 2")
    }
}

fn at_least(
    name: &'static str,
    value: usize,
    least: usize,
    range: &'static str,
) -> Result<(), InvalidSettings> {
    if value >= least {
        return Ok(());
    }
    Err(InvalidSettings {
        name,
        found: value.to_string(),
        range,
    })
}
