//! The cells of NAS-Bench-201 in its skeleton: stem, three stages of equal cells with a residual
//! block of stride 2 between them, head.

mod cell;
mod lower;
mod notation;
mod plain;

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use nbzero_graph::{Function, Graph, GraphError, Op, Pool2d, Shape};

pub use cell::{Cell, CellOperation};
pub(crate) use lower::{CellStage, network};
pub(crate) use notation::refusal;

use crate::ArchitectureError;

/// A network of equal cells (Dong and Yang 2020, figure 1).
///
/// Written as `nb201:CHANNELSxCELLS:CELL`: channels of the first stage, which double from stage to
/// stage, cells in each of the three stages, and the cell as the benchmark writes it. The
/// benchmark's own networks are `nb201:16x5:...`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellNetwork {
    skeleton: Skeleton,
    cell: Cell,
}

/// The size of a network of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skeleton {
    /// Channels of the first stage.
    pub channels: NonZeroUsize,
    /// Cells in each stage.
    pub cells: NonZeroUsize,
}

impl Skeleton {
    /// That of the benchmark: 16 channels, 5 cells a stage.
    pub const NAS_BENCH_201: Self = Self::new(16, 5);

    /// That of `nb201-mini`: 8 channels, one cell a stage.
    pub const MINI: Self = Self::new(8, 1);

    const fn new(channels: usize, cells: usize) -> Self {
        Self {
            channels: NonZeroUsize::new(channels).expect("positive"),
            cells: NonZeroUsize::new(cells).expect("positive"),
        }
    }
}

impl CellNetwork {
    pub(crate) const FAMILY: &'static str = "nb201";

    /// Larger ones are no networks that anybody trains, and all smaller ones are safe to multiply.
    const MOST: usize = 1_000;

    /// The network of a cell.
    pub fn new(skeleton: Skeleton, cell: Cell) -> Self {
        Self { skeleton, cell }
    }

    /// The cell.
    pub fn cell(&self) -> &Cell {
        &self.cell
    }

    /// Its size.
    pub fn skeleton(&self) -> Skeleton {
        self.skeleton
    }

    /// The network of the cell that stands for all that are the same in disguise.
    pub(crate) fn plain(self) -> Self {
        Self::new(self.skeleton, self.cell.plain())
    }

    pub(crate) fn lower(&self, classes: usize, image: Shape) -> Result<Graph, GraphError> {
        let channels = self.skeleton.channels.get();
        let stages = [0, 1, 2].map(|stage| CellStage {
            reduction: (stage > 0).then_some(channels << stage),
            width: channels << stage,
            cells: self.skeleton.cells.get(),
        });
        network(self.cell, channels, &stages, classes, image)
    }

    /// FLOPs as NAS-Bench-201 publishes them.
    ///
    /// Beside the multiply-accumulates of convolutions and of the linear layer, which are all that
    /// [`Costs::flops`](crate::Costs::flops) counts, its program counts 2 for each value that a
    /// batch norm makes, 1 for each of a ReLU, 9 for each of a 3x3 average pool, 4 for each of a
    /// 2x2 one, and takes the global pool for a window of one more than the map, (r + 1)^2 a
    /// channel.
    pub fn published_flops(&self, classes: usize, resolution: usize) -> u64 {
        let graph = crate::Architecture::Cell(*self).graph(classes, resolution);
        let extra = graph.nodes().iter().map(|node| {
            let values = node.shape().numbers();
            match node.op() {
                Op::BatchNorm(_) => 2 * values,
                Op::Function(Function::Relu) => values,
                Op::Pool(Pool2d::AVERAGE) => 9 * values,
                Op::Pool(Pool2d::HALVING) => 4 * values,
                Op::Reduce { .. } => {
                    let map = graph.node(node.inputs()[0]).shape();
                    map.channels as u128 * (map.height as u128 + 1).pow(2)
                }
                _ => 0,
            }
        });
        crate::space::at_most(graph.flops() + extra.sum::<u128>())
    }
}

impl fmt::Display for CellNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Skeleton { channels, cells } = self.skeleton;
        write!(f, "{}:{channels}x{cells}:{}", Self::FAMILY, self.cell)
    }
}

impl FromStr for CellNetwork {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ArchitectureError::Skeleton {
            text: text.to_owned(),
            most: Self::MOST,
        };
        let number = |digits: &str| {
            let number = digits.parse::<NonZeroUsize>().ok();
            number.filter(|n| n.get() <= Self::MOST && n.to_string() == digits)
        };
        let mut parts = text.splitn(3, ':').skip(1);
        let (Some(size), Some(cell)) = (parts.next(), parts.next()) else {
            return Err(refused());
        };
        let (channels, cells) = size.split_once('x').ok_or_else(refused)?;
        let skeleton = Skeleton {
            channels: number(channels).ok_or_else(refused)?,
            cells: number(cells).ok_or_else(refused)?,
        };
        Ok(Self::new(skeleton, cell.parse()?))
    }
}
