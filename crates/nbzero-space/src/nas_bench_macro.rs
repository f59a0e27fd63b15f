//! The networks of NAS-Bench-Macro: eight layers, each one of three.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use crate::ArchitectureError;
use crate::lower::{classifier, conv_bn};

/// Layers of each stage; the first of a stage has stride 2 and doubles the channels.
const STAGES: [usize; 3] = [2, 3, 3];
const LAYERS: usize = 8;
const STEM: usize = 32;
const LAST: usize = 1280;

/// What a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MacroLayer {
    /// `0`: the identity; a 1x1 convolution with batch norm where the shape changes.
    Identity,
    /// `1`: an inverted residual of kernel 3 and expansion 3.
    Kernel3Expansion3,
    /// `2`: an inverted residual of kernel 5 and expansion 6.
    Kernel5Expansion6,
}

/// A network of NAS-Bench-Macro (Su et al. 2021, table 1): a stem of 32 channels, eight layers in
/// stages of 2, 3 and 3, a 1x1 convolution to 1280 channels, head; ReLU throughout.
///
/// Written as `nas-bench-macro:DIGITS`, one digit a layer, as in the benchmark's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacroNetwork {
    layers: [MacroLayer; LAYERS],
}

impl MacroNetwork {
    pub(crate) const FAMILY: &'static str = "nas-bench-macro";

    /// Number of networks.
    pub const COUNT: usize = 6_561;

    /// The `index`-th of all networks: its digits are the number in base 3.
    ///
    /// # Panics
    ///
    /// If there is none: there are [`COUNT`](Self::COUNT).
    pub fn nth(index: usize) -> Self {
        assert!(index < Self::COUNT, "there are {} networks", Self::COUNT);
        let mut layers = [MacroLayer::Identity; LAYERS];
        let mut rest = index;
        for layer in layers.iter_mut().rev() {
            *layer = [
                MacroLayer::Identity,
                MacroLayer::Kernel3Expansion3,
                MacroLayer::Kernel5Expansion6,
            ][rest % 3];
            rest /= 3;
        }
        Self { layers }
    }

    /// Its place among all networks: the inverse of [`nth`](Self::nth).
    pub fn index(&self) -> usize {
        let digits = self.layers.iter().map(|&layer| layer as usize);
        digits.fold(0, |index, digit| index * MacroLayer::COUNT + digit)
    }

    /// The network that stands for all that are the same layers: an identity behind the first layer
    /// of a stage changes nothing, wherever it is, so it comes last. 3,969 networks are left of all.
    pub(crate) fn plain(mut self) -> Self {
        let mut first = 0;
        for depth in STAGES {
            let behind = &mut self.layers[first + 1..first + depth];
            behind.sort_by_key(|&layer| layer == MacroLayer::Identity);
            first += depth;
        }
        self
    }

    /// The layers of each stage: 2, 3 and 3.
    pub fn stages(&self) -> [&[MacroLayer]; 3] {
        let mut rest = &self.layers[..];
        STAGES.map(|depth| {
            let (stage, behind) = rest.split_at(depth);
            rest = behind;
            stage
        })
    }

    pub(crate) fn lower(self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let mut builder = Graph::builder_on(image);
        let b = &mut builder;
        let input = b.input();
        let stem = conv_bn(
            b,
            input,
            Conv2d::new("stem.conv", image.channels, STEM, 3, 1),
            "stem.bn",
        )?;
        let x = b.relu(stem);
        let mut x = b.end_block(x);
        for (stage, layers) in self.stages().into_iter().enumerate() {
            for (j, layer) in layers.iter().enumerate() {
                let (width, stride) = (STEM << (stage + 1), if j == 0 { 2 } else { 1 });
                x = layer.lower(b, x, &format!("stages.{stage}.layers.{j}"), width, stride)?;
                b.end_block(x);
            }
        }
        let from = b.shape(x).channels;
        let last = conv_bn(b, x, Conv2d::new("last.conv", from, LAST, 1, 1), "last.bn")?;
        let last = b.relu(last);
        classifier(builder, last, classes)
    }
}

impl MacroLayer {
    /// Number of kinds.
    pub(crate) const COUNT: usize = 3;

    fn digit(self) -> char {
        match self {
            Self::Identity => '0',
            Self::Kernel3Expansion3 => '1',
            Self::Kernel5Expansion6 => '2',
        }
    }

    fn lower(
        self,
        b: &mut GraphBuilder,
        x: NodeId,
        prefix: &str,
        width: usize,
        stride: usize,
    ) -> Result<NodeId, GraphError> {
        let in_channels = b.shape(x).channels;
        let same = stride == 1 && in_channels == width;
        let (kernel, expansion) = match self {
            Self::Identity if same => return Ok(x),
            Self::Identity => {
                let conv = Conv2d::new(format!("{prefix}.conv1"), in_channels, width, 1, stride);
                return conv_bn(b, x, conv, format!("{prefix}.bn1"));
            }
            Self::Kernel3Expansion3 => (3, 3),
            Self::Kernel5Expansion6 => (5, 6),
        };
        let hidden = expansion * in_channels;
        let conv = |n, from, to, kernel, stride| {
            Conv2d::new(format!("{prefix}.conv{n}"), from, to, kernel, stride)
        };
        let y = conv_bn(
            b,
            x,
            conv(1, in_channels, hidden, 1, 1),
            format!("{prefix}.bn1"),
        )?;
        let y = b.relu(y);
        let depthwise = conv(2, hidden, hidden, kernel, stride).depthwise();
        let y = conv_bn(b, y, depthwise, format!("{prefix}.bn2"))?;
        let y = b.relu(y);
        let y = conv_bn(b, y, conv(3, hidden, width, 1, 1), format!("{prefix}.bn3"))?;
        if same { b.add(y, x) } else { Ok(y) }
    }
}

impl fmt::Display for MacroNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String = self.layers.iter().map(|layer| layer.digit()).collect();
        write!(f, "{}:{digits}", Self::FAMILY)
    }
}

impl FromStr for MacroNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Listed {
            text: text.to_owned(),
            benchmark: "NAS-Bench-Macro",
            expected: "nas-bench-macro: and eight digits from 0 to 2",
        };
        let (_, digits) = text.split_once(':').ok_or_else(refused)?;
        let of_digit = |digit| match digit {
            '0' => Ok(MacroLayer::Identity),
            '1' => Ok(MacroLayer::Kernel3Expansion3),
            '2' => Ok(MacroLayer::Kernel5Expansion6),
            _ => Err(refused()),
        };
        let layers: Vec<MacroLayer> = digits.chars().map(of_digit).collect::<Result<_, _>>()?;
        let layers = layers.try_into().map_err(|_| refused())?;
        Ok(Self { layers })
    }
}
