//! What a table is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use nbzero_graph::Resolution;
use serde::{Deserialize, Serialize};

use crate::build::disagree;
use crate::space_definition::difference;
use crate::{Dataset, Error, Record, Result, ScoreDefinition};

/// What all rows of a table have in common. No times: the same records make the same file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The search space.
    pub space: String,
    /// What the space is, where its name does not say it: its file, as
    /// [`Space::definition`](nbzero_space::Space::definition) writes it.
    // A table's payload has it elsewhere: see `crate::wire::Extension`.
    #[serde(skip)]
    pub space_definition: Option<String>,
    /// The dataset.
    pub dataset: Dataset,
    /// Number of classes; `None` where nobody says.
    #[serde(with = "unknown")]
    pub classes: Option<u32>,
    /// Height and width of the images; `None` where nobody says.
    // A table's payload has the width elsewhere, where it is not the height: see `crate::wire`.
    #[serde(with = "resolution")]
    pub resolution: Option<Resolution>,
    /// The name of the training recipe.
    pub recipe: String,
    /// The recipe's full settings, for people.
    pub recipe_details: String,
    /// The seeds of the training runs, ascending; none where accuracies are predicted, and where there are
    /// scores alone.
    pub seeds: Vec<u64>,
    /// The devices that the records come from.
    pub device: String,
    /// The versions of nbzero that the records come from.
    pub software: String,
    /// What the scores mean, ascending by name.
    pub scores: Vec<ScoreDefinition>,
    /// Which images were used, in words: the number of training images, for instance.
    pub images: String,
}

impl Metadata {
    /// The metadata of these records: common values from the first one, seeds, devices, versions
    /// and definitions from all of them, whatever their order.
    ///
    /// # Errors
    ///
    /// If there are no records, or two of them define the same score differently.
    pub fn from_records(records: &[Record]) -> Result<Self> {
        let first = records
            .iter()
            .min_by_key(|record| (&record.arch, record.seed))
            .ok_or(Error::NoRecords)?;
        Ok(Self {
            space: first.space.clone(),
            space_definition: first.space_definition.clone(),
            dataset: first.dataset,
            classes: Some(first.classes),
            resolution: Some(first.resolution),
            recipe: first.recipe.clone(),
            recipe_details: first.recipe_details.clone(),
            seeds: distinct(records.iter().map(|record| record.seed)),
            device: distinct(records.iter().map(|record| record.device.as_str())).join("; "),
            software: distinct(records.iter().map(|record| record.software.as_str())).join("; "),
            scores: definitions(records)?,
            images: first.images.clone(),
        })
    }

    /// Checks that a record belongs to the collection that this describes: that it agrees in
    /// space, dataset, classes, resolution, images, recipe and the definitions of its scores, and
    /// has a seed and scores that are listed here.
    ///
    /// # Errors
    ///
    /// If it does not; the error names what differs, with both values.
    pub fn admit(&self, record: &Record) -> Result<()> {
        let same = |field: &str, expected: &dyn Debug, actual: &dyn Debug| {
            let (expected, actual) = (format!("{expected:?}"), format!("{actual:?}"));
            if expected == actual {
                Ok(())
            } else {
                Err(disagree(
                    field,
                    ("the collection".into(), expected),
                    (record.describe(), actual),
                ))
            }
        };
        same("space", &self.space, &record.space)?;
        if let Some((ours, theirs)) = difference(
            self.space_definition.as_deref(),
            record.space_definition.as_deref(),
        ) {
            return Err(disagree(
                "the definition of the space",
                ("the collection".into(), ours),
                (record.describe(), theirs),
            ));
        }
        same("dataset", &self.dataset, &record.dataset)?;
        // A collection knows both.
        let unknown = 0;
        let classes = self.classes.unwrap_or(unknown);
        let resolution = self.resolution.map(|known| known.to_string());
        same("classes", &classes, &record.classes)?;
        let expected = resolution.unwrap_or_default();
        same("resolution", &expected, &record.resolution.to_string())?;
        same("the images", &self.images, &record.images)?;
        same("recipe", &self.recipe, &record.recipe)?;
        same(
            "the recipe's details",
            &self.recipe_details,
            &record.recipe_details,
        )?;
        let defined = |name: &str| self.scores.iter().find(|known| known.name == name);
        for definition in &record.definitions {
            if let Some(known) = defined(&definition.name) {
                let field = format!("the definition of {}", definition.name);
                same(&field, &known.to_string(), &definition.to_string())?;
            }
        }
        let refuse = |reason| {
            Err(Error::BadRecord {
                arch: record.arch.clone(),
                seed: record.seed,
                reason,
            })
        };
        if let Some(name) = record.scores.keys().find(|name| defined(name).is_none()) {
            return refuse(format!(
                "its score {name} has no definition in the collection's metadata"
            ));
        }
        if !self.seeds.contains(&record.seed) {
            return refuse("its seed is not in the collection's metadata".into());
        }
        Ok(())
    }
}

/// Numbers above zero that may be unknown: zero in the payload of a table, null in JSON.
mod unknown {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde calls"
    )]
    pub(super) fn serialize<S: Serializer>(
        number: &Option<u32>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return number.serialize(serializer);
        }
        number.unwrap_or_default().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u32>, D::Error> {
        if deserializer.is_human_readable() {
            return Option::deserialize(deserializer);
        }
        let number = u32::deserialize(deserializer)?;
        Ok((number > 0).then_some(number))
    }
}

/// A resolution that may be unknown: in the payload of a table its height, and zero where it is unknown.
mod resolution {
    use nbzero_graph::Resolution;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(super) fn serialize<S: Serializer>(
        resolution: &Option<Resolution>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return resolution.serialize(serializer);
        }
        let height = resolution.map_or(0, |resolution| resolution.height);
        super::narrow(height).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Resolution>, D::Error> {
        if deserializer.is_human_readable() {
            return Option::deserialize(deserializer);
        }
        let side = u32::deserialize(deserializer)? as usize;
        Ok((side > 0).then_some(side.into()))
    }
}

/// A length of an image as payloads have it; one beyond 32 bits is no image's.
pub(crate) fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The distinct values in ascending order.
fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}

/// All definitions of the records, ascending by name.
fn definitions(records: &[Record]) -> Result<Vec<ScoreDefinition>> {
    let mut found: BTreeMap<&str, (&ScoreDefinition, &Record)> = BTreeMap::new();
    for record in records {
        for definition in &record.definitions {
            let (known, by) = *found
                .entry(&definition.name)
                .or_insert((definition, record));
            if known != definition {
                return Err(Error::Disagree {
                    field: format!("the definition of {}", definition.name),
                    first: by.describe(),
                    first_value: known.to_string(),
                    second: record.describe(),
                    second_value: definition.to_string(),
                });
            }
        }
    }
    Ok(found
        .into_values()
        .map(|(definition, _)| definition.clone())
        .collect())
}
