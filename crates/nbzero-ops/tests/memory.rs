//! Every kernel once on a shape so small that Miri gets through it, in minutes (Winograd's takes
//! longest):
//!
//! ```console
//! export MIRIFLAGS="-Zmiri-tree-borrows -Zmiri-ignore-leaks -Zmiri-disable-isolation"
//! RAYON_NUM_THREADS=1 cargo +nightly miri test -p nbzero-ops --test memory
//! ```
//!
//! Miri checks each read and write. It runs the portable code, since it lacks most vector
//! instructions. Tree Borrows, because rayon's queues break the older rules. The values are checked
//! elsewhere with other shapes.

#![expect(clippy::unwrap_used, reason = "unwrap in a test is an assertion")]

use nbzero_ops::{
    ConvShape, Isa, conv2d_input_grad_with, conv2d_weight_grad_with, conv2d_with, reference,
};

fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i * 7 % 11) as f32 - 5.0).collect()
}

fn assert_near(got: &[f32], want: &[f32]) {
    let far = |(a, b): (&f32, &f32)| (a - b).abs() > 1e-3 * b.abs().max(100.0);
    assert!(!got.iter().zip(want).any(far), "{got:?} is not {want:?}");
}

fn check(shape: &ConvShape) {
    let (input, weight) = (numbers(shape.input_len()), numbers(shape.weight_len()));
    let grad = numbers(shape.output_len());
    let isa = Isa::Portable;
    let (mut got, mut want) = (vec![0.0; grad.len()], vec![0.0; grad.len()]);
    conv2d_with(isa, shape, &input, &weight, &mut got);
    reference::conv2d(shape, &input, &weight, &mut want);
    assert_near(&got, &want);
    let (mut got, mut want) = (vec![0.0; input.len()], vec![0.0; input.len()]);
    conv2d_input_grad_with(isa, shape, &grad, &weight, &mut got);
    reference::conv2d_input_grad(shape, &grad, &weight, &mut want);
    assert_near(&got, &want);
    let (mut got, mut want) = (vec![0.0; weight.len()], vec![0.0; weight.len()]);
    conv2d_weight_grad_with(isa, shape, &input, &grad, &mut got);
    reference::conv2d_weight_grad(shape, &input, &grad, &mut want);
    assert_near(&got, &want);
}

/// Batch, input and output channels, kernel, stride, height and width.
fn dense([n, i, o, k, s, size]: [usize; 6]) -> ConvShape {
    let shape = ConvShape::new(n, [i, size, size], o, k).unwrap();
    shape.with_stride(s).unwrap()
}

fn depthwise(n: usize, channels: usize, stride: usize, size: usize) -> ConvShape {
    let shape = dense([n, channels, channels, 3, stride, size]);
    shape.with_groups(channels).unwrap()
}

#[test]
fn dense_convolutions_stay_within_their_memory() {
    check(&dense([1, 5, 6, 3, 1, 5]));
    check(&dense([1, 3, 5, 3, 2, 7]));
    check(&dense([2, 5, 3, 1, 1, 3]));
    check(&dense([1, 4, 9, 1, 2, 4]));
}

#[test]
fn winograd_stays_within_its_memory() {
    // Images are the lanes: as many as the portable vectors have.
    check(&dense([4, 16, 16, 3, 1, 8]));
    check(&dense([8, 40, 40, 3, 2, 16]));
}

#[test]
fn depthwise_convolutions_stay_within_their_memory() {
    // Vectors of channels, whole bundles and a part of one.
    check(&depthwise(1, 8, 1, 4));
    check(&depthwise(1, 11, 2, 5));
    // The same with other padding: rows that nothing reads, results that read zeros alone.
    for (stride, padding) in [
        (2, [[0, 1], [0, 1]]),
        (1, [[0, 0], [0, 0]]),
        (2, [[0, 0], [1, 2]]),
        (3, [[4, 3], [0, 5]]),
    ] {
        for channels in [8, 11] {
            let shape = depthwise(1, channels, stride, 5);
            check(&shape.with_padding(padding).unwrap());
        }
    }
    // Vectors of positions.
    check(&depthwise(1, 2, 1, 16));
}
