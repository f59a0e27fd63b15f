//! What is known of the published tables.

use std::path::Path;

use nbzero_space::Architecture;
use nbzero_table::import::{ImportError, ImportOptions, PublishedTable, import};
use nbzero_table::{Cost, Dataset, Split, Table};

use super::{find, options};

/// An exact number: what a file says is what the table says.
fn bits(value: f64) -> u64 {
    value.to_bits()
}

/// A table survives its own file.
fn round_trip(table: &Table) {
    let bytes = table.to_bytes(Path::new("t.nbz")).unwrap();
    let read = Table::from_bytes(&bytes, Path::new("t.nbz")).unwrap();
    assert_eq!(&read, table);
}

#[test]
fn nas_bench_macro() {
    let Some(path) = find("nas-bench-macro_cifar10.json") else {
        return;
    };
    let options = ImportOptions::default();
    let table = import(PublishedTable::NasBenchMacro, &path, &options).unwrap();
    assert_eq!(table.len(), 6561);
    assert_eq!(table.seeds(), [0, 1, 2]);
    let row = table.find("nas-bench-macro:02012100").unwrap();
    assert_eq!(
        (row.flops(), row.params()),
        (Some(47_327_744), Some(890_666))
    );
    // Stem; a projection and 2; a projection, 1 and 2; 1; the last two. Other zeros are nothing.
    assert_eq!(row.depth(), Some(1 + (1 + 3) + (1 + 3 + 3) + 3 + 2));
    let blocks: Vec<u32> = row.stages().iter().map(|stage| stage.depth).collect();
    assert_eq!(blocks, [1, 2, 1]);
    let second = row.accuracy(Split::Test, 1).unwrap().unwrap();
    assert_eq!(bits(second), bits(88.949_996_948_242_19));
    let mean = row.mean_accuracy(Split::Test).unwrap();
    assert!((mean - 89.196_665_445_963_55).abs() < 1e-12);
    assert_eq!(row.mean_accuracy(Split::NasValidation), None);
    let noise = table.noise(Split::Test).unwrap();
    assert!(noise.networks == 6561 && noise.deviation < 0.5);
    round_trip(&table);
}

const CELL: &str = "nb201:16x5:|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|";

#[test]
fn nb201_costs_follow_their_formulas() {
    let Some(path) = find("nas-bench-201.csv.gz") else {
        return;
    };
    let table = import(PublishedTable::Nb201, &path, &options("cifar10")).unwrap();
    assert_eq!(table.len(), 15_625);
    for row in table.rows() {
        let count = |operation| row.arch().matches(operation).count() as u64;
        let (n3, n1) = (count("nor_conv_3x3"), count("nor_conv_1x1"));
        let na = count("avg_pool_3x3");
        assert_eq!(row.params(), Some(73_306 + 243_040 * n3 + 28_000 * n1));
        let flops = 7_943_872 + 35_819_520 * n3 + 4_362_240 * n1 + 1_290_240 * na;
        assert_eq!(row.flops(), Some(flops));
        assert_eq!(row.depth().map(u64::from), Some(6 + 15 * (n3 + n1)));
    }
    round_trip(&table);
}

#[test]
fn nb201_validation_is_not_test() {
    let Some(path) = find("nas-bench-201.csv.gz") else {
        return;
    };
    for (dataset, test, validation, flops, params) in [
        ("cifar10", 85.863_333_333_333_34, 81.9, 17_958_592, 129_306),
        (
            "cifar100",
            52.913_333_294_677_734,
            53.679_999_987_792_97,
            17_964_352,
            135_156,
        ),
        (
            "imagenet16",
            26.633_333_273_993_6,
            25.766_666_615_804_038,
            4_497_472,
            136_456,
        ),
    ] {
        let table = import(PublishedTable::Nb201, &path, &options(dataset)).unwrap();
        assert_eq!(table.metadata().dataset.to_string(), dataset);
        assert_eq!(table.seeds(), [0]);
        let row = table.find(CELL).unwrap();
        let accuracy = |split| bits(row.accuracy(split, 0).unwrap().unwrap());
        assert_eq!(accuracy(Split::Test), bits(test));
        assert_eq!(accuracy(Split::NasValidation), bits(validation));
        assert_eq!((row.flops(), row.params()), (Some(flops), Some(params)));
    }
}

#[test]
fn nb201_scores_say_whose_they_are() {
    let Some(path) = find("nas-bench-201.csv.gz") else {
        return;
    };
    let table = import(PublishedTable::Nb201, &path, &options("cifar10")).unwrap();
    let names: Vec<&str> = table.proxies().collect();
    assert_eq!(
        names.join(" "),
        "epe_nas fisher grad_norm grasp jacob_cov jacob_cov_bayeswatch l2_norm log_synflow \
         logsynflow_freerea naswot naswot_freerea plain snip synflow_freerea zen"
    );
    let definition = table.definition("jacob_cov_bayeswatch").unwrap();
    assert_eq!(definition.version, 0);
    assert!(definition.settings.contains("BayesWatch"));
    let row = table.find(CELL).unwrap();
    let score = |name| bits(row.score(name).unwrap().value().unwrap());
    assert_eq!(score("jacob_cov"), bits(-133.801_626_593_778_05));
    assert_eq!(score("jacob_cov_bayeswatch"), bits(-776.442_859_725_183_8));
    assert_eq!(score("naswot"), bits(738.276_370_198_564_5));
    assert_eq!(score("log_synflow"), bits(46.360_939_463_555_08));
    let cifar100 = import(PublishedTable::Nb201, &path, &options("cifar100")).unwrap();
    let names: Vec<&str> = cifar100.proxies().collect();
    assert_eq!(
        names.join(" "),
        "logsynflow_freerea naswot_freerea synflow_freerea zen"
    );
}

#[test]
fn nb201_numbers_that_stand_for_failures_are_undefined() {
    let Some(path) = find("nas-bench-201.csv.gz") else {
        return;
    };
    let table = import(PublishedTable::Nb201, &path, &options("imagenet16")).unwrap();
    let row = table.find("nb201:16x5:|none~0|+|none~0|none~1|+|none~0|none~1|none~2|");
    let row = row.unwrap();
    for (proxy, reason) in [
        ("zen", "not finite (published as -1e8)"),
        ("jacob_cov", "not finite (published as -1e8)"),
        ("naswot_freerea", "not finite (published as -inf)"),
        ("log_synflow", "the logarithm of 0 (published as 0)"),
    ] {
        assert_eq!(row.score(proxy).unwrap().reason(), Some(reason), "{proxy}");
    }
    let defined = |proxy| {
        let scores = table.scores(proxy).unwrap().iter();
        scores.filter(|score| score.value().is_some()).count()
    };
    assert_eq!((defined("snip"), defined("log_synflow")), (9445, 9444));
    assert_eq!(defined("zen"), 15_625 - 341);
}

#[test]
fn transnas_costs_are_computed_for_all_networks() {
    let Some(path) = find("transnas-bench-101-macro.csv.gz") else {
        return;
    };
    // The import refuses a row whose published costs are not the computed ones.
    let tasks = PublishedTable::TransnasMacro.datasets();
    for task in tasks.into_iter().filter(|&task| task != "room_layout") {
        let table = import(PublishedTable::TransnasMacro, &path, &options(task)).unwrap();
        assert_eq!(table.len(), 3256, "{task}");
        assert_eq!(bits(table.coverage("zen").unwrap()), bits(1.0), "{task}");
        assert!(table.coverage("snip").unwrap() > 0.2, "{task}");
        assert!(table.metadata().images.contains("validation images"));
    }
}

#[test]
fn transnas_networks_have_their_published_parameters() {
    let Some(path) = find("transnas-bench-101-macro.csv.gz") else {
        return;
    };
    // The heads have more outputs than there are classes in training.
    for (task, outputs) in [("class_object", 100), ("class_scene", 63)] {
        let table = import(PublishedTable::TransnasMacro, &path, &options(task)).unwrap();
        for row in table.rows() {
            let architecture: Architecture = row.arch().parse().unwrap();
            let graph = architecture.graph(outputs, 64);
            assert_eq!(
                row.params().map(u128::from),
                Some(graph.params()),
                "{architecture}"
            );
            assert_eq!(row.depth(), Some(graph.depth()), "{architecture}");
        }
    }
}

#[test]
fn transnas_tasks_have_their_metrics() {
    let Some(path) = find("transnas-bench-101-macro.csv.gz") else {
        return;
    };
    let of = |task| import(PublishedTable::TransnasMacro, &path, &options(task));
    let table = of("class_scene").unwrap();
    assert_eq!(table.metadata().dataset, Dataset::TaskonomyScene);
    let row = table.find("transnas-macro:414312").unwrap();
    let accuracy = row.accuracy(Split::Test, 0).unwrap().unwrap();
    assert_eq!(bits(accuracy), bits(52.547_771_453_857_42));
    assert_eq!(row.depth(), Some(2 + 4 * 6 + 1));
    let stages = row.stages().iter().map(|s| (s.input, s.output, s.stride));
    assert_eq!(
        stages.collect::<Vec<_>>(),
        [
            (64, 128, 2),
            (128, 128, 1),
            (128, 256, 2),
            (256, 256, 2),
            (256, 256, 1),
            (256, 512, 1)
        ]
    );
    round_trip(&table);
    let similarity = of("autoencoder").unwrap();
    assert!(similarity.metadata().images.contains("SSIM"));
    let best = similarity.best_under(Cost::Flops, u64::MAX, Split::Test);
    let best = best.unwrap().mean_accuracy(Split::Test).unwrap();
    assert!((best - 74.881_696_701_049_8).abs() < 1e-9);
}

#[test]
fn a_transnas_task_of_losses_is_refused() {
    let path = Path::new("never read");
    let refused = import(PublishedTable::TransnasMacro, path, &options("room_layout"));
    let refused = refused.unwrap_err();
    assert!(matches!(refused, ImportError::NotAccuracies { .. }));
    assert_eq!(
        refused.to_string(),
        "room_layout of transnas-macro cannot be imported: its results are negative losses below 0, and a table holds accuracies from 0 to 100; choose another one of autoencoder, class_object, class_scene, jigsaw, normal and segmentsemantic"
    );
}

#[test]
fn accel_nasbench_runs_of_one_network_are_seeds() {
    let Some(path) = find("accel-nasbench.csv.gz") else {
        return;
    };
    let options = ImportOptions::default();
    let table = import(PublishedTable::AccelNasbench, &path, &options).unwrap();
    assert_eq!(table.len(), 5125);
    assert_eq!(table.seeds(), [0, 1]);
    assert_eq!(table.noise(Split::Test).unwrap().networks, 13);
    let arch = "accel-nasbench:e6k3l1,e4k5l2,e6k3l3,e6k5l3,e6k5l2,e1k3l2,e1k3l2";
    let row = table.find(arch).unwrap();
    assert_eq!(
        (row.flops(), row.params()),
        (Some(415_361_072), Some(2_501_160))
    );
    assert_eq!(row.depth(), Some(3 + 3 * (1 + 2 + 3 + 3 + 2) + 2 * (2 + 2)));
    let runs = row.accuracies(Split::Test).map(|(_, value)| bits(value));
    assert_eq!(runs.collect::<Vec<_>>(), [59.368, 59.248].map(bits));
    let squeezed = table.rows().filter(|row| row.arch().contains("-se"));
    assert_eq!(squeezed.count(), 3315);
    round_trip(&table);
}

#[test]
fn channel_bench() {
    for (kind, file, arch, flops, depth, runs) in [
        (
            PublishedTable::ChannelBenchResnet,
            "channel-bench-macro_resnet.json.gz",
            "channel-bench-resnet:4432214",
            794_495_488,
            12,
            [
                93.669_998_168_945_31,
                93.349_998_474_121_1,
                93.299_995_422_363_28,
            ],
        ),
        (
            PublishedTable::ChannelBenchMobilenet,
            "channel-bench-macro_mobilenet.json.gz",
            "channel-bench-mobilenet:4432214",
            122_923_008,
            15,
            [
                90.619_995_117_187_5,
                91.189_994_812_011_72,
                91.089_996_337_890_62,
            ],
        ),
    ] {
        let Some(path) = find(file) else {
            continue;
        };
        // The import refuses costs that are not the architecture's.
        let table = import(kind, &path, &ImportOptions::default()).unwrap();
        assert_eq!(table.len(), 16_384);
        assert_eq!(table.seeds(), [0, 1, 2]);
        let row = table.find(arch).unwrap();
        assert_eq!((row.flops(), row.depth()), (Some(flops), Some(depth)));
        assert_eq!(row.stages().len(), 7);
        let read = row.accuracies(Split::Test).map(|(_, value)| bits(value));
        assert_eq!(read.collect::<Vec<_>>(), runs.map(bits));
        round_trip(&table);
    }
}

#[test]
fn nats_sss() {
    let Some(path) = find("nats-bench-sss_cifar10.csv.gz") else {
        return;
    };
    let table = import(PublishedTable::NatsSss, &path, &ImportOptions::default()).unwrap();
    assert_eq!(table.len(), 32_768);
    assert_eq!(table.seeds(), [0]);
    let row = table.find("nats-sss:8:8:8:8:8").unwrap();
    assert_eq!(
        (row.flops(), row.params(), row.depth()),
        (Some(4_481_104), Some(11_714), Some(21))
    );
    assert_eq!(bits(row.mean_accuracy(Split::Test).unwrap()), bits(79.79));
    assert_eq!(row.stages().len(), 5);
    round_trip(&table);
}

#[test]
fn naap_440() {
    let Some(path) = find("naap-440.csv.gz") else {
        return;
    };
    let table = import(PublishedTable::Naap440, &path, &ImportOptions::default()).unwrap();
    assert_eq!((table.len(), table.proxies().len()), (440, 21));
    let row = table.find("naap-440:12k3s2,16k3s2,16k1s1").unwrap();
    assert_eq!(
        (row.flops(), row.params(), row.depth()),
        (Some(210_080), Some(2_566), Some(4))
    );
    assert_eq!(row.stages().len(), 3);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} and {b}");
    near(row.mean_accuracy(Split::Test).unwrap(), 58.7);
    near(row.score("accuracy_02").unwrap().value().unwrap(), 40.93);
    near(
        row.score("loss_sum_02").unwrap().value().unwrap(),
        1.8651 + 1.607,
    );
    round_trip(&table);
}
