//! Every proxy against PyTorch's values in float64 (`../shared/oracle`).

use std::path::Path;

use burn::tensor::Device;
use nbzero_model::{Network, read_batch};
use nbzero_proxy::{Batch, Suite};
use nbzero_space::Architecture;
use serde_json::Value;

fn tolerance(proxy: &str) -> f64 {
    if proxy == "jacob_cov" { 1e-2 } else { 1e-3 }
}

#[test]
fn scores_agree_with_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no reference values at {}", folder.display());
        return;
    };
    let device = Device::flex();
    let mut networks = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let field = |name: &str| value["network"][name].as_u64().unwrap() as usize;
        let text = value["network"]["arch"].as_str().unwrap();
        let architecture: Architecture = text.parse().unwrap();
        let graph = architecture.graph(field("classes"), field("resolution"));
        let weights = path.with_extension("weights.safetensors");
        let network = Network::load(&graph, &weights, &device).unwrap();
        let batch = read_batch(&path.with_extension("batch.safetensors"), &device).unwrap();
        let scores = Suite::all().score(&network, &Batch::from(batch)).scores;
        let of = |name: &str| scores.iter().find(|s| s.definition.name == name).unwrap();
        for named in &scores {
            let name = named.definition.name;
            let found = named.score.clone().unwrap();
            let section = if value["network"][name].is_null() {
                "expected"
            } else {
                "network"
            };
            let expected = value[section][name].as_f64().unwrap();
            // Signed sums cancel: they are held to the sum of their absolute terms.
            let scale = match name {
                "plain" => of("snip").score.clone().unwrap(),
                _ => expected.abs(),
            };
            let error = (found - expected).abs() / scale;
            println!("{text} {name} {found} {error:.1e}");
            assert!(
                error < tolerance(name),
                "{text} {name}: {found}, not {expected}"
            );
        }
        networks += 1;
    }
    assert!(networks >= 6);
}
