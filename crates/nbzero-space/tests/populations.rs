//! The populations are part of the project's definitions: as many distinct architectures as
//! the paper says, the same ones everywhere, spread over cost.

use std::collections::HashSet;

use std::sync::LazyLock;

use nbzero_space::{Architecture, Space, Summary, Variation};
use sha2::{Digest, Sha256};

/// Drawn once for all tests: the full spaces take seconds.
static POPULATIONS: LazyLock<Vec<(Space, Vec<Architecture>)>> = LazyLock::new(|| {
    let drawn = |space: Space| {
        let population = space.population().expect("as many as it says");
        (space, population)
    };
    Space::ALL.map(drawn).to_vec()
});

fn fingerprint(architectures: &[Architecture]) -> String {
    let mut hash = Sha256::new();
    for architecture in architectures {
        hash.update(format!("{architecture}\n"));
    }
    let digest = hash.finalize();
    let first = u64::from_be_bytes(*digest.first_chunk().expect("32 bytes"));
    format!("{first:016x}")
}

#[test]
fn populations_have_the_papers_size_and_never_change() {
    let sizes = Space::ALL.map(|space| space.population_size());
    assert_eq!(
        sizes,
        [
            14_964, 10_187, 9_743, 2_000, 2_000, 2_000, 15_625, 15_625, 6_561, 16_384, 16_384,
            32_768, 3_256, 440,
        ]
    );
    let found: Vec<_> = POPULATIONS
        .iter()
        .map(|(space, population)| {
            let distinct: HashSet<_> = population.iter().collect();
            assert_eq!(distinct.len(), space.population_size(), "{space}");
            (space.name(), fingerprint(population))
        })
        .collect();
    let stored = [
        ("r1", "a9a736c90bfc8a8b"),
        ("r2", "e78e83ad71e9378a"),
        ("mb", "d648d0c82f43a07b"),
        ("r1-mini", "8b12c9dd07712f11"),
        ("r2-mini", "0c0edda43bcffb27"),
        ("mb-mini", "f439474311753f5d"),
        ("nb201", "131cd9af52351741"),
        ("nb201-mini", "e680e638b4446e14"),
        ("nas-bench-macro", "d007eb4ad00d8acd"),
        ("channel-bench-resnet", "3d35f657c03e22a8"),
        ("channel-bench-mobilenet", "269232860860c5b7"),
        ("nats-sss", "ac0bc55152a1f472"),
        ("transnas-macro", "d04227dca5747f4f"),
        ("naap-440", "f138da04fb7b422b"),
    ];
    assert_eq!(found, stored.map(|(name, hash)| (name, hash.to_owned())));
}

#[test]
fn populations_cover_the_papers_ranges() {
    for (space, population) in &POPULATIONS[..3] {
        let summary = Summary::new(population, space.classes(), space.resolution());
        assert!(summary.flops.max > 690_000_000, "{space}\n{summary}");
        assert!(summary.params.max > 13_500_000, "{space}\n{summary}");
        let share = summary.count / summary.flops.counts.len();
        for count in &summary.flops.counts {
            assert!(
                *count > share / 3 && *count < share * 2,
                "{space}\n{summary}"
            );
        }
    }
}

#[test]
fn a_sample_is_spread_and_depends_on_its_seed_alone() {
    let sample = Space::R1Mini.sample(100, 7).expect("a sample");
    assert_eq!(Ok(&sample), Space::R1Mini.sample(100, 7).as_ref());
    assert_ne!(Ok(&sample), Space::R1Mini.sample(100, 8).as_ref());
    let summary = Summary::new(&sample, 100, 16);
    assert!(summary.flops.max <= 6_000_000 && summary.flops.min >= 100_000);
    assert!(summary.flops.counts.iter().all(|c| *c >= 3), "{summary}");
}

/// What a seed gives is the same as when the rules of these spaces were no files yet.
#[test]
fn samples_and_variations_are_those_of_before() {
    for (space, sampled, varied) in [
        (Space::R1, "dd6784db13eb5fc3", "0910fe5dc08f3df3"),
        (Space::R2, "66d0ec16f1e2904d", "da8b470be7d01d27"),
        (Space::Mb, "7713695c110613be", "3240c10ba415b81d"),
        (Space::R1Mini, "3817be179054d768", "ae0a50c8efe26f6f"),
        (Space::R2Mini, "0162ea2c73efa2ff", "714a3f6686a0ecdc"),
        (Space::MbMini, "8345de9357bf48b6", "c150104c8f9d820a"),
        (Space::Nb201, "e55941c91048dbaa", "db18c958ac04f43c"),
        (Space::NatsSss, "d48336bcd0b0f48c", "58db1f46ece91297"),
    ] {
        let sample = space.sample(700, 7).expect("a sample");
        let mut variation = Variation::new(space.clone(), 11);
        let mut all = Vec::new();
        for _ in 0..300 {
            let (one, other) = (variation.draw(), variation.draw());
            let child = variation.mutate(&one).expect("a mutation");
            let crossed = variation.cross(&child, &other);
            all.extend([one, other, child]);
            all.extend(crossed);
        }
        assert_eq!(
            (fingerprint(&sample), fingerprint(&all)),
            (sampled.into(), varied.into()),
            "{space}"
        );
    }
}
