//! The tables under `data/` are exactly what their shards give.
//!
//! The shards of `data/NAME.nbz` are in `data/shards/NAME`, those of trials, of `data/short` and of `data/mini` in a folder beside
//! the table.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use nbzero::table::{Metadata, Table, read_shard};

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// What the shards of a folder give.
fn built(shards: &Path) -> Table {
    let all = listed(shards);
    let records: Vec<_> = all
        .iter()
        .flat_map(|shard| read_shard(shard).unwrap().records)
        .collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}

fn tables_in(folder: &Path) -> Vec<PathBuf> {
    let mut all = listed(folder);
    all.retain(|path| path.extension().is_some_and(|name| name == "nbz"));
    all
}

fn assert_is(rebuilt: &Table, path: &Path) {
    let bytes = rebuilt.to_bytes(path).unwrap();
    assert!(bytes == fs::read(path).unwrap(), "{}", path.display());
}

#[test]
fn every_table_is_rebuilt_from_its_shards_bit_by_bit() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    if !data.exists() {
        println!("skipped: the crate stands alone, without the project's data");
        return;
    }
    let mut tables = 0;
    for shards in listed(&data.join("shards")) {
        let name = shards.file_name().unwrap().to_string_lossy();
        assert_is(&built(&shards), &data.join(format!("{name}.nbz")));
        tables += 1;
    }
    assert_eq!(tables_in(&data).len(), tables);
    assert!(tables > 0);
    for trial in listed(&data.join("trials")) {
        let tables = tables_in(&trial);
        assert!(!tables.is_empty(), "{}", trial.display());
        for table in tables {
            assert_is(&built(&table.with_extension("")), &table);
        }
    }
    for table in tables_in(&data.join("short")) {
        let mut rebuilt = built(&table.with_extension(""));
        // The same networks after four epochs, where they have been trained so.
        let four_epochs = data.join("mini").join(table.file_name().unwrap());
        if four_epochs.exists() {
            assert_is(&built(&four_epochs.with_extension("")), &four_epochs);
            let four_epochs = Table::open(four_epochs).unwrap();
            rebuilt = rebuilt.with_short_training(&four_epochs).unwrap();
        }
        assert_is(&rebuilt, &table);
    }
}
