//! The datasets that records and tables can be about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::OwnName;
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
    /// `ImageNet` (ILSVRC 2012): 1,000 classes. In published tables.
    ImageNet,
    /// Taskonomy, object classification. In published tables, as all of Taskonomy.
    TaskonomyObject,
    /// Taskonomy, scene classification.
    TaskonomyScene,
    /// Taskonomy, the permutation of nine tiles.
    TaskonomyJigsaw,
    /// Taskonomy, semantic segmentation.
    TaskonomySegmentation,
    /// Taskonomy, surface normals.
    TaskonomyNormal,
    /// Taskonomy, the image from itself.
    TaskonomyAutoencoder,
    /// Images of one's own, called `own:NAME`.
    Own(OwnName),
}

/// What stands before the name of images of one's own, which may be called like a published dataset.
const OWN: &str = "own:";

impl Dataset {
    /// All datasets that others made.
    pub const ALL: [Self; 11] = [
        Self::Cifar10,
        Self::Cifar100,
        Self::ImageNet16,
        Self::ImageNet16Tiny,
        Self::ImageNet,
        Self::TaskonomyObject,
        Self::TaskonomyScene,
        Self::TaskonomyJigsaw,
        Self::TaskonomySegmentation,
        Self::TaskonomyNormal,
        Self::TaskonomyAutoencoder,
    ];

    /// The datasets that networks are trained on here; the others come from published tables.
    pub const TRAINABLE: [Self; 4] = [
        Self::Cifar10,
        Self::Cifar100,
        Self::ImageNet16,
        Self::ImageNet16Tiny,
    ];

    /// The name of a dataset that others made.
    pub(crate) const fn published_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Cifar10 => "cifar10",
            Self::Cifar100 => "cifar100",
            Self::ImageNet16 => "imagenet16",
            Self::ImageNet16Tiny => "imagenet16-tiny",
            Self::ImageNet => "imagenet",
            Self::TaskonomyObject => "taskonomy-object",
            Self::TaskonomyScene => "taskonomy-scene",
            Self::TaskonomyJigsaw => "taskonomy-jigsaw",
            Self::TaskonomySegmentation => "taskonomy-segmentation",
            Self::TaskonomyNormal => "taskonomy-normal",
            Self::TaskonomyAutoencoder => "taskonomy-autoencoder",
            Self::Own(_) => return None,
        })
    }
}

/// The name in commands, shards and tables.
impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(name) => f.pad(&format!("{OWN}{name}")),
            other => f.pad(other.published_name().unwrap_or_default()),
        }
    }
}

/// The dataset of that name among some.
fn find(name: &str, among: &[Dataset]) -> Result<Dataset, Error> {
    let mut known = among.iter();
    known
        .find(|dataset| dataset.published_name() == Some(name))
        .copied()
        .ok_or_else(|| Error::UnknownDataset {
            name: name.into(),
            known: list(among),
        })
}

/// Of [`TRAINABLE`](Dataset::TRAINABLE) names alone: whoever asks for a dataset by name wants its
/// images. Records and tables may name all datasets.
impl FromStr for Dataset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        find(name, &Self::TRAINABLE)
    }
}

impl From<Dataset> for String {
    fn from(dataset: Dataset) -> Self {
        dataset.to_string()
    }
}

impl TryFrom<String> for Dataset {
    type Error = Error;

    fn try_from(name: String) -> Result<Self, Error> {
        match name.strip_prefix(OWN).and_then(OwnName::exactly) {
            Some(own) => Ok(Self::Own(own)),
            None => find(&name, &Self::ALL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() -> Result<(), Error> {
        for dataset in Dataset::TRAINABLE {
            assert_eq!(dataset.to_string().parse::<Dataset>()?, dataset);
        }
        let own = OwnName::of("cifar10").map(Dataset::Own).expect("a name");
        assert_eq!(own.to_string(), "own:cifar10");
        for dataset in Dataset::ALL.into_iter().chain([own]) {
            assert_eq!(Dataset::try_from(dataset.to_string())?, dataset);
        }
        assert!(Dataset::try_from("own:Not a name".to_owned()).is_err());
        Ok(())
    }

    #[test]
    fn nobody_asks_for_images_that_are_not_read() {
        assert!("imagenet".parse::<Dataset>().is_err());
        assert!("taskonomy-scene".parse::<Dataset>().is_err());
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
