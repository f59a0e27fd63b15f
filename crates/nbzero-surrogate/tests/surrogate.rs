//! What is learned from made-up accuracies, and what cannot be learned from.

#![allow(clippy::unwrap_used, reason = "tests")]

use nbzero_space::Space;
use nbzero_surrogate::{Error, Network, Surrogate, Trained, cross_validate, hold_out};

/// Networks of a space, with accuracies that follow from their costs and their place.
fn trained(space: &Space, count: usize, runs: usize) -> Vec<Trained> {
    let networks = space.sample(count, 3).unwrap();
    let of = |(i, architecture): (usize, &nbzero_space::Architecture)| {
        let costs = architecture.costs(100, 16);
        let level = 10.0 * (costs.flops as f64).log10() - 4.0 * f64::from(costs.depth).sqrt();
        let noise = |run: usize| 0.3 * (((i * 31 + run * 17) as f64) * 0.7).sin();
        Trained {
            network: Network::of(architecture, 100, 16).unwrap(),
            accuracies: (0..runs).map(|run| level + noise(run)).collect(),
        }
    };
    networks.iter().enumerate().map(of).collect()
}

fn networks(trained: &[Trained]) -> Vec<Network> {
    trained.iter().map(|one| one.network.clone()).collect()
}

#[test]
fn what_follows_from_costs_is_learned() {
    let all = trained(&Space::R1Mini, 120, 2);
    let check = hold_out(&all, 80, 0).unwrap();
    assert_eq!((check.train, check.test), (80, 40));
    assert!(check.spearman.unwrap() > 0.97, "{check:?}");
    assert!(check.kendall.unwrap() > 0.85, "{check:?}");
    assert!(check.rmse < 0.6, "{check:?}");
    assert!(check.coverage95 > 0.8, "{check:?}");
    let interval = check.intervals.spearman.unwrap();
    assert!(interval.low <= check.spearman.unwrap() && check.spearman.unwrap() <= interval.high);
    let crossed = cross_validate(&all, 0).unwrap();
    assert_eq!((crossed.train, crossed.test), (108, 120));
    assert!(crossed.spearman.unwrap() > 0.97, "{crossed:?}");
}

#[test]
fn a_network_learned_from_is_predicted_near_its_accuracy() {
    let all = trained(&Space::NasBenchMacro, 60, 3);
    let surrogate = Surrogate::learn(&all).unwrap();
    assert_eq!(surrogate.networks(), 60);
    let run = surrogate.run_deviation().unwrap();
    assert!((0.1..0.35).contains(&run), "{run}");
    let found = surrogate.predict(&networks(&all)).unwrap();
    for (prediction, one) in found.iter().zip(&all) {
        let off = (prediction.mean - one.mean()).abs();
        assert!(
            off < 5.0 * prediction.deviation,
            "{prediction:?} {}",
            one.mean()
        );
    }
}

#[test]
fn the_same_networks_teach_the_same() {
    let all = trained(&Space::R2Mini, 50, 1);
    let bits = || {
        let surrogate = Surrogate::learn(&all).unwrap();
        let found = surrogate.predict(&networks(&all[..20])).unwrap();
        let drawn = surrogate.draw(&networks(&all[..20]), 2, 9).unwrap();
        let predicted = found
            .iter()
            .flat_map(|p| [p.mean.to_bits(), p.deviation.to_bits()]);
        let drawn = drawn.iter().flatten().map(|value| value.to_bits());
        predicted.chain(drawn).collect::<Vec<u64>>()
    };
    assert_eq!(bits(), bits());
    assert_eq!(
        hold_out(&all, 30, 5).unwrap(),
        hold_out(&all, 30, 5).unwrap()
    );
    assert_ne!(
        hold_out(&all, 30, 5).unwrap(),
        hold_out(&all, 30, 6).unwrap()
    );
}

/// Accuracies that are themselves drawn from a surrogate: the intervals of one that learns from a
/// part of them hold for about 95% of the others.
#[test]
fn intervals_cover_what_they_promise() {
    let teacher = Surrogate::learn(&trained(&Space::MbMini, 40, 1)).unwrap();
    let networks: Vec<Network> = (Space::MbMini.sample(400, 8).unwrap().iter())
        .map(|architecture| Network::of(architecture, 100, 16).unwrap())
        .collect();
    let mut covered = Vec::new();
    for accuracies in teacher.draw(&networks, 4, 1).unwrap() {
        let pairs = networks.iter().zip(accuracies);
        let all: Vec<Trained> = pairs
            .map(|(network, accuracy)| Trained {
                network: network.clone(),
                accuracies: vec![accuracy],
            })
            .collect();
        covered.push(hold_out(&all, 100, 2).unwrap().coverage95);
    }
    let mean = covered.iter().sum::<f64>() / covered.len() as f64;
    assert!((0.91..0.985).contains(&mean), "{covered:?}");
}

#[test]
fn draws_agree_with_predictions() {
    let all = trained(&Space::R1Mini, 80, 1);
    let surrogate = Surrogate::learn(&all[..60]).unwrap();
    let others = networks(&all[60..]);
    let predictions = surrogate.predict(&others).unwrap();
    let draws = surrogate.draw(&others, 4000, 0).unwrap();
    for (i, prediction) in predictions.iter().enumerate() {
        let values: Vec<f64> = draws.iter().map(|draw| draw[i]).collect();
        let mean = values.iter().sum::<f64>() / 4000.0;
        let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4000.0;
        let error = prediction.deviation / 4000_f64.sqrt();
        assert!((mean - prediction.mean).abs() < 5.0 * error);
        assert!((square.sqrt() / prediction.deviation - 1.0).abs() < 0.06);
    }
}

#[test]
fn what_cannot_be_learned_from_is_refused() {
    let all = trained(&Space::R1Mini, 30, 1);
    let refusal = |trained: &[Trained]| Surrogate::learn(trained).unwrap_err();
    assert!(matches!(
        refusal(&all[..2]),
        Error::TooFew {
            found: 2,
            needed: 10
        }
    ));
    assert!(matches!(refusal(&[]), Error::TooFew { found: 0, .. }));

    let mut equal = all.clone();
    for one in &mut equal {
        one.accuracies = vec![61.5];
    }
    let error = refusal(&equal).to_string();
    assert!(
        error.contains("all 30 networks have an accuracy of 61.5"),
        "{error}"
    );

    let mut broken = all.clone();
    broken[7].accuracies[0] = f64::NAN;
    assert!(matches!(refusal(&broken), Error::NotFinite { .. }));
    broken[7].accuracies.clear();
    assert!(matches!(refusal(&broken), Error::NotFinite { .. }));

    let mixed = [&all[..], &trained(&Space::MbMini, 5, 1)].concat();
    let error = refusal(&mixed).to_string();
    assert!(
        error.contains("is a network of mb, and what was learned from r1"),
        "{error}"
    );

    let error = hold_out(&all, 29, 0).unwrap_err().to_string();
    assert!(error.contains("learn from at most 28"), "{error}");
    assert!(matches!(
        hold_out(&all, 3, 0),
        Err(Error::TooFew { found: 3, .. })
    ));
    assert!(matches!(
        cross_validate(&all[..11], 0),
        Err(Error::TooFew { needed: 12, .. })
    ));
}

#[test]
fn others_than_those_learned_from_are_refused() {
    let surrogate = Surrogate::learn(&trained(&Space::R1Mini, 30, 1)).unwrap();
    let other = networks(&trained(&Space::R2Mini, 1, 1));
    assert!(matches!(
        surrogate.predict(&other),
        Err(Error::OtherFamily { .. })
    ));
    assert!(matches!(
        surrogate.draw(&other, 1, 0),
        Err(Error::OtherFamily { .. })
    ));
    assert_eq!(surrogate.predict(&[]).unwrap(), []);

    let costs = Space::NasBenchMacro.sample(1, 0).unwrap()[0].costs(10, 32);
    let digits = |arch: &str| Network::new(format!("nats-sss:{arch}"), costs).unwrap();
    let five = (1..=12).map(|i| Trained {
        network: digits(&format!("8:16:24:32:{}", 8 * i)),
        accuracies: vec![f64::from(i)],
    });
    let surrogate = Surrogate::learn(&five.collect::<Vec<_>>()).unwrap();
    let four = surrogate.predict(&[digits("8:16:24:32")]);
    assert!(matches!(
        four,
        Err(Error::OtherLength {
            found: 7,
            learned: 8,
            ..
        })
    ));
}

#[test]
fn duplicates_and_networks_alike_do_no_harm() {
    let all = trained(&Space::R1Mini, 20, 1);
    let twice = [&all[..], &all[..], &all[..5]].concat();
    let surrogate = Surrogate::learn(&twice).unwrap();
    let found = surrogate.predict(&networks(&all)).unwrap();
    assert!(
        found
            .iter()
            .all(|p| p.mean.is_finite() && p.deviation > 0.0)
    );
    let drawn = surrogate.draw(&networks(&twice), 3, 0).unwrap();
    assert!(drawn.iter().flatten().all(|value| value.is_finite()));

    // Networks that no feature tells apart still have a level and a spread.
    let same: Vec<Trained> = (0..15)
        .map(|i| Trained {
            network: all[0].network.clone(),
            accuracies: vec![f64::from(i)],
        })
        .collect();
    let surrogate = Surrogate::learn(&same).unwrap();
    let found = surrogate.predict(&networks(&same[..1])).unwrap()[0];
    assert!((found.mean - 7.0).abs() < 1.0, "{found:?}");
    assert!((2.0..8.0).contains(&found.deviation), "{found:?}");
}
