//! What goes wrong when networks are scored: each kind of fault ends in a sentence, in an undefined
//! score with its reason or in a remark, and never in a panic or in a number that means nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{nbzero, refusal, shared, stdout};
use nbzero::proxy::{BatchSize, Settings, Suite};
use nbzero::space::Architecture;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

const SMALL: &str = "r1:4:4x1s2,8x1s2,8x1s2";
const SECOND: &str = "r1:4:4x2s2,8x1s2,8x1s2";
/// Some 50 GB of weights.
const HUGE: &str = "r1:1024:1024x8s1,2048x8s2,4096x8s2,8192x8s2";
const CASES: &str = "r1:16:16x2s2,32x1s2,40x2s2";
/// Small enough for tests.
const QUICK: [&str; 4] = ["--batch", "8", "--resolution", "16"];

/// Standard output and error of a run that ends with exit code 0.
fn run(arguments: &[&str]) -> (String, String) {
    let assert = nbzero(arguments).assert().success();
    let output = assert.get_output();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// What clap says of a command line.
fn usage(arguments: &[&str]) -> String {
    let assert = nbzero(arguments).assert().code(2);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn score(arguments: &[&str], more: &[&str]) -> Vec<String> {
    let all = [&["score"][..], arguments, more].concat();
    all.into_iter().map(str::to_owned).collect()
}

fn borrowed(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn one_class_leaves_what_needs_no_loss() {
    let suite = ["--proxies", "nas-bench-zero", "--format", "json"];
    let arguments = score(&[&[SMALL, "--classes", "1"], &suite[..]].concat(), &QUICK);
    let (out, err) = run(&borrowed(&arguments));
    let line = &lines(&out)[0];
    for proxy in [
        "jacob_cov",
        "naswot",
        "synflow",
        "log_synflow",
        "ntk",
        "zen",
    ] {
        assert!(line["scores"][proxy].is_f64(), "{proxy}: {line}");
    }
    for proxy in ["grad_norm", "snip", "plain", "grasp", "fisher"] {
        assert!(line["scores"][proxy].is_null(), "{proxy}: {line}");
        let reason = line["undefined"][proxy].as_str().unwrap();
        assert!(reason.contains("cross-entropy of one class"), "{reason}");
    }
    let last = err.lines().last().unwrap();
    assert!(
        last.starts_with("undefined: 5 scores of 1 network (not applicable: "),
        "{err}"
    );
}

#[test]
fn what_cannot_be_allocated_is_refused_before_it_is() {
    for (option, value) in [
        ("--batch", "100000000"),
        ("--batch", "18446744073709551615"),
    ] {
        let error = refusal(&["score", SMALL, option, value]);
        assert!(
            error.contains("a batch of ") && error.contains("a smaller --batch"),
            "{error}"
        );
    }
    let resolution = refusal(&["score", SMALL, "--resolution", "65536"]);
    assert!(
        resolution.contains("64 images of 3x65536x65536 would take"),
        "{resolution}"
    );
    // Matrices over the images would be larger than the images.
    let many = [
        "--batch",
        "3000000",
        "--resolution",
        "1",
        "--format",
        "json",
    ];
    let arguments = score(&[SMALL, "--proxies", "naswot,jacob_cov"], &many);
    let (out, _) = run(&borrowed(&arguments));
    for proxy in ["naswot", "jacob_cov"] {
        let reason = lines(&out)[0]["undefined"][proxy]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(reason.starts_with("out of memory"), "{reason}");
    }
    let limited = ["--memory-limit", "0.0001"];
    let error = refusal(&borrowed(&score(&[SMALL], &limited)));
    assert!(error.contains("a batch of 64 images"), "{error}");
    let folder = common::images();
    let data = common::data(&folder);
    let error = refusal(&["score", SMALL, "--data", &data, "--resolution", "65536"]);
    assert!(error.contains("of 3x65536x65536 would take"), "{error}");
}

#[test]
fn a_training_that_does_not_fit_is_refused_before_it_begins() {
    // Petabytes of weights.
    let arch = "r1:16384:16384x1000s2,16384x1000s2,16384x1000s2";
    let images = common::images();
    let data = common::data(&images);
    let said = refusal(&["train", arch, "--data", &data, "--resolution", "8"]);
    assert!(
        said.contains(&format!("training {arch}")) && said.contains("GiB of memory"),
        "{said}"
    );
}

#[test]
fn a_network_that_does_not_fit_is_undefined_and_the_run_goes_on() {
    let limit = [
        "--memory-limit",
        "1",
        "--proxies",
        "snip,naswot,zen,synflow,flops,params+snip",
    ];
    let all = [&QUICK[..], &limit].concat();
    let arguments = score(
        &[SMALL, HUGE, SECOND, "--format", "json", "--jobs", "2"],
        &all,
    );
    let (out, err) = run(&borrowed(&arguments));
    let lines = lines(&out);
    assert_eq!(lines.len(), 3);
    for proxy in ["snip", "naswot", "zen", "synflow"] {
        assert!(lines[0]["scores"][proxy].is_f64() && lines[2]["scores"][proxy].is_f64());
        assert!(lines[1]["scores"][proxy].is_null(), "{proxy}");
        let reason = lines[1]["undefined"][proxy].as_str().unwrap();
        assert!(
            reason.contains("sweep needs") && reason.contains("1.000 GiB are allowed"),
            "{reason}"
        );
    }
    assert_eq!(lines[1]["scores"]["flops"], lines[1]["flops"]);
    assert!(lines[1]["scores"]["params+snip"].is_f64());
    assert_eq!(
        err.lines().last().unwrap(),
        "undefined: 4 scores of 1 network (out of memory)"
    );
    // The same networks one after another have the same scores.
    let alone = score(&[SMALL, HUGE, SECOND, "--format", "json"], &all);
    let scores = |text: &str| {
        self::lines(text)
            .iter()
            .map(|l| l["scores"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(scores(&run(&borrowed(&alone)).0), scores(&out));
}

#[test]
fn csv_says_why_a_score_is_undefined_in_its_last_column() {
    let options = [
        "--batch",
        "1",
        "--format",
        "csv",
        "--proxies",
        "flops,naswot,snip,ntk",
    ];
    let arguments = score(&[SMALL, "--resolution", "16"], &options);
    let (out, _) = run(&borrowed(&arguments));
    let mut rows = csv::Reader::from_reader(out.as_bytes());
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header,
        ["arch", "flops", "naswot", "snip", "ntk", "undefined"]
    );
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!((&row[0], &row[2], &row[4]), (SMALL, "", ""));
    assert_eq!(
        &row[5],
        "naswot: not applicable: one image tells nothing apart; \
         ntk: not applicable: one image tells nothing apart"
    );
    // Where everything is defined, the cell is empty.
    let arguments = score(&[SMALL, "--format", "csv", "--proxies", "snip"], &QUICK);
    assert!(run(&borrowed(&arguments)).0.ends_with(",\n"));
}

#[test]
fn a_hybrid_says_which_member_has_no_vote() {
    let options = [
        "--classes",
        "1",
        "--proxies",
        "snip+flops,grasp+snip",
        "--format",
        "csv",
    ];
    let all = [&QUICK[..], &options].concat();
    let (out, err) = run(&borrowed(&score(&[SMALL, SECOND], &all)));
    assert!(
        err.contains(
            "warning: snip is undefined for all 2 networks (not applicable: the cross-entropy of one \
             class is 0 whatever the network) and has no vote in snip+flops, which then ranks by flops"
        ),
        "{err}"
    );
    assert!(
        err.contains("has no vote in grasp+snip, so it has no ranks"),
        "{err}"
    );
    assert!(out.contains("grasp+snip: no member is defined"), "{out}");
}

#[test]
fn files_of_weights_and_batches_are_judged_before_they_count() {
    let Some(folder) = shared("cases") else {
        return;
    };
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let nan = refusal(&[
        "score",
        CASES,
        "--weights",
        &path("weights-one-nan.safetensors"),
    ]);
    assert!(
        nan.contains("NaN at [") && nan.contains("weights-one-nan"),
        "{nan}"
    );
    for (file, says) in [
        ("batch-no-images.safetensors", "[0, 3, "),
        ("batch-no-pixels.safetensors", ", 0, 0]"),
    ] {
        let error = refusal(&["score", CASES, "--batch-file", &path(file)]);
        assert!(
            error.contains(file) && error.contains("the batch's `input`"),
            "{error}"
        );
        assert!(
            error.contains(says) && error.contains("channels"),
            "{error}"
        );
        assert!(
            !error.contains("weights") && !error.contains("perturbation"),
            "{error}"
        );
    }
    let weights = path("weights-module-prefix.safetensors");
    let options = [
        "--weights",
        &weights,
        "--proxies",
        "synflow",
        "--format",
        "json",
    ];
    let (out, err) = run(&borrowed(&score(&[CASES], &options)));
    assert!(lines(&out)[0]["scores"]["synflow"].is_f64(), "{out}");
    assert!(
        err.contains("begins with `module.`, which is left out"),
        "{err}"
    );
}

#[test]
fn lists_of_architectures_come_in_any_dress() {
    let folder = TempDir::new().unwrap();
    let list = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let options = ["--proxies", "flops,params", "--format", "csv"];
    let scored = |path: PathBuf| {
        let path = path.to_str().unwrap().to_owned();
        run(&borrowed(&score(&["--archs", &path], &options))).0
    };
    let plain = scored(list("plain", &format!("{SMALL}\n{SECOND}\n")));
    assert_eq!(
        scored(list(
            "dressed",
            &format!("\u{feff}# two\r\n\r\n  {SMALL} \r\n{SECOND}")
        )),
        plain
    );
    let utf16 = folder.path().join("utf16");
    fs::write(&utf16, b"\xff\xfer\x001\x00").unwrap();
    let error = refusal(&["score", "--archs", utf16.to_str().unwrap()]);
    assert!(error.contains("UTF-8"), "{error}");
    if let Some(case) = shared("cases/archs-bom-crlf.txt") {
        assert!(scored(case).lines().count() > 1);
    }
}

#[test]
fn the_architecture_that_is_refused_is_named() {
    let two_strides = "r1:8:8x1s2,8x1s2,8x99999s2";
    let error = refusal(&["score", SMALL, two_strides, SECOND]);
    assert!(
        error.contains("architecture 2 of 3") && error.contains(two_strides),
        "{error}"
    );
    let error = refusal(&["info", two_strides]);
    assert!(error.contains(two_strides), "{error}");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("list");
    fs::write(&path, format!("{SMALL}\n\n{two_strides}\n")).unwrap();
    let error = refusal(&["score", "--archs", path.to_str().unwrap()]);
    assert!(
        error.contains("line 3 of") && error.contains(two_strides),
        "{error}"
    );
}

#[test]
fn numbers_out_of_range_are_values_of_their_options() {
    for (arguments, says) in [
        (
            &["score", SMALL, "--seed", "-1"][..],
            "a whole number from 0 to",
        ),
        (
            &["score", SMALL, "--batch", "-8"],
            "a whole number of at least 1",
        ),
        (
            &["score", SMALL, "--jobs", "0"],
            "a whole number of at least 1",
        ),
        (
            &["score", SMALL, "--classes", "-1"],
            "a whole number from 1 to 65536",
        ),
        (
            &["score", SMALL, "--resolution", "-32"],
            "a whole number from 1 to 65536",
        ),
        (
            &["score", SMALL, "--zen-precision", "-1"],
            "it must be positive",
        ),
        (
            &["score", SMALL, "--memory-limit", "-1"],
            "it must be positive",
        ),
        (
            &["info", SMALL, "--classes", "-3"],
            "a whole number from 1 to 65536",
        ),
        (
            &["sample", "--space", "r1", "--count", "0"],
            "a whole number of at least 1",
        ),
        (
            &["sample", "--space", "r1", "--count", "-5"],
            "a whole number of at least 1",
        ),
        (
            &["sample", "--space", "r1", "--seed", "-5"],
            "a whole number from 0 to",
        ),
        (
            &["query", "none.nbz", "--top", "0"],
            "a whole number of at least 1",
        ),
        (
            &["query", "none.nbz", "--top", "-1"],
            "a whole number of at least 1",
        ),
        (
            &["query", "none.nbz", "--flops-at-most", "-1"],
            "`-1` is no amount",
        ),
        (
            &["train", SMALL, "--data", "cifar10:x", "--epochs", "-1"],
            "from 1 to 1000000",
        ),
        (
            // Its steps would wrap to none.
            &[
                "train",
                SMALL,
                "--data",
                "cifar10:x",
                "--epochs",
                "2305843009213693952",
            ],
            "from 1 to 1000000",
        ),
    ] {
        let error = usage(arguments);
        assert!(error.contains(says), "{arguments:?}: {error}");
        assert!(
            error.contains(arguments[arguments.len() - 2]),
            "{arguments:?}: {error}"
        );
    }
}

#[test]
fn groups_go_with_hybrids() {
    let options = [
        "--proxies",
        "default,flops+params,flops+params",
        "--format",
        "csv",
    ];
    let all = [&QUICK[..], &options].concat();
    let (out, _) = run(&borrowed(&score(&[SMALL, SECOND], &all)));
    let header = out.lines().next().unwrap();
    let proxies = "flops,params,depth,jacob_cov,log_synflow,naswot";
    assert_eq!(header, format!("arch,{proxies},flops+params,undefined"));
}

#[test]
fn names_of_proxies_may_have_blanks_and_hybrids_are_whole() {
    let (out, _) = run(&borrowed(&score(
        &[SMALL, SECOND],
        &[
            "--proxies",
            "flops, params , flops + params",
            "--format",
            "csv",
        ],
    )));
    assert!(
        out.starts_with("arch,flops,params,flops + params,"),
        "{out}"
    );
    for (proxies, why) in [
        ("flops+", "`flops+` lacks a name"),
        ("log(flops", "`log(flops` is no hybrid"),
        ("flops,default+params", "has the group default as a member"),
        ("flops+flops", "has flops twice"),
    ] {
        let said = refusal(&borrowed(&score(&[SMALL, SECOND], &["--proxies", proxies])));
        assert!(said.contains(why), "{proxies}: {said}");
    }
}

#[test]
fn options_without_effect_are_said_to_have_none() {
    let options = [
        "--zen-precision",
        "1",
        "--ntk-bn",
        "frozen",
        "--swap-size",
        "3,1",
    ];
    let arguments = score(&[SMALL], &[&["--proxies", "flops"][..], &options].concat());
    let (_, said) = run(&borrowed(&arguments));
    for option in ["--zen-precision", "--ntk-bn", "--swap-size"] {
        assert!(
            said.contains(&format!("note: {option} has no effect")),
            "{said}"
        );
    }
    let all = ["--proxies", "zen,ntk,swap_reg"];
    let (_, said) = run(&borrowed(&score(
        &[SMALL],
        &[&QUICK[..], &all, &options].concat(),
    )));
    assert!(!said.contains("no effect"), "{said}");
}

#[cfg(unix)]
#[test]
fn files_without_an_end_are_not_read_to_it() {
    for option in ["--weights", "--batch-file", "--archs"] {
        let network: &[&str] = if option == "--archs" { &[] } else { &[SMALL] };
        let said = refusal(&borrowed(&score(network, &[option, "/dev/zero"])));
        assert!(said.contains("/dev/zero"), "{said}");
    }
}

#[test]
fn costs_have_all_their_digits() {
    let text = "r1:16384:16384x1000s2,16384x1000s2,16384x1000s2";
    let flops = "6809822838908983508992";
    let size = ["--resolution", "65536"];
    let info = stdout(&[&["info", text][..], &size].concat());
    assert!(info.contains(&format!("FLOPs   {flops} ")), "{info}");
    for format in ["table", "csv", "json"] {
        let options = ["--proxies", "flops,params,depth", "--format", format];
        let arguments = score(&[text], &[&size[..], &options].concat());
        let (out, _) = run(&borrowed(&arguments));
        assert!(
            out.contains(flops) && out.contains("14496518750308"),
            "{out}"
        );
    }
}

/// Many small networks, three that do not fit into memory and two that pass nothing on: every one has its
/// row, and the last line counts.
#[test]
fn the_last_line_counts_the_undefined_by_reason() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("archs");
    let sample = stdout(&["sample", "--space", "r1-mini", "--count", "25"]);
    let empty = "nb201:1x1:|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
    let text = [
        &sample, HUGE, "\n", empty, "\n", HUGE, "\n", HUGE, "\n", empty, "\n",
    ]
    .concat();
    fs::write(&list, text).unwrap();
    let options = [
        "--archs",
        list.to_str().unwrap(),
        "--batch",
        "16",
        "--resolution",
        "4",
        "--memory-limit",
        "1",
        "--proxies",
        "naswot,flops",
        "--format",
        "csv",
        "--jobs",
        "2",
    ];
    let (out, err) = run(&borrowed(&score(&[], &options)));
    assert_eq!(out.lines().count(), 31);
    assert_eq!(
        err.lines().last().unwrap(),
        "undefined: 2 scores of 2 networks (not applicable: no path leads from the image to the \
         logits); 3 scores of 3 networks (out of memory)"
    );
}

/// Pieces of command lines, sensible and not.
fn arguments() -> impl Strategy<Value = Vec<String>> {
    let archs = prop::sample::select(vec![
        SMALL,
        SECOND,
        HUGE,
        "nb201:1x1:|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "mb:2:3x1s2,3x1s2,3x1s2",
        "r1:1:1x1s2",
        "",
        "-",
        "r1",
        "\u{feff}r1:1:1x1s2",
    ]);
    let numbers = prop::sample::select(vec![
        "0",
        "1",
        "2",
        "5",
        "-1",
        "1e9",
        "99999999999999999999",
        "65536",
        "nan",
        "-inf",
        "",
        "x",
    ]);
    let options = prop::sample::select(vec![
        "--classes",
        "--resolution",
        "--batch",
        "--seed",
        "--jobs",
        "--zen-precision",
    ]);
    let proxies = prop::sample::select(vec![
        "all",
        "flops",
        "flops+params",
        "naswot,snip",
        "zen+zen",
        "all,snip+zen",
        "default",
        "data-free,az_nas",
        "log(zen+flops)",
        "log(",
        "2023,te_nas,vkdnw_agg",
        "",
        "+",
        "jacob_cov,ntk",
        "synflow,log_synflow",
        "grasp",
    ]);
    let pair = (options, numbers).prop_map(|(option, number)| format!("{option}={number}"));
    let small = prop::sample::select(vec!["1", "2", "3", "8"]);
    (
        prop::collection::vec(archs, 1..3),
        prop::collection::vec(pair, 0..3),
        proxies,
        prop::sample::select(vec!["table", "json", "csv"]),
        small.clone(),
        small,
        any::<bool>(),
    )
        .prop_map(
            |(archs, pairs, proxies, format, batch, resolution, explain)| {
                let mut all = vec!["score".to_owned()];
                all.extend(archs.into_iter().map(str::to_owned));
                let has = |name: &str| pairs.iter().any(|pair| pair.starts_with(name));
                if !has("--batch") {
                    all.push(format!("--batch={batch}"));
                }
                if !has("--resolution") {
                    all.push(format!("--resolution={resolution}"));
                }
                all.push("--memory-limit=0.05".to_owned());
                all.extend(pairs);
                all.extend([format!("--proxies={proxies}"), format!("--format={format}")]);
                all.extend(explain.then(|| "--explain".to_owned()));
                all
            },
        )
}

/// What may be an architecture, and often is.
fn strings() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec![
        "0",
        "1",
        "2",
        "4",
        "12",
        "64",
        "1000",
        "16384",
        "99999999999",
    ]);
    let stage = (number.clone(), number.clone(), number.clone());
    let stage = stage.prop_map(|(width, depth, stride)| format!("{width}x{depth}s{stride}"));
    let family = prop::sample::select(vec!["r1", "r2", "mb", "nb201", "nas-bench-macro", ""]);
    let chain = (family, number, prop::collection::vec(stage, 0..5))
        .prop_map(|(family, stem, stages)| format!("{family}:{stem}:{}", stages.join(",")));
    prop_oneof![chain, "[a-z0-9:,|~+_é]{0,40}", any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_command_line_ends_in_a_panic(arguments in arguments()) {
        let output = nbzero(&borrowed(&arguments)).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        prop_assert!(matches!(output.status.code(), Some(0 | 2)), "{arguments:?}: {error}");
        prop_assert!(!error.contains("panicked"), "{arguments:?}: {error}");
    }

    #[test]
    fn no_architecture_is_too_much_to_plan(
        text in strings(),
        (classes, resolution) in (1_usize..=65_536, 1_usize..=65_536),
        images in 1_usize..=usize::MAX,
    ) {
        if let Ok(architecture) = text.parse::<Architecture>() {
            let graph = architecture.graph(classes, resolution);
            prop_assert!(graph.flops() > 0 && graph.params() > 0);
            let settings = Settings { memory_limit: Some(1 << 40), ..Settings::default() };
            let suite = Suite::all().with_settings(settings).unwrap();
            let size = BatchSize { images, perturbed: false };
            prop_assert!(suite.bytes(&graph, size) <= 1 << 40);
        }
    }
}
