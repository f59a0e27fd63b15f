//! Made-up files of each layout, good and bad.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::pickle::tests::batch;
use super::*;

/// Records of `prefix` label bytes each and an image whose bytes are the record's number.
fn records(labels: &[&[u8]]) -> Vec<u8> {
    let record = |(number, label): (u8, &&[u8])| [*label, &[number; 3072]].concat();
    (0..).zip(labels).flat_map(record).collect()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn refusal(name: DatasetName, dir: impl AsRef<Path>) -> String {
    let error = load(name, dir).unwrap_err().to_string();
    assert!(!error.contains('\n') && !error.ends_with('.'), "{error}");
    error
}

fn assert_says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "`{error}` should say `{part}`");
    }
}

#[test]
fn cifar10_reads_any_of_its_files_from_folder_or_parent() {
    let dir = folder(&[
        (
            "cifar-10-batches-bin/data_batch_2.bin",
            &records(&[&[3], &[9]]),
        ),
        ("cifar-10-batches-bin/data_batch_5.bin", &records(&[&[0]])),
        ("cifar-10-batches-bin/test_batch.bin", &records(&[&[1]])),
    ]);
    for dir in [dir.path(), &dir.path().join("cifar-10-batches-bin")] {
        let data = load(DatasetName::Cifar10, dir).unwrap();
        assert_eq!(data.train.labels(), [3, 9, 0]);
        assert_eq!(data.train.image(1), [1; 3072]);
        assert_eq!(data.test.labels(), [1]);
        assert_eq!((data.train.resolution(), data.train.classes()), (32, 10));
        assert_eq!(data.files.len(), 3);
        assert!(data.files[1].ends_with("data_batch_5.bin"));
    }
}

#[test]
fn cifar100_takes_fine_labels() {
    let dir = folder(&[
        ("train.bin", &records(&[&[19, 99], &[0, 42]])),
        ("test.bin", &records(&[&[1, 7]])),
    ]);
    let data = load(DatasetName::Cifar100, dir.path()).unwrap();
    assert_eq!(data.train.labels(), [99, 42]);
    assert_eq!(data.test.labels(), [7]);
    assert_eq!(data.train.image(1), [1; 3072]);
}

#[test]
fn imagenet16_keeps_the_first_120_classes() {
    let data: Vec<u8> = [[1; 768], [2; 768], [3; 768]].concat();
    let dir = folder(&[
        (
            "ImageNet16/train_data_batch_1",
            &batch(3, &data, &[120, 121, 1]),
        ),
        (
            "ImageNet16/train_data_batch_10",
            &batch(1, &[200; 768], &[5]),
        ),
        ("ImageNet16/val_data", &batch(1, &[255; 768], &[2])),
    ]);
    let data = load(DatasetName::ImageNet16, dir.path()).unwrap();
    assert_eq!(data.train.labels(), [119, 0, 4]);
    assert_eq!(data.train.image(1), [3; 768]);
    assert_eq!(data.train.image(2), [200; 768]);
    assert_eq!(data.test.labels(), [1]);
    assert_eq!((data.train.resolution(), data.train.classes()), (16, 120));
}

#[test]
fn missing_folders_and_files_are_named() {
    let error = refusal(DatasetName::Cifar10, "no/such/folder");
    assert_says(
        &error,
        &["no/such/folder", "cifar10", "data_batch_1.bin", "kriz"],
    );
    let dir = folder(&[]);
    let error = refusal(DatasetName::Cifar100, dir.path());
    assert_says(
        &error,
        &["holds no train.bin", "test.bin", "cifar-100-binary.tar.gz"],
    );
    let dir = folder(&[("train_data_batch_1", b"")]);
    let error = refusal(DatasetName::ImageNet16, dir.path());
    assert_says(
        &error,
        &["holds no val_data", "train_data_batch_10", "image-net.org"],
    );
}

#[test]
fn truncated_files_and_wrong_labels_are_named() {
    let good = records(&[&[1]]);
    let dir = folder(&[
        ("data_batch_1.bin", &good[..3000]),
        ("test_batch.bin", &good),
    ]);
    let error = refusal(DatasetName::Cifar10, dir.path());
    assert_says(
        &error,
        &["data_batch_1.bin", "truncated", "3000 bytes", "3073"],
    );
    let dir = folder(&[("data_batch_1.bin", &good), ("test_batch.bin", b"")]);
    assert_says(
        &refusal(DatasetName::Cifar10, dir.path()),
        &["test_batch.bin", "its 0 bytes"],
    );
    let dir = folder(&[
        ("train.bin", &records(&[&[0, 1], &[0, 100]])),
        ("test.bin", &records(&[&[1, 7]])),
    ]);
    let error = refusal(DatasetName::Cifar100, dir.path());
    assert_says(&error, &["train.bin", "record 1", "label 100", "0 to 99"]);
}

#[test]
fn bad_pickles_are_refused() {
    let refusal = |train: &[u8]| {
        let val = batch(1, &[255; 768], &[2]);
        let dir = folder(&[("train_data_batch_3", train), ("val_data", &val)]);
        refusal(DatasetName::ImageNet16, dir.path())
    };
    let good = batch(2, &[7; 1536], &[1, 2]);
    assert_says(
        &refusal(&good[..500]),
        &["train_data_batch_3", "ends too early", "500 bytes"],
    );
    assert_says(
        &refusal(b"\x80\x02cos\nsystem\n."),
        &["os.system", "at byte 2"],
    );
    assert_says(&refusal(b"\x80\x02N."), &["no dict"]);
    assert_says(
        &refusal(&batch(2, &[7; 1536], &[1])),
        &["2 images, but 1 labels"],
    );
    assert_says(
        &refusal(&batch(3, &[7; 1536], &[1, 2])),
        &["3 x 768 holds 1536 bytes"],
    );
    assert_says(
        &refusal(&batch(1, &[7; 768], &[0])),
        &["record 0", "label 0", "1 to 1000"],
    );
    assert_says(
        &refusal(&batch(1, &[7; 768], &[130])),
        &["none of its 1 images"],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = records::read(Path::new("nowhere.bin"), 1, 10)
        .unwrap_err()
        .to_string();
    assert_says(&error, &["nowhere.bin", "cannot be read"]);
}
