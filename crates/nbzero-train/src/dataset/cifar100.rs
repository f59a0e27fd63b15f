//! CIFAR-100 in its official binary layout, with the fine labels.
//!
//! Records of 3,074 bytes: the coarse label (0 to 19), the fine label (0 to 99), then R, G and B
//! planes of 32x32.
//!
//! Source: as of `cifar10`.

use std::path::Path;

use crate::DataError;
use crate::dataset::layout::{Labelled, Layout};
use crate::dataset::{DatasetName, records};

pub(super) const LAYOUT: Layout = Layout {
    dataset: DatasetName::Cifar100,
    folder: "cifar-100-binary",
    train: &["train.bin"],
    train_words: "train.bin",
    test: "test.bin",
    expected: "train.bin and test.bin",
    remedy: "they are in cifar-100-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html",
    read,
};

fn read(path: &Path) -> Result<Labelled, DataError> {
    records::read(path, 2, 100)
}
