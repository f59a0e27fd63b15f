//! Published tables, and tables of one's own: the first byte chooses the importer and the dataset.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nbzero_table::OwnName;
use nbzero_table::import::{
    About, ImportOptions, OwnColumns, PublishedTable, import, own_table, read_own_csv,
};

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
    let about = About {
        name: OwnName::of("fuzzed").expect("a name"),
        dataset: None,
        classes: Some(10),
        resolution: Some(8.into()),
        origin: "fuzzed.csv".into(),
    };
    let columns = OwnColumns {
        arch: "arch".into(),
        accuracy: "accuracy".into(),
        flops: Some("flops".into()),
        params: None,
        depth: None,
    };
    let networks = read_own_csv(file.path(), &columns, &about);
    let _ = networks.and_then(|networks| own_table(file.path(), &about, networks));
});
