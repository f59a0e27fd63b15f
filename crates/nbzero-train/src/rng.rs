//! Counter-based random streams: every draw is a function of (purpose, seed, epoch, index), so
//! results depend neither on threads nor on what was drawn before.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream is for; different purposes never share numbers.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Purpose {
    Split = 1,
    Shuffle = 2,
    Augment = 3,
    FirstBatch = 4,
    Policy = 5,
    Mixup = 6,
}

/// The `ChaCha8` stream number `index` under the key (seed, epoch, purpose).
pub(crate) fn stream(purpose: Purpose, seed: u64, epoch: u64, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&epoch.to_le_bytes());
    key[16] = purpose as u8;
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(index);
    rng
}

/// A uniform number in `0..bound`, by rejection; `bound` must not be 0.
///
/// Written out here because the numbers drawn are part of stored results, which must not change
/// with a version of a library.
pub(crate) fn below(rng: &mut impl Rng, bound: usize) -> usize {
    let bound = bound as u64;
    loop {
        let drawn = rng.next_u64();
        let rest = drawn % bound;
        // Refuse the last, incomplete run of `bound` numbers.
        if drawn - rest <= u64::MAX - (bound - 1) {
            #[expect(clippy::cast_possible_truncation, reason = "it is below a usize")]
            return rest as usize;
        }
    }
}

/// A uniform number in `[0, 1)`, of 53 bits.
pub(crate) fn unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Fisher-Yates.
pub(crate) fn shuffle<T>(rng: &mut impl Rng, items: &mut [T]) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(rng, i + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_apart_by_every_part_of_the_key() {
        let first = |p, s, e, i| stream(p, s, e, i).next_u64();
        let reference = first(Purpose::Shuffle, 1, 2, 3);
        assert_eq!(reference, first(Purpose::Shuffle, 1, 2, 3));
        assert_ne!(reference, first(Purpose::Augment, 1, 2, 3));
        assert_ne!(reference, first(Purpose::Shuffle, 0, 2, 3));
        assert_ne!(reference, first(Purpose::Shuffle, 1, 0, 3));
        assert_ne!(reference, first(Purpose::Shuffle, 1, 2, 0));
    }

    #[test]
    fn below_is_uniform_and_shuffling_permutes() {
        let mut rng = stream(Purpose::Split, 0, 0, 0);
        let mut counts = [0; 9];
        for _ in 0..9000 {
            counts[below(&mut rng, 9)] += 1;
        }
        assert!(
            counts.iter().all(|&c| (850..1150).contains(&c)),
            "{counts:?}"
        );
        let mut items: Vec<usize> = (0..100).collect();
        shuffle(&mut rng, &mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
