//! No command writes over what it reads.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;

use common::{data, images, refusal, stdout};
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2";

#[test]
fn no_output_takes_the_place_of_an_input() {
    let folder = TempDir::new().unwrap();
    let photos = images();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (onnx, module) = (path("a.onnx"), path("module"));
    stdout(&[
        "export-network",
        SMALL,
        "--classes",
        "10",
        "--resolution",
        "32",
        "--onnx",
        &onnx,
        "--pytorch",
        &module,
    ]);
    let weights = path("module/weights.safetensors");
    let space = path("space.toml");
    let mine = stdout(&["sample", "--space", "r1-mini", "--print"]);
    fs::write(&space, mine.replace("r1-mini", "mine")).unwrap();
    let list = path("list.csv");
    fs::write(
        &list,
        format!("arch,ms,accuracy\n{SMALL},1,50\na.onnx,1,50\n"),
    )
    .unwrap();
    let of = data(&photos);
    let search = ["search", "--candidates", "3", "--proxies", "flops"];
    let named = [&search[..], &["--space", "r1-mini"]].concat();
    let own = [&search[..], &["--space", &space]].concat();
    let (new, detour) = (path("new.jsonl"), path("module/../new.jsonl"));
    for arguments in [
        &["train", &onnx, "--data", &of, "--save", &onnx][..],
        &[
            "train",
            SMALL,
            "--data",
            &of,
            "--weights",
            &weights,
            "--save",
            &weights,
        ],
        &[
            "export-network",
            &onnx,
            "--weights",
            "fresh",
            "--onnx",
            &onnx,
        ],
        &[
            "export-network",
            SMALL,
            "--weights",
            &weights,
            "--onnx",
            &weights,
        ],
        &[
            "export-network",
            SMALL,
            "--weights",
            &weights,
            "--pytorch",
            &module,
        ],
        &[&own[..], &["--report", &space]].concat(),
        &[
            &named[..],
            &[
                "--latency-at-most",
                "1s",
                "--latencies",
                &list,
                "--report",
                &list,
            ],
        ]
        .concat(),
        // Neither of the two is there yet.
        &[&named[..], &["--journal", &new, "--report", &detour]].concat(),
        &[
            "import",
            "onnx-zoo",
            &folder.path().display().to_string(),
            "--accuracies",
            &list,
        ]
        .into_iter()
        .chain([
            "--arch-column",
            "arch",
            "--accuracy-column",
            "accuracy",
            "--name",
            "zoo",
            "--out",
            &onnx,
        ])
        .collect::<Vec<_>>(),
    ] {
        let before = [&onnx, &weights, &space, &list].map(|file| fs::read(file).unwrap());
        let sentence = refusal(arguments);
        assert!(
            sentence.contains(", which is read, cannot be written: give another name"),
            "{arguments:?}: {sentence}"
        );
        let after = [&onnx, &weights, &space, &list].map(|file| fs::read(file).unwrap());
        assert!(before == after, "{arguments:?}");
        assert!(!folder.path().join("new.jsonl").exists());
    }
}
