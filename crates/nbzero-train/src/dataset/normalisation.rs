//! From bytes to the numbers a network sees.

/// Per-channel mean and standard deviation, on the scale where a byte 255 is 1.
///
/// A byte `v` of channel `c` becomes `(v / 255 - mean[c]) / std[c]`, computed in `f32` in this
/// order, as torchvision's `ToTensor` and `Normalize` do.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Mean of each channel: of R, G and B where the images are in colour.
    pub mean: Vec<f32>,
    /// Standard deviation of each channel.
    pub std: Vec<f32>,
}

impl Normalisation {
    /// Of so many channels, and nothing beyond the scale to 0..=1.
    pub fn unit(channels: usize) -> Self {
        Self {
            mean: vec![0.0; channels],
            std: vec![1.0; channels],
        }
    }

    /// From values on the scale of bytes, as papers print them: mean and standard deviation of each
    /// channel.
    pub fn of_bytes(channels: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let units = channels.into_iter();
        let (mean, std) = units.map(|(mean, std)| (unit(mean), unit(std))).unzip();
        Self { mean, std }
    }

    /// How many channels there are constants for.
    pub fn channels(&self) -> usize {
        self.mean.len()
    }

    /// The normalised value of every byte, per channel.
    pub(crate) fn table(&self) -> Vec<[f32; 256]> {
        let constants = self.mean.iter().zip(&self.std);
        let row = |(mean, std): (&f32, &f32)| {
            let mut row = [0.0; 256];
            for (slot, byte) in row.iter_mut().zip(0_u8..=255) {
                *slot = (f32::from(byte) / 255.0 - mean) / std;
            }
            row
        };
        constants.map(row).collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded once, as a float32 tensor is"
)]
fn unit(byte: f64) -> f32 {
    (byte / 255.0) as f32
}

#[cfg(test)]
mod tests {
    use crate::DatasetName;

    #[test]
    fn table_follows_the_formula() {
        let normalisation = DatasetName::Cifar10.normalisation();
        assert!((normalisation.mean[0] - 0.491_372_55).abs() < 1e-7);
        assert!((normalisation.std[2] - 0.261_568_63).abs() < 1e-7);
        let table = normalisation.table();
        assert!((table[0][0] - -1.988_889).abs() < 1e-5, "{}", table[0][0]);
        assert!((table[2][255] - (255.0 - 113.9) / 66.7).abs() < 1e-5);
    }
}
