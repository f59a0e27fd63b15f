//! Milliseconds of the convolutions that matter, beside `PyTorch` in the same run.
//!
//! `cargo bench --bench conv -- [--torch PYTHON] [--threads 2] [--rounds 3] [--ms 40]
//! [--only PATTERN]`: with a Python that has `PyTorch`, both sides run alternately, and the least of
//! all rounds counts. Results are allocated inside the measured time on both sides.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod common;

use common::{Setup, best, numbers};
use nbzero_metrics::median;
use nbzero_ops::{ConvShape, conv2d_input_grad_vec, conv2d_vec, conv2d_weight_grad_vec};
use std::time::Duration;

/// Batch, input and output channels, kernel, stride, groups, height and width.
const SHAPES: [[usize; 7]; 20] = [
    [64, 3, 32, 3, 1, 1, 32],
    [64, 16, 16, 3, 1, 1, 32],
    [64, 32, 32, 3, 1, 1, 32],
    [64, 64, 64, 3, 1, 1, 32],
    [64, 64, 128, 3, 2, 1, 32],
    [64, 128, 128, 3, 1, 1, 16],
    [64, 256, 256, 3, 1, 1, 8],
    [64, 512, 512, 3, 1, 1, 4],
    [64, 64, 256, 1, 1, 1, 16],
    [64, 256, 64, 1, 1, 1, 16],
    [64, 512, 512, 1, 2, 1, 8],
    [64, 24, 144, 1, 1, 1, 32],
    [64, 144, 144, 3, 1, 144, 32],
    [64, 288, 288, 3, 2, 288, 16],
    [64, 576, 576, 3, 1, 576, 8],
    [64, 1152, 1152, 3, 1, 1152, 4],
    [128, 8, 8, 3, 1, 1, 16],
    [128, 16, 16, 3, 1, 1, 16],
    [128, 32, 32, 3, 1, 1, 8],
    [128, 48, 48, 3, 1, 48, 16],
];

/// The largest value: ratios are our time by `PyTorch`'s.
fn worst(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

/// Forward, input gradient and weight gradient.
fn ours(shape: &ConvShape, time: Duration) -> [f64; 3] {
    let input = numbers(shape.input_len());
    let weight = numbers(shape.weight_len());
    let grad = numbers(shape.output_len());
    [
        best(time, || conv2d_vec(shape, &input, &weight)),
        best(time, || conv2d_input_grad_vec(shape, &grad, &weight)),
        best(time, || conv2d_weight_grad_vec(shape, &input, &grad)),
    ]
}

fn main() {
    let mut setup = Setup::from_args();
    println!(
        "  n   in  out k s    g size |  forward  in.grad   w.grad GFLOP/s    |  torch f  torch b |  f ratio  b ratio"
    );
    let mut ratios = [vec![], vec![], vec![], vec![]];
    for sizes in SHAPES {
        let [n, i, o, k, s, g, h] = sizes;
        let name = format!("{n:3} {i:4} {o:4} {k} {s} {g:4} {h:4}");
        if !name.contains(&setup.only) {
            continue;
        }
        let shape = ConvShape::new(n, [i, h, h], o, k)
            .and_then(|shape| shape.with_stride(s))
            .and_then(|shape| shape.with_groups(g))
            .expect("a valid shape");
        let request = format!("conv {}", sizes.map(|size| size.to_string()).join(" "));
        let (mine, theirs) = setup.alternate::<3, 2>(&request, |time| ours(&shape, time));
        let flops = 2.0 * (shape.output_len() * i / g * k * k) as f64 / 1e6;
        let ratio = [mine[0] / theirs[0], (mine[1] + mine[2]) / theirs[1]];
        let [f, b, w] = mine.map(|ms| flops / ms);
        println!(
            "{name} | {:8.3} {:8.3} {:8.3} {f:4.0} {b:4.0} {w:4.0} | {:8.3} {:8.3} | {:8.2} {:8.2}",
            mine[0], mine[1], mine[2], theirs[0], theirs[1], ratio[0], ratio[1]
        );
        let kind = if g > 1 { 2 } else { 0 };
        ratios[kind].push(ratio[0]);
        ratios[kind + 1].push(ratio[1]);
    }
    for (kind, both) in ["dense and pointwise", "depthwise"]
        .iter()
        .zip(ratios.chunks(2))
    {
        for (direction, ratios) in ["forward", "backward"].iter().zip(both) {
            let Some(median) = median(ratios) else {
                continue;
            };
            let worst = worst(ratios);
            println!("ratios of {kind}, {direction}: median {median:.2}, worst {worst:.2}");
        }
    }
}
