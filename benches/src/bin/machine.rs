//! What this machine can do at most: speed of a large matrix product and of memory.
//!
//! `cargo xtask bench machine`. The product is Burn's on the device `flex` (the `gemm` crate); the
//! arrays of the memory loops are many times larger than a last-level cache. The best of the
//! repeats counts.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use anyhow::{Context, Result};
use burn::tensor::{Device, Distribution, Tensor};
use nbzero_benches::timed;
use rayon::ThreadPool;
use rayon::prelude::*;

/// Rows and columns of the matrices.
const SIZE: usize = 2048;

/// Numbers of each array: 256 MiB.
const LEN: usize = 1 << 26;

/// Numbers that one task of a memory loop works on.
const CHUNK: usize = 1 << 20;

const REPEATS: usize = 5;

fn main() -> Result<()> {
    println!("threads  GEMM GFLOP/s  copy GB/s  triad GB/s");
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .context("cannot start the threads")?;
        let (product, copied, triad) = (gemm(&pool), copy(&pool), triad(&pool));
        println!("{threads:7} {product:13.1} {copied:10.1} {triad:11.1}");
    }
    Ok(())
}

/// The least seconds of a few runs, after one that is not counted.
fn least(pool: &ThreadPool, mut run: impl FnMut() + Send) -> f64 {
    pool.install(|| {
        run();
        let seconds = (0..REPEATS).map(|_| timed(&mut run).1);
        seconds.fold(f64::INFINITY, f64::min)
    })
}

/// Billions of multiplications and additions a second of a float32 matrix product.
fn gemm(pool: &ThreadPool) -> f64 {
    let device = Device::flex();
    let matrix = || Tensor::<2>::random([SIZE, SIZE], Distribution::Default, &device);
    let (left, right) = (matrix(), matrix());
    let seconds = least(pool, || {
        std::hint::black_box(left.clone().matmul(right.clone()));
    });
    2.0 * (SIZE as f64).powi(3) / seconds / 1e9
}

/// Billions of bytes read and written a second by `a = b`.
fn copy(pool: &ThreadPool) -> f64 {
    let (mut a, b) = (vec![1.0_f32; LEN], vec![2.0_f32; LEN]);
    let seconds = least(pool, || {
        let chunks = a.par_chunks_mut(CHUNK).zip(b.par_chunks(CHUNK));
        chunks.for_each(|(a, b)| a.copy_from_slice(b));
    });
    std::hint::black_box(&a);
    gigabytes(2) / seconds
}

/// The same by `a = b + 3 c`, as in the STREAM benchmark: what a write first reads is not counted.
fn triad(pool: &ThreadPool) -> f64 {
    let (mut a, b, c) = (vec![1.0_f32; LEN], vec![2.0_f32; LEN], vec![3.0_f32; LEN]);
    let seconds = least(pool, || {
        let sources = b.par_chunks(CHUNK).zip(c.par_chunks(CHUNK));
        a.par_chunks_mut(CHUNK)
            .zip(sources)
            .for_each(|(a, (b, c))| {
                for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                    *a = b + 3.0 * c;
                }
            });
    });
    std::hint::black_box(&a);
    gigabytes(3) / seconds
}

fn gigabytes(arrays: usize) -> f64 {
    (arrays * LEN * size_of::<f32>()) as f64 / 1e9
}
