//! What the benchmarks share.
//!
//! - `cargo bench -p nbzero-benches`: each proxy and the suite, with criterion.
//! - `cargo xtask bench proxies`: the same work beside `PyTorch` (`src/bin/against_pytorch`).
//! - `cargo xtask bench training`: steps of training beside `PyTorch` (`src/bin/training.rs`).
//! - `cargo xtask bench machine`: what the machine can do at most (`src/bin/machine.rs`).

use std::hint::black_box;
use std::time::Instant;

use mimalloc::MiMalloc;

/// As in the command `nbzero`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A small network of each family, scored with 100 classes at 32x32.
pub const NETWORKS: [&str; 3] = [
    "r1:32:32x1s1,64x1s2,128x1s2,256x1s2",
    "r2:32:64x1s1,128x1s2,256x1s2,512x1s2",
    "mb:16:16x1s1,24x1s2,48x1s2,96x1s2",
];

/// One of each family of 50M to 220M FLOPs, as people use them.
pub const LARGER: [&str; 3] = [
    "r1:32:32x2s1,64x2s2,128x2s2,256x2s2",
    "r2:64:128x3s1,256x3s2,512x3s2,768x2s2",
    "mb:24:24x2s1,48x2s2,96x2s2,192x2s2",
];

/// Runs something once and returns its result with the seconds that it took.
pub fn timed<R>(run: impl FnOnce() -> R) -> (R, f64) {
    let begin = Instant::now();
    let result = black_box(run());
    (result, begin.elapsed().as_secs_f64())
}

/// Prepares this process for a comparison: so many threads for nbzero's kernels and for Burn's
/// device `flex`.
///
/// # Errors
///
/// If the threads cannot be started.
pub fn start(threads: u16) -> Result<(), rayon::ThreadPoolBuildError> {
    nbzero_ops::keep_freed_memory();
    let pool = rayon::ThreadPoolBuilder::new();
    pool.num_threads(threads.into()).build_global()
}
