//! Training recipes: every setting of a training run, under a name.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use crate::Augmentation;

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
    /// Momentum of SGD, without dampening; Nesterov's form.
    pub momentum: f64,
    /// L2 penalty on every parameter.
    pub weight_decay: f64,
    /// Share of the target probability that is spread over all classes.
    pub label_smoothing: f64,
}

/// `mini`: short enough to train a `-mini` network in about a minute of one or two CPU cores.
const MINI: Recipe = Recipe {
    name: "mini",
    epochs: 4,
    batch: NonZeroUsize::new(128).expect("positive"),
    learning_rate: 0.1,
    warmup: 0.1,
    momentum: 0.9,
    weight_decay: 5e-4,
    label_smoothing: 0.1,
};

impl Recipe {
    /// Every recipe.
    pub const ALL: [Self; 1] = [MINI];

    /// The recipe's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Random flips and crops of images of this resolution.
    pub fn augmentation(&self, resolution: usize) -> Augmentation {
        Augmentation::standard(resolution)
    }

    /// Learning rate at `step` of `steps`: a linear rise, then half a cosine down to zero
    /// (Loshchilov and Hutter 2017).
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
        write!(
            f,
            "{}: {} epochs of batch {}, SGD with Nesterov momentum {}, learning rate {} after a \
             linear warm-up over {}% of the steps, cosine decay to 0, weight decay {} on all \
             parameters, label smoothing {}, random flips and crops",
            self.name,
            self.epochs,
            self.batch,
            self.momentum,
            self.learning_rate,
            self.warmup * 100.0,
            self.weight_decay,
            self.label_smoothing,
        )
    }
}

/// A name that no recipe has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no recipe: there are {}", Recipe::ALL.map(|r| format!("`{}`", r.name)).join(", "))]
pub struct UnknownRecipe {
    name: String,
}

impl FromStr for Recipe {
    type Err = UnknownRecipe;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|recipe| recipe.name == name);
        found.ok_or_else(|| UnknownRecipe {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
