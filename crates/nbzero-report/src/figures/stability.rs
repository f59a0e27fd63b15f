//! How stable each proxy is between seeds and between sizes of the batch.

use std::collections::BTreeSet;

use nbzero_metrics::Scores;
use serde::Serialize;

use super::relations::{ScoreColumns, agreement};
use crate::entrant::{label, union};
use crate::exhibit::{Exhibit, document};
use crate::number::counted;
use crate::plot::{HeatBlock, HeatMap, HeatRow};
use crate::sheet::{Column, Field, Sheet};
use crate::{Error, Picture, Result};

/// Scores of the same networks, in the same order, with one seed and one size of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct StabilityRun {
    /// Decides initial weights, images and noise.
    pub seed: u64,
    /// Images of the batch.
    pub batch: u32,
    /// The scores.
    pub scores: ScoreColumns,
}

/// How stable proxies are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stability {
    /// The space.
    pub space: String,
    /// Networks that every run has scored.
    pub networks: usize,
    /// Seeds, ascending.
    pub seeds: Vec<u64>,
    /// Sizes of the batch, ascending.
    pub batches: Vec<u32>,
    /// One for each proxy.
    pub rows: Vec<StabilityRow>,
}

/// One proxy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StabilityRow {
    /// The proxy.
    pub name: String,
    /// For each size: mean Spearman's correlation of two seeds.
    pub between_seeds: Vec<Option<f64>>,
    /// For each size but the largest: mean Spearman's correlation with the largest of the same seed.
    pub with_largest: Vec<Option<f64>>,
}

/// Measures how well seeds, and sizes of the batch, agree on how networks rank.
///
/// # Errors
///
/// If there are not two runs, of different seeds or sizes.
pub fn stability(runs: &[StabilityRun]) -> Result<Stability> {
    let seeds: BTreeSet<u64> = runs.iter().map(|run| run.seed).collect();
    let batches: BTreeSet<u32> = runs.iter().map(|run| run.batch).collect();
    let first = runs
        .first()
        .filter(|_| seeds.len() > 1 || batches.len() > 1);
    let first = first.ok_or(Error::TooFewScores {
        report: "the figure of stability",
        needs: "score files of two seeds, or of two sizes of the batch",
    })?;
    let names = union(
        runs.iter()
            .flat_map(|run| &run.scores.proxies)
            .map(|(name, _)| name.as_str()),
    );
    let rows = names.iter().map(|name| {
        let found = |seed: u64, batch: u32| {
            let run = runs
                .iter()
                .find(|run| run.seed == seed && run.batch == batch)?;
            let column = run.scores.proxies.iter().find(|(other, _)| other == name)?;
            Some(&column.1)
        };
        row(name, &seeds, &batches, found)
    });
    Ok(Stability {
        space: first.scores.name.clone(),
        networks: first
            .scores
            .proxies
            .first()
            .map_or(0, |(_, scores)| scores.len()),
        rows: rows.collect(),
        seeds: seeds.into_iter().collect(),
        batches: batches.into_iter().collect(),
    })
}

fn row<'a>(
    name: &str,
    seeds: &BTreeSet<u64>,
    batches: &BTreeSet<u32>,
    found: impl Fn(u64, u32) -> Option<&'a Scores>,
) -> StabilityRow {
    let largest = batches.last().copied().unwrap_or_default();
    let between = |&batch: &u32| {
        let pairs = seeds
            .iter()
            .flat_map(|&a| seeds.range(a + 1..).map(move |&b| (a, b)));
        mean(pairs.filter_map(|(a, b)| agreement(found(a, batch)?, found(b, batch)?)))
    };
    let with_largest = |&batch: &u32| {
        let seeds = seeds.iter();
        mean(seeds.filter_map(|&seed| agreement(found(seed, batch)?, found(seed, largest)?)))
    };
    StabilityRow {
        name: name.to_owned(),
        between_seeds: batches.iter().map(between).collect(),
        with_largest: batches.range(..largest).map(with_largest).collect(),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

impl Stability {
    /// Columns between seeds, and with the largest batch.
    fn columns(&self) -> [Vec<String>; 2] {
        let (largest, smaller) = self.batches.split_last().unwrap_or((&0, &[]));
        [
            self.batches
                .iter()
                .map(|batch| format!("{batch} images"))
                .collect(),
            smaller
                .iter()
                .map(|batch| format!("{batch} and {largest}"))
                .collect(),
        ]
    }
}

impl Exhibit for Stability {
    fn name(&self) -> &'static str {
        "stability"
    }

    fn sheet(&self) -> Sheet {
        let [seeds, batches] = self.columns();
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        let keys = self.batches.iter().map(|batch| format!("seeds_{batch}"));
        let seeds = seeds.iter().map(|name| format!("seeds,\n{name}"));
        columns.extend(
            keys.zip(seeds)
                .map(|(key, heading)| Column::plain(key, heading)),
        );
        let keys = self.batches.iter().map(|batch| format!("batch_{batch}"));
        columns.extend(
            keys.zip(batches)
                .map(|(key, heading)| Column::plain(key, heading)),
        );
        let row = |row: &StabilityRow| {
            let values = row.between_seeds.iter().chain(&row.with_largest);
            let cells = values.map(|&value| Field::Number(value, 2));
            std::iter::once(Field::proxy(&row.name))
                .chain(cells)
                .collect()
        };
        let seeds = self.seeds.iter().map(u64::to_string).collect::<Vec<_>>();
        Sheet {
            title: "How stable proxies are between seeds and sizes of the batch".to_owned(),
            columns,
            rows: self.rows.iter().map(row).collect(),
            notes: vec![
                "What to see: a proxy with a low number on the left ranks networks by its draws as much as by the \
                 networks, and one seed of it proves little; one with a low number on the right needs a larger \
                 batch. No proxy can agree with accuracies better than with itself."
                    .to_owned(),
                format!(
                    "Mean Spearman's correlation over {} of the family {}: between two of the seeds {} with one size \
                     of the batch, and between a smaller batch and the largest with the same seed. Where one of the two \
                     scores is undefined a network is left out. Costs do not depend on either.",
                    counted(self.networks, "network"),
                    self.space,
                    seeds.join(", ")
                ),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        let [seeds, batches] = self.columns();
        let row = |row: &StabilityRow| HeatRow {
            name: label(&row.name).to_owned(),
            values: [row.between_seeds.clone(), row.with_largest.clone()].concat(),
        };
        let block = |title: &str, columns| HeatBlock {
            title: title.to_owned(),
            columns,
        };
        let map = HeatMap {
            rows: self.rows.iter().map(row).collect(),
            blocks: vec![
                block("between two seeds", seeds),
                block("between two batches", batches),
            ],
            branches: Vec::new(),
            scale: "Spearman's correlation".to_owned(),
        };
        map.draw().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use nbzero_metrics::Direction;

    use super::*;

    fn run(seed: u64, batch: u32, values: [f64; 4]) -> StabilityRun {
        let scores = Scores::new(&values, Direction::Higher);
        StabilityRun {
            seed,
            batch,
            scores: ScoreColumns {
                name: "made up".to_owned(),
                proxies: vec![("p".to_owned(), scores)],
            },
        }
    }

    #[test]
    fn seeds_and_batches_are_compared_apart() -> Result<()> {
        let up = [1.0, 2.0, 3.0, 4.0];
        let swapped = [2.0, 1.0, 3.0, 4.0];
        let down = [4.0, 3.0, 2.0, 1.0];
        let found = stability(&[
            run(0, 8, up),
            run(1, 8, down),
            run(0, 16, swapped),
            run(1, 16, down),
        ])?;
        let row = &found.rows[0];
        let close = |found: Option<f64>, expected: f64| {
            assert!(
                (found.unwrap_or(f64::NAN) - expected).abs() < 1e-12,
                "{found:?}"
            );
        };
        close(row.between_seeds[0], -1.0);
        close(row.between_seeds[1], -0.8);
        assert_eq!(row.with_largest.len(), 1);
        close(row.with_largest[0], f64::midpoint(0.8, 1.0));
        Ok(())
    }

    #[test]
    fn a_single_run_compares_with_nothing() {
        assert!(stability(&[run(0, 8, [1.0, 2.0, 3.0, 4.0])]).is_err());
        assert!(stability(&[]).is_err());
    }
}
