//! The policies of `AutoAugment`: 25 sub-policies each, of which one is drawn for an image.
//!
//! Source: Cubuk et al. 2019, appendix, as torchvision's `transforms.AutoAugment` has them.

use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

use super::OperationKind::{
    self, AutoContrast, Brightness, Color, Contrast, Equalize, Invert, Posterize, Rotate,
    Sharpness, ShearX, ShearY, Solarize, TranslateX, TranslateY,
};
use super::operation::Operation;
use crate::rng::below;

/// A policy of `AutoAugment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Found on CIFAR-10; for CIFAR-10 and CIFAR-100.
    Cifar10,
    /// Found on `ImageNet`.
    ImageNet,
}

/// An operation of a sub-policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyStep {
    /// What is done.
    pub kind: OperationKind,
    /// How often, in tenths.
    pub tenths: u8,
    /// How strongly, from 0 to 9.
    pub level: u8,
}

const fn step(kind: OperationKind, tenths: u8, level: u8) -> PolicyStep {
    PolicyStep {
        kind,
        tenths,
        level,
    }
}

/// Two operations, one after the other.
pub type SubPolicy = [PolicyStep; 2];

impl Policy {
    /// The sub-policies, each as likely as the others.
    pub const fn sub_policies(self) -> &'static [SubPolicy; 25] {
        match self {
            Self::Cifar10 => &CIFAR10,
            Self::ImageNet => &IMAGENET,
        }
    }

    /// Draws a sub-policy, whether each of its operations is done, and in which direction.
    pub(super) fn draw(self, rng: &mut impl Rng) -> [Option<Operation>; 2] {
        let chosen = self.sub_policies()[below(rng, 25)];
        chosen.map(|step| {
            let done = below(rng, 10) < usize::from(step.tenths);
            // Drawn of every operation, so that all draws have their fixed place.
            let negative = below(rng, 2) == 0;
            done.then_some(Operation {
                kind: step.kind,
                level: step.level,
                negative: negative && step.kind.is_signed(),
            })
        })
    }
}

const CIFAR10: [SubPolicy; 25] = [
    [step(Invert, 1, 0), step(Contrast, 2, 6)],
    [step(Rotate, 7, 2), step(TranslateX, 3, 9)],
    [step(Sharpness, 8, 1), step(Sharpness, 9, 3)],
    [step(ShearY, 5, 8), step(TranslateY, 7, 9)],
    [step(AutoContrast, 5, 0), step(Equalize, 9, 0)],
    [step(ShearY, 2, 7), step(Posterize, 3, 7)],
    [step(Color, 4, 3), step(Brightness, 6, 7)],
    [step(Sharpness, 3, 9), step(Brightness, 7, 9)],
    [step(Equalize, 6, 0), step(Equalize, 5, 0)],
    [step(Contrast, 6, 7), step(Sharpness, 6, 5)],
    [step(Color, 7, 7), step(TranslateX, 5, 8)],
    [step(Equalize, 3, 0), step(AutoContrast, 4, 0)],
    [step(TranslateY, 4, 3), step(Sharpness, 2, 6)],
    [step(Brightness, 9, 6), step(Color, 2, 8)],
    [step(Solarize, 5, 2), step(Invert, 0, 0)],
    [step(Equalize, 2, 0), step(AutoContrast, 6, 0)],
    [step(Equalize, 2, 0), step(Equalize, 6, 0)],
    [step(Color, 9, 9), step(Equalize, 6, 0)],
    [step(AutoContrast, 8, 0), step(Solarize, 2, 8)],
    [step(Brightness, 1, 3), step(Color, 7, 0)],
    [step(Solarize, 4, 5), step(AutoContrast, 9, 0)],
    [step(TranslateY, 9, 9), step(TranslateY, 7, 9)],
    [step(AutoContrast, 9, 0), step(Solarize, 8, 3)],
    [step(Equalize, 8, 0), step(Invert, 1, 0)],
    [step(TranslateY, 7, 9), step(AutoContrast, 9, 0)],
];

const IMAGENET: [SubPolicy; 25] = [
    [step(Posterize, 4, 8), step(Rotate, 6, 9)],
    [step(Solarize, 6, 5), step(AutoContrast, 6, 0)],
    [step(Equalize, 8, 0), step(Equalize, 6, 0)],
    [step(Posterize, 6, 7), step(Posterize, 6, 6)],
    [step(Equalize, 4, 0), step(Solarize, 2, 4)],
    [step(Equalize, 4, 0), step(Rotate, 8, 8)],
    [step(Solarize, 6, 3), step(Equalize, 6, 0)],
    [step(Posterize, 8, 5), step(Equalize, 10, 0)],
    [step(Rotate, 2, 3), step(Solarize, 6, 8)],
    [step(Equalize, 6, 0), step(Posterize, 4, 6)],
    [step(Rotate, 8, 8), step(Color, 4, 0)],
    [step(Rotate, 4, 9), step(Equalize, 6, 0)],
    [step(Equalize, 0, 0), step(Equalize, 8, 0)],
    [step(Invert, 6, 0), step(Equalize, 10, 0)],
    [step(Color, 6, 4), step(Contrast, 10, 8)],
    [step(Rotate, 8, 8), step(Color, 10, 2)],
    [step(Color, 8, 8), step(Solarize, 8, 7)],
    [step(Sharpness, 4, 7), step(Invert, 6, 0)],
    [step(ShearX, 6, 5), step(Equalize, 10, 0)],
    [step(Color, 4, 0), step(Equalize, 6, 0)],
    [step(Equalize, 4, 0), step(Solarize, 2, 4)],
    [step(Solarize, 6, 5), step(AutoContrast, 6, 0)],
    [step(Invert, 6, 0), step(Equalize, 10, 0)],
    [step(Color, 6, 4), step(Contrast, 10, 8)],
    [step(Equalize, 8, 0), step(Equalize, 6, 0)],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, stream};

    #[test]
    fn sub_policies_are_drawn_evenly_and_steps_by_their_chance() {
        let mut rng = stream(Purpose::Policy, 0, 0, 0);
        let draws = 100_000;
        let mut inverted = 0;
        let mut signs = [0; 2];
        for _ in 0..draws {
            for operation in Policy::ImageNet.draw(&mut rng).into_iter().flatten() {
                inverted += usize::from(operation.kind == Invert);
                if operation.kind == ShearX {
                    signs[usize::from(operation.negative)] += 1;
                }
                assert!(operation.kind.is_signed() || !operation.negative);
            }
        }
        // Three of 25 sub-policies invert with a chance of 0.6.
        assert!((6950..7450).contains(&inverted), "{inverted}");
        // One of them shears with a chance of 0.6, half of the times each way.
        assert!(signs.iter().all(|n| (1080..1320).contains(n)), "{signs:?}");
    }

    #[test]
    fn never_and_always_are_kept() {
        let mut rng = stream(Purpose::Policy, 1, 0, 0);
        let drawn = |rng: &mut _| Policy::Cifar10.draw(rng);
        // Sub-policy 14 of CIFAR-10 has an inversion that is never done; others do it rarely.
        let solarized_and_inverted =
            (0..20_000)
                .map(|_| drawn(&mut rng))
                .filter(|[first, second]| {
                    first.is_some_and(|o| o.kind == Solarize)
                        && second.is_some_and(|o| o.kind == Invert)
                });
        assert_eq!(solarized_and_inverted.count(), 0);
    }
}
