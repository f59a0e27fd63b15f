//! `nbzero score`: zero-shot proxies of untrained networks.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::anyhow;
use burn::tensor::Device;
use clap::ValueEnum;
use nbzero_model::{Network, read_batch, read_classes};
use nbzero_proxy::{Batch, Scores, Suite};
use nbzero_space::Architecture;
use nbzero_train::first_batch;

use crate::cli::data::DataFolder;
use crate::cli::device::DeviceArgument;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Progress;

#[derive(Debug, clap::Args)]
pub(crate) struct Score {
    /// Architectures, e.g. r1:64:64x2s1,128x2s2,256x2s2,512x2s2.
    #[arg(required_unless_present = "archs", conflicts_with = "archs")]
    arch: Vec<String>,
    /// A file with one architecture a line (- for standard input).
    #[arg(long)]
    archs: Option<PathBuf>,
    /// Names of proxies, or all.
    #[arg(long, value_delimiter = ',', default_value = "all")]
    proxies: Vec<String>,
    /// The images: random, cifar10:DIR, cifar100:DIR, imagenet16:DIR or imagenet16-tiny:DIR.
    #[arg(long, default_value = "random")]
    data: Data,
    /// Images in the batch.
    #[arg(long, default_value = "64")]
    batch: NonZeroUsize,
    /// Decides initial weights and the batch.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of classes [default: that of the data or of the weights, else 100].
    #[arg(long)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images [default: that of the data, else 32].
    #[arg(long)]
    resolution: Option<NonZeroUsize>,
    /// Score the network with exactly these weights (safetensors).
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Score on exactly this batch (safetensors with `input` and `target`).
    #[arg(long, conflicts_with_all = ["data", "batch"])]
    batch_file: Option<PathBuf>,
    /// How to print the scores.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    device: DeviceArgument,
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

/// Where the batch comes from.
#[derive(Debug, Clone)]
enum Data {
    Random,
    Folder(DataFolder),
}

impl FromStr for Data {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "random" => Ok(Self::Random),
            _ => text.parse().map(Self::Folder),
        }
    }
}

/// An architecture with what was measured.
struct Scored {
    architecture: Architecture,
    costs: nbzero_space::Costs,
    scores: Scores,
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
        let suite = self.suite()?;
        let device = self.device.device.open();
        let classes = self.classes()?;
        let batch = self.batch(classes, &device)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut scored = Vec::new();
        let mut bar = Progress::new(architectures.len() as u64, "networks");
        for architecture in architectures {
            let one = self.score(architecture, &suite, classes, &batch, &device)?;
            bar.step(|| one.architecture.to_string());
            if self.format == Format::Json {
                writeln!(out, "{}", one.json())?;
                out.flush()?;
            } else {
                scored.push(one);
            }
        }
        bar.finish();
        match self.format {
            Format::Json => {}
            Format::Csv => write_csv(&mut out, &suite, &scored)?,
            Format::Table => write_table(&mut out, &suite, &scored)?,
        }
        out.flush()?;
        Ok(())
    }

    fn architectures(&self) -> Result<Vec<Architecture>, Failure> {
        let Some(path) = &self.archs else {
            return self
                .arch
                .iter()
                .map(|text| super::architecture(text))
                .collect();
        };
        let text = if path.as_os_str() == "-" {
            io::read_to_string(io::stdin())
        } else {
            std::fs::read_to_string(path)
        };
        let text = text.map_err(|error| {
            Failure::Input(anyhow!("cannot read `{}`: {error}", path.display()))
        })?;
        let lines = text
            .lines()
            .enumerate()
            .map(|(i, line)| (i + 1, line.trim()));
        let parsed: Result<Vec<_>, _> = lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| {
                line.parse()
                    .map_err(|error: nbzero_space::ArchitectureError| {
                        Failure::Input(anyhow!("line {number} of `{}`: {error}", path.display()))
                    })
            })
            .collect();
        let architectures = parsed?;
        if architectures.is_empty() {
            return Err(Failure::Input(anyhow!(
                "`{}` has no architectures",
                path.display()
            )));
        }
        Ok(architectures)
    }

    fn suite(&self) -> Result<Suite, Failure> {
        if self.proxies == ["all"] {
            return Ok(Suite::all());
        }
        Suite::named(&self.proxies).map_err(Failure::input)
    }

    fn classes(&self) -> Result<usize, Failure> {
        if let Some(classes) = self.classes {
            return Ok(classes.get());
        }
        match (&self.weights, &self.data) {
            (Some(weights), _) => read_classes(weights).map_err(Failure::input),
            (None, Data::Folder(folder)) => Ok(folder.classes()),
            (None, Data::Random) => Ok(super::DEFAULT_CLASSES),
        }
    }

    fn batch(&self, classes: usize, device: &Device) -> Result<Batch, Failure> {
        let batch = self.batch_of(device, classes)?;
        let [_, channels, height, width] = batch.images.dims();
        if channels != 3 || height != width {
            return Err(Failure::Input(anyhow!(
                "the batch's images are {channels}x{height}x{width}: expected 3 channels and \
                 equal height and width"
            )));
        }
        if let Some(asked) = self.resolution.filter(|asked| asked.get() != height) {
            return Err(Failure::Input(anyhow!(
                "the batch's images are {height} pixels wide, but --resolution says {asked}"
            )));
        }
        let largest = batch.targets.clone().max().into_scalar::<i64>();
        let smallest = batch.targets.clone().min().into_scalar::<i64>();
        if smallest < 0 || usize::try_from(largest).is_ok_and(|largest| largest >= classes) {
            return Err(Failure::Input(anyhow!(
                "the batch has targets from {smallest} to {largest}, but the network has \
                 {classes} classes: give --classes"
            )));
        }
        Ok(batch)
    }

    fn batch_of(&self, device: &Device, classes: usize) -> Result<Batch, Failure> {
        if let Some(path) = &self.batch_file {
            let batch = read_batch(path, device).map_err(Failure::input)?;
            return Ok(Batch::from(batch));
        }
        match &self.data {
            Data::Random => {
                let resolution = self
                    .resolution
                    .map_or(super::DEFAULT_RESOLUTION, Into::into);
                let size = self.batch.get();
                Ok(Batch::random(size, classes, resolution, self.seed, device))
            }
            Data::Folder(folder) => {
                let images = folder.load(super::resolution_of(folder, self.resolution))?;
                let batch = first_batch(&images.train, self.batch.get(), self.seed)
                    .map_err(Failure::input)?;
                Ok(Batch::new(
                    batch.pixels,
                    batch.labels,
                    batch.resolution,
                    device,
                ))
            }
        }
    }

    fn score(
        &self,
        architecture: Architecture,
        suite: &Suite,
        classes: usize,
        batch: &Batch,
        device: &Device,
    ) -> Result<Scored, Failure> {
        let [_, _, resolution, _] = batch.images.dims();
        let graph = architecture.graph(classes, resolution);
        let network = match &self.weights {
            Some(path) => Network::load(&graph, path, device).map_err(Failure::input)?,
            None => Network::init(&graph, self.seed, device),
        };
        Ok(Scored {
            costs: nbzero_space::Costs::of(&graph),
            scores: suite.score(&network, batch),
            architecture,
        })
    }
}

impl Scored {
    fn json(&self) -> serde_json::Value {
        let mut scores = serde_json::Map::new();
        let mut undefined = serde_json::Map::new();
        for named in &self.scores.scores {
            let name = named.definition.name.to_owned();
            match &named.score {
                Ok(value) => scores.insert(name, (*value).into()),
                Err(reason) => {
                    undefined.insert(name.clone(), reason.to_string().into());
                    scores.insert(name, serde_json::Value::Null)
                }
            };
        }
        let seconds: serde_json::Map<_, _> = self
            .scores
            .sweeps
            .iter()
            .map(|cost| {
                (
                    cost.sweep.name().to_owned(),
                    cost.duration.as_secs_f64().into(),
                )
            })
            .collect();
        let mut object = serde_json::json!({
            "arch": self.architecture.to_string(),
            "flops": self.costs.flops,
            "params": self.costs.params,
            "depth": self.costs.depth,
            "scores": scores,
            "seconds": seconds,
        });
        if !undefined.is_empty() {
            object["undefined"] = undefined.into();
        }
        object
    }

    fn cells(&self, undefined: &str, number: impl Fn(f64) -> String) -> Vec<String> {
        let scores = self.scores.scores.iter();
        let cell = |named: &nbzero_proxy::NamedScore| match &named.score {
            Ok(value) => number(*value),
            Err(_) => undefined.to_owned(),
        };
        scores.map(cell).collect()
    }
}

fn header(suite: &Suite) -> Vec<String> {
    let names = suite
        .definitions()
        .map(|definition| definition.name.to_owned());
    std::iter::once("arch".to_owned()).chain(names).collect()
}

/// Architecture strings have commas, so they are quoted.
fn write_csv(out: &mut impl Write, suite: &Suite, scored: &[Scored]) -> Result<(), Failure> {
    writeln!(out, "{}", header(suite).join(","))?;
    for one in scored {
        let cells = one.cells("", |value| value.to_string()).join(",");
        writeln!(out, "\"{}\",{cells}", one.architecture)?;
    }
    Ok(())
}

/// One network: a line a proxy. Several: a line a network.
fn write_table(out: &mut impl Write, suite: &Suite, scored: &[Scored]) -> Result<(), Failure> {
    if let [one] = scored {
        writeln!(out, "{}", one.architecture)?;
        let rows = one.scores.scores.iter().map(|named| {
            let value = match &named.score {
                Ok(value) => output::number(*value),
                Err(reason) => format!("undefined: {reason}"),
            };
            vec![named.definition.name.to_owned(), value]
        });
        let header = vec!["proxy".to_owned(), "score".to_owned()];
        writeln!(out, "{}", output::table(header, rows))?;
        return Ok(());
    }
    let rows = scored.iter().map(|one| {
        let mut row = vec![one.architecture.to_string()];
        row.extend(one.cells("undefined", output::number));
        row
    });
    writeln!(out, "{}", output::table(header(suite), rows))?;
    Ok(())
}
