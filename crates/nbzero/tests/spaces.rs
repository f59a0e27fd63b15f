//! Networks beyond the paper's spaces, as a user types them: shown, sampled, scored, imported.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{refusal, stdout};
use serde_json::Value;
use tempfile::TempDir;

const RESNET20: &str = "r1:16:16x3s1,32x3s2,64x3s2";
const MOBILENET: &str = "mb:32:16x1s1e1,24x2s2,32x3s2,64x4s2,96x3s1,160x3s2,320x1s1";

#[test]
fn networks_of_any_number_of_stages_and_strides_are_shown() {
    let resnet = stdout(&["info", RESNET20, "--classes", "10"]);
    assert!(resnet.contains("FLOPs   40813184 "), "{resnet}");
    assert!(resnet.contains("params  272474"), "{resnet}");
    let mobilenet = stdout(&["info", MOBILENET, "--classes", "10"]);
    assert!(mobilenet.contains("stage 7"), "{mobilenet}");
    assert!(mobilenet.contains("params  1814922"), "{mobilenet}");
    // An expansion of 6 is the usual one.
    let spelt = stdout(&["info", "mb:8:8x1s1e6"]);
    assert!(spelt.starts_with("mb:8:8x1s1\n"), "{spelt}");
}

#[test]
fn what_is_out_of_the_grammar_is_one_sentence() {
    let stages = format!("r1:8:{}", ["8x1s1"; 13].join(","));
    assert!(refusal(&["info", &stages]).contains("1 to 12 stages, this one has 13"));
    assert!(refusal(&["info", "r2:8:8x1s1e3"]).contains("only `mb` does"));
    let huge = format!("r1:8:{}x1s1", "9".repeat(5_000));
    let said = refusal(&["info", &huge]);
    assert!(said.contains("must be between 1 and 16384") && said.len() < 400);
    let cell = refusal(&["info", "(4, 0, 3, 1, 4, 3)"]);
    assert!(
        cell.contains("write `nb201:16x5:|avg_pool_3x3~0|+|"),
        "{cell}"
    );
}

#[test]
fn published_spaces_are_sampled() {
    for (space, all) in [
        ("channel-bench-resnet", 16_384),
        ("channel-bench-mobilenet", 16_384),
        ("nats-sss", 32_768),
    ] {
        let sample = stdout(&["sample", "--space", space, "--count", "3"]);
        assert_eq!(sample.lines().count(), 3);
        assert!(
            sample
                .lines()
                .all(|arch| arch.starts_with(&format!("{space}:")))
        );
        let more = (all + 1).to_string();
        let refused = refusal(&["sample", "--space", space, "--count", &more]);
        assert!(refused.contains(&format!("at most {all}")), "{refused}");
    }
}

#[test]
fn every_proxy_knows_them() {
    let archs = [
        "channel-bench-resnet:1111111",
        "channel-bench-mobilenet:1112111",
        "nats-sss:8:8:16:8:8",
        "mb:4:4x2s1e1,8x2s2e3",
        "r1:4:4x1s2,4x1s2,4x1s1,8x1s1,8x1s1",
    ];
    let options = "--proxies nas-bench-zero --batch 4 --resolution 16 --classes 10 --format json \
                   --zen-precision 9";
    let options: Vec<&str> = options.split(' ').collect();
    let lines = stdout(&[&["score"], &archs[..], &options[..]].concat());
    assert_eq!(lines.lines().count(), archs.len());
    for line in lines.lines() {
        let network: Value = serde_json::from_str(line).unwrap();
        let scores = network["scores"].as_object().unwrap();
        let undefined: Vec<&str> = scores
            .iter()
            .filter_map(|(name, score)| score.is_null().then_some(name.as_str()))
            .collect();
        // Behind a last batch norm without activation the images' gradients depend on each other.
        let linear = network["arch"].as_str().unwrap().starts_with("mb:");
        let expected: &[&str] = if linear { &["ntk"] } else { &[] };
        assert_eq!(undefined, expected, "{line}");
    }
}

#[test]
fn published_widths_become_tables() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, table) = (path("file"), path("table.nbz"));
    for (importer, content, arch, flops) in [
        (
            "channel-bench-resnet",
            r#"{"4432214": {"acc": [93.7, 93.3, 93.2], "flops": 794495488, "params": 6208394}}"#,
            "channel-bench-resnet:4432214",
            "794495488",
        ),
        (
            "nats-sss",
            "arch,params,macs_conv_linear,cifar10_test_90ep\n8:8:8:8:8,11714,4481104,79.79\n",
            "nats-sss:8:8:8:8:8",
            "4481104",
        ),
    ] {
        fs::write(&file, content).unwrap();
        let said = stdout(&["import", importer, &file, "--out", &table]);
        assert!(said.contains("1 architectures"), "{said}");
        let found = stdout(&["query", &table, arch]);
        assert!(found.contains(flops), "{found}");
        fs::remove_file(&table).unwrap();
        fs::write(&file, content.replace(flops, "1")).unwrap();
        let refused = refusal(&["import", importer, &file, "--out", &table]);
        let expected = format!("expected {flops}, which the architecture determines, found");
        assert!(refused.contains(&expected), "{refused}");
        assert!(!fs::exists(&table).unwrap());
    }
}
