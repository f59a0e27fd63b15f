//! `nbzero collect`: train and score a sample, one JSON line a job.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Instant;

use anyhow::anyhow;
use burn::tensor::Device;
use nbzero_graph::Graph;
use nbzero_model::Network;
use nbzero_proxy::{Batch, Settings, Suite};
use nbzero_space::{Architecture, Space};
use nbzero_table::{
    Outcome, RECORD_VERSION, Record, Score, ScoreDefinition, Seconds, ShardWriter, StageAttributes,
};
use nbzero_train::{Recipe, Training, first_batch};

use crate::cli::data::{DataFolder, ImageSets};
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;

/// Seed of the initial weights and of the batch of all scores.
const SCORE_SEED: u64 = 0;

#[derive(Debug, clap::Args)]
pub(crate) struct Collect {
    /// The search space: r1, r2, mb, r1-mini, r2-mini or mb-mini.
    #[arg(long)]
    space: Space,
    /// How many architectures of the space (the same ones for a number, on every machine).
    #[arg(long)]
    count: usize,
    /// The images: cifar10:DIR, cifar100:DIR, imagenet16:DIR or imagenet16-tiny:DIR.
    #[arg(long)]
    data: DataFolder,
    /// The training recipe: mini, or paper (which is for a GPU).
    #[arg(long, default_value = "mini")]
    recipe: Recipe,
    /// Seeds to train every architecture with.
    #[arg(long, value_delimiter = ',', default_value = "0")]
    seeds: Vec<u64>,
    /// Image resolution [default: that of the space].
    #[arg(long)]
    resolution: Option<NonZeroUsize>,
    /// Images that a network is scored on.
    #[arg(long, default_value = "64")]
    batch: NonZeroUsize,
    /// The folder of the shards.
    #[arg(long)]
    out: PathBuf,
    /// Do the I-th of N equal parts of the jobs, for N machines or processes.
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    shard: ShardOf,
    #[command(flatten)]
    device: DeviceArgument,
}

/// One of several equal parts of a list of jobs.
#[derive(Debug, Clone, Copy)]
struct ShardOf {
    number: usize,
    of: usize,
}

impl FromStr for ShardOf {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let parsed = parts.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parsed {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(anyhow!(
                "`{text}` is no shard: expected I/N with I from 1 to N, such as 1/2"
            )),
        }
    }
}

impl Collect {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let native = NonZeroUsize::new(self.space.resolution()).expect("a space has a resolution");
        let images = self.data.load(self.resolution.unwrap_or(native))?;
        fs::create_dir_all(&self.out).map_err(|error| {
            Failure::Input(anyhow!("cannot make `{}`: {error}", self.out.display()))
        })?;
        let name = format!("shard-{}-of-{}.jsonl", self.shard.number, self.shard.of);
        let path = self.out.join(name);
        let (mut shard, existing) = ShardWriter::open(&path).map_err(Failure::input)?;
        let done: BTreeSet<(String, u64)> = existing
            .records
            .into_iter()
            .map(|r| (r.arch, r.seed))
            .collect();
        let jobs: Vec<(Architecture, u64)> = self
            .jobs()
            .filter(|(arch, seed)| !done.contains(&(arch.to_string(), *seed)))
            .collect();
        let mut bar = Progress::new(jobs.len() as u64, "networks");
        let collector = Collector::new(self, &images)?;
        for (architecture, seed) in &jobs {
            let record = collector.record(architecture, *seed)?;
            shard.append(&record).map_err(Failure::run)?;
            bar.step(|| match &record.outcome {
                Outcome::Trained { test_accuracy, .. } => {
                    format!("{} {test_accuracy:.2}%", record.arch)
                }
                Outcome::Diverged { .. } => format!("{} diverged", record.arch),
            });
        }
        bar.finish();
        let all = done.len() + jobs.len();
        writeln!(
            io::stdout().lock(),
            "{}: {all} records, {} of them new",
            path.display(),
            jobs.len()
        )?;
        Ok(())
    }

    /// This shard's jobs, seed by seed.
    fn jobs(&self) -> impl Iterator<Item = (Architecture, u64)> {
        let sample = self.space.sample(self.count, 0);
        let seeds = self.seeds.iter();
        let all = seeds.flat_map(move |seed| sample.clone().into_iter().map(move |a| (a, *seed)));
        all.skip(self.shard.number - 1).step_by(self.shard.of)
    }
}

/// What every job of a collection shares.
struct Collector<'a> {
    settings: &'a Collect,
    images: &'a ImageSets,
    suite: Suite,
    device: Device,
    /// What every network is scored on.
    batch: Batch,
}

impl<'a> Collector<'a> {
    fn new(settings: &'a Collect, images: &'a ImageSets) -> Result<Self, Failure> {
        let device = settings.device.device.open();
        let batch =
            first_batch(&images.train, settings.batch.get(), SCORE_SEED).map_err(Failure::input)?;
        Ok(Self {
            settings,
            images,
            suite: Suite::all(),
            batch: Batch::new(batch.pixels, batch.labels, batch.resolution, &device),
            device,
        })
    }

    fn record(&self, architecture: &Architecture, seed: u64) -> Result<Record, Failure> {
        let settings = self.settings;
        let resolution = self.images.train.resolution();
        let graph = architecture.graph(settings.data.classes(), resolution);
        let start = Instant::now();
        let (scores, definitions) = self.scores(&graph);
        let score_seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let outcome = self.train(&graph, seed)?;
        Ok(Record {
            version: RECORD_VERSION,
            arch: architecture.to_string(),
            space: settings.space.to_string(),
            dataset: settings.data.dataset,
            classes: narrow(settings.data.classes()),
            resolution: narrow(resolution),
            images: self.images.describe(),
            recipe: settings.recipe.name().to_owned(),
            recipe_details: settings.recipe.to_string(),
            seed,
            flops: graph.flops(),
            params: graph.params(),
            depth: graph.depth(),
            stages: stages(architecture),
            outcome,
            scores,
            definitions,
            seconds: Seconds {
                train: start.elapsed().as_secs_f64(),
                score: score_seconds,
            },
            software: env!("CARGO_PKG_VERSION").to_owned(),
            device: settings.device.device.name().to_owned(),
        })
    }

    fn train(&self, graph: &Graph, seed: u64) -> Result<Outcome, Failure> {
        let recipe = &self.settings.recipe;
        let sets = self.images.sets();
        let training = nbzero_train::train(graph, &sets, recipe, seed, &self.device, |_| ());
        Ok(match training.map_err(Failure::input)? {
            Training::Trained(trained) => Outcome::Trained {
                test_accuracy: trained.test_accuracy,
                nas_validation_accuracy: Some(trained.validation_accuracy),
                train_loss: trained.train_loss,
            },
            Training::Diverged { epoch } => Outcome::Diverged {
                epoch: narrow(epoch),
                reason: "the loss was no longer a finite number".to_owned(),
            },
        })
    }

    /// Scores of the network as initialised from [`SCORE_SEED`], whatever the training's seed.
    fn scores(&self, graph: &Graph) -> (BTreeMap<String, Score>, Vec<ScoreDefinition>) {
        let [size, _, resolution, _] = self.batch.images.dims();
        let network = Network::init(graph, SCORE_SEED, &self.device);
        let settings = format!(
            "{size} images of {} at {resolution}x{resolution} (NAS training set, seed \
             {SCORE_SEED}); initialised as PyTorch's ResNet, seed {SCORE_SEED}; batch norm in \
             training mode",
            self.settings.data.dataset,
        );
        let mut scores = BTreeMap::new();
        let mut definitions = Vec::new();
        for named in self.suite.score(&network, &self.batch).scores {
            let definition = named.definition;
            // Costs have columns of their own.
            if definition.sweep == nbzero_proxy::Sweep::Graph {
                continue;
            }
            let score = match named.score {
                Ok(value) => Score::new(value),
                Err(reason) => Score::undefined(reason.to_string()),
            };
            scores.insert(definition.name.to_owned(), score);
            definitions.push(ScoreDefinition {
                name: definition.name.to_owned(),
                version: definition.version,
                direction: match definition.direction {
                    nbzero_proxy::Direction::Higher => nbzero_table::Direction::Higher,
                    nbzero_proxy::Direction::Lower => nbzero_table::Direction::Lower,
                },
                settings: format!("{settings}{}", own_settings(definition.name)),
            });
        }
        (scores, definitions)
    }
}

/// What a score depends on beside the network and the batch, in words.
fn own_settings(proxy: &str) -> String {
    let defaults = Settings::default();
    match proxy {
        "ntk" => format!(
            "; the first {} images, through the batch statistics",
            defaults.ntk_images
        ),
        "zen" => format!(
            "; {} repeats of {} standard normal images under standard normal weights, seed {}",
            defaults.zen_repeats, defaults.zen_batch, defaults.seed
        ),
        _ => String::new(),
    }
}

fn stages(architecture: &Architecture) -> Vec<StageAttributes> {
    let stages = architecture.attributes().into_iter();
    let narrowed = stages.map(|stage| StageAttributes {
        input: narrow(stage.input),
        output: narrow(stage.output),
        stride: narrow(stage.stride),
        depth: narrow(stage.depth),
    });
    narrowed.collect()
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).expect("counts of a network fit 32 bits")
}
