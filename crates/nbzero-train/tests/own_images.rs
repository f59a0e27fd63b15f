//! Images of one's own: folders of pictures and archives of arrays, as people keep them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests; made-up pixels"
)]

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use nbzero_graph::Resolution;
use nbzero_train::{ArrayArchive, DatasetName, PictureFolder, load, resize};
use proptest::prelude::*;
use tempfile::TempDir;

fn side(side: usize) -> Resolution {
    side.into()
}

/// A picture whose pixels all tell where they are.
fn picture(width: u32, height: u32, key: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([
            (x * 7 + key) as u8,
            (y * 11 + key) as u8,
            (x + y + 3 * key) as u8,
        ])
    })
}

fn save(picture: &DynamicImage, path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    let format = ImageFormat::from_path(path).unwrap();
    picture.write_to(&mut bytes, format).unwrap();
    fs::write(path, bytes.into_inner()).unwrap();
}

/// Two classes of ten pictures of 8x8 pixels.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    for class in ["cats", "dogs"] {
        for i in 0..10 {
            let path = folder.path().join(format!("{class}/{i}.png"));
            save(&picture(8, 8, i + class.len() as u32).into(), &path);
        }
    }
    folder
}

/// Pixels of one image as planes.
fn planes(picture: &RgbImage) -> Vec<u8> {
    let channel = |c: usize| picture.pixels().map(move |pixel| pixel.0[c]);
    (0..3).flat_map(channel).collect()
}

#[test]
fn pictures_of_cifar_are_the_images_of_its_files() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/images");
    let cifar = shared.join("cifar-10-batches-bin");
    if !cifar.is_dir() {
        println!("skipped: there is no {}", cifar.display());
        return;
    }
    let data = load(DatasetName::Cifar10, &cifar).unwrap();
    let place = TempDir::new().unwrap();
    let mut expected = [Vec::new(), Vec::new()];
    for (set, (images, part)) in [(&data.train, "train"), (&data.test, "test")]
        .into_iter()
        .enumerate()
    {
        // By class, as a folder is read; names in the order of the file.
        let mut order: Vec<usize> = (0..100).collect();
        order.sort_by_key(|&i| images.labels()[i]);
        for i in order {
            let (image, label) = (images.image(i), images.labels()[i]);
            let pixel = |x: u32, y: u32| [0, 1, 2].map(|c| image[c * 1024 + (y * 32 + x) as usize]);
            let png = RgbImage::from_fn(32, 32, |x, y| image::Rgb(pixel(x, y)));
            let path = format!("{part}/class-{label}/{i:05}.png");
            save(&png.into(), &place.path().join(path));
            expected[set].push(i);
        }
    }
    let folder = PictureFolder::open(place.path()).unwrap();
    assert_eq!(
        (folder.len(), folder.resolution().unwrap()),
        (200, side(32))
    );
    for resolution in [32, 16, 20] {
        let own = folder.load(side(resolution), None).unwrap();
        for (found, (images, indices)) in [
            (&own.train, (&data.train, &expected[0])),
            (&own.test, (&data.test, &expected[1])),
        ] {
            let official = resize(&images.subset(indices), side(resolution));
            assert_eq!(found.pixels(), official.pixels(), "{resolution}");
            assert_eq!(found.labels(), official.labels());
        }
    }
}

#[test]
fn without_test_pictures_a_tenth_of_each_class_is_set_aside() {
    let place = folder();
    let folder = PictureFolder::open(place.path()).unwrap();
    assert_eq!(folder.classes(), ["cats", "dogs"]);
    let own = folder.load(side(8), None).unwrap();
    assert_eq!((own.train.len(), own.test.len()), (18, 2));
    assert_eq!(own.test.labels(), [0, 1]);
    assert_eq!(folder.load(side(8), None).unwrap(), own);
    assert!(own.unreadable.is_empty());
}

#[test]
fn test_pictures_are_those_of_test_before_val() {
    let place = TempDir::new().unwrap();
    for (part, key) in [("train", 0), ("val", 50), ("test", 100)] {
        for class in ["a", "b"] {
            let path = place.path().join(format!("{part}/{class}/1.webp"));
            save(&picture(4, 4, key).into(), &path);
        }
    }
    let load = || {
        let folder = PictureFolder::open(place.path()).unwrap();
        folder.load(side(4), None).unwrap()
    };
    assert_eq!(load().test.image(0), planes(&picture(4, 4, 100)));
    fs::remove_dir_all(place.path().join("test")).unwrap();
    assert_eq!(load().test.image(1), planes(&picture(4, 4, 50)));
    save(&picture(4, 4, 1).into(), &place.path().join("val/c/1.png"));
    let error = PictureFolder::open(place.path()).unwrap_err().to_string();
    assert!(
        error.contains("val/c is a class that the training pictures do not have"),
        "{error}"
    );
}

#[test]
fn grey_pictures_have_three_equal_channels_and_others_their_middle() {
    let place = TempDir::new().unwrap();
    let grey = GrayImage::from_fn(6, 6, |x, y| image::Luma([(40 * x + y) as u8]));
    let wide = picture(30, 6, 9);
    for class in ["a", "b"] {
        save(
            &grey.clone().into(),
            &place.path().join(format!("train/{class}/1.png")),
        );
        save(
            &wide.clone().into(),
            &place.path().join(format!("test/{class}/1.png")),
        );
    }
    let folder = PictureFolder::open(place.path()).unwrap();
    let error = folder.resolution().unwrap_err().to_string();
    assert!(
        error.contains("2 sizes") && error.contains("--resolution"),
        "{error}"
    );
    let own = folder.load(side(6), None).unwrap();
    assert_eq!(own.train.image(0), grey.as_raw().repeat(3));
    let middle = image::imageops::crop_imm(&wide, 12, 0, 6, 6).to_image();
    assert_eq!(own.test.image(0), planes(&middle));
    let small = folder.load(side(3), None).unwrap();
    assert_eq!(small.train.image_len(), 27);
}

#[test]
fn damaged_pictures_are_named_and_left_out() {
    let place = folder();
    let damaged = place.path().join("dogs/3.png");
    let whole = fs::read(&damaged).unwrap();
    fs::write(&damaged, &whole[..whole.len() / 2]).unwrap();
    fs::write(place.path().join("cats/notes.txt"), "no picture").unwrap();
    fs::write(place.path().join("cats/.DS_Store"), "hidden").unwrap();
    let folder = PictureFolder::open(place.path()).unwrap();
    assert_eq!(folder.others().len(), 1);
    let own = folder.load(side(8), None).unwrap();
    assert_eq!(own.train.len() + own.test.len(), 19);
    assert_eq!(own.unreadable.len(), 1);
    assert!(
        own.unreadable[0].0.ends_with("3.png"),
        "{:?}",
        own.unreadable
    );
    for class in ["cats", "dogs"] {
        for i in 0..10 {
            fs::write(place.path().join(format!("{class}/{i}.png")), "no picture").unwrap();
        }
    }
    let error = PictureFolder::open(place.path())
        .unwrap()
        .load(side(8), None);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("none of the pictures") && error.contains("0.png"),
        "{error}"
    );
}

#[test]
fn pictures_that_no_memory_would_hold_are_refused() {
    let folder = folder();
    let opened = PictureFolder::open(folder.path()).unwrap();
    let error = opened.load(Resolution::new(1, 1 << 16), None).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("scaled to 65536x65536 to cover 1x65536"),
        "{said}"
    );
    assert!(
        said.contains("cats/0.png") && said.contains("--resolution"),
        "{said}"
    );
}

#[test]
fn folders_that_are_none_are_refused_in_a_sentence() {
    let place = TempDir::new().unwrap();
    let refused = || PictureFolder::open(place.path()).unwrap_err().to_string();
    assert!(refused().contains("no subfolder"));
    fs::create_dir(place.path().join("a")).unwrap();
    assert!(refused().contains("one subfolder"));
    fs::create_dir(place.path().join("b")).unwrap();
    assert!(refused().contains("has no picture"));
    let missing = PictureFolder::open("/no/such/folder")
        .unwrap_err()
        .to_string();
    assert!(missing.contains("cannot be listed"), "{missing}");
    for class in ["a", "b"] {
        save(
            &picture(4, 4, 0).into(),
            &place.path().join(format!("{class}/1.png")),
        );
    }
    let few = PictureFolder::open(place.path())
        .unwrap()
        .load(side(4), None);
    assert!(few.unwrap_err().to_string().contains("at least five"));
}

#[test]
fn decoded_images_are_kept_until_a_picture_changes() {
    let (place, cache) = (folder(), TempDir::new().unwrap());
    let load = || {
        let folder = PictureFolder::open(place.path()).unwrap();
        folder.load(side(4), Some(cache.path())).unwrap()
    };
    let first = load();
    let kept = || fs::read_dir(cache.path()).unwrap().count();
    assert_eq!((load(), kept()), (first.clone(), 1));
    save(&picture(8, 8, 200).into(), &place.path().join("cats/0.png"));
    fs::write(place.path().join("cats/0.png.more"), "").unwrap();
    let later = fs::File::options()
        .write(true)
        .open(place.path().join("cats/0.png"))
        .unwrap();
    later
        .set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(5))
        .unwrap();
    assert_ne!(load(), first);
    assert_eq!(kept(), 2);
}

/// An archive of these arrays, each with the header's type and shape and its bytes.
fn archive(arrays: &[(&str, &str, &[usize], Vec<u8>)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("images.npz");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, dtype, shape, bytes) in arrays {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(&npy(dtype, shape, bytes)).unwrap();
    }
    zip.finish().unwrap();
    (folder, path)
}

fn npy(dtype: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let sizes = sizes.join(", ") + ",";
    let mut header =
        format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), bytes].concat()
}

/// Twenty images of 2x4 pixels with one channel, and their labels.
fn grey() -> (Vec<u8>, Vec<u8>) {
    ((0..160).collect(), (0..20).map(|i| i % 2).collect())
}

#[test]
fn arrays_of_any_layout_are_the_same_images() {
    let (pixels, labels) = grey();
    let whole: Vec<u8> = labels
        .iter()
        .flat_map(|&l| i64::from(l).to_le_bytes())
        .collect();
    let floats = |scale: f32| -> Vec<u8> {
        pixels
            .iter()
            .flat_map(|&p| (f32::from(p) * scale).to_le_bytes())
            .collect()
    };
    let first = {
        let (_folder, path) = archive(&[
            ("images", "|u1", &[20, 2, 4], pixels.clone()),
            ("labels", "|u1", &[20], labels.clone()),
        ]);
        let archive = ArrayArchive::open(&path).unwrap();
        let stored = Resolution::new(2, 4);
        assert_eq!(archive.resolution().unwrap(), stored);
        let whole = archive.load(stored).unwrap();
        assert_eq!(whole.train.resolution(), stored);
        assert!(whole.train.are_grey());
        assert_eq!((archive.len(), archive.classes()), (20, 2));
        archive.load(side(2)).unwrap()
    };
    assert_eq!(first.train.len() + first.test.len(), 20);
    let others: [(&[usize], &str, Vec<u8>); 3] = [
        (&[20, 2, 4, 1], "<f4", floats(1.0 / 255.0)),
        (&[20, 1, 2, 4], "<f4", floats(1.0)),
        (&[20, 1, 2, 4], "|u1", pixels.clone()),
    ];
    for (shape, dtype, bytes) in others {
        let (_folder, path) = archive(&[
            ("x_train", dtype, shape, bytes),
            ("y_train", "<i8", &[20, 1], whole.clone()),
        ]);
        let own = ArrayArchive::open(&path).unwrap().load(side(2)).unwrap();
        assert_eq!(own, first, "{shape:?} {dtype}");
    }
}

#[test]
fn arrays_have_any_number_of_channels() {
    const IMAGES: usize = 20;
    let labels: Vec<u8> = (0..IMAGES).map(|i| (i % 2) as u8).collect();
    for channels in [2, 4, 6, 13] {
        let [height, width] = [14, 16];
        let byte = |image: usize, channel: usize, pixel: usize| {
            (image * 31 + channel * 57 + pixel * (channel + 3)) as u8
        };
        let plane = height * width;
        let first: Vec<u8> = (0..IMAGES * channels * plane)
            .map(|i| byte(i / (channels * plane), i / plane % channels, i % plane))
            .collect();
        let last: Vec<u8> = (0..IMAGES * channels * plane)
            .map(|i| byte(i / (channels * plane), i % channels, i / channels % plane))
            .collect();
        let load = |shape: &[usize], bytes: &[u8], resolution: Resolution| {
            let (_folder, path) = archive(&[
                ("images", "|u1", shape, bytes.to_vec()),
                ("labels", "|u1", &[IMAGES], labels.clone()),
            ]);
            let own = ArrayArchive::open(&path).unwrap();
            assert_eq!(own.channels(), channels);
            own.load(resolution).unwrap()
        };
        let shapes = [
            [IMAGES, channels, height, width],
            [IMAGES, height, width, channels],
        ];
        let stored = Resolution::new(height, width);
        let whole = load(&shapes[0], &first, stored);
        assert_eq!(whole.train.shape(), stored.image(channels));
        assert_eq!(whole, load(&shapes[1], &last, stored));
        // The first training image is the archive's first or second, of which one is a test image.
        let own = [0, 1, 2].map(|i| &first[i * channels * plane..][..channels * plane]);
        assert!(own.contains(&whole.train.image(0)));
        let constants = whole.train.normalisation();
        assert_eq!(constants.channels(), channels);
        for channel in 0..channels {
            let images = (0..whole.train.len()).map(|i| whole.train.image(i));
            let bytes = images.flat_map(|image| &image[channel * plane..][..plane]);
            let sum: f64 = bytes.map(|&byte| f64::from(byte)).sum();
            let mean = sum / (255 * plane * whole.train.len()) as f64;
            assert!((f64::from(constants.mean[channel]) - mean).abs() < 1e-6);
        }
        // Scaled in whole and cut to a square, plane by plane.
        for to in [Resolution::new(7, 8), side(8)] {
            let small = load(&shapes[0], &first, to);
            assert_eq!(small.train.shape(), to.image(channels));
            assert_eq!(small, load(&shapes[1], &last, to));
        }
    }
}

#[test]
fn an_array_like_pictures_is_read_as_they_are() {
    let labels: Vec<u8> = (0..20).map(|i| i % 2).collect();
    let pictures: Vec<RgbImage> = (0..20).map(|key| picture(12, 9, key)).collect();
    let folder = TempDir::new().unwrap();
    for (i, picture) in pictures.iter().enumerate() {
        let path = folder.path().join(format!("{}/{i:02}.png", i % 2));
        save(&picture.clone().into(), &path);
    }
    let bytes: Vec<u8> = pictures
        .iter()
        .flat_map(|one| one.as_raw().clone())
        .collect();
    let (_folder, path) = archive(&[
        ("images", "|u1", &[20, 9, 12, 3], bytes),
        ("labels", "|u1", &[20], labels),
    ]);
    let of_arrays = ArrayArchive::open(&path).unwrap().load(side(6)).unwrap();
    let of_files = PictureFolder::open(folder.path()).unwrap();
    let of_files = of_files.load(side(6), None).unwrap();
    // Pictures come class by class.
    let sorted = |images: &nbzero_train::Images| {
        let mut all: Vec<&[u8]> = (0..images.len()).map(|i| images.image(i)).collect();
        all.sort_unstable();
        all.concat()
    };
    assert_eq!(of_arrays.train.len(), of_files.train.len());
    let whole = |own: &nbzero_train::OwnImages| {
        let mut all = [sorted(&own.train), sorted(&own.test)].concat();
        all.sort_unstable();
        all
    };
    assert_eq!(whole(&of_arrays), whole(&of_files));
}

#[test]
fn arrays_that_do_not_fit_are_refused_by_name() {
    let (pixels, labels) = grey();
    let images = |shape: &'static [usize], dtype: &'static str, bytes: Vec<u8>| {
        vec![
            ("images", dtype, shape, bytes),
            ("labels", "|u1", &[20][..], labels.clone()),
        ]
    };
    let with_labels = |shape: &'static [usize], dtype: &'static str, bytes: Vec<u8>| {
        vec![
            ("images", "|u1", &[20, 2, 4][..], pixels.clone()),
            ("labels", dtype, shape, bytes),
        ]
    };
    let cases = [
        (
            images(&[20, 8], "|u1", pixels.clone()),
            "`images` is [20, 8]",
        ),
        (
            images(&[19, 2, 4], "|u1", pixels[..152].to_vec()),
            "a label for each of 19 images",
        ),
        (
            [
                images(&[20, 2, 4], "|u1", pixels.clone()),
                vec![
                    ("test_images", "|u1", &[4, 2, 5, 4][..], pixels.clone()),
                    ("test_labels", "|u1", &[4][..], labels[..4].to_vec()),
                ],
            ]
            .concat(),
            "`images` has 1 channels and `test_images` 2",
        ),
        (
            [
                images(&[20, 2, 4], "|u1", pixels.clone()),
                vec![("test_images", "|u1", &[4, 2, 4][..], pixels[..32].to_vec())],
            ]
            .concat(),
            "there is `test_images` and no `test_labels`",
        ),
        (
            images(&[20, 0, 8, 8], "|u1", Vec::new()),
            "`images` is [20, 0, 8, 8]",
        ),
        (
            images(&[20, 2, 300_000_000], "|u1", pixels.clone()),
            "cut short",
        ),
        (images(&[20, 2, 4], "<c8", vec![0; 1280]), "numbers of type"),
        (
            images(&[20, 2, 4], "<f4", 300_f32.to_le_bytes().repeat(160)),
            "from 0 to 255",
        ),
        (
            images(&[20, 2, 4], "<f4", f32::NAN.to_le_bytes().repeat(160)),
            "from 0 to 255",
        ),
        (with_labels(&[20], "<f4", vec![0; 80]), "whole numbers"),
        (with_labels(&[20], "|i1", vec![255; 20]), "has -1 at 0"),
        (with_labels(&[20], "|u1", vec![0; 20]), "a single class"),
        (
            vec![("pictures", "|u1", &[20][..], labels.clone())],
            "only `pictures`",
        ),
    ];
    for (arrays, part) in cases {
        let (_folder, path) = archive(&arrays);
        let opened = ArrayArchive::open(&path).and_then(|archive| archive.load(side(2)));
        let error = opened.unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("images.npz"),
            "{part}: {error}"
        );
    }
}

proptest! {
    #[test]
    fn no_archive_panics(at in 0_usize..2000, byte: u8, cut in 0_usize..2000) {
        let (pixels, labels) = grey();
        let (_folder, path) = archive(&[
            ("images", "|u1", &[20, 2, 4], pixels),
            ("labels", "|u1", &[20], labels),
        ]);
        let mut bytes = fs::read(&path).unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(bytes.len() - cut % (bytes.len() / 4));
        fs::write(&path, bytes).unwrap();
        let _ = ArrayArchive::open(&path).and_then(|archive| archive.load(side(2)));
    }
}
