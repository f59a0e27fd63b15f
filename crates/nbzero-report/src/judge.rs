//! Proxies judged by what they pick under budgets, every number with its interval.

use nbzero_metrics::{
    Accuracies, Bootstrap, BudgetPick, Costs, Interval, MeanBestRank, RankScale, Scores,
    mean_best_rank,
};
use serde::Serialize;

use crate::Result;
use crate::entrant::{Entrant, label};

/// Number of budgets, as in the paper: 20%, 40%, 60%, 80% and 100% of the range of the costs.
pub(crate) const BUDGETS: usize = 5;

/// A number and its 95% bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The number on the pool itself.
    pub value: f64,
    /// What it would be for other pools of this size; `None` where no resample defines it.
    pub interval: Option<Interval>,
}

/// What a proxy picks under one budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UnderBudget {
    /// The budget, in the unit of the cost.
    pub budget: f64,
    /// Number of networks that cost no more.
    pub candidates: usize,
    /// Number of candidates that share the best score; the values are means over them.
    pub tied: usize,
    /// The pick's rank over the number of candidates (BR), from 0, the best.
    pub rank: Estimate,
    /// The pick's accuracy in percent.
    pub accuracy: Estimate,
}

/// Whether a proxy's mBR differs from that of FLOPs, by a paired bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole 95% interval of the difference is below 0.
    Better,
    /// The whole 95% interval of the difference is above 0.
    Worse,
    /// The interval holds 0: there are too few networks to tell the two apart.
    Undecided,
}

/// A proxy judged on one pool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// Name as tables and commands write it: `oracle`, `flops`, `grad_norm`.
    pub name: String,
    /// Name as the paper prints it: `Oracle`, `FLOPs`, `grad_norm`.
    pub label: String,
    /// Fraction of the networks for which the proxy is defined, from 0 to 1.
    pub coverage: f64,
    /// Mean best rank, undefined scores last.
    pub mbr: Estimate,
    /// From the smallest budget to the largest.
    pub budgets: Vec<UnderBudget>,
    /// mBR less that of FLOPs: negative is better than FLOPs.
    pub less_flops: Option<Interval>,
    /// What that difference says; `None` for FLOPs itself.
    pub verdict: Option<Verdict>,
}

/// The truth and the costs of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) accuracies: &'a Accuracies,
    pub(crate) costs: &'a Costs,
    pub(crate) bootstrap: Bootstrap,
}

/// mBR on the pool and on each resample.
struct Sampled {
    pool: MeanBestRank,
    resamples: Vec<Option<MeanBestRank>>,
}

impl Ground<'_> {
    /// Judges all entrants on the same resamples.
    pub(crate) fn judge(&self, entrants: &[Entrant]) -> Result<Vec<Judged>> {
        let sampled: Vec<Sampled> = entrants
            .iter()
            .map(|entrant| self.sample(&entrant.scores))
            .collect::<Result<_>>()?;
        let flops = entrants.iter().position(|entrant| entrant.name == "flops");
        let pairs = entrants.iter().zip(&sampled).enumerate();
        Ok(pairs
            .map(|(place, (entrant, own))| {
                let other = flops.filter(|flops| *flops != place);
                let less_flops = other.and_then(|flops| own.less(&sampled[flops]));
                Judged {
                    name: entrant.name.clone(),
                    label: label(&entrant.name).to_owned(),
                    coverage: own.pool.coverage,
                    mbr: own.estimate(|mbr| mbr.value),
                    budgets: (0..own.pool.budgets.len()).map(|i| own.budget(i)).collect(),
                    less_flops,
                    verdict: less_flops.map(Verdict::of),
                }
            })
            .collect())
    }

    fn sample(&self, scores: &Scores) -> Result<Sampled> {
        let judge = |scores: &Scores, accuracies: &Accuracies, costs: &Costs| {
            mean_best_rank(scores, accuracies, costs, BUDGETS, RankScale::default())
        };
        let mut resamples = Vec::with_capacity(self.bootstrap.resamples);
        self.bootstrap.each_resample(scores.len(), |rows| {
            let (accuracies, costs) = (self.accuracies.select(rows), self.costs.select(rows));
            resamples.push(judge(&scores.select(rows), &accuracies, &costs).ok());
        });
        Ok(Sampled {
            pool: judge(scores, self.accuracies, self.costs)?,
            resamples,
        })
    }
}

impl Sampled {
    fn estimate(&self, number: impl Fn(&MeanBestRank) -> f64) -> Estimate {
        let resamples = self.resamples.iter().map(|mbr| mbr.as_ref().map(&number));
        Estimate {
            value: number(&self.pool),
            interval: Interval::of(resamples),
        }
    }

    fn budget(&self, place: usize) -> UnderBudget {
        let pick = self.pool.budgets[place];
        let estimate = |number: fn(&BudgetPick) -> f64| {
            self.estimate(|mbr| mbr.budgets.get(place).map_or(f64::NAN, number))
        };
        UnderBudget {
            budget: pick.budget,
            candidates: pick.candidates,
            tied: pick.tied,
            rank: estimate(|pick| pick.rank_ratio),
            accuracy: estimate(|pick| pick.accuracy),
        }
    }

    fn less(&self, other: &Self) -> Option<Interval> {
        let pairs = self.resamples.iter().zip(&other.resamples);
        Interval::of(pairs.map(|(own, other)| Some(own.as_ref()?.value - other.as_ref()?.value)))
    }
}

impl Verdict {
    fn of(difference: Interval) -> Self {
        if difference.high < 0.0 {
            Self::Better
        } else if difference.low > 0.0 {
            Self::Worse
        } else {
            Self::Undecided
        }
    }
}

/// A sentence that says which proxies can be told from FLOPs.
pub(crate) fn against_flops(judged: &[Judged], where_: &str) -> String {
    let of = |verdict| {
        let named = judged
            .iter()
            .filter(|j| j.name != "oracle" && j.verdict == Some(verdict));
        let labels: Vec<&str> = named.map(|j| j.label.as_str()).collect();
        if labels.is_empty() {
            "none".to_owned()
        } else {
            labels.join(", ")
        }
    };
    format!(
        "mBR beside that of FLOPs on {where_} (paired bootstrap, 95%): better {}; worse {}; cannot \
         be decided with this many networks: {}.",
        of(Verdict::Better),
        of(Verdict::Worse),
        of(Verdict::Undecided)
    )
}
