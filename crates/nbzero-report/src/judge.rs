//! Proxies judged by what they pick under budgets, every number with its interval.

use nbzero_metrics::{
    Accuracies, BudgetPick, Costs, Interval, MeanBestRank, RankScale, Scores, mean_best_rank,
};
use rayon::prelude::*;
use serde::Serialize;

use crate::entrant::{Entrant, label};
use crate::indices::{ExpectedMbr, Indices, Judging};
use crate::{Estimate, Result};

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
    /// Expected mBR, the same for a search that sees some of the candidates.
    #[serde(flatten)]
    pub expected: ExpectedMbr,
    /// From the smallest budget to the largest.
    pub budgets: Vec<UnderBudget>,
    /// mBR less that of FLOPs: negative is better than FLOPs.
    pub less_flops: Option<Interval>,
    /// What that difference says; `None` for FLOPs itself.
    pub verdict: Option<Verdict>,
    /// Expected mBR less that of FLOPs.
    pub expected_less_flops: Option<Interval>,
    /// What that difference says.
    pub expected_verdict: Option<Verdict>,
}

/// The truth and the costs of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) accuracies: &'a Accuracies,
    pub(crate) costs: &'a Costs,
    pub(crate) judging: Judging,
}

/// mBR on the pool and on each resample, with what is picked.
struct Sampled {
    pool: MeanBestRank,
    resamples: Vec<Option<MeanBestRank>>,
    indices: Indices,
}

impl Ground<'_> {
    /// Judges all entrants on the same resamples.
    pub(crate) fn judge(&self, entrants: &[Entrant]) -> Result<Vec<Judged>> {
        let sampled: Vec<Sampled> = entrants
            .par_iter()
            .map(|entrant| self.sample(&entrant.scores))
            .collect::<Result<_>>()?;
        let flops = entrants.iter().position(|entrant| entrant.name == "flops");
        let pairs = entrants.iter().zip(&sampled).enumerate();
        Ok(pairs
            .map(|(place, (entrant, own))| {
                let other = flops.filter(|flops| *flops != place);
                let less = |of: fn(&Sampled) -> &[f64]| {
                    let pairs = of(own).iter().zip(of(&sampled[other?]));
                    Interval::of(pairs.map(|(own, flops)| Some(own - flops)))
                };
                let less_flops = less(|s| &s.indices.mbr.resamples);
                let expected_less_flops = less(|s| &s.indices.expected.resamples);
                Judged {
                    name: entrant.name.clone(),
                    label: label(&entrant.name).to_owned(),
                    coverage: own.pool.coverage,
                    mbr: own.indices.mbr.estimate(),
                    expected: own.indices.expected_mbr(&self.judging),
                    budgets: (0..own.pool.budgets.len()).map(|i| own.budget(i)).collect(),
                    less_flops,
                    verdict: less_flops.map(Verdict::of),
                    expected_less_flops,
                    expected_verdict: expected_less_flops.map(Verdict::of),
                }
            })
            .collect())
    }

    fn sample(&self, scores: &Scores) -> Result<Sampled> {
        let judge = |scores: &Scores, accuracies: &Accuracies, costs: &Costs| {
            let count = self.judging.budgets;
            mean_best_rank(scores, accuracies, costs, count, RankScale::default())
        };
        let bootstrap = self.judging.bootstrap;
        let mut resamples = Vec::with_capacity(bootstrap.resamples);
        bootstrap.each_resample(scores.len(), |resample| {
            let (scores, costs) = (
                scores.select(resample.rows),
                self.costs.select(resample.rows),
            );
            let accuracies = self.accuracies.resampled(resample);
            resamples.push(judge(&scores, &accuracies, &costs).ok());
        });
        Ok(Sampled {
            pool: judge(scores, self.accuracies, self.costs)?,
            resamples,
            indices: Indices::of(scores, self.accuracies, self.costs, &self.judging)?,
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

/// Two sentences that say which proxies can be told from FLOPs, by either index.
pub(crate) fn against_flops(judged: &[Judged], where_: &str) -> String {
    let sentence = |index: &str, verdict: fn(&Judged) -> Option<Verdict>| {
        let of = |wanted| {
            let named = judged.iter().filter(|j| j.name != "oracle");
            let named = named.filter(|j| verdict(j) == Some(wanted));
            let labels: Vec<&str> = named.map(|j| j.label.as_str()).collect();
            if labels.is_empty() {
                "none".to_owned()
            } else {
                labels.join(", ")
            }
        };
        format!(
            "{index} beside that of FLOPs on {where_} (paired bootstrap, 95%): better {}; worse {}; \
             cannot be decided with this many networks: {}.",
            of(Verdict::Better),
            of(Verdict::Worse),
            of(Verdict::Undecided)
        )
    };
    let expected = judged.first().map(|judged| {
        let index = judged.expected.name();
        format!(" {}", sentence(&index, |judged| judged.expected_verdict))
    });
    let mbr = sentence("mBR", |judged| judged.verdict);
    mbr + &expected.unwrap_or_default()
}
