//! A table in the making: networks in whatever order the file has them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use nbzero_graph::Resolution;
use nbzero_space::Architecture;

use super::{ImportError, ImportResult};
use crate::check::check;
use crate::{Error, Metadata, Score, Split, StageAttributes, Table};

/// The three costs of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costs {
    pub(super) flops: u64,
    pub(super) params: u64,
    pub(super) depth: u32,
}

impl Costs {
    /// The costs of an architecture's layer graph.
    pub(super) fn of(
        architecture: &Architecture,
        classes: u32,
        resolution: impl Into<Resolution>,
    ) -> Self {
        let costs = architecture.costs(classes as usize, resolution);
        Self {
            flops: costs.flops,
            params: costs.params,
            depth: costs.depth,
        }
    }
}

/// What is known of the three costs of a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct KnownCosts {
    pub(super) flops: Option<u64>,
    pub(super) params: Option<u64>,
    pub(super) depth: Option<u32>,
}

impl From<Costs> for KnownCosts {
    fn from(costs: Costs) -> Self {
        Self {
            flops: Some(costs.flops),
            params: Some(costs.params),
            depth: Some(costs.depth),
        }
    }
}

/// The accuracies of one training run, in percent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) test: f64,
    pub(super) nas_validation: Option<f64>,
}

/// A network of the file.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) arch: String,
    pub(super) costs: KnownCosts,
    pub(super) stages: Vec<StageAttributes>,
    /// In the order of the metadata's definitions.
    pub(super) scores: Vec<Score>,
    /// Run i becomes that of seed i.
    pub(super) runs: Vec<Run>,
}

/// The networks read so far, by architecture string.
pub(super) struct Draft<'a> {
    path: &'a Path,
    networks: BTreeMap<String, (String, Network)>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self {
            path,
            networks: BTreeMap::new(),
        }
    }

    /// Adds a network, which stands at that place of the file and nowhere else.
    pub(super) fn add(&mut self, place: String, network: Network) -> ImportResult<()> {
        match self.networks.entry(network.arch.clone()) {
            Entry::Vacant(entry) => {
                entry.insert((place, network));
                Ok(())
            }
            Entry::Occupied(entry) => Err(ImportError::Duplicate {
                path: self.path.into(),
                arch: network.arch,
                first: entry.get().0.clone(),
                second: place,
            }),
        }
    }

    /// Adds a network, or another run of one that is there: a file that lists each training run
    /// by itself.
    pub(super) fn add_run(&mut self, place: String, network: Network) -> ImportResult<()> {
        match self.networks.get_mut(&network.arch) {
            Some((_, known)) => {
                known.runs.extend(network.runs);
                Ok(())
            }
            None => self.add(place, network),
        }
    }

    /// The table of all networks; seeds are counted from 0.
    pub(super) fn finish(self, mut metadata: Metadata) -> ImportResult<Table> {
        if self.networks.is_empty() {
            return Err(ImportError::Empty {
                path: self.path.into(),
                dataset: metadata.dataset.to_string(),
            });
        }
        let (places, networks): (Vec<String>, Vec<Network>) = self.networks.into_values().unzip();
        let most = networks.iter().map(|network| network.runs.len()).max();
        metadata.seeds = (0..most.unwrap_or_default() as u64).collect();
        let table = table(metadata, networks);
        check(&table).map_err(|what| Error::Invalid { what })?;
        match table.fraction() {
            None => Ok(table),
            Some((row, split, _, value)) => Err(ImportError::Fraction {
                path: self.path.into(),
                place: places[row].clone(),
                split,
                value,
            }),
        }
    }
}

/// The columns of a table, from networks in ascending order.
fn table(metadata: Metadata, networks: Vec<Network>) -> Table {
    let column = |split: Split, seed: usize| {
        let run = |network: &Network| {
            let run = network.runs.get(seed)?;
            match split {
                Split::Test => Some(run.test),
                Split::NasValidation => run.nas_validation,
            }
        };
        networks.iter().map(run).collect::<Vec<_>>()
    };
    let seeds = &metadata.seeds;
    let accuracies = Split::ALL
        .into_iter()
        .flat_map(|split| {
            let of = move |(at, &seed)| ((split, seed), column(split, at));
            seeds.iter().enumerate().map(of)
        })
        .collect();
    let flops = networks.iter().map(|n| n.costs.flops).collect();
    let params = networks.iter().map(|n| n.costs.params).collect();
    let depth = networks.iter().map(|n| n.costs.depth).collect();
    let mut scores: Vec<Vec<Score>> =
        vec![Vec::with_capacity(networks.len()); metadata.scores.len()];
    let (mut architectures, mut stages) = (Vec::new(), Vec::new());
    for network in networks {
        architectures.push(network.arch);
        stages.push(network.stages);
        for (column, score) in scores.iter_mut().zip(network.scores) {
            column.push(score);
        }
    }
    let names = metadata.scores.iter().map(|score| score.name.clone());
    Table {
        scores: names.zip(scores).collect(),
        metadata,
        architectures,
        flops,
        params,
        depth,
        stages,
        accuracies,
        diverged: Vec::new(),
        predicted: None,
    }
}
