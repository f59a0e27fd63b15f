//! How reliably a training recipe ranks networks: trains a sample of a space twice, from two
//! seeds, and prints Spearman's correlation of the two and the seconds that a training took.
//!
//! ```console
//! cargo run --release -p nbzero --example recipe_trial -- r1-mini 40 cifar100 images --epochs 6
//! ```
//!
//! What is not given is that of the recipe `mini`. One line a training goes to standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints"
)]

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use burn::tensor::Device;
use clap::Parser;
use nbzero::graph::Graph;
use nbzero::metrics::{Accuracies, Direction, Scores, spearman};
use nbzero::space::Space;
use nbzero::train::{DatasetName, Recipe, Sets, Training, load, nas_split, resize, train};

#[derive(Debug, Parser)]
struct Arguments {
    /// The space: r1, r2, mb, nb201, any of these with -mini, or nas-bench-macro.
    space: Space,
    /// Networks of it to train.
    count: usize,
    /// The dataset: cifar10, cifar100 or imagenet16.
    dataset: DatasetName,
    /// The folder of its images.
    folder: PathBuf,
    /// Passes over the training images.
    #[arg(long)]
    epochs: Option<usize>,
    /// Images a step.
    #[arg(long)]
    batch: Option<NonZeroUsize>,
    /// Learning rate after the warm-up.
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Share of the target probability that is spread over all classes.
    #[arg(long)]
    label_smoothing: Option<f64>,
    /// L2 penalty on every parameter.
    #[arg(long)]
    weight_decay: Option<f64>,
    /// Rise of the learning rate at the start, as a share of all steps.
    #[arg(long)]
    warmup: Option<f64>,
    /// Trainings at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

impl Arguments {
    fn recipe(&self) -> Result<Recipe, Box<dyn Error>> {
        let mut recipe: Recipe = "mini".parse()?;
        recipe.epochs = self.epochs.unwrap_or(recipe.epochs);
        recipe.batch = self.batch.unwrap_or(recipe.batch);
        recipe.learning_rate = self.learning_rate.unwrap_or(recipe.learning_rate);
        recipe.warmup = self.warmup.unwrap_or(recipe.warmup);
        recipe.weight_decay = self.weight_decay.unwrap_or(recipe.weight_decay);
        recipe.label_smoothing = self.label_smoothing.unwrap_or(recipe.label_smoothing);
        Ok(recipe)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let recipe = arguments.recipe()?;
    let resolution = NonZeroUsize::new(arguments.space.resolution()).expect("positive");
    let data = load(arguments.dataset, &arguments.folder)?;
    let split = nas_split(&data.train);
    let (train, validation, test) = (
        resize(&split.train, resolution),
        resize(&split.validation, resolution),
        resize(&data.test, resolution),
    );
    let sets = Sets {
        train: &train,
        validation: &validation,
        test: &test,
        policy: arguments.dataset.policy(),
    };
    let sample = arguments.space.sample(arguments.count, 0);
    let graph = |i: usize| sample[i].graph(arguments.dataset.classes(), resolution.get());

    // One column a seed, one accuracy a network.
    let accuracies = [0, 1].map(|_| Mutex::new(vec![f64::NAN; sample.len()]));
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    let (network, seed) = (job / 2, job % 2);
                    if network >= sample.len() {
                        return;
                    }
                    let accuracy = accuracy(&graph(network), &sets, &recipe, seed as u64);
                    eprintln!("{} {seed} {accuracy}", sample[network]);
                    accuracies[seed].lock().expect("no panic")[network] = accuracy;
                }
            });
        }
    });
    let seconds = begin.elapsed().as_secs_f64() / (2 * sample.len()) as f64;
    let [first, second] = accuracies.map(|column| column.into_inner().expect("no panic"));
    let second = Accuracies::new(&second)?;
    let seeds = spearman(&Scores::new(&first, Direction::Higher), &second)?;
    println!("{recipe}");
    println!(
        "{} networks: Spearman between seeds {:.3}, {seconds:.1} seconds a training, accuracies \
         {:.1}% to {:.1}%, standard deviation between networks {:.2}, between seeds {:.2}",
        sample.len(),
        seeds.value.unwrap_or(f64::NAN),
        first.iter().copied().fold(f64::INFINITY, f64::min),
        first.iter().copied().fold(0.0, f64::max),
        deviation(&first),
        seed_deviation(&first, second.values()),
    );
    Ok(())
}

/// Test accuracy in percent; not a number where the training diverged.
fn accuracy(graph: &Graph, sets: &Sets<'_>, recipe: &Recipe, seed: u64) -> f64 {
    match train(graph, sets, recipe, seed, &Device::flex(), |_| ()) {
        Ok(Training::Trained(trained)) => trained.test_accuracy,
        _ => f64::NAN,
    }
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / values.len() as f64).sqrt()
}

/// Standard deviation of one training's accuracy around the mean of a network's seeds.
fn seed_deviation(first: &[f64], second: &[f64]) -> f64 {
    let squares: f64 = first.iter().zip(second).map(|(a, b)| (a - b).powi(2)).sum();
    (squares / (2 * first.len()) as f64).sqrt()
}
