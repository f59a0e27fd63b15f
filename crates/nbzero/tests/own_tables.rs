//! Tables of one's own: a CSV of any names, and a folder of ONNX files.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{nbzero, refusal, stdout};
use serde_json::Value;
use tempfile::TempDir;

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_csv_of_any_names_is_judged_with_what_it_has() {
    let folder = TempDir::new().unwrap();
    let (file, table, own) = (
        path(&folder, "zoo.csv"),
        path(&folder, "zoo.nbz"),
        path(&folder, "own.csv"),
    );
    fs::write(&file, "net;top1;macs\nresnet50;76,1;4100000000\nvgg16;71,6;\nmobilenet;72,5;300000000\nalexnet;56;700000000\n").unwrap();
    let import = [
        "import",
        "csv",
        &file,
        "--arch-column",
        "net",
        "--accuracy-column",
        "top1",
    ];
    let import = [&import[..], &["--flops-column", "macs", "--out", &table]].concat();
    assert!(stdout(&import).contains("4 architectures"));
    let found = stdout(&["query", &table, "vgg16"]);
    assert!(
        found.contains("unknown FLOPs, unknown parameters, unknown layers"),
        "{found}"
    );
    // What is not known to be within a budget is not.
    let best = stdout(&["query", &table, "--flops-at-most", "5G"]);
    assert!(
        best.contains("resnet50") && !best.contains("vgg16"),
        "{best}"
    );
    let none = refusal(&["query", &table, "--params-at-most", "5G"]);
    assert!(none.contains("nobody knows what they cost"), "{none}");
    fs::write(
        &own,
        "arch,mine\nresnet50,4\nvgg16,2\nmobilenet,3\nalexnet,1\n",
    )
    .unwrap();
    let judge = ["judge", &table, "--scores", &own];
    let text = stdout(&judge);
    assert!(
        text.contains("the table does not say the FLOPs of each"),
        "{text}"
    );
    let judged = stdout(&[&judge[..], &["--format", "json"]].concat());
    let judged: Value = serde_json::from_str(&judged).unwrap();
    assert!(judged["budgets_on"].is_null());
    let rows = judged["rows"].as_array().unwrap();
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["oracle", "mine"]);
    assert_eq!(rows[1]["kd"]["value"], 1.0);
    assert_eq!(rows[1]["mbr"]["budgets"][0]["candidates"], 4);
    let report = path(&folder, "report");
    let said = stdout(&["report", &table, "--out", &report]);
    assert!(
        said.contains("table1.txt") && said.contains("index.html"),
        "{said}"
    );
    assert!(
        said.contains("Left out fig4: the table does not say the FLOPs of 1 of the 4"),
        "{said}"
    );
    let exported = path(&folder, "out.csv");
    stdout(&["export", &table, &exported]);
    assert!(
        fs::read_to_string(&exported)
            .unwrap()
            .contains("vgg16,,,,0,71.6,")
    );
    // Without the network of unknown FLOPs there are budgets.
    let whole = fs::read_to_string(&file)
        .unwrap()
        .replace("vgg16;71,6;", "vgg16;71,6;15500000000");
    fs::write(&file, whole).unwrap();
    stdout(&import);
    let judged = stdout(&[&judge[..], &["--format", "json"]].concat());
    let judged: Value = serde_json::from_str(&judged).unwrap();
    assert_eq!(judged["budgets_on"], "flops");
    assert_eq!(judged["rows"][1]["name"], "flops");
    assert_eq!(
        judged["rows"][1]["mbr"]["budgets"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[test]
fn what_a_csv_lacks_is_said() {
    let folder = TempDir::new().unwrap();
    let (file, table) = (path(&folder, "zoo.csv"), path(&folder, "zoo.nbz"));
    fs::write(&file, "arch,accuracy\na,50\n").unwrap();
    let import = |more: &[&'static str]| {
        let all = ["import", "csv", &file, "--out", &table];
        refusal(&[&all[..], more].concat())
    };
    let said = import(&["--accuracy-column", "top1"]);
    assert!(
        said.contains("no column \"top1\"") && said.contains("arch and accuracy"),
        "{said}"
    );
    assert!(said.contains("say with --accuracy-column"), "{said}");
    assert!(import(&["--name", "..."]).contains("`...` has no letter or digit"));
    assert!(!fs::exists(&table).unwrap());
    let hidden = path(&folder, ".zoo.csv");
    fs::copy(&file, &hidden).unwrap();
    stdout(&["import", "csv", &hidden, "--out", &table]);
    fs::remove_file(&table).unwrap();
    // Architecture strings are counted where somebody says for what.
    fs::write(
        &file,
        "arch,accuracy\n\"r1:16:16x3s1,32x3s2,64x3s2\",92\nb,91\n",
    )
    .unwrap();
    let plain = ["import", "csv", &file, "--out", &table];
    let noted = nbzero(&plain).assert().success();
    let noted = String::from_utf8(noted.get_output().stderr.clone()).unwrap();
    assert!(
        noted.contains("1 of 2 networks are architecture strings"),
        "{noted}"
    );
    stdout(&[&plain[..], &["--classes", "10", "--resolution", "32"]].concat());
    let found = stdout(&["query", &table, "r1:16:16x3s1,32x3s2,64x3s2"]);
    assert!(
        found.contains("40813184 FLOPs, 272474 parameters, 20 layers"),
        "{found}"
    );
}

#[test]
fn a_zoo_is_imported_scored_and_judged() {
    let folder = TempDir::new().unwrap();
    let zoo = path(&folder, "zoo");
    fs::create_dir(&zoo).unwrap();
    let archs = [
        "r1:8:8x1s1,16x1s2",
        "r1:8:8x1s2,16x1s2,24x1s2",
        "mb:8:8x1s1,16x1s2",
    ];
    for (name, arch) in ["a", "b", "c"].into_iter().zip(archs) {
        let file = format!("{zoo}/{name}.onnx");
        let export = [
            "export-network",
            arch,
            "--classes",
            "10",
            "--resolution",
            "16",
        ];
        stdout(&[&export[..], &["--onnx", &file]].concat());
    }
    let (accuracies, table, scores) = (
        path(&folder, "a.csv"),
        path(&folder, "zoo.nbz"),
        path(&folder, "s.csv"),
    );
    fs::write(&accuracies, "arch,accuracy\na,60\nb.onnx,62.5\nc,70\n").unwrap();
    let import = [
        "import",
        "onnx-zoo",
        &zoo,
        "--accuracies",
        &accuracies,
        "--out",
        &table,
    ];
    stdout(&import);
    for (name, arch) in ["a", "b", "c"].into_iter().zip(archs) {
        let found = stdout(&["query", &table, &format!("{name}.onnx"), "--format", "json"]);
        let found: Value = serde_json::from_str(&found).unwrap();
        let costs = arch
            .parse::<nbzero::space::Architecture>()
            .unwrap()
            .costs(10, 16);
        assert_eq!(found["flops"], costs.flops, "{arch}");
        assert_eq!(found["params"], costs.params, "{arch}");
        assert_eq!(found["depth"], costs.depth, "{arch}");
    }
    // A file that is no network is said and left out.
    fs::write(format!("{zoo}/damaged.onnx"), "no network").unwrap();
    let score = [
        "score",
        "--archs",
        &zoo,
        "--batch",
        "4",
        "--proxies",
        "naswot",
        "--format",
        "csv",
    ];
    let scored = nbzero(&score).assert().success();
    let output = scored.get_output();
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        said.contains("warning: left out: ") && said.contains("damaged.onnx"),
        "{said}"
    );
    fs::write(&scores, &output.stdout).unwrap();
    let judged = stdout(&["judge", &table, "--scores", &scores, "--format", "json"]);
    let judged: Value = serde_json::from_str(&judged).unwrap();
    assert_eq!(judged["about"]["networks"], 3);
    assert_eq!(judged["about"]["classes"], 10);
    let rows = judged["rows"].as_array().unwrap();
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["oracle", "flops", "params", "depth", "naswot"]);
    fs::write(&accuracies, "arch,accuracy\na,60\nz,62.5\n").unwrap();
    let said = refusal(&import);
    assert!(said.contains("line 3: z is no file of"), "{said}");
    fs::write(&accuracies, "arch,accuracy\na,60\na.onnx,62.5\n").unwrap();
    assert!(refusal(&import).contains("line 2 and line 3 are both of a"));
    let empty = path(&folder, "empty");
    fs::create_dir(&empty).unwrap();
    assert!(refusal(&["score", "--archs", &empty]).contains("has no ONNX files"));
}
