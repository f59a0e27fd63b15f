//! Batch norm against doubles and finite differences, on every instruction set of this machine.

use nbzero_ops::{Activation, BatchNorm, Element, Isa, Statistics, reference};
use proptest::prelude::*;

fn numbers<T: Element>(len: usize, seed: u64, middle: f64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            T::from_f64(middle + (state >> 40) as f64 / f64::from(1 << 22) - 2.0)
        })
        .collect()
}

const EPSILON: f64 = 1e-5;
const ACTIVATIONS: [(Activation, [f64; 2]); 3] = [
    (Activation::Identity, [f64::NEG_INFINITY, f64::INFINITY]),
    (Activation::Relu, [0.0, f64::INFINITY]),
    (Activation::Relu6, [0.0, 6.0]),
];

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1.0)
}

fn check_forward<T: Element>(isa: Isa, [n, c, plane]: [usize; 3], middle: f64, tolerance: f64) {
    let input = numbers::<T>(n * c * plane, 1, middle);
    let scale = numbers::<T>(c, 2, 3.0);
    let bias = numbers::<T>(c, 3, 0.5);
    for (activation, bounds) in ACTIVATIONS {
        let norm = BatchNorm::new(&scale, &bias, EPSILON)
            .with_activation(activation)
            .with_isa(isa);
        let (output, moments) = norm.forward(&input, plane);
        let (want, mean, variance) =
            reference::batch_norm(&input, plane, &scale, &bias, EPSILON, bounds);
        for channel in 0..c {
            assert!(near(
                moments.mean[channel].to_f64(),
                mean[channel],
                tolerance
            ));
            assert!(
                near(
                    moments.variance[channel].to_f64(),
                    variance[channel],
                    tolerance
                ),
                "variance {:?}, not {}",
                moments.variance[channel],
                variance[channel]
            );
        }
        // A plane of one image has variance 0: its deviations are rounding errors, made large.
        if n * plane > 2 {
            for (a, b) in output.iter().zip(&want) {
                assert!(
                    near(a.to_f64(), *b, tolerance * 20.0 * middle.abs().max(1.0)),
                    "{a:?}, not {b}"
                );
            }
        }
    }
}

/// The loss `sum(output * output_grad)` in doubles.
fn loss(
    input: &[f64],
    plane: usize,
    scale: &[f64],
    bias: &[f64],
    bounds: [f64; 2],
    grad: &[f64],
) -> f64 {
    let (output, _, _) = reference::batch_norm(input, plane, scale, bias, EPSILON, bounds);
    output.iter().zip(grad).map(|(y, g)| y * g).sum()
}

/// Gradient by central differences, of the element that `change` moves by the given step.
fn difference(mut change: impl FnMut(f64) -> f64) -> f64 {
    let step = 1e-6;
    (change(step) - change(-step)) / (2.0 * step)
}

fn check_backward(isa: Isa, [n, c, plane]: [usize; 3]) {
    let input = numbers::<f64>(n * c * plane, 1, 0.3);
    let scale = numbers::<f64>(c, 2, 3.0);
    let bias = numbers::<f64>(c, 3, 1.0);
    let grad = numbers::<f64>(input.len(), 4, 0.2);
    for (activation, bounds) in ACTIVATIONS {
        let norm = BatchNorm::new(&scale, &bias, EPSILON)
            .with_activation(activation)
            .with_isa(isa);
        let (_, moments) = norm.forward(&input, plane);
        let grads = norm.backward(&input, plane, &moments, &grad, Statistics::Batch);
        let moved = |list: &[f64], i: usize, step: f64| {
            let mut list = list.to_vec();
            list[i] += step;
            list
        };
        for i in 0..input.len() {
            let want =
                difference(|d| loss(&moved(&input, i, d), plane, &scale, &bias, bounds, &grad));
            assert!(
                near(grads.input[i], want, 1e-4),
                "input {i}: {}, not {want}",
                grads.input[i]
            );
        }
        for i in 0..c {
            let want =
                difference(|d| loss(&input, plane, &moved(&scale, i, d), &bias, bounds, &grad));
            assert!(
                near(grads.scale[i], want, 1e-4),
                "scale {i}: {}, not {want}",
                grads.scale[i]
            );
            let want =
                difference(|d| loss(&input, plane, &scale, &moved(&bias, i, d), bounds, &grad));
            assert!(
                near(grads.bias[i], want, 1e-4),
                "bias {i}: {}, not {want}",
                grads.bias[i]
            );
        }
    }
}

/// The gradients in single precision, on vectors, are those in double precision.
fn check_single(isa: Isa, [n, c, plane]: [usize; 3], statistics: Statistics) {
    let input = numbers::<f32>(n * c * plane, 1, 0.3);
    let scale = numbers::<f32>(c, 2, 3.0);
    let bias = numbers::<f32>(c, 3, 1.0);
    let grad = numbers::<f32>(input.len(), 4, 0.2);
    let double = |list: &[f32]| list.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let norm = BatchNorm::new(&scale, &bias, EPSILON).with_isa(isa);
    let (_, moments) = norm.forward(&input, plane);
    let grads = norm.backward(&input, plane, &moments, &grad, statistics);
    let (scale, bias, input, grad) = (double(&scale), double(&bias), double(&input), double(&grad));
    let norm = BatchNorm::new(&scale, &bias, EPSILON).with_isa(Isa::Portable);
    let (_, moments) = norm.forward(&input, plane);
    let want = norm.backward(&input, plane, &moments, &grad, statistics);
    let pairs = [
        (&grads.input, &want.input),
        (&grads.scale, &want.scale),
        (&grads.bias, &want.bias),
    ];
    for (got, want) in pairs {
        let largest = want.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
        for (a, b) in got.iter().zip(want) {
            assert!((f64::from(*a) - b).abs() < 1e-4 * largest, "{a}, not {b}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn forward_matches_doubles(n in 1..9_usize, c in 1..20_usize, plane in 1..150_usize, middle in -9.0..9.0) {
        for isa in Isa::available() {
            check_forward::<f32>(isa, [n, c, plane], middle, 2e-6);
            check_forward::<f64>(isa, [n, c, plane], middle, 1e-12);
        }
    }

    #[test]
    fn backward_matches_finite_differences(n in 2..4_usize, c in 1..4_usize, plane in 2..20_usize) {
        for isa in Isa::available() {
            check_backward(isa, [n, c, plane]);
        }
    }

    #[test]
    fn single_matches_double(n in 2..9_usize, c in 1..20_usize, plane in 4..150_usize) {
        for isa in Isa::available() {
            check_single(isa, [n, c, plane], Statistics::Batch);
            check_single(isa, [n, c, plane], Statistics::Fixed);
        }
    }
}

#[test]
fn a_large_mean_costs_no_digits_of_the_variance() {
    for isa in Isa::available() {
        let input = numbers::<f32>(64 * 3 * 1024, 7, 1000.0);
        let ones = [1.0_f32; 3];
        let (_, moments) = BatchNorm::new(&ones, &ones, EPSILON)
            .with_isa(isa)
            .forward(&input, 1024);
        let (_, mean, variance) =
            reference::batch_norm(&input, 1024, &ones, &ones, EPSILON, [-1e9, 1e9]);
        for channel in 0..3 {
            let got = f64::from(moments.variance[channel]);
            assert!(
                (got / variance[channel] - 1.0).abs() < 1e-6,
                "{got}, not {}",
                variance[channel]
            );
            assert!((f64::from(moments.mean[channel]) / mean[channel] - 1.0).abs() < 1e-6);
        }
    }
}
