//! `cargo xtask leaderboard` on small benchmarks, as a user runs it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use common::{stderr, stdout};
use nbzero_space::{Architecture, ConvolutionNetwork};
use nbzero_table::Table;

const FILES: [&str; 7] = [
    "nas-bench-201.csv",
    "nas-bench-macro_cifar10.json",
    "channel-bench-macro_resnet.json",
    "channel-bench-macro_mobilenet.json",
    "nats-bench-sss_cifar10.csv",
    "transnas-bench-101-macro.csv",
    "naap-440.csv",
];

fn xtask(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .current_dir(std::env::temp_dir());
    command
}

/// Networks of NATS-Bench's size space, as it publishes them, with an accuracy that grows with the width.
fn nats_sss() -> Vec<(String, String)> {
    let widths = (0..30).map(|i| format!("{}:{}:{}:8:16", 8 + 8 * (i % 5), 8 + 8 * (i / 5), 16));
    let line = |(i, widths): (usize, String)| {
        let arch: Architecture = format!("nats-sss:{widths}").parse().unwrap();
        let costs = arch.costs(10, 32);
        let accuracy = 80.0 + 0.3 * i as f64;
        let line = format!("{widths},{},{},{accuracy}\n", costs.params, costs.flops);
        (arch.to_string(), line)
    };
    widths.enumerate().map(line).collect()
}

/// Chains of NAS-Bench-Macro, as it publishes them.
fn nas_bench_macro() -> Vec<(String, String)> {
    let digits = (0..27).map(|i| format!("2{}{}{}2111", i % 3, i / 3 % 3, i / 9));
    let entry = |(i, digits): (usize, String)| {
        let arch: Architecture = format!("nas-bench-macro:{digits}").parse().unwrap();
        let costs = arch.costs(10, 32);
        let accuracy = 85.0 + 0.2 * (i * 7 % 27) as f64;
        let entry = format!(
            "\"{digits}\": {{\"test_acc\": [{accuracy}, {accuracy}, {accuracy}], \"mean_acc\": {accuracy}, \
             \"std\": 0.0, \"params\": {}, \"flops\": {}}}",
            costs.params, costs.flops
        );
        (arch.to_string(), entry)
    };
    digits.enumerate().map(entry).collect()
}

/// The first networks of NAAP-440, as it publishes them; after four epochs all is known.
fn naap_440() -> (Vec<(String, String)>, String) {
    let epochs = 1..=90;
    let columns = epochs.clone().map(|k| format!("e{k}LossMean,e{k}Accuracy"));
    let header = columns.collect::<Vec<_>>().join(",");
    let row = |i: usize| {
        let network = ConvolutionNetwork::nth(i);
        let flops = network.published_flops(10, 32);
        let arch = Architecture::Convolutions(network);
        let costs = arch.costs(10, 32);
        let after = |k: usize| {
            let order = if k < 4 { i * 5 % 12 } else { i };
            format!("{},{}", 2.0 / k as f64, 0.4 + 0.01 * order as f64)
        };
        let values: Vec<String> = epochs.clone().map(after).collect();
        let costs = format!("{},{flops},{}", costs.params, costs.depth - 1);
        let line = format!("{},{costs},{}\n", i + 1, values.join(","));
        (arch.to_string(), line)
    };
    let header = format!("ModelId,NumParams,NumMACs,NumLayers,{header}\n");
    ((0..12).map(row).collect(), header)
}

/// A file of scores with what they mean: zen is the place in the list, ntk something else.
fn write_scores(root: &Path, space: &str, networks: &[(String, String)]) {
    let folder = root.join("data/scores/leaderboard");
    fs::create_dir_all(&folder).unwrap();
    let mut text = "arch,naswot,ntk,zen,undefined\n".to_owned();
    for (i, (arch, _)) in networks.iter().enumerate() {
        let ntk = if i == 2 {
            String::new()
        } else {
            (i * 11 % 23).to_string()
        };
        writeln!(text, "\"{arch}\",{},{ntk},{i},", i * 5 % 19).unwrap();
    }
    fs::write(folder.join(format!("{space}.csv.gz")), text).unwrap();
    let definition = |name: &str, direction: &str| {
        format!(
            "{{\"name\":\"{name}\",\"version\":1,\"direction\":\"{direction}\",\"settings\":\"16 made-up \
             images\"}}"
        )
    };
    let definitions = [
        definition("naswot", "higher"),
        definition("ntk", "lower"),
        definition("zen", "higher"),
    ];
    let text = format!("{{\"definitions\":[{}]}}\n", definitions.join(","));
    fs::write(folder.join(format!("{space}.json")), text).unwrap();
}

/// A workspace with scores of two benchmarks, and their published tables.
fn workspace() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let tables = root.path().join("tables");
    fs::create_dir_all(&tables).unwrap();
    let size = nats_sss();
    let lines: String = size.iter().map(|(_, line)| line.as_str()).collect();
    let header = "arch,params,macs_conv_linear,cifar10_test_90ep\n";
    fs::write(tables.join(FILES[4]), format!("{header}{lines}")).unwrap();
    let chains = nas_bench_macro();
    let entries: Vec<&str> = chains.iter().map(|(_, entry)| entry.as_str()).collect();
    fs::write(tables.join(FILES[1]), format!("{{{}}}", entries.join(", "))).unwrap();
    write_scores(root.path(), "nats-sss", &size);
    write_scores(root.path(), "nas-bench-macro", &chains[..20]);
    root
}

#[test]
fn measured_written_and_shown_again_without_the_tables() {
    let root = workspace();
    let tables = root.path().join("tables");
    let mut command = xtask(root.path());
    command.args(["leaderboard", "--tables"]).arg(&tables);
    let said = stdout(command.arg("--out").arg(root.path()));
    for file in [
        "docs/src/leaderboard.md",
        "docs/src/leaderboard.svg",
        "docs/src/leaderboard-relations.svg",
        "docs/src/leaderboard-given-costs.svg",
        "data/leaderboard.csv",
    ] {
        assert!(said.contains(&format!("{file}\n")), "{file}: {said}");
        assert!(root.path().join(file).exists(), "{file}");
    }
    let page = fs::read_to_string(root.path().join("docs/src/leaderboard.md")).unwrap();
    // zen knows the order of the widths; the other benchmark decides for both.
    let board = page.split("\n## nats-sss, cifar10\n").nth(1).unwrap();
    let zen = board
        .lines()
        .find(|line| line.starts_with("| zen |"))
        .unwrap();
    assert!(zen.contains("| 1.000 [1.00-1.00] |"), "{zen}");
    assert!(
        page.contains("| nas-bench-macro, cifar10 | 20 | 20 of 27 networks: 16 made-up images |"),
        "{page}"
    );
    assert!(board.contains("| best elsewhere |"), "{board}");
    assert!(
        page.contains("Made without seconds, without nb201,"),
        "{page}"
    );

    fs::remove_dir_all(&tables).unwrap();
    let shown = stdout(xtask(root.path()).arg("leaderboard"));
    assert!(shown.contains(zen), "{shown}");
    let reproduced =
        stdout(xtask(root.path()).args(["reproduce", "leaderboard", "--format", "csv"]));
    assert!(
        reproduced.starts_with("row,mean,\"nas-bench-macro, cifar10\","),
        "{reproduced}"
    );
    let related = stdout(xtask(root.path()).args(["reproduce", "relations", "--format", "csv"]));
    assert!(related.contains("zen"), "{related}");
}

#[test]
fn a_table_of_the_project_is_judged_by_the_scores_that_are_committed_for_it() {
    let root = workspace();
    let name = "mb-mini-cifar100";
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../data/{name}.nbz"));
    let table = Table::open(&committed).unwrap();
    fs::copy(&committed, root.path().join(format!("data/{name}.nbz"))).unwrap();
    let judged = || {
        let mut command = xtask(root.path());
        command.args(["leaderboard", "--tables"]);
        let page = stdout(command.arg(root.path().join("tables")));
        let board = page.split("### mb-mini, cifar100\n").nth(1).unwrap();
        board.to_owned()
    };
    let board = judged();
    assert!(board.contains("| synflow |"), "{board}");
    let names = table.architectures()[..20].iter();
    let networks: Vec<_> = names.map(|name| (name.clone(), String::new())).collect();
    write_scores(root.path(), name, &networks);
    let board = judged();
    assert!(
        board.contains("20 networks. Scored: 16 made-up images"),
        "{board}"
    );
    assert!(!board.contains("| synflow |"), "{board}");
}

#[test]
fn chains_that_others_have_trained_have_a_page_of_tables_and_figures() {
    let root = workspace();
    let tables = root.path().join("tables");
    let (networks, header) = naap_440();
    let lines: String = networks.iter().map(|(_, line)| line.as_str()).collect();
    fs::write(tables.join(FILES[6]), format!("{header}{lines}")).unwrap();
    write_scores(root.path(), "naap-440", &networks);
    let seconds = "space,proxy,seconds\nnaap-440,accuracy_04,4.5\n";
    fs::write(
        root.path().join("data/scores/leaderboard/seconds.csv"),
        seconds,
    )
    .unwrap();
    let mut command = xtask(root.path());
    command.args(["chains", "--tables"]).arg(&tables);
    let said = stdout(command.arg("--out").arg(root.path()));
    let written: Vec<&str> = said
        .lines()
        .filter_map(|line| line.rsplit('/').next())
        .collect();
    // Only chains whose depths differ have figure 6.
    let figures = [
        "fig1.svg",
        "fig2.svg",
        "fig3.png",
        "fig4.svg",
        "fig5.svg",
        "fig6.svg",
        "fig9.svg",
        "fig10.svg",
    ];
    let expected: Vec<String> = figures
        .iter()
        .map(|figure| format!("chains-{figure}"))
        .chain(["chains-tables.md".to_owned()])
        .collect();
    assert_eq!(written, expected);
    let page = fs::read_to_string(root.path().join("docs/src/chains-tables.md")).unwrap();
    for (table, networks) in [("nats-sss", 30), ("nas-bench-macro", 20)] {
        let heading = format!("\n### {table}, cifar10: {networks} networks\n");
        let table = page.split(&heading).nth(1).unwrap();
        let zen = table.lines().find(|line| line.starts_with("| zen |"));
        assert!(
            zen.unwrap().starts_with(&format!("| zen | {networks} |")),
            "{table}"
        );
    }
    // Beside our scores stands what a training knew early.
    let epochs = page.split(": 12 chains of NAAP-440\n").nth(1).unwrap();
    let four = epochs.lines().find(|line| line.starts_with("| 4 epochs |"));
    assert_eq!(
        four,
        Some("| 4 epochs | 1.000 | 0.000 | 0.00 to 0.00 | 4.5 |")
    );
    assert!(
        epochs.contains("| 2 epochs |") && epochs.contains("| zen | 1.000 |"),
        "{epochs}"
    );
    assert!(page.contains("\n## Table 3: "), "{page}");
    assert!(page.contains("| 27. Weak proxies help FLOPs |"), "{page}");

    let mut command = xtask(root.path());
    let said = stderr(command.args(["chains", "--tables"]).arg(root.path()), 2);
    assert!(
        said.lines()
            .last()
            .unwrap()
            .starts_with("error: there are no chains trained on CIFAR-10"),
        "{said}"
    );
}

#[test]
fn every_missing_file_is_named_with_where_to_get_it() {
    let root = tempfile::tempdir().unwrap();
    let mut command = xtask(root.path());
    let said = stderr(
        command.args(["leaderboard", "--tables"]).arg(root.path()),
        2,
    );
    for file in FILES {
        let line = said.lines().find(|line| line.contains(file)).unwrap();
        assert!(
            line.contains("get it from ") && line.contains("published-tables.md"),
            "{line}"
        );
    }
    for space in ["nb201", "nats-sss", "transnas-macro"] {
        assert!(said.contains(&format!("{space}.csv.gz")), "{space}: {said}");
    }
    assert!(said.contains("seconds.csv"), "{said}");
    assert!(
        said.lines()
            .last()
            .unwrap()
            .starts_with("error: there is nothing to judge on"),
        "{said}"
    );

    let said = stderr(xtask(root.path()).arg("leaderboard"), 2);
    assert!(
        said.contains("data/leaderboard.csv") && said.contains("--tables DIR"),
        "{said}"
    );
    let said = stderr(xtask(root.path()).args(["reproduce", "stability"]), 2);
    assert!(said.contains("score files of two seeds"), "{said}");
}

#[test]
fn scores_that_nobody_explains_are_refused() {
    let root = workspace();
    let tables = root.path().join("tables");
    let meaning = root.path().join("data/scores/leaderboard/nats-sss.json");
    let run = || {
        let mut command = xtask(root.path());
        command.args(["leaderboard", "--tables"]).arg(&tables);
        command
    };
    let text = fs::read_to_string(&meaning)
        .unwrap()
        .replace("\"zen\"", "\"zan\"");
    fs::write(&meaning, text).unwrap();
    let said = stderr(&mut run(), 2);
    assert!(
        said.contains("nats-sss.json does not say what `zen` means"),
        "{said}"
    );
    fs::write(&meaning, "{}").unwrap();
    let said = stderr(&mut run(), 2);
    assert!(
        said.contains("nats-sss.json is not the first line of a score file"),
        "{said}"
    );
    fs::remove_file(&meaning).unwrap();
    let said = String::from_utf8(run().assert().success().get_output().stderr.clone()).unwrap();
    assert!(said.contains("without nats-sss: there is no "), "{said}");
}

#[test]
fn runs_of_several_seeds_and_batches_are_compared() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("data/scores/stability");
    fs::create_dir_all(&folder).unwrap();
    for (run, flip) in [
        ("0-8", false),
        ("1-8", true),
        ("0-16", false),
        ("1-16", false),
    ] {
        let mut text = "arch,zen,undefined\n".to_owned();
        for i in 0..6 {
            let score = if flip { -i } else { i };
            writeln!(text, "\"r1:8:8x1s2,{}x1s2\",{score},", 8 * (i + 1)).unwrap();
        }
        fs::write(folder.join(format!("{run}.csv.gz")), text).unwrap();
    }
    let csv = stdout(xtask(root.path()).args(["reproduce", "stability", "--format", "csv"]));
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("proxy,seeds_8,seeds_16,batch_8"));
    assert_eq!(lines.next(), Some("zen,-1,1,0"));
    fs::write(folder.join("first.csv.gz"), "arch,zen\n").unwrap();
    let said = stderr(xtask(root.path()).args(["reproduce", "stability"]), 2);
    assert!(
        said.contains("first.csv.gz is not called SEED-BATCH.csv.gz"),
        "{said}"
    );
}
