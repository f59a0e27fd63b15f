//! How far a proxy agrees with itself: scores a sample of a space with two seeds, which decide
//! initial weights, images and the proxies' own random numbers, and prints Spearman's correlation
//! of the two.
//!
//! ```console
//! cargo run --release -p nbzero --example two_seeds -- r1 200
//! ```
//!
//! The batch is smaller and the repeats of zen are fewer than the defaults, to save time; those of
//! `nbzero score` are `--batch 64 --zen-repeats 32`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints"
)]

use std::error::Error;

use burn::tensor::Device;
use clap::Parser;
use nbzero::graph::Graph;
use nbzero::metrics::{self, Accuracies, spearman};
use nbzero::model::Network;
use nbzero::proxy::{Batch, Definition, Group, Settings, Suite};
use nbzero::space::Space;

#[derive(Debug, Parser)]
struct Arguments {
    /// The space, one that `nbzero sample` knows.
    space: Space,
    /// Networks to score.
    count: usize,
    /// Images in a batch.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Height and width of the images [default: that of the space].
    #[arg(long)]
    resolution: Option<usize>,
    /// Repeats of zen.
    #[arg(long, default_value_t = 8)]
    zen_repeats: u32,
    /// The first seed; the second is the next number.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// What every network is scored with.
struct Scorer {
    suite: Suite,
    batch: Batch,
    seed: u64,
}

impl Scorer {
    fn new(arguments: &Arguments, resolution: usize, seed: u64) -> Result<Self, Box<dyn Error>> {
        let settings = Settings {
            seed,
            zen_repeats: arguments.zen_repeats,
            ..Settings::default()
        };
        let classes = arguments.space.classes();
        Ok(Self {
            suite: Suite::of(Group::NasBenchZero).with_settings(settings)?,
            batch: Batch::random(arguments.batch, classes, resolution, seed, &Device::flex()),
            seed,
        })
    }

    /// One value a proxy, not a number where the score is undefined.
    fn scores(&self, graph: &Graph) -> Vec<f64> {
        let network = Network::init(graph, self.seed, &Device::flex());
        let scores = self.suite.score(&network, &self.batch).scores;
        let values = scores.into_iter().map(|s| s.score.unwrap_or(f64::NAN));
        values.collect()
    }
}

/// A network's scores with the two seeds.
type Pair = [Vec<f64>; 2];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let space = &arguments.space;
    let resolution = arguments.resolution.unwrap_or(space.resolution());
    let first = Scorer::new(&arguments, resolution, arguments.seed)?;
    let second = Scorer::new(&arguments, resolution, arguments.seed + 1)?;
    let sample = space.sample(arguments.count, 0)?;
    let mut pairs: Vec<Pair> = Vec::with_capacity(sample.len());
    for (done, architecture) in sample.iter().enumerate() {
        eprintln!("{} of {}: {architecture}", done + 1, sample.len());
        let graph = architecture.graph(space.classes(), resolution);
        pairs.push([first.scores(&graph), second.scores(&graph)]);
    }
    println!("proxy         networks  Spearman");
    for (column, definition) in first.suite.definitions().enumerate() {
        print_row(&definition, column, &pairs)?;
    }
    Ok(())
}

/// The agreement over the networks whose score is defined with both seeds.
fn print_row(definition: &Definition, column: usize, pairs: &[Pair]) -> Result<(), Box<dyn Error>> {
    let both = pairs.iter().map(|[a, b]| [a[column], b[column]]);
    let both: Vec<[f64; 2]> = both.filter(|p| p.iter().all(|v| v.is_finite())).collect();
    // The second column is in the place of the accuracies, which are not oriented: the sign of
    // the first column must not change either.
    let first: Vec<f64> = both.iter().map(|p| p[0]).collect();
    let second: Vec<f64> = both.iter().map(|p| p[1]).collect();
    let correlation = spearman(
        &metrics::Scores::new(&first, metrics::Direction::Higher),
        &Accuracies::new(&second)?,
    );
    let value = correlation.ok().and_then(|c| c.value);
    let value = value.map_or_else(|| "undefined".to_owned(), |v| format!("{v:.3}"));
    println!("{:<12} {:>9}  {value:>8}", definition.name, both.len());
    Ok(())
}
