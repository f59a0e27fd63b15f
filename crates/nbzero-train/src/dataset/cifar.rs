//! CIFAR-10 and CIFAR-100 in their official layouts: the binary version and the Python version.
//!
//! | version | CIFAR-10 | CIFAR-100 |
//! |---|---|---|
//! | binary | records of 3,073 bytes: the label (0 to 9), then R, G and B planes of 32x32 | records of 3,074 bytes: the coarse label (0 to 19), the fine label (0 to 99), then the planes |
//! | Python | pickles of a dict with `data`, a `uint8` array of N x 3,072 (the same planes), and `labels` | the same with `fine_labels` |
//!
//! Both give the same images in the same order. Which version a file is of is seen from its first
//! byte, which is a label in the binary version and no label in any pickle.
//!
//! Source: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009;
//! <https://www.cs.toronto.edu/~kriz/cifar.html>.

use std::path::Path;

use crate::DataError;
use crate::dataset::layout::{Labelled, Layout, Version};
use crate::dataset::{DatasetName, batch, file};

pub(super) const CIFAR10: Layout = Layout {
    dataset: DatasetName::Cifar10,
    versions: &[
        Version {
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
        },
        Version {
            folder: "cifar-10-batches-py",
            train: &[
                "data_batch_1",
                "data_batch_2",
                "data_batch_3",
                "data_batch_4",
                "data_batch_5",
            ],
            train_words: "data_batch_1 (or _2 to _5)",
            test: "test_batch",
        },
    ],
    expected: "data_batch_1.bin to data_batch_5.bin (at least one) and test_batch.bin, or the same \
        without .bin of the Python version",
    remedy: "they are in cifar-10-binary.tar.gz and cifar-10-python.tar.gz of \
        https://www.cs.toronto.edu/~kriz/cifar.html",
    read: |path| {
        let labels = Labels {
            dataset: DatasetName::Cifar10,
            bytes: &[10],
            key: "labels",
        };
        labels.read(path)
    },
};

pub(super) const CIFAR100: Layout = Layout {
    dataset: DatasetName::Cifar100,
    versions: &[
        Version {
            folder: "cifar-100-binary",
            train: &["train.bin"],
            train_words: "train.bin",
            test: "test.bin",
        },
        Version {
            folder: "cifar-100-python",
            train: &["train"],
            train_words: "train",
            test: "test",
        },
    ],
    expected: "train.bin and test.bin, or train and test of the Python version",
    remedy: "they are in cifar-100-binary.tar.gz and cifar-100-python.tar.gz of \
        https://www.cs.toronto.edu/~kriz/cifar.html",
    read: |path| {
        let labels = Labels {
            dataset: DatasetName::Cifar100,
            bytes: &[20, 100],
            key: "fine_labels",
        };
        labels.read(path)
    },
};

/// Bytes of a 32x32 image: R, G, B planes.
const IMAGE: usize = 3 * 32 * 32;

/// How images are labelled.
struct Labels {
    dataset: DatasetName,
    /// The numbers of classes of a record's label bytes, of which the last one counts.
    bytes: &'static [u8],
    /// The labels' name in a pickle.
    key: &'static str,
}

impl Labels {
    fn read(&self, path: &Path) -> Result<Labelled, DataError> {
        let bytes = file::read(path)?;
        if batch::is_pickle(&bytes) {
            self.batch(path, &bytes)
        } else {
            self.records(path, &bytes)
        }
    }

    fn records(&self, path: &Path, bytes: &[u8]) -> Result<Labelled, DataError> {
        let record = self.bytes.len() + IMAGE;
        if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
            let size = bytes.len();
            return Err(DataError::Truncated {
                path: path.to_owned(),
                size,
                record,
            });
        }
        let mut read = Labelled::default();
        for (number, bytes) in bytes.chunks_exact(record).enumerate() {
            let (labels, image) = bytes.split_at(self.bytes.len());
            let mut label = 0;
            for (&byte, &classes) in labels.iter().zip(self.bytes) {
                label = class(path, number, byte.into(), classes)?;
            }
            read.labels.push(label);
            read.pixels.extend_from_slice(image);
        }
        Ok(read)
    }

    fn batch(&self, path: &Path, bytes: &[u8]) -> Result<Labelled, DataError> {
        let batch = batch::read(path, bytes, self.dataset, self.key)?;
        let classes = self.bytes[self.bytes.len() - 1];
        let labels = batch.labels.into_iter().enumerate();
        let labels = labels.map(|(number, label)| class(path, number, label, classes));
        Ok(Labelled {
            labels: labels.collect::<Result<_, _>>()?,
            pixels: batch.pixels,
        })
    }
}

/// The class that a label of a record is.
fn class(path: &Path, record: usize, label: i64, classes: u8) -> Result<u16, DataError> {
    let class = u16::try_from(label).ok();
    class
        .filter(|&class| class < classes.into())
        .ok_or_else(|| DataError::Label {
            path: path.to_owned(),
            record,
            label,
            first: 0,
            last: i64::from(classes) - 1,
        })
}
