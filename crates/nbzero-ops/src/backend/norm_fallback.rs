//! Batch norms in Burn's own primitives, for the devices that have no kernels here.
//!
//! The formulas are those of the kernels (`batch_norm/tangent.rs`, `batch_norm/second.rs`).

use std::ops::{Add, Mul, Sub};

use burn::backend::ops::BatchNormTrain;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata};
use burn::tensor::{Shape, Slice};

use super::activation::{clamped, masked};
use super::batch_norm::Norm;
use crate::Statistics;

type Three<B> = (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>);

/// Scale, shift, mean and variance, each `[c]`.
pub(super) type Channels<B> = [FloatTensor<B>; 4];

pub(super) fn forward<B: Backend>(
    input: FloatTensor<B>,
    gamma: &FloatTensor<B>,
    beta: &FloatTensor<B>,
    norm: Norm,
    batches: usize,
) -> Three<B> {
    let one = |input| {
        let BatchNormTrain {
            output,
            mean,
            variance,
        } = B::batch_norm_train(input, gamma.clone(), beta.clone(), norm.epsilon);
        (clamped::<B>(output, norm.activation), mean, variance)
    };
    if batches == 1 {
        return one(input);
    }
    let images = input.shape()[0] / batches;
    let part = |batch| B::float_slice(input.clone(), &[images_of(batch, images)]);
    joined::<B>((0..batches).map(|batch| one(part(batch))))
}

pub(super) fn forward_fixed<B: Backend>(
    input: FloatTensor<B>,
    channels: Channels<B>,
    norm: Norm,
) -> FloatTensor<B> {
    clamped::<B>(
        Normed::<B>::new(input, channels, norm).output.0,
        norm.activation,
    )
}

pub(super) fn backward<B: Backend>(
    input: FloatTensor<B>,
    gradient: &FloatTensor<B>,
    channels: Channels<B>,
    norm: Norm,
) -> Three<B> {
    let images = input.shape()[0];
    let copies = gradient.shape()[0] / images;
    let normed = Normed::<B>::new(input, channels, norm);
    let parts = (0..copies).map(|copy| {
        let grad = B::float_slice(gradient.clone(), &[images_of(copy, images)]);
        let grad = normed.masked(grad);
        let product = Normed::<B>::total(grad.clone() * normed.centred.clone());
        let sum = Normed::<B>::total(grad.clone());
        let input = match norm.statistics {
            Statistics::Batch => normed.gradient(grad),
            Statistics::Fixed => grad * normed.factor.clone(),
        };
        let vector = |map: Map<B>| B::float_reshape(map.0, Shape::new([normed.channels]));
        (
            input.0,
            vector(product * normed.inverse.clone()),
            vector(sum),
        )
    });
    joined::<B>(parts)
}

/// The images of one of several batches that lie one after another.
fn images_of(batch: usize, images: usize) -> Slice {
    let index = |i: usize| isize::try_from(i).expect("a batch is small");
    Slice::new(index(batch * images), Some(index((batch + 1) * images)), 1)
}

/// Three results of several batches, each one after another.
fn joined<B: Backend>(parts: impl Iterator<Item = Three<B>>) -> Three<B> {
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        first.push(part.0);
        second.push(part.1);
        third.push(part.2);
    }
    let cat = |parts| B::float_cat(parts, 0);
    (cat(first), cat(second), cat(third))
}

pub(super) fn tangent<B: Backend>(
    input: FloatTensor<B>,
    moved: FloatTensor<B>,
    channels: Channels<B>,
    norm: Norm,
) -> FloatTensor<B> {
    let normed = Normed::<B>::new(input, channels, norm);
    let (c, moved) = (normed.centred.clone(), Map(moved));
    let covariance = normed.mean(c.clone() * moved.clone());
    let slope = (covariance * -1.0 + norm.epsilon) * normed.square();
    let change = moved.clone() - normed.mean(moved) + c * slope;
    normed.masked((change * normed.factor.clone()).0).0
}

pub(super) fn backward_tangent<B: Backend>(
    input: FloatTensor<B>,
    moved: FloatTensor<B>,
    gradients: [FloatTensor<B>; 2],
    channels: Channels<B>,
    norm: Norm,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let normed = Normed::<B>::new(input, channels, norm);
    let c = normed.centred.clone();
    let u = Map::<B>(moved);
    let u = u.clone() - normed.mean(u);
    let [grad, moved_grad] = gradients.map(|gradient| normed.masked(gradient));
    let square = normed.square();
    let q = normed.mean(c.clone() * u.clone()) + normed.variance.clone();
    let k = q.clone() * square.clone() * -1.0 + 1.0;
    let p = normed.mean(c.clone() * grad.clone());
    let r = normed.mean(u.clone() * grad.clone());
    let x_grad = normed.gradient(grad);
    let bent = u * p.clone() + c * (k * p * 2.0 + r);
    let moved_grad = normed.gradient(moved_grad)
        - x_grad.clone() * (square.clone() * q)
        - bent * (square * normed.factor.clone());
    (x_grad.0, moved_grad.0)
}

/// What the formulas share; channels are `[1, c, 1, 1]`.
struct Normed<B: Backend> {
    channels: usize,
    elements: f64,
    centred: Map<B>,
    inverse: Map<B>,
    factor: Map<B>,
    variance: Map<B>,
    /// Before the activation.
    output: Map<B>,
    norm: Norm,
}

impl<B: Backend> Normed<B> {
    fn new(input: FloatTensor<B>, channels: Channels<B>, norm: Norm) -> Self {
        let [images, count, height, width] = input.shape().dims();
        let wide = |vector| Map::<B>(B::float_reshape(vector, Shape::new([1, count, 1, 1])));
        let [gamma, beta, mean, variance] = channels.map(wide);
        let inverse = Map(B::float_recip(B::float_sqrt(
            (variance.clone() + norm.epsilon).0,
        )));
        let factor = gamma * inverse.clone();
        let centred = Map(input) - mean;
        let output = centred.clone() * factor.clone() + beta;
        Self {
            channels: count,
            elements: (images * height * width) as f64,
            centred,
            inverse,
            factor,
            variance,
            output,
            norm,
        }
    }

    fn square(&self) -> Map<B> {
        self.inverse.clone() * self.inverse.clone()
    }

    fn masked(&self, gradient: FloatTensor<B>) -> Map<B> {
        let output = self.output.0.clone();
        Map(masked::<B>(output, gradient, self.norm.activation))
    }

    /// Sum over images and positions.
    fn total(map: Map<B>) -> Map<B> {
        Map([3, 2, 0].into_iter().fold(map.0, B::float_sum_dim))
    }

    fn mean(&self, map: Map<B>) -> Map<B> {
        Self::total(map) * (1.0 / self.elements)
    }

    /// The gradient of the input from one of the output, already masked, or its derivative from
    /// a derivative.
    fn gradient(&self, grad: Map<B>) -> Map<B> {
        let product = self.mean(self.centred.clone() * grad.clone());
        let slope = product * self.square();
        (grad.clone() - self.mean(grad) - self.centred.clone() * slope) * self.factor.clone()
    }
}

/// A tensor with the operators of arithmetic.
struct Map<B: Backend>(FloatTensor<B>);

impl<B: Backend> Clone for Map<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B: Backend> Add for Map<B> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(B::float_add(self.0, other.0))
    }
}

impl<B: Backend> Add<f64> for Map<B> {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        Self(B::float_add_scalar(self.0, other.into()))
    }
}

impl<B: Backend> Sub for Map<B> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(B::float_sub(self.0, other.0))
    }
}

impl<B: Backend> Mul for Map<B> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(B::float_mul(self.0, other.0))
    }
}

impl<B: Backend> Mul<f64> for Map<B> {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        Self(B::float_mul_scalar(self.0, other.into()))
    }
}
