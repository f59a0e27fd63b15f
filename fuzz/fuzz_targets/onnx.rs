//! ONNX files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbzero_onnx::from_bytes;

fuzz_target!(|bytes: &[u8]| {
    let _ = from_bytes(bytes.to_vec().into(), None);
});
