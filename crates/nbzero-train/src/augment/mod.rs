//! Random horizontal flip, random crop and `AutoAugment`.
//!
//! The order and the padding of flip and crop are those of NAS-Bench-201's recipe on torchvision:
//! `RandomHorizontalFlip`, `RandomCrop(32, padding=4)`, `ToTensor`, `Normalize`. The crop acts on
//! the image before normalisation, so the border is black (byte 0), not the mean colour: after
//! normalisation it is `-mean / std`. 4 pixels at 32x32 are an eighth of the side, and an eighth
//! is used at other resolutions (2 at 16x16, as NAS-Bench-201 has it).
//!
//! `AutoAugment` ([`Policy`]) comes after flip and crop and before normalisation, as in
//! torchvision's reference programs; its operations give the bytes that torchvision gives on
//! Pillow images.
//!
//! What is drawn for an image is a function of (seed, epoch, index of the image), so it does not
//! depend on threads, on batch sizes or on the order of images.
//!
//! What belongs here: one file for each group of operations, the tables of the policies, and what
//! is drawn for an image. Changes that mix images are in [`mixup`](crate::mixup).

mod bytes;
mod change;
mod enhance;
mod geometry;
mod operation;
mod policy;
mod tone;

use nbzero_graph::Resolution;
use serde::{Deserialize, Serialize};

pub use change::Change;
pub use operation::{Operation, OperationKind};
pub use policy::{Policy, PolicyStep, SubPolicy};

use crate::rng::{Purpose, below, stream};

/// Which random changes images undergo in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Whether half of the images are mirrored left to right.
    pub flip: bool,
    /// Black pixels added on each side before a crop of the old size; 0 for no crop.
    pub padding: usize,
    /// The policy of `AutoAugment`, after flip and crop.
    pub policy: Option<Policy>,
}

impl Augmentation {
    /// Images as they are.
    pub const NONE: Self = Self {
        flip: false,
        padding: 0,
        policy: None,
    };

    /// Flip, and crop with a padding of an eighth of the shorter side.
    pub fn standard(resolution: impl Into<Resolution>) -> Self {
        let Resolution { height, width } = resolution.into();
        Self {
            flip: true,
            padding: height.min(width) / 8,
            policy: None,
        }
    }

    /// What happens to image `index` in epoch `epoch`.
    pub fn draw(&self, seed: u64, epoch: u64, index: usize) -> Change {
        let mut rng = stream(Purpose::Augment, seed, epoch, index as u64);
        // Always three draws, so that turning one change off leaves the others as they were.
        let flip = below(&mut rng, 2) == 1;
        let down = below(&mut rng, 2 * self.padding + 1);
        let right = below(&mut rng, 2 * self.padding + 1);
        let operations = self.policy.map_or([None; 2], |policy| {
            policy.draw(&mut stream(Purpose::Policy, seed, epoch, index as u64))
        });
        Change {
            flip: flip && self.flip,
            padding: self.padding,
            down,
            right,
            operations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_cover_all_changes_and_depend_on_the_whole_key() {
        let standard = Augmentation::standard(16);
        assert_eq!(standard.padding, 2);
        let mut seen = [[[false; 5]; 5]; 2];
        for index in 0..1000 {
            let change = standard.draw(3, 1, index);
            seen[usize::from(change.flip)][change.down][change.right] = true;
        }
        assert!(seen.as_flattened().as_flattened().iter().all(|&seen| seen));
        let draws = |seed, epoch| {
            (0..20)
                .map(|i| standard.draw(seed, epoch, i))
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(3, 1), draws(3, 1));
        assert_ne!(draws(3, 1), draws(3, 2));
        assert_ne!(draws(3, 1), draws(4, 1));
        assert_eq!(Augmentation::NONE.draw(3, 1, 7), Change::NONE);
    }

    #[test]
    fn a_policy_leaves_flip_and_crop_as_they_were() {
        let standard = Augmentation::standard(32);
        let auto = Augmentation {
            policy: Some(Policy::Cifar10),
            ..standard
        };
        let mut changed = 0;
        for index in 0..100 {
            let change = auto.draw(1, 2, index);
            changed += change.operations.iter().flatten().count();
            let rest = Change {
                operations: [None; 2],
                ..change
            };
            assert_eq!(rest, standard.draw(1, 2, index));
            assert_eq!(change, auto.draw(1, 2, index));
        }
        assert!((70..150).contains(&changed), "{changed}");
        assert_ne!(auto.draw(1, 2, 3).operations, auto.draw(1, 3, 3).operations);
    }
}
