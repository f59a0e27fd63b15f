//! One job of a collection: one JSON line of a shard.

use std::collections::BTreeMap;
use std::fmt;

use nbzero_graph::Resolution;
use nbzero_space::Architecture;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Dataset, Error, Outcome, Result, Score, ScoreDefinition};

/// The most classes and pixels: those that the commands take. Costs beyond them would overflow.
const LARGEST: usize = 1 << 16;

/// The newest version of the JSON lines that this crate reads, in which it writes those of images that are
/// not square.
pub const RECORD_VERSION: u32 = 4;

/// The version of other lines: who reads those need not know of later ones.
const SQUARE: u32 = 3;

/// The four attributes of a stage that the factor analysis looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageAttributes {
    /// Channels that come in.
    pub input: u32,
    /// Channels that go out.
    pub output: u32,
    /// Stride of the first block.
    pub stride: u32,
    /// Number of blocks.
    pub depth: u32,
}

impl StageAttributes {
    /// The stages of an architecture, first to last.
    pub fn all_of(architecture: &Architecture) -> Vec<Self> {
        let narrow = |count| u32::try_from(count).expect("counts of a stage fit 32 bits");
        let stages = architecture.attributes().into_iter();
        let narrowed = stages.map(|stage| Self {
            input: narrow(stage.input),
            output: narrow(stage.output),
            stride: narrow(stage.stride),
            depth: narrow(stage.depth),
        });
        narrowed.collect()
    }
}

/// One of the [`StageAttributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StageAttribute {
    /// Channels that come in.
    Input,
    /// Channels that go out: the width.
    Output,
    /// Stride of the first block.
    Stride,
    /// Number of blocks.
    Depth,
}

impl StageAttribute {
    /// All four, in this order wherever they are listed.
    pub const ALL: [Self; 4] = [Self::Input, Self::Output, Self::Stride, Self::Depth];

    /// As the paper writes it behind the stage: `S1in`, `S1out`, `S1s`, `S1L`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Input => "in",
            Self::Output => "out",
            Self::Stride => "s",
            Self::Depth => "L",
        }
    }

    /// Its value in a stage.
    pub fn of(self, stage: &StageAttributes) -> u32 {
        match self {
            Self::Input => stage.input,
            Self::Output => stage.output,
            Self::Stride => stage.stride,
            Self::Depth => stage.depth,
        }
    }
}

/// Wall-clock seconds that a job took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seconds {
    /// Training and measuring the accuracies.
    pub train: f64,
    /// Computing all scores.
    pub score: f64,
}

/// What one job (architecture, dataset, seed) found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What [`version_of`](Self::version_of) says of its resolution, or an older one.
    pub version: u32,
    /// The architecture string.
    pub arch: String,
    /// The search space that it was drawn from.
    pub space: String,
    /// What the space is, where its name does not say it: its file, as
    /// [`Space::definition`](nbzero_space::Space::definition) writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_definition: Option<String>,
    /// The dataset that it was trained on.
    pub dataset: Dataset,
    /// Number of classes.
    pub classes: u32,
    /// Height and width of the images.
    pub resolution: Resolution,
    /// Which images were used, in words: the numbers of images, for instance.
    pub images: String,
    /// CRC-32 of the training, NAS validation and test images at that resolution, each as eight
    /// hexadecimal digits, joined by `-`; `None` (absent in JSON) in records of version 1. Records of
    /// one collection that have one agree in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images_checksum: Option<String>,
    /// The name of the training recipe.
    pub recipe: String,
    /// The recipe's full settings, for people.
    pub recipe_details: String,
    /// The seed of the training run.
    pub seed: u64,
    /// Multiply-accumulates for one image.
    pub flops: u64,
    /// Trainable parameters.
    pub params: u64,
    /// Convolution and linear layers, shortcut projections not counted.
    pub depth: u32,
    /// The stages, first to last.
    pub stages: Vec<StageAttributes>,
    /// How the training run ended.
    pub outcome: Outcome,
    /// Scores by proxy. They belong to the architecture, not to the seed of the training run:
    /// records of one architecture agree in them, and may leave out what another one has.
    #[serde(default, deserialize_with = "unique")]
    pub scores: BTreeMap<String, Score>,
    /// What the scores mean. A collector may write them once a shard instead of in every line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub definitions: Vec<ScoreDefinition>,
    /// What the job took.
    pub seconds: Seconds,
    /// The version of nbzero.
    pub software: String,
    /// The device, with what matters for its numbers.
    pub device: String,
}

impl Record {
    /// The version in which a record of images of a resolution is written: the oldest that can say it.
    pub fn version_of(resolution: Resolution) -> u32 {
        if resolution.side().is_some() {
            SQUARE
        } else {
            RECORD_VERSION
        }
    }

    /// Whether the scores of this device are the same bits in every run, as those of `flex` with the same kernels
    /// are; the other devices do not promise it.
    pub fn is_exact(&self) -> bool {
        self.device.starts_with("flex")
    }

    /// Checks what the types cannot: accuracies from 0 to 100, finite numbers, no empty names.
    pub fn check(&self) -> Result<()> {
        match self.defect() {
            None => Ok(()),
            Some(reason) => Err(Error::BadRecord {
                arch: self.arch.clone(),
                seed: self.seed,
                reason,
            }),
        }
    }

    /// What is wrong with the record, if anything.
    pub(crate) fn defect(&self) -> Option<String> {
        if self.version == 0 || self.version > RECORD_VERSION {
            return Some(format!(
                "its version is {}, not from 1 to {RECORD_VERSION}",
                self.version
            ));
        }
        let names = [
            ("architecture", &self.arch),
            ("space", &self.space),
            ("recipe", &self.recipe),
        ];
        if let Some((what, _)) = names.into_iter().find(|(_, name)| name.is_empty()) {
            return Some(format!("its {what} is empty"));
        }
        if self.resolution.side().is_none() && self.version < RECORD_VERSION {
            return Some(format!(
                "its images are {}, which version {} cannot say",
                self.resolution, self.version
            ));
        }
        let Resolution { height, width } = self.resolution;
        if self.classes == 0 || height == 0 || width == 0 {
            return Some("it has no classes, or images without pixels".into());
        }
        if self.classes as usize > LARGEST || height > LARGEST || width > LARGEST {
            return Some(format!(
                "it has {} classes and images of {} pixels, more than {LARGEST} a side",
                self.classes, self.resolution
            ));
        }
        for (what, seconds) in [("train", self.seconds.train), ("score", self.seconds.score)] {
            if !seconds.is_finite() || seconds < 0.0 {
                return Some(format!("its {what} seconds are {seconds}"));
            }
        }
        self.outcome.defect()
    }

    /// The checksum of its images, where it has one and it is another than this.
    pub fn other_images(&self, checksum: &str) -> Option<&str> {
        let own = self.images_checksum.as_deref();
        own.filter(|&own| own != checksum)
    }

    /// For messages: `the record of ARCH with seed N`.
    pub(crate) fn describe(&self) -> String {
        format!("the record of {} with seed {}", self.arch, self.seed)
    }
}

/// Scores of which none is there twice: a map would keep the last one, and say nothing.
fn unique<'de, D: Deserializer<'de>>(scores: D) -> Result<BTreeMap<String, Score>, D::Error> {
    struct Unique;

    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Score>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of scores")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut scores = BTreeMap::new();
            while let Some((name, score)) = map.next_entry::<String, _>()? {
                if scores.contains_key(&name) {
                    let twice = format!("the score {name} is there twice");
                    return Err(serde::de::Error::custom(twice));
                }
                scores.insert(name, score);
            }
            Ok(scores)
        }
    }

    scores.deserialize_map(Unique)
}
