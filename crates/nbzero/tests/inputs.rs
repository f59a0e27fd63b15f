//! Files as people really have them, and files of every wrong kind: each is read, or refused with
//! one sentence and exit code 2.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{nbzero, refusal, stdout};
use tempfile::TempDir;

/// The inputs made after public bug reports; `None`, and a line that says so, where they are missing.
fn cases() -> Option<PathBuf> {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let cases =
        folders.find_map(|folder| Some(folder.join("shared/cases")).filter(|cases| cases.exists()));
    if cases.is_none() {
        println!("skipped: there is no ../shared/cases");
    }
    cases
}

/// A folder to work in.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }
}

#[test]
fn published_tables_that_people_have_are_read() {
    let Some(cases) = cases() else {
        return;
    };
    let place = Place::new();
    let read = |published: &str, name: &str, dataset: &str| {
        let (file, out) = (cases.join(name), place.path(name));
        let file = file.to_str().unwrap();
        let said = stdout(&[
            "import",
            published,
            file,
            "--dataset",
            dataset,
            "--out",
            &out,
        ]);
        assert!(said.contains("wrote"), "{said}");
        fs::read(out).unwrap()
    };
    let right = read("nb201", "nb201-right.csv", "cifar10");
    assert!(read("nb201", "nb201-semicolons.csv", "cifar10") == right);
    assert!(read("nb201", "nb201-decimal-commas.csv", "cifar10") == right);
    read("nas-bench-macro", "nas-bench-macro-bom.json", "cifar10");
}

#[test]
fn published_tables_that_are_wrong_are_refused_by_row_and_column() {
    let Some(cases) = cases() else {
        return;
    };
    let place = Place::new();
    for (published, name, parts) in [
        (
            "nb201",
            "nb201-wrong-params.csv",
            &["line 5", "c10_params_M", "0.073306"][..],
        ),
        (
            "nas-bench-macro",
            "nas-bench-macro-wrong-flops.json",
            &["02012100", "flops", "47327744", "found 1"],
        ),
        (
            "nb201",
            "nb201-fractions.csv",
            &["line 24", "0.899", "fraction"],
        ),
        ("nb201", "nb201-column-twice.csv", &["c10_test_200ep"]),
    ] {
        let (file, out) = (cases.join(name), place.path("out.nbz"));
        let file = file.to_str().unwrap();
        let dataset = ["--dataset", "cifar10", "--out", &out];
        let said = refusal(&[&["import", published, file][..], &dataset].concat());
        for part in parts.iter().chain([&name]) {
            assert!(said.contains(part), "`{said}` should say `{part}`");
        }
        assert!(!fs::exists(&out).unwrap());
    }
}

#[test]
fn a_list_of_architectures_may_have_a_byte_order_mark_and_be_compressed() {
    let place = Place::new();
    let score = |list: &str| {
        let options = ["--proxies", "flops,params,depth", "--format", "csv"];
        stdout(&[&["score", "--archs", list][..], &options].concat())
    };
    let text = "r1:4:4x1s2,4x1s2,8x1s2\nr1:4:4x1s2,4x1s2,12x1s2\n";
    let plain = score(&place.file("plain", text));
    let dressed = format!("\u{feff}{}  # comment\n", text.replace('\n', " \r\n\r\n"));
    assert_eq!(score(&place.file("dressed", &dressed)), plain);
    assert_eq!(
        score(&place.file("packed", gzip(dressed.as_bytes()))),
        plain
    );
    let mut command = nbzero(&["score", "--archs", "-", "--proxies", "flops,params,depth"]);
    let from_input = command.args(["--format", "csv"]).write_stdin(dressed);
    let output = from_input.assert().success().get_output().stdout.clone();
    assert_eq!(String::from_utf8(output).unwrap(), plain);
    let latin1 = place.file("latin1", b"r1:4:4x1s2,4x1s2,8x1s2\n# \xe9\n");
    let said = refusal(&["score", "--archs", &latin1]);
    assert!(
        said.contains("line 2 of") && said.contains("UTF-8"),
        "{said}"
    );
    let table = place.file("table", b"NBZTABLE");
    let said = refusal(&["score", "--archs", &table]);
    assert!(said.contains("is a table of nbzero"), "{said}");
}

#[test]
fn a_cell_of_nas_bench_201_is_known_by_every_name() {
    let place = Place::new();
    let cell =
        "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|";
    let names = ["(4, 0, 3, 1, 4, 3)", cell, "[4,0,3,1,4,3]"];
    let csv = place.file(
        "cells.csv",
        format!(
            "net;c100_test_200ep;c100_val_200ep;c100_params_M;c10_flops_M;c100_zen;c100_synflow_freerea;c100_logsynflow_freerea;c100_naswot_freerea\n\
             {};50,5;49,5;0,135156;19,248832;1;2;3;4\n",
            names[0]
        ),
    );
    let table = place.path("cells.nbz");
    let import = [
        "import",
        "nb201",
        &csv,
        "--dataset",
        "cifar100",
        "--out",
        &table,
    ];
    stdout(&import);
    let whole = format!("nb201:16x5:{cell}");
    let found = stdout(&["query", &table, &whole]);
    for name in names {
        assert_eq!(stdout(&["query", &table, name]), found);
        let scores = place.file("scores.tsv", format!("arch\tzen\n{name}\t2.5\n"));
        let said = stdout(&[&import[..], &["--scores", &scores]].concat());
        assert!(said.contains("1 architectures, 1 proxies"), "{said}");
        stdout(&import);
        // Where no table says which skeleton, the error does.
        let said = refusal(&["info", name]);
        assert!(said.contains(&format!("write `{whole}`")), "{said}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Inputs of every wrong kind: names, and what they hold (`None`: a folder).
fn wrong_inputs(place: &Place) -> Vec<String> {
    let mut wrong = vec![place.path("missing")];
    fs::create_dir(place.path("folder")).unwrap();
    wrong.push(place.path("folder"));
    for (name, content) in [
        ("empty", Vec::new()),
        ("blank", b"\n\n".to_vec()),
        ("zip", b"PK\x03\x04rest".to_vec()),
        ("pickle", b"\x80\x04\x95rest".to_vec()),
        ("parquet", b"PAR1rest".to_vec()),
        ("utf-16", b"\xff\xfea\0r\0c\0h\0\n\0".to_vec()),
        ("mark", b"\xef\xbb\xbf".to_vec()),
        ("csv", b"first,second\n1,2\n".to_vec()),
        ("json", b"{\"first\": [1, 2]}\n".to_vec()),
        ("json-list", b"[]\n".to_vec()),
        ("text", b"nothing in particular\n".to_vec()),
        ("no-line-end", b"nothing in particular".to_vec()),
        ("binary", (0..=255).collect()),
        ("gzip-of-text", gzip(b"nothing in particular\n")),
        ("gzip-of-zip", gzip(b"PK\x03\x04rest")),
        ("cut-gzip", gzip(b"nothing in particular\n")[..20].to_vec()),
        ("zstd", zstd::bulk::compress(b"nothing\n", 3).unwrap()),
        (
            "cut-zstd",
            zstd::bulk::compress(b"nothing\n", 3).unwrap()[..6].to_vec(),
        ),
        ("table-cut", b"NBZTABLE\x02\0\0\0".to_vec()),
        (
            "table-huge",
            [&b"NBZTABLE\x02\0\0\0"[..], &[255; 12]].concat(),
        ),
    ] {
        wrong.push(place.file(name, content));
    }
    wrong
}

#[test]
fn every_wrong_input_of_a_table_command_gets_one_sentence() {
    let place = Place::new();
    let out = place.path("out.nbz");
    let csv = place.path("out.csv");
    let chain = place.file(
        "chains.json",
        r#"{"00000000": {"test_acc": [80.0, 81.0, 82.0], "params": 387882, "flops": 7713280}}"#,
    );
    for input in wrong_inputs(&place) {
        let name = Path::new(&input).file_name().unwrap().to_str().unwrap();
        let dataset = |name| ["--dataset", name, "--out", &out];
        let import = |table, name| [&["import", table, &input][..], &dataset(name)].concat();
        let scores = [
            "import",
            "nas-bench-macro",
            &chain,
            "--scores",
            &input,
            "--out",
            &out,
        ];
        for arguments in [
            import("nb201", "cifar10"),
            import("nas-bench-macro", "cifar10"),
            import("transnas-macro", "class_scene"),
            import("accel-nasbench", "imagenet"),
            scores.to_vec(),
            vec!["merge", &input, "--out", &out],
            vec!["query", &input],
            vec!["query", &input, "--top", "3", "--format", "json"],
            vec!["export", &input, &csv],
            vec!["score", "--archs", &input],
        ] {
            let output = nbzero(&arguments).assert().code(2).get_output().clone();
            let said = String::from_utf8(output.stderr).unwrap();
            let errors: Vec<&str> = said.lines().collect();
            // A shard that ends in the middle of a record has a warning of its own.
            let (last, before) = errors.split_last().unwrap();
            assert!(
                before.iter().all(|line| line.starts_with("warning: ")),
                "{said}"
            );
            assert!(last.starts_with("error: "), "{said}");
            assert!(
                last.contains(name),
                "{arguments:?} should name the input: {said}"
            );
            assert!(output.stdout.is_empty());
            assert!(
                !fs::exists(&out).unwrap() && !fs::exists(&csv).unwrap(),
                "{arguments:?}"
            );
        }
    }
}

#[test]
fn wrong_images_get_one_sentence() {
    let place = Place::new();
    let train = |files: &[(&str, &[u8])], name: &str| {
        let folder = TempDir::new().unwrap();
        for (file, bytes) in files {
            fs::write(folder.path().join(file), bytes).unwrap();
        }
        let data = format!("{name}:{}", folder.path().display());
        refusal(&["train", "r1:4:4x1s2,4x1s2,8x1s2", "--data", &data])
    };
    let empty = train(&[("data_batch_1", b""), ("test_batch", b"")], "cifar10");
    assert!(empty.contains("data_batch_1"), "{empty}");
    let npz = train(
        &[
            ("val_data", b"PK\x03\x04"),
            ("train_data_batch_1", b"PK\x03\x04"),
        ],
        "imagenet16",
    );
    assert!(
        npz.contains(".npz") && npz.contains("pickle module"),
        "{npz}"
    );
    let archive = place.file("cifar-10-python.tar.gz", gzip(b""));
    let data = format!("cifar10:{archive}");
    let said = refusal(&["score", "r1:4:4x1s2,4x1s2,8x1s2", "--data", &data]);
    assert!(
        said.contains("is a file and no folder: unpack it"),
        "{said}"
    );
}
