//! Scoring, training and collecting on images of one's own.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "tests; made-up pixels"
)]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;

use assert_cmd::Command;
use common::{nbzero, refusal, stdout};
use image::{DynamicImage, GrayImage, RgbImage};
use nbzero::graph::Resolution;
use nbzero::onnx::proto::ModelProto;
use nbzero::space::Architecture;
use nbzero::table::Table;
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2,8x1s2";

/// Pictures of two classes, 80 to train on and 10 to test on; `draw` makes one of the brightness at a place.
fn pictures(root: &Path, draw: impl Fn(&dyn Fn(u32, u32) -> u8) -> DynamicImage) {
    for (part, count) in [("train", 40_u32), ("val", 5)] {
        for (class, name) in ["cats", "dogs"].iter().enumerate() {
            let folder = root.join(part).join(name);
            fs::create_dir_all(&folder).unwrap();
            for i in 0..count {
                let shade = |x: u32, y: u32| (x * 9 + y * (1 + class as u32) * 13 + i * 5) as u8;
                draw(&shade).save(folder.join(format!("{i}.png"))).unwrap();
            }
        }
    }
}

/// A folder called `My Pets`, and one for the cache.
fn place() -> (TempDir, String) {
    let place = TempDir::new().unwrap();
    let root = place.path().join("My Pets");
    pictures(&root, |shade| {
        let pixel = |x, y| image::Rgb([shade(x, y), shade(y, x), 255 - shade(x, y)]);
        RgbImage::from_fn(8, 8, pixel).into()
    });
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
    assert_eq!(table.metadata().classes, Some(2));
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

/// Pictures of 12x8 pixels (height x width), in colour or grey.
fn tall_pictures(place: &TempDir, in_colour: bool) -> String {
    let root = place.path().join(if in_colour { "colour" } else { "grey" });
    pictures(&root, |shade| {
        if in_colour {
            let pixel = |x, y| image::Rgb([shade(x, y), shade(y, x), 7]);
            RgbImage::from_fn(8, 12, pixel).into()
        } else {
            GrayImage::from_fn(8, 12, |x, y| image::Luma([shade(x, y)])).into()
        }
    });
    format!("folder:{}", root.display())
}

#[test]
fn images_need_not_be_square() {
    let place = TempDir::new().unwrap();
    let data = tall_pictures(&place, true);
    let score = |resolution: &[&str]| {
        let proxies = ["--proxies", "flops,snip,naswot,zen", "--format", "csv"];
        let data = ["score", SMALL, "--data", &data, "--batch", "8"];
        output(cached(&place, &[&data[..], &proxies, resolution].concat())).0
    };
    // Behind the string, in which there are two commas.
    let flops = |csv: &str| {
        csv.lines()
            .nth(1)
            .unwrap()
            .split(',')
            .nth(3)
            .unwrap()
            .to_owned()
    };
    let as_stored = score(&[]);
    assert_eq!(as_stored, score(&["--resolution", "12x8"]));
    let info = stdout(&["info", SMALL, "--classes", "2", "--resolution", "12x8"]);
    assert!(info.contains("images of 3x12x8"), "{info}");
    assert!(
        info.contains(&format!("FLOPs   {} ", flops(&as_stored))),
        "{info}"
    );
    assert_ne!(as_stored, score(&["--resolution", "8x12"]));
    let train = [
        "train",
        SMALL,
        "--data",
        &data,
        "--recipe",
        "mini,epochs=1,batch=16",
    ];
    let (trained, _) = output(cached(&place, &train));
    assert!(trained.contains("at 12x8: 72 training"), "{trained}");
    let random = ["score", SMALL, "--resolution", "9x16", "--batch", "4"];
    assert!(stdout(&random).contains("synflow"));
    for resolution in ["0x4", "4x", "4x70000", "x"] {
        let said = nbzero(&["info", SMALL, "--resolution", resolution])
            .assert()
            .code(2);
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        assert!(said.contains("pixels"), "{said}");
    }
}

/// The network of a string on images of 12x8 pixels, its first convolution for other channels.
fn network_of_channels(place: &TempDir, channels: i64) -> String {
    let file = place.path().join(format!("{channels}.onnx"));
    let name = file.to_str().unwrap().to_owned();
    let size = ["--classes", "2", "--resolution", "12x8"];
    stdout(&[&["export-network", SMALL, "--onnx", &name][..], &size].concat());
    let mut model: ModelProto =
        prost::Message::decode(fs::read(&file).unwrap().as_slice()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    let image = graph.input[0].r#type.as_mut().unwrap();
    let shape = image.tensor_type.as_mut().unwrap().shape.as_mut().unwrap();
    shape.dim[1].dim_value = Some(channels);
    let weight = graph.initializer.iter_mut();
    let weight = weight.into_iter().find(|one| one.dims.len() == 4).unwrap();
    let numbers: i64 = weight.dims[2..].iter().product();
    let plane = usize::try_from(numbers).unwrap() * size_of::<f32>();
    assert_eq!(weight.dims[1], 3);
    weight.dims[1] = channels;
    let channels = usize::try_from(channels).unwrap();
    let repeated = |of_output: &[u8]| -> Vec<u8> {
        let planes = of_output.chunks_exact(plane).cycle().take(channels);
        planes.flatten().copied().collect()
    };
    let outputs = weight.raw_data.chunks_exact(3 * plane);
    let all: Vec<u8> = outputs.flat_map(repeated).collect();
    weight.raw_data = all.into();
    fs::write(&file, prost::Message::encode_to_vec(&model)).unwrap();
    name
}

#[test]
fn a_network_of_one_channel_takes_grey_images() {
    let place = TempDir::new().unwrap();
    let network = network_of_channels(&place, 1);
    let (grey, colour) = (tall_pictures(&place, false), tall_pictures(&place, true));
    let score = ["score", &network, "--batch", "8", "--data"];
    let all = [&score[..], &[&grey, "--proxies", "all"]].concat();
    let (scores, _) = output(cached(&place, &all));
    assert!(scores.contains("grasp"), "{scores}");
    let train = [
        "train",
        &network,
        "--recipe",
        "mini,epochs=1,batch=16",
        "--data",
    ];
    let (trained, _) = output(cached(&place, &[&train[..], &[&grey]].concat()));
    assert!(trained.contains("test accuracy"), "{trained}");
    for command in [&score[..], &train] {
        let said = refusal(&[command, &[&colour]].concat());
        assert!(said.contains("are in colour: make them grey"), "{said}");
    }
}

/// An archive of 40 images of 12x8 pixels with four channels, which come last.
fn four_channels(place: &TempDir) -> String {
    const IMAGES: usize = 40;
    let path = place.path().join("field.npz");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    let pixels = (0..IMAGES * 12 * 8 * 4).map(|i| (i * i / 7 % 251) as u8);
    let labels = (0..IMAGES).map(|i| (i % 2) as u8);
    let arrays: [(&str, &str, Vec<u8>); 2] = [
        ("images", "(40, 12, 8, 4)", pixels.collect()),
        ("labels", "(40,)", labels.collect()),
    ];
    for (name, shape, bytes) in arrays {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("{name}.npy"), options).unwrap();
        let mut header =
            format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
        while (header.len() + 10) % 64 != 0 {
            header.insert(header.len() - 1, ' ');
        }
        let length = (header.len() as u16).to_le_bytes();
        let begin = b"\x93NUMPY\x01\x00";
        let file = [begin, &length[..], header.as_bytes(), &bytes].concat();
        zip.write_all(&file).unwrap();
    }
    zip.finish().unwrap();
    format!("npz:{}", path.display())
}

#[test]
fn networks_take_images_of_four_channels() {
    let place = TempDir::new().unwrap();
    let (network, data) = (network_of_channels(&place, 4), four_channels(&place));
    let score = |network: &str, more: &[&str]| {
        let options = ["score", network, "--batch", "8", "--proxies", "all"];
        stdout(&[&options[..], more].concat())
    };
    let random = score(&network, &["--format", "json"]);
    assert!(random.contains("\"snip\""), "{random}");
    assert!(stdout(&["info", &network]).contains("images of 4x12x8"));
    for network in [&network, SMALL] {
        assert!(
            score(network, &["--data", &data]).contains("grasp"),
            "{network}"
        );
        let train = [
            "train",
            network,
            "--recipe",
            "mini,epochs=1,batch=16",
            "--data",
            &data,
        ];
        let trained = stdout(&train);
        assert!(trained.contains("own:field at 4x12x8"), "{trained}");
    }
    // The stem has the images' channels, and the weights of the file are for four.
    let cost = |resolution: &[&str]| {
        let flops = ["score", SMALL, "--proxies", "params", "--format", "json"];
        let scores: serde_json::Value =
            serde_json::from_str(&stdout(&[&flops[..], resolution].concat())).unwrap();
        scores["scores"]["params"].as_f64().unwrap()
    };
    let colour = cost(&["--classes", "2", "--resolution", "12x8"]);
    let more = cost(&["--data", &data, "--batch", "8"]) - colour;
    assert!((more - f64::from(4 * 3 * 3)).abs() < 1e-9, "{more}");
    let search = [
        "search",
        "--space",
        "r1-mini",
        "--candidates",
        "3",
        "--data",
        &data,
        "--batch",
        "8",
        "--resolution",
        "12x8",
    ];
    assert!(stdout(&search).contains("r1:"));
}

#[test]
fn what_needs_colours_is_refused_on_others() {
    let place = TempDir::new().unwrap();
    let (grey, data) = (network_of_channels(&place, 1), four_channels(&place));
    let shards = place.path().join("shards").display().to_string();
    let collect = [
        "collect", "--space", "r1-mini", "--count", "2", "--data", &data, "--out", &shards,
    ];
    for (arguments, part) in [
        (
            vec![
                "train",
                SMALL,
                "--data",
                &data,
                "--recipe",
                "paper,epochs=1,batch=16",
            ],
            "the images have 4 channels: take a recipe without it, such as paper,auto-augment=no",
        ),
        (
            vec!["train", &grey, "--data", &data],
            "the network takes images of one channel, but those of own:field have 4",
        ),
        (
            vec!["score", &grey, "--data", &data],
            "the network takes images of one channel",
        ),
        (
            collect.to_vec(),
            "have 4 channels, but a table is of images in colour",
        ),
    ] {
        let said = refusal(&arguments);
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_collection_on_images_that_are_not_square_makes_a_table() {
    let place = TempDir::new().unwrap();
    let data = tall_pictures(&place, true);
    let path = |name: &str| place.path().join(name).display().to_string();
    let (shards, table, predicted) = (path("shards"), path("t.nbz"), path("p.nbz"));
    let collect = [
        "collect",
        "--space",
        "r1-mini",
        "--count",
        "12",
        "--data",
        &data,
        "--resolution",
        "12x8",
        "--recipe",
        "mini,epochs=1,batch=16",
        "--batch",
        "8",
        "--out",
        &shards,
    ];
    let (out, _) = output(cached(&place, &collect));
    assert!(out.contains("12 records, 12 of them new"), "{out}");
    let (out, _) = output(cached(&place, &collect));
    assert!(out.contains("12 records, 0 of them new"), "{out}");
    let shard = fs::read_to_string(place.path().join("shards/shard-1-of-1.jsonl")).unwrap();
    assert!(shard.starts_with("{\"version\":4,"), "{shard}");
    assert!(shard.contains("\"resolution\":\"12x8\""), "{shard}");
    output(cached(&place, &["merge", &shards, "--out", &table]));
    let whole = Table::open(&table).unwrap();
    let resolution = whole.metadata().resolution.unwrap();
    assert_eq!(resolution, Resolution::new(12, 8));
    let network: Architecture = whole.architectures()[0].parse().unwrap();
    let costs = network.costs(2, resolution);
    assert_eq!(whole.row(0).unwrap().flops(), Some(costs.flops));
    // Another shape of as many pixels is another collection.
    let turned = collect.map(|argument| if argument == "12x8" { "8x12" } else { argument });
    let said = cached(&place, &turned).assert().code(2);
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(said.contains("12x8") && said.contains("8x12"), "{said}");
    let predict = [
        "predict", &table, "--space", "r1-mini", "--count", "9", "--out", &predicted,
    ];
    output(cached(&place, &predict));
    let found = Table::open(&predicted).unwrap();
    assert_eq!(found.metadata().resolution, Some(resolution));
    assert!(found.predicted().is_some());
}
