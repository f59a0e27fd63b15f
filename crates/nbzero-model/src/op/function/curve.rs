//! The value and the first two derivatives of each function.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use burn::tensor::{Bool, Tensor, activation};
use nbzero_graph::Function;

/// Beyond this each gate is constant in float64; its derivatives are taken no further, where their
/// formulas would multiply infinite numbers.
const FAR: f64 = 1e3;

/// sqrt(2 / pi) and the weight of x^3 in the GELU by tanh.
const TANH_SCALE: f64 = 0.797_884_560_802_865_4;
const TANH_CUBE: f64 = 0.044_715;

/// A function as a curve.
pub(super) struct Curve(pub(super) Function);

impl Curve {
    /// f(x).
    pub(super) fn value(&self, x: Tensor<4>) -> Tensor<4> {
        match self.0 {
            Function::Relu => activation::relu(x),
            Function::Clip { low, high } => clip(x, low, high),
            Function::LeakyRelu { slope } => {
                x.clone().clamp_min(0.0) + x.clamp_max(0.0).mul_scalar(slope)
            }
            Function::Sigmoid => activation::sigmoid(x),
            Function::HardSigmoid { slope, offset } => {
                x.mul_scalar(slope).add_scalar(offset).clamp(0.0, 1.0)
            }
            Function::Tanh => x.tanh(),
            Function::Softplus => softplus(x),
            Function::Elu { alpha } => {
                // exp(x) - 1 is 2 t / (1 - t), t = tanh(x / 2), which is exact near 0.
                let t = x.clone().clamp_max(0.0).div_scalar(2.0).tanh();
                let below = t.clone().mul_scalar(2.0 * alpha) / one_minus(t);
                x.clamp_min(0.0) + below
            }
            Function::Affine { scale, shift } => x.mul_scalar(scale).add_scalar(shift),
            Function::Power { exponent } => x.powf_scalar(exponent),
            _ => x.clone() * self.gate(x),
        }
    }

    /// f(x) / x of the functions that are x times a gate.
    pub(super) fn gate(&self, x: Tensor<4>) -> Tensor<4> {
        match self.0 {
            Function::Silu => activation::sigmoid(x),
            Function::HardSwish => x.div_scalar(6.0).add_scalar(0.5).clamp(0.0, 1.0),
            Function::Gelu => normal_distribution(x),
            Function::GeluTanh => gelu_argument(x).tanh().add_scalar(1.0).div_scalar(2.0),
            Function::Mish => softplus(x).tanh(),
            other => unreachable!("{} has no gate", other.kind()),
        }
    }

    /// f'(x).
    pub(super) fn slope(&self, x: Tensor<4>) -> Tensor<4> {
        match self.0 {
            Function::Relu => above(&x, 0.0),
            Function::Clip { low, high } => between(&x, low, high),
            Function::LeakyRelu { slope } => {
                above(&x, 0.0).mul_scalar(1.0 - slope).add_scalar(slope)
            }
            Function::Sigmoid => {
                let s = activation::sigmoid(x);
                s.clone() * one_minus(s)
            }
            Function::HardSigmoid { slope, offset } => {
                let y = x.mul_scalar(slope).add_scalar(offset);
                between(&y, 0.0, 1.0).mul_scalar(slope)
            }
            Function::Silu => {
                let x = near(x);
                let s = activation::sigmoid(x.clone());
                s.clone() * (x * one_minus(s)).add_scalar(1.0)
            }
            Function::HardSwish => {
                let inside = between(&x, -3.0, 3.0);
                let above = above(&x, 3.0) + equal(&x, 3.0);
                inside * x.div_scalar(3.0).add_scalar(0.5) + above
            }
            Function::Gelu => {
                let x = near(x);
                normal_distribution(x.clone()) + x.clone() * normal_density(x)
            }
            Function::GeluTanh => {
                let x = near(x);
                let t = gelu_argument(x.clone()).tanh();
                let steep = one_minus(t.clone().square()) * gelu_argument_slope(x.clone());
                (t.add_scalar(1.0) + x * steep).div_scalar(2.0)
            }
            Function::Tanh => one_minus(x.tanh().square()),
            Function::Softplus => activation::sigmoid(x),
            Function::Mish => {
                let x = near(x);
                let w = softplus(x.clone()).tanh();
                let s = activation::sigmoid(x.clone());
                w.clone() + x * s * one_minus(w.square())
            }
            Function::Elu { alpha } => {
                let positive = above(&x, 0.0);
                let negative = one_minus(positive.clone());
                positive + negative * x.clamp_max(0.0).exp().mul_scalar(alpha)
            }
            Function::Affine { scale, .. } => x.zeros_like().add_scalar(scale),
            Function::Power { exponent } => x.powf_scalar(exponent - 1.0).mul_scalar(exponent),
            other => unreachable!("{} has no slope", other.kind()),
        }
    }

    /// f''(x), `None` where it is 0 everywhere.
    pub(super) fn bend(&self, x: Tensor<4>) -> Option<Tensor<4>> {
        Some(match self.0 {
            Function::Sigmoid => {
                let s = activation::sigmoid(x);
                s.clone() * one_minus(s.clone()) * one_minus(s.mul_scalar(2.0))
            }
            Function::Silu => {
                let x = near(x);
                let s = activation::sigmoid(x.clone());
                let rest = (x * one_minus(s.clone().mul_scalar(2.0))).add_scalar(2.0);
                s.clone() * one_minus(s) * rest
            }
            Function::HardSwish => between(&x, -3.0, 3.0).div_scalar(3.0),
            Function::Gelu => {
                let x = near(x);
                normal_density(x.clone()) * x.square().neg().add_scalar(2.0)
            }
            Function::GeluTanh => {
                let x = near(x);
                let t = gelu_argument(x.clone()).tanh();
                let steep = one_minus(t.clone().square());
                let slope = gelu_argument_slope(x.clone());
                let bend = x.clone().mul_scalar(6.0 * TANH_CUBE * TANH_SCALE);
                let turned = bend - t.mul_scalar(2.0) * slope.clone().square();
                steep.clone() * slope + (x * steep * turned).div_scalar(2.0)
            }
            Function::Tanh => {
                let t = x.tanh();
                t.clone().mul_scalar(-2.0) * one_minus(t.square())
            }
            Function::Softplus => {
                let s = activation::sigmoid(x);
                s.clone() * one_minus(s)
            }
            Function::Mish => {
                let x = near(x);
                let w = softplus(x.clone()).tanh();
                let s = activation::sigmoid(x.clone());
                let steep = one_minus(w.clone().square());
                let turned = one_minus(s.clone()) - w.mul_scalar(2.0) * s.clone();
                steep * s * (x * turned).add_scalar(2.0)
            }
            Function::Elu { alpha } => {
                let negative = one_minus(above(&x, 0.0));
                negative * x.clamp_max(0.0).exp().mul_scalar(alpha)
            }
            Function::Power { exponent } => x
                .powf_scalar(exponent - 2.0)
                .mul_scalar(exponent * (exponent - 1.0)),
            _ => return None,
        })
    }
}

fn clip(x: Tensor<4>, low: f64, high: f64) -> Tensor<4> {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => x.clamp(low, high),
        (true, false) => x.clamp_min(low),
        (false, true) => x.clamp_max(high),
        (false, false) => x,
    }
}

/// ln(1 + exp(x)).
fn softplus(x: Tensor<4>) -> Tensor<4> {
    x.clone().clamp_min(0.0) + x.abs().neg().exp().log1p()
}

/// sqrt(2 / pi) (x + 0.044715 x^3).
fn gelu_argument(x: Tensor<4>) -> Tensor<4> {
    let cube = x.clone().square().mul_scalar(TANH_CUBE).add_scalar(1.0);
    (x * cube).mul_scalar(TANH_SCALE)
}

/// The derivative of that.
fn gelu_argument_slope(x: Tensor<4>) -> Tensor<4> {
    let square = x.square().mul_scalar(3.0 * TANH_CUBE);
    square.add_scalar(1.0).mul_scalar(TANH_SCALE)
}

fn normal_distribution(x: Tensor<4>) -> Tensor<4> {
    let erf = x.mul_scalar(FRAC_1_SQRT_2).erf();
    erf.add_scalar(1.0).div_scalar(2.0)
}

fn normal_density(x: Tensor<4>) -> Tensor<4> {
    let exponential = x.square().div_scalar(-2.0).exp();
    exponential.div_scalar((2.0 * PI).sqrt())
}

fn near(x: Tensor<4>) -> Tensor<4> {
    x.clamp(-FAR, FAR)
}

fn one_minus(x: Tensor<4>) -> Tensor<4> {
    x.neg().add_scalar(1.0)
}

/// 1 where x is larger, elsewhere 0.
fn above(x: &Tensor<4>, bound: f64) -> Tensor<4> {
    indicator(x.clone().greater_scalar(bound), x)
}

/// 1 where x is strictly between, elsewhere 0.
fn between(x: &Tensor<4>, low: f64, high: f64) -> Tensor<4> {
    let above_low = (low > f64::NEG_INFINITY).then(|| above(x, low));
    let below_high = (high < f64::INFINITY).then(|| indicator(x.clone().lower_scalar(high), x));
    match (above_low, below_high) {
        (Some(above), Some(below)) => above * below,
        (one, None) | (None, one) => one.unwrap_or_else(|| x.ones_like()),
    }
}

fn equal(x: &Tensor<4>, value: f64) -> Tensor<4> {
    indicator(x.clone().equal_scalar(value), x)
}

fn indicator(mask: Tensor<4, Bool>, like: &Tensor<4>) -> Tensor<4> {
    like.zeros_like().mask_fill(mask, 1.0)
}
