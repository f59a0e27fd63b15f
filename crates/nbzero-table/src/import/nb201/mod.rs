//! NAS-Bench-201: a row a cell, columns of three datasets beside each other.
//!
//! - **Source**: Dong and Yang 2020. The columns are compiled from publications of others: test
//!   accuracies, synflow, logsynflow and naswot from NiccoloCavagnero/FreeREA; validation
//!   accuracies and zen from automl/NASLib; `jacob_cov` from `BayesWatch`; the further scores from
//!   NAS-Bench-Suite-Zero (Krishnakumar et al. 2022)
//! - **FLOPs**: as published: batch norm counts 2 for each output, ReLU 1 and average pooling 9.
//!   CIFAR-100 has none; its networks are those of CIFAR-10 with 90 more classes of 64 weights

mod published;

use std::path::Path;

use nbzero_space::{Cell, CellNetwork, CellOperation, Skeleton};

use super::draft::{Costs, Draft, Network, Run};
use super::scores::ScoreColumns;
use super::sheet::Sheet;
use super::{ImportResult, PublishedTable, source};
use crate::{Dataset, Metadata, StageAttributes, Table};

/// The datasets of the file.
pub(super) const DATASETS: [Dataset; 3] =
    [Dataset::Cifar10, Dataset::Cifar100, Dataset::ImageNet16];

const NAME: &str = PublishedTable::Nb201.name();

/// What differs between the datasets.
struct Part {
    dataset: Dataset,
    classes: u32,
    resolution: u32,
    /// Of the names of columns.
    prefix: &'static str,
    /// The column of FLOPs, and how many more this dataset's networks have.
    flops: (&'static str, u64),
    images: &'static str,
}

impl Part {
    fn of(dataset: &str) -> Self {
        let halves = "The test images of the dataset were divided: the test accuracy is that on \
            one half, the NAS validation accuracy that on the other, after the same training";
        match dataset {
            "cifar100" => Self {
                dataset: Dataset::Cifar100,
                classes: 100,
                resolution: 32,
                prefix: "c100_",
                flops: ("c10_flops_M", 90 * 64),
                images: halves,
            },
            "imagenet16" => Self {
                dataset: Dataset::ImageNet16,
                classes: 120,
                resolution: 16,
                prefix: "in16_",
                flops: ("in16_flops_M", 0),
                images: halves,
            },
            _ => Self {
                dataset: Dataset::Cifar10,
                classes: 10,
                resolution: 32,
                prefix: "c10_",
                flops: ("c10_flops_M", 0),
                images: "Two trainings: the test accuracy is that of networks trained on all \
                    50,000 training images, the NAS validation accuracy that on 25,000 of them \
                    after training on the other 25,000",
            },
        }
    }
}

/// Reads the part of one of [`DATASETS`].
pub(super) fn import(path: &Path, dataset: &str) -> ImportResult<Table> {
    let part = Part::of(dataset);
    let sheet = Sheet::read(path, NAME, &source::read(path)?)?;
    let column = |name: &str| sheet.column(format!("{}{name}", part.prefix));
    let (test, validation) = (column("test_200ep")?, column("val_200ep")?);
    let (params, cell) = (column("params_M")?, sheet.column("arch_str")?);
    let flops = sheet.column(part.flops.0)?;
    let scores = ScoreColumns::find(&sheet, published::columns(&part))?;
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        let text = line.text(&cell);
        let parsed: Option<Cell> = text.parse().ok();
        let parsed = parsed.ok_or_else(|| line.bad(&cell, expected()))?;
        let network = Network {
            arch: CellNetwork::new(Skeleton::NAS_BENCH_201, parsed).to_string(),
            costs: Costs {
                flops: line.millions(&flops)? + part.flops.1,
                params: line.millions(&params)?,
                depth: depth(parsed),
            },
            stages: stages(),
            scores: scores.of(line)?,
            runs: vec![Run {
                test: line.number_to(&test, 100.0)?,
                nas_validation: Some(line.number_to(&validation, 100.0)?),
            }],
        };
        draft.add(line.place(), network)?;
    }
    draft.finish(metadata(&part, &scores))
}

/// Convolutions and linear layers, the residual blocks' projections not counted: the stem, two
/// blocks of two convolutions and the classifier, and the convolutions of three stages of five
/// cells.
///
/// The layer graph says the same, but takes much longer for all 15,625 cells.
fn depth(cell: Cell) -> u32 {
    let convolution = |operation: &CellOperation| {
        matches!(operation, CellOperation::Conv1x1 | CellOperation::Conv3x3)
    };
    let counted = cell.operations().iter().filter(|op| convolution(op));
    6 + 15 * counted.map(|_| 1).sum::<u32>()
}

/// For errors: what a cell looks like.
fn expected() -> String {
    format!(
        "a cell |op~0|+|op~0|op~1|+|op~0|op~1|op~2| of {}",
        crate::error::list(CellOperation::ALL.map(CellOperation::name))
    )
}

/// The skeleton's stages of five cells, the same for all.
fn stages() -> Vec<StageAttributes> {
    let stages = [(16, 16, 1), (16, 32, 2), (32, 64, 2)];
    let attributes = |(input, output, stride)| StageAttributes {
        input,
        output,
        stride,
        depth: 5,
    };
    stages.map(attributes).to_vec()
}

fn metadata(part: &Part, scores: &ScoreColumns) -> Metadata {
    Metadata {
        space: NAME.into(),
        dataset: part.dataset,
        classes: part.classes,
        resolution: part.resolution,
        recipe: "nas-bench-201".into(),
        recipe_details: "200 epochs of batch 256, SGD with Nesterov momentum 0.9, learning rate \
            0.1 with cosine decay to 0, weight decay 0.0005, random flips and crops"
            .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from NAS-Bench-201 (Dong and Yang 2020): test accuracies by \
            NiccoloCavagnero/FreeREA (MIT), validation accuracies by automl/NASLib (Apache-2.0). \
            Seed 0 stands for the published mean over seeds (test) and the published value \
            (validation). FLOPs as published: they count batch norm, ReLU and pooling, too"
            .into(),
        scores: scores.definitions(),
        images: part.images.into(),
    }
}

#[cfg(test)]
mod tests {
    use nbzero_space::Architecture;

    use super::*;

    #[test]
    fn depth_counts_the_convolutions_of_all_cells() {
        let none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
        let two = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_3x3~0|none~1|none~2|";
        for (text, layers) in [(none, 6), (two, 36)] {
            let cell: Cell = text.parse().unwrap();
            assert_eq!(depth(cell), layers);
            let network = CellNetwork::new(Skeleton::NAS_BENCH_201, cell);
            assert_eq!(Architecture::Cell(network).costs(10, 32).depth, layers);
        }
    }
}
