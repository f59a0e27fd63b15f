//! `ImageNet16` in its official layout, restricted to its first 120 classes.
//!
//! Python pickles of a dict with `data`, a `uint8` array of N x 768 (R, G and B planes of 16x16),
//! and `labels`, a list, tuple or array of N numbers from 1 to 1000. Images with labels 1 to 120
//! are kept, as NAS-Bench-201 does for `ImageNet16-120`, and their labels are counted from 0. The
//! validation file is the test set: no labels of `ImageNet`'s own test set are public.
//!
//! Source: Chrabaszcz, Loshchilov and Hutter, A Downsampled Variant of `ImageNet`, 2017; Dong and
//! Yang, NAS-Bench-201, 2020.

use std::path::Path;

use crate::DataError;
use crate::dataset::layout::{Labelled, Layout, Version};
use crate::dataset::{DatasetName, batch, file};

pub(super) const LAYOUT: Layout = Layout {
    dataset: DatasetName::ImageNet16,
    versions: &[Version {
        folder: "ImageNet16",
        train: &[
            "train_data_batch_1",
            "train_data_batch_2",
            "train_data_batch_3",
            "train_data_batch_4",
            "train_data_batch_5",
            "train_data_batch_6",
            "train_data_batch_7",
            "train_data_batch_8",
            "train_data_batch_9",
            "train_data_batch_10",
        ],
        train_words: "train_data_batch_1 (or _2 to _10)",
        test: "val_data",
    }],
    expected: "train_data_batch_1 to train_data_batch_10 (at least one) and val_data",
    remedy: "they are in the 16x16 archives of https://image-net.org/download-images",
    read,
};

/// Bytes of a 16x16 image.
const IMAGE: usize = 3 * 16 * 16;
/// Labels of the full dataset.
const FULL: i64 = 1000;
/// Labels kept.
const KEPT: i64 = 120;

fn read(path: &Path) -> Result<Labelled, DataError> {
    let dataset = DatasetName::ImageNet16;
    let batch = batch::read(path, &file::read(path)?, dataset, "labels")?;
    let labelled = keep_first_classes(path, &batch.pixels, &batch.labels)?;
    if labelled.labels.is_empty() {
        let count = batch.labels.len();
        return Err(DataError::Contents {
            path: path.to_owned(),
            dataset,
            what: format!("none of its {count} images has a label from 1 to {KEPT}"),
        });
    }
    Ok(labelled)
}

fn keep_first_classes(path: &Path, data: &[u8], labels: &[i64]) -> Result<Labelled, DataError> {
    let mut kept = Labelled::default();
    for (record, (image, &label)) in data.chunks_exact(IMAGE).zip(labels).enumerate() {
        match u16::try_from(label.saturating_sub(1)) {
            Ok(class) if label <= KEPT => {
                kept.pixels.extend_from_slice(image);
                kept.labels.push(class);
            }
            Ok(_) if label <= FULL => {}
            _ => {
                let path = path.to_owned();
                return Err(DataError::Label {
                    path,
                    record,
                    label,
                    first: 1,
                    last: FULL,
                });
            }
        }
    }
    Ok(kept)
}
