//! All kernels against nested loops, on every instruction set of this machine.

#![expect(clippy::unwrap_used, reason = "unwrap in a test is an assertion")]

use nbzero_ops::{
    ConvShape, Element, Isa, conv2d_input_grad_with, conv2d_weight_grad_with, conv2d_with,
    reference,
};
use proptest::prelude::*;

/// Numbers between -1 and 1 that depend on the seed only.
fn numbers<T: Element>(len: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
        })
        .collect()
}

fn assert_near<T: Element>(what: &str, shape: &ConvShape, got: &[T], want: &[T], tolerance: f64) {
    let largest = want.iter().fold(1.0, |m: f64, x| m.max(x.to_f64().abs()));
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        let error = (a.to_f64() - b.to_f64()).abs();
        assert!(
            error <= tolerance * largest,
            "{what} of {shape:?}: element {i} is {a:?}, not {b:?}"
        );
    }
}

/// All three directions of one shape; junk in the results must be overwritten.
fn check<T: Element>(isa: Isa, shape: &ConvShape, tolerance: f64) {
    let input = numbers::<T>(shape.input_len(), 1);
    let weight = numbers::<T>(shape.weight_len(), 2);
    let grad = numbers::<T>(shape.output_len(), 3);
    let junk = |len: usize| vec![T::from_f64(f64::NAN); len];
    let what = |direction: &str| format!("{direction} on {isa:?}");

    let (mut got, mut want) = (junk(shape.output_len()), junk(shape.output_len()));
    conv2d_with(isa, shape, &input, &weight, &mut got);
    reference::conv2d(shape, &input, &weight, &mut want);
    assert_near(&what("forward"), shape, &got, &want, tolerance);

    let (mut got, mut want) = (junk(shape.input_len()), junk(shape.input_len()));
    conv2d_input_grad_with(isa, shape, &grad, &weight, &mut got);
    reference::conv2d_input_grad(shape, &grad, &weight, &mut want);
    assert_near(&what("input gradient"), shape, &got, &want, tolerance);

    let (mut got, mut want) = (junk(shape.weight_len()), junk(shape.weight_len()));
    conv2d_weight_grad_with(isa, shape, &input, &grad, &mut got);
    reference::conv2d_weight_grad(shape, &input, &grad, &mut want);
    assert_near(&what("weight gradient"), shape, &got, &want, tolerance);
}

fn check_all(shape: &ConvShape) {
    for isa in Isa::available() {
        check::<f32>(isa, shape, 2e-5);
        check::<f64>(isa, shape, 1e-13);
    }
}

/// Sizes around whole vectors, and those that have code of their own.
fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![1..20_usize, prop::sample::select(vec![4, 8, 16, 32])]
}

fn shapes() -> impl Strategy<Value = ConvShape> {
    let kernel = prop_oneof![Just(3), prop::sample::select(vec![1, 3, 5, 7])];
    let channels = 1..20_usize;
    let tensors = (1..12_usize, channels.clone(), channels, sizes(), sizes());
    (tensors, kernel, 1..4_usize, 0..4_usize).prop_map(|((n, c_in, c_out, h, w), k, s, kind)| {
        let (c_in, c_out, groups) = match kind {
            0 => (c_in, c_in, c_in),
            1 => (c_in * 2, c_out * 2, 2),
            _ => (c_in, c_out, 1),
        };
        let shape = ConvShape::new(n, [c_in, h, w], c_out, k).unwrap();
        shape.with_stride(s).unwrap().with_groups(groups).unwrap()
    })
}

/// Depthwise shapes of any padding.
fn padded() -> impl Strategy<Value = ConvShape> {
    let kernel = prop::sample::select(vec![1_usize, 3, 5, 7]);
    let side = || (0..5_usize, 0..5_usize);
    let tensors = (1..12_usize, 2..20_usize, sizes(), sizes());
    (tensors, kernel, 1..4_usize, [side(), side()]).prop_map(|((n, c, h, w), k, s, padding)| {
        let padding = padding.map(|(before, behind)| [before, behind]);
        let fits =
            |size: usize, [before, behind]: [usize; 2]| size.max(k.saturating_sub(before + behind));
        let (h, w) = (fits(h, padding[0]), fits(w, padding[1]));
        let shape = ConvShape::new(n, [c, h, w], c, k).unwrap();
        let shape = shape.with_stride(s).unwrap().with_groups(c).unwrap();
        shape.with_padding(padding).unwrap()
    })
}

/// Dense shapes of stride 1 and 2 with enough images and channels for fast convolution algorithms: odd
/// sizes, ragged batches, channels that fill no vector.
fn many_channels(stride: usize) -> impl Strategy<Value = ConvShape> {
    let channels = prop_oneof![8..24_usize, 130..140_usize];
    let size = 2 * stride..10 * stride;
    let tensors = (4..36_usize, channels.clone(), channels, size.clone(), size);
    tensors.prop_map(move |(n, c_in, c_out, h, w)| {
        let shape = ConvShape::new(n, [c_in, h, w], c_out, 3).unwrap();
        shape.with_stride(stride).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn many_channels_match_the_reference(shape in many_channels(1)) {
        check_all(&shape);
    }

    #[test]
    fn many_channels_of_stride_2_match_the_reference(shape in many_channels(2)) {
        check_all(&shape);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn random_shapes_match_the_reference(shape in shapes()) {
        check_all(&shape);
    }

    #[test]
    fn any_padding_of_depthwise_shapes_matches_the_reference(shape in padded()) {
        check_all(&shape);
    }
}

#[test]
fn usual_shapes_match_the_reference() {
    for (n, c_in, c_out, k, s, groups, size) in [
        (3, 3, 32, 3, 1, 1, 32),
        (9, 16, 16, 3, 1, 1, 16),
        (17, 40, 24, 3, 2, 1, 8),
        (3, 20, 10, 3, 2, 1, 16),
        (2, 70, 10, 3, 2, 1, 32),
        (18, 64, 48, 3, 1, 1, 4),
        (9, 300, 40, 3, 1, 1, 4),
        (34, 16, 22, 3, 1, 1, 16),
        (16, 16, 32, 3, 2, 1, 32),
        (63, 48, 64, 3, 2, 1, 15),
        (34, 64, 48, 3, 2, 1, 8),
        (9, 300, 140, 3, 2, 1, 7),
        (5, 300, 20, 1, 1, 1, 16),
        (5, 20, 30, 1, 2, 1, 8),
        (2, 24, 24, 3, 1, 24, 32),
        (3, 24, 24, 3, 2, 24, 16),
        (9, 48, 48, 3, 1, 48, 4),
        (1, 64, 70, 3, 1, 1, 16),
        (1, 8, 8, 3, 1, 1, 101),
    ] {
        let shape = ConvShape::new(n, [c_in, size, size], c_out, k).unwrap();
        check_all(&shape.with_stride(s).unwrap().with_groups(groups).unwrap());
    }
}

/// Algorithms with fewer products lose digits; they must stay far from what a proxy can see.
#[test]
fn rounding_is_small_beside_the_sum_of_absolute_products() {
    let double = |list: &[f32]| list.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let positive = |list: &[f32]| list.iter().map(|x| f64::from(x.abs())).collect::<Vec<_>>();
    let largest = |got: &[f32], want: &[f64], scale: &[f64]| {
        let errors = got.iter().zip(want).zip(scale);
        let errors = errors.map(|((got, want), scale)| (f64::from(*got) - want).abs() / scale);
        errors.fold(0.0, f64::max)
    };
    for stride in [1, 2] {
        let shape = ConvShape::new(48, [128, 8 * stride, 8 * stride], 96, 3).unwrap();
        let shape = shape.with_stride(stride).unwrap();
        let input = numbers::<f32>(shape.input_len(), 1);
        let weight = numbers::<f32>(shape.weight_len(), 2);
        let grad = numbers::<f32>(shape.output_len(), 3);
        let exact = |convert: &dyn Fn(&[f32]) -> Vec<f64>| {
            let (input, weight, grad) = (convert(&input), convert(&weight), convert(&grad));
            let lengths = [grad.len(), input.len(), weight.len()];
            let [mut y, mut gx, mut gw] = lengths.map(|len| vec![0.0; len]);
            reference::conv2d(&shape, &input, &weight, &mut y);
            reference::conv2d_input_grad(&shape, &grad, &weight, &mut gx);
            reference::conv2d_weight_grad(&shape, &input, &grad, &mut gw);
            [y, gx, gw]
        };
        let (want, scale) = (exact(&double), exact(&positive));
        for isa in Isa::available() {
            let mut got = [0, 1, 2].map(|i| vec![0.0; want[i].len()]);
            conv2d_with(isa, &shape, &input, &weight, &mut got[0]);
            conv2d_input_grad_with(isa, &shape, &grad, &weight, &mut got[1]);
            conv2d_weight_grad_with(isa, &shape, &input, &grad, &mut got[2]);
            for i in 0..3 {
                let error = largest(&got[i], &want[i], &scale[i]);
                assert!(
                    error < 2e-6,
                    "{isa}, stride {stride}, direction {i}: {error}"
                );
            }
        }
    }
}

/// A convolution is linear in the input and in the weight, so a difference quotient of any step is
/// the derivative.
#[test]
fn gradients_are_finite_differences() {
    for (c_in, c_out, k, s, groups) in [
        (3, 4, 3, 1, 1),
        (3, 4, 3, 2, 1),
        (5, 2, 1, 2, 1),
        (4, 4, 3, 2, 4),
        (4, 6, 5, 1, 2),
    ] {
        let shape = ConvShape::new(2, [c_in, 6, 7], c_out, k).unwrap();
        let shape = shape.with_stride(s).unwrap().with_groups(groups).unwrap();
        let input = numbers::<f64>(shape.input_len(), 1);
        let weight = numbers::<f64>(shape.weight_len(), 2);
        let grad = numbers::<f64>(shape.output_len(), 3);
        let loss = |input: &[f64], weight: &[f64]| {
            let mut output = vec![0.0; shape.output_len()];
            reference::conv2d(&shape, input, weight, &mut output);
            output.iter().zip(&grad).map(|(y, g)| y * g).sum::<f64>()
        };
        let moved = |list: &[f64], i: usize, step: f64| {
            let mut list = list.to_vec();
            list[i] += step;
            list
        };
        let input_grad: Vec<_> = (0..input.len())
            .map(|i| loss(&moved(&input, i, 0.5), &weight) - loss(&moved(&input, i, -0.5), &weight))
            .collect();
        let weight_grad: Vec<_> = (0..weight.len())
            .map(|i| loss(&input, &moved(&weight, i, 0.5)) - loss(&input, &moved(&weight, i, -0.5)))
            .collect();
        for isa in Isa::available() {
            let mut got = vec![0.0; input.len()];
            conv2d_input_grad_with(isa, &shape, &grad, &weight, &mut got);
            assert_near("input gradient", &shape, &got, &input_grad, 1e-11);
            let mut got = vec![0.0; weight.len()];
            conv2d_weight_grad_with(isa, &shape, &input, &grad, &mut got);
            assert_near("weight gradient", &shape, &got, &weight_grad, 1e-11);
        }
    }
}
