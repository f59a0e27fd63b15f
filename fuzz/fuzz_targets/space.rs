//! Space files: what is read is written back as the same space, and its networks are its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nbzero_space::{Space, Variation};

fuzz_target!(|text: &str| {
    let Ok(space) = Space::parse(text) else {
        return;
    };
    if let Some(file) = space.file() {
        assert_eq!(Space::parse(&file).as_ref(), Ok(&space));
    }
    let network = Variation::new(space.clone(), 0).draw();
    assert!(space.contains(&network));
});
