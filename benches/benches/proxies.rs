//! Each proxy alone, and the whole suite, on one network of each family.
//!
//! `cargo bench -p nbzero-benches --bench proxies`. Batch 16 at 32x32, four repeats of zen: small
//! enough for criterion's repeats.

#![allow(missing_docs, reason = "criterion's macros")]

use burn::tensor::Device;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nbzero_benches::NETWORKS;
use nbzero_model::Network;
use nbzero_proxy::{Batch, Settings, Suite};
use nbzero_space::Architecture;

fn proxies(criterion: &mut Criterion) {
    let device = Device::flex();
    let batch = Batch::random(16, 100, 32, 0, &device);
    let settings = Settings {
        zen_repeats: 4,
        ..Settings::default()
    };
    for text in NETWORKS {
        let architecture: Architecture = text.parse().expect("a valid architecture");
        let network = Network::init(&architecture.graph(100, 32), 0, &device);
        let family = text.split(':').next().unwrap_or(text);
        let mut group = criterion.benchmark_group(family);
        group.sample_size(10);
        let names = Suite::all()
            .definitions()
            .map(|d| d.name)
            .collect::<Vec<_>>();
        let alone = names.iter().map(|name| (*name, Suite::named(&[name])));
        for (name, suite) in alone.chain([("all", Ok(Suite::all()))]) {
            let suite = suite.expect("a known name").with_settings(settings.clone());
            let suite = suite.expect("valid settings");
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| suite.score(&network, &batch));
            });
        }
    }
}

criterion_group!(benches, proxies);
criterion_main!(benches);
