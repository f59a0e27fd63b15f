//! No command writes over what it reads.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;

use common::{data, images, refusal, stdout};
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2";

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn no_output_takes_the_place_of_an_input() {
    let folder = TempDir::new().unwrap();
    let photos = images();
    let zoo = folder.path().display().to_string();
    let (onnx, module) = (format!("{zoo}/a.onnx"), format!("{zoo}/module"));
    let export = format!("export-network {SMALL} --classes 10 --resolution 32");
    stdout(&words(&format!(
        "{export} --onnx {onnx} --pytorch {module}"
    )));
    let weights = format!("{module}/weights.safetensors");
    let (space, list) = (format!("{zoo}/space.toml"), format!("{zoo}/list.csv"));
    let mine = stdout(&["sample", "--space", "r1-mini", "--print"]);
    fs::write(&space, mine.replace("r1-mini", "mine")).unwrap();
    let rows = format!("arch,ms,accuracy\n\"{SMALL}\",1,50\na.onnx,1,50\n");
    fs::write(&list, rows).unwrap();
    let inputs = || [&onnx, &weights, &space, &list].map(|file| fs::read(file).unwrap());
    let before = inputs();

    let of = data(&photos);
    let search = "search --candidates 3 --proxies flops --space";
    for line in [
        format!("train {onnx} --data {of} --save {onnx}"),
        format!("train {SMALL} --data {of} --weights {weights} --save {weights}"),
        format!("export-network {onnx} --weights fresh --onnx {onnx}"),
        format!("export-network {SMALL} --weights {weights} --onnx {weights}"),
        format!("export-network {SMALL} --weights {weights} --pytorch {module}"),
        format!("{search} {space} --report {space}"),
        format!("{search} r1-mini --latency-at-most 1s --latencies {list} --report {list}"),
        // Neither of the two is there yet.
        format!("{search} r1-mini --journal {zoo}/new --report {module}/../new"),
        format!("import onnx-zoo {zoo} --accuracies {list} --name zoo --out {onnx}"),
    ] {
        let sentence = refusal(&words(&line));
        assert!(
            sentence.contains(", which is read, cannot be written: give another name"),
            "{line}: {sentence}"
        );
        assert!(inputs() == before, "{line}");
        assert!(!folder.path().join("new").exists(), "{line}");
    }
}
