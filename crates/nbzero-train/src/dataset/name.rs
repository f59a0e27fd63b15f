//! The datasets by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::DataError;
use crate::augment::Policy;
use crate::dataset::Normalisation;

/// A dataset that can be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DatasetName {
    /// `cifar10`: 10 classes at 32x32 (Krizhevsky 2009).
    Cifar10,
    /// `cifar100`: 100 classes at 32x32, fine labels (Krizhevsky 2009).
    Cifar100,
    /// `imagenet16`: the first 120 classes of `ImageNet16`, at 16x16 (Chrabaszcz et al. 2017; the
    /// subset `ImageNet16-120` of NAS-Bench-201).
    ImageNet16,
}

impl DatasetName {
    /// All datasets.
    pub const ALL: [Self; 3] = [Self::Cifar10, Self::Cifar100, Self::ImageNet16];

    /// The name, as [`FromStr`] reads it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar10",
            Self::Cifar100 => "cifar100",
            Self::ImageNet16 => "imagenet16",
        }
    }

    /// The number of classes; labels are `0..classes`.
    pub const fn classes(self) -> usize {
        match self {
            Self::Cifar10 => 10,
            Self::Cifar100 => 100,
            Self::ImageNet16 => 120,
        }
    }

    /// The side of an image in pixels, as stored.
    pub const fn resolution(self) -> usize {
        match self {
            Self::Cifar10 | Self::Cifar100 => 32,
            Self::ImageNet16 => 16,
        }
    }

    /// The policy of `AutoAugment` to train on it with: that of CIFAR-10 for both CIFARs.
    pub const fn policy(self) -> Policy {
        match self {
            Self::Cifar10 | Self::Cifar100 => Policy::Cifar10,
            Self::ImageNet16 => Policy::ImageNet,
        }
    }

    /// Mean and standard deviation of each channel over the training set.
    ///
    /// Source: the values of NAS-Bench-201's programs (`get_datasets` of `AutoDL-Projects`).
    pub fn normalisation(self) -> Normalisation {
        Normalisation::of_bytes(match self {
            Self::Cifar10 => [(125.3, 63.0), (123.0, 62.1), (113.9, 66.7)],
            Self::Cifar100 => [(129.3, 68.2), (124.1, 65.4), (112.4, 70.4)],
            Self::ImageNet16 => [(122.68, 63.22), (116.66, 61.26), (104.01, 65.09)],
        })
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DatasetName {
    type Err = DataError;

    fn from_str(name: &str) -> Result<Self, DataError> {
        Self::ALL
            .into_iter()
            .find(|dataset| dataset.as_str() == name)
            .ok_or_else(|| DataError::UnknownDataset {
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_imagenet_trains_with_its_own_policy() {
        let policies = DatasetName::ALL.map(DatasetName::policy);
        assert_eq!(
            policies,
            [Policy::Cifar10, Policy::Cifar10, Policy::ImageNet]
        );
    }

    #[test]
    fn names_round_trip() {
        for name in DatasetName::ALL {
            assert_eq!(name.to_string().parse::<DatasetName>().unwrap(), name);
        }
        let error = "cifar10-valid"
            .parse::<DatasetName>()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cifar10-valid") && error.contains("imagenet16"),
            "{error}"
        );
    }
}
