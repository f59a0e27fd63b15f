//! A benchmark whose accuracies others have published, with scores of ours.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use nbzero_search::{Costs, Error, Measure};
use nbzero_space::{Architecture, Space};
use nbzero_table::import::{ImportOptions, PublishedTable, import};
use nbzero_table::{Cost, Score, Split, Table};

use crate::failure::Failure;
use crate::scores::ScoreTable;

/// The proxies that decide, as files of ours call them.
const PROXIES: [&str; 3] = ["naswot", "jacob_cov", "log_synflow"];

/// The same as published with the accuracies of NAS-Bench-201, for all cells.
const PUBLISHED: [&str; 3] = [
    "naswot_freerea",
    "jacob_cov_bayeswatch",
    "logsynflow_freerea",
];

/// Whose scores a search looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    /// Ours, from a file.
    Ours(&'a Path),
    /// Those that others have published with the accuracies.
    Published,
}

pub(super) struct Published {
    pub(super) space: Space,
    networks: HashMap<Architecture, Network>,
    /// In plain form.
    scores: Scores,
    whose: &'static str,
}

/// The scores of networks, by the name of the proxy.
type Scores = HashMap<Architecture, HashMap<&'static str, Score>>;

struct Network {
    costs: Costs,
    accuracy: f64,
}

impl Published {
    pub(super) fn open(
        space: Space,
        kind: PublishedTable,
        accuracies: &Path,
        whose: Whose<'_>,
    ) -> Result<Self, Failure> {
        let read = || {
            let table = table(kind, accuracies)?;
            Ok::<_, anyhow::Error>(Self {
                space,
                networks: networks(&table)?,
                scores: match whose {
                    Whose::Ours(path) => read_scores(path)?,
                    Whose::Published => published_scores(&table)?,
                },
                whose: match whose {
                    Whose::Ours(_) => "ours",
                    Whose::Published => "published by others",
                },
            })
        };
        read().map_err(Failure::Input)
    }

    /// How many of the networks that a search may look at have scores.
    pub(super) fn coverage(&self) -> String {
        let plain = self
            .networks
            .keys()
            .filter(|network| network.plain() == **network);
        let plain: Vec<_> = plain.collect();
        let scored = plain
            .iter()
            .filter(|network| self.scores.contains_key(**network));
        format!(
            "{}: scores {}, of {} of the {} networks in plain form, and no others are looked at",
            self.space,
            self.whose,
            scored.count(),
            plain.len()
        )
    }

    pub(super) fn flops_range(&self) -> (f64, f64) {
        let flops = || {
            self.networks
                .values()
                .map(|network| network.costs.flops as f64)
        };
        (
            flops().fold(f64::MAX, f64::min),
            flops().fold(0.0, f64::max),
        )
    }

    pub(super) fn accuracies_within(&self, flops: f64) -> Vec<f64> {
        let within = self.networks.values();
        let within = within.filter(|network| network.costs.flops as f64 <= flops);
        let mut accuracies: Vec<f64> = within.map(|network| network.accuracy).collect();
        accuracies.sort_by(f64::total_cmp);
        accuracies
    }

    pub(super) fn accuracy(&self, network: &Architecture) -> Result<f64, Failure> {
        let known = self.networks.get(network);
        let known = known.with_context(|| format!("{network} has no published accuracy"));
        Ok(known.map_err(Failure::Input)?.accuracy)
    }

    pub(super) fn lookup<'a>(&'a self, proxies: &'a [&'a str]) -> Lookup<'a> {
        Lookup { of: self, proxies }
    }
}

/// Looks up what a search would measure.
pub(super) struct Lookup<'a> {
    of: &'a Published,
    proxies: &'a [&'a str],
}

impl Measure for Lookup<'_> {
    type Error = Failure;

    fn costs(&mut self, network: &Architecture) -> Costs {
        // What has no scores is over every budget.
        let unknown = Costs {
            flops: u64::MAX,
            params: u64::MAX,
            depth: u32::MAX,
            memory: u64::MAX,
        };
        let scored = self.of.scores.contains_key(network);
        let known = self.of.networks.get(network).filter(|_| scored);
        known.map_or(unknown, |network| network.costs)
    }

    fn latency(&mut self, _: &Architecture) -> Result<Option<f64>, Failure> {
        Ok(None)
    }

    fn score(
        &mut self,
        networks: &[Architecture],
        take: &mut dyn FnMut(Vec<Score>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for network in networks {
            let scores = &self.of.scores[network];
            let flops = self.of.networks[network].costs.flops as f64;
            let score = |proxy: &&str| match *proxy {
                "flops" => Score::new(flops),
                other => scores[other].clone(),
            };
            take(self.proxies.iter().map(score).collect())?;
        }
        Ok(())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error.into())
    }
}

fn table(kind: PublishedTable, path: &Path) -> Result<Table> {
    let options = ImportOptions {
        dataset: (kind == PublishedTable::Nb201).then(|| "cifar10".to_owned()),
    };
    Ok(import(kind, path, &options)?)
}

fn networks(table: &Table) -> Result<HashMap<Architecture, Network>> {
    let costs = [Cost::Flops, Cost::Params, Cost::Depth].map(|cost| table.costs(cost));
    let accuracies = table.mean_accuracy(Split::Test);
    let rows = table.architectures().iter().enumerate().map(|(row, arch)| {
        let cost = |of: usize| costs[of][row].with_context(|| format!("{arch} has no costs"));
        let costs = Costs {
            flops: cost(0)?,
            params: cost(1)?,
            depth: u32::try_from(cost(2)?)?,
            memory: 0,
        };
        let accuracy = accuracies[row].with_context(|| format!("{arch} has no accuracy"))?;
        Ok((arch.parse()?, Network { costs, accuracy }))
    });
    rows.collect()
}

/// The published scores of all networks.
fn published_scores(table: &Table) -> Result<Scores> {
    let columns = PUBLISHED.map(|name| table.scores(name));
    let mut all = Scores::new();
    for (row, arch) in table.architectures().iter().enumerate() {
        let mut scores = HashMap::new();
        for (name, column) in PROXIES.iter().zip(&columns) {
            let column = column.as_ref().map_err(|error| anyhow!("{error}"))?;
            scores.insert(*name, column[row].clone());
        }
        all.insert(arch.parse()?, scores);
    }
    Ok(all)
}

fn read_scores(path: &Path) -> Result<Scores> {
    let table = ScoreTable::read(path)?;
    let places = PROXIES.map(|name| Ok((name, table.place(name)?)));
    let places = places.into_iter().collect::<Result<Vec<_>>>();
    let places = places.with_context(|| path.display().to_string())?;
    let network = |(arch, scores): (String, Vec<Score>)| {
        let of = places
            .iter()
            .map(|&(name, place)| (name, scores[place].clone()));
        Ok((arch.parse()?, of.collect()))
    };
    table.networks.into_iter().map(network).collect()
}
