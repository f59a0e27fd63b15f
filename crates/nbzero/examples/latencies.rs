//! How repeatable latencies are: Spearman's correlation of two measurements of 100 networks, one after
//! the other, and the median of how far the two are apart.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use burn::tensor::Device;
use nbzero::metrics::{Accuracies, Direction, Scores, spearman};
use nbzero::model::{Network, latency};
use nbzero::space::Space;

const NETWORKS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let space = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "r1-mini".to_owned());
    let space: Space = space.parse()?;
    let sample = space.sample(NETWORKS, 0)?;
    let measure = || -> Vec<f64> {
        let each = sample.iter().map(|architecture| {
            let graph = architecture.graph(space.classes(), space.resolution());
            1e3 * latency(&Network::init(&graph, 0, &Device::flex())).as_secs_f64()
        });
        each.collect()
    };
    let (first, second) = (measure(), measure());
    let scores = Scores::new(&first, Direction::Higher);
    let rho = spearman(&scores, &Accuracies::new(&second)?)?;
    let rho = rho.value.ok_or("all latencies are the same")?;
    let mut apart: Vec<f64> = first
        .iter()
        .zip(&second)
        .map(|(a, b)| (a / b - 1.0).abs())
        .collect();
    apart.sort_by(f64::total_cmp);
    let (least, most) = first
        .iter()
        .fold((f64::MAX, 0.0_f64), |(a, b), &x| (a.min(x), b.max(x)));
    println!("{space}: {NETWORKS} networks of {least:.2} to {most:.2} ms");
    println!("Spearman of two measurements: {rho:.3}");
    println!(
        "median difference: {:.1}%, 90% within {:.1}%",
        100.0 * apart[50],
        100.0 * apart[90]
    );
    Ok(())
}
