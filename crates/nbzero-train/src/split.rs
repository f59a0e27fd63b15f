//! NAS training and NAS validation sets: the 90/10 split of a training set.
//!
//! Architectures are ranked by accuracy on images that they were not trained on, and the test set
//! is kept for the final word; so a tenth of the training set is set aside.
//!
//! Source: NAS-Bench-Zero, which splits 90/10 but does not publish which images. Here each class
//! is split on its own, so both sets have the classes in the proportions of the whole, and the
//! seed is fixed: everyone's sets are the same.

use crate::dataset::Images;
use crate::rng::{Purpose, shuffle, stream};

/// The seed of [`nas_split`]: the letters `nbzero`. Changing it changes every stored accuracy.
pub const SPLIT_SEED: u64 = 0x6e62_7a65_726f;

/// One image in this many goes to validation.
const TENTH: usize = 10;

/// The two parts of a training set.
#[derive(Clone, Debug, PartialEq)]
pub struct NasSplit {
    /// Nine tenths, to train on.
    pub train: Images,
    /// One tenth, to compare architectures on.
    pub validation: Images,
}

/// The indices of the two parts, each in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitIndices {
    /// Nine tenths of each class.
    pub train: Vec<usize>,
    /// One tenth of each class, rounded to the nearest (halves up).
    pub validation: Vec<usize>,
}

impl SplitIndices {
    /// Splits labels class by class: each class is shuffled by `ChaCha8` under `seed`, on a stream
    /// of its own, and its first tenth is for validation.
    pub fn new(labels: &[u16], seed: u64) -> Self {
        let classes = labels
            .iter()
            .max()
            .map_or(0, |&label| usize::from(label) + 1);
        let mut members = vec![Vec::new(); classes];
        for (index, &label) in labels.iter().enumerate() {
            members[usize::from(label)].push(index);
        }
        let (mut train, mut validation) = (Vec::new(), Vec::new());
        for (class, mut members) in (0_u64..).zip(members) {
            shuffle(&mut stream(Purpose::Split, seed, 0, class), &mut members);
            let (held_out, kept) = members.split_at((members.len() + TENTH / 2) / TENTH);
            validation.extend_from_slice(held_out);
            train.extend_from_slice(kept);
        }
        train.sort_unstable();
        validation.sort_unstable();
        Self { train, validation }
    }
}

/// Splits a training set into the NAS training and NAS validation sets, under [`SPLIT_SEED`].
///
/// Classes of fewer than 5 images have none in the validation set.
pub fn nas_split(images: &Images) -> NasSplit {
    let indices = SplitIndices::new(images.labels(), SPLIT_SEED);
    NasSplit {
        train: images.subset(&indices.train),
        validation: images.subset(&indices.validation),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_split_is_the_same_on_every_machine() {
        let labels: Vec<u16> = (0..60).map(|i| i % 3).collect();
        let split = SplitIndices::new(&labels, SPLIT_SEED);
        // Recorded from this function; a change here changes every stored accuracy.
        assert_eq!(split.validation, [2, 14, 30, 31, 33, 49]);
    }

    proptest! {
        #[test]
        fn parts_are_disjoint_complete_and_stratified(
            labels in prop::collection::vec(0_u16..7, 0..400),
            seed: u64,
        ) {
            let split = SplitIndices::new(&labels, seed);
            let mut all = [split.train.as_slice(), &split.validation].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
            for class in 0..7 {
                let whole = labels.iter().filter(|&&label| label == class).count();
                let part = split.validation.iter().filter(|&&i| labels[i] == class).count();
                prop_assert_eq!(part, (whole + 5) / 10);
            }
        }
    }
}
