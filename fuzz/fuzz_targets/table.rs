//! `.nbz` files: the bytes as they are, and as the payload of a file whose header is sound.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nbzero_table::{FORMAT_VERSION, MAGIC, Table};

fuzz_target!(|bytes: &[u8]| {
    let origin = Path::new("fuzzed.nbz");
    let _ = Table::from_bytes(bytes, origin);
    // The checksum would keep nearly all damage from the decoder: damage what is under it.
    let Ok(payload) = zstd::bulk::compress(bytes, 1) else {
        return;
    };
    for version in 1..=FORMAT_VERSION {
        let mut file = MAGIC.to_vec();
        file.extend(version.to_le_bytes());
        file.extend((payload.len() as u64).to_le_bytes());
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&file);
        checksum.update(&payload);
        file.extend(checksum.finalize().to_le_bytes());
        file.extend(&payload);
        let _ = Table::from_bytes(&file, origin);
    }
});
