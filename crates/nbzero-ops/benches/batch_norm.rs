//! Milliseconds of batch norm with `ReLU`, training mode, beside `PyTorch` in the same run.
//!
//! Arguments as of the `conv` benchmark.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod common;

use common::{Setup, best, numbers};
use nbzero_ops::{Activation, BatchNorm, Statistics};

/// Batch, channels, height and width.
const SHAPES: [[usize; 3]; 8] = [
    [64, 64, 32],
    [64, 144, 32],
    [64, 128, 16],
    [64, 512, 4],
    [64, 1152, 4],
    [128, 16, 16],
    [128, 48, 16],
    [128, 32, 8],
];

fn main() {
    let mut setup = Setup::from_args();
    println!("  n    c size |  forward backward |  torch f  torch b |  f ratio  b ratio");
    for [n, c, h] in SHAPES {
        let name = format!("{n:3} {c:4} {h:4}");
        if !name.contains(&setup.only) {
            continue;
        }
        let plane = h * h;
        let (input, grad) = (numbers(n * c * plane), numbers(n * c * plane));
        let (scale, bias) = (vec![1.0; c], vec![0.0; c]);
        let norm = BatchNorm::new(&scale, &bias, 1e-5).with_activation(Activation::Relu);
        let (_, moments) = norm.forward(&input, plane);
        let (mine, theirs) = setup.alternate::<2, 2>(&format!("norm {n} {c} {h}"), |time| {
            let forward = best(time, || norm.forward(&input, plane));
            let backward = || norm.backward(&input, plane, &moments, &grad, Statistics::Batch);
            [forward, best(time, backward)]
        });
        println!(
            "{name} | {:8.3} {:8.3} | {:8.3} {:8.3} | {:8.2} {:8.2}",
            mine[0],
            mine[1],
            theirs[0],
            theirs[1],
            mine[0] / theirs[0],
            mine[1] / theirs[1]
        );
    }
}
