//! The networks of published benchmarks cost what their authors say.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails panics, and one that is skipped says why"
)]

use std::fs::File;
use std::io::read_to_string;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use nbzero_space::{Architecture, Cell, CellNetwork, CellOperation, MacroNetwork, Skeleton, Space};

fn cells() -> impl Iterator<Item = CellNetwork> {
    // A prime step visits all kinds of cells in a short time.
    let some = (0..Cell::COUNT).step_by(37).map(Cell::nth);
    some.map(|cell| CellNetwork::new(Skeleton::NAS_BENCH_201, cell))
}

fn count(network: &CellNetwork, operation: CellOperation) -> u64 {
    let operations = network.cell().operations().iter();
    operations.map(|op| u64::from(*op == operation)).sum()
}

/// Dong and Yang 2020 publish the costs of every cell; these are their closed forms on CIFAR-10.
#[test]
fn cells_cost_what_nas_bench_201_publishes() {
    for network in cells() {
        let [n3, n1, pools] = [
            CellOperation::Conv3x3,
            CellOperation::Conv1x1,
            CellOperation::AveragePool3x3,
        ]
        .map(|operation| count(&network, operation));
        let costs = Architecture::Cell(network).costs(10, 32);
        assert_eq!(
            costs.params,
            73_306 + 243_040 * n3 + 28_000 * n1,
            "{network}"
        );
        let published = 7_943_872 + 35_819_520 * n3 + 4_362_240 * n1 + 1_290_240 * pools;
        assert_eq!(network.published_flops(10, 32), published, "{network}");
        let macs = 7_783_040 + 35_389_440 * n3 + 3_932_160 * n1;
        assert_eq!(costs.flops, macs, "{network}");
        let depth = 6 + 15 * (n3 + n1);
        assert_eq!(u64::from(costs.depth), depth, "{network}");
    }
}

/// On ImageNet16-120 (16x16, 120 classes) the global pool's window is another.
#[test]
fn a_cell_costs_what_nas_bench_201_publishes_on_imagenet16() {
    let cell = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|\
                skip_connect~2|";
    let network = CellNetwork::new(Skeleton::NAS_BENCH_201, cell.parse().unwrap());
    assert_eq!(network.published_flops(120, 16), 4_497_472);
    assert_eq!(Architecture::Cell(network).costs(120, 16).params, 136_456);
}

/// The folder of published tables, of which nothing is part of the project.
fn published(file: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../../shared/tables").join(file);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
    }
    path.exists().then_some(path)
}

#[test]
fn all_networks_of_nas_bench_macro_cost_what_is_published() {
    let Some(path) = published("nas-bench-macro_cifar10.json") else {
        return;
    };
    let table: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for index in 0..MacroNetwork::COUNT {
        let architecture = Architecture::Macro(MacroNetwork::nth(index));
        let text = architecture.to_string();
        assert_eq!(text.parse::<Architecture>().unwrap(), architecture);
        let row = &table[text.trim_start_matches("nas-bench-macro:")];
        let costs = architecture.costs(10, 32);
        assert_eq!(Some(costs.params), row["params"].as_u64(), "{text}");
        assert_eq!(Some(costs.flops), row["flops"].as_u64(), "{text}");
    }
}

#[test]
fn all_networks_of_channel_bench_cost_what_is_published() {
    for (space, file) in [
        (
            Space::ChannelBenchResnet,
            "channel-bench-macro_resnet.json.gz",
        ),
        (
            Space::ChannelBenchMobilenet,
            "channel-bench-macro_mobilenet.json.gz",
        ),
    ] {
        let Some(path) = published(file) else {
            continue;
        };
        let text = read_to_string(GzDecoder::new(File::open(path).unwrap())).unwrap();
        let table: serde_json::Value = serde_json::from_str(&text).unwrap();
        let networks = space.population().expect("all of them");
        assert_eq!(networks.len(), table.as_object().unwrap().len());
        for architecture in networks {
            let text = architecture.to_string();
            let row = &table[text.split_once(':').unwrap().1];
            let costs = architecture.costs(10, 32);
            assert_eq!(Some(costs.params), row["params"].as_u64(), "{text}");
            assert_eq!(Some(costs.flops), row["flops"].as_u64(), "{text}");
        }
    }
}

/// The file's FLOPs are computed from the layout, its parameters agree with the benchmark.
#[test]
fn all_networks_of_the_size_space_cost_what_is_published() {
    let Some(path) = published("nats-bench-sss_cifar10.csv.gz") else {
        return;
    };
    let text = read_to_string(GzDecoder::new(File::open(path).unwrap())).unwrap();
    let rows = text.lines().skip(1);
    assert_eq!(rows.clone().count(), Space::NatsSss.population_size());
    for row in rows {
        let fields: Vec<&str> = row.split(',').collect();
        let architecture: Architecture = format!("nats-sss:{}", fields[0]).parse().unwrap();
        let costs = architecture.costs(10, 32);
        assert_eq!(costs.params, fields[6].parse::<u64>().unwrap(), "{row}");
        assert_eq!(costs.flops, fields[7].parse::<u64>().unwrap(), "{row}");
    }
}

/// Where the tables are not at hand: (FLOPs, parameters) that the authors publish, and depths.
#[test]
fn some_networks_of_channel_bench_and_the_size_space_cost_what_is_published() {
    for (text, flops, params, depth) in [
        ("channel-bench-resnet:4432214", 794_495_488, 6_208_394, 12),
        ("channel-bench-resnet:4432211", 681_249_280, 4_438_154, 12),
        ("channel-bench-mobilenet:4432214", 122_923_008, 716_234, 15),
        ("channel-bench-mobilenet:4432211", 116_623_872, 608_714, 15),
        ("nats-sss:8:8:8:8:8", 4_481_104, 11_714, 21),
        ("nats-sss:8:8:8:16:8", 4_714_576, 15_410, 21),
    ] {
        let costs = text.parse::<Architecture>().unwrap().costs(10, 32);
        let found = (costs.flops, costs.params, costs.depth);
        assert_eq!(found, (flops, params, depth), "{text}");
    }
    for (text, params) in [
        ("nats-sss:8:8:16:40:40", 107_826),
        ("nats-sss:64:64:64:64:64", 713_674),
    ] {
        let costs = text.parse::<Architecture>().unwrap().costs(10, 32);
        assert_eq!(costs.params, params, "{text}");
    }
}

#[test]
fn a_cell_without_its_network_is_refused_with_that_network() {
    let network = "nb201:16x5:|avg_pool_3x3~0|+|none~0|skip_connect~1|+|nor_conv_3x3~0|\
                   nor_conv_1x1~1|nor_conv_1x1~2|";
    let cell = network.splitn(3, ':').last().unwrap();
    for text in [cell, "(4, 1, 2, 0, 3, 3)", "(4,1,2,0,3,3)"] {
        let error = text.parse::<Architecture>().unwrap_err().to_string();
        assert!(error.contains(&format!("write `{network}`")), "{error}");
    }
    let error = |text: &str| text.parse::<Architecture>().unwrap_err().to_string();
    assert!(error("|none~0|").contains("1 edges"));
    assert!(error("(4, 1, 2, 0, 3, 5)").contains("no architecture"));
    assert!(error("(4, 1, 2)").contains("no architecture"));
}

/// The table has both the strings and `NASLib`'s tuples of all cells.
#[test]
fn tuples_of_naslib_are_the_cells_of_the_published_table() {
    let Some(path) = published("nas-bench-201.csv.gz") else {
        return;
    };
    let text = read_to_string(GzDecoder::new(File::open(path).unwrap())).unwrap();
    let mut rows = 0;
    for row in text.lines().skip(1) {
        let cell = row.split(',').nth(1).unwrap();
        let tuple = row.split('"').nth(1).unwrap();
        let error = tuple.parse::<Architecture>().unwrap_err().to_string();
        assert!(error.ends_with(&format!(":{cell}`")), "{error}");
        rows += 1;
    }
    assert_eq!(rows, Cell::COUNT);
}

#[test]
fn networks_of_cells_have_strings_too() {
    let text = "nb201:8x1:|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
    let architecture: Architecture = text.parse().unwrap();
    assert_eq!(architecture.to_string(), text);
    // Nothing comes through the cells, but the residual blocks between them are there.
    assert_eq!(architecture.costs(10, 16).depth, 6);
    for (text, says) in [
        ("nb201:0x1:|none~0|", "numbers from 1 to 1000"),
        ("nb201:8x01:|none~0|", "numbers from 1 to 1000"),
        ("nb201:8x1", "expected nb201:CHANNELSxCELLS:CELL"),
        ("nb201:8x1:|none~0|", "1 edges"),
        ("nas-bench-macro:0120120", "eight digits"),
        ("nas-bench-macro:01201203", "eight digits"),
        ("channel-bench-resnet:123412", "seven digits"),
        ("channel-bench-resnet:1234120", "seven digits"),
        ("channel-bench-mobilenet:12341234", "seven digits"),
        ("nats-sss:8:8:8:8", "five multiples of 8"),
        ("nats-sss:8:8:8:8:72", "five multiples of 8"),
        ("nats-sss:8:8:8:8:08", "five multiples of 8"),
        ("nats-sss:8:8:8:8:12", "five multiples of 8"),
        ("nats-sss:0:8:8:8:8", "five multiples of 8"),
        ("cells:8", "`nb201`, `nas-bench-macro`"),
    ] {
        let error = text.parse::<Architecture>().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
