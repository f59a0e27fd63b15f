//! Made-up files of each layout, good and bad.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use tempfile::TempDir;

use super::pickle::tests::{batch, cifar};
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
        assert_eq!(
            (data.train.resolution(), data.train.classes()),
            (32.into(), 10)
        );
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

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_python_version_of_cifar_is_the_binary_one() {
    let pixels = [[0; 3072], [1; 3072]].concat();
    let load = |name, files: &[(&str, &[u8])]| {
        let dir = folder(files);
        let Dataset { train, test, .. } = load(name, dir.path()).unwrap();
        (train, test)
    };
    let binary = load(
        DatasetName::Cifar10,
        &[
            ("data_batch_2.bin", &records(&[&[3], &[9]])),
            ("test_batch.bin", &records(&[&[1], &[0]])),
        ],
    );
    let train = cifar(2, &pixels, ("labels", &[3, 9]));
    let test = cifar(2, &pixels, ("labels", &[1, 0]));
    for [train_name, test_name] in [
        [
            "cifar-10-batches-py/data_batch_2",
            "cifar-10-batches-py/test_batch",
        ],
        ["data_batch_5", "test_batch"],
        // The content counts, not the name.
        ["data_batch_1.bin", "test_batch.bin"],
    ] {
        let python = load(
            DatasetName::Cifar10,
            &[
                (train_name, &train),
                (test_name, &test),
                ("batches.meta", b""),
            ],
        );
        assert!(python == binary, "{train_name}");
        let (train, test) = (gzip(&train), gzip(&test));
        let files: [(_, &[u8]); 2] = [(train_name, &train), (test_name, &test)];
        assert!(load(DatasetName::Cifar10, &files) == binary, "{train_name}");
    }
    let binary = load(
        DatasetName::Cifar100,
        &[
            ("train.bin", &records(&[&[19, 99], &[0, 42]])),
            ("test.bin", &records(&[&[1, 7], &[1, 7]])),
        ],
    );
    let python = load(
        DatasetName::Cifar100,
        &[
            ("cifar-100-python/meta", b""),
            (
                "cifar-100-python/train",
                &cifar(2, &pixels, ("fine_labels", &[99, 42])),
            ),
            (
                "cifar-100-python/test",
                &cifar(2, &pixels, ("fine_labels", &[7, 7])),
            ),
        ],
    );
    assert!(python == binary);
}

#[test]
fn a_whole_version_comes_before_a_part_of_the_preferred_one() {
    let record = records(&[&[4]]);
    let pickle = cifar(1, &[0; 3072], ("labels", &[5]));
    let files: [(_, &[u8]); 3] = [
        ("data_batch_1.bin", &record),
        ("cifar-10-batches-py/data_batch_1", &pickle),
        ("cifar-10-batches-py/test_batch", &pickle),
    ];
    let dir = folder(&files);
    assert_eq!(
        load(DatasetName::Cifar10, dir.path())
            .unwrap()
            .train
            .labels(),
        [5]
    );
    assert_says(
        &refusal(DatasetName::Cifar10, folder(&files[..1])),
        &["holds no test_batch.bin", "Python version"],
    );
    assert_says(
        &refusal(DatasetName::Cifar10, folder(&files[2..])),
        &["cifar-10-batches-py holds no data_batch_1 (or _2 to _5)"],
    );
}

#[test]
fn other_files_under_the_names_of_image_files_are_named() {
    let refusal = |name: DatasetName, file: &str, test: &str, bytes: &[u8]| {
        refusal(name, folder(&[(file, bytes), (test, bytes)]))
    };
    let mut tar = vec![b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, what, remedy) in [
        (&b"PK\x03\x04"[..], ".npz", "pickle module"),
        (b"\x93NUMPY\x01", ".npy", "pickle module"),
        (b"<!DOCTYPE html>", "web page", "download"),
        (b"\x28\xb5\x2f\xfd", "zstd", "decompress"),
        (&tar, "tar archive", "tar xf"),
        (&gzip(&tar), "tar archive", "tar xf"),
        (b"PAR1", "Parquet", "pickle module"),
    ] {
        for (name, file, test) in [
            (DatasetName::Cifar10, "data_batch_1.bin", "test_batch.bin"),
            (DatasetName::Cifar10, "data_batch_1", "test_batch"),
            (DatasetName::Cifar100, "train", "test"),
            (DatasetName::ImageNet16, "train_data_batch_1", "val_data"),
        ] {
            assert_says(&refusal(name, file, test, bytes), &[file, what, remedy]);
        }
    }
    let cut = gzip(&records(&[&[1]]));
    let cut = refusal(
        DatasetName::Cifar10,
        "data_batch_1.bin",
        "test_batch.bin",
        &cut[..40],
    );
    assert_says(
        &cut,
        &["data_batch_1.bin is compressed with gzip and damaged"],
    );
}

#[test]
fn an_archive_in_place_of_the_folder_is_to_be_unpacked() {
    let dir = folder(&[("cifar-10-python.tar.gz", b"")]);
    let archive = dir.path().join("cifar-10-python.tar.gz");
    assert_says(
        &refusal(DatasetName::Cifar10, archive),
        &["cifar-10-python.tar.gz is a file and no folder: unpack it"],
    );
}

#[test]
fn a_pickle_of_other_images_is_refused() {
    let says = |pickle: &[u8], parts: &[&str]| {
        let dir = folder(&[("train", pickle), ("test", pickle)]);
        assert_says(&refusal(DatasetName::Cifar100, dir), parts);
    };
    let image = [0; 3072];
    says(
        &cifar(1, &image, ("labels", &[3])),
        &["images of cifar100: it has no entry `fine_labels`, but `data`, `labels`"],
    );
    says(&cifar(0, &[], ("fine_labels", &[])), &["it has no images"]);
    says(
        &cifar(1, &image, ("fine_labels", &[100])),
        &["record 0", "label 100", "0 to 99"],
    );
    says(
        &batch(1, &[0; 768], &[3]),
        &["its `data` is not of N x 3072"],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Every reader, on whatever bytes, and on damaged files of its own.
    #[test]
    fn no_file_makes_a_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let valid = [
            records(&[&[1]]),
            records(&[&[1, 2]]),
            batch(1, &[0; 768], &[3]),
            cifar(1, &[0; 3072], ("labels", &[3])),
        ];
        let damaged = valid.into_iter().flat_map(|file| {
            let mut damaged = file;
            for (at, value) in &flips {
                let at = at.index(damaged.len());
                damaged[at] = *value;
            }
            let compressed = gzip(&damaged);
            let short = damaged[..cut.index(damaged.len())].to_vec();
            [damaged, short, compressed]
        });
        for file in damaged.chain([bytes]) {
            for (name, train, test) in [
                (DatasetName::Cifar10, "data_batch_1", "test_batch"),
                (DatasetName::Cifar100, "train.bin", "test.bin"),
                (DatasetName::ImageNet16, "train_data_batch_1", "val_data"),
            ] {
                let dir = folder(&[(train, &file), (test, &file)]);
                if let Ok(data) = load(name, dir.path()) {
                    prop_assert!(!data.train.is_empty());
                }
            }
        }
    }
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
    assert_eq!(
        (data.train.resolution(), data.train.classes()),
        (16.into(), 120)
    );
}

#[test]
fn missing_folders_and_files_are_named() {
    let error = refusal(DatasetName::Cifar10, "no/such/folder");
    assert_says(&error, &["no/such/folder is no folder"]);
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
    let dir = folder(&[
        ("train.bin", &records(&[&[20, 1]])),
        ("test.bin", &records(&[&[1, 7]])),
    ]);
    let error = refusal(DatasetName::Cifar100, dir.path());
    assert_says(&error, &["train.bin", "record 0", "label 20", "0 to 19"]);
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
    let error = file::read(Path::new("nowhere.bin"))
        .unwrap_err()
        .to_string();
    assert_says(&error, &["nowhere.bin", "cannot be read"]);
}
