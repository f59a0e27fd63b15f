//! One job: a network is scored and trained, and a record says what came of it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::anyhow;
use nbzero_graph::{Graph, Resolution};
use nbzero_model::Network;
use nbzero_proxy::{Batch, Group, Settings, Suite, Sweep};
use nbzero_space::{Architecture, Space};
use nbzero_table::{
    Dataset, Metadata, Outcome, Record, Score, ScoreDefinition, Seconds, StageAttributes,
};
use nbzero_train::{Recipe, Training, first_batch};

use super::job::Job;
use crate::cli::command;
use crate::cli::data::ImageSets;
use crate::cli::device::NamedDevice;
use crate::cli::failure::Failure;
use crate::cli::stored;

/// Seed of the initial weights and of the batch of all scores.
const SCORE_SEED: u64 = 0;

/// What every job of a collection shares.
#[derive(Debug)]
pub(super) struct Collector {
    space: Space,
    dataset: Dataset,
    classes: usize,
    resolution: Resolution,
    recipe: Recipe,
    images: ImageSets,
    images_checksum: String,
    suite: Suite,
    device: NamedDevice,
    /// What every network is scored on.
    batch: Batch,
    definitions: Vec<ScoreDefinition>,
    /// Scores that the folder has already from this device, by architecture.
    known: BTreeMap<String, BTreeMap<String, Score>>,
}

/// Which networks are collected, and how.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) space: Space,
    pub(super) dataset: Dataset,
    pub(super) classes: usize,
    pub(super) resolution: Resolution,
    pub(super) recipe: Recipe,
    pub(super) batch: NonZeroUsize,
    pub(super) device: NamedDevice,
}

impl Collector {
    pub(super) fn new(plan: Plan, images: ImageSets) -> Result<Self, Failure> {
        let device = plan.device.open();
        let batch =
            first_batch(&images.train, plan.batch.get(), SCORE_SEED).map_err(Failure::input)?;
        let steps = plan.recipe.steps_per_epoch(images.train.len());
        steps.map_err(Failure::input)?;
        let suite = Suite::of(Group::NasBenchZero);
        let settings = format!(
            "{size} images of {} at {resolution} (NAS training set, seed \
             {SCORE_SEED}); initialised as PyTorch's ResNet, seed {SCORE_SEED}; batch norm in \
             training mode",
            plan.dataset,
            size = plan.batch,
            resolution = plan.resolution,
        );
        Ok(Self {
            space: plan.space,
            dataset: plan.dataset,
            classes: plan.classes,
            resolution: plan.resolution,
            recipe: plan.recipe,
            images_checksum: images.checksum(),
            images,
            definitions: definitions(&suite, &settings, plan.batch.get()),
            suite,
            batch: Batch::of(batch.pixels, batch.labels, batch.image, &device),
            device: plan.device,
            known: BTreeMap::new(),
        })
    }

    /// From now on, refuses to train a network whose scores are not those of its earlier records from this device.
    /// Other devices round otherwise.
    pub(super) fn compare_with(&mut self, records: &[Record]) {
        let device = self.device.describe();
        let alike = |record: &&Record| record.is_exact() && record.device == device;
        for record in records.iter().filter(alike) {
            // A record may leave out scores that another one of its architecture has.
            let known = self.known.entry(record.arch.clone()).or_default();
            known.extend(record.scores.clone());
        }
    }

    /// Of the images that every network sees.
    pub(super) fn images_checksum(&self) -> &str {
        &self.images_checksum
    }

    /// What all records of this collection have in common; without seeds.
    pub(super) fn metadata(&self) -> Metadata {
        let mut scores = self.definitions.clone();
        scores.sort_by(|a, b| a.name.cmp(&b.name));
        Metadata {
            space: self.space.to_string(),
            space_definition: self.space.definition(),
            dataset: self.dataset,
            classes: Some(stored::narrow(self.classes)),
            resolution: Some(self.resolution),
            recipe: self.recipe.name().to_owned(),
            recipe_details: self.recipe.to_string(),
            seeds: Vec::new(),
            device: self.device.describe(),
            software: env!("CARGO_PKG_VERSION").to_owned(),
            scores,
            images: self.images.describe(),
        }
    }

    /// Refuses jobs of which one does not fit in memory, rather than to end where it comes.
    pub(super) fn must_fit(&self, jobs: &[Job]) -> Result<(), Failure> {
        jobs.iter().try_for_each(|job| {
            let graph = job.architecture.graph(self.classes, self.resolution);
            command::training_must_fit(&job.architecture, &graph, &self.recipe)
        })
    }

    /// Does a job.
    pub(super) fn record(&self, job: &Job) -> Result<Record, Failure> {
        let graph = job.architecture.graph(self.classes, self.resolution);
        let start = Instant::now();
        let scores = self.scores(&graph);
        let score_seconds = start.elapsed().as_secs_f64();
        self.compare(&job.architecture, &scores)?;
        let start = Instant::now();
        let outcome = self.train(&graph, job.seed)?;
        Ok(Record {
            version: Record::version_of(self.resolution),
            arch: job.architecture.to_string(),
            space: self.space.to_string(),
            space_definition: self.space.definition(),
            dataset: self.dataset,
            classes: stored::narrow(self.classes),
            resolution: self.resolution,
            images: self.images.describe(),
            images_checksum: Some(self.images_checksum.clone()),
            recipe: self.recipe.name().to_owned(),
            recipe_details: self.recipe.to_string(),
            seed: job.seed,
            flops: stored::cost(graph.flops())?,
            params: stored::cost(graph.params())?,
            depth: graph.depth(),
            stages: StageAttributes::all_of(&job.architecture),
            outcome,
            scores,
            definitions: self.definitions.clone(),
            seconds: Seconds {
                train: start.elapsed().as_secs_f64(),
                score: score_seconds,
            },
            software: env!("CARGO_PKG_VERSION").to_owned(),
            device: self.device.describe(),
        })
    }

    /// Records of one network and device with different scores could not be merged.
    fn compare(
        &self,
        architecture: &Architecture,
        scores: &BTreeMap<String, Score>,
    ) -> Result<(), Failure> {
        let Some(known) = self.known.get(&architecture.to_string()) else {
            return Ok(());
        };
        let differs = |(name, score): &(&String, &Score)| {
            known.get(*name).is_some_and(|before| before != *score)
        };
        match scores.iter().find(differs) {
            None => Ok(()),
            Some((name, score)) => Err(Failure::Input(anyhow!(
                "{name} of {architecture} is {score} here and {} in a record of the folder: these are \
                 other images, or another version of nbzero; give this collection another --out",
                known[name],
            ))),
        }
    }

    fn train(&self, graph: &Graph, seed: u64) -> Result<Outcome, Failure> {
        let (sets, recipe) = (self.images.sets(), &self.recipe);
        let device = self.device.open();
        let go_on = |_| ControlFlow::Continue(());
        let training = nbzero_train::train(graph, &sets, recipe, seed, &device, go_on);
        Ok(outcome(&training.map_err(Failure::input)?))
    }

    /// Scores of the network as initialised from [`SCORE_SEED`], whatever the training's seed.
    fn scores(&self, graph: &Graph) -> BTreeMap<String, Score> {
        let network = Network::init(graph, SCORE_SEED, &self.device.open());
        let scored = self.suite.score(&network, &self.batch).scores.into_iter();
        // Costs have columns of their own.
        let scores = scored.filter(|named| named.definition.sweep != Sweep::Graph);
        scores
            .map(|named| {
                let name = named.definition.name.to_owned();
                (name, stored::score(named.score))
            })
            .collect()
    }
}

/// What the scores of a suite mean, in words.
fn definitions(suite: &Suite, settings: &str, batch: usize) -> Vec<ScoreDefinition> {
    let scores = suite.definitions().filter(|d| d.sweep != Sweep::Graph);
    scores
        .map(|definition| {
            let settings = format!("{settings}{}", own_settings(definition.name, batch));
            stored::definition(&definition, settings)
        })
        .collect()
}

/// How a training ended, for the record.
fn outcome(training: &Training) -> Outcome {
    match training {
        Training::Trained(trained) => Outcome::Trained {
            test_accuracy: trained.test_accuracy,
            nas_validation_accuracy: trained.validation_accuracy,
            train_loss: trained.train_loss,
        },
        Training::Diverged { epoch } => Outcome::Diverged {
            epoch: stored::narrow(*epoch),
            reason: "the loss or an output was no longer a finite number".to_owned(),
        },
    }
}

/// What a score depends on beside the network and the batch, in words.
fn own_settings(proxy: &str, batch: usize) -> String {
    let defaults = Settings::default();
    match proxy {
        "ntk" => format!(
            "; the first {} images, through the batch statistics",
            defaults.ntk_images.min(batch)
        ),
        "zen" => format!(
            "; {} repeats of {} standard normal images under standard normal weights, seed {}",
            defaults.zen_repeats, defaults.zen_batch, defaults.seed
        ),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diverged_training_is_recorded_as_one() {
        let diverged = outcome(&Training::Diverged { epoch: 3 });
        assert!(matches!(diverged, Outcome::Diverged { epoch: 3, .. }));
    }
}
