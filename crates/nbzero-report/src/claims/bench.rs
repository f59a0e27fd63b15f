//! One table, with mBR or expected mBR and Kendall's tau of its costs and proxies on every resample.

use nbzero_metrics::{
    Accuracies, Bootstrap, Costs, Pool as Voters, RankScale, Resample, Scores, Subset, kendall,
};
use nbzero_table::{Cost, Table};
use rayon::prelude::*;

use super::series::Series;
use super::splits::{Choice, Split, choices, splits};
use crate::entrant::{COMBINED, Entrant, proxies_in_order};
use crate::indices::{BUDGETS, DRAWS};
use crate::pool::Pool;
use crate::{About, Factors, Result};

/// The index that judges proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    /// The paper's.
    Mbr,
    /// Expected mBR of searches that see [`DRAWS`] candidates.
    Expected,
}

impl Index {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mbr => "mBR",
            Self::Expected => "mBR10",
        }
    }

    /// The paper's number, where this is its index.
    pub(super) fn papers(self, value: Option<f64>) -> Option<f64> {
        value.filter(|_| self == Self::Mbr)
    }

    pub(super) fn of(self, voters: &Voters, subsets: &[Subset]) -> Result<Vec<f64>> {
        Ok(match self {
            Self::Mbr => voters.mean_best_ranks(subsets)?,
            Self::Expected => voters.expected_mean_best_ranks(subsets, &[DRAWS])?,
        })
    }

    fn resampled(
        self,
        voters: &Voters,
        subsets: &[Subset],
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Vec<f64>>> {
        Ok(match self {
            Self::Mbr => voters.resampled(subsets, bootstrap)?,
            Self::Expected => voters.resampled_expected(subsets, &[DRAWS], bootstrap)?,
        })
    }
}

/// A table that is judged.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) index: Index,
    pub(super) about: About,
    pub(super) bootstrap: Bootstrap,
    pub(super) columns: Columns,
    /// Summed output widths of the stages; `None` where networks have no stages.
    pub(super) widths: Option<Vec<f64>>,
    /// Importances of the stage attributes, where they were measured on this table.
    pub(super) factors: Option<Vec<Factors>>,
    /// The index of each entrant under budgets of each cost, in the order of [`Cost::ALL`].
    mbr: Vec<Vec<Series>>,
    tau: Vec<Series>,
    /// The search of all combinations takes long: once for both indices.
    choices: Vec<Choice>,
    splits: Vec<Split>,
}

/// What is judged: columns of equal length, one entry a network.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// FLOPs, params, depth, then the proxies that tell networks apart.
    pub(super) entrants: Vec<Entrant>,
    pub(super) accuracies: Accuracies,
    /// In the order of [`Cost::ALL`].
    costs: Vec<Costs>,
}

/// Number of entrants before the first proxy.
pub(super) const COSTS: usize = Cost::ALL.len();

impl Columns {
    fn new(pool: &Pool<'_>) -> Result<Self> {
        let entrant = |name: &str, scores| Entrant {
            name: name.to_owned(),
            scores,
        };
        let costs = Cost::ALL.into_iter();
        let mut entrants: Vec<Entrant> = costs
            .clone()
            .map(|cost| Ok(entrant(cost.name(), pool.cost_scores(cost)?)))
            .collect::<Result<_>>()?;
        let names = proxies_in_order(pool.table());
        // The logarithm ranks as synflow does: it would vote twice.
        let twice = |name: &str| name == "log_synflow" && names.contains(&"synflow");
        for name in names.iter().filter(|name| !twice(name)) {
            let scores = pool.proxy(name)?;
            if scores.tell_apart() {
                entrants.push(entrant(name, scores));
            }
        }
        Ok(Self {
            entrants,
            accuracies: pool.accuracies.clone(),
            costs: costs.map(|cost| pool.costs(cost)).collect::<Result<_>>()?,
        })
    }

    /// What the networks cost.
    pub(super) fn cost(&self, cost: Cost) -> &Costs {
        &self.costs[cost_place(cost)]
    }

    /// What a bootstrap draws, or a part of it.
    pub(super) fn resampled(&self, resample: Resample<'_>) -> Self {
        let rows = resample.rows;
        let entrant = |entrant: &Entrant| Entrant {
            name: entrant.name.clone(),
            scores: entrant.scores.select(rows),
        };
        Self {
            entrants: self.entrants.iter().map(entrant).collect(),
            accuracies: self.accuracies.resampled(resample),
            costs: self.costs.iter().map(|costs| costs.select(rows)).collect(),
        }
    }

    /// The given entrants, and no others.
    pub(super) fn only(&self, places: &[usize]) -> Self {
        let entrants = places.iter().map(|&place| self.entrants[place].clone());
        Self {
            entrants: entrants.collect(),
            ..self.clone()
        }
    }

    /// A pool in which the entrants from `first` on vote, under budgets of the cost at `place`.
    pub(super) fn voters(&self, first: usize, place: usize) -> Result<Voters> {
        let members: Vec<&Scores> = self.entrants[first..].iter().map(|e| &e.scores).collect();
        Ok(Voters::new(
            &members,
            &self.accuracies,
            &self.costs[place],
            BUDGETS,
            RankScale::default(),
        )?)
    }

    /// A pool of the proxies whose combinations are searched: the first ones, under budgets of FLOPs.
    pub(super) fn combined(&self) -> Result<Voters> {
        let last = self.entrants.len().min(COSTS + COMBINED);
        let places: Vec<usize> = (COSTS..last).collect();
        self.only(&places).voters(0, 0)
    }

    /// Each entrant alone.
    pub(super) fn singles(&self) -> Result<Vec<Subset>> {
        let singles = (0..self.entrants.len()).map(|place| Subset::new(&[place]));
        Ok(singles.collect::<Result<_, _>>()?)
    }

    /// Kendall's tau of each entrant.
    pub(super) fn tau(&self) -> Vec<Option<f64>> {
        let tau = |e: &Entrant| kendall(&e.scores, &self.accuracies).ok()?.value;
        self.entrants.iter().map(tau).collect()
    }
}

impl Bench {
    /// Judges a table; `place` keeps the resamples of several tables apart.
    pub(super) fn new(table: &Table, bootstrap: Bootstrap, place: u64) -> Result<Self> {
        let pool = Pool::new(table)?;
        let about = About::new(&pool, bootstrap)?;
        let bootstrap = Bootstrap {
            seed: bootstrap.seed.wrapping_add(place),
            ..bootstrap
        };
        let columns = Columns::new(&pool)?;
        let index = Index::Mbr;
        let choices = choices(&columns, &bootstrap)?;
        Ok(Self {
            index,
            about,
            bootstrap,
            mbr: under_costs(&columns, index, &bootstrap)?,
            tau: sampled_tau(&columns, &bootstrap),
            splits: splits(&columns, &choices, index)?,
            choices,
            widths: widths(&pool),
            factors: None,
            columns,
        })
    }

    /// The same table, judged by expected mBR.
    pub(super) fn by_expected(&self) -> Result<Self> {
        let index = Index::Expected;
        Ok(Self {
            index,
            about: self.about.clone(),
            bootstrap: self.bootstrap,
            mbr: under_costs(&self.columns, index, &self.bootstrap)?,
            tau: self.tau.clone(),
            splits: splits(&self.columns, &self.choices, index)?,
            choices: self.choices.clone(),
            widths: self.widths.clone(),
            factors: self.factors.clone(),
            columns: self.columns.clone(),
        })
    }

    /// `r1-mini, cifar100`.
    pub(super) fn name(&self) -> String {
        self.about.name()
    }

    /// The proxies: all entrants but the costs.
    pub(super) fn proxies(&self) -> impl Iterator<Item = &str> {
        self.columns
            .entrants
            .iter()
            .skip(COSTS)
            .map(|e| e.name.as_str())
    }

    /// Where an entrant stands. Published tables have the logarithm of synflow alone, which ranks the
    /// same.
    ///
    /// # Errors
    ///
    /// If the table does not have it; the error says what is missing.
    pub(super) fn place(&self, name: &str) -> Result<usize, String> {
        let entrants = &self.columns.entrants;
        let find = |name: &str| entrants.iter().position(|entrant| entrant.name == name);
        let found = match name {
            "synflow" => find(name).or_else(|| find("log_synflow")),
            _ => find(name),
        };
        found.ok_or_else(|| format!("scores of {name} on {}", self.name()))
    }

    /// The index under budgets of FLOPs.
    pub(super) fn mbr(&self, name: &str) -> Result<&Series, String> {
        self.mbr_under(Cost::Flops, name)
    }

    /// The index under budgets of a cost.
    pub(super) fn mbr_under(&self, cost: Cost, name: &str) -> Result<&Series, String> {
        Ok(&self.mbr[cost_place(cost)][self.place(name)?])
    }

    /// Kendall's tau.
    pub(super) fn tau(&self, name: &str) -> Result<&Series, String> {
        Ok(&self.tau[self.place(name)?])
    }

    /// The index of rank votes under budgets of FLOPs, by the places of the voters.
    ///
    /// # Errors
    ///
    /// What an index says where it cannot be computed.
    pub(super) fn votes(&self, subsets: &[Subset]) -> Result<Vec<Series>, String> {
        let judged = self
            .columns
            .voters(0, 0)
            .and_then(|voters| sampled(&voters, subsets, self.index, &self.bootstrap));
        judged.map_err(|error| error.to_string())
    }

    /// Networks to choose on, and others to judge on.
    ///
    /// # Errors
    ///
    /// If there are too few networks or proxies to choose among.
    pub(super) fn splits(&self) -> Result<&[Split], String> {
        if self.proxies().nth(1).is_none() {
            return Err(format!("scores of several proxies on {}", self.name()));
        }
        Ok(&self.splits)
    }
}

fn cost_place(cost: Cost) -> usize {
    let mut all = Cost::ALL.iter();
    all.position(|&other| other == cost)
        .expect("all costs are listed")
}

/// The index of each entrant under budgets of each cost.
fn under_costs(columns: &Columns, index: Index, bootstrap: &Bootstrap) -> Result<Vec<Vec<Series>>> {
    let singles = columns.singles()?;
    let one = |cost| sampled(&columns.voters(0, cost)?, &singles, index, bootstrap);
    (0..COSTS).into_par_iter().map(one).collect()
}

/// The index of each subset on the pool and on each resample.
fn sampled(
    voters: &Voters,
    subsets: &[Subset],
    index: Index,
    bootstrap: &Bootstrap,
) -> Result<Vec<Series>> {
    let values = index.of(voters, subsets)?;
    let resampled = index.resampled(voters, subsets, bootstrap)?;
    let series = |(place, value)| Series {
        value,
        resamples: resampled.iter().map(|mbr| Some(mbr[place])).collect(),
    };
    Ok(values.into_iter().enumerate().map(series).collect())
}

fn sampled_tau(columns: &Columns, bootstrap: &Bootstrap) -> Vec<Series> {
    let mut resampled: Vec<Vec<Option<f64>>> = Vec::with_capacity(bootstrap.resamples);
    bootstrap.each_resample(columns.accuracies.len(), |resample| {
        resampled.push(columns.resampled(resample).tau());
    });
    let series = |(place, value): (usize, Option<f64>)| Series {
        value: value.unwrap_or(f64::NAN),
        resamples: resampled.iter().map(|tau| tau[place]).collect(),
    };
    columns.tau().into_iter().enumerate().map(series).collect()
}

/// Summed output widths; `None` if a network has no stages.
fn widths(pool: &Pool<'_>) -> Option<Vec<f64>> {
    let width = |index| {
        let stages = pool.row(index)?.stages();
        let width: u32 = stages.iter().map(|stage| stage.output).sum();
        (!stages.is_empty()).then(|| f64::from(width))
    };
    (0..pool.len()).map(width).collect()
}
