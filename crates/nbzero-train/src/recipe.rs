//! Training recipes: every setting of a training run, under a name.

use std::fmt;
use std::num::NonZeroUsize;

use nbzero_graph::Resolution;

use crate::{Augmentation, COLOURS, Images, Policy};

/// How a network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    name: &'static str,
    /// Passes over the NAS training set.
    pub epochs: usize,
    /// Images a step.
    pub batch: NonZeroUsize,
    /// Learning rate of the first step after warm-up.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises from zero, as a share of all steps.
    pub warmup: f64,
    /// Momentum of SGD, without dampening.
    pub momentum: f64,
    /// Whether the momentum is of Nesterov's form.
    pub nesterov: bool,
    /// L2 penalty on the parameters that `decayed` names.
    pub weight_decay: f64,
    /// Which parameters decay.
    pub decayed: Decayed,
    /// Whether the batch norm that ends the branch of a residual addition starts at a scale of
    /// zero, so that each block begins as its shortcut (Goyal et al. 2017, section 5.1; He et al.
    /// 2018, section 3.1). Proxies see the network without it.
    pub zero_start: bool,
    /// Share of the target probability that is spread over all classes.
    pub label_smoothing: f64,
    /// Whether images undergo `AutoAugment` (Cubuk et al. 2019) after flip and crop.
    pub auto_augment: bool,
    /// Alpha of mixup (Zhang et al. 2018), if images are mixed.
    pub mixup: Option<f64>,
}

/// Which parameters the L2 penalty is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decayed {
    /// Every parameter.
    All,
    /// The weights of convolutions and linear layers; not biases, nor the scales and shifts of
    /// batch norms (He et al. 2018, section 3.1).
    Weights,
}

/// `mini`: short enough to train most `-mini` networks in about a minute of one CPU core.
const MINI: Recipe = Recipe {
    name: "mini",
    epochs: 4,
    batch: NonZeroUsize::new(128).expect("positive"),
    learning_rate: 0.1,
    warmup: 0.1,
    momentum: 0.9,
    nesterov: true,
    weight_decay: 5e-4,
    decayed: Decayed::All,
    zero_start: false,
    label_smoothing: 0.1,
    auto_augment: false,
    mixup: None,
};

/// `short`: `mini` for longer, with what lets deep networks learn from the first step on.
const SHORT: Recipe = Recipe {
    name: "short",
    epochs: 24,
    decayed: Decayed::Weights,
    zero_start: true,
    ..MINI
};

/// `long`: `short` to its end, against which shorter ones are measured. So long a training needs what the paper's has
/// against learning the images by heart.
const LONG: Recipe = Recipe {
    name: "long",
    epochs: 150,
    auto_augment: true,
    mixup: Some(0.2),
    ..SHORT
};

/// `paper`: the training of NAS-Bench-Zero (section 3). Batch size, alpha of mixup and the share of
/// label smoothing are not given there; they are 256 and the values of the papers cited for them.
const PAPER: Recipe = Recipe {
    name: "paper",
    epochs: 360,
    batch: NonZeroUsize::new(256).expect("positive"),
    learning_rate: 0.1,
    warmup: 0.0,
    momentum: 0.9,
    nesterov: false,
    weight_decay: 5e-4,
    decayed: Decayed::All,
    zero_start: false,
    label_smoothing: 0.1,
    auto_augment: true,
    mixup: Some(0.2),
};

impl Recipe {
    /// Every recipe.
    pub const ALL: [Self; 4] = [MINI, SHORT, LONG, PAPER];

    /// Most epochs that settings and command lines may ask for: their steps can be counted.
    pub const MOST_EPOCHS: usize = 1_000_000;

    /// The recipe's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Random flips and crops of images of this resolution, and by `policy` if the recipe has
    /// `AutoAugment`.
    pub fn augmentation(&self, resolution: impl Into<Resolution>, policy: Policy) -> Augmentation {
        Augmentation {
            policy: self.auto_augment.then_some(policy),
            ..Augmentation::standard(resolution)
        }
    }

    /// Refuses images that the recipe cannot augment: the operations of `AutoAugment` are of red, green and
    /// blue.
    ///
    /// # Errors
    ///
    /// If the recipe has `AutoAugment`, and the images have not three channels.
    pub fn suits(&self, images: &Images) -> Result<(), NotInColour> {
        let channels = images.shape().channels;
        if self.auto_augment && channels != COLOURS {
            return Err(NotInColour {
                recipe: self.name,
                channels,
            });
        }
        Ok(())
    }

    /// Whole batches of an epoch of so many images.
    ///
    /// # Errors
    ///
    /// If they do not fill one batch.
    pub fn steps_per_epoch(&self, images: usize) -> Result<usize, TooFewImages> {
        match images / self.batch {
            0 => Err(TooFewImages {
                images,
                batch: self.batch.get(),
            }),
            steps => Ok(steps),
        }
    }

    /// Learning rate at `step` of `steps`: a linear rise if there is a warm-up, then half a
    /// cosine down to zero (Loshchilov and Hutter 2017).
    pub fn learning_rate_at(&self, step: usize, steps: usize) -> f64 {
        let progress = (step as f64 + 0.5) / steps as f64;
        if progress < self.warmup {
            return self.learning_rate * progress / self.warmup;
        }
        let done = (progress - self.warmup) / (1.0 - self.warmup);
        0.5 * self.learning_rate * (1.0 + (std::f64::consts::PI * done).cos())
    }
}

/// Every setting in one line, for the metadata of a table.
impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epochs = if self.epochs == 1 { "epoch" } else { "epochs" };
        let form = if self.nesterov { "Nesterov " } else { "" };
        write!(
            f,
            "{}: {} {epochs} of batch {}, SGD with {form}momentum {}, learning rate {}",
            self.name, self.epochs, self.batch, self.momentum, self.learning_rate,
        )?;
        if self.warmup > 0.0 {
            let percent = self.warmup * 100.0;
            write!(f, " after a linear warm-up over {percent}% of the steps")?;
        }
        write!(
            f,
            ", cosine decay to 0, weight decay {} on {}, label smoothing {}, random flips and crops",
            self.weight_decay,
            match self.decayed {
                Decayed::All => "all parameters",
                Decayed::Weights => "convolution and linear weights",
            },
            self.label_smoothing,
        )?;
        if self.auto_augment {
            write!(f, ", AutoAugment")?;
        }
        if let Some(alpha) = self.mixup {
            write!(f, ", mixup with alpha {alpha}")?;
        }
        if self.zero_start {
            write!(
                f,
                ", the last batch norm of each residual branch starts at 0"
            )?;
        }
        Ok(())
    }
}

/// A training set that does not give a single batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{images} training images do not fill one batch of {batch}: give more images")]
pub struct TooFewImages {
    images: usize,
    batch: usize,
}

/// Images without red, green and blue for a recipe that changes these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the recipe {recipe} has AutoAugment, whose operations are of red, green and blue, but the images have \
     {channels} channels: take a recipe without it, such as {recipe},auto-augment=no"
)]
pub struct NotInColour {
    recipe: &'static str,
    channels: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_paper_augments_by_a_policy() {
        assert_eq!(
            PAPER.augmentation(16, Policy::ImageNet).policy,
            Some(Policy::ImageNet)
        );
        assert_eq!(MINI.augmentation(16, Policy::ImageNet).policy, None);
    }

    #[test]
    fn what_has_no_colours_is_not_augmented_by_a_policy() {
        let images = |channels| {
            let unit = crate::Normalisation::unit(channels);
            Images::new(vec![0; channels], vec![0], 1, 1, unit).unwrap()
        };
        for channels in [1, 2, 3, 13] {
            assert_eq!(MINI.suits(&images(channels)), Ok(()));
            assert_eq!(PAPER.suits(&images(channels)).is_ok(), channels == 3);
        }
        let error = PAPER.suits(&images(13)).expect_err("13").to_string();
        assert!(
            error.contains("13 channels") && error.contains("paper,auto-augment=no"),
            "{error}"
        );
    }

    #[test]
    fn an_epoch_has_whole_batches() {
        assert_eq!(MINI.steps_per_epoch(300), Ok(2));
        let few = MINI.steps_per_epoch(127).expect_err("too few");
        assert!(few.to_string().starts_with("127 training images"), "{few}");
    }

    #[test]
    fn the_learning_rate_rises_and_falls_to_zero() {
        let steps = 1000;
        let rates: Vec<f64> = (0..steps)
            .map(|s| MINI.learning_rate_at(s, steps))
            .collect();
        let peak = rates
            .iter()
            .position(|r| *r >= MINI.learning_rate * 0.999)
            .unwrap();
        assert!((95..=105).contains(&peak), "{peak}");
        assert!(rates[..peak].is_sorted());
        assert!(rates[peak..].iter().rev().is_sorted());
        assert!(rates[0] < 0.001 && rates[steps - 1] < 1e-4);
    }

    #[test]
    fn the_paper_s_rate_starts_at_its_peak() {
        let steps = 1000;
        let rate = |step| PAPER.learning_rate_at(step, steps);
        assert!((rate(0) - 0.1).abs() < 1e-6);
        assert!((rate(steps / 2) - 0.05).abs() < 1e-3);
        assert!(rate(steps - 1) < 1e-6);
    }

    #[test]
    fn recipes_say_all_they_do() {
        // Records are compared by this text, so that of a recipe must not change.
        assert_eq!(
            MINI.to_string(),
            "mini: 4 epochs of batch 128, SGD with Nesterov momentum 0.9, learning rate 0.1 after \
             a linear warm-up over 10% of the steps, cosine decay to 0, weight decay 0.0005 on \
             all parameters, label smoothing 0.1, random flips and crops"
        );
        assert_eq!(
            PAPER.to_string(),
            "paper: 360 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1, cosine \
             decay to 0, weight decay 0.0005 on all parameters, label smoothing 0.1, random flips \
             and crops, AutoAugment, mixup with alpha 0.2"
        );
        let short = "short: 24 epochs of batch 128, SGD with Nesterov momentum 0.9, learning rate \
                     0.1 after a linear warm-up over 10% of the steps, cosine decay to 0, weight \
                     decay 0.0005 on convolution and linear weights, label smoothing 0.1, random \
                     flips and crops, the last batch norm of each residual branch starts at 0";
        assert_eq!(SHORT.to_string(), short);
        let long = short.replace("short: 24 epochs", "long: 150 epochs");
        let mixed = "AutoAugment, mixup with alpha 0.2, the last batch norm";
        assert_eq!(LONG.to_string(), long.replace("the last batch norm", mixed));
        let one = Recipe { epochs: 1, ..PAPER };
        assert!(one.to_string().starts_with("paper: 1 epoch of"));
    }
}
