//! Records and tables for tests.

use crate::{
    Dataset, Direction, Metadata, Outcome, PredictedNetwork, Prediction, Record, Result, Score,
    ScoreDefinition, ScoredNetwork, Seconds, StageAttributes, Table,
};

/// A trained record; everything else about it follows from the arguments.
pub(crate) fn record(arch: &str, seed: u64, accuracy: f64) -> Record {
    let size = arch.len() as u64;
    Record {
        version: Record::version_of(16.into()),
        arch: arch.into(),
        space: "r1-mini".into(),
        space_definition: None,
        dataset: Dataset::ImageNet16Tiny,
        classes: 10,
        resolution: 16.into(),
        recipe: "mini".into(),
        recipe_details: "SGD, 12 epochs".into(),
        images: "100 images".into(),
        images_checksum: Some("01234567".into()),
        seed,
        flops: 1000 * size,
        params: 10 * size,
        depth: 8,
        stages: vec![StageAttributes {
            input: 8,
            output: 16,
            stride: 2,
            depth: 1,
        }],
        outcome: Outcome::Trained {
            test_accuracy: accuracy,
            nas_validation_accuracy: Some(accuracy / 2.0),
            train_loss: 1.5,
        },
        scores: [
            ("grasp".to_string(), Score::undefined("singular")),
            ("snip".to_string(), Score::new(size as f64 / 3.0)),
        ]
        .into(),
        definitions: vec![
            definition("snip", Direction::Higher),
            definition("grasp", Direction::Lower),
        ],
        seconds: Seconds {
            train: 20.25,
            score: 0.5,
        },
        software: "0.1.0".into(),
        device: "flex, 2 cores".into(),
    }
}

pub(crate) fn definition(name: &str, direction: Direction) -> ScoreDefinition {
    let settings = "batch 64, seed 0, batch statistics, Kaiming, random data".into();
    ScoreDefinition {
        name: name.into(),
        version: 1,
        direction,
        settings,
    }
}

/// Two architectures with two seeds, one of them diverged.
pub(crate) fn records() -> Vec<Record> {
    let diverged = Outcome::Diverged {
        epoch: 3,
        reason: "the loss is NaN".into(),
    };
    vec![
        record("r1:8:16x1s2", 0, 61.5),
        record("r1:8:16x1s2", 1, 62.5),
        record("r1:16:8x1s2,16x1s2", 0, 70.0),
        Record {
            outcome: diverged,
            ..record("r1:16:8x1s2,16x1s2", 1, 0.0)
        },
    ]
}

/// The records of a space from a file.
pub(crate) fn records_of_own_space() -> Vec<Record> {
    let space = "name = \"mine\"\nfamily = \"r1\"\nclasses = 10\nresolution = 16\nstems = [8, 16]\n\
        widths = [8, 16]\ndepths = [1]\nstrides = [[2], [2, 2]]\n";
    let mut records = records();
    for record in &mut records {
        record.space = "mine".into();
        record.space_definition = Some(space.into());
    }
    records
}

pub(crate) fn of_own_space() -> Table {
    build(&records_of_own_space()).expect("the sample is valid")
}

pub(crate) fn build(records: &[Record]) -> Result<Table> {
    Table::from_records(Metadata::from_records(records)?, records)
}

/// A network of a table of predictions.
pub(crate) fn predicted_network(arch: &str, mean: f64, deviation: f64) -> PredictedNetwork {
    let like = record(arch, 0, 50.0);
    PredictedNetwork {
        arch: arch.into(),
        flops: like.flops,
        params: like.params,
        depth: like.depth,
        stages: like.stages,
        prediction: Prediction { mean, deviation },
        draws: Vec::new(),
    }
}

/// A table of two predictions, one above 100.
pub(crate) fn predictions() -> Table {
    predictions_with([Vec::new(), Vec::new()])
}

/// The same with two joint draws.
pub(crate) fn drawn_predictions() -> Table {
    predictions_with([vec![62.5, 61.491], vec![100.25, 103.0]])
}

fn predictions_with(draws: [Vec<f64>; 2]) -> Table {
    let metadata = Metadata {
        seeds: Vec::new(),
        scores: Vec::new(),
        ..table().metadata
    };
    let mut networks = vec![
        predicted_network("r1:8:16x1s2", 62.25, 0.5),
        predicted_network("r1:16:8x1s2,16x1s2", 101.5, 1.75),
    ];
    for (network, draws) in networks.iter_mut().zip(draws) {
        network.draws = draws;
    }
    let details = "Gaussian process learned from 40 networks".into();
    Table::from_predictions(metadata, networks, details).expect("the sample is valid")
}

/// A network of a table of scores alone.
pub(crate) fn scored_network(arch: &str, scores: &[Score]) -> ScoredNetwork {
    let like = record(arch, 0, 50.0);
    ScoredNetwork {
        arch: arch.into(),
        flops: like.flops,
        params: like.params,
        depth: like.depth,
        stages: like.stages,
        scores: scores.to_vec(),
    }
}

/// A table of two networks that nobody trained.
pub(crate) fn scores_alone() -> Table {
    let metadata = Metadata {
        seeds: Vec::new(),
        scores: vec![
            definition("zen", Direction::Higher),
            definition("ntk", Direction::Lower),
        ],
        ..table().metadata
    };
    let networks = vec![
        scored_network(
            "r1:8:16x1s2",
            &[Score::new(1.0), Score::undefined("singular")],
        ),
        scored_network("r1:16:8x1s2,16x1s2", &[Score::new(2.0), Score::new(3.0)]),
    ];
    Table::from_scores(metadata, networks).expect("the sample is valid")
}

pub(crate) fn table() -> Table {
    build(&records()).expect("the sample is valid")
}
