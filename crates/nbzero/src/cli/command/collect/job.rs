//! The jobs of a collection: which networks are trained with which seeds.

use std::collections::HashMap;
use std::path::Path;

use anyhow::anyhow;
use nbzero_graph::Resolution;
use nbzero_space::{Architecture, Space};

use crate::cli::command::refused;
use crate::cli::failure::Failure;
use crate::cli::list;

/// One network, trained once.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) architecture: Architecture,
    pub(super) seed: u64,
    /// What it will cost, in multiply-accumulates for one image. Every job of a collection sees
    /// the same images as often; small networks take somewhat longer than their share.
    pub(super) flops: u64,
}

/// The architectures that a file lists, each of them of the space and there once.
pub(super) fn listed(space: &Space, path: &Path) -> Result<Vec<Architecture>, Failure> {
    let mut places: HashMap<Architecture, String> = HashMap::new();
    let mut networks = Vec::new();
    for list::Listed { place, text } in list::read(path)? {
        let network: Architecture = text
            .parse()
            .map_err(|error| Failure::Input(refused(&text, &error).context(place.clone())))?;
        if !space.contains(&network) {
            return Err(Failure::Input(anyhow!(
                "{place}: {network} is no network of {space}: leave it out, or give its space"
            )));
        }
        if let Some(first) = places.insert(network.clone(), place.clone()) {
            return Err(Failure::Input(anyhow!(
                "{place}: {network} is on {first} already: leave one of them out"
            )));
        }
        networks.push(network);
    }
    Ok(networks)
}

/// All jobs, seed by seed, each in the order of the networks. A sample is spread from its beginning on, so
/// the first part of any list of jobs covers the range of costs.
pub(super) fn jobs(
    networks: &[Architecture],
    seeds: &[u64],
    classes: usize,
    resolution: Resolution,
) -> Vec<Job> {
    let costs = |one: &Architecture| (one.clone(), one.costs(classes, resolution).flops);
    let networks: Vec<(Architecture, u64)> = networks.iter().map(costs).collect();
    let with = |&seed: &u64| {
        networks.iter().map(move |(architecture, flops)| Job {
            architecture: architecture.clone(),
            seed,
            flops: *flops,
        })
    };
    seeds.iter().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_seed_by_seed_in_the_order_of_the_networks() {
        let names = ["r1:8:24x1s2,32x1s2", "r1:8:16x1s2,32x1s2"];
        let networks = names.map(|name| name.parse().expect("an architecture"));
        let found = jobs(&networks, &[0, 7], 100, 16.into()).into_iter();
        let found: Vec<(String, u64)> = found
            .map(|job| (job.architecture.to_string(), job.seed))
            .collect();
        let pairs = [(names[0], 0), (names[1], 0), (names[0], 7), (names[1], 7)];
        assert_eq!(found, pairs.map(|(name, seed)| (name.to_owned(), seed)));
    }
}
