//! Architecture strings, and cells in every notation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbzero_space::{Architecture, Cell};

fuzz_target!(|text: &str| {
    if let Ok(architecture) = text.parse::<Architecture>() {
        assert_eq!(architecture.to_string(), text);
    }
    let _ = Cell::from_any_notation(text);
});
