//! The leaderboard of made-up benchmarks.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use nbzero_metrics::Bootstrap;
use nbzero_report::{
    Contest, ELSEWHERE, Exhibit, Format, Kind, Leaderboard, RANDOM, ValueRow, given_costs,
    leaderboard, read_leaderboard,
};
use nbzero_table::{
    Dataset, Direction, Metadata, Outcome, Record, Score, ScoreDefinition, Seconds,
    StageAttributes, Table,
};
use proptest::prelude::*;

const NETWORKS: u64 = 60;

/// A number from 0 to 1 for each pair.
fn noise(network: u64, column: u64) -> f64 {
    let mut x = (network * 131 + column).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 40) as f64 / f64::from(1 << 24)
}

/// What is true of a network, before noise.
fn truth(network: u64) -> f64 {
    noise(network, 1)
}

/// `jacob_cov` and `naswot` each know half of the truth, `ntk` (lower is better) nearly all of it, `zen` nothing;
/// the accuracies are those of the networks in the given order.
fn table(space: &str, order: &[usize]) -> Table {
    let salt = space.len() as u64;
    let knows = |i: u64, column: u64, share: f64| {
        share * truth(i + 1000 * salt) + (1.0 - share) * noise(i + 1000 * salt, column)
    };
    let record = |i: u64| {
        let accurate = order[usize::try_from(i).unwrap()] as u64;
        let undefined = i == 3;
        let ntk = if undefined {
            Score::undefined("made up")
        } else {
            Score::new(-knows(i, 5, 0.9))
        };
        Record {
            version: nbzero_table::Record::version_of(16.into()),
            arch: format!("r1:8:8x1s2,16x1s2,{}x1s2", 8 * (i + 1)),
            space_definition: None,
            space: space.into(),
            dataset: Dataset::Cifar10,
            classes: 10,
            resolution: 16.into(),
            recipe: "mini".into(),
            recipe_details: String::new(),
            images: "made up".into(),
            images_checksum: None,
            seed: 0,
            flops: 1_000_000 + 1000 * i,
            params: 10_000 + 7 * (i * 17 % 60),
            depth: 8,
            stages: vec![
                StageAttributes {
                    input: 8,
                    output: 8,
                    stride: 2,
                    depth: 1
                };
                3
            ],
            outcome: Outcome::Trained {
                test_accuracy: 20.0 + 70.0 * truth(accurate + 1000 * salt),
                nas_validation_accuracy: None,
                train_loss: 1.0,
            },
            scores: BTreeMap::from([
                ("jacob_cov".into(), Score::new(knows(i, 2, 0.5))),
                ("naswot".into(), Score::new(knows(i, 3, 0.5))),
                ("ntk".into(), ntk),
                ("zen".into(), Score::new(knows(i, 4, 0.0))),
            ]),
            definitions: ["jacob_cov", "naswot", "ntk", "zen"]
                .map(|name| ScoreDefinition {
                    name: name.into(),
                    version: 1,
                    direction: if name == "ntk" {
                        Direction::Lower
                    } else {
                        Direction::Higher
                    },
                    settings: "made up".into(),
                })
                .to_vec(),
            seconds: Seconds {
                train: 1.0,
                score: 1.0,
            },
            software: "0.1.0".into(),
            device: "made up".into(),
        }
    };
    let records: Vec<Record> = (0..NETWORKS).map(record).collect();
    Table::from_records(Metadata::from_records(&records).unwrap(), &records).unwrap()
}

fn in_order() -> Vec<usize> {
    (0..60).collect()
}

fn contest<'a>(table: &'a Table, family: &str, name: &str, kind: Kind) -> Contest<'a> {
    Contest {
        name: name.to_owned(),
        family: family.to_owned(),
        kind,
        scored: "60 networks, made up".to_owned(),
        table,
        seconds: BTreeMap::from([
            ("jacob_cov".to_owned(), 0.5),
            ("params".to_owned(), 0.001),
            ("ntk".to_owned(), 2.0),
        ]),
    }
}

fn bootstrap() -> Bootstrap {
    Bootstrap {
        resamples: 30,
        seed: 0,
    }
}

/// The combination that is best elsewhere, on each board.
fn chosen(board: &Leaderboard) -> Vec<Option<&str>> {
    let each = board.boards.iter();
    each.map(|board| board.standing(ELSEWHERE)?.formula.as_deref())
        .collect()
}

/// Two boards of one family, one of another, and a table.
fn boards(first: &[usize], second: &[usize], third: &[usize]) -> Leaderboard {
    let tables = [
        table("a", first),
        table("a", second),
        table("other", third),
        table("collected", &in_order()),
    ];
    let contests = [
        contest(&tables[0], "a", "a, one", Kind::Benchmark),
        contest(&tables[1], "a", "a, two", Kind::Benchmark),
        contest(&tables[2], "other", "other", Kind::Benchmark),
        contest(&tables[3], "collected", "collected", Kind::Table),
    ];
    leaderboard(&contests, bootstrap()).unwrap()
}

#[test]
fn every_row_is_judged_on_every_board() {
    let found = boards(&in_order(), &in_order(), &in_order());
    for board in &found.boards {
        assert_eq!(board.networks, 60);
        let tau = |name: &str| board.standing(name).unwrap().tau.unwrap().value;
        assert!(tau("ntk") > 0.6, "{}", tau("ntk"));
        assert!(tau("naswot") < tau("ntk") && tau("zen").abs() < 0.3);
        assert!(tau(RANDOM).abs() < 0.3);
        // FLOPs are the place of the network, which says nothing of the truth.
        assert!(tau("flops").abs() < 0.3);
        let ntk = board.standing("ntk").unwrap();
        assert!((ntk.defined - 59.0 / 60.0).abs() < 1e-12);
        let interval = ntk.tau.unwrap().interval.unwrap();
        assert!(interval.low < tau("ntk") && tau("ntk") < interval.high);
        assert!(ntk.mbr10.unwrap().value < board.standing(RANDOM).unwrap().mbr10.unwrap().value);
        // All networks are equally deep.
        let depth = board.standing("depth").unwrap();
        assert!(depth.tau.is_none() && depth.mbr.is_none() && depth.top_tau.is_none());
        let both = board.standing("log(jacob_cov+params)").unwrap();
        // Params are counted, whatever a list of seconds says.
        assert!((both.seconds.unwrap() - 0.5).abs() < 1e-12);
        assert!(board.standing("az_nas").is_none());
        assert!(board.standing("naswot+jacob_cov+log_synflow").is_none());
        // ntk knows most wherever one looks, and what is the same for all has no place in a combination.
        let elsewhere = board.standing(ELSEWHERE).unwrap();
        let formula = elsewhere.formula.as_ref().unwrap();
        assert!(
            formula.contains("ntk") && !formula.contains("depth"),
            "{formula}"
        );
    }
}

#[test]
fn on_the_front_is_what_nothing_faster_equals() {
    let found = boards(&in_order(), &in_order(), &in_order());
    let value = found.value();
    let row = |name: &str| value.rows.iter().find(|row| row.name == name);
    // Costs are counted, and the time of naswot and zen is not known, nor that of what they are part of.
    assert!(row("flops").unwrap().seconds <= 0.0 && row("naswot").is_none());
    assert!(row(RANDOM).is_none() && row(ELSEWHERE).is_none());
    // A family counts once: the means are over two boards, not three.
    let tau = |board: usize| found.boards[board].standing("ntk").unwrap().tau.unwrap();
    let mean = f64::midpoint(f64::midpoint(tau(0).value, tau(1).value), tau(2).value);
    let ntk = row("ntk").unwrap();
    assert!((ntk.tau - mean).abs() < 1e-12 && (ntk.seconds - 2.0).abs() < 1e-12);
    // The dearest is on the front by its tau, and of two that take as long one at most.
    assert!(ntk.is_on_front && row("jacob_cov").unwrap().is_on_front);
    for row in &value.rows {
        let equals = |other: &&ValueRow| other.seconds <= row.seconds && other.tau > row.tau;
        assert_eq!(
            row.is_on_front,
            !value.rows.iter().any(|other| equals(&other))
        );
    }
    let members = value.members_of_front();
    assert!(members.contains("ntk") && members.contains("jacob_cov"));
    assert!(value.picture().unwrap().is_some());
    let text = value.render(Format::Markdown).unwrap();
    assert!(text.contains("On the front is a row where"), "{text}");
    let none = Leaderboard { boards: Vec::new() }.value();
    assert!(none.rows.is_empty() && none.picture().unwrap().is_none());
}

#[test]
fn a_mean_leaves_out_what_the_row_was_picked_on() {
    let tables = [
        table("nb201", &in_order()),
        table("b", &in_order()),
        table("other", &in_order()),
    ];
    let of = |table, name| contest(table, name, name, Kind::Benchmark);
    let contests = [
        of(&tables[0], "nb201"),
        of(&tables[1], "b"),
        of(&tables[2], "other"),
    ];
    let found = leaderboard(&contests, bootstrap()).unwrap();
    let value = found.value();
    let mean = |name: &str, boards: std::ops::Range<usize>| {
        let tau = |board: &nbzero_report::Board| board.standing(name).unwrap().tau.unwrap().value;
        let count = boards.len() as f64;
        found.boards[boards].iter().map(tau).sum::<f64>() / count
    };
    let shown = |name: &str| value.rows.iter().find(|row| row.name == name).unwrap().tau;
    let (picked, member) = ("jacob_cov+params", "jacob_cov");
    assert!((shown(picked) - mean(picked, 1..3)).abs() < 1e-12);
    assert!((shown(picked) - mean(picked, 0..3)).abs() > 1e-6);
    assert!((shown(member) - mean(member, 0..3)).abs() < 1e-12);
    let said = format!(
        "{picked} was picked by others' scores on nb201 and has {:.3} on the other 2 (the highest of the rest \
         there: {:.3}, of ntk)",
        mean(picked, 1..3),
        mean("ntk", 1..3)
    );
    let text = found.render(Format::Markdown).unwrap();
    assert!(text.contains(&said), "{said}: {text}");
}

#[test]
fn the_file_has_all_of_it() {
    let found = boards(&in_order(), &in_order(), &in_order());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, found.file()).unwrap();
    let read = read_leaderboard(file.path()).unwrap();
    assert_eq!(read.file(), found.file());
    let markdown = |board: &Leaderboard| board.render(Format::Markdown).unwrap();
    assert_eq!(markdown(&read), markdown(&found));
    assert_eq!(chosen(&read), chosen(&found));
    let text = found.file().replace(",benchmark,", ",contest,");
    std::fs::write(&file, text).unwrap();
    let refused = read_leaderboard(file.path()).unwrap_err().to_string();
    assert!(
        refused.contains("\"contest\"") && refused.contains("line 2"),
        "{refused}"
    );
}

#[test]
fn a_single_family_has_nothing_to_choose_on() {
    let table = table("a", &in_order());
    let alone = [contest(&table, "a", "a", Kind::Benchmark)];
    assert_eq!(chosen(&leaderboard(&alone, bootstrap()).unwrap()), [None]);
}

#[test]
fn what_costs_explain_is_told_from_what_they_do_not() {
    let table = table("a", &in_order());
    let contests = [contest(&table, "a", "a", Kind::Benchmark)];
    let found = given_costs(&contests).unwrap();
    let row = |name: &str| found.rows.iter().find(|row| row.name == name).unwrap().mean;
    assert!(row("ntk").partial.unwrap() > 0.7);
    assert!((row("flops").costs[0].unwrap() - 1.0).abs() < 1e-12);
    assert!(
        row("flops").partial.is_none(),
        "given itself nothing is left"
    );
    assert!(row("depth").raw.is_none() && row("ntk").costs[2].is_none());
    let collected = [contest(&table, "a", "a", Kind::Table)];
    assert!(given_costs(&collected).is_err_and(|error| error.is_of_the_input()));
}

fn permutations() -> impl Strategy<Value = Vec<usize>> {
    Just(in_order()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_accuracies_that_judge_do_not_choose(order in permutations()) {
        let before = boards(&in_order(), &in_order(), &in_order());
        // Of the family that is judged, on either of its boards.
        let family = boards(&order, &order, &in_order());
        prop_assert_eq!(&chosen(&before)[..2], &chosen(&family)[..2]);
        let other = boards(&in_order(), &in_order(), &order);
        prop_assert_eq!(chosen(&before)[2], chosen(&other)[2]);
        // And what is judged does change.
        let tau = |board: &Leaderboard| board.boards[2].standing("ntk").unwrap().tau.unwrap().value;
        prop_assert!(tau(&other) < tau(&before));
    }
}

#[test]
fn other_accuracies_do_choose() {
    let mut reversed = in_order();
    reversed.sort_by(|&a, &b| truth(a as u64 + 5000).total_cmp(&truth(b as u64 + 5000)));
    let mut opposite = vec![0; 60];
    for (place, &network) in reversed.iter().enumerate() {
        opposite[network] = reversed[59 - place];
    }
    let before = boards(&in_order(), &in_order(), &in_order());
    let after = boards(&in_order(), &in_order(), &opposite);
    assert_ne!(chosen(&before)[0], chosen(&after)[0]);
    assert_eq!(chosen(&before)[2], chosen(&after)[2]);
}

#[test]
fn it_is_drawn_and_written_in_every_format() {
    let found = boards(&in_order(), &in_order(), &in_order());
    assert!(
        found
            .picture()
            .unwrap()
            .unwrap()
            .svg()
            .contains("best elsewhere")
    );
    for format in [Format::Text, Format::Markdown, Format::Csv, Format::Json] {
        assert!(found.render(format).unwrap().contains("ntk"));
        assert!(
            found.boards[0]
                .render(format)
                .unwrap()
                .contains("jacob_cov")
        );
    }
}
