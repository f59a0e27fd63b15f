//! What an import says to files that are not as they should be.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use nbzero_table::Error;
use nbzero_table::import::{ImportError, ImportOptions, PublishedTable, import};
use proptest::prelude::*;

use super::options;

/// The error for a file of that content.
fn refusal(kind: PublishedTable, dataset: Option<&str>, content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    fs::write(&path, content).unwrap();
    let options = ImportOptions {
        dataset: dataset.map(Into::into),
    };
    let error = import(kind, &path, &options).unwrap_err().to_string();
    error.replace(&path.display().to_string(), "FILE")
}

const CHAIN: &str =
    r#""00000000": {"test_acc": [1.5, 2.5, 3.5], "params": 387882, "flops": 7713280}"#;

#[test]
fn nas_bench_macro() {
    let says = |content: &str| refusal(PublishedTable::NasBenchMacro, None, content.as_bytes());
    let with = |from: &str, to: &str| says(&format!("{{{}}}", CHAIN.replace(from, to)));
    assert_eq!(
        with("00000000", "00000030"),
        "FILE, entry \"00000030\", column key: expected eight layers, each 0, 1 or 2, found \"00000030\""
    );
    let entry = "FILE, entry \"00000000\", column ";
    for (from, to, problem) in [
        (
            "2.5, ",
            "",
            "test_acc: expected three numbers from 0 to 100, found [1.5,3.5]",
        ),
        (
            "2.5",
            "102.5",
            "test_acc: expected three numbers from 0 to 100, found [1.5,102.5,3.5]",
        ),
        (
            "2.5",
            "null, 2.5",
            "test_acc: expected three numbers from 0 to 100, found [1.5,null,2.5,3.5]",
        ),
        (
            "\"params\": 387882, ",
            "",
            "params: expected 387882, which the architecture determines, found nothing",
        ),
        (
            "7713280",
            "\"20\"",
            "flops: expected 7713280, which the architecture determines, found \"20\"",
        ),
        (
            "7713280",
            "7713281",
            "flops: expected 7713280, which the architecture determines, found 7713281",
        ),
    ] {
        assert_eq!(with(from, to), format!("{entry}{problem}"));
    }
    assert_eq!(
        says(&format!("{{{CHAIN}, {CHAIN}}}")),
        "FILE: entry \"00000000\" and entry \"00000000\" are both of nas-bench-macro:00000000; keep one of them"
    );
    assert_eq!(
        with("\"flops\"", "\"flops\": 1, \"flops\""),
        "FILE has two columns \"flops of 00000000\": leave out or rename one of them"
    );
    assert_eq!(
        with("1.5, 2.5", "0.915, 92.5"),
        "FILE, entry \"00000000\": the test accuracy is 0.915, which looks like a fraction, and accuracies are percentages from 0 to 100: multiply them by 100"
    );
    assert!(says("\n").contains("it is empty"));
    assert!(says(CHAIN).starts_with("FILE is not the JSON of nas-bench-macro: "));
    assert!(says(&format!("{{{CHAIN}")).contains("EOF while parsing"));
    assert_eq!(
        says("{}"),
        "FILE has no rows of cifar10: give the whole file"
    );
}

const CELLS: &str = "arch_str,c100_test_200ep,c100_val_200ep,c100_params_M,c10_flops_M,c100_zen,c100_synflow_freerea,c100_logsynflow_freerea,c100_naswot_freerea
|none~0|+|none~0|none~1|+|none~0|none~1|none~2|,1.5,2.5,0.079156,7.943872,1,2,3,4
|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|,1.5,2.5,0.079156,7.943872,1,2,3,4
";

#[test]
fn nb201() {
    let says = |content: &str| {
        let content = content.as_bytes();
        refusal(PublishedTable::Nb201, Some("cifar100"), content)
    };
    let with = |from: &str, to: &str| says(&CELLS.replacen(from, to, 1));
    for (from, to, problem) in [
        (
            "c100_val_200ep",
            "c100_val",
            " has no column \"c100_val_200ep\", which nb201 has: it has arch_str, c100_test_200ep, c100_val, c100_params_M, c10_flops_M, c100_zen, c100_synflow_freerea, c100_logsynflow_freerea and c100_naswot_freerea",
        ),
        (
            ",1.5,",
            ",high,",
            ", line 2, column c100_test_200ep: expected a number from 0 to 100, found \"high\"",
        ),
        (
            "2.5",
            "100.5",
            ", line 2, column c100_val_200ep: expected a number from 0 to 100, found \"100.5\"",
        ),
        (
            "2.5",
            "",
            ", line 2, column c100_val_200ep: expected a number from 0 to 100, found nothing",
        ),
        (
            "0.079156",
            "0.07915612",
            ", line 2, column c100_params_M: expected 0.079156 (in millions), which the architecture determines, found \"0.07915612\"",
        ),
        (
            "7.943872",
            "7.943871",
            ", line 2, column c10_flops_M: expected 7.943872 (in millions), which the architecture determines, found \"7.943871\"",
        ),
        (
            "7.943872",
            "much",
            ", line 2, column c10_flops_M: expected a number, found \"much\"",
        ),
        (
            "c100_zen",
            "c100_test_200ep",
            " has two columns \"c100_test_200ep\": leave out or rename one of them",
        ),
        (
            ",1,2,3,4",
            ",x,2,3,4",
            ", line 2, column c100_zen: expected a number, or nothing, found \"x\"",
        ),
        (
            "none~0",
            "conv_7x7~0",
            ", line 2, column arch_str: expected a cell |op~0|+|op~0|op~1|+|op~0|op~1|op~2| of none, skip_connect, nor_conv_1x1, nor_conv_3x3 and avg_pool_3x3, or six numbers from 0 to 4 as NASLib writes it, found \"|conv_7x7~0|+|none~0|none~1|+|none~0|none~1|none~2|\"",
        ),
        (
            "skip_connect",
            "none",
            ": line 2 and line 3 are both of nb201:16x5:|none~0|+|none~0|none~1|+|none~0|none~1|none~2|; keep one of them",
        ),
    ] {
        assert_eq!(with(from, to), format!("FILE{problem}"));
    }
    let cut = says(&CELLS[..CELLS.len() - 8]);
    assert!(cut.starts_with("FILE is not the CSV of nb201: "), "{cut}");
    let header = CELLS.split_inclusive('\n').next().unwrap();
    assert_eq!(
        says(header),
        "FILE has no rows of cifar100: give the whole file"
    );
}

#[test]
fn transnas_macro() {
    let says = |row: &str| {
        let scores = "zen,synflow_log,snip,grasp,fisher,grad_norm,jacov,plain,nwot,l2_norm";
        let content = format!("task,code,val_final,flops,params,{scores}\n{row},1,1,,,,,,,,\n");
        refusal(
            PublishedTable::TransnasMacro,
            Some("class_scene"),
            content.as_bytes(),
        )
    };
    assert_eq!(
        says("class_scene,7132,50,,"),
        "FILE, line 2, column code: expected 4 to 6 digits from 1 to 4, at most four of them 3 or 4, found \"7132\""
    );
    let contradicts = says("class_scene,1111,50,,1.5");
    assert!(
        contradicts.starts_with("FILE, line 2, column params: expected ")
            && contradicts.ends_with("which the architecture determines, found \"1.5\""),
        "{contradicts}"
    );
    assert_eq!(
        says("jigsaw,1111,50,,"),
        "FILE has no rows of taskonomy-scene: give the whole file"
    );
}

#[test]
fn accel_nasbench() {
    let block = |at| format!("block{at}_e,block{at}_k,block{at}_l,block{at}_se");
    let blocks: Vec<String> = (0..7).map(block).collect();
    let header = format!("{},val_top1,macs,params", blocks.join(","));
    let row = format!("{}60,57.56968,1.828324", "1,3,1,True,".repeat(7));
    let with = |from: &str, to: &str| {
        let content = format!("{header}\n{row}\n{}\n", row.replacen(from, to, 1));
        refusal(PublishedTable::AccelNasbench, None, content.as_bytes())
    };
    assert_eq!(
        with("1,3", "1,7"),
        "FILE, line 3, column block0_k: expected one of [3, 5], found \"7\""
    );
    assert_eq!(
        with("True", "yes"),
        "FILE, line 3, column block0_se: expected True or False, found \"yes\""
    );
    assert_eq!(
        with("1.828324", "3"),
        "FILE, line 3, column params: expected 1.828324 (in millions), which the architecture determines, found \"3\""
    );
    let macs = with("57.56968", "100");
    assert!(
        macs.starts_with("FILE, line 3, column macs: expected 57.56968"),
        "{macs}"
    );
}

/// What people have: other separators, a byte order mark, other notations of a cell. All of it
/// reads like the file as it was published.
#[test]
fn every_dress_of_a_file_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let read = |content: &[u8]| {
        let path = folder.path().join("table");
        fs::write(&path, content).unwrap();
        import(PublishedTable::Nb201, path, &options("cifar100")).unwrap()
    };
    let plain = read(CELLS.as_bytes());
    let marked = format!("\u{feff}{CELLS}");
    let semicolons = CELLS.replace(',', ";");
    let decimal_commas = semicolons.replace('.', ",");
    for text in [
        marked.clone(),
        semicolons.clone(),
        CELLS.replace(',', "\t"),
        decimal_commas,
        format!("\u{feff}{semicolons}").replace('\n', "\r\n"),
        CELLS.replace("\n|", "\nnb201:16x5:|"),
        semicolons.replace("arch_str", "net"),
        semicolons
            .replace("arch_str", "net")
            .replace(
                "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
                "(1, 1, 1, 1, 1, 1)",
            )
            .replace(
                "|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|",
                "(1, 1, 1, 1, 1, 0)",
            ),
    ] {
        assert_eq!(read(text.as_bytes()), plain, "{text}");
    }
    assert_eq!(read(&compressed(marked.as_bytes())), plain);
    let contradiction = CELLS
        .replace("arch_str", "net,arch_str")
        .replace("\n|", "\n\"(1, 1, 1, 1, 1, 1)\",|");
    let said = refusal(
        PublishedTable::Nb201,
        Some("cifar100"),
        contradiction.as_bytes(),
    );
    assert_eq!(
        said,
        "FILE, line 3, column net: expected the cell |none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2| of column arch_str, found \"(1, 1, 1, 1, 1, 1)\""
    );
}

const WIDTHS: &str =
    r#""4432214": {"acc": [1.5, 2.5, 3.5], "params": 6208394, "flops": 794495488}"#;

#[test]
fn channel_bench() {
    let says =
        |content: &str| refusal(PublishedTable::ChannelBenchResnet, None, content.as_bytes());
    let with = |from: &str, to: &str| says(&format!("{{{}}}", WIDTHS.replacen(from, to, 1)));
    assert_eq!(
        with("4432214", "4432210"),
        "FILE, entry \"4432210\", column key: expected seven widths, each 1, 2, 3 or 4, found \"4432210\""
    );
    for (from, to, problem) in [
        (
            "2.5, ",
            "",
            "acc: expected three numbers from 0 to 100, found [1.5,3.5]",
        ),
        (
            "6208394",
            "6208395",
            "params: expected 6208394, which the architecture determines, found 6208395",
        ),
        (
            "794495488",
            "122923008",
            "flops: expected 794495488, which the architecture determines, found 122923008",
        ),
        (
            "\"flops\"",
            "\"FLOPs\"",
            "flops: expected 794495488, which the architecture determines, found nothing",
        ),
    ] {
        let place = "FILE, entry \"4432214\", column ";
        assert_eq!(with(from, to), format!("{place}{problem}"));
    }
    assert_eq!(
        says(&format!("{{{WIDTHS}, {WIDTHS}}}")),
        "FILE: entry \"4432214\" and entry \"4432214\" are both of channel-bench-resnet:4432214; keep one of them"
    );
    // The other half has the same keys, but other costs.
    let content = format!("{{{WIDTHS}}}");
    let other = refusal(
        PublishedTable::ChannelBenchMobilenet,
        None,
        content.as_bytes(),
    );
    assert!(
        other.contains("column flops: expected 122923008"),
        "{other}"
    );
}

#[test]
fn nats_sss() {
    let content = "arch,params,macs_conv_linear,cifar10_test_90ep\n8:8:8:8:8,11714,4481104,79.79\n";
    let with = |from: &str, to: &str| {
        let content = content.replacen(from, to, 1);
        refusal(PublishedTable::NatsSss, None, content.as_bytes())
    };
    assert_eq!(
        with("8:8:8:8:8", "8:8:8:8:9"),
        "FILE, line 2, column arch: expected five widths, each a multiple of 8 up to 64, joined by colons, found \"8:8:8:8:9\""
    );
    assert_eq!(
        with("11714", "11715"),
        "FILE, line 2, column params: expected 11714, which the architecture determines, found \"11715\""
    );
    assert_eq!(
        with("4481104", ""),
        "FILE, line 2, column macs_conv_linear: expected 4481104, which the architecture determines, found nothing"
    );
    assert_eq!(
        with("79.79", "179.79"),
        "FILE, line 2, column cifar10_test_90ep: expected a number from 0 to 100, found \"179.79\""
    );
}

#[test]
fn naap_440() {
    let epochs = |of: &dyn Fn(usize) -> String| (1..=90).map(of).collect::<Vec<_>>().join(",");
    let header = epochs(&|epoch| format!("e{epoch}LossMean,e{epoch}Accuracy"));
    let values = epochs(&|epoch| format!("{},0.5", 1.0 / epoch as f64));
    let with = |from: &str, to: &str| {
        let header = format!("ModelId,NumParams,NumMACs,NumLayers,{header}");
        let content = format!("{header}\n1,2566,231600,3,{values}\n").replacen(from, to, 1);
        refusal(PublishedTable::Naap440, None, content.as_bytes())
    };
    let missing = with("e77Accuracy", "e77");
    assert!(missing.contains("no column \"e77Accuracy\""), "{missing}");
    assert_eq!(
        with(",231600,", ",0,"),
        "FILE, line 2, column NumMACs: expected 231600, as network 1 of NAAP-440 has, found \"0\""
    );
    assert_eq!(
        with("\n1,", "\n2,"),
        "FILE, line 2, column NumMACs: expected 273760, as network 2 of NAAP-440 has, found \"231600\""
    );
    let content = format!(
        "NumSkipConnections,ModelId,NumParams,NumMACs,NumLayers,{header}\r\n1,1,2566,231600,3,{values}\r\n"
    );
    assert_eq!(
        refusal(PublishedTable::Naap440, None, content.as_bytes()),
        "FILE, line 2, column NumSkipConnections: expected 0, as network 1 of NAAP-440 has, found \"1\""
    );
    assert_eq!(
        with("\n1,", "\n441,"),
        "FILE, line 2, column ModelId: expected a whole number from 1 to 440, found \"441\""
    );
    assert_eq!(
        with(",0.5", ",50"),
        "FILE, line 2, column e1Accuracy: expected a number from 0 to 1, found \"50\""
    );
}

#[test]
fn files_of_other_kinds_are_named() {
    for (bytes, what) in [
        (&b"PK\x03\x04"[..], "FILE is a zip archive"),
        (b"\x80\x04\x95", "FILE is a Python pickle"),
        (b"NBZTABLE", "FILE is a table of nbzero"),
        (b"\xff\xfe{\0", "FILE is text in UTF-16"),
        (&compressed(b"PK\x03\x04"), "FILE is a zip archive"),
    ] {
        for kind in PublishedTable::ALL {
            let dataset = kind.datasets().remove(0);
            let said = refusal(kind, Some(dataset), bytes);
            assert!(said.starts_with(what), "{said}");
        }
    }
    for kind in PublishedTable::ALL {
        let dataset = kind.datasets().remove(0);
        assert!(refusal(kind, Some(dataset), b"").contains("it is empty"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Nothing makes an importer panic: whatever bytes, and damaged files of each kind.
    #[test]
    fn no_file_makes_an_importer_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let chains = format!("{{{CHAIN}}}");
        for valid in [CELLS, &chains] {
            let mut damaged = valid.as_bytes().to_vec();
            for (at, value) in &flips {
                let at = at.index(damaged.len());
                damaged[at] = *value;
            }
            let short = damaged[..cut.index(damaged.len())].to_vec();
            for content in [&bytes, &damaged, &short] {
                fs::write(&path, content).unwrap();
                for kind in PublishedTable::ALL {
                    for dataset in kind.datasets() {
                        let _ = import(kind, &path, &options(dataset));
                    }
                }
            }
        }
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip() {
    let compressed = compressed(CELLS.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        import(PublishedTable::Nb201, path, &options("cifar100"))
    };
    // The content matters, not the name.
    let plain = read("plain.csv.gz", CELLS.as_bytes()).unwrap();
    assert_eq!(plain, read("compressed.csv", &compressed).unwrap());
    for length in 2..compressed.len() {
        let cut = read("cut", &compressed[..length]).unwrap_err();
        let ImportError::Table(cut) = cut else {
            panic!("{length}: {cut}");
        };
        assert!(matches!(*cut, Error::Gzip { .. }), "{length}: {cut}");
    }
    let missing = folder.path().join("missing");
    let missing = import(PublishedTable::Nb201, missing, &options("cifar100"));
    let missing = missing.unwrap_err().to_string();
    assert!(
        missing.ends_with("missing does not exist: check the path"),
        "{missing}"
    );
}

#[test]
fn names_that_do_not_exist() {
    let says = |kind, dataset| refusal(kind, dataset, b"");
    assert_eq!(
        says(PublishedTable::Nb201, None),
        "nb201 holds several datasets and a table holds one: choose one of cifar10, cifar100 and imagenet16"
    );
    assert_eq!(
        says(PublishedTable::AccelNasbench, Some("cifar10")),
        "accel-nasbench has no dataset \"cifar10\": choose one of imagenet"
    );
    assert_eq!(
        "nb101".parse::<PublishedTable>().unwrap_err().to_string(),
        "there is no importer for \"nb101\": choose one of nas-bench-macro, nb201, transnas-macro, accel-nasbench, channel-bench-resnet, channel-bench-mobilenet, nats-sss and naap-440"
    );
    for kind in PublishedTable::ALL {
        assert_eq!(kind.to_string().parse::<PublishedTable>().unwrap(), kind);
    }
}

/// Numbers of one row that cannot all be true.
#[test]
fn rows_that_contradict_themselves_are_refused() {
    let mean = CHAIN.replace("\"params\"", "\"mean_acc\": 2.6, \"params\"");
    let deviation = WIDTHS.replace("\"params\"", "\"mean\": 2.5, \"std\": 0.5, \"params\"");
    let json = |kind, entry: &str| refusal(kind, None, format!("{{{entry}}}").as_bytes());
    assert_eq!(
        json(PublishedTable::NasBenchMacro, &mean),
        "FILE, entry \"00000000\", column mean_acc: expected 2.5000, which test_acc makes, found 2.6"
    );
    assert_eq!(
        json(PublishedTable::ChannelBenchResnet, &deviation),
        "FILE, entry \"4432214\", column std: expected 0.8165 or 1.0000, which acc makes, found 0.5"
    );
    let csv = |kind, dataset, content: &str| refusal(kind, dataset, content.as_bytes());
    assert_eq!(
        csv(
            PublishedTable::NatsSss,
            None,
            "arch,c0,c1,params,macs_conv_linear,cifar10_test_90ep\n8:8:8:8:8,8,16,11714,4481104,79.79\n"
        ),
        "FILE, line 2, column c1: expected 8, as column arch, found \"16\""
    );
    let scores = "zen,synflow_log,snip,grasp,fisher,grad_norm,jacov,plain,nwot,l2_norm";
    let transnas = format!(
        "task,code,val_final,val_best,flops,params,{scores}\nclass_scene,1111,50,49.5,,,1,1,,,,,,,,\n"
    );
    assert_eq!(
        csv(
            PublishedTable::TransnasMacro,
            Some("class_scene"),
            &transnas
        ),
        "FILE, line 2, column val_best: expected at least 50 of column val_final, found \"49.5\""
    );
}
