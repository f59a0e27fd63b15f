//! NAS-Bench-201: a row a cell, columns of three datasets beside each other.
//!
//! - **Source**: Dong and Yang 2020. The columns are compiled from publications of others: test
//!   accuracies, synflow, logsynflow and naswot from NiccoloCavagnero/FreeREA; validation
//!   accuracies and zen from automl/NASLib; `jacob_cov` from `BayesWatch`; the further scores from
//!   NAS-Bench-Suite-Zero (Krishnakumar et al. 2022)
//! - **Costs**: as published, which is computed here: in FLOPs batch norm counts 2 for each output,
//!   ReLU 1 and average pooling 9. All 15,625 published rows come out exactly, and a row of others is
//!   refused. CIFAR-100 has no FLOPs; its networks are those of CIFAR-10 with 90 more classes of 64
//!   weights

mod published;

use std::path::Path;

use nbzero_space::{Architecture, Cell, CellNetwork, CellOperation, Skeleton};

use super::draft::{Costs, Draft, Network, Run};
use super::scores::ScoreColumns;
use super::sheet::{Column, Line, Sheet};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Metadata, StageAttributes, Table, read_text};

/// The datasets of the file.
pub(super) const DATASETS: [Dataset; 3] =
    [Dataset::Cifar10, Dataset::Cifar100, Dataset::ImageNet16];

const NAME: &str = PublishedTable::Nb201.name();

/// What differs between the datasets.
struct Part {
    dataset: Dataset,
    classes: u32,
    resolution: usize,
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
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let column = |name: &str| sheet.column(format!("{}{name}", part.prefix));
    let (test, validation) = (column("test_200ep")?, column("val_200ep")?);
    let params = column("params_M")?;
    let flops = sheet.column(part.flops.0)?;
    let scores = ScoreColumns::find(&sheet, published::columns(&part))?;
    let cells = Cells::find(&sheet)?;
    let costs = CellCosts::of(part.classes, part.resolution);
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        let cell = cells.cell(line)?;
        let costs = costs.sum(cell);
        line.agree(&flops, costs.flops - part.flops.1)?;
        line.agree(&params, costs.params)?;
        let network = Network {
            arch: CellNetwork::new(Skeleton::NAS_BENCH_201, cell).to_string(),
            costs: costs.into(),
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

/// The columns that say which cell a row is of: as a string, as numbers, or both.
struct Cells {
    first: Column,
    second: Option<Column>,
}

impl Cells {
    fn find(sheet: &Sheet<'_>) -> ImportResult<Self> {
        let numbers = sheet.find("net");
        match (sheet.column("arch_str"), numbers) {
            (Ok(first), second) => Ok(Self { first, second }),
            (Err(_), Some(first)) => Ok(Self {
                first,
                second: None,
            }),
            (Err(error), None) => Err(error),
        }
    }

    fn cell(&self, line: Line<'_>) -> ImportResult<Cell> {
        let cell = read(line.text(&self.first));
        let cell = cell.ok_or_else(|| line.bad(&self.first, expected()))?;
        match &self.second {
            Some(second) if read(line.text(second)) != Some(cell) => {
                let name = self.first.name();
                Err(line.bad(second, format!("the cell {cell} of column {name}")))
            }
            _ => Ok(cell),
        }
    }
}

/// A cell in any notation, or a network of the benchmark's skeleton.
fn read(text: &str) -> Option<Cell> {
    match text.parse() {
        Ok(Architecture::Cell(network)) if network.skeleton() == Skeleton::NAS_BENCH_201 => {
            Some(*network.cell())
        }
        _ => Cell::from_any_notation(text).ok(),
    }
}

/// What networks of cells cost: sums over the edges of their cell, found on the layer graphs of
/// cells with one edge. Graphs of all 15,625 cells would say the same, and take much longer.
struct CellCosts {
    /// The network whose cells have no edge.
    bare: Costs,
    /// What an edge adds, by its operation.
    edges: Vec<(CellOperation, Costs)>,
}

impl CellCosts {
    fn of(classes: u32, resolution: usize) -> Self {
        let classes = classes as usize;
        let costs = |first| {
            let mut operations = [CellOperation::None; 6];
            operations[0] = first;
            let network = CellNetwork::new(Skeleton::NAS_BENCH_201, Cell::new(operations));
            let own = Architecture::Cell(network).costs(classes, resolution);
            Costs {
                flops: network.published_flops(classes, resolution),
                params: own.params,
                depth: own.depth,
            }
        };
        let bare = costs(CellOperation::None);
        let edge = |operation| {
            let with = costs(operation);
            let added = Costs {
                flops: with.flops - bare.flops,
                params: with.params - bare.params,
                depth: with.depth - bare.depth,
            };
            (operation, added)
        };
        Self {
            bare,
            edges: CellOperation::ALL.map(edge).to_vec(),
        }
    }

    fn sum(&self, cell: Cell) -> Costs {
        let mut sum = self.bare;
        for operation in cell.operations() {
            let known = self.edges.iter().filter(|(known, _)| known == operation);
            for (_, added) in known {
                sum.flops += added.flops;
                sum.params += added.params;
                sum.depth += added.depth;
            }
        }
        sum
    }
}

/// For errors: what a cell looks like.
fn expected() -> String {
    format!(
        "a cell |op~0|+|op~0|op~1|+|op~0|op~1|op~2| of {}, or six numbers from 0 to 4 as NASLib \
         writes it",
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
        space_definition: None,
        dataset: part.dataset,
        classes: Some(part.classes),
        resolution: Some(part.resolution.into()),
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
    use super::*;

    #[test]
    fn sums_over_edges_are_the_costs_of_the_layer_graph() {
        for (classes, resolution) in [(10, 32), (120, 16)] {
            let costs = CellCosts::of(classes, resolution);
            for index in [0, 1, 777, 9_999, 15_624] {
                let cell = Cell::nth(index);
                let network = CellNetwork::new(Skeleton::NAS_BENCH_201, cell);
                let classes = classes as usize;
                let own = Architecture::Cell(network).costs(classes, resolution);
                let sum = costs.sum(cell);
                assert_eq!(
                    sum.flops,
                    network.published_flops(classes, resolution),
                    "{cell}"
                );
                assert_eq!((sum.params, sum.depth), (own.params, own.depth), "{cell}");
            }
        }
    }
}
