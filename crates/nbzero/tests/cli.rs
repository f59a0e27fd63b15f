//! The command line, end to end: what users type, what they read, and how it fails.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{data, images, nbzero, refusal, shared, stdout};
use nbzero::table::{Outcome, Split, Table, read_shard};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::Value;
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2,8x1s2";

fn json_lines(arguments: &[&str]) -> Vec<Value> {
    let text = stdout(arguments);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_environment_chooses_among_the_machines_instruction_sets() {
    let score = |isa: &str| {
        let mut command = nbzero(&["score", SMALL, "--proxies", "zen,snip,ntk", "--batch", "16"]);
        command.args(["--resolution", "16", "--format", "csv"]);
        command.env("NBZERO_SIMD", isa);
        command
    };
    let values = |isa: &str| {
        let out = score(isa).assert().success().get_output().stdout.clone();
        let text = String::from_utf8(out).unwrap();
        let row = text.lines().nth(1).unwrap().to_owned();
        let values = row.split(',').filter_map(|field| field.parse().ok());
        values.collect::<Vec<f64>>()
    };
    let portable = values("portable");
    assert_eq!(portable.len(), 3);
    for isa in nbzero::ops::Isa::available() {
        for (value, expected) in values(&isa.to_string()).iter().zip(&portable) {
            assert!(
                (value - expected).abs() <= 2e-3 * expected.abs(),
                "{isa}: {value}, {expected}"
            );
        }
    }
    let told = score("sse9").assert().code(2).get_output().stderr.clone();
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.contains("NBZERO_SIMD is `sse9`: use portable, avx2 or avx512"),
        "{told}"
    );
}

#[test]
fn info_shows_stages_and_costs() {
    insta::assert_snapshot!(stdout(&["info", "r2:16:32x2s1,64x1s2,64x2s2,128x1s2"]));
    insta::assert_snapshot!(stdout(&["info", SMALL, "--layers", "--classes", "10"]));
}

#[test]
fn help_names_every_command() {
    insta::assert_snapshot!(stdout(&["--help"]));
}

#[test]
fn every_option_of_every_command_is_in_the_book() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src");
    let read = |page: &str| fs::read_to_string(book.join(page)).unwrap();
    let (page, search) = (read("command-line.md"), read("search.md"));
    let sections = |command: &str| {
        let of = |heading: &str| heading.split_whitespace().nth(1) == Some(command);
        let sections = page.split("\n## ").filter(|section| {
            let heading = section.lines().next().unwrap_or_default();
            of(&heading.replace('`', " "))
        });
        sections.collect::<String>()
    };
    let help = stdout(&["--help"]);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| line.starts_with("  "));
    let commands: Vec<_> = commands
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"score"), "{commands:?}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        assert!(page.contains(&format!("\n| `{command}` |")), "{command}");
        let text = match command {
            // Its proxies and images are those of `score`.
            "search" => format!("{search}{}", sections("score")),
            _ => sections(command),
        };
        for line in stdout(&[command, "--help"]).lines() {
            let line = line.trim_start();
            let option = line
                .split([' ', '<', '['])
                .find(|word| word.starts_with("--"));
            let defines =
                line.starts_with('-') && option != Some("--help") && option != Some("--version");
            if let (true, Some(option)) = (defines, option) {
                assert!(text.contains(option), "{command} {option}");
            }
        }
    }
}

#[test]
fn bad_architectures_get_one_clear_sentence() {
    assert!(refusal(&["info", "r1:64:64x2"]).contains("at position 11, found the end"));
    assert!(
        refusal(&["info", "r3:64:64x2s2,64x2s2,64x2s2"]).contains("there are `r1`, `r2`, `mb`")
    );
    assert!(refusal(&["score", "r2:8:10x1s2,12x1s2,12x1s2"]).contains("no multiple of 4"));
}

#[test]
fn bad_images_get_one_clear_sentence() {
    let missing = refusal(&["score", SMALL, "--data", "cifar100:/no/such/folder"]);
    assert!(missing.contains("/no/such/folder"), "{missing}");
    let folder = images();
    let batch = folder.path().join("data_batch_1.bin");
    let bytes = fs::read(&batch).unwrap();
    fs::write(&batch, &bytes[..bytes.len() - 1]).unwrap();
    let truncated = refusal(&["train", SMALL, "--data", &data(&folder)]);
    assert!(
        truncated.contains("data_batch_1.bin") && truncated.contains("3073"),
        "{truncated}"
    );
}

#[test]
fn bad_options_get_one_clear_sentence() {
    let unknown = refusal(&["score", SMALL, "--proxies", "snip,snap"]);
    assert!(
        unknown.contains("`snap` is no proxy: there are flops"),
        "{unknown}"
    );
    let weights = refusal(&["score", SMALL, SMALL, "--weights", "w.safetensors"]);
    assert!(weights.contains("2 architectures are given"), "{weights}");
    let limit = refusal(&["score", SMALL, "--memory-limit", "0"]);
    assert!(limit.contains("must be positive"), "{limit}");
    let file = refusal(&["score", "--archs", "/no/such/list"]);
    assert!(file.contains("/no/such/list does not exist"), "{file}");
    nbzero(&["sample", "--space", "r9"]).assert().code(2);
    nbzero(&["score", SMALL, "--data", "cifar100"])
        .assert()
        .code(2);
}

#[test]
fn samples_repeat_and_are_valid() {
    let sample = stdout(&["sample", "--space", "mb-mini", "--count", "5"]);
    assert_eq!(
        sample,
        stdout(&["sample", "--space", "mb-mini", "--count", "5"])
    );
    assert_ne!(
        sample,
        stdout(&[
            "sample", "--space", "mb-mini", "--count", "5", "--seed", "1"
        ])
    );
    assert_eq!(sample.lines().count(), 5);
    let summary = stdout(&["sample", "--space", "r1-mini", "--count", "50", "--summary"]);
    assert!(summary.contains("50 architectures"), "{summary}");
}

#[test]
fn scores_come_as_json_with_every_key_whatever_the_jobs() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("archs");
    fs::write(
        &list,
        format!("# two small ones\n{SMALL}\n\nmb:4:4x1s2,4x1s2,8x1s2\n"),
    )
    .unwrap();
    let run = |jobs: &str| {
        let list = list.to_str().unwrap();
        let options = [
            "--proxies",
            "nas-bench-zero",
            "--batch",
            "8",
            "--resolution",
            "16",
            "--format",
            "json",
            "--jobs",
            jobs,
        ];
        json_lines(&[&["score", "--archs", list][..], &options].concat())
    };
    let (one, two) = (run("1"), run("2"));
    assert_eq!(one[0]["arch"], SMALL);
    assert_eq!(one.len(), 2);
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one["scores"], two["scores"]);
        assert_eq!(one["arch"], two["arch"]);
        for key in ["flops", "params", "depth", "seconds"] {
            assert!(!one[key].is_null(), "{key}");
        }
        for proxy in [
            "grad_norm",
            "snip",
            "grasp",
            "synflow",
            "ntk",
            "zen",
            "naswot",
        ] {
            assert!(one["scores"].get(proxy).is_some(), "{proxy}");
        }
    }
}

#[test]
fn scores_of_given_weights_and_batch_are_the_references() {
    let Some(weights) = shared("oracle/r1-four-stage.weights.safetensors") else {
        return;
    };
    let batch = weights.with_file_name("r1-four-stage.batch.safetensors");
    let reference = fs::read(weights.with_file_name("r1-four-stage.json")).unwrap();
    let reference: Value = serde_json::from_slice(&reference).unwrap();
    let arch = reference["network"]["arch"].as_str().unwrap();
    let (weights, batch) = (weights.to_str().unwrap(), batch.to_str().unwrap());
    let exact = [
        "--weights",
        weights,
        "--batch-file",
        batch,
        "--proxies",
        "nas-bench-zero",
        "--format",
        "json",
    ];
    for (mode, ntk) in [("batch", "ntk_batch_bn"), ("frozen", "ntk_frozen_bn")] {
        let scored = &json_lines(&[&["score", arch][..], &exact, &["--ntk-bn", mode]].concat())[0];
        for (proxy, key) in [("snip", "snip"), ("zen", "zen"), ("ntk", ntk)] {
            let found = scored["scores"][proxy].as_f64().unwrap();
            let expected = reference["expected"][key].as_f64().unwrap();
            assert!(
                (found / expected - 1.0).abs() < 1e-2,
                "{proxy}: {found}, not {expected}"
            );
        }
    }
    // The references are float64's.
    let float64 = ["--precision", "float64"];
    let scored = &json_lines(&[&["score", arch][..], &exact, &float64].concat())[0];
    for proxy in ["grad_norm", "snip", "fisher", "grasp", "jacob_cov", "zen"] {
        let found = scored["scores"][proxy].as_f64().unwrap();
        let expected = reference["expected"][proxy].as_f64().unwrap();
        assert!(
            (found / expected - 1.0).abs() < 1e-8,
            "{proxy}: {found}, not {expected}"
        );
    }
    let other = refusal(&[&["score", SMALL][..], &exact].concat());
    assert!(other.contains("the weights of the same architecture") || other.contains("needs"));
}

#[test]
fn scores_of_two_precisions_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scores.jsonl");
    let scoring = ["score", SMALL, "--proxies", "snip", "--batch", "4"];
    let into = ["--out", out.to_str().unwrap()];
    stdout(&[&scoring[..], &into].concat());
    let sentence = refusal(&[&scoring[..], &into, &["--precision", "float64"]].concat());
    assert!(sentence.contains("float64"), "{sentence}");
}

/// zen takes its inputs and weights from the perturbation of a batch file.
#[test]
fn scores_of_two_perturbations_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (batch, out) = (path("batch.safetensors"), path("scores.jsonl"));
    let write = |perturbation: f32| {
        let shape = vec![2, 3, 8, 8];
        let floats = |value: f32| value.to_le_bytes().repeat(2 * 3 * 8 * 8);
        let (input, noise) = (floats(0.5), floats(perturbation));
        let targets = [0_u8; 16];
        let tensor = |dtype, shape, bytes| TensorView::new(dtype, shape, bytes).unwrap();
        let tensors = [
            ("input", tensor(Dtype::F32, shape.clone(), &input)),
            ("target", tensor(Dtype::I64, vec![2], &targets)),
            ("perturbation", tensor(Dtype::F32, shape, &noise)),
        ];
        fs::write(&batch, safetensors::serialize(tensors, None).unwrap()).unwrap();
    };
    let scoring = ["score", SMALL, "--proxies", "flops,zen", "--classes", "3"];
    let scoring = [&scoring[..], &["--batch-file", &batch, "--out", &out]].concat();
    write(0.25);
    stdout(&scoring);
    stdout(&scoring);
    write(0.75);
    let sentence = refusal(&scoring);
    assert!(sentence.contains("holds other scores"), "{sentence}");
}

#[test]
fn a_line_without_a_score_is_refused_and_not_taken_for_done() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scores.jsonl").display().to_string();
    let scoring = ["score", SMALL, "--proxies", "flops,params", "--out", &out];
    stdout(&scoring);
    let whole = fs::read_to_string(&out).unwrap();
    let (first, network) = whole.split_once('\n').unwrap();
    let renamed = network.replace("\"params\"", "\"parms\"");
    assert_ne!(renamed, network);
    fs::write(&out, format!("{first}\n{renamed}")).unwrap();
    let csv = folder.path().join("scores.csv").display().to_string();
    for arguments in [&scoring[..], &["merge", &out, "--out", &csv]] {
        let sentence = refusal(arguments);
        assert!(
            sentence.contains("line 2")
                && sentence.contains("are not those that the first line names"),
            "{sentence}"
        );
    }
}

#[test]
fn tables_and_csv_are_for_people_and_spreadsheets() {
    let folder = images();
    let data = data(&folder);
    let quick = [
        "--batch",
        "8",
        "--resolution",
        "16",
        "--proxies",
        "flops,snip",
    ];
    let table = stdout(&[&["score", SMALL, "--data", &data, "--explain"][..], &quick].concat());
    assert!(
        table.contains("snip") && table.contains("sweeps of r1:4"),
        "{table}"
    );
    assert!(table.contains("beyond the others"), "{table}");
    let csv = stdout(
        &[
            &["score", SMALL, "--data", &data, "--format", "csv"][..],
            &quick,
        ]
        .concat(),
    );
    assert!(
        csv.starts_with(&format!("arch,flops,snip,undefined\n\"{SMALL}\",")),
        "{csv}"
    );
}

#[test]
fn a_size_whose_flops_would_overflow_is_refused() {
    for option in ["--resolution", "--classes"] {
        let output = nbzero(&["info", SMALL, option, "99999999999"])
            .assert()
            .code(2);
        let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(text.contains("a whole number from 1 to 65536"), "{text}");
    }
}

#[test]
fn a_missing_folder_is_named_before_the_training() {
    let folder = images();
    let path = folder.path().join("none/trained.safetensors");
    let train = ["train", SMALL, "--data", &data(&folder), "--save"];
    let missing = refusal(&[&train[..], &[path.to_str().unwrap()]].concat());
    assert!(missing.contains("there is no folder"), "{missing}");
    let is_folder = refusal(&[&train[..], &[folder.path().to_str().unwrap()]].concat());
    assert!(is_folder.contains("name a file in it"), "{is_folder}");
}

#[test]
fn a_network_is_trained_and_saved() {
    let folder = images();
    let weights = folder.path().join("trained.safetensors");
    let path = weights.to_str().unwrap();
    let arguments = [
        "train",
        SMALL,
        "--data",
        &data(&folder),
        "--resolution",
        "16",
        "--save",
        path,
    ];
    let text = stdout(&arguments);
    assert!(text.contains("test accuracy"), "{text}");
    let ordinary = folder.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let permissions = |path: &Path| fs::metadata(path).unwrap().permissions();
    assert_eq!(permissions(&weights), permissions(&ordinary));
    let score = [
        "score",
        SMALL,
        "--weights",
        path,
        "--resolution",
        "16",
        "--proxies",
        "snip",
    ];
    assert!(stdout(&score).contains("snip"));
}

#[test]
fn without_validation_images_there_is_no_such_accuracy() {
    let folder = TempDir::new().unwrap();
    // Four images of each class, of which none is held back.
    let file = |count: usize| -> Vec<u8> {
        let record = |i: usize| {
            [
                vec![0, u8::try_from(i % 100).unwrap()],
                vec![u8::try_from(i % 251).unwrap(); 3072],
            ]
            .concat()
        };
        (0..count).flat_map(record).collect()
    };
    fs::write(folder.path().join("train.bin"), file(400)).unwrap();
    fs::write(folder.path().join("test.bin"), file(100)).unwrap();
    let data = format!("cifar100:{}", folder.path().display());
    let common = ["--data", &data, "--epochs", "1", "--resolution", "8"];
    let text = stdout(&[&["train", SMALL][..], &common].concat());
    assert!(text.contains("NAS validation accuracy  none"), "{text}");
    let shards = folder.path().join("shards").display().to_string();
    let collect = [
        "collect", "--space", "r1-mini", "--count", "1", "--out", &shards,
    ];
    stdout(&[&collect[..], &common].concat());
    let shard = read_shard(folder.path().join("shards/shard-1-of-1.jsonl")).unwrap();
    let Outcome::Trained {
        nas_validation_accuracy,
        ..
    } = shard.records[0].outcome
    else {
        panic!("{:?}", shard.records[0].outcome);
    };
    assert_eq!(nas_validation_accuracy, None);
}

#[test]
fn a_collection_resumes_and_merges_into_a_table() {
    let folder = images();
    let shards = folder.path().join("shards");
    let collect = |out: &Path, threads: &str, extra: &[&str]| {
        let data = data(&folder);
        let out = out.to_str().unwrap();
        let fixed = [
            "collect", "--space", "r1-mini", "--data", &data, "--batch", "8", "--out", out,
        ];
        let mut command = nbzero(&[&fixed[..], extra].concat());
        let assert = command.env("RAYON_NUM_THREADS", threads).assert();
        String::from_utf8(assert.success().get_output().stdout.clone()).unwrap()
    };
    assert!(collect(&shards, "3", &["--count", "1"]).contains("1 records, 1 of them new"));
    assert!(collect(&shards, "3", &["--count", "2"]).contains("2 records, 1 of them new"));
    assert!(collect(&shards, "3", &["--count", "2"]).contains("2 records, 0 of them new"));

    let halves = folder.path().join("halves");
    collect(&halves, "1", &["--count", "2", "--shard", "1/2"]);
    collect(&halves, "1", &["--count", "2", "--shard", "2/2"]);
    let merge = |from: &Path, name: &str| {
        let path = folder.path().join(name);
        stdout(&[
            "merge",
            from.to_str().unwrap(),
            "--out",
            path.to_str().unwrap(),
        ]);
        fs::read(path).unwrap()
    };
    // Neither the division of the work nor the number of threads changes a bit.
    assert_eq!(merge(&shards, "whole.nbz"), merge(&halves, "halves.nbz"));

    // A compressed shard counts like the plain one, in a merge and when a collection goes on.
    let packed = folder.path().join("packed");
    fs::create_dir(&packed).unwrap();
    let plain = fs::read(shards.join("shard-1-of-1.jsonl")).unwrap();
    let frame = zstd::bulk::compress(&plain, 3).unwrap();
    fs::write(packed.join("done.jsonl.zst"), frame).unwrap();
    assert!(collect(&packed, "3", &["--count", "2"]).contains(" 0 of them new"));
    assert_eq!(merge(&shards, "whole.nbz"), merge(&packed, "packed.nbz"));

    let table = Table::open(folder.path().join("whole.nbz")).unwrap();
    assert_eq!(table.len(), 2);
    assert!(table.mean_accuracy(Split::Test).iter().all(Option::is_some));
    assert!(table.proxies().any(|proxy| proxy == "zen"));
    let nothing = refusal(&["merge", "/no/such/shards", "--out", "x.nbz"]);
    assert!(nothing.contains("/no/such/shards"));
}

#[test]
fn hybrids_are_mean_ranks_among_the_networks_given() {
    let networks = [
        "r1:8:8x1s2,8x1s2,8x1s2",
        "r1:8:8x2s2,16x1s2,16x1s2",
        "mb:8:8x1s2,16x1s2,16x1s2",
    ];
    let ask = |proxies: &str| {
        let options = [
            "--resolution",
            "16",
            "--proxies",
            proxies,
            "--format",
            "json",
        ];
        let text = stdout(&[&["score"], &networks[..], &options].concat());
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<serde_json::Value>>()
    };
    // FLOPs rank the networks 1, 2, 3, layers too; parameters 1, 3, 2.
    let found: Vec<f64> = ask("flops+params")
        .iter()
        .map(|line| line["scores"]["flops+params"].as_f64().unwrap())
        .collect();
    assert_eq!(found, [1.0, 2.5, 2.5]);
    // Log-rank sums tell (2, 3) and (3, 2) from no one, but a rank of 1 costs them more.
    let logarithms = ask("log(flops+params)");
    for (line, product) in logarithms.iter().zip([1.0, 6.0, 6.0]) {
        let sum = line["scores"]["log(flops+params)"].as_f64().unwrap();
        assert!((sum.exp() - product / 9.0).abs() < 1e-12, "{line}");
    }
    // A group is its proxies, and a published aggregate brings its members.
    let line = &ask("2019,data-free,az_nas")[0]["scores"];
    for name in ["snip", "l2_norm", "vkdnw", "az_trainability", "az_nas"] {
        assert!(line[name].is_f64(), "{name}: {line}");
    }
    assert!(line.get("naswot").is_none(), "{line}");
    let error = refusal(&["score", networks[0], "--proxies", "zen+flops"]);
    assert!(error.contains("give at least two"), "{error}");
    let error = refusal(&["score", networks[0], networks[1], "--proxies", "zen+zen"]);
    assert!(error.contains("twice"), "{error}");
}
