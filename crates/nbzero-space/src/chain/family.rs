//! The families of chains: one file each, with its block and what its widths must satisfy.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Conv2d, Graph, GraphBuilder, GraphError, NodeId, Shape};

use super::{Chain, mb, r1, r2};
use crate::ArchitectureError;
use crate::lower::{classifier, conv_bn};

/// A network family: the block that all stages repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// `r1`: two 3x3 convolutions, the block of ResNet-18/34 (He et al. 2016).
    R1,
    /// `r2`: 1x1, 3x3, 1x1 bottleneck of a quarter of the width, the block of ResNet-50.
    R2,
    /// `mb`: inverted residual, of expansion 6 where a stage names no other, the block of
    /// MobileNetV2 (Sandler et al. 2018).
    Mb,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::R1, Self::R2, Self::Mb];

    /// The name in architecture strings.
    pub fn name(self) -> &'static str {
        match self {
            Self::R1 => "r1",
            Self::R2 => "r2",
            Self::Mb => "mb",
        }
    }

    /// What every stage width must be a multiple of.
    pub fn width_divisor(self) -> usize {
        match self {
            Self::R2 => r2::REDUCTION,
            Self::R1 | Self::Mb => 1,
        }
    }

    /// The expansion of a stage that names no other; `None` where stages have none.
    pub fn expansion(self) -> Option<usize> {
        (self == Self::Mb).then_some(mb::EXPANSION)
    }

    /// Lowers a chain: stem, blocks, a last convolution if there is one, head.
    pub(super) fn lower(
        self,
        chain: &Chain,
        classes: usize,
        image: Shape,
    ) -> Result<Graph, GraphError> {
        let mut builder = Graph::builder_on(image);
        let stem = Conv2d::new(
            "stem.conv",
            image.channels,
            chain.stem(),
            3,
            chain.stem_stride(),
        );
        let input = builder.input();
        let mut x = conv_bn(&mut builder, input, stem, "stem.bn")?;
        x = self.activation(&mut builder, x);
        builder.end_block(x);
        for (i, stage) in chain.stages().iter().enumerate() {
            for j in 0..stage.depth {
                let block = Block {
                    prefix: format!("stages.{i}.blocks.{j}"),
                    width: stage.width,
                    stride: if j == 0 { stage.stride } else { 1 },
                    expansion: stage.expansion.unwrap_or(mb::EXPANSION),
                };
                x = match self {
                    Self::R1 => r1::lower(&mut builder, x, &block)?,
                    Self::R2 => r2::lower(&mut builder, x, &block)?,
                    Self::Mb => mb::lower(&mut builder, x, &block)?,
                };
                builder.end_block(x);
            }
        }
        if let Some(width) = chain.last() {
            let conv = Conv2d::new("last.conv", builder.shape(x).channels, width, 1, 1);
            x = conv_bn(&mut builder, x, conv, "last.bn")?;
            x = self.activation(&mut builder, x);
        }
        classifier(builder, x, classes)
    }

    /// That of the stem.
    fn activation(self, builder: &mut GraphBuilder, x: NodeId) -> NodeId {
        match self {
            Self::R1 | Self::R2 => builder.relu(x),
            Self::Mb => builder.relu6(x),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Family {
    type Err = ArchitectureError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|family| family.name() == name);
        found.ok_or_else(|| ArchitectureError::UnknownFamily {
            name: name.to_owned(),
        })
    }
}

/// One block to lower.
pub(super) struct Block {
    pub(super) prefix: String,
    pub(super) width: usize,
    pub(super) stride: usize,
    /// Of an inverted residual; the other blocks have none.
    pub(super) expansion: usize,
}

impl Block {
    /// Adds the block's `n`-th convolution, counted from 1, with its batch norm.
    pub(super) fn conv_bn(
        &self,
        builder: &mut GraphBuilder,
        x: NodeId,
        n: usize,
        out_channels: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<NodeId, GraphError> {
        let name = format!("{}.conv{n}", self.prefix);
        let in_channels = builder.shape(x).channels;
        let conv = Conv2d::new(name, in_channels, out_channels, kernel, stride);
        conv_bn(builder, x, conv, format!("{}.bn{n}", self.prefix))
    }

    /// The identity where stride and width allow, else a 1x1 projection with batch norm.
    pub(super) fn resnet_shortcut(
        &self,
        builder: &mut GraphBuilder,
        x: NodeId,
    ) -> Result<NodeId, GraphError> {
        let in_channels = builder.shape(x).channels;
        if self.stride == 1 && in_channels == self.width {
            return Ok(x);
        }
        let prefix = format!("{}.shortcut", self.prefix);
        let conv = Conv2d::new(
            format!("{prefix}.conv"),
            in_channels,
            self.width,
            1,
            self.stride,
        );
        conv_bn(builder, x, conv.projection(), format!("{prefix}.bn"))
    }
}
