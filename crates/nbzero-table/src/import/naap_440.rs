//! NAAP-440: a row a network, with accuracy and loss after each of 90 epochs.
//!
//! - **Space**: chains of 3 or 4 convolutions on CIFAR-10. The file numbers them and has no layer
//!   lists, so FLOPs and parameters are taken as published
//! - **Depth**: the convolutions and the classifier
//! - **Accuracies**: the test accuracy is that after the last epoch
//! - **Scores**: what a training that stops early knows, after 1 to 90 epochs: the test accuracy, and
//!   the sum of the training losses so far (Ru et al. 2021), which is better the lower it is
//! - **Source**: Hakim 2022; talcs/NAAP-440

use std::path::Path;

use super::draft::{Costs, Draft, Network, Run};
use super::sheet::{Column, Line, Sheet};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Direction, Metadata, Score, ScoreDefinition, Table, read_text};

/// The only dataset of the file.
pub(super) const DATASET: &str = "cifar10";

/// Epochs after which a training that goes on has scores.
const EARLY: [usize; 10] = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];
const LAST: usize = 90;

const NAME: &str = PublishedTable::Naap440.name();

/// Reads the file.
pub(super) fn import(path: &Path) -> ImportResult<Table> {
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let of_all_epochs = |what: &str| {
        let column = |epoch| sheet.column(format!("e{epoch}{what}"));
        (1..=LAST).map(column).collect::<ImportResult<_>>()
    };
    let columns = Columns {
        number: sheet.column("ModelId")?,
        params: sheet.column("NumParams")?,
        flops: sheet.column("NumMACs")?,
        layers: sheet.column("NumLayers")?,
        accuracies: of_all_epochs("Accuracy")?,
        losses: of_all_epochs("LossMean")?,
    };
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        draft.add(line.place(), columns.network(line)?)?;
    }
    draft.finish(metadata())
}

struct Columns {
    number: Column,
    params: Column,
    flops: Column,
    layers: Column,
    /// After each epoch, as fractions.
    accuracies: Vec<Column>,
    /// Of each epoch: the mean over its batches.
    losses: Vec<Column>,
}

impl Columns {
    fn network(&self, line: Line<'_>) -> ImportResult<Network> {
        let accuracies = self.accuracies.iter();
        let percent = |column| Ok(100.0 * line.number_to(column, 1.0)?);
        let accuracies: Vec<f64> = accuracies.map(percent).collect::<ImportResult<_>>()?;
        let losses = self.losses.iter().map(|column| line.number(column));
        let losses: Vec<f64> = losses.collect::<ImportResult<_>>()?;
        let after = EARLY.map(|epoch| accuracies[epoch - 1]);
        let sums = summed().map(|epoch| losses[..epoch].iter().sum());
        let layers = count(line, &self.layers, 1_000)?;
        Ok(Network {
            arch: format!("{NAME}:{}", count(line, &self.number, u64::MAX)?),
            costs: Costs {
                flops: count(line, &self.flops, u64::MAX)?,
                params: count(line, &self.params, u64::MAX)?,
                depth: 1 + u32::try_from(layers).expect("at most 1,000"),
            }
            .into(),
            stages: Vec::new(),
            scores: after.into_iter().chain(sums).map(Score::new).collect(),
            runs: vec![Run {
                test: accuracies[LAST - 1],
                nas_validation: None,
            }],
        })
    }
}

/// A cell that must hold a whole number from 1 to `most`.
fn count(line: Line<'_>, column: &Column, most: u64) -> ImportResult<u64> {
    let value = line.text(column).parse().ok();
    value
        .filter(|value| (1..=most).contains(value))
        .ok_or_else(|| line.bad(column, "a whole number above 0"))
}

/// Epochs up to which losses are summed: the last accuracy is the table's own, the last sum is not.
fn summed() -> impl Iterator<Item = usize> {
    EARLY.into_iter().chain([LAST])
}

fn metadata() -> Metadata {
    let definition = |name: String, direction, what: String| ScoreDefinition {
        name,
        version: 0,
        direction,
        settings: format!("published by talcs/NAAP-440: {what}"),
    };
    let accuracies = EARLY.into_iter().map(|epoch| {
        let what = format!("the test accuracy after {epoch} of {LAST} epochs");
        definition(format!("accuracy_{epoch:02}"), Direction::Higher, what)
    });
    let sums = summed().map(|epoch| {
        let what = format!("the sum of the mean training losses of the first {epoch} epochs");
        definition(format!("loss_sum_{epoch:02}"), Direction::Lower, what)
    });
    Metadata {
        space: NAME.into(),
        space_definition: None,
        dataset: Dataset::Cifar10,
        classes: Some(10),
        resolution: Some(32.into()),
        recipe: "naap-440".into(),
        recipe_details:
            "90 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1 that falls \
            tenfold and restarts every three epochs, weight decay 0.0001, no augmentation (after \
            the settings of its program)"
                .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from talcs/NAAP-440 (Hakim 2022), MIT; FLOPs (MACs) and parameters as \
            published"
            .into(),
        scores: accuracies.chain(sums).collect(),
        images:
            "all 50,000 training and 10,000 test images of CIFAR-10; the test accuracy is that \
            after the last epoch"
                .into(),
    }
}
