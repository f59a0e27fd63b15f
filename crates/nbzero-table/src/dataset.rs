//! The datasets that records and tables can be about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, list};

/// A dataset. There are no aliases: what was trained on is what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Dataset {
    /// CIFAR-10: 50,000 and 10,000 images of 32x32 in 10 classes.
    Cifar10,
    /// CIFAR-100: 50,000 and 10,000 images of 32x32 in 100 classes.
    Cifar100,
    /// ImageNet-16-120: the first 120 classes of `ImageNet` at 16x16.
    ImageNet16,
    /// A small selection of ImageNet-16-120, for machines with few cores.
    ImageNet16Tiny,
}

impl Dataset {
    /// All datasets.
    pub const ALL: [Self; 4] = [
        Self::Cifar10,
        Self::Cifar100,
        Self::ImageNet16,
        Self::ImageNet16Tiny,
    ];

    /// The name in commands, shards and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar10",
            Self::Cifar100 => "cifar100",
            Self::ImageNet16 => "imagenet16",
            Self::ImageNet16Tiny => "imagenet16-tiny",
        }
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Dataset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|dataset| dataset.name() == name)
            .ok_or_else(|| Error::UnknownDataset {
                name: name.into(),
                known: list(Self::ALL),
            })
    }
}

impl From<Dataset> for String {
    fn from(dataset: Dataset) -> Self {
        dataset.name().into()
    }
}

impl TryFrom<String> for Dataset {
    type Error = Error;

    fn try_from(name: String) -> Result<Self, Error> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() -> Result<(), Error> {
        for dataset in Dataset::ALL {
            assert_eq!(dataset.name().parse::<Dataset>()?, dataset);
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_lists_what_exists() {
        let error = "cifar-10".parse::<Dataset>().expect_err("not a name");
        assert_eq!(
            error.to_string(),
            "there is no dataset \"cifar-10\": choose one of cifar10, cifar100, imagenet16 and imagenet16-tiny"
        );
    }
}
