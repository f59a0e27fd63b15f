//! The tables under `data/` are exactly what their shards give.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use nbzero::table::{Metadata, Table, read_shard};

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
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
        let shards_of = listed(&shards);
        let records: Vec<_> = shards_of
            .iter()
            .flat_map(|shard| read_shard(shard).unwrap().records)
            .collect();
        let metadata = Metadata::from_records(&records).unwrap();
        let rebuilt = Table::from_records(metadata, &records).unwrap();
        let name = shards.file_name().unwrap().to_string_lossy();
        let path = data.join(format!("{name}.nbz"));
        assert!(
            rebuilt.to_bytes(&path).unwrap() == fs::read(&path).unwrap(),
            "{name}"
        );
        tables += 1;
    }
    let is_table = |path: &PathBuf| path.extension().is_some_and(|name| name == "nbz");
    assert_eq!(listed(&data).into_iter().filter(is_table).count(), tables);
    assert!(tables > 0);
}
