//! Standard normal numbers, the same whatever the number of threads.

use burn::tensor::{Device, Tensor, TensorData};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Numbers that share a stream of the generator.
const BLOCK: usize = 1 << 14;

/// A sequence of standard normal numbers, drawn in parallel.
///
/// Each block of numbers has a stream of its own, so that a number depends on the seed, on the
/// sequence and on its position: not on the threads that drew it.
#[derive(Debug, Clone)]
pub struct Normals {
    seed: u64,
    next_stream: u64,
}

impl Normals {
    /// One of 2^32 - 1 independent sequences of a seed (those of initialisation are others).
    pub fn new(seed: u64, sequence: u32) -> Self {
        Self {
            seed,
            next_stream: (u64::from(sequence) + 1) << 32,
        }
    }

    /// The next numbers as a tensor.
    pub fn tensor<const D: usize>(&mut self, shape: [usize; D], device: &Device) -> Tensor<D> {
        let values = self.draw(shape.iter().product());
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    /// The next `count` numbers; the rest of their last block is skipped.
    pub fn draw(&mut self, count: usize) -> Vec<f32> {
        let first = self.next_stream;
        let mut values = vec![0.0; count];
        let blocks = values.par_chunks_mut(BLOCK).enumerate();
        blocks.for_each(|(index, block)| {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(first + index as u64);
            block.fill_with(|| StandardNormal.sample(&mut rng));
        });
        self.next_stream += count.div_ceil(BLOCK) as u64;
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_threads_and_sequences_differ() {
        let draw = |threads, sequence| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let mut normals = Normals::new(3, sequence);
            pool.build()
                .unwrap()
                .install(|| [normals.draw(3 * BLOCK + 5), normals.draw(7)].concat())
        };
        let numbers = draw(1, 0);
        assert_eq!(numbers, draw(3, 0));
        assert_ne!(numbers, draw(1, 1));
        let count = numbers.len() as f32;
        let mean = numbers.iter().sum::<f32>() / count;
        let square = numbers.iter().map(|x| x * x).sum::<f32>() / count;
        assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.03);
    }
}
