//! Milliseconds of the eigenvalues of a Gram matrix in `f64`, beside nalgebra's and `PyTorch`'s in the same run.
//!
//! Arguments as of the `conv` benchmark.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod common;

use common::{Setup, best, numbers};
use nalgebra::DMatrix;
use nbzero_ops::symmetric_eigenvalues;

/// Channels of layers.
const SIZES: [usize; 8] = [16, 64, 128, 256, 512, 768, 1152, 1536];

fn main() {
    let mut setup = Setup::from_args();
    println!("size |     ours  nalgebra     torch |  ratios");
    for size in SIZES {
        let name = format!("{size:4}");
        if !name.contains(&setup.only) {
            continue;
        }
        let rows = numbers(size * 2 * size).into_iter().map(f64::from);
        let rows = DMatrix::from_iterator(size, 2 * size, rows);
        let gram = &rows * rows.transpose();
        let ([ours, nalgebra], [torch]) = setup.alternate(&format!("eigenvalues {size}"), |time| {
            let ours = best(time, || symmetric_eigenvalues(gram.as_slice(), size));
            [ours, best(time, || gram.symmetric_eigenvalues())]
        });
        println!(
            "{name} | {ours:8.3}  {nalgebra:8.3}  {torch:8.3} | {:4.2}  {:4.2}",
            ours / nalgebra,
            ours / torch
        );
    }
}
