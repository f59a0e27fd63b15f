//! Accel-NASBench: a row a training run, seven blocks of inverted residuals in four columns each.
//!
//! - **Space**: stem (3x3 convolution to 32 channels, stride 2); blocks of 16, 24, 40, 80, 112,
//!   192 and 320 channels with expansion e, kernel k, l layers, squeeze-excitation or none; 1x1
//!   convolution to 1,280; linear. With e = 1 a layer has no expanding convolution, and
//!   squeeze-excitation has a quarter of a layer's input channels inside
//! - **Costs**: as published, which is computed here: parameters are all; MACs are those of
//!   convolutions and linear layers, 4 for each output of a batch norm, and for each pooling its
//!   inputs and 1 for each output; squeeze-excitation's biases count nothing. All 5,138 published
//!   rows come out exactly, and a row of others is refused
//! - **Depth**: 3, and for each layer 2, 1 where it expands, 2 where it has squeeze-excitation
//! - **Source**: Ahmad et al. 2024; afzalxo/Accel-NASBench

use std::path::Path;

use super::draft::{Costs, Draft, Network, Run};
use super::sheet::{Column, Line, Sheet};
use super::{ImportResult, PublishedTable};
use crate::{Dataset, Metadata, StageAttributes, Table, read_text};

/// The only dataset of the file.
pub(super) const DATASET: &str = "imagenet";

/// Channels of the stem, then of the blocks.
const WIDTHS: [u32; 8] = [32, 16, 24, 40, 80, 112, 192, 320];
const STRIDES: [u32; 7] = [1, 2, 2, 2, 1, 2, 1];

/// Height and width of the images.
const RESOLUTION: u64 = 224;

const NAME: &str = PublishedTable::AccelNasbench.name();

/// Reads the file.
pub(super) fn import(path: &Path) -> ImportResult<Table> {
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let blocks = (0..STRIDES.len()).map(|index| BlockColumns::find(&sheet, index));
    let blocks: Vec<BlockColumns> = blocks.collect::<ImportResult<_>>()?;
    let [accuracy, macs, params] = ["val_top1", "macs", "params"].map(|name| sheet.column(name));
    let (accuracy, macs, params) = (accuracy?, macs?, params?);
    let top5 = sheet.find("val_top5");
    let mut draft = Draft::new(path);
    for line in sheet.lines() {
        let blocks = blocks.iter().map(|columns| columns.block(line));
        let blocks: Vec<Block> = blocks.collect::<ImportResult<_>>()?;
        let names: Vec<String> = blocks.iter().map(Block::name).collect();
        let costs = costs(&blocks);
        line.agree(&macs, costs.flops)?;
        line.agree(&params, costs.params)?;
        line.at_least(top5.as_ref(), &accuracy)?;
        let network = Network {
            arch: format!("{NAME}:{}", names.join(",")),
            costs: costs.into(),
            stages: stages(&blocks),
            scores: Vec::new(),
            runs: vec![Run {
                test: line.number_to(&accuracy, 100.0)?,
                nas_validation: None,
            }],
        };
        draft.add_run(line.place(), network)?;
    }
    draft.finish(metadata())
}

/// The columns of a block.
struct BlockColumns {
    expansion: Column,
    kernel: Column,
    layers: Column,
    squeeze: Column,
}

/// A block of an architecture.
struct Block {
    expansion: u32,
    kernel: u32,
    layers: u32,
    squeeze: bool,
}

impl BlockColumns {
    fn find(sheet: &Sheet<'_>, index: usize) -> ImportResult<Self> {
        let column = |what| sheet.column(format!("block{index}_{what}"));
        Ok(Self {
            expansion: column("e")?,
            kernel: column("k")?,
            layers: column("l")?,
            squeeze: column("se")?,
        })
    }

    fn block(&self, line: Line<'_>) -> ImportResult<Block> {
        let one_of = |column, known: &[u32]| {
            let value = line.text(column).parse();
            let value = value.ok().filter(|value| known.contains(value));
            value.ok_or_else(|| line.bad(column, format!("one of {known:?}")))
        };
        Ok(Block {
            expansion: one_of(&self.expansion, &[1, 4, 6])?,
            kernel: one_of(&self.kernel, &[3, 5])?,
            layers: one_of(&self.layers, &[1, 2, 3, 4])?,
            squeeze: match line.text(&self.squeeze) {
                "True" => true,
                "False" => false,
                _ => return Err(line.bad(&self.squeeze, "True or False")),
            },
        })
    }
}

impl Block {
    fn name(&self) -> String {
        let squeeze = if self.squeeze { "-se" } else { "" };
        format!(
            "e{}k{}l{}{squeeze}",
            self.expansion, self.kernel, self.layers
        )
    }

    /// See the module's page.
    fn depth(&self) -> u32 {
        let layer = 2 + u32::from(self.expansion > 1) + 2 * u32::from(self.squeeze);
        self.layers * layer
    }
}

/// See the module's page.
fn costs(blocks: &[Block]) -> Costs {
    const LAST: u64 = 1280;
    const CLASSES: u64 = 1000;
    let mut count = Count {
        at: RESOLUTION,
        flops: 0,
        params: 0,
    };
    let [first, .., widest] = WIDTHS.map(u64::from);
    count.conv(3 * first, first, 3, 2);
    let mut input = first;
    for ((block, width), stride) in blocks.iter().zip(&WIDTHS[1..]).zip(STRIDES) {
        for layer in 0..block.layers {
            let stride = if layer == 0 { u64::from(stride) } else { 1 };
            count.layer(block, input, u64::from(*width), stride);
            input = u64::from(*width);
        }
    }
    count.conv(widest * LAST, LAST, 1, 1);
    count.flops += LAST * count.at * count.at + LAST;
    count.flops += LAST * CLASSES;
    count.params += (LAST + 1) * CLASSES;
    Costs {
        flops: count.flops,
        params: count.params,
        depth: 3 + blocks.iter().map(Block::depth).sum::<u32>(),
    }
}

/// Costs so far, and the resolution.
struct Count {
    at: u64,
    flops: u64,
    params: u64,
}

impl Count {
    /// A convolution of so many pairs of channels, and a batch norm.
    fn conv(&mut self, pairs: u64, output: u64, kernel: u64, stride: u64) {
        self.at /= stride;
        let weights = pairs * kernel * kernel;
        self.flops += (weights + 4 * output) * self.at * self.at;
        self.params += weights + 2 * output;
    }

    /// An inverted residual.
    fn layer(&mut self, block: &Block, input: u64, output: u64, stride: u64) {
        let hidden = input * u64::from(block.expansion);
        if block.expansion > 1 {
            self.conv(input * hidden, hidden, 1, 1);
        }
        self.conv(hidden, hidden, u64::from(block.kernel), stride);
        if block.squeeze {
            let inside = input / 4;
            self.flops += hidden * self.at * self.at + hidden + 2 * hidden * inside;
            self.params += 2 * hidden * inside + hidden + inside;
        }
        self.conv(hidden * output, output, 1, 1);
    }
}

fn stages(blocks: &[Block]) -> Vec<StageAttributes> {
    let widths = WIDTHS.windows(2).zip(STRIDES);
    let attributes = |((widths, stride), block): ((&[u32], u32), &Block)| StageAttributes {
        input: widths[0],
        output: widths[1],
        stride,
        depth: block.layers,
    };
    widths.zip(blocks).map(attributes).collect()
}

fn metadata() -> Metadata {
    Metadata {
        space: NAME.into(),
        space_definition: None,
        dataset: Dataset::ImageNet,
        classes: Some(1000),
        resolution: Some(224.into()),
        recipe: "accel-nasbench".into(),
        recipe_details: "the short training scheme of the benchmark, found to rank networks as \
            long training does (Ahmad et al. 2024)"
            .into(),
        seeds: Vec::new(),
        device: "not published".into(),
        software: "imported from afzalxo/Accel-NASBench (Ahmad et al. 2024), Apache-2.0; FLOPs \
            (MACs) and parameters as published, depth from the architecture. Seeds number the \
            runs of a network in the order of the file"
            .into(),
        scores: Vec::new(),
        images: "ImageNet (ILSVRC 2012); the test accuracy is top-1 on its 50,000 validation \
            images, the only ones with public labels beside those for training"
            .into(),
    }
}
