//! From bytes to the numbers a network sees.

use crate::dataset::CHANNELS;

/// Per-channel mean and standard deviation, on the scale where a byte 255 is 1.
///
/// A byte `v` of channel `c` becomes `(v / 255 - mean[c]) / std[c]`, computed in `f32` in this
/// order, as torchvision's `ToTensor` and `Normalize` do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// Mean of the channels R, G, B.
    pub mean: [f32; CHANNELS],
    /// Standard deviation of the channels R, G, B.
    pub std: [f32; CHANNELS],
}

impl Normalisation {
    /// No normalisation beyond the scale to 0..=1.
    pub const UNIT: Self = Self {
        mean: [0.0; CHANNELS],
        std: [1.0; CHANNELS],
    };

    /// From values on the scale of bytes, as papers print them.
    pub const fn of_bytes(mean: [f64; CHANNELS], std: [f64; CHANNELS]) -> Self {
        Self {
            mean: [unit(mean[0]), unit(mean[1]), unit(mean[2])],
            std: [unit(std[0]), unit(std[1]), unit(std[2])],
        }
    }

    /// The normalised value of every byte, per channel.
    pub(crate) fn table(&self) -> [[f32; 256]; CHANNELS] {
        let mut table = [[0.0; 256]; CHANNELS];
        for ((row, mean), std) in table.iter_mut().zip(self.mean).zip(self.std) {
            for (slot, byte) in row.iter_mut().zip(0_u8..=255) {
                *slot = (f32::from(byte) / 255.0 - mean) / std;
            }
        }
        table
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded once, as a float32 tensor is"
)]
const fn unit(byte: f64) -> f32 {
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
