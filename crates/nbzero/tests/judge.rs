//! `nbzero judge` and `nbzero report`, as a user runs them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; one that is skipped says why"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{nbzero, refusal, stdout};
use nbzero::table::{Metadata, Outcome, Record, Score, Split, Table};
use serde_json::Value;
use tempfile::TempDir;

/// What people share with the project, where it is there.
fn shared(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = path.join(name);
    if path.exists() {
        return Some(path.to_str().unwrap().to_owned());
    }
    println!("skipped: there is no {}", path.display());
    None
}

/// Numbers from 0 to 1 without any relation to those of another key.
fn noise(i: u64, key: u64) -> f64 {
    let mut x = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (key << 17);
    for multiplier in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        x = (x ^ (x >> 29)).wrapping_mul(multiplier);
    }
    (x >> 40) as f64 / (1_u64 << 24) as f64
}

const NETWORKS: u64 = 60;

fn arch(i: u64) -> String {
    format!("r1:8:8x1s2,16x1s2,{}x1s2", 16 + i)
}

/// A made-up table of 60 networks with the scores of zen, and a folder for files.
struct Folder {
    folder: TempDir,
    table: String,
}

impl Folder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let table = folder.path().join("table.nbz").to_str().unwrap().to_owned();
        let record = |i: u64| {
            let line = format!(
                r#"{{"version":1,"arch":"{}","space":"r1-mini","dataset":"cifar100","classes":100,
                "resolution":16,"images":"made up","recipe":"mini","recipe_details":"SGD","seed":0,
                "flops":{},"params":{},"depth":{},
                "stages":[{{"input":8,"output":8,"stride":2,"depth":1}}],
                "outcome":{{"trained":{{"test_accuracy":{},"nas_validation_accuracy":null,
                "train_loss":1.5}}}},"scores":{{"zen":{}}},"definitions":[
                {{"name":"zen","version":1,"direction":"higher","settings":"batch 64"}}],
                "seconds":{{"train":1.0,"score":0.5}},"software":"0.1.0","device":"flex"}}"#,
                arch(i),
                1_000_000 + 10_000 * i,
                10_000 + 100 * (NETWORKS - i),
                8 + i % 3,
                accuracy(i),
                noise(i, 2),
            );
            serde_json::from_str::<Record>(&line).unwrap()
        };
        let records: Vec<Record> = (0..NETWORKS).map(record).collect();
        let metadata = Metadata::from_records(&records).unwrap();
        let made = Table::from_records(metadata, &records).unwrap();
        made.write(&table).unwrap();
        Self { folder, table }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A file with a column of these scores.
    fn scores(&self, name: &str, header: &str, score: impl Fn(u64) -> f64) -> String {
        let lines = (0..NETWORKS).map(|i| format!("{:?},{}\n", arch(i), score(i)));
        let text = format!("arch,{header}\n{}", lines.collect::<String>());
        self.file(name, text.as_bytes())
    }

    fn judged(&self, arguments: &[&str]) -> Value {
        let all = [&["judge", &self.table, "--format", "json"], arguments].concat();
        serde_json::from_str(&stdout(&all)).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        refusal(&[&["judge", self.table.as_str()], arguments].concat())
    }
}

fn accuracy(i: u64) -> f64 {
    20.0 + 40.0 * noise(i, 1)
}

fn row<'a>(judged: &'a Value, name: &str) -> &'a Value {
    let mut rows = judged["rows"].as_array().unwrap().iter();
    rows.find(|row| row["name"] == name).unwrap()
}

#[test]
fn the_columns_of_the_table_and_of_ones_own_are_judged() {
    let folder = Folder::new();
    let good = folder.scores("good.csv", "mine", accuracy);
    let bad = folder.scores("bad.csv", "loss", |i| -accuracy(i));
    let judged = folder.judged(&["--scores", &good, "--scores", &bad]);
    let names = judged["rows"].as_array().unwrap().iter();
    let names: Vec<&str> = names.map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["oracle", "flops", "params", "depth", "zen", "mine", "loss"]
    );
    assert_eq!(row(&judged, "mine")["mbr"]["value"], 0.0);
    assert_eq!(row(&judged, "mine")["mbr10"]["value"], 0.0);
    assert_eq!(row(&judged, "mine")["kd"]["value"], 1.0);
    assert_eq!(row(&judged, "loss")["kd"]["value"], -1.0);
    assert!(row(&judged, "loss")["mbr10"]["value"].as_f64().unwrap() > 0.89);
    // The same, once it is known that lower is better.
    for direction in [&["--lower", "loss"][..], &[]] {
        let bad = match direction {
            [] => folder.scores("bad.csv", "loss:lower", |i| -accuracy(i)),
            _ => bad.clone(),
        };
        let judged = folder.judged(&[&["--scores", &bad], direction].concat());
        assert_eq!(row(&judged, "loss")["kd"]["value"], 1.0, "{direction:?}");
    }
}

#[test]
fn a_proxy_of_nbzero_keeps_its_direction() {
    let folder = Folder::new();
    let scores = folder.scores("scores.csv", "ntk", |i| -accuracy(i));
    let judged = folder.judged(&["--scores", &scores]);
    assert_eq!(row(&judged, "ntk")["kd"]["value"], 1.0);
    let scores = folder.scores("scores.csv", "ntk:higher", |i| -accuracy(i));
    let judged = folder.judged(&["--scores", &scores]);
    assert_eq!(row(&judged, "ntk")["kd"]["value"], -1.0);
}

#[test]
fn budgets_and_searches_are_ones_own() {
    let folder = Folder::new();
    let judged = folder.judged(&["--budgets-on", "depth", "--budgets", "3", "--draws", "4"]);
    assert_eq!(judged["budgets_on"], "depth");
    let zen = row(&judged, "zen");
    assert_eq!(zen["mbr"]["budgets"].as_array().unwrap().len(), 3);
    assert!(zen["mbr4"]["value"].is_number() && zen["mbr10"].is_null());
    let budgets = &zen["mbr"]["budgets"];
    assert_eq!(budgets[0]["budget"].as_f64(), Some(8.0 + 2.0 / 3.0));
    let csv = stdout(&["judge", &folder.table, "--budgets", "20", "--format", "csv"]);
    let header = csv.lines().next().unwrap();
    assert!(
        header.contains("accuracy_5,") && header.contains("accuracy_100,"),
        "{header}"
    );
    let text = stdout(&["judge", &folder.table, "--budgets", "20"]);
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );
    for (option, value) in [("--budgets", "0"), ("--budgets", "21"), ("--draws", "0")] {
        nbzero(&["judge", &folder.table, option, value])
            .assert()
            .code(2);
    }
}

#[test]
fn a_network_without_a_line_is_left_out_and_an_empty_cell_ranks_last() {
    let folder = Folder::new();
    let line = |i: u64| match i {
        0 => format!("{:?},,singular\r\n", arch(i)),
        _ => format!("{:?},{},\r\n", arch(i), accuracy(i)),
    };
    let lines: String = (0..40).map(line).collect();
    let text = format!("\u{feff}arch,mine,undefined\r\n{lines}r1:8:9x1s2,1.0,\r\n");
    let scores = folder.file("scores.csv", text.as_bytes());
    let command = nbzero(&["judge", &folder.table, "--scores", &scores])
        .assert()
        .success();
    let said = String::from_utf8(command.get_output().stderr.clone()).unwrap();
    for part in [
        "1 of the 41 architectures",
        "of mine, 20 of the table's 60 networks are not in the file: they are left out",
        "of mine, 1 of the table's 60 networks have an empty cell there: they rank last",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let text = String::from_utf8(command.get_output().stdout.clone()).unwrap();
    assert!(text.contains("mine 39 of 40 networks"), "{text}");
    let judged = folder.judged(&["--scores", &scores]);
    assert_eq!(judged["about"]["networks"], 40);
    assert_eq!(judged["about"]["unscored"], 20);
    assert_eq!(row(&judged, "zen")["coverage"], 1.0);
    // Two columns without a network in common can only be judged one by one.
    let rest = (40..NETWORKS).map(|i| format!("{:?},1\n", arch(i)));
    let text = format!("arch,other\n{}", rest.collect::<String>());
    let other = folder.file("other.csv", text.as_bytes());
    let refused = folder.refused(&["--scores", &scores, "--scores", &other]);
    assert!(
        refused.contains("judge the columns one by one"),
        "{refused}"
    );
}

#[test]
fn a_column_without_any_score_has_no_row() {
    let folder = Folder::new();
    let (one, two) = (arch(0), arch(1));
    let text = format!("arch,mine,other\n{one:?},,1\n{two:?},,2\n");
    let scores = folder.file("scores.csv", text.as_bytes());
    let judged = folder.judged(&["--scores", &scores]);
    let rows = judged["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["name"] == "other"));
    assert!(rows.iter().all(|row| row["name"] != "mine"));
    let text = stdout(&["judge", &folder.table, "--scores", &scores]);
    assert!(text.contains("without a row: mine."), "{text}");
}

#[test]
fn bad_scores_are_refused_with_their_place() {
    let folder = Folder::new();
    let (one, two) = (arch(0), arch(1));
    let cases = [
        (
            format!("arch,mine\n{one:?},1\n{two:?},x\n"),
            "line 3, mine: \"x\" is no finite number",
        ),
        (
            format!("arch,mine\n{one:?},nan\n"),
            "line 2, mine: NaN is no finite number",
        ),
        (format!("arch,mine\n{one:?},1\n{one:?},2\n"), "line 3"),
        (
            "arch,mine\nr1:8:9x1s2,1\n".into(),
            "has none of the 1 architectures",
        ),
        (format!("net,mine\n{one:?},1\n"), "arch"),
        (format!("arch\n{one:?}\n"), "no column of scores"),
        (format!("arch,zen\n{one:?},1\n"), "so has the table"),
        (
            format!("arch,mine,mine:lower\n{one:?},1,2\n"),
            "for the second time",
        ),
        ("arch,mine\n".into(), "no scores"),
        (String::new(), "empty"),
    ];
    for (text, part) in cases {
        let scores = folder.file("scores.csv", text.as_bytes());
        let said = folder.refused(&["--scores", &scores]);
        assert!(
            said.contains(part) && said.contains("scores.csv"),
            "{part}: {said}"
        );
    }
    let scores = folder.scores("scores.csv", "mine", accuracy);
    let said = folder.refused(&["--scores", &scores, "--lower", "other"]);
    assert!(said.contains("`other`") && said.contains("mine"), "{said}");
    let scores = folder.scores("scores.csv", "oracle", accuracy);
    assert!(folder.refused(&["--scores", &scores]).contains("oracle"));
    assert!(
        folder
            .refused(&["--scores", "missing.csv"])
            .contains("missing.csv")
    );
}

/// Files of pyarrow.
#[cfg(feature = "parquet")]
#[test]
fn a_compression_that_is_not_read_is_named() {
    let folder = Folder::new();
    for (name, compression) in [("gzip", "gzip"), ("brotli", "brotli"), ("lz4", "LZ4")] {
        let path = format!(
            "{}/tests/data/scores-{name}.parquet",
            env!("CARGO_MANIFEST_DIR")
        );
        let said = folder.refused(&["--scores", &path]);
        assert!(
            said.contains(&format!("is compressed with {compression}")),
            "{said}"
        );
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_read_as_csv_is() {
    let folder = Folder::new();
    // A table's own export is a Parquet file with architectures and numbers.
    let mut records = Vec::new();
    let table = Table::open(&folder.table).unwrap();
    for row in table.rows() {
        let line = serde_json::json!({
            "version": 1, "arch": row.arch(), "space": "r1-mini", "dataset": "cifar100",
            "classes": 100, "resolution": 16, "images": "made up", "recipe": "mini",
            "recipe_details": "SGD", "seed": 0, "flops": row.flops(), "params": row.params(),
            "depth": row.depth(), "stages": [{"input": 8, "output": 8, "stride": 2, "depth": 1}],
            "outcome": {"trained": {"test_accuracy": row.accuracy(Split::Test, 0).unwrap(),
            "nas_validation_accuracy": null, "train_loss": 1.0}}, "scores": {"mine": 0.0},
            "definitions": [{"name": "mine", "version": 1, "direction": "higher", "settings": ""}],
            "seconds": {"train": 1.0, "score": 1.0}, "software": "0.1.0", "device": "flex"
        });
        let mut record: Record = serde_json::from_value(line).unwrap();
        let Outcome::Trained { test_accuracy, .. } = record.outcome else {
            panic!("trained");
        };
        record
            .scores
            .insert("mine".to_owned(), Score::new(test_accuracy));
        records.push(record);
    }
    let metadata = Metadata::from_records(&records).unwrap();
    let path = folder.path("own.parquet");
    Table::from_records(metadata, &records)
        .unwrap()
        .write_parquet(&path)
        .unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in [4, 8, whole.len() / 2, whole.len() - 1] {
        let scores = folder.file("cut.parquet", &whole[..cut]);
        assert!(
            folder
                .refused(&["--scores", &scores])
                .contains("cut.parquet"),
            "{cut}"
        );
    }
    // Whole, it is either judged or refused for what a column holds, by row.
    let arguments = ["judge", &folder.table, "--scores", path.to_str().unwrap()];
    let output = nbzero(&arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() || said.contains("own.parquet"),
        "{said}"
    );
}

#[test]
fn a_random_column_is_as_good_as_chance_on_a_published_table() {
    let Some(published) = shared("tables/nas-bench-macro_cifar10.json") else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (table, scores) = (path("macro.nbz"), path("random.csv"));
    stdout(&["import", "nas-bench-macro", &published, "--out", &table]);
    let architectures = Table::open(&table).unwrap().architectures().to_vec();
    let columns = ["mine", "b", "c", "d", "e", "f", "g", "h"];
    let line = |(i, arch): (u64, &String)| {
        let cells = (0..8).map(|key| noise(i, 10 + key).to_string());
        format!("{arch},{}\n", cells.collect::<Vec<_>>().join(","))
    };
    let lines: String = (0..).zip(&architectures).map(line).collect();
    fs::write(&scores, format!("arch,{}\n{lines}", columns.join(","))).unwrap();
    let judged = stdout(&["judge", &table, "--scores", &scores, "--format", "json"]);
    let judged: Value = serde_json::from_str(&judged).unwrap();
    // mBR rests on five picks: its mean over eight columns is near chance, each mBR10 is.
    let of = |name: &str, index: &str| row(&judged, name)[index]["value"].as_f64().unwrap();
    let mean = columns.iter().map(|name| of(name, "mbr")).sum::<f64>() / 8.0;
    assert!((mean - 0.5).abs() < 0.17, "{mean}");
    for name in columns {
        assert!((of(name, "mbr10") - 0.45).abs() < 0.03, "{name}");
    }
    let Some(own) = shared("cases/scores-own-column.csv") else {
        return;
    };
    let text = stdout(&["judge", &table, "--scores", &own]);
    assert!(
        text.lines().any(|line| line.trim().starts_with("myproxy ")),
        "{text}"
    );
}

#[test]
fn a_report_is_one_page_and_says_what_it_leaves_out() {
    let folder = Folder::new();
    let out = folder.path("report");
    let said = stdout(&["report", &folder.table, "--out", out.to_str().unwrap()]);
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    for name in [
        "table1.txt",
        "fig1.svg",
        "fig4.png",
        "draws.svg",
        "claims.txt",
    ] {
        assert!(
            out.join(name).is_file() && said.contains(name),
            "{name}: {said}"
        );
    }
    for part in ["Left out table2", "Left out table3", "Left out fig7"] {
        assert!(said.contains(part) && page.contains(part), "{part}: {said}");
    }
    let found = page.find("What was found").unwrap();
    assert!(found < page.find("Left out table2").unwrap());
    assert!(page.contains("<title>r1:8:8x1s2,16x1s2,"));
}
