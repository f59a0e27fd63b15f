//! Scoring, training and collecting on images of one's own.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "tests; made-up pixels"
)]

mod common;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use common::{nbzero, refusal};
use image::RgbImage;
use nbzero::table::Table;
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2,8x1s2";

/// Pictures of 8x8 pixels in two classes, 80 to train on and 10 to test on.
fn pictures(root: &Path) {
    for (part, count) in [("train", 40_u32), ("val", 5)] {
        for (class, name) in ["cats", "dogs"].iter().enumerate() {
            let folder = root.join(part).join(name);
            fs::create_dir_all(&folder).unwrap();
            for i in 0..count {
                let shade = |x: u32, y: u32| (x * 9 + y * (1 + class as u32) * 13 + i * 5) as u8;
                let picture = RgbImage::from_fn(8, 8, |x, y| {
                    image::Rgb([shade(x, y), shade(y, x), 255 - shade(x, y)])
                });
                picture.save(folder.join(format!("{i}.png"))).unwrap();
            }
        }
    }
}

/// A folder called `My Pets`, and one for the cache.
fn place() -> (TempDir, String) {
    let place = TempDir::new().unwrap();
    let root = place.path().join("My Pets");
    pictures(&root);
    let data = format!("folder:{}", root.display());
    (place, data)
}

fn cached(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = nbzero(arguments);
    command.env("XDG_CACHE_HOME", place.path().join("cache"));
    command
}

fn output(mut command: Command) -> (String, String) {
    let assert = command.assert().success();
    let output = assert.get_output();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn networks_are_scored_on_pictures_and_the_second_run_reads_the_cache() {
    let (place, data) = place();
    let score = [
        "score", SMALL, "--data", &data, "--batch", "8", "--format", "csv",
    ];
    let (first, _) = output(cached(&place, &score));
    assert!(first.contains("naswot"), "{first}");
    let kept = place.path().join("cache/nbzero/images");
    assert_eq!(fs::read_dir(kept).unwrap().count(), 1);
    let (second, _) = output(cached(&place, &score));
    assert_eq!(first, second);
}

#[test]
fn a_damaged_picture_is_named_and_counted() {
    let (place, data) = place();
    let root = place.path().join("My Pets/train/cats");
    fs::write(root.join("3.png"), b"no picture").unwrap();
    fs::write(root.join("list.txt"), b"3.png").unwrap();
    let score = [
        "score",
        SMALL,
        "--data",
        &data,
        "--batch",
        "8",
        "--proxies",
        "snip",
    ];
    let (_, said) = output(cached(&place, &score));
    assert!(
        said.contains("note: 1 files cannot be read and are left out: train/cats/3.png ("),
        "{said}"
    );
    assert!(said.contains("note: 1 files are no PNG"), "{said}");
}

#[test]
fn a_collection_names_the_images_and_their_constants() {
    let (place, data) = place();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (shards, table) = (path("shards"), path("table.nbz"));
    let collect = [
        "collect",
        "--space",
        "r1-mini",
        "--count",
        "4",
        "--first",
        "1",
        "--data",
        &data,
        "--resolution",
        "8",
        "--recipe",
        "mini,epochs=1,batch=16",
        "--batch",
        "8",
        "--out",
        &shards,
    ];
    output(cached(&place, &collect));
    output(cached(&place, &["merge", &shards, "--out", &table]));
    let table = Table::open(table).unwrap();
    assert_eq!(table.metadata().dataset.to_string(), "own:my-pets");
    assert_eq!(table.metadata().classes, 2);
    let images = &table.metadata().images;
    assert!(
        images.contains("72 training, 8 NAS validation, 10 test images"),
        "{images}"
    );
    assert!(images.contains("normalised by mean"), "{images}");
    // Another folder of the same name is another set of images.
    fs::remove_file(place.path().join("My Pets/train/cats/1.png")).unwrap();
    let again = cached(&place, &collect).assert().code(2);
    let said = String::from_utf8(again.get_output().stderr.clone()).unwrap();
    assert!(said.contains("images"), "{said}");
}

#[test]
fn networks_train_on_pictures() {
    let (place, data) = place();
    let train = [
        "train",
        SMALL,
        "--data",
        &data,
        "--recipe",
        "mini,epochs=1,batch=16",
    ];
    let (out, _) = output(cached(&place, &train));
    assert!(out.contains("own:my-pets at 8x8"), "{out}");
}

#[test]
fn what_is_no_folder_of_pictures_is_refused() {
    let place = TempDir::new().unwrap();
    let folder = format!("folder:{}", place.path().display());
    for (data, part) in [
        (folder.as_str(), "no subfolder"),
        ("folder:/no/such/folder", "cannot be listed"),
        ("npz:/no/such/file.npz", "cannot be read as a NumPy archive"),
        ("pictures:x", "there is no dataset"),
    ] {
        let command = nbzero(&["score", SMALL, "--data", data]).assert().code(2);
        let said = String::from_utf8(command.get_output().stderr.clone()).unwrap();
        assert!(said.contains(part), "{part}: {said}");
    }
    let (place, data) = self::place();
    let odd = place.path().join("My Pets/train/cats/odd.png");
    RgbImage::new(5, 9).save(odd).unwrap();
    let said = refusal(&["train", SMALL, "--data", &data]);
    assert!(
        said.contains("--resolution") && said.contains("2 sizes"),
        "{said}"
    );
}
