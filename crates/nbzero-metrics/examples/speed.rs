//! Processor seconds of the heaviest indices; `benches/speed.py` does the same with scipy, numpy and pandas.
//!
//! `cargo run --release -p nbzero-metrics --example speed`

#![allow(clippy::print_stdout, reason = "it prints what it measures")]

use std::sync::OnceLock;
use std::time::Instant;

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Error, Interval, Pool, RankScale, Scores, Subset,
    kendall,
};

const NETWORKS: usize = 10_000;
const PROXIES: usize = 15;
const BUDGETS: usize = 5;

fn main() -> Result<(), Error> {
    let pairs = 1_000_000;
    let scores = Scores::new(&scores(0, pairs), Direction::Higher);
    let accuracies = Accuracies::new(&accuracies(pairs))?;
    let tau = timed("tau-b of 1,000,000 pairs", || kendall(&scores, &accuracies))?;
    println!("  {:?}", tau.value);

    let proxies: Vec<Scores> = (0..PROXIES)
        .map(|proxy| Scores::new(&self::scores(proxy, NETWORKS), Direction::Higher))
        .collect();
    let members: Vec<&Scores> = proxies.iter().collect();
    let accuracies = Accuracies::new(&self::accuracies(NETWORKS))?;
    let costs: Vec<f64> = (0..NETWORKS).map(|row| 7e8 * uniform(2, row)).collect();
    let costs = Costs::new(&costs)?;
    let pool = |count: usize| {
        let scale = RankScale::Candidates;
        Pool::new(&members[..count], &accuracies, &costs, BUDGETS, scale)
    };

    let alone: Vec<Subset> = (0..PROXIES)
        .map(|proxy| Subset::new(&[proxy]))
        .collect::<Result<_, _>>()?;
    let name = "mBR, 1,000 resamples of 15 proxies x 10,000 networks";
    let values = timed(name, || {
        let pool = pool(PROXIES)?;
        Ok((
            pool.mean_best_ranks(&alone)?,
            pool.resampled(&alone, &Bootstrap::default())?,
        ))
    })?;
    let interval = Interval::of(values.1.iter().map(|row| Some(row[0])));
    println!("  {:.6} {interval:?}", values.0[0]);

    let name = "mBR of all 16,383 subsets of 14 proxies x 10,000 networks";
    let best = timed(name, || pool(14)?.best_of_each_size())?;
    for best in best {
        println!("  {:.6} {}", best.hybrid.mean_best_rank, best.hybrid.subset);
    }
    Ok(())
}

/// Runs the work three times and prints the processor seconds of the fastest.
fn timed<T>(name: &str, mut work: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let mut seconds = f64::INFINITY;
    let mut run = || {
        let start = processor_seconds();
        let found = work();
        seconds = seconds.min(processor_seconds() - start);
        found
    };
    run()?;
    run()?;
    let found = run();
    println!("{name}: {seconds:.3} s");
    found
}

/// Seconds that this thread has run, whatever else the machine does; wall-clock seconds where there
/// is no Linux to tell.
fn processor_seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let wall = START.get_or_init(Instant::now).elapsed().as_secs_f64();
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|ns| ns.parse().ok());
    nanoseconds.map_or(wall, |ns: f64| ns / 1e9)
}

/// Accuracies rounded to 0.01, so that some tie.
fn accuracies(rows: usize) -> Vec<f64> {
    let accuracy = |row| 60.0 + 15.0 * uniform(0, row) + 5.0 * uniform(1, row);
    (0..rows)
        .map(|row| (accuracy(row) * 100.0).round() / 100.0)
        .collect()
}

fn scores(proxy: usize, rows: usize) -> Vec<f64> {
    (0..rows)
        .map(|row| uniform(0, row) + 0.7 * uniform(3 + proxy, row))
        .collect()
}

/// A number in [0, 1), a hash of column and row that `speed.py` computes too.
fn uniform(column: usize, row: usize) -> f64 {
    let at = (column as u64) << 32 | row as u64;
    let mut z = (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}
