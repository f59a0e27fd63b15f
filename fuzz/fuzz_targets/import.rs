//! Published tables: the first byte chooses the importer and the dataset.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nbzero_table::import::{ImportOptions, PublishedTable, import};

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, content)) = bytes.split_first() else {
        return;
    };
    let all = PublishedTable::ALL;
    let table = all[usize::from(choice) % all.len()];
    let datasets = table.datasets();
    let dataset = datasets[usize::from(choice) / all.len() % datasets.len()];
    let options = ImportOptions {
        dataset: Some(dataset.to_owned()),
    };
    let file = tempfile::NamedTempFile::new_in("/dev/shm").expect("a file");
    fs::write(file.path(), content).expect("a file");
    let _ = import(table, file.path(), &options);
});
