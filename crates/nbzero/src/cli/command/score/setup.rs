//! With what networks are scored: the options that `score` and `search` share, and what they make.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;
use burn::tensor::Device;
use clap::ValueEnum;
use nbzero_graph::{Resolution, Shape};
use nbzero_model::sweep::{
    BatchNormMode, largest_weight_bytes, planned_evaluation_bytes, planned_parameter_bytes,
};
use nbzero_model::{ModelError, Network, Weights};
use nbzero_proxy::{Batch, BatchSize, Precision, Settings, Suite, Sweep, WantedSize};
use nbzero_space::{Architecture, Space};

use super::held::Images;
use super::input::Data;
use super::print::Scored;
use crate::cli::command::{count, resolution, seed, size};
use crate::cli::data::sizes;
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::memory::{self, Budget};
use crate::cli::network::{Given, WeightsArgument};
use crate::cli::remark::say;

/// With what networks are scored.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Setup {
    /// The images: random, cifar10:DIR, cifar100:DIR, imagenet16:DIR, imagenet16-tiny:DIR, or your own,
    /// folder:DIR (a folder of pictures for each class) or npz:FILE (arrays that `numpy.savez` wrote).
    #[arg(long, default_value = "random")]
    pub(super) data: Data,
    /// Images in the batch.
    #[arg(long, default_value = "64", value_parser = count)]
    pub(super) batch: NonZeroUsize,
    /// Decides initial weights, the batch, and what zen and others draw.
    #[arg(long, default_value = "0", value_parser = seed)]
    pub(super) seed: u64,
    /// Networks that are scored at a time. Scores do not depend on it.
    #[arg(long, default_value = "1", value_parser = count)]
    pub(crate) jobs: NonZeroUsize,
    /// Number of classes [default: that of the ONNX file, the data or the weights, else 100].
    #[arg(long, value_parser = size)]
    pub(super) classes: Option<NonZeroUsize>,
    /// Height and width of the images, such as 32 or 48x64 [default: that of the ONNX file or the data,
    /// else 32].
    #[arg(long, value_parser = resolution)]
    pub(super) resolution: Option<Resolution>,
    /// Score on exactly this batch (safetensors with `input`, `target`, `perturbation`).
    #[arg(long, conflicts_with_all = ["data", "batch"])]
    pub(super) batch_file: Option<PathBuf>,
    /// Whether ntk differentiates through the batch statistics or holds them constant.
    #[arg(long, value_enum, default_value_t = NtkBn::Batch)]
    ntk_bn: NtkBn,
    /// Stop repeating zen when half of its 95% interval is below this.
    #[arg(long)]
    zen_precision: Option<f64>,
    /// Where the regularised SWAP has its peak and how wide that is, in thousands of parameters.
    #[arg(long, value_name = "MU,SIGMA", value_parser = wanted_size)]
    swap_size: Option<WantedSize>,
    /// The floating-point numbers in which networks are scored.
    #[arg(long, value_enum, default_value_t = Numbers::Float32)]
    precision: Numbers,
    /// Leave out sweeps that need more memory than this many GiB, all that they hold counted; their
    /// scores are undefined [default: nine tenths of what the machine and its limits leave].
    #[arg(long, value_name = "GIB")]
    memory_limit: Option<f64>,
    #[command(flatten)]
    pub(crate) device: DeviceArgument,
    /// Images in memory, of a program that calls.
    #[arg(skip)]
    pub(crate) held: Option<Images>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NtkBn {
    /// Differentiate through the statistics of the batch.
    Batch,
    /// Hold the statistics constant.
    Frozen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Numbers {
    /// As networks are trained.
    Float32,
    /// Where a thousandth matters: no rounding decides what a ReLU lets through. About twice the time.
    Float64,
}

impl Setup {
    /// The same, with the classes and the resolution of a space where neither an option nor the
    /// images say otherwise.
    pub(crate) fn of_space(&self, space: &Space) -> Self {
        let mut setup = self.clone();
        if setup.batch_file.is_none() && setup.held.is_none() && setup.resolution.is_none() {
            setup.resolution = Some(space.resolution().into());
        }
        if setup.classes.is_none() && matches!(setup.data, Data::Random) {
            setup.classes = NonZeroUsize::new(space.classes());
        }
        setup
    }

    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let images = match &self.data {
            Data::Random => None,
            Data::Folder(folder) => folder.file(),
        };
        images.into_iter().chain(self.batch_file.as_deref())
    }

    /// Makes what all networks are scored with. `networks` are those that are known before.
    pub(crate) fn prepare(
        &self,
        proxies: &[String],
        weights: Option<&WeightsArgument>,
        networks: &[Given],
    ) -> Result<Bench, Failure> {
        let limit = match self.memory_limit {
            Some(gib) => bytes(gib)?,
            None => memory::available(),
        };
        let fresh = weights == Some(&WeightsArgument::Fresh);
        let weights = match weights {
            Some(WeightsArgument::File(path)) => Some(super::input::weights(path, limit)?),
            _ => None,
        };
        let own = networks.iter().filter_map(Given::weights);
        let held: usize = weights.iter().chain(own).map(Weights::size).sum();
        let limit = limit.saturating_sub(held as u64);
        let suite = self.suite(proxies, limit)?;
        self.note_what_has_no_effect(&suite);
        if let Some(images) = &self.held {
            images.are_enough(&suite)?;
        }
        let device = self.device.device.open();
        let fixed = super::input::fixed(networks)?;
        let classes = self.classes(fixed, weights.as_ref())?;
        let announced = self.announced(fixed, &device, limit)?;
        let (size, image) = (announced.size, announced.image);
        let of_batch = size.bytes(image);
        // Costs need no batch.
        let costs_only = suite.plan().iter().all(|sweep| sweep.sweep == Sweep::Graph);
        let batch = if costs_only {
            None
        } else {
            let what = format!("a batch of {} images of {image}", size.images);
            let remedy = "give a smaller --batch or --resolution";
            memory::must_fit(&what, of_batch, limit, remedy)?;
            Some(self.batch(&announced, classes, &device)?)
        };
        let settings = self.settings(classes, image, batch.as_ref());
        Ok(Bench {
            suite,
            weights,
            fresh,
            seed: self.seed,
            classes,
            image,
            size,
            batch,
            device,
            budget: Budget::new(limit),
            settings,
        })
    }

    /// What scores depend on beside network and proxy, in words: two lists of scores may be put
    /// together where it is the same.
    fn settings(&self, classes: usize, image: Shape, images: Option<&Batch>) -> String {
        let Self { batch, seed, .. } = self;
        let mut batch = match (&self.batch_file, &self.data) {
            _ if self.held.is_some() => "images in memory".to_owned(),
            (Some(path), _) => format!("the batch of {}", path.display()),
            (None, Data::Random) => format!("{batch} random images"),
            (None, Data::Folder(folder)) => format!("{batch} images of {}", folder.dataset),
        };
        // A folder or a file may hold others the next time; random ones follow from the rest.
        let drawn =
            self.held.is_none() && self.batch_file.is_none() && matches!(self.data, Data::Random);
        if let Some(images) = images.filter(|_| !drawn) {
            let _ = write!(batch, " (checksum {:08x})", checksum(images));
        }
        let mut settings = format!(
            "{batch} at {}, {classes} classes, seed {seed}, {}",
            sizes(image),
            self.device.device.describe()
        );
        if self.precision == Numbers::Float64 {
            settings += ", float64";
        }
        if self.ntk_bn == NtkBn::Frozen {
            settings += ", ntk with frozen batch norms";
        }
        // A string takes whatever is written.
        if let Some(precision) = self.zen_precision {
            let _ = write!(settings, ", zen to {precision}");
        }
        if let Some(WantedSize { mu, sigma }) = self.swap_size {
            let _ = write!(settings, ", swap_reg of {mu},{sigma}");
        }
        settings
    }

    /// Says which options change nothing for these proxies.
    fn note_what_has_no_effect(&self, suite: &Suite) {
        let runs = |sweep| suite.plan().iter().any(|planned| planned.sweep == sweep);
        let costs_only = suite.plan().iter().all(|one| one.sweep == Sweep::Graph);
        let regularised = suite.definitions().any(|one| one.name == "swap_reg");
        let none = [
            (
                self.ntk_bn == NtkBn::Frozen && !runs(Sweep::PerImage),
                "--ntk-bn",
                "ntk",
            ),
            (
                self.zen_precision.is_some() && !runs(Sweep::Noise),
                "--zen-precision",
                "zen",
            ),
            (
                self.swap_size.is_some() && !regularised,
                "--swap-size",
                "swap_reg",
            ),
            (
                self.batch_file.is_some() && costs_only,
                "--batch-file",
                "a proxy that sees images",
            ),
        ];
        for (_, option, proxy) in none.iter().filter(|(has_none, ..)| *has_none) {
            say(format_args!(
                "note: {option} has no effect: {proxy} is not asked for"
            ));
        }
    }

    fn suite(&self, proxies: &[String], limit: u64) -> Result<Suite, Failure> {
        if let Some(precision) = self.zen_precision.filter(|x| x.is_nan() || *x <= 0.0) {
            return Err(Failure::Input(anyhow!(
                "--zen-precision is {precision}: it must be positive"
            )));
        }
        let settings = Settings {
            seed: self.seed,
            ntk_batch_norm: match self.ntk_bn {
                NtkBn::Batch => BatchNormMode::Batch,
                NtkBn::Frozen => BatchNormMode::Frozen,
            },
            zen_precision: self.zen_precision,
            swap_size: self.swap_size,
            precision: match self.precision {
                Numbers::Float32 => Precision::Float32,
                Numbers::Float64 => Precision::Float64,
            },
            memory_limit: Some(limit),
            ..Settings::default()
        };
        let suite = Suite::named(proxies).map_err(Failure::input)?;
        suite.with_settings(settings).map_err(Failure::input)
    }
}

/// What every network is scored with.
#[derive(Debug)]
pub(crate) struct Bench {
    suite: Suite,
    weights: Option<Weights>,
    /// Whether weights that an ONNX file holds are not taken.
    fresh: bool,
    seed: u64,
    pub(crate) classes: usize,
    /// Shape of an image.
    pub(crate) image: Shape,
    size: BatchSize,
    /// None where no proxy needs one.
    batch: Option<Batch>,
    device: Device,
    /// What all jobs have together.
    budget: Budget,
    /// What scores depend on, in words.
    pub(crate) settings: String,
}

impl Bench {
    pub(crate) fn suite(&self) -> &Suite {
        &self.suite
    }

    pub(crate) fn score(&self, given: &Given) -> Result<Scored, ModelError> {
        let graph = given.graph(self.classes, self.image);
        // Every job counts the batch that all share: too much rather than too little.
        let bytes = self.suite.bytes(&graph, self.size);
        let _loan = self.budget.lend(bytes);
        let make = || {
            let own = given.weights().filter(|_| !self.fresh);
            let network = match self.weights.as_ref().or(own) {
                Some(weights) => weights.network(&graph, &self.device)?,
                None => Network::init(&graph, self.seed, &self.device),
            };
            let batch = self.batch.clone();
            let batch = batch.expect("a suite that needs a network has a batch");
            Ok::<_, ModelError>((network, batch))
        };
        Ok(Scored {
            scores: self.suite.score_made(&graph, self.size, make)?,
            flops: graph.flops(),
            params: graph.params(),
            depth: graph.depth(),
            hybrids: Vec::new(),
            network: given.clone(),
        })
    }

    /// How long a network takes for one image in evaluation mode; `None` of one that memory does not hold.
    pub(crate) fn latency(&self, architecture: &Architecture) -> Option<Duration> {
        let graph = architecture.graph_on(self.classes, self.image);
        let needed = planned_evaluation_bytes(&graph, 1)
            .saturating_add(planned_parameter_bytes(&graph))
            .saturating_add(largest_weight_bytes(&graph).saturating_mul(4));
        let measure = || nbzero_model::latency(&Network::init(&graph, self.seed, &self.device));
        self.budget.holds(needed).then(measure)
    }
}

fn wanted_size(text: &str) -> Result<WantedSize, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let both = text.split_once(',');
    let both = both.and_then(|(mu, sigma)| Some((number(mu)?, number(sigma)?)));
    let (mu, sigma) = both.ok_or("give two numbers with a comma between them, such as 300,100")?;
    Ok(WantedSize { mu, sigma })
}

fn bytes(gib: f64) -> Result<u64, Failure> {
    if !(gib.is_finite() && gib > 0.0) {
        return Err(Failure::Input(anyhow!(
            "--memory-limit is {gib}: it must be positive"
        )));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and a cast of a larger number saturates"
    )]
    let bytes = (gib * f64::from(1 << 30)) as u64;
    Ok(bytes)
}

/// Tells batches of the same name and size apart.
fn checksum(batch: &Batch) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(batch.images.to_data().convert::<f32>().as_bytes());
    hasher.update(batch.targets.to_data().convert::<i64>().as_bytes());
    if let Some(perturbation) = &batch.perturbation {
        hasher.update(perturbation.to_data().convert::<f32>().as_bytes());
    }
    hasher.finalize()
}
