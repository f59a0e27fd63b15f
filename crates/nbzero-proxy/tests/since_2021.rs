//! The proxies published since 2021 against PyTorch's values in float64, on the networks of
//! `../shared/oracle` or of the folder that the variable `NBZERO_ORACLE` names: those of its files
//! `NAME.newer.json`, and those of `reference_2021.json` here, made by `benches/reference_2021.py`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a test that fails says where, one that is skipped says why, and sizes are small"
)]

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use nbzero_model::sweep::Blocks;
use nbzero_model::{NamedBatch, Network, read_batch};
use nbzero_proxy::proxies::az_trainability::AzTrainability;
use nbzero_proxy::{Batch, Proxy, Settings, Suite, Undefined, WantedSize};
use nbzero_space::Architecture;
use serde_json::Value;

/// A network with its weights and its batch.
struct Subject {
    name: String,
    arch: String,
    network: Network,
    batch: NamedBatch,
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn subjects() -> Vec<(Subject, PathBuf)> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle");
    let folder = std::env::var_os("NBZERO_ORACLE").map_or(default, Into::into);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no reference values at {}", folder.display());
        return Vec::new();
    };
    let device = Device::default();
    let names = entries.filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".weights.safetensors").map(str::to_owned)
    });
    let subject = |name: String| {
        let file = |end: &str| folder.join(format!("{name}.{end}"));
        let description = &json(&file("json"))["network"];
        let field = |name: &str| description[name].as_u64().unwrap() as usize;
        let arch = description["arch"].as_str().unwrap().to_owned();
        let graph = arch.parse::<Architecture>().unwrap();
        let graph = graph.graph(field("classes"), field("resolution"));
        let network = Network::load(&graph, &file("weights.safetensors"), &device).unwrap();
        let batch = read_batch(&file("batch.safetensors"), &device).unwrap();
        let newer = file("newer.json");
        (
            Subject {
                name,
                arch,
                network,
                batch,
            },
            newer,
        )
    };
    names.map(subject).collect()
}

fn compare(subject: &Subject, expected: &Value, tolerances: &[(&str, f64)]) {
    let names: Vec<&str> = tolerances.iter().map(|(name, _)| *name).collect();
    let suite = Suite::named(&names).unwrap();
    let scores = suite
        .score(&subject.network, &Batch::from(subject.batch.clone()))
        .scores;
    for (scored, (name, tolerance)) in scores.iter().zip(tolerances) {
        if expected[*name].is_null() {
            assert!(matches!(scored.score, Err(Undefined::NotApplicable(_))));
            continue;
        }
        let Ok(found) = scored.score else {
            panic!("{} {name}: {:?}", subject.arch, scored.score)
        };
        check(subject, name, found, &expected[*name], *tolerance);
    }
}

fn check(subject: &Subject, name: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    let error = (found - expected).abs() / expected.abs();
    println!("{} {name} {found} {error:.1e}", subject.arch);
    assert!(
        error < tolerance,
        "{} {name}: {found}, not {expected}",
        subject.arch
    );
}

#[test]
fn the_newer_scores_agree_with_the_oracle() {
    for (subject, newer) in subjects() {
        let Ok(text) = std::fs::read_to_string(&newer) else {
            println!("skipped: {} is not there", newer.display());
            continue;
        };
        let expected = &serde_json::from_str::<Value>(&text).unwrap()["expected"];
        let tolerances = [
            ("l2_norm", 1e-3),
            ("zico", 1e-3),
            ("swap", 1e-2),
            ("linear_regions", 1e-2),
            ("az_expressivity", 1e-3),
            ("az_progressivity", 1e-3),
            ("free_rea_log_synflow", 1e-3),
        ];
        compare(&subject, expected, &tolerances);
    }
}

#[test]
fn a_wanted_size_scales_swap() {
    for (subject, newer) in subjects() {
        let swap = json(&newer)["expected"]["swap"].as_f64().unwrap();
        let thousands = subject.network.graph().params() as f64 / 1e3;
        let settings = Settings {
            swap_size: Some(WantedSize {
                mu: thousands + 3.0,
                sigma: 4.0,
            }),
            ..Settings::default()
        };
        let suite = Suite::named(&["swap_reg"])
            .unwrap()
            .with_settings(settings)
            .unwrap();
        let scores = suite.score(&subject.network, &Batch::from(subject.batch.clone()));
        let expected = Value::from(swap * (-9.0_f64 / 4.0).exp());
        let found = scores.scores[0].score.clone().unwrap();
        check(&subject, "swap_reg", found, &expected, 1e-2);
    }
}

fn reference(subject: &Subject) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference_2021.json");
    let value = json(&path)["values"][&subject.name].take();
    (!value.is_null()).then_some(value)
}

#[test]
fn the_scores_that_are_defined_here_agree_with_pytorch() {
    for (subject, _) in subjects() {
        let Some(expected) = reference(&subject) else {
            continue;
        };
        let tolerances = [
            ("vkdnw", 1e-3),
            ("zico", 1e-3),
            ("zico_bc", 1e-3),
            // Signs of gradients within rounding of zero differ.
            ("gradsign", 1e-2),
            ("meco", 1e-3),
            ("near", 1e-3),
            ("epe_nas", 1e-2),
            ("snr_snip", 1e-3),
            ("snr_synflow", 1e-3),
        ];
        compare(&subject, &expected, &tolerances);
    }
}

/// The signs of `benches/reference_2021.py`.
fn signs(shape: [usize; 4], block: u64) -> Tensor<4> {
    let count: usize = shape.iter().product();
    let sign = |place: u64| {
        let number = (place + 1_000_003 * block).wrapping_mul(2_654_435_761);
        if number >> 31 & 1 == 1 { 1.0_f32 } else { -1.0 }
    };
    let values: Vec<f32> = (1..=count as u64).map(sign).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::default())
}

#[test]
fn trainability_agrees_with_pytorch_on_given_signs() {
    for (subject, _) in subjects() {
        let Some(expected) = reference(&subject) else {
            continue;
        };
        let graph = subject.network.graph();
        let mut proxy = AzTrainability::default();
        proxy.graph(graph);
        let images = subject.batch.images.clone();
        let blocks = Blocks::forward(&subject.network, graph, images, true, |_| ());
        let mut block = graph.block_ends().len() as u64;
        let next = |shape| {
            block -= 1;
            signs(shape, block)
        };
        blocks.backward(next, |gradient| proxy.block_gradient(gradient));
        let found = proxy.score().unwrap();
        check(
            &subject,
            "az_trainability",
            found,
            &expected["az_trainability"],
            1e-3,
        );
    }
}
