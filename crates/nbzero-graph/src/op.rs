//! The operations that a graph consists of.

use crate::{Axis, BatchNorm, Conv2d, Function, LayerNorm, Linear, Parameter, Window};

/// One operation of a graph. Every input and output is an image map.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// The image itself.
    Input,
    /// Parameters that are a value: no inputs.
    Parameter(Parameter),
    /// Zeros of the input's shape: what a node of a cell has that nothing leads to.
    Zeros,
    /// A convolution.
    Conv2d(Conv2d),
    /// A fully connected layer on the channels.
    Linear(Linear),
    /// Batch normalisation.
    BatchNorm(BatchNorm),
    /// Layer normalisation over the channels.
    LayerNorm(LayerNorm),
    /// A function of each number alone: activations and arithmetic with constants.
    Function(Function),
    /// Softmax over groups of channels: of channel c of each group, the parts that the groups have
    /// sum to 1. As many groups as channels is a softmax over all channels.
    Softmax {
        /// Number of groups, one after another along the channels.
        groups: usize,
    },
    /// A residual addition: the branch is the first input, the shortcut the second, of one shape.
    Add,
    /// A sum of two values, of which lengths of 1 are repeated; unlike [`Add`](Self::Add) no
    /// shortcut, so that it stays where a proxy leaves residual links out.
    Sum,
    /// A product of two values, of which lengths of 1 are repeated.
    Multiply,
    /// Maximum or mean over a window.
    Pool(Pool2d),
    /// One number from all positions of a channel, or from all channels at a position.
    Reduce {
        /// Which number.
        reduction: Reduction,
        /// What it is of.
        over: Over,
    },
    /// The inputs' channels one after another.
    Concat,
    /// A part of a map.
    Slice(Slice),
    /// Zeros before and behind a map.
    Pad {
        /// The direction.
        axis: Axis,
        /// Zeros before.
        before: usize,
        /// Zeros behind.
        behind: usize,
    },
    /// Channel c of group g of the input becomes channel g of group c.
    Shuffle {
        /// Number of groups of the input.
        groups: usize,
    },
    /// The same numbers in the same order, as a map of the node's shape. To a vector it is called
    /// flatten.
    Reshape,
    /// Each value repeated to a rectangle: nearest-neighbour upsampling.
    Upsample {
        /// Height and width of the rectangle.
        factor: [usize; 2],
    },
}

/// Maximum or mean over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool2d {
    /// What is made of a window's values.
    pub kind: PoolKind,
    /// Where the values lie.
    pub window: Window,
    /// Whether there is a last result of a window that is not whole.
    pub ceil: bool,
}

/// What a pool makes of a window's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolKind {
    /// The largest; padding is none.
    Max,
    /// The mean.
    Average {
        /// Whether padding counts, as zeros.
        count_padding: bool,
    },
}

impl Pool2d {
    /// Mean over the 3x3 window around each position, of what lies inside the map.
    pub const AVERAGE: Self = Self {
        kind: PoolKind::Average {
            count_padding: false,
        },
        window: Window::square(3, 1),
        ceil: false,
    };

    /// Mean of each 2x2 square, with a stride of 2; an odd resolution leaves part of a square.
    pub const HALVING: Self = Self {
        window: Window::square(2, 2).with_padding(crate::Padding::same(0)),
        ceil: true,
        ..Self::AVERAGE
    };
}

/// One number from several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// The largest.
    Max,
    /// The square root of the sum of their squares.
    Norm,
}

/// What a reduction is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// All positions; a vector is left.
    Positions,
    /// All channels; a map of one channel is left.
    Channels,
}

/// Every `step`-th of a map's lines along an axis: `length` of them, from `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The direction.
    pub axis: Axis,
    /// The first.
    pub start: usize,
    /// How many are taken.
    pub length: usize,
    /// From one that is taken to the next, 1 where all are.
    pub step: usize,
}

impl Op {
    /// The operation's name in error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Input => "the input",
            Self::Parameter(_) => "parameters",
            Self::Zeros => "zeros",
            Self::Conv2d(_) => "a convolution",
            Self::Linear(_) => "a linear layer",
            Self::BatchNorm(_) => "a batch norm",
            Self::LayerNorm(_) => "a layer norm",
            Self::Function(function) => function.kind(),
            Self::Softmax { .. } => "a softmax",
            Self::Add => "an addition",
            Self::Sum => "a sum",
            Self::Multiply => "a product",
            Self::Pool(pool) => match pool.kind {
                PoolKind::Max => "a max pool",
                PoolKind::Average { .. } => "an average pool",
            },
            Self::Reduce { over, .. } => match over {
                Over::Positions => "a global pool",
                Over::Channels => "a reduction of channels",
            },
            Self::Concat => "a concatenation",
            Self::Slice(_) => "a slice",
            Self::Pad { .. } => "zero padding",
            Self::Shuffle { .. } => "a channel shuffle",
            Self::Reshape => "a reshape",
            Self::Upsample { .. } => "an upsampling",
        }
    }

    /// Prefix of the layer's parameter names, for an operation that has parameters (of
    /// [`Parameter`](Self::Parameter) the whole name).
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Conv2d(conv) => Some(&conv.name),
            Self::BatchNorm(norm) => Some(&norm.name),
            Self::LayerNorm(norm) => Some(&norm.name),
            Self::Linear(linear) => Some(&linear.name),
            Self::Parameter(parameter) => Some(&parameter.name),
            _ => None,
        }
    }

    /// Whether it has a weight that proxies measure: a convolution or a linear layer.
    pub fn is_weighted(&self) -> bool {
        matches!(self, Self::Conv2d(_) | Self::Linear(_))
    }

    /// Whether it is an activation function, behind which a network is no longer linear.
    pub fn is_nonlinear(&self) -> bool {
        match self {
            Self::Function(function) => function.is_nonlinear(),
            _ => false,
        }
    }
}
