//! The size space of NATS-Bench: one cell, five widths.

use std::fmt;
use std::str::FromStr;

use nbzero_graph::{Graph, GraphError, Shape};

use crate::nb201::{self, CellStage};
use crate::{ArchitectureError, Cell, CellOperation, StageAttributes};

const LAYERS: usize = 5;
const STEP: usize = 8;
const STEPS: usize = 8;

/// The cell of every network.
const CELL: [CellOperation; 6] = [
    CellOperation::Conv3x3,
    CellOperation::Conv3x3,
    CellOperation::Conv3x3,
    CellOperation::SkipConnect,
    CellOperation::Conv3x3,
    CellOperation::Conv3x3,
];

/// A network of NATS-Bench's size space (Dong et al. 2021): a stem, a cell, a residual block of
/// stride 2, a cell, another such block, a cell, head. The cell is
/// `|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|`;
/// where it changes the width, its skip is a 1x1 convolution with batch norm.
///
/// Written as `nats-sss:C0:C1:C2:C3:C4`, the widths of the five as in the benchmark (the stem has
/// the width of the first cell), each a multiple of 8 up to 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeNetwork {
    widths: [usize; LAYERS],
}

impl SizeNetwork {
    pub(crate) const FAMILY: &'static str = "nats-sss";

    /// Number of networks.
    pub const COUNT: usize = 32_768;

    /// Widths that a layer can have.
    pub(crate) const CHOICES: usize = STEPS;

    /// The `index`-th of all networks, in the order of their widths.
    ///
    /// # Panics
    ///
    /// If there is none: there are [`COUNT`](Self::COUNT).
    pub fn nth(index: usize) -> Self {
        assert!(index < Self::COUNT, "there are {} networks", Self::COUNT);
        let mut widths = [STEP; LAYERS];
        let mut rest = index;
        for width in widths.iter_mut().rev() {
            *width += STEP * (rest % STEPS);
            rest /= STEPS;
        }
        Self { widths }
    }

    /// Its place among all networks: the inverse of [`nth`](Self::nth).
    pub fn index(&self) -> usize {
        let widths = self.widths.iter();
        widths.fold(0, |index, width| index * STEPS + width / STEP - 1)
    }

    /// Channels of the five layers: cell, residual block, cell, residual block, cell.
    pub fn widths(&self) -> &[usize; LAYERS] {
        &self.widths
    }

    /// The five layers as stages.
    pub(crate) fn attributes(&self) -> Vec<StageAttributes> {
        let inputs = [&self.widths[..1], &self.widths[..LAYERS - 1]].concat();
        let layers = inputs.into_iter().zip(self.widths).enumerate();
        let attributes = layers.map(|(i, (input, output))| StageAttributes {
            input,
            output,
            stride: 1 + i % 2,
            depth: 1,
        });
        attributes.collect()
    }

    pub(crate) fn lower(self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let [first, reduction, second, last_reduction, last] = self.widths;
        let stage = |reduction, width| CellStage {
            reduction,
            width,
            cells: 1,
        };
        let stages = [
            stage(None, first),
            stage(Some(reduction), second),
            stage(Some(last_reduction), last),
        ];
        nb201::network(Cell::new(CELL), first, &stages, classes, image)
    }
}

impl fmt::Display for SizeNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::FAMILY)?;
        for width in self.widths {
            write!(f, ":{width}")?;
        }
        Ok(())
    }
}

impl FromStr for SizeNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Listed {
            text: text.to_owned(),
            benchmark: "NATS-Bench's size space",
            expected: "nats-sss: and five multiples of 8 up to 64, such as nats-sss:8:8:16:40:40",
        };
        let width = |digits: &str| {
            let width: usize = digits.parse().ok()?;
            let known = width.is_multiple_of(STEP) && (1..=STEPS).contains(&(width / STEP));
            (known && width.to_string() == digits).then_some(width)
        };
        let widths: Option<Vec<usize>> = text.split(':').skip(1).map(width).collect();
        let widths = widths.and_then(|widths| widths.try_into().ok());
        Ok(Self {
            widths: widths.ok_or_else(refused)?,
        })
    }
}
