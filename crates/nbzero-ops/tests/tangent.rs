//! The derivatives of batch norm along a direction, against finite differences in doubles and,
//! in single precision, against doubles.

use nbzero_ops::{Activation, BatchNorm, Element, Isa, MovingGrad, Statistics};
use proptest::prelude::*;

const EPSILON: f64 = 1e-2;
const PLANE: usize = 11;

fn numbers<T: Element>(len: usize, seed: u64) -> Vec<T> {
    let next = |i: usize| (i as u64 + 1).wrapping_mul(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let number = |i| (next(i) >> 40) as f64 / f64::from(1 << 23) - 1.0;
    (0..len).map(|i| T::from_f64(number(i))).collect()
}

struct Case<T> {
    scale: Vec<T>,
    bias: Vec<T>,
    /// Input, what it moves by beyond itself, gradient, derivative of the gradient.
    maps: [Vec<T>; 4],
}

impl<T: Element> Case<T> {
    fn new(images: usize, channels: usize) -> Self {
        Self {
            scale: numbers(channels, 5),
            bias: numbers(channels, 6),
            maps: [1, 2, 3, 4].map(|seed| numbers(images * channels * PLANE, seed)),
        }
    }

    fn norm(&self, isa: Isa, activation: Activation) -> BatchNorm<'_, T> {
        let norm = BatchNorm::new(&self.scale, &self.bias, EPSILON);
        norm.with_activation(activation).with_isa(isa)
    }

    /// The derivative of the output, and the gradient of the input with its derivative.
    fn found(&self, isa: Isa, activation: Activation) -> [Vec<T>; 3] {
        let norm = self.norm(isa, activation);
        let [input, moved, grad, moved_grad] = &self.maps;
        let (_, moments) = norm.forward(input, PLANE);
        let tangent = norm.tangent(input, PLANE, &moments, moved);
        let output = MovingGrad {
            grad,
            moved: moved_grad,
        };
        let [grad, moved_grad] = norm.backward_tangent(input, PLANE, &moments, moved, output);
        [tangent, grad, moved_grad]
    }
}

impl Case<f64> {
    /// Output and input gradient after a step along the direction.
    fn after(&self, step: f64, activation: Activation) -> [Vec<f64>; 2] {
        let [input, moved, grad, moved_grad] = &self.maps;
        let input: Vec<f64> = input
            .iter()
            .zip(moved)
            .map(|(x, u)| x + step * (u + x))
            .collect();
        let grad: Vec<f64> = grad
            .iter()
            .zip(moved_grad)
            .map(|(g, moved)| g + step * moved)
            .collect();
        let norm = self.norm(Isa::Portable, activation);
        let (output, moments) = norm.forward(&input, PLANE);
        let grads = norm.backward(&input, PLANE, &moments, &grad, Statistics::Batch);
        [output, grads.input]
    }
}

const ACTIVATIONS: [Activation; 3] = [Activation::Identity, Activation::Relu, Activation::Relu6];

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    #[test]
    fn derivatives_are_those_of_finite_differences(images in 1..5_usize, channels in 1..12_usize) {
        let case = Case::<f64>::new(images, channels);
        let step = 1e-6;
        for (isa, activation) in Isa::available().into_iter().flat_map(|i| ACTIVATIONS.map(|a| (i, a))) {
            let [tangent, grad, moved_grad] = case.found(isa, activation);
            let [_, plain] = case.after(0.0, activation);
            let (ahead, behind) = (case.after(step, activation), case.after(-step, activation));
            for i in 0..grad.len() {
                let difference = |of: usize| (ahead[of][i] - behind[of][i]) / (2.0 * step);
                assert!((grad[i] - plain[i]).abs() < 1e-9);
                // An element that crosses a bound of the activation within the step has none.
                for (found, expected) in [(tangent[i], difference(0)), (moved_grad[i], difference(1))] {
                    let error = (found - expected).abs() / expected.abs().max(1.0);
                    assert!(error < 1e-5, "{activation:?} {i}: {found}, not {expected}");
                }
            }
        }
    }

    #[test]
    fn single_precision_agrees_with_double(images in 1..5_usize, channels in 1..12_usize) {
        let (single, double) = (Case::<f32>::new(images, channels), Case::<f64>::new(images, channels));
        for isa in Isa::available() {
            let found = single.found(isa, Activation::Identity);
            let expected = double.found(Isa::Portable, Activation::Identity);
            for (found, expected) in found.iter().zip(&expected) {
                for (a, b) in found.iter().zip(expected) {
                    assert!((f64::from(*a) - b).abs() < 1e-3 * b.abs().max(1.0), "{a}, not {b}");
                }
            }
        }
    }
}
