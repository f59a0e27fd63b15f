//! Columns of scores judged without a table.

use nbzero_metrics::{
    Accuracies, BudgetPick, Correlation, Costs, Interval, RankScale, Resample, Scores, kendall,
    mean_best_rank, pearson, spearman,
};
use rayon::prelude::*;
use serde::Serialize;

use crate::indices::Indices;
use crate::{Estimate, Judging, Result};

/// A column of scores as Table 1 judges it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedColumn {
    /// What it is called.
    pub name: String,
    /// Number of networks.
    pub networks: usize,
    /// Fraction of the networks with a defined score, from 0 to 1.
    pub coverage: f64,
    /// Pearson's correlation, over the networks with a defined score; none where it is undefined.
    pub lc: Option<Estimate>,
    /// Kendall's tau-b, undefined scores last.
    pub kd: Option<Estimate>,
    /// Spearman's correlation, undefined scores last.
    pub sr: Option<Estimate>,
    /// What it leads to under budgets; none without costs.
    pub under_budgets: Option<PicksOfColumn>,
}

/// What a column of scores leads to under budgets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PicksOfColumn {
    /// Mean best rank, undefined scores last.
    pub mbr: Estimate,
    /// Expected mBR, the same for a search that sees some of the candidates.
    pub expected: Estimate,
    /// What is picked under each budget, from the smallest to the largest.
    pub picks: Vec<BudgetPick>,
}

/// Judges columns of scores by accuracies, as [`table1`](crate::table1) judges those of a table; under
/// budgets where there are costs. What `judging` says of the kind of cost does not matter.
///
/// # Errors
///
/// If a column has another length than the accuracies, or there are no networks, budgets or draws.
pub fn judge_columns(
    columns: &[(String, Scores)],
    accuracies: &Accuracies,
    costs: Option<&Costs>,
    judging: &Judging,
) -> Result<Vec<JudgedColumn>> {
    let judged = columns.par_iter().map(|(name, scores)| {
        let index = |of: Index| estimate(of, scores, accuracies, judging);
        Ok(JudgedColumn {
            name: name.clone(),
            networks: scores.len(),
            coverage: scores.coverage(),
            lc: index(pearson)?,
            kd: index(kendall)?,
            sr: index(spearman)?,
            under_budgets: costs
                .map(|costs| PicksOfColumn::of(scores, accuracies, costs, judging))
                .transpose()?,
        })
    });
    judged.collect()
}

type Index = fn(&Scores, &Accuracies) -> Result<Correlation, nbzero_metrics::Error>;

fn estimate(
    index: Index,
    scores: &Scores,
    accuracies: &Accuracies,
    judging: &Judging,
) -> Result<Option<Estimate>> {
    let resampled = |resample: Resample<'_>| {
        let scores = scores.select(resample.rows);
        index(&scores, &accuracies.resampled(resample)).ok()?.value
    };
    let value = index(scores, accuracies)?.value;
    let interval = || judging.bootstrap.interval(scores.len(), resampled);
    Ok(value.map(|value| Estimate {
        value,
        interval: interval(),
    }))
}

impl PicksOfColumn {
    fn of(
        scores: &Scores,
        accuracies: &Accuracies,
        costs: &Costs,
        judging: &Judging,
    ) -> Result<Self> {
        let scale = RankScale::default();
        let picked = mean_best_rank(scores, accuracies, costs, judging.budgets, scale)?;
        let indices = Indices::of(scores, accuracies, costs, judging)?;
        let interval: Option<Interval> = indices.mbr.estimate().interval;
        Ok(Self {
            mbr: Estimate {
                value: picked.value,
                interval,
            },
            expected: indices.expected_mbr(judging).estimate,
            picks: picked.budgets,
        })
    }
}

#[cfg(test)]
mod tests {
    use nbzero_metrics::Direction;

    use super::*;

    fn column(name: &str, values: &[f64]) -> (String, Scores) {
        (name.to_owned(), Scores::new(values, Direction::Higher))
    }

    #[test]
    fn the_truth_is_the_best_column_and_its_opposite_the_worst() {
        let truth: Vec<f64> = (0..30).map(f64::from).collect();
        let worst: Vec<f64> = truth.iter().map(|value| -value).collect();
        let accuracies = Accuracies::new(&truth).unwrap();
        let costs: Vec<f64> = (0..30).map(|i| f64::from(i * 7 % 30)).collect();
        let costs = Costs::new(&costs).unwrap();
        let columns = [column("best", &truth), column("worst", &worst)];
        let judged =
            judge_columns(&columns, &accuracies, Some(&costs), &Judging::default()).unwrap();
        let value = |of: Option<Estimate>| of.map(|of| of.value);
        assert_eq!(judged[0].networks, 30);
        for (place, wanted) in [(0, Some(1.0)), (1, Some(-1.0))] {
            let found = [judged[place].lc, judged[place].kd, judged[place].sr];
            for found in found {
                let found = value(found).unwrap();
                assert!((found - wanted.unwrap()).abs() < 1e-12, "{found}");
            }
        }
        let [best, worst] = [0, 1].map(|place| judged[place].under_budgets.as_ref().unwrap());
        assert!(best.mbr.value.abs() < 1e-12 && best.expected.value.abs() < 1e-12);
        assert!(worst.mbr.value > 0.8, "{}", worst.mbr.value);
        assert_eq!(best.picks.len(), 5);
    }

    #[test]
    fn without_costs_there_are_no_budgets_and_lengths_must_fit() {
        let accuracies = Accuracies::new(&[1.0, 2.0, 3.0]).unwrap();
        let judging = Judging::default();
        let of =
            |values: &[f64]| judge_columns(&[column("x", values)], &accuracies, None, &judging);
        let constant = of(&[1.0, 1.0, 1.0]).unwrap();
        assert_eq!((constant[0].kd, &constant[0].under_budgets), (None, &None));
        assert!(of(&[1.0, 2.0]).is_err());
    }
}
