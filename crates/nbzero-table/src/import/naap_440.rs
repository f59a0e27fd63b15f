//! NAAP-440: a row a network, with accuracy and loss after each of 90 epochs.
//!
//! - **Space**: chains of 3 or 4 convolutions on CIFAR-10, in the order of their generator, by whose number the
//!   file calls them; a row whose published costs are not those of that network is refused
//! - **Accuracies**: the test accuracy is that after the last epoch
//! - **Scores**: what a training that stops early knows, after 1 to 90 epochs: the test accuracy, and
//!   the sum of the training losses so far (Ru et al. 2021), which is better the lower it is
//! - **Source**: Hakim 2022; talcs/NAAP-440

use std::path::Path;

use nbzero_space::{Architecture, ConvolutionNetwork};

use super::draft::{Costs, Draft, Network, Run};
use super::sheet::{Column, Line, Sheet};
use super::{ImportResult, PublishedTable};
use crate::{
    Dataset, Direction, Metadata, Score, ScoreDefinition, StageAttributes, Table, read_text,
};

/// The only dataset of the file.
pub(super) const DATASET: &str = "cifar10";

/// Epochs after which a training that goes on has scores.
const EARLY: [usize; 10] = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];
const LAST: usize = 90;
const CLASSES: u32 = 10;
const RESOLUTION: usize = 32;

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
        shortcuts: sheet.find("NumSkipConnections"),
        first_width: sheet.find("FirstLayerWidth"),
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
    /// If the file has them: they tell networks of equal costs apart.
    shortcuts: Option<Column>,
    first_width: Option<Column>,
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
        let known = 1..=ConvolutionNetwork::COUNT;
        let number = line.text(&self.number).parse().ok();
        let number = number.filter(|number| known.contains(number));
        let number: usize = number.ok_or_else(|| {
            let expected = format!("a whole number from 1 to {}", known.end());
            line.bad(&self.number, expected)
        })?;
        let network = ConvolutionNetwork::nth(number - 1);
        let published = network.published_flops(CLASSES as usize, RESOLUTION);
        let shortcuts = network.shortcuts() as u64;
        let architecture = Architecture::Convolutions(network);
        let costs = Costs::of(&architecture, CLASSES, RESOLUTION);
        // The benchmark's depth is without the classifier.
        let layers = u64::from(costs.depth) - 1;
        let stages = StageAttributes::all_of(&architecture);
        let first = stages.first().map_or(0, |stage| u64::from(stage.output));
        let stated = [
            (Some(&self.flops), published),
            (Some(&self.params), costs.params),
            (Some(&self.layers), layers),
            (self.shortcuts.as_ref(), shortcuts),
            (self.first_width.as_ref(), first),
        ];
        for (column, computed) in stated {
            let Some(column) = column else { continue };
            if line.text(column).parse() != Ok(computed) {
                let expected = format!("{computed}, as network {number} of NAAP-440 has");
                return Err(line.bad(column, expected));
            }
        }
        Ok(Network {
            arch: architecture.to_string(),
            costs: costs.into(),
            stages,
            scores: after.into_iter().chain(sums).map(Score::new).collect(),
            runs: vec![Run {
                test: accuracies[LAST - 1],
                nas_validation: None,
            }],
        })
    }
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
        classes: Some(CLASSES),
        resolution: Some(RESOLUTION.into()),
        recipe: "naap-440".into(),
        recipe_details:
            "90 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1 that falls \
            tenfold and restarts every three epochs, weight decay 0.0001, no augmentation (after \
            the settings of its program)"
                .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software:
            "imported from talcs/NAAP-440 (Hakim 2022), MIT; FLOPs, parameters and depth from the \
            architecture"
                .into(),
        scores: accuracies.chain(sums).collect(),
        images:
            "all 50,000 training and 10,000 test images of CIFAR-10; the test accuracy is that \
            after the last epoch"
                .into(),
    }
}
