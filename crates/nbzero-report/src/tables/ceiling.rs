//! What the noise of training leaves to be ranked: one run of a network judged as a proxy for
//! another run of the same network.

use nbzero_metrics::{
    Accuracies, Bootstrap, Correlation, Costs, Direction, RankScale, Scores, kendall,
    mean_best_rank, pearson, spearman,
};
use nbzero_table::Split;
use serde::Serialize;

use crate::judge::BUDGETS;
use crate::pool::Pool;
use crate::sheet::Field;
use crate::{Estimate, Result};

/// How well one training run of each network ranks another run of the same networks.
///
/// Of every network with at least two seeds that have a test accuracy, the first two are taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NoiseCeiling {
    /// Number of networks with two seeds, at least 2; fewer than the proxies are judged on where
    /// some have one seed.
    pub networks: usize,
    /// Pearson's correlation of the two runs, the same both ways.
    pub lc: Correlation,
    /// Kendall's tau-b, the same both ways.
    pub kd: Correlation,
    /// Spearman's correlation, the same both ways.
    pub sr: Correlation,
    /// Mean best rank in the pool of these networks alone: the mean of the first seed as score with
    /// the second as truth, and of the reverse.
    pub mbr: Estimate,
}

/// One run of each network, as a proxy and as the truth.
struct Run {
    scores: Scores,
    accuracies: Accuracies,
}

impl Run {
    fn new(values: &[f64]) -> Result<Self> {
        Ok(Self {
            scores: Scores::new(values, Direction::Higher),
            accuracies: Accuracies::new(values)?,
        })
    }

    fn select(&self, rows: &[usize]) -> Self {
        Self {
            scores: self.scores.select(rows),
            accuracies: self.accuracies.select(rows),
        }
    }
}

impl NoiseCeiling {
    /// `None` where fewer than two networks have two seeds.
    pub(super) fn of(pool: &Pool<'_>, costs: &Costs, bootstrap: Bootstrap) -> Result<Option<Self>> {
        let two_runs = |index| {
            let mut runs = pool.row(index)?.accuracies(Split::Test);
            Some((index, (runs.next()?.1, runs.next()?.1)))
        };
        let (rows, (first, second)): (Vec<usize>, (Vec<f64>, Vec<f64>)) =
            (0..pool.len()).filter_map(two_runs).unzip();
        if rows.len() < 2 {
            return Ok(None);
        }
        let (first, second) = (Run::new(&first)?, Run::new(&second)?);
        let costs = costs.select(&rows);
        let interval = bootstrap.interval(rows.len(), |drawn| {
            let (first, second) = (first.select(drawn), second.select(drawn));
            both_ways(&first, &second, &costs.select(drawn)).ok()
        });
        Ok(Some(Self {
            networks: rows.len(),
            lc: pearson(&first.scores, &second.accuracies)?,
            kd: kendall(&first.scores, &second.accuracies)?,
            sr: spearman(&first.scores, &second.accuracies)?,
            mbr: Estimate {
                value: both_ways(&first, &second, &costs)?,
                interval,
            },
        }))
    }

    /// Its row of the table; picks of a smaller pool cannot be set beside those of the proxies.
    pub(super) fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::proxy("noise_ceiling"),
            Field::Count(self.networks),
            Field::Number(Some(self.lc.coverage), 2),
            Field::Paper(self.lc.value, None, 3),
            Field::Paper(self.kd.value, None, 3),
            Field::Paper(self.sr.value, None, 3),
            Field::Paper(Some(self.mbr.value), None, 3),
            Field::Range(self.mbr.interval, 3),
        ];
        fields.resize(fields.len() + BUDGETS, Field::Absent);
        fields
    }

    /// What the row is and what it forbids to conclude.
    pub(super) fn note(found: Option<&Self>) -> String {
        let Some(Self { networks, .. }) = found else {
            return "The noise ceiling is not known: fewer than two networks were trained with two \
                    seeds."
                .to_owned();
        };
        format!(
            "Noise ceiling: the accuracy with one seed judged as a proxy for the accuracy with another, \
             on the {networks} networks with at least two seeds (mBR: the first as score and the \
             second as truth, and the reverse, averaged; correlations are the same both ways). That \
             is what training every network once would reach: no proxy at or beyond it can be told \
             to be better or worse than another one there, for what it lacks may be the noise of \
             training. Its mBR is of those networks alone, and in a pool of another size the same \
             pick has another ratio."
        )
    }
}

/// The mean of mBR with either run as the truth.
fn both_ways(first: &Run, second: &Run, costs: &Costs) -> Result<f64> {
    let mbr = |proxy: &Run, truth: &Run| {
        let scale = RankScale::default();
        mean_best_rank(&proxy.scores, &truth.accuracies, costs, BUDGETS, scale)
    };
    let (there, back) = (mbr(first, second)?, mbr(second, first)?);
    Ok(f64::midpoint(there.value, back.value))
}
