//! The operations that have parameters.

use crate::{Shape, Window};

/// A convolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv2d {
    /// Prefix of the parameters' names: the weight is `{name}.weight`, the bias `{name}.bias`.
    pub name: String,
    /// Input channels.
    pub in_channels: usize,
    /// Output channels.
    pub out_channels: usize,
    /// Kernel, stride, dilation and padding.
    pub window: Window,
    /// Channel groups: 1 for dense, `in_channels` for depthwise.
    pub groups: usize,
    /// Whether a bias is added to each output channel.
    pub bias: bool,
    /// Whether this is the projection of a shortcut, which depth does not count.
    pub projection: bool,
}

impl Conv2d {
    /// A dense convolution without bias, with a square kernel and padding `kernel / 2`.
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
            window: Window::square(kernel, stride),
            groups: 1,
            bias: false,
            projection: false,
        }
    }

    /// The same convolution with another window.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The same convolution with its channels in groups.
    #[must_use]
    pub fn with_groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// The same convolution with a bias.
    #[must_use]
    pub fn with_bias(mut self) -> Self {
        self.bias = true;
        self
    }

    /// The same convolution with one group a channel.
    #[must_use]
    pub fn depthwise(self) -> Self {
        let groups = self.in_channels;
        self.with_groups(groups)
    }

    /// The same convolution, marked as the projection of a shortcut.
    #[must_use]
    pub fn projection(mut self) -> Self {
        self.projection = true;
        self
    }

    /// Shape of the weight: `[out_channels, in_channels / groups, kernel height, kernel width]`.
    pub fn weight_shape(&self) -> [usize; 4] {
        let [height, width] = self.window.kernel;
        [
            self.out_channels,
            self.in_channels / self.groups,
            height,
            width,
        ]
    }
}

/// A fully connected layer on the channels of a map, at each position alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linear {
    /// Prefix of the parameters' names: `{name}.weight` `[out, in]` and `{name}.bias` `[out]`.
    pub name: String,
    /// Input features: channels of the input.
    pub in_features: usize,
    /// Output features (classes, for the head).
    pub out_features: usize,
    /// Whether a bias is added to each feature.
    pub bias: bool,
}

impl Linear {
    /// A layer with bias.
    pub fn new(name: impl Into<String>, in_features: usize, out_features: usize) -> Self {
        Self {
            name: name.into(),
            in_features,
            out_features,
            bias: true,
        }
    }

    /// The same layer without bias.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.bias = false;
        self
    }
}

/// Batch normalisation with scale and shift.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm {
    /// Prefix of the parameters' names: `{name}.weight`, `{name}.bias`, `{name}.running_mean` and
    /// `{name}.running_var`, each `[channels]`.
    pub name: String,
    /// What is added to the variance.
    pub epsilon: f64,
    /// Part of the new statistics in the running ones, in training.
    pub momentum: f64,
}

impl BatchNorm {
    /// PyTorch's: epsilon 1e-5, momentum 0.1.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            epsilon: 1e-5,
            momentum: 0.1,
        }
    }

    /// The same with another epsilon.
    #[must_use]
    pub fn with_epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }
}

/// Layer normalisation over the channels at each position, with scale and shift.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// Prefix of the parameters' names: `{name}.weight` and `{name}.bias`, each `[channels]`.
    pub name: String,
    /// What is added to the variance.
    pub epsilon: f64,
}

/// Parameters that are a value of their own: the scale or shift of channels, by a multiplication
/// or a sum. The same for every image.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The whole name of the tensor (of other layers a prefix), e.g. `stages.0.blocks.1.gamma`.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// The number that all begin with.
    pub initial: f64,
}
