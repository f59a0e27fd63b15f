//! `nbzero score`: zero-shot proxies of untrained networks.

mod hybrid;
mod input;
mod json;
mod print;
mod tally;

use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;
use burn::tensor::Device;
use clap::ValueEnum;
use nbzero_model::sweep::BatchNormMode;
use nbzero_model::{ModelError, Network, Weights};
use nbzero_proxy::{Batch, BatchSize, Settings, Suite, Sweep};

use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::memory::{self, Budget};
use crate::cli::network::{Given, WeightsArgument};
use crate::cli::parallel::in_order;
use crate::cli::progress::Progress;
use input::Data;
use print::{Printer, Scored};

#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Architectures, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2, and ONNX files, e.g. model.onnx.
    #[arg(required_unless_present = "archs", conflicts_with = "archs")]
    arch: Vec<String>,
    /// A file with one architecture or ONNX file a line (- for standard input).
    #[arg(long)]
    archs: Option<PathBuf>,
    /// Names of proxies, or all; joined by + for a hybrid: the mean rank among these networks.
    #[arg(long, value_delimiter = ',', default_value = "all")]
    proxies: Vec<String>,
    /// The images: random, cifar10:DIR, cifar100:DIR, imagenet16:DIR or imagenet16-tiny:DIR.
    #[arg(long, default_value = "random")]
    data: Data,
    /// Images in the batch.
    #[arg(long, default_value = "64", value_parser = super::count)]
    batch: NonZeroUsize,
    /// Decides initial weights, the batch and zen's noise.
    #[arg(long, default_value = "0", value_parser = super::seed)]
    seed: u64,
    /// Networks that are scored at a time. Scores do not depend on it.
    #[arg(long, default_value = "1", value_parser = super::count)]
    jobs: NonZeroUsize,
    /// Number of classes [default: that of the ONNX file, the data or the weights, else 100].
    #[arg(long, value_parser = super::size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images [default: that of the ONNX file or the data, else 32].
    #[arg(long, value_parser = super::size)]
    resolution: Option<NonZeroUsize>,
    /// A safetensors file: score the network with exactly these weights; `file`: those of the ONNX
    /// file; `fresh`: initial ones from --seed [default: file for an ONNX file, else fresh].
    #[arg(long, value_name = "FILE")]
    weights: Option<WeightsArgument>,
    /// Score on exactly this batch (safetensors with `input`, `target`, `perturbation`).
    #[arg(long, conflicts_with_all = ["data", "batch"])]
    batch_file: Option<PathBuf>,
    /// Whether ntk differentiates through the batch statistics or holds them constant.
    #[arg(long, value_enum, default_value_t = NtkBn::Batch)]
    ntk_bn: NtkBn,
    /// Stop repeating zen when half of its 95% interval is below this.
    #[arg(long)]
    zen_precision: Option<f64>,
    /// Leave out sweeps that need more memory than this many GiB, all that they hold counted; their
    /// scores are undefined [default: nine tenths of what the machine and its limits leave].
    #[arg(long, value_name = "GIB")]
    memory_limit: Option<f64>,
    /// Show which sweeps ran, which proxies were on each, and what each took.
    #[arg(long)]
    explain: bool,
    /// How to print the scores.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    device: DeviceArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NtkBn {
    /// Differentiate through the statistics of the batch.
    Batch,
    /// Hold the statistics constant.
    Frozen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One object a line.
    Json,
    /// One row an architecture; an undefined score is empty, its reason in the last column.
    Csv,
}

impl Score {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let networks = self.networks()?;
        self.weights_fit(&networks)?;
        if self.explain && self.format == Format::Csv {
            return Err(Failure::Input(anyhow!(
                "--explain has no place in CSV: use --format table or json"
            )));
        }
        let (proxies, hybrids) = hybrid::split(&self.proxies)?;
        if let (Some(hybrid), [_]) = (hybrids.first(), networks.as_slice()) {
            return Err(Failure::Input(anyhow!(
                "{} ranks networks among each other: give at least two",
                hybrid.name
            )));
        }
        let limit = match self.memory_limit {
            Some(gib) => bytes(gib)?,
            None => memory::available(),
        };
        let weights = self.weights(limit)?;
        let own = networks.iter().filter_map(Given::weights);
        let held: usize = weights.iter().chain(own).map(Weights::size).sum();
        let limit = limit.saturating_sub(held as u64);
        let suite = self.suite(&proxies, limit)?;
        let device = self.device.device.open();
        let fixed = input::fixed(&networks)?;
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
        let subject = Subject {
            suite: &suite,
            weights: weights.as_ref(),
            fresh: self.weights == Some(WeightsArgument::Fresh),
            seed: self.seed,
            classes,
            resolution: image.height,
            size,
            batch: batch.as_ref(),
            device: &device,
            budget: Budget::new(limit),
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut bar = Progress::new(networks.len() as u64, "networks");
        let mut printer = Printer::new(self.format, self.explain, &suite, hybrids);
        in_order(
            &networks,
            self.jobs,
            |one| subject.score(one),
            |scored| {
                let scored = scored.map_err(Failure::input)?;
                bar.step(|| scored.network.to_string());
                printer.add(&mut out, scored)
            },
        )?;
        bar.finish();
        printer.finish(&mut out)?;
        out.flush()?;
        for line in printer.remarks() {
            say(format_args!("{line}"));
        }
        Ok(())
    }

    fn weights_fit(&self, networks: &[Given]) -> Result<(), Failure> {
        let refuse = |why: String| Err(Failure::Input(anyhow!("--weights {why}")));
        match &self.weights {
            Some(WeightsArgument::File(_)) if networks.len() != 1 => refuse(format!(
                "are those of one network, but {} architectures are given",
                networks.len()
            )),
            Some(WeightsArgument::Own) => {
                match networks.iter().find(|one| one.weights().is_none()) {
                    None => Ok(()),
                    Some(one) => refuse(format!(
                        "file: {one} is no ONNX file and has no weights: give a safetensors file"
                    )),
                }
            }
            _ => Ok(()),
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
            memory_limit: Some(limit),
            ..Settings::default()
        };
        let suite = Suite::named(proxies).map_err(Failure::input)?;
        suite.with_settings(settings).map_err(Failure::input)
    }
}

/// What every network is scored with.
struct Subject<'a> {
    suite: &'a Suite,
    weights: Option<&'a Weights>,
    /// Whether weights that an ONNX file holds are not taken.
    fresh: bool,
    seed: u64,
    classes: usize,
    resolution: usize,
    size: BatchSize,
    /// None where no proxy needs one.
    batch: Option<&'a Batch>,
    device: &'a Device,
    /// What all jobs have together.
    budget: Budget,
}

impl Subject<'_> {
    fn score(&self, given: &Given) -> Result<Scored, ModelError> {
        let graph = given.graph(self.classes, self.resolution);
        // Every job counts the batch that all share: too much rather than too little.
        let bytes = self.suite.bytes(&graph, self.size);
        let _loan = self.budget.lend(bytes);
        let make = || {
            let own = given.weights().filter(|_| !self.fresh);
            let network = match self.weights.or(own) {
                Some(weights) => weights.network(&graph, self.device)?,
                None => Network::init(&graph, self.seed, self.device),
            };
            let batch = self
                .batch
                .expect("a suite that needs a network has a batch");
            Ok::<_, ModelError>((network, batch.clone()))
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
}

/// Says something on standard error. A closed one is no reason to stop.
fn say(sentence: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{sentence}");
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
