//! Architecture strings, and cells in every notation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbzero_space::{Architecture, Cell};

fuzz_target!(|text: &str| {
    if let Ok(architecture) = text.parse::<Architecture>() {
        // An expansion of 6 may be spelt out, and is not printed.
        assert_eq!(architecture.to_string().parse(), Ok(architecture));
    }
    let _ = Cell::from_any_notation(text);
});
