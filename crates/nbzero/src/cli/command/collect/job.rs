//! The jobs of a collection: which networks are trained with which seeds.

use nbzero_graph::Resolution;
use nbzero_space::{Architecture, Space};

use crate::cli::failure::Failure;

/// One network, trained once.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) architecture: Architecture,
    pub(super) seed: u64,
    /// What it will cost, in multiply-accumulates for one image. Every job of a collection sees
    /// the same images as often; small networks take somewhat longer than their share.
    pub(super) flops: u64,
}

/// Which networks of which sample.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) space: Space,
    pub(super) count: usize,
    /// Only so many of them; `None` for all.
    pub(super) first: Option<usize>,
    pub(super) classes: usize,
    pub(super) resolution: Resolution,
}

impl Sample {
    /// All jobs, seed by seed, each in the order of the sample. A sample is in random order, so
    /// the first part of any list of jobs covers the range of costs.
    pub(super) fn jobs(&self, seeds: &[u64]) -> Result<Vec<Job>, Failure> {
        let mut sample = self.space.sample(self.count, 0).map_err(Failure::input)?;
        sample.truncate(self.first.unwrap_or(self.count));
        let networks: Vec<(Architecture, u64)> = sample
            .into_iter()
            .map(|architecture| {
                let costs = architecture.costs(self.classes, self.resolution);
                (architecture, costs.flops)
            })
            .collect();
        let with = |&seed: &u64| {
            networks.iter().map(move |(architecture, flops)| Job {
                architecture: architecture.clone(),
                seed,
                flops: *flops,
            })
        };
        Ok(seeds.iter().flat_map(with).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize, first: Option<usize>, seeds: &[u64]) -> Vec<(String, u64)> {
        let sample = Sample {
            space: Space::R1Mini,
            count,
            first,
            classes: 100,
            resolution: 16.into(),
        };
        let jobs = sample.jobs(seeds).expect("a small sample").into_iter();
        jobs.map(|job| (job.architecture.to_string(), job.seed))
            .collect()
    }

    #[test]
    fn a_second_seed_may_be_for_the_first_networks_only() {
        // More than 500, where a smaller sample is no longer the beginning of a larger one.
        let all = names(600, None, &[0, 1]);
        assert_eq!(all.len(), 1200);
        assert_eq!(names(600, Some(50), &[1]), all[600..650]);
        assert_eq!(names(600, Some(50), &[0]), all[..50]);
    }
}
