//! Figure 10 of the paper: every proxy combined with FLOPs and with params, under FLOPs budgets.

use nbzero_metrics::{Bootstrap, Interval, RankScale, Scores, Subset, rank_vote};
use nbzero_table::{Cost, Table};
use serde::Serialize;

use super::lines::{Band, Bands, DASH};
use crate::entrant::{Entrant, entrants, is_proxy, label};
use crate::exhibit::{Exhibit, document};
use crate::indices::{BUDGETS, EXPECTED};
use crate::judge::Ground;
use crate::plot::look;
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::{About, Estimate, Judged, Picture, Result};

/// Every proxy alone and combined with costs by rank voting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig10 {
    /// What it was measured on.
    pub about: About,
    /// The oracle.
    pub oracle: Judged,
    /// FLOPs alone.
    pub flops: Judged,
    /// One for each proxy of the table.
    pub groups: Vec<Combined>,
}

/// One proxy and its combinations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Combined {
    /// The proxy alone.
    pub alone: Judged,
    /// With FLOPs: the mean of both ranks.
    pub with_flops: Judged,
    /// With parameters.
    pub with_params: Judged,
    /// mBR with FLOPs less that of the proxy alone, paired: both are judged on the same resamples.
    pub flops_gain: Estimate,
    /// The same with parameters.
    pub params_gain: Estimate,
}

/// Measures Figure 10.
///
/// # Errors
///
/// If no network has a test accuracy.
pub fn fig10(table: &Table, bootstrap: Bootstrap) -> Result<Fig10> {
    let pool = Pool::new(table)?;
    let ground = Ground {
        accuracies: &pool.accuracies,
        costs: &pool.costs(Cost::Flops)?,
        judging: bootstrap.into(),
    };
    let own = entrants(&pool)?;
    let mut all: Vec<Entrant> = own.iter().take(2).cloned().collect();
    for proxy in own.iter().filter(|entrant| is_proxy(&entrant.name)) {
        all.push(proxy.clone());
        for cost in [Cost::Flops, Cost::Params] {
            all.push(Entrant {
                name: format!("{}+{}", proxy.name, cost.name()),
                scores: rank_vote(&[&proxy.scores, &pool.cost_scores(cost)?])?,
            });
        }
    }
    let mut judged = ground.judge(&all)?.into_iter();
    let (Some(oracle), Some(flops)) = (judged.next(), judged.next()) else {
        return Err(crate::Error::NoTables { report: "fig10" });
    };
    let mut gains = gains(&own, &ground)?.into_iter();
    let mut groups = Vec::new();
    while let (Some(alone), Some(with_flops), Some(with_params)) =
        (judged.next(), judged.next(), judged.next())
    {
        let Some([flops_gain, params_gain]) = gains.next() else {
            break;
        };
        groups.push(Combined {
            alone,
            with_flops,
            with_params,
            flops_gain,
            params_gain,
        });
    }
    Ok(Fig10 {
        about: About::new(&pool, bootstrap)?,
        oracle,
        flops,
        groups,
    })
}

/// For each proxy, its mBR with FLOPs and with parameters, each less its own.
fn gains(entrants: &[Entrant], ground: &Ground<'_>) -> Result<Vec<[Estimate; 2]>> {
    let place = |wanted: &str| entrants.iter().position(|entrant| entrant.name == wanted);
    let (Some(flops), Some(params)) = (place("flops"), place("params")) else {
        return Err(crate::Error::NoTables { report: "fig10" });
    };
    let mut voters: Vec<&Scores> = vec![&entrants[flops].scores, &entrants[params].scores];
    let proxies = entrants.iter().filter(|entrant| is_proxy(&entrant.name));
    voters.extend(proxies.map(|proxy| &proxy.scores));
    let pool = nbzero_metrics::Pool::new(
        &voters,
        ground.accuracies,
        ground.costs,
        BUDGETS,
        RankScale::default(),
    )?;
    let mut subsets = Vec::new();
    for proxy in 2..voters.len() {
        for members in [&[proxy][..], &[proxy, 0], &[proxy, 1]] {
            subsets.push(Subset::new(members)?);
        }
    }
    let values = pool.mean_best_ranks(&subsets)?;
    let resampled = pool.resampled(&subsets, &ground.judging.bootstrap)?;
    let gain = |alone: usize, with: usize| Estimate {
        value: values[with] - values[alone],
        interval: Interval::of(resampled.iter().map(|mbr| Some(mbr[with] - mbr[alone]))),
    };
    let proxies = (0..subsets.len()).step_by(3);
    Ok(proxies
        .map(|alone| [gain(alone, alone + 1), gain(alone, alone + 2)])
        .collect())
}

impl Combined {
    /// Title and lines; the combinations look like the costs that they are made with.
    fn panel(&self) -> (String, Vec<Band<'_>>) {
        let lines = vec![
            Band::new(&self.alone, &self.alone.name),
            Band::new(&self.with_flops, "flops"),
            Band::new(&self.with_params, "params").dashed(),
        ];
        (label(&self.alone.name).to_owned(), lines)
    }

    fn all(&self) -> [&Judged; 3] {
        [&self.alone, &self.with_flops, &self.with_params]
    }
}

impl Fig10 {
    fn bands(&self) -> Bands<'_> {
        Bands {
            x_name: "budget (% of the range of FLOPs)".to_owned(),
            title: format!("{}: {} networks", self.about.name(), self.about.networks),
            background: vec![Band::new(&self.oracle, "oracle")],
            beside: vec![
                ("with FLOPs", look("flops"), None),
                ("with params", look("params"), Some(DASH)),
            ],
            panels: self.groups.iter().map(Combined::panel).collect(),
        }
    }

    /// How many proxies improve, and which surely.
    fn gains(&self, with: &str, of: fn(&Combined) -> &Estimate) -> String {
        let better = self.groups.iter().filter(|group| of(group).value < 0.0);
        let better = better.count();
        let sure = |is: fn(&Interval) -> bool| {
            let sure = self.groups.iter();
            let sure = sure.filter(|group| of(group).interval.as_ref().is_some_and(is));
            let labels: Vec<&str> = sure.map(|group| group.alone.label.as_str()).collect();
            if labels.is_empty() {
                "none".to_owned()
            } else {
                labels.join(", ")
            }
        };
        format!(
            "With {with}, the mBR of {better} of {} proxies is lower than alone; surely so (paired \
             bootstrap, 95%): {}; surely higher: {}.",
            self.groups.len(),
            sure(|interval| interval.high < 0.0),
            sure(|interval| interval.low > 0.0),
        )
    }
}

impl Exhibit for Fig10 {
    fn name(&self) -> &'static str {
        "fig10"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![
            Column::plain("proxy", "Proxy"),
            Column::estimate("mbr", "mBR 95%"),
            Column::measured("mbr10", "mBR10 95%"),
        ];
        columns.extend((1..=BUDGETS).map(|i| {
            let percent = 100 * i / BUDGETS;
            Column::estimate(format!("accuracy_{percent}"), format!("{percent}%"))
        }));
        let row = |judged: &Judged| {
            let mut fields = vec![
                Field::proxy(&judged.name),
                Field::estimate(judged.mbr, 3),
                Field::Measured(Some(judged.expected.estimate), 3),
            ];
            let budgets = judged.budgets.iter();
            fields.extend(budgets.map(|budget| Field::estimate(budget.accuracy, 1)));
            fields
        };
        let groups = self.groups.iter().flat_map(Combined::all);
        let all = [&self.oracle, &self.flops].into_iter().chain(groups);
        Sheet {
            title: "Figure 10: every proxy combined with FLOPs and with params".to_owned(),
            columns,
            rows: all.map(row).collect(),
            notes: vec![
                "What to see: where the grey lines (with FLOPs, with params) lie below the coloured one \
                 in the upper half, or above it in the lower half, the cost helps the proxy; within \
                 the band the difference may be chance."
                    .to_owned(),
                self.about.measured(),
                format!(
                    "Combined by rank voting (the mean of both ranks); mBR under five FLOPs budgets \
                     and the accuracy of the pick under each, with 95% bootstrap intervals ({} \
                     resamples); {EXPECTED}.",
                    self.about.resamples
                ),
                self.gains("FLOPs", |group| &group.flops_gain),
                self.gains("params", |group| &group.params_gain),
                "The paper says: nearly every proxy improves; zen goes from 73.1, 75.9, 75.5, 77.6 \
                 and 76.3% to 73.1, 76.0, 76.7, 77.6 and 77.3% with FLOPs."
                    .to_owned(),
            ],
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.bands().draw().map(Some)
    }
}
