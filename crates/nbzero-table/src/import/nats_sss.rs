//! NATS-Bench's size space: a row a network, with five widths and one accuracy.
//!
//! - **Space**: [`SizeNetwork`], whose layer graph gives all costs and must agree with the file's
//! - **Accuracies**: one test accuracy a network, on CIFAR-10 after 90 epochs
//! - **Source**: Dong et al. 2021; accuracies by changlin31/BossNAS

use std::path::Path;

use nbzero_space::{Architecture, SizeNetwork};

use super::draft::{Costs, Draft, Network, Run};
use super::sheet::{Column, Line, Sheet};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Metadata, StageAttributes, Table, read_text};

/// The only dataset of the file.
pub(super) const DATASET: &str = "cifar10";

const NAME: &str = PublishedTable::NatsSss.name();
const CLASSES: u32 = 10;
const RESOLUTION: usize = 32;

/// Reads the file.
pub(super) fn import(path: &Path) -> ImportResult<Table> {
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let columns = Columns {
        arch: sheet.column("arch")?,
        params: sheet.column("params")?,
        flops: sheet.column("macs_conv_linear")?,
        accuracy: sheet.column("cifar10_test_90ep")?,
        widths: (0..5)
            .filter_map(|layer| sheet.find(&format!("c{layer}")))
            .collect(),
    };
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        draft.add(line.place(), columns.network(line)?)?;
    }
    draft.finish(metadata())
}

struct Columns {
    arch: Column,
    params: Column,
    flops: Column,
    accuracy: Column,
    /// The widths once more, if the file has them.
    widths: Vec<Column>,
}

impl Columns {
    fn network(&self, line: Line<'_>) -> ImportResult<Network> {
        let network = format!("{NAME}:{}", line.text(&self.arch)).parse::<SizeNetwork>();
        let network = network.map_err(|_| {
            line.bad(
                &self.arch,
                "five widths, each a multiple of 8 up to 64, joined by colons",
            )
        })?;
        let architecture = Architecture::Size(network);
        for (column, width) in self.widths.iter().zip(line.text(&self.arch).split(':')) {
            if line.text(column) != width {
                let expected = format!("{width}, as column {}", self.arch.name());
                return Err(line.bad(column, expected));
            }
        }
        let costs = Costs::of(&architecture, CLASSES, RESOLUTION);
        for (column, computed) in [(&self.flops, costs.flops), (&self.params, costs.params)] {
            if line.text(column).parse() != Ok(computed) {
                let expected = format!("{computed}, which the architecture determines");
                return Err(line.bad(column, expected));
            }
        }
        Ok(Network {
            arch: architecture.to_string(),
            costs: costs.into(),
            stages: StageAttributes::all_of(&architecture),
            scores: Vec::new(),
            runs: vec![Run {
                test: line.number_to(&self.accuracy, 100.0)?,
                nas_validation: None,
            }],
        })
    }
}

fn metadata() -> Metadata {
    Metadata {
        space: NAME.into(),
        space_definition: None,
        dataset: Dataset::Cifar10,
        classes: Some(CLASSES),
        resolution: Some(RESOLUTION.into()),
        recipe: "nats-bench-sss".into(),
        recipe_details:
            "90 epochs of batch 256, SGD with Nesterov momentum 0.9, learning rate 0.1 \
            with cosine decay to 0, weight decay 0.0005, random flips and crops"
                .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from the ranking of NATS-Bench's size space (Dong et al. 2021) by \
            changlin31/BossNAS, MIT; FLOPs, parameters and depth from the architecture. Seed 0 \
            stands for the one accuracy that the file has of a network"
            .into(),
        scores: Vec::new(),
        images: "CIFAR-10; the accuracy is that on the 10,000 test images".into(),
    }
}
