//! Made-up tables for the tests.

#![allow(dead_code, reason = "not every test needs every helper")]

use std::collections::BTreeMap;

use nbzero_metrics::Bootstrap;
use nbzero_table::{
    Dataset, Direction, Metadata, Outcome, Record, Score, ScoreDefinition, Seconds,
    StageAttributes, Table,
};

fn definition(name: &str, direction: Direction) -> ScoreDefinition {
    ScoreDefinition {
        name: name.into(),
        version: 1,
        direction,
        settings: "made up".into(),
    }
}

fn definitions() -> Vec<ScoreDefinition> {
    vec![
        definition("flops", Direction::Higher),
        definition("log_synflow", Direction::Higher),
        definition("naswot", Direction::Higher),
        definition("ntk", Direction::Lower),
        definition("plain", Direction::Higher),
        definition("synflow", Direction::Higher),
    ]
}

/// Network `i` of 10: the costs grow, the accuracy first grows and then wavers.
pub(crate) fn record(i: u32, seed: u64) -> Record {
    let x = f64::from(i);
    let wave = f64::from(i * 7 % 10);
    let ntk = match i {
        3 => Score::undefined("singular"),
        4 => Score::new(f64::NAN),
        _ => Score::new(40.0 - 3.0 * wave),
    };
    let outcome = if i == 9 {
        Outcome::Diverged {
            epoch: 1,
            reason: "the loss is not finite".into(),
        }
    } else {
        Outcome::Trained {
            test_accuracy: 30.0 + 2.0 * x.min(5.0) + 0.5 * wave + f64::from(u8::from(seed == 1)),
            nas_validation_accuracy: None,
            train_loss: 1.0,
        }
    };
    let scores = BTreeMap::from([
        ("flops".to_owned(), Score::new(x)),
        ("log_synflow".to_owned(), Score::new(x + 1.5 * wave)),
        ("naswot".to_owned(), Score::new(wave)),
        ("ntk".to_owned(), ntk),
        ("plain".to_owned(), Score::new(0.5)),
        ("synflow".to_owned(), Score::new((x + 1.5 * wave).powi(3))),
    ]);
    Record {
        version: nbzero_table::Record::version_of(16.into()),
        arch: format!("r1:8:8x1s2,16x1s2,{}x{}s2", 16 + 8 * (i / 2), 1 + i % 2),
        space: "r1-mini".into(),
        space_definition: None,
        dataset: Dataset::ImageNet16Tiny,
        classes: 20,
        resolution: 16.into(),
        recipe: "mini".into(),
        recipe_details: "made up".into(),
        images: "4,000 training images".into(),
        images_checksum: None,
        seed,
        flops: 200_000 + 500_000 * u64::from(i),
        params: 10_000 + 3_000 * u64::from(i * i),
        depth: 8 + 2 * (i % 2),
        stages: vec![
            StageAttributes {
                input: 8,
                output: 8,
                stride: 2,
                depth: 1,
            };
            3
        ],
        outcome,
        scores,
        definitions: definitions(),
        seconds: Seconds {
            train: 1.0,
            score: 1.0,
        },
        software: "0.1.0".into(),
        device: "made up".into(),
    }
}

pub(crate) fn table(jobs: &[(u32, u64)]) -> Table {
    let records: Vec<Record> = jobs.iter().map(|&(i, seed)| record(i, seed)).collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}

/// Few resamples, for speed.
pub(crate) fn bootstrap() -> Bootstrap {
    Bootstrap {
        resamples: 200,
        seed: 0,
    }
}

/// Ten networks, the first two of them with a second seed, the last one diverged.
pub(crate) fn ten_networks() -> Table {
    let jobs: Vec<(u32, u64)> = (0..10).map(|i| (i, 0)).chain([(0, 1), (1, 1)]).collect();
    table(&jobs)
}

/// The same networks under another name.
pub(crate) fn renamed(space: &str, dataset: Dataset) -> Table {
    let records: Vec<Record> = (0..9)
        .map(|i| Record {
            space: space.into(),
            dataset,
            ..record(i, 0)
        })
        .collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}

/// Nine networks with as many more proxies.
pub(crate) fn with_more_proxies(space: &str, dataset: Dataset, more: u32) -> Table {
    let names: Vec<String> = (0..more).map(|i| format!("proxy_{i:02}")).collect();
    let records: Vec<Record> = (0..9)
        .map(|network| {
            let mut record = Record {
                space: space.into(),
                dataset,
                ..record(network, 0)
            };
            for (i, name) in (1..).zip(&names) {
                record.definitions.push(definition(name, Direction::Higher));
                let score = Score::new(f64::from(network * i % 11));
                record.scores.insert(name.clone(), score);
            }
            record.definitions.sort_by(|a, b| a.name.cmp(&b.name));
            record
        })
        .collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}
