//! Safetensors files: weights for a small network, and batches.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use burn::tensor::Device;
use libfuzzer_sys::fuzz_target;
use nbzero_model::{Weights, read_batch};
use nbzero_space::Architecture;

static NETWORK: LazyLock<Architecture> =
    LazyLock::new(|| "r1:2:2x1s2,3x1s2,4x1s2".parse().expect("an architecture"));

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new_in("/dev/shm").expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    let device = Device::flex();
    if let Ok(batch) = read_batch(file.path(), &device) {
        assert_eq!(batch.images.dims()[0], batch.targets.len());
    }
    if let Ok(weights) = Weights::read(file.path()) {
        let _ = weights.classes();
        let _ = weights.network(&NETWORK.graph(2, 4), &device);
    }
});
