//! Mean and standard deviation of training images.

use crate::Normalisation;

/// Per-channel constants of `pixels`, N x `channels` x `plane` bytes: the mean, and the population's standard
/// deviation. Sums are of integers, and so the same whatever their order. A channel that does not vary
/// is only centred.
pub(super) fn normalisation(pixels: &[u8], channels: usize, plane: usize) -> Normalisation {
    let mut sums = vec![(0_u64, 0_u64); channels];
    for (index, plane) in pixels.chunks_exact(plane).enumerate() {
        let (sum, squares) = &mut sums[index % channels];
        for &byte in plane {
            let byte = u64::from(byte);
            *sum += byte;
            *squares += byte * byte;
        }
    }
    let count = (pixels.len() / channels) as f64;
    Normalisation::of_bytes(sums.into_iter().map(|(sum, squares)| {
        let mean = sum as f64 / count;
        let variance = squares as f64 / count - mean * mean;
        let std = if variance > 0.0 {
            variance.sqrt()
        } else {
            255.0
        };
        (mean, std)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_those_of_the_channels() {
        // Two images of two pixels: R is 0, 255, 0, 255; G is 51 throughout; B is 0, 0, 0, 204.
        let pixels = [0, 255, 51, 51, 0, 0, 0, 255, 51, 51, 0, 204];
        let found = normalisation(&pixels, 3, 2);
        let near = |a: &[f32], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near(&found.mean, [0.5, 0.2, 0.2]), "{found:?}");
        assert!(near(&found.std, [0.5, 1.0, 0.12_f32.sqrt()]), "{found:?}");
    }
}
