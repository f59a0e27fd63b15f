//! `nbzero score`: zero-shot proxies of untrained networks.

mod hybrid;
mod input;
mod print;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;
use burn::tensor::Device;
use clap::ValueEnum;
use nbzero_model::sweep::BatchNormMode;
use nbzero_model::{ModelError, Network};
use nbzero_proxy::{Batch, Settings, Suite};
use nbzero_space::Architecture;

use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::parallel::in_order;
use crate::cli::progress::Progress;
use input::Data;
use print::{Printer, Scored};

#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Architectures, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2.
    #[arg(required_unless_present = "archs", conflicts_with = "archs")]
    arch: Vec<String>,
    /// A file with one architecture a line (- for standard input).
    #[arg(long)]
    archs: Option<PathBuf>,
    /// Names of proxies, or all; joined by + for a hybrid: the mean rank among these networks.
    #[arg(long, value_delimiter = ',', default_value = "all")]
    proxies: Vec<String>,
    /// The images: random, cifar10:DIR, cifar100:DIR, imagenet16:DIR or imagenet16-tiny:DIR.
    #[arg(long, default_value = "random")]
    data: Data,
    /// Images in the batch.
    #[arg(long, default_value = "64")]
    batch: NonZeroUsize,
    /// Decides initial weights, the batch and zen's noise.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Networks that are scored at a time. Scores do not depend on it.
    #[arg(long, default_value = "1")]
    jobs: NonZeroUsize,
    /// Number of classes [default: that of the data or of the weights, else 100].
    #[arg(long, value_parser = super::size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images [default: that of the data, else 32].
    #[arg(long, value_parser = super::size)]
    resolution: Option<NonZeroUsize>,
    /// Score the network with exactly these weights (safetensors).
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Score on exactly this batch (safetensors with `input`, `target`, `perturbation`).
    #[arg(long, conflicts_with_all = ["data", "batch"])]
    batch_file: Option<PathBuf>,
    /// Whether ntk differentiates through the batch statistics or holds them constant.
    #[arg(long, value_enum, default_value_t = NtkBn::Batch)]
    ntk_bn: NtkBn,
    /// Stop repeating zen when half of its 95% interval is below this.
    #[arg(long)]
    zen_precision: Option<f64>,
    /// Leave out sweeps whose activations need more than this many GiB; their scores are
    /// undefined.
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
    /// One row an architecture; an undefined score is empty.
    Csv,
}

impl Score {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let architectures = self.architectures()?;
        if self.weights.is_some() && architectures.len() != 1 {
            return Err(Failure::Input(anyhow!(
                "--weights are those of one network, but {} architectures are given",
                architectures.len()
            )));
        }
        if self.explain && self.format == Format::Csv {
            return Err(Failure::Input(anyhow!(
                "--explain has no place in CSV: use --format table or json"
            )));
        }
        let (proxies, hybrids) = hybrid::split(&self.proxies)?;
        if let (Some(hybrid), [_]) = (hybrids.first(), architectures.as_slice()) {
            return Err(Failure::Input(anyhow!(
                "{} ranks networks among each other: give at least two",
                hybrid.name
            )));
        }
        let suite = self.suite(&proxies)?;
        let device = self.device.device.open();
        let classes = self.classes()?;
        let batch = self.batch(classes, &device)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut bar = Progress::new(architectures.len() as u64, "networks");
        let mut printer = Printer::new(self.format, self.explain, &suite, hybrids);
        let score = |architecture: &Architecture| {
            self.score(architecture.clone(), &suite, classes, &batch, &device)
        };
        in_order(&architectures, self.jobs, score, |scored| {
            let scored = scored.map_err(Failure::input)?;
            bar.step(|| scored.architecture.to_string());
            printer.add(&mut out, scored)
        })?;
        bar.finish();
        printer.finish(&mut out)?;
        out.flush()?;
        Ok(())
    }

    fn suite(&self, proxies: &[String]) -> Result<Suite, Failure> {
        let suite = if proxies == ["all"] {
            Suite::all()
        } else {
            Suite::named(proxies).map_err(Failure::input)?
        };
        let settings = Settings {
            seed: self.seed,
            ntk_batch_norm: match self.ntk_bn {
                NtkBn::Batch => BatchNormMode::Batch,
                NtkBn::Frozen => BatchNormMode::Frozen,
            },
            zen_precision: self.zen_precision,
            memory_limit: self.memory_limit.map(bytes).transpose()?,
            ..Settings::default()
        };
        suite.with_settings(settings).map_err(Failure::input)
    }

    fn score(
        &self,
        architecture: Architecture,
        suite: &Suite,
        classes: usize,
        batch: &Batch,
        device: &Device,
    ) -> Result<Scored, ModelError> {
        let [_, _, resolution, _] = batch.images.dims();
        let graph = architecture.graph(classes, resolution);
        let network = match &self.weights {
            Some(path) => Network::load(&graph, path, device)?,
            None => Network::init(&graph, self.seed, device),
        };
        Ok(Scored {
            costs: nbzero_space::Costs::of(&graph),
            scores: suite.score(&network, batch),
            hybrids: Vec::new(),
            architecture,
        })
    }
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
