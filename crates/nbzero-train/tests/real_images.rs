//! The loaders on real images, where they are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that says why it skips"
)]

use std::path::Path;

use nbzero_train::{DatasetName, Images, load, nas_split};

/// Images a class, which must be the same for all classes.
fn per_class(images: &Images) -> usize {
    let mut counts = vec![0; images.classes()];
    images
        .labels()
        .iter()
        .for_each(|&label| counts[usize::from(label)] += 1);
    assert!(counts.iter().all(|&count| count == counts[0]), "{counts:?}");
    counts[0]
}

fn check(name: DatasetName, train: usize, test: usize) {
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/images"
    ));
    if !dir.is_dir() {
        eprintln!("skipped: no folder {} to read {name} from", dir.display());
        return;
    }
    let data = load(name, dir).unwrap();
    assert_eq!(data.train.len(), train * name.classes());
    assert_eq!(data.test.len(), test * name.classes());
    assert_eq!(per_class(&data.train), train);
    assert_eq!(per_class(&data.test), test);
    assert_close_to_published(&data.train, name);
    let split = nas_split(&data.train);
    assert_eq!(per_class(&split.validation), train / 10);
    assert_eq!(per_class(&split.train), train - train / 10);
}

/// Planes in the wrong order or place would show in the channels' means and deviations.
fn assert_close_to_published(images: &Images, name: DatasetName) {
    let plane = images.resolution().pixels();
    for channel in 0..3 {
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
        for pixels in images.pixels().chunks_exact(plane).skip(channel).step_by(3) {
            for &pixel in pixels {
                let value = f64::from(pixel) / 255.0;
                sum += value;
                squares += value * value;
                count += 1.0;
            }
        }
        let mean = sum / count;
        let std = (squares / count - mean * mean).sqrt();
        let published = name.normalisation();
        assert!(
            (mean - f64::from(published.mean[channel])).abs() < 0.03,
            "{name} {mean}"
        );
        assert!(
            (std - f64::from(published.std[channel])).abs() < 0.03,
            "{name} {std}"
        );
    }
}

#[test]
fn cifar10() {
    check(DatasetName::Cifar10, 2000, 400);
}

#[test]
fn cifar100() {
    check(DatasetName::Cifar100, 200, 40);
}

#[test]
fn imagenet16() {
    check(DatasetName::ImageNet16, 150, 30);
}
