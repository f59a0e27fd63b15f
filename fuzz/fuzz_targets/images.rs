//! Image files of all three datasets: binary records, pickles, and whatever else lies there.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nbzero_train::{DatasetName, load};

fuzz_target!(|bytes: &[u8]| {
    for (name, train, test) in [
        (DatasetName::Cifar10, "data_batch_1", "test_batch"),
        (DatasetName::Cifar100, "train", "test"),
        (DatasetName::ImageNet16, "train_data_batch_1", "val_data"),
    ] {
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
        fs::write(folder.path().join(train), bytes).expect("a file");
        fs::write(folder.path().join(test), bytes).expect("a file");
        if let Ok(data) = load(name, folder.path()) {
            assert!(!data.train.is_empty() && data.train == data.test);
        }
    }
});
