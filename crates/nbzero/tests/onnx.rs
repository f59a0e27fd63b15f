//! ONNX files where an architecture may stand.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::path::Path;

use common::{refusal, stdout};
use nbzero::onnx::proto::{ModelProto, NodeProto};
use serde_json::Value;
use tempfile::TempDir;

fn scores(arguments: &[&str]) -> Value {
    let mut all = vec!["score", "--format", "json", "--batch", "4"];
    all.extend(arguments);
    let line: Value = serde_json::from_str(&stdout(&all)).unwrap();
    line["scores"].clone()
}

/// Exports a network with the weights of seed 0; the names of the ONNX file and of the weights.
fn exported(arch: &str, folder: &Path) -> (String, String) {
    let file = folder.join("model.onnx").display().to_string();
    let parts = folder.display().to_string();
    let arguments = [
        "export-network",
        arch,
        "--classes",
        "10",
        "--resolution",
        "16",
    ];
    let out = ["--onnx", &file, "--pytorch", &parts];
    stdout(&[&arguments[..], &out].concat());
    (file, format!("{parts}/weights.safetensors"))
}

#[test]
fn a_network_scores_the_same_from_its_string_and_from_its_file() {
    for arch in [
        "r1:8:8x1s1,16x1s2",
        "r2:8:16x1s2",
        "mb:8:8x2s1,16x1s2",
        "nas-bench-macro:01201201",
    ] {
        let folder = TempDir::new().unwrap();
        let (file, weights) = exported(arch, folder.path());
        let of_string = scores(&[
            arch,
            "--classes",
            "10",
            "--resolution",
            "16",
            "--weights",
            &weights,
        ]);
        assert_eq!(scores(&[&file]), of_string, "{arch}");
    }
}

#[test]
fn fresh_weights_are_those_of_the_seed() {
    let folder = TempDir::new().unwrap();
    let (file, _) = exported("r1:8:8x1s1", folder.path());
    let of = |more: &[&str]| scores(&[&[file.as_str(), "--proxies", "snip"], more].concat());
    assert_eq!(of(&["--weights", "fresh"]), of(&["--weights", "file"]));
    assert_ne!(
        of(&["--weights", "fresh", "--seed", "1"]),
        of(&["--seed", "1"])
    );
}

#[test]
fn info_says_what_a_file_holds() {
    let folder = TempDir::new().unwrap();
    let (file, _) = exported("r1:8:8x1s1", folder.path());
    let told = stdout(&["info", &file]);
    for part in [
        "10 classes, images of 3x16x16",
        "conv3x3s1",
        "batch norm",
        "FLOPs",
        "head",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let sentence = refusal(&["info", &file, "--classes", "3"]);
    assert!(sentence.contains("come from the ONNX file"), "{sentence}");
}

#[test]
fn what_does_not_fit_is_said_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let (file, _) = exported("r1:8:8x1s1", folder.path());
    for (arguments, part) in [
        (
            vec!["score", file.as_str(), "--classes", "3"],
            "has 10 classes, but --classes says 3",
        ),
        (
            vec!["score", &file, "--resolution", "8"],
            "are 16 pixels high and 16 wide, but --resolution says 8x8",
        ),
        (
            vec!["score", "r1:8:8x1s1", "--weights", "file"],
            "is no ONNX file",
        ),
        (vec!["score", "gone.onnx"], "cannot read `gone.onnx`"),
    ] {
        let sentence = refusal(&arguments);
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn operations_that_are_not_supported_are_all_named() {
    let folder = TempDir::new().unwrap();
    let (file, _) = exported("r1:8:8x1s1", folder.path());
    let bytes = std::fs::read(&file).unwrap();
    let mut model: ModelProto = prost::Message::decode(bytes.as_slice()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    let image = graph.node[0].input[0].clone();
    for (operator, name) in [("GridSample", "a"), ("LRN", "b")] {
        graph.node.push(NodeProto {
            input: vec![image.clone()],
            output: vec![name.to_owned()],
            op_type: operator.to_owned(),
            ..NodeProto::default()
        });
    }
    std::fs::write(&file, prost::Message::encode_to_vec(&model)).unwrap();
    let sentence = refusal(&["score", &file]);
    assert!(
        sentence.contains("GridSample `a` (the operation); LRN `b` (the operation)"),
        "{sentence}"
    );
}

/// A stride beyond the map has one result, as one to the end of the map has.
#[test]
fn a_stride_beyond_the_map_is_one_to_its_end() {
    let folder = TempDir::new().unwrap();
    let (file, _) = exported("r1:4:4x1s1", folder.path());
    let of_stride = |stride: i64| {
        let mut model: ModelProto =
            prost::Message::decode(std::fs::read(&file).unwrap().as_slice()).unwrap();
        let nodes = &mut model.graph.as_mut().unwrap().node;
        let stem = nodes
            .iter_mut()
            .find(|node| node.op_type == "Conv")
            .unwrap();
        let strides = stem.attribute.iter_mut().find(|one| one.name == "strides");
        strides.unwrap().ints = vec![stride, stride];
        let changed = folder.path().join("changed.onnx").display().to_string();
        std::fs::write(&changed, prost::Message::encode_to_vec(&model)).unwrap();
        scores(&[&changed, "--proxies", "flops,params,naswot,snip"])
    };
    let to_the_end = of_stride(18);
    assert!(to_the_end["snip"].is_f64(), "{to_the_end}");
    for stride in [4000, 1 << 31, i64::MAX] {
        assert_eq!(of_stride(stride), to_the_end, "{stride}");
    }
}
