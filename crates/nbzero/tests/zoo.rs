//! Scores of networks that PyTorch exported, in float64, beside those that PyTorch computes in float64 from
//! the definitions: the folder that `NBZERO_ZOO` names has `NAME.onnx`, `NAME.batch.safetensors` and
//! `NAME.json` with `expected` values.
//!
//! Skipped, with a line that says so, where the variable is not set.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use nbzero::model::{Network, Weights, read_batch};
use nbzero::onnx::read;
use nbzero::proxy::{Batch, Precision, Settings, Suite};
use serde_json::Value;

const PROXIES: [&str; 7] = [
    "grad_norm",
    "snip",
    "plain",
    "fisher",
    "jacob_cov",
    "naswot",
    "log_synflow",
];

fn networks(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of NBZERO_ZOO");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    paths.sort();
    paths
}

/// Of each proxy that PyTorch has a value of, how far the score is from it, relative to the value; of
/// `plain` to the sum of its terms without their signs.
fn differences(path: &Path) -> Vec<(&'static str, f64)> {
    let device = Device::flex();
    let text = fs::read_to_string(path.with_extension("json")).unwrap();
    let expected = &serde_json::from_str::<Value>(&text).unwrap()["expected"];
    let read = read(path).unwrap();
    let tensors = read.weights.iter();
    let tensors = tensors.map(|t| (t.name.as_str(), t.shape.as_slice(), t.values.as_slice()));
    let weights = Weights::of_tensors(path, tensors).unwrap();
    let network: Network = weights.network(&read.graph, &device).unwrap();
    let batch = read_batch(&path.with_extension("batch.safetensors"), &device).unwrap();
    let settings = Settings {
        precision: Precision::Float64,
        ..Settings::default()
    };
    let suite = Suite::named(&PROXIES).unwrap();
    let suite = suite.with_settings(settings).unwrap();
    let scores = suite.score(&network, &Batch::from(batch));
    let found = scores.scores.iter().filter_map(|named| {
        let name = named.definition.name;
        let value = expected[name].as_f64()?;
        let scale = match name {
            "plain" => expected["plain_absolute"].as_f64()?,
            _ => value,
        };
        let score = named.score.clone().unwrap_or(f64::NAN);
        Some((name, ((score - value) / scale).abs()))
    });
    found.collect()
}

#[test]
fn scores_in_float64_are_those_of_the_definitions() {
    let Some(folder) = std::env::var_os("NBZERO_ZOO") else {
        println!("skipped: NBZERO_ZOO names no folder of exported networks");
        return;
    };
    let mut wrong = Vec::new();
    for path in networks(Path::new(&folder)) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let off = differences(&path);
        let worst = off.iter().copied().fold(("", 0.0), |worst, one| {
            if one.1.is_nan() || one.1 > worst.1 {
                one
            } else {
                worst
            }
        });
        println!(
            "{name}: {} scores, largest difference {:.1e} ({})",
            off.len(),
            worst.1,
            worst.0
        );
        if worst.1.is_nan() || worst.1 > 1e-3 {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "beyond 1e-3: {wrong:?}");
}
