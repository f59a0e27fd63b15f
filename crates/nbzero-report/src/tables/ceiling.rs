//! What the noise of training leaves to be ranked: one run of a network judged as a proxy for
//! another run of the same network.

use nbzero_metrics::{
    Accuracies, Correlation, Costs, Direction, Scores, kendall, pearson, spearman,
};
use nbzero_table::Split;
use serde::Serialize;

use crate::indices::{ExpectedMbr, Indices, Judging};
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
    /// Expected mBR, likewise. It does not depend on the size of the pool, so that it can be set beside
    /// that of the proxies.
    #[serde(flatten)]
    pub expected: ExpectedMbr,
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
}

impl NoiseCeiling {
    /// `None` where fewer than two networks have two seeds.
    pub(super) fn of(pool: &Pool<'_>, costs: &Costs, judging: &Judging) -> Result<Option<Self>> {
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
        let one_way = |proxy: &Run, truth: &Run| {
            Indices::of(&proxy.scores, &truth.accuracies, &costs, judging)
        };
        let indices = one_way(&first, &second)?.midpoint(&one_way(&second, &first)?);
        Ok(Some(Self {
            networks: rows.len(),
            lc: pearson(&first.scores, &second.accuracies)?,
            kd: kendall(&first.scores, &second.accuracies)?,
            sr: spearman(&first.scores, &second.accuracies)?,
            mbr: indices.mbr.estimate(),
            expected: indices.expected_mbr(judging),
        }))
    }

    /// Its row of the table; picks of a smaller pool cannot be set beside those of the proxies.
    pub(super) fn fields(&self, seconds: Option<Field>, budgets: usize) -> Vec<Field> {
        let mut fields = vec![
            Field::proxy("noise_ceiling"),
            Field::Count(self.networks),
            Field::Number(Some(self.lc.coverage), 2),
        ];
        fields.extend(seconds);
        fields.extend([
            Field::Paper(self.lc.value, None, 3),
            Field::Paper(self.kd.value, None, 3),
            Field::Paper(self.sr.value, None, 3),
            Field::Estimate(Some(self.mbr), None, 3),
            Field::Measured(Some(self.expected.estimate), 3),
        ]);
        fields.resize(fields.len() + budgets, Field::Absent);
        fields
    }

    /// What the row is and what it forbids to conclude.
    pub(super) fn note(found: Option<&Self>) -> String {
        let Some(Self {
            networks, expected, ..
        }) = found
        else {
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
             pick has another ratio; {} does not depend on the size of the pool.",
            expected.name()
        )
    }
}
