//! Channel-Bench-Macro: `{"4432214": {"acc": [a, b, c], "mean": m, "std": s, "params": p, "flops": f},
//! ...}`, a file for the chains of ResNet blocks and one for those of MobileNetV2 blocks. The mean and
//! the deviation have to be those of the three.
//!
//! - **Space**: [`ChannelNetwork`], whose layer graph gives the depth and must agree with the
//!   published FLOPs and parameters
//! - **Source**: Su et al. 2021; xiusu/Channel-Bench-Macro, `Results_ResNet.json` and
//!   `Results_MobileNet.json`

use std::path::Path;

use nbzero_space::{Architecture, ChannelNetwork};

use super::draft::{Costs, Draft, Network};
use super::json::{Entry, entries};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Metadata, StageAttributes, Table, read_text};

/// The only dataset of the files.
pub(super) const DATASET: &str = "cifar10";

const CLASSES: u32 = 10;
const RESOLUTION: usize = 32;

/// Reads the file of one of the two halves.
pub(super) fn import(path: &Path, half: PublishedTable) -> ImportResult<Table> {
    let name = half.name();
    let text = read_text(path)?;
    let mut draft = Draft::new(path);
    for entry in entries(path, name, &text)? {
        draft.add(entry.place(), network(&entry, name)?)?;
    }
    draft.finish(metadata(name))
}

fn network(entry: &Entry<'_>, family: &str) -> ImportResult<Network> {
    let network = format!("{family}:{}", entry.key()).parse::<ChannelNetwork>();
    let network = network.map_err(|_| entry.bad_key("seven widths, each 1, 2, 3 or 4"))?;
    let architecture = Architecture::Channel(network);
    let costs = Costs::of(&architecture, CLASSES, RESOLUTION);
    entry.agree("flops", costs.flops)?;
    entry.agree("params", costs.params)?;
    Ok(Network {
        arch: architecture.to_string(),
        costs: costs.into(),
        stages: StageAttributes::all_of(&architecture),
        scores: Vec::new(),
        runs: entry.three_runs("acc", "mean")?,
    })
}

fn metadata(name: &str) -> Metadata {
    Metadata {
        space: name.into(),
        space_definition: None,
        dataset: Dataset::Cifar10,
        classes: Some(CLASSES),
        resolution: Some(RESOLUTION.into()),
        recipe: "channel-bench-macro".into(),
        recipe_details: "60 epochs of batch 256, SGD with momentum 0.9, learning rate 0.1 with \
            cosine decay, weight decay 0.0005; the published accuracy is that of the best epoch \
            on the test images (train.py of the benchmark's repository)"
            .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from xiusu/Channel-Bench-Macro (Su et al. 2021), no licence given; \
            FLOPs and parameters as published, depth from the architecture"
            .into(),
        scores: Vec::new(),
        images: "all 50,000 training and 10,000 test images of CIFAR-10".into(),
    }
}
