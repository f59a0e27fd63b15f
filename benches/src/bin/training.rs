//! Images a second in training beside `PyTorch`, measured alternately in one run.
//!
//! `cargo xtask bench training` prepares a Python with `PyTorch` and starts this. Our side is the
//! trainer itself, with the recipe `mini` and its augmentation; `PyTorch` is given a ready batch.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "../../../crates/nbzero-ops/benches/common/worker.rs"]
mod worker;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use burn::tensor::Device;
use clap::Parser;
use nbzero_metrics::median;
use nbzero_space::Architecture;
use nbzero_train::{DatasetName, Images, Recipe, Sets, train};

use crate::worker::Worker;

const NETWORKS: [&str; 3] = [
    "r1:16:16x1s1,32x2s2,48x2s2,64x1s2",
    "r2:12:24x5s2,40x2s2,64x3s2",
    "mb:8:8x1s1,16x2s2,24x2s2,32x1s2",
];
const CLASSES: usize = 10;
const RESOLUTION: usize = 16;
/// Steps of a round, without the first two.
const STEPS: usize = 30;

/// Times steps of training.
#[derive(Debug, Parser)]
#[command(name = "training")]
struct Arguments {
    /// A Python that has torch and numpy.
    #[arg(long, value_name = "PYTHON")]
    torch: PathBuf,
    /// Threads of each side.
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Rounds of each side; the median counts.
    #[arg(long, default_value = "5", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    nbzero_benches::start(arguments.threads).context("cannot start the threads")?;
    let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/torch_training.py"));
    let threads = [arguments.threads.to_string()];
    let mut torch = Worker::start(&arguments.torch, script, threads)
        .with_context(|| format!("cannot start {}", arguments.torch.display()))?;
    let recipe: Recipe = "mini".parse()?;
    let batch = recipe.batch.get();
    println!("images a second at {RESOLUTION}x{RESOLUTION}, batch {batch}");
    println!("| network | PyTorch | nbzero | times faster |\n|---|---|---|---|");
    for arch in NETWORKS {
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..arguments.rounds {
            let request = format!("{arch} {CLASSES} {batch} {RESOLUTION} {STEPS}");
            let answer = torch.ask(&request)?;
            let seconds: f64 = answer
                .parse()
                .with_context(|| format!("PyTorch's side answered \"{answer}\""))?;
            theirs.push(batch as f64 / seconds);
            ours.push(batch as f64 / our_step(arch, &recipe)?);
        }
        let (Some(theirs), Some(ours)) = (median(&theirs), median(&ours)) else {
            bail!("give at least one round");
        };
        println!(
            "| `{arch}` | {theirs:.0} | {ours:.0} | {:.2} |",
            ours / theirs
        );
    }
    Ok(())
}

/// Median seconds of a step of the trainer.
fn our_step(arch: &str, recipe: &Recipe) -> Result<f64> {
    let graph = arch.parse::<Architecture>()?.graph(CLASSES, RESOLUTION);
    let train_set = images(STEPS * recipe.batch.get())?;
    let few = images(1)?;
    let sets = Sets {
        train: &train_set,
        validation: &few,
        test: &few,
        policy: DatasetName::Cifar10.policy(),
    };
    let mut one_epoch = *recipe;
    one_epoch.epochs = 1;
    let mut steps = Vec::new();
    let mut last = Instant::now();
    train(&graph, &sets, &one_epoch, 0, &Device::flex(), |_| {
        steps.push(last.elapsed().as_secs_f64());
        last = Instant::now();
        ControlFlow::Continue(())
    })?;
    median(&steps.split_off(2)).context("an epoch has more than two steps")
}

/// Images of noise; what they show makes no difference to the time.
fn images(count: usize) -> Result<Images> {
    let pixels =
        (0..count * 3 * RESOLUTION * RESOLUTION).map(|i| u8::try_from(i * 7919 % 251).unwrap_or(0));
    let labels = (0..count).map(|i| u16::try_from(i % CLASSES).unwrap_or(0));
    let normalisation = DatasetName::Cifar10.normalisation();
    let images = Images::new(
        pixels.collect(),
        labels.collect(),
        RESOLUTION,
        CLASSES,
        normalisation,
    );
    Ok(images?)
}
