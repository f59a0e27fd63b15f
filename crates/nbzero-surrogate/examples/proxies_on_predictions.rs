//! How far the indices of proxies on predicted accuracies are from those on measured ones.
//!
//! `cargo run -p nbzero-surrogate --example proxies_on_predictions FULL SCORED PROXY...`: FULL is a
//! table of measured accuracies, SCORED one of some of its networks with scores. 300 of the others
//! are learned from.

#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Direction, Interval, RankScale, Scores, kendall, mean_best_rank,
};
use nbzero_surrogate::{Network, Surrogate, Trained};
use nbzero_table::{Cost, Split, Table};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

const TRAIN: usize = 300;
const DRAWS: usize = 400;
const BUDGETS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut path = || arguments.next().ok_or("two tables are needed");
    let (full, scored) = (Table::open(path()?)?, Table::open(path()?)?);
    let proxies: Vec<String> = arguments.collect();

    let all = Trained::of_table(&full)?;
    let others = all
        .iter()
        .filter(|one| scored.find(one.network.arch()).is_none());
    let others: Vec<&Trained> = others.collect();
    // The table is sorted by names: every so many of it are a sample of its whole.
    let step = others.len() / TRAIN;
    let learned: Vec<Trained> = (0..TRAIN)
        .map(|i| others[i * step + step / 2].clone())
        .collect();
    let surrogate = Surrogate::learn(&learned)?;

    let rows = scored.rows();
    let networks: Vec<Network> = rows
        .map(|row| Network::of_row(row, scored.metadata()))
        .collect::<Result<_, _>>()?;
    let truth: Vec<f64> = scored
        .mean_accuracy(Split::Test)
        .into_iter()
        .flatten()
        .collect();
    let predicted = surrogate.predict(&networks)?;
    let means: Vec<f64> = predicted.iter().map(|prediction| prediction.mean).collect();
    // Draws are of what a network reaches in the mean; the truth is the mean of its few runs.
    let noise = surrogate.run_deviation().unwrap_or(0.0) / (scored.seeds().len() as f64).sqrt();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut draws = surrogate.draw(&networks, DRAWS, 0)?;
    for value in draws.iter_mut().flatten() {
        let normal: f64 = StandardNormal.sample(&mut rng);
        *value += noise * normal;
    }

    let costs: Vec<f64> = scored
        .costs(Cost::Flops)
        .iter()
        .map(|cost| cost.expect("a table of ours has costs") as f64)
        .collect();
    let costs = Costs::new(&costs)?;
    for name in &proxies {
        let scores = match name.as_str() {
            "flops" => Scores::new(costs.values(), Direction::Higher),
            proxy => Scores::new(
                &scored.score_values(proxy)?,
                match scored.direction(proxy)? {
                    nbzero_table::Direction::Higher => Direction::Higher,
                    nbzero_table::Direction::Lower => Direction::Lower,
                },
            ),
        };
        let tau = |scores: &Scores, accuracies: &Accuracies, _: &Costs| {
            kendall(scores, accuracies).ok()?.value
        };
        let mbr = |scores: &Scores, accuracies: &Accuracies, costs: &Costs| {
            let scale = RankScale::default();
            Some(
                mean_best_rank(scores, accuracies, costs, BUDGETS, scale)
                    .ok()?
                    .value,
            )
        };
        show(
            &format!("{name}, tau"),
            &scores,
            &costs,
            (&truth, &means, &draws),
            tau,
        )?;
        show(
            &format!("{name}, mBR"),
            &scores,
            &costs,
            (&truth, &means, &draws),
            mbr,
        )?;
    }
    Ok(())
}

/// An index on the truth with its bootstrap interval, on the predicted means, and on joint draws: by
/// themselves, and with one resample of the networks each.
fn show(
    what: &str,
    scores: &Scores,
    costs: &Costs,
    (truth, means, draws): (&[f64], &[f64], &[Vec<f64>]),
    index: impl Fn(&Scores, &Accuracies, &Costs) -> Option<f64>,
) -> Result<(), Box<dyn Error>> {
    let measured = Accuracies::new(truth)?;
    let resampled = Bootstrap::default().interval(truth.len(), |resample| {
        index(
            &scores.select(resample.rows),
            &measured.resampled(resample),
            &costs.select(resample.rows),
        )
    });
    let on_draws: Vec<Option<f64>> = draws
        .iter()
        .map(|draw| index(scores, &Accuracies::new(draw).ok()?, costs))
        .collect();
    let mean = on_draws.iter().flatten().sum::<f64>() / draws.len() as f64;
    let once = Bootstrap {
        resamples: draws.len(),
        seed: 1,
    };
    let predicted = Accuracies::predicted(means, draws)?;
    let both = once.interval(truth.len(), |resample| {
        index(
            &scores.select(resample.rows),
            &predicted.resampled(resample),
            &costs.select(resample.rows),
        )
    });
    let range = |interval: Option<Interval>| match interval {
        None => "undefined".to_owned(),
        Some(found) => format!("{:.3} to {:.3}", found.low, found.high),
    };
    println!(
        "{what}: measured {:.3} ({}); on means {:.3}; on draws {mean:.3} ({}), and of other networks ({})",
        index(scores, &measured, costs).unwrap_or(f64::NAN),
        range(resampled),
        index(scores, &Accuracies::new(means)?, costs).unwrap_or(f64::NAN),
        range(Interval::of(on_draws)),
        range(both),
    );
    Ok(())
}
