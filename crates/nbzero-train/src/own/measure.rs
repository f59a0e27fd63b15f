//! Mean and standard deviation of training images.

use crate::Normalisation;
use crate::dataset::CHANNELS;

/// Per-channel constants of `pixels`, N x 3 x `plane` bytes: the mean, and the population's standard
/// deviation. Sums are of integers, and so the same whatever their order. A channel that does not vary
/// is only centred.
pub(super) fn normalisation(pixels: &[u8], plane: usize) -> Normalisation {
    let (mut sums, mut squares) = ([0_u64; CHANNELS], [0_u64; CHANNELS]);
    for (index, channel) in pixels.chunks_exact(plane).enumerate() {
        let c = index % CHANNELS;
        for &byte in channel {
            let byte = u64::from(byte);
            sums[c] += byte;
            squares[c] += byte * byte;
        }
    }
    let count = (pixels.len() / CHANNELS) as f64;
    let mean = sums.map(|sum| sum as f64 / count);
    let mut std = [255.0; CHANNELS];
    for c in 0..CHANNELS {
        let variance = squares[c] as f64 / count - mean[c] * mean[c];
        if variance > 0.0 {
            std[c] = variance.sqrt();
        }
    }
    Normalisation::of_bytes(mean, std)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_those_of_the_channels() {
        // Two images of two pixels: R is 0, 255, 0, 255; G is 51 throughout; B is 0, 0, 0, 204.
        let pixels = [0, 255, 51, 51, 0, 0, 0, 255, 51, 51, 0, 204];
        let found = normalisation(&pixels, 2);
        let near = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near(found.mean, [0.5, 0.2, 0.2]), "{found:?}");
        assert!(near(found.std, [0.5, 1.0, 0.12_f32.sqrt()]), "{found:?}");
    }
}
