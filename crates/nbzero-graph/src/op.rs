//! The operations that a graph consists of.

/// One operation of a graph. Every input and output is an image map.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op {
    /// The image itself.
    Input,
    /// A convolution without bias.
    Conv2d(Conv2d),
    /// Batch normalisation with scale and shift, eps 1e-5, momentum 0.1.
    BatchNorm {
        /// Prefix of its parameters' names, e.g. `stem.bn`.
        name: String,
    },
    /// max(x, 0).
    Relu,
    /// min(max(x, 0), 6).
    Relu6,
    /// A residual addition: the branch is the first input, the shortcut the second.
    Add,
    /// The sum of two values that meet in a node of a cell; unlike [`Add`](Self::Add) no shortcut,
    /// so that it stays where a proxy leaves residual links out.
    Sum,
    /// Zeros of the input's shape: what a node of a cell has that nothing leads to.
    Zeros,
    /// Mean over the 3x3 window around each position, of what lies inside the map.
    AveragePool,
    /// Mean of each 2x2 square, with a stride of 2; an odd resolution leaves part of a square.
    HalvingPool,
    /// Mean over all positions; the map that is left has resolution 1.
    GlobalAveragePool,
    /// A fully connected layer with bias.
    Linear(Linear),
}

impl Op {
    /// The operation's name in error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Input => "the input",
            Self::Conv2d(_) => "a convolution",
            Self::BatchNorm { .. } => "a batch norm",
            Self::Relu => "a ReLU",
            Self::Relu6 => "a ReLU6",
            Self::Add => "an addition",
            Self::Sum => "a sum",
            Self::Zeros => "zeros",
            Self::AveragePool => "an average pool",
            Self::HalvingPool => "a halving pool",
            Self::GlobalAveragePool => "a global average pool",
            Self::Linear(_) => "a linear layer",
        }
    }

    /// Prefix of the layer's parameter names, for an operation that has parameters.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Conv2d(conv) => Some(&conv.name),
            Self::BatchNorm { name } => Some(name),
            Self::Linear(linear) => Some(&linear.name),
            _ => None,
        }
    }
}

/// A convolution with a square, odd kernel, padding `kernel / 2` and no bias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv2d {
    /// Prefix of the parameter's name: the weight is `{name}.weight`.
    pub name: String,
    /// Input channels.
    pub in_channels: usize,
    /// Output channels.
    pub out_channels: usize,
    /// Height and width of the kernel, odd.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Channel groups: 1 for dense, `in_channels` for depthwise.
    pub groups: usize,
    /// Whether this is the projection of a shortcut, which depth does not count.
    pub projection: bool,
}

impl Conv2d {
    /// A dense convolution.
    pub fn new(
        name: impl Into<String>,
        in_channels: usize,
        out_channels: usize,
        kernel: usize,
        stride: usize,
    ) -> Self {
        Self {
            name: name.into(),
            in_channels,
            out_channels,
            kernel,
            stride,
            groups: 1,
            projection: false,
        }
    }

    /// The same convolution with one group a channel.
    #[must_use]
    pub fn depthwise(mut self) -> Self {
        self.groups = self.in_channels;
        self
    }

    /// The same convolution, marked as the projection of a shortcut.
    #[must_use]
    pub fn projection(mut self) -> Self {
        self.projection = true;
        self
    }

    /// Shape of the weight: `[out_channels, in_channels / groups, kernel, kernel]`.
    pub fn weight_shape(&self) -> [usize; 4] {
        [
            self.out_channels,
            self.in_channels / self.groups,
            self.kernel,
            self.kernel,
        ]
    }
}

/// A fully connected layer with bias on a map of resolution 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linear {
    /// Prefix of the parameters' names: `{name}.weight` `[out, in]` and `{name}.bias` `[out]`.
    pub name: String,
    /// Input features.
    pub in_features: usize,
    /// Output features (classes, for the head).
    pub out_features: usize,
}
