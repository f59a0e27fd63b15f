//! The populations are part of the project's definitions: as many distinct architectures as
//! the paper says, the same ones everywhere, spread over cost.

use std::collections::HashSet;

use std::sync::LazyLock;

use nbzero_space::{Architecture, Costs, Space, Summary, Variation};
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
            14_964, 10_187, 9_743, 14_964, 10_187, 9_743, 15_625, 15_625, 6_561, 16_384, 16_384,
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
        ("r1", "cef06a4f9c34a020"),
        ("r2", "645ca5712657f8ba"),
        ("mb", "910b2e3ee697a003"),
        ("r1-mini", "e07d58eb65d0cf03"),
        ("r2-mini", "dc4d93701ef02537"),
        ("mb-mini", "698d35c791ad6996"),
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

/// Collections take the first networks of a list. In an earlier order these were the ones with the fewest
/// parameters of their FLOPs, and nothing measured on them held for the space.
#[test]
fn the_beginning_of_a_sample_has_the_parameters_and_depths_of_all_of_it() {
    let listed = POPULATIONS.iter().take(6);
    let small = [Space::R1Mini, Space::R2Mini, Space::MbMini].map(|space| {
        let sample = space.sample(400, 3).expect("a sample");
        (space, sample)
    });
    for (space, all) in listed.chain(&small) {
        let costs = |network: &Architecture| network.costs(space.classes(), space.resolution());
        let costs: Vec<Costs> = all.iter().map(costs).collect();
        for of in [Cost::Params, Cost::Depth] {
            let places = places_given_flops(&costs, of);
            let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
            // Of a hundred random places the mean has a standard deviation of 0.03.
            let (whole, first) = (mean(&places), mean(&places[..100]));
            assert!((first - whole).abs() < 0.1, "{space}, {of:?}: {first:.2}");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Cost {
    Params,
    Depth,
}

/// For each network, in how large a share of those of about its FLOPs it has more parameters or layers.
fn places_given_flops(costs: &[Costs], of: Cost) -> Vec<f64> {
    const ALIKE: usize = 40;
    let costs: Vec<(u64, u64)> = costs
        .iter()
        .map(|costs| {
            let value = match of {
                Cost::Params => costs.params,
                Cost::Depth => u64::from(costs.depth),
            };
            (costs.flops, value)
        })
        .collect();
    let mut by_flops: Vec<usize> = (0..costs.len()).collect();
    by_flops.sort_by_key(|&i| costs[i]);
    let mut places = vec![0.0; costs.len()];
    for group in by_flops.chunks(ALIKE) {
        for &i in group {
            let fewer = |&&j: &&usize| costs[j].1 < costs[i].1;
            let alike = |&&j: &&usize| costs[j].1 == costs[i].1;
            let count = |of: &dyn Fn(&&usize) -> bool| group.iter().filter(of).count() as f64;
            places[i] = (count(&fewer) + count(&alike) / 2.0) / group.len() as f64;
        }
    }
    places
}

/// What a seed gives never changes; draws, mutations and crossings are those from before the rules of these
/// spaces were files.
#[test]
fn samples_and_variations_never_change() {
    let stored = [
        (Space::R1, "ad48b13ecacafbeb", "0910fe5dc08f3df3"),
        (Space::R2, "d6e320340109fc1c", "da8b470be7d01d27"),
        (Space::Mb, "e6ec8a60b065c826", "3240c10ba415b81d"),
        (Space::R1Mini, "1be27ca1b090adfc", "ae0a50c8efe26f6f"),
        (Space::R2Mini, "0d6cd1ee4a05e25e", "714a3f6686a0ecdc"),
        (Space::MbMini, "df54685b291dd1ff", "c150104c8f9d820a"),
        (Space::Nb201, "e55941c91048dbaa", "db18c958ac04f43c"),
        (Space::NatsSss, "d48336bcd0b0f48c", "58db1f46ece91297"),
    ];
    let found = stored.each_ref().map(|(space, ..)| {
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
        (space.clone(), fingerprint(&sample), fingerprint(&all))
    });
    let stored =
        stored.map(|(space, sample, varied)| (space, sample.to_owned(), varied.to_owned()));
    assert_eq!(found, stored);
}
