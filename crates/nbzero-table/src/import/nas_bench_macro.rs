//! NAS-Bench-Macro: `{"02012100": {"test_acc": [a, b, c], "mean_acc": m, "std": s, "params": p,
//! "flops": f}, ...}`. The mean and the deviation have to be those of the three.
//!
//! - **Space**: [`MacroNetwork`], whose layer graph gives the depth and must agree with the
//!   published FLOPs and parameters
//! - **Source**: Su et al. 2021; xiusu/NAS-Bench-Macro, `nas-bench-macro_cifar10.json`

use std::path::Path;

use nbzero_space::{Architecture, MacroLayer, MacroNetwork};

use super::draft::{Costs, Draft, Network};
use super::json::{Entry, entries};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Metadata, StageAttributes, Table, read_text};

/// The only dataset of the file.
pub(super) const DATASET: &str = "cifar10";

const CLASSES: u32 = 10;
const RESOLUTION: usize = 32;

const NAME: &str = PublishedTable::NasBenchMacro.name();

/// Reads the file.
pub(super) fn import(path: &Path) -> ImportResult<Table> {
    let text = read_text(path)?;
    let mut draft = Draft::new(path);
    for entry in entries(path, NAME, &text)? {
        draft.add(entry.place(), network(&entry)?)?;
    }
    draft.finish(metadata())
}

fn network(entry: &Entry<'_>) -> ImportResult<Network> {
    let network = format!("{NAME}:{}", entry.key()).parse::<MacroNetwork>();
    let network = network.map_err(|_| entry.bad_key("eight layers, each 0, 1 or 2"))?;
    let costs = Costs::of(&Architecture::Macro(network), CLASSES, RESOLUTION);
    entry.agree("flops", costs.flops)?;
    entry.agree("params", costs.params)?;
    Ok(Network {
        arch: network.to_string(),
        costs: costs.into(),
        stages: stages(network),
        scores: Vec::new(),
        runs: entry.three_runs("test_acc", "mean_acc")?,
    })
}

/// A stage's blocks are its inverted residuals: an identity is none.
fn stages(network: MacroNetwork) -> Vec<StageAttributes> {
    let attributes = |(input, layers): (u32, &[MacroLayer])| StageAttributes {
        input,
        output: 2 * input,
        stride: 2,
        depth: layers
            .iter()
            .map(|l| u32::from(*l != MacroLayer::Identity))
            .sum(),
    };
    let stages = [32, 64, 128].into_iter().zip(network.stages());
    stages.map(attributes).collect()
}

fn metadata() -> Metadata {
    Metadata {
        space: NAME.into(),
        space_definition: None,
        dataset: Dataset::Cifar10,
        classes: Some(CLASSES),
        resolution: Some(RESOLUTION.into()),
        recipe: "nas-bench-macro".into(),
        recipe_details: "50 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1 with \
            cosine decay, weight decay 0.0005; the published accuracy is that of the best epoch \
            on the test images"
            .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from xiusu/NAS-Bench-Macro (Su et al. 2021), Apache-2.0; FLOPs and \
            parameters as published, depth from the architecture"
            .into(),
        scores: Vec::new(),
        images: "all 50,000 training and 10,000 test images of CIFAR-10".into(),
    }
}
