//! CIFAR-10 in its official binary layout.
//!
//! Records of 3,073 bytes: the label (0 to 9), then R, G and B planes of 32x32.
//!
//! Source: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009;
//! <https://www.cs.toronto.edu/~kriz/cifar.html>.

use std::path::Path;

use crate::DataError;
use crate::dataset::layout::{Labelled, Layout};
use crate::dataset::{DatasetName, records};

pub(super) const LAYOUT: Layout = Layout {
    dataset: DatasetName::Cifar10,
    folder: "cifar-10-batches-bin",
    train: &[
        "data_batch_1.bin",
        "data_batch_2.bin",
        "data_batch_3.bin",
        "data_batch_4.bin",
        "data_batch_5.bin",
    ],
    train_words: "data_batch_1.bin (or _2 to _5)",
    test: "test_batch.bin",
    expected: "data_batch_1.bin to data_batch_5.bin (at least one) and test_batch.bin",
    remedy: "they are in cifar-10-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html",
    read,
};

fn read(path: &Path) -> Result<Labelled, DataError> {
    records::read(path, 1, 10)
}
