//! The networks of Channel-Bench-Macro: seven widths in a chain of residual blocks.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use crate::lower::{classifier, conv_bn};
use crate::{ArchitectureError, StageAttributes};

const LAYERS: usize = 7;
/// Widths that a layer can have: 1/4 to 4/4 of its largest.
const QUARTERS: usize = 4;

/// The half of the benchmark that a network belongs to, by its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelBlock {
    /// Two 3x3 convolutions, with a ReLU behind the sum.
    Resnet,
    /// An inverted residual of kernel 3.
    Mobilenet,
}

/// A network of Channel-Bench-Macro (Su et al. 2021, the benchmark of BCNet): a stem of stride 2,
/// then residual blocks of which the third has stride 2 and no shortcut; five blocks of two 3x3
/// convolutions, or four inverted residuals and a 1x1 convolution. ReLU throughout.
///
/// Written as `channel-bench-resnet:DIGITS` and `channel-bench-mobilenet:DIGITS`, seven digits as
/// in the benchmark's files: the quarters of its largest width that each layer has. The digits are
/// of the stem, whose width is that of the first two blocks too, the inner widths of the first
/// three blocks, the outer width of all blocks from the third on, and the inner widths of the last
/// two blocks (of the last block, and the 1x1 convolution's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelNetwork {
    block: ChannelBlock,
    /// From 1 to 4 each.
    quarters: [usize; LAYERS],
}

impl ChannelNetwork {
    /// Number of networks with blocks of one kind.
    pub const COUNT: usize = 16_384;

    /// Widths that a layer can have.
    pub(crate) const CHOICES: usize = QUARTERS;

    /// The `index`-th of all networks with these blocks, in the order of their digits.
    ///
    /// # Panics
    ///
    /// If there is none: there are [`COUNT`](Self::COUNT).
    pub fn nth(block: ChannelBlock, index: usize) -> Self {
        assert!(index < Self::COUNT, "there are {} networks", Self::COUNT);
        let mut quarters = [1; LAYERS];
        let mut rest = index;
        for digit in quarters.iter_mut().rev() {
            *digit += rest % QUARTERS;
            rest /= QUARTERS;
        }
        Self { block, quarters }
    }

    /// Its place among all networks with its blocks: the inverse of [`nth`](Self::nth).
    pub fn index(&self) -> usize {
        let digits = self.quarters.iter();
        digits.fold(0, |index, digit| index * QUARTERS + digit - 1)
    }

    /// The kind of its blocks.
    pub fn block(&self) -> ChannelBlock {
        self.block
    }

    /// Channels of the seven layers, in the order of the digits.
    pub fn widths(&self) -> [usize; LAYERS] {
        let largest = match self.block {
            ChannelBlock::Resnet => [256, 256, 256, 512, 512, 512, 512],
            ChannelBlock::Mobilenet => [128, 768, 768, 768, 256, 1536, 1024],
        };
        let mut widths = largest;
        for (width, quarters) in widths.iter_mut().zip(self.quarters) {
            *width = *width / QUARTERS * quarters;
        }
        widths
    }

    /// The seven layers that have a width of their own as stages.
    pub(crate) fn attributes(&self) -> Vec<StageAttributes> {
        let widths = self.widths();
        let [c1, _, _, c4, c5, ..] = widths;
        let inputs = [3, c1, c1, c1, c4, c5, c5];
        let layers = inputs.into_iter().zip(widths).enumerate();
        let attributes = layers.map(|(i, (input, output))| StageAttributes {
            input,
            output,
            stride: if i == 0 || i == 3 { 2 } else { 1 },
            depth: 1,
        });
        attributes.collect()
    }

    pub(crate) fn lower(self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let [c1, c2, c3, c4, c5, c6, c7] = self.widths();
        let mut builder = Graph::builder_on(image);
        let b = &mut builder;
        let input = b.input();
        let stem = conv_bn(
            b,
            input,
            Conv2d::new("stem.conv", image.channels, c1, 3, 2),
            "stem.bn",
        )?;
        let x = b.relu(stem);
        let mut x = b.end_block(x);
        let blocks = [[c2, c1], [c3, c1], [c4, c5], [c6, c5], [c7, c5]];
        let (blocks, last) = match self.block {
            ChannelBlock::Resnet => (&blocks[..], None),
            ChannelBlock::Mobilenet => (&blocks[..4], Some(c7)),
        };
        for (i, &widths) in blocks.iter().enumerate() {
            let stride = if i == 2 { 2 } else { 1 };
            let prefix = format!("blocks.{i}");
            x = match self.block {
                ChannelBlock::Resnet => resnet(b, x, &prefix, widths, stride)?,
                ChannelBlock::Mobilenet => mobilenet(b, x, &prefix, widths, stride)?,
            };
            b.end_block(x);
        }
        if let Some(width) = last {
            let last = conv_bn(b, x, Conv2d::new("last.conv", c5, width, 1, 1), "last.bn")?;
            x = b.relu(last);
        }
        classifier(builder, x, classes)
    }
}

impl ChannelBlock {
    /// The family of the networks, as their strings begin.
    pub(crate) const fn family(self) -> &'static str {
        match self {
            Self::Resnet => "channel-bench-resnet",
            Self::Mobilenet => "channel-bench-mobilenet",
        }
    }
}

/// Two 3x3 convolutions.
fn resnet(
    b: &mut GraphBuilder,
    x: NodeId,
    prefix: &str,
    [inner, outer]: [usize; 2],
    stride: usize,
) -> Result<NodeId, GraphError> {
    let in_channels = b.shape(x).channels;
    let conv1 = Conv2d::new(format!("{prefix}.conv1"), in_channels, inner, 3, stride);
    let y = conv_bn(b, x, conv1, format!("{prefix}.bn1"))?;
    let y = b.relu(y);
    let conv2 = Conv2d::new(format!("{prefix}.conv2"), inner, outer, 3, 1);
    let y = conv_bn(b, y, conv2, format!("{prefix}.bn2"))?;
    let sum = if stride == 1 { b.add(y, x)? } else { y };
    Ok(b.relu(sum))
}

/// 1x1, depthwise 3x3, 1x1.
fn mobilenet(
    b: &mut GraphBuilder,
    x: NodeId,
    prefix: &str,
    [inner, outer]: [usize; 2],
    stride: usize,
) -> Result<NodeId, GraphError> {
    let in_channels = b.shape(x).channels;
    let conv1 = Conv2d::new(format!("{prefix}.conv1"), in_channels, inner, 1, 1);
    let y = conv_bn(b, x, conv1, format!("{prefix}.bn1"))?;
    let y = b.relu(y);
    let conv2 = Conv2d::new(format!("{prefix}.conv2"), inner, inner, 3, stride);
    let y = conv_bn(b, y, conv2.depthwise(), format!("{prefix}.bn2"))?;
    let y = b.relu(y);
    let conv3 = Conv2d::new(format!("{prefix}.conv3"), inner, outer, 1, 1);
    let y = conv_bn(b, y, conv3, format!("{prefix}.bn3"))?;
    if stride == 1 { b.add(y, x) } else { Ok(y) }
}

impl fmt::Display for ChannelNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.block.family())?;
        self.quarters.iter().try_for_each(|digit| digit.fmt(f))
    }
}

impl FromStr for ChannelNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Listed {
            text: text.to_owned(),
            benchmark: "Channel-Bench-Macro",
            expected: "channel-bench-resnet: or channel-bench-mobilenet: and seven digits from 1 to 4",
        };
        let (family, digits) = text.split_once(':').ok_or_else(refused)?;
        let blocks = [ChannelBlock::Resnet, ChannelBlock::Mobilenet];
        let block = blocks.into_iter().find(|block| block.family() == family);
        let quarter = |digit: char| {
            let quarter = digit.to_digit(10)? as usize;
            (1..=QUARTERS).contains(&quarter).then_some(quarter)
        };
        let quarters: Option<Vec<usize>> = digits.chars().map(quarter).collect();
        let quarters = quarters.and_then(|quarters| quarters.try_into().ok());
        match (block, quarters) {
            (Some(block), Some(quarters)) => Ok(Self { block, quarters }),
            _ => Err(refused()),
        }
    }
}
