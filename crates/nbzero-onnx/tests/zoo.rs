//! Networks that PyTorch exported, read from the folder that `NBZERO_ZOO` names: files `NAME.onnx` with
//! `NAME.json`, in which `network` has the FLOPs and parameters that PyTorch counts.
//!
//! Skipped, with a line that says so, where the variable is not set.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use nbzero_onnx::read;

/// A number behind a key; enough JSON for files of one object of numbers.
fn number(json: &str, key: &str) -> Option<u128> {
    let (_, rest) = json.split_once(&format!("\"{key}\":"))?;
    let digits: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of NBZERO_ZOO");
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "onnx"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_network_of_the_zoo_is_read_and_costs_what_pytorch_counts() {
    let Some(folder) = std::env::var_os("NBZERO_ZOO") else {
        eprintln!("skipped: NBZERO_ZOO names no folder of exported networks");
        return;
    };
    let mut wrong = Vec::new();
    for path in files(Path::new(&folder)) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let json = fs::read_to_string(path.with_extension("json")).expect("the counts");
        let network = match read(&path) {
            Ok(network) => network,
            Err(error) => {
                println!("{name}: {error}");
                wrong.push(name);
                continue;
            }
        };
        let graph = &network.graph;
        let counted = (graph.flops(), graph.params());
        let expected = (
            number(&json, "flops").unwrap(),
            number(&json, "params").unwrap(),
        );
        let layers = graph
            .nodes()
            .iter()
            .filter(|node| node.op().name().is_some())
            .count();
        let verdict = if counted == expected {
            "exact"
        } else {
            "WRONG"
        };
        println!(
            "{name}: {verdict}, {layers} layers, {} nodes, depth {}, (FLOPs, params) {counted:?} of {expected:?}",
            graph.nodes().len(),
            graph.depth(),
        );
        if counted != expected {
            wrong.push(name);
        }
    }
    assert!(
        wrong.is_empty(),
        "not read, or counted otherwise: {wrong:?}"
    );
}
