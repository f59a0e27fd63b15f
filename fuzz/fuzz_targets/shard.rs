//! Shards, plain and compressed with zstd.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nbzero_table::{Metadata, Table, read_shard};

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new_in("/dev/shm").expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    if let Ok(shard) = read_shard(file.path()) {
        let _ = Metadata::from_records(&shard.records)
            .and_then(|metadata| Table::from_records(metadata, &shard.records));
    }
});
