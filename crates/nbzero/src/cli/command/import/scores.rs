//! `nbzero import scores FILE`: networks that were scored and not trained.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use nbzero_graph::Resolution;
use nbzero_space::{Architecture, Space};
use nbzero_table::{Dataset, Metadata, Score, ScoredNetwork, StageAttributes, Table};

use super::own::dataset;
use super::wrote;
use crate::cli::command::{check_out, resolution, size};
use crate::cli::failure::Failure;
use crate::cli::scored::Scored;
use crate::cli::space::SpaceArgument;
use crate::cli::stored::{cost, narrow};

#[derive(Debug, clap::Args)]
pub(super) struct Scores {
    /// The scores, as `nbzero score --format csv` prints them and `nbzero merge` writes them; plain or compressed
    /// with gzip.
    file: PathBuf,
    /// The search space of the networks: its name, or FILE.toml.
    #[arg(long)]
    space: SpaceArgument,
    /// The dataset that they were scored on: one that nbzero knows, such as cifar100, or any other name.
    #[arg(long)]
    dataset: String,
    /// Number of classes [default: that of the space].
    #[arg(long, value_parser = size)]
    classes: Option<NonZeroUsize>,
    /// Height and width of the images, such as 32 or 48x64 [default: that of the space].
    #[arg(long, value_parser = resolution)]
    resolution: Option<Resolution>,
    /// The table to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Scores {
    pub(super) fn run(&self) -> Result<(), Failure> {
        check_out(&self.out, [&self.file])?;
        let dataset = dataset(&self.dataset)?;
        let space = self.space.read()?;
        let Scored {
            networks,
            definitions,
            mut scores,
        } = Scored::read(&self.file, &space)?;
        let classes = self.classes.map_or(space.classes(), NonZeroUsize::get);
        let resolution = self.resolution.unwrap_or(space.resolution().into());
        let networks = networks.iter().map(|network| {
            let scores = scores.remove(&network.to_string()).unwrap_or_default();
            scored(network, scores, classes, resolution)
        });
        let networks = networks.collect::<Result<Vec<_>, _>>()?;
        let metadata = Metadata {
            classes: Some(narrow(classes)),
            resolution: Some(resolution),
            scores: definitions,
            ..about(&space, dataset)
        };
        let table = Table::from_scores(metadata, networks).map_err(Failure::input)?;
        wrote(&self.out, &table)
    }
}

fn scored(
    network: &Architecture,
    scores: Vec<Score>,
    classes: usize,
    resolution: Resolution,
) -> Result<ScoredNetwork, Failure> {
    let graph = network.graph(classes, resolution);
    Ok(ScoredNetwork {
        arch: network.to_string(),
        flops: cost(graph.flops())?,
        params: cost(graph.params())?,
        depth: graph.depth(),
        stages: StageAttributes::all_of(network),
        scores,
    })
}

fn about(space: &Space, dataset: Dataset) -> Metadata {
    Metadata {
        space: space.name().to_owned(),
        space_definition: space.definition(),
        dataset,
        classes: None,
        resolution: None,
        recipe: "none".to_owned(),
        recipe_details: "none: scores alone".to_owned(),
        seeds: Vec::new(),
        device: "not stated".to_owned(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        scores: Vec::new(),
        images: String::new(),
    }
}
