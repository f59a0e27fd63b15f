//! CSV of scores: the text of any dress, its separators, columns and numbers.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nbzero_table::import::Sheet;
use nbzero_table::plain_text;

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("fuzzed.csv");
    let Ok(text) = plain_text(bytes.to_vec(), path) else {
        return;
    };
    let Ok(sheet) = Sheet::read(path, "scores", &text) else {
        return;
    };
    let _ = sheet.column("arch").map_err(|error| error.to_string());
    for column in sheet.columns() {
        for line in sheet.lines() {
            let _ = (line.float(&column), line.place());
            let _ = line.bad(&column, "a number").to_string();
        }
    }
});
