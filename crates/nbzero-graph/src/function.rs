//! Functions of each number alone.

/// A function of each number of a map alone.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Function {
    /// max(x, 0).
    Relu,
    /// min(max(x, low), high); either may be infinite.
    Clip {
        /// The least result.
        low: f64,
        /// The largest result.
        high: f64,
    },
    /// x, or `slope` x where x is negative.
    LeakyRelu {
        /// What negative numbers are multiplied by.
        slope: f64,
    },
    /// 1 / (1 + exp(-x)).
    Sigmoid,
    /// min(max(`slope` x + `offset`, 0), 1).
    HardSigmoid {
        /// The slope between 0 and 1.
        slope: f64,
        /// The result for 0.
        offset: f64,
    },
    /// x sigmoid(x), also called swish.
    Silu,
    /// x min(max(x + 3, 0), 6) / 6.
    HardSwish,
    /// x Phi(x), Phi the normal distribution: x (1 + erf(x / sqrt 2)) / 2.
    Gelu,
    /// The same by x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
    GeluTanh,
    /// Hyperbolic tangent.
    Tanh,
    /// ln(1 + exp(x)).
    Softplus,
    /// x tanh(ln(1 + exp(x))).
    Mish,
    /// x, or `alpha` (exp(x) - 1) where x is negative.
    Elu {
        /// Minus the least result.
        alpha: f64,
    },
    /// `scale` x + `shift`.
    Affine {
        /// The factor.
        scale: f64,
        /// What is added.
        shift: f64,
    },
    /// x to the power of `exponent`: -1 is the reciprocal, 0.5 the square root.
    Power {
        /// The exponent.
        exponent: f64,
    },
}

impl Function {
    /// min(max(x, 0), 6).
    pub const RELU6: Self = Self::Clip {
        low: 0.0,
        high: 6.0,
    };

    /// The hard sigmoid of MobileNetV3, PyTorch's: min(max(x / 6 + 1 / 2, 0), 1).
    pub const HARD_SIGMOID: Self = Self::HardSigmoid {
        slope: 1.0 / 6.0,
        offset: 0.5,
    };

    /// The function's name in error messages.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Relu => "a ReLU",
            Self::RELU6 => "a ReLU6",
            Self::Clip { .. } => "a clip",
            Self::LeakyRelu { .. } => "a leaky ReLU",
            Self::Sigmoid => "a sigmoid",
            Self::HardSigmoid { .. } => "a hard sigmoid",
            Self::Silu => "a SiLU",
            Self::HardSwish => "a hard swish",
            Self::Gelu => "a GELU",
            Self::GeluTanh => "a GELU by tanh",
            Self::Tanh => "a tanh",
            Self::Softplus => "a softplus",
            Self::Mish => "a Mish",
            Self::Elu { .. } => "an ELU",
            Self::Affine { .. } => "an affine function",
            Self::Power { .. } => "a power",
        }
    }

    /// Whether it bends what it is given: all but the affine one.
    pub fn is_nonlinear(self) -> bool {
        !matches!(self, Self::Affine { .. })
    }

    /// Whether its constants make it a function: none is NaN, only bounds are infinite, and the lower
    /// bound is not above the upper.
    pub(crate) fn is_valid(self) -> bool {
        match self {
            Self::Clip { low, high } => low <= high && low < f64::INFINITY && high > -f64::INFINITY,
            Self::HardSigmoid { slope, offset } => slope.is_finite() && offset.is_finite(),
            Self::Affine { scale, shift } => scale.is_finite() && shift.is_finite(),
            Self::LeakyRelu { slope: number }
            | Self::Elu { alpha: number }
            | Self::Power { exponent: number } => number.is_finite(),
            _ => true,
        }
    }
}
