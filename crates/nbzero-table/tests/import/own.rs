//! A CSV of anybody's benchmark.

use std::fs;

use nbzero_table::import::{About, OwnColumns, own_table, read_own_csv};
use nbzero_table::{Cost, Dataset, OwnName, Split, Table};
use proptest::prelude::*;

fn about(sizes: Option<(u32, u32)>) -> About {
    About {
        name: OwnName::of("mine").unwrap(),
        dataset: None,
        classes: sizes.map(|(classes, _)| classes),
        resolution: sizes.map(|(_, side)| (side as usize).into()),
        origin: "mine.csv".into(),
    }
}

fn imported(content: &str, sizes: Option<(u32, u32)>) -> Result<Table, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    fs::write(&path, content).unwrap();
    let columns = OwnColumns {
        arch: "net".into(),
        accuracy: "top1".into(),
        flops: content.contains("macs").then(|| "macs".into()),
        params: content.contains("weights").then(|| "weights".into()),
        depth: content.contains("layers").then(|| "layers".into()),
    };
    let about = about(sizes);
    let read = read_own_csv(&path, &columns, &about);
    let table = read.and_then(|networks| own_table(&path, &about, networks));
    table.map_err(|error| {
        error
            .to_string()
            .replace(&path.display().to_string(), "FILE")
    })
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let table = imported("net;top1;macs\nb;71,5;4,1e9\na;;300\nc;60;\n", None).unwrap();
    assert_eq!(table.architectures(), ["a", "b", "c"]);
    assert_eq!(table.flops(), [Some(300), Some(4_100_000_000), None]);
    assert_eq!(table.costs(Cost::Params), [None; 3]);
    assert_eq!(table.costs(Cost::Depth), [None; 3]);
    assert_eq!(
        table.mean_accuracy(Split::Test),
        [None, Some(71.5), Some(60.0)]
    );
    assert_eq!(table.mean_accuracy(Split::NasValidation), [None; 3]);
    let metadata = table.metadata();
    assert_eq!((metadata.classes, metadata.resolution), (None, None));
    assert_eq!(metadata.dataset.to_string(), "own:mine");
    assert!(table.stages().iter().all(Vec::is_empty));
    let bytes = table.to_bytes("t".as_ref()).unwrap();
    assert_eq!(Table::from_bytes(&bytes, "t".as_ref()).unwrap(), table);
}

#[test]
fn costs_of_architectures_are_counted_and_compared() {
    let resnet20 =
        "net,top1,macs,weights\n\"r1:16:16x3s1,32x3s2,64x3s2\",92,40813184,\nmine,90,5,\n";
    let table = imported(resnet20, Some((10, 32))).unwrap();
    let row = table.find("r1:16:16x3s1,32x3s2,64x3s2").unwrap();
    assert_eq!(
        (row.flops(), row.params(), row.depth()),
        (Some(40_813_184), Some(272_474), Some(20))
    );
    assert_eq!(row.stages().len(), 3);
    assert_eq!(table.find("mine").unwrap().params(), None);
    let other = imported(&resnet20.replace("40813184", "40813185"), Some((10, 32))).unwrap_err();
    assert_eq!(
        other,
        "FILE, line 2, column macs: expected 40813184, which the architecture determines, found \"40813185\""
    );
    // Nobody says of how many classes and pixels.
    let table = imported(resnet20, None).unwrap();
    let row = table.find("r1:16:16x3s1,32x3s2,64x3s2").unwrap();
    assert_eq!((row.flops(), row.params()), (Some(40_813_184), None));
}

#[test]
fn one_network_has_one_name() {
    let both = "net,top1\n\"mb:8:8x1s1e6\",50\nmb:8:8x1s1,51\n";
    let error = imported(both, None).unwrap_err();
    assert_eq!(
        error,
        "FILE: line 2 and line 3 are both of mb:8:8x1s1; keep one of them"
    );
}

#[test]
fn what_is_no_accuracy_or_cost_is_refused() {
    for (content, wrong) in [
        (
            "net,top1\na,high\n",
            "line 2, column top1: expected a number from 0 to 100, found \"high\"",
        ),
        ("net,top1\na,101\n", "expected a number from 0 to 100"),
        (
            "net,top1\n,50\n",
            "line 2, column net: expected the name of a network, found nothing",
        ),
        ("net,top1\na,0.5\nb,0.75\n", "looks like a fraction"),
        (
            "net,top1,macs\na,50,1.25\n",
            "column macs: expected a whole number",
        ),
        (
            "net,top1,macs\na,50,-1\n",
            "column macs: expected a whole number",
        ),
        (
            "net,top1,layers\na,50,4294967296\n",
            "column layers: expected a whole number",
        ),
        ("net,acc\na,50\n", "no column \"top1\""),
        ("net,top1\na,\n", "no rows of networks with an accuracy"),
    ] {
        let error = imported(content, None).unwrap_err();
        assert!(error.contains(wrong), "{error}");
    }
}

#[test]
fn a_dataset_may_be_one_that_is_known() {
    let known = Dataset::try_from("cifar10".to_owned()).unwrap();
    let about = About {
        dataset: Some(known),
        ..about(None)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    fs::write(&path, "arch,accuracy\na,50\n").unwrap();
    let columns = OwnColumns {
        arch: "arch".into(),
        accuracy: "accuracy".into(),
        flops: None,
        params: None,
        depth: None,
    };
    let networks = read_own_csv(&path, &columns, &about).unwrap();
    let table = own_table(&path, &about, networks).unwrap();
    assert_eq!(table.metadata().dataset, Dataset::Cifar10);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a-c,;0-9.\n\"e:xs]{0,60}") {
        let _ = imported(&format!("net,top1,macs\n{text}"), Some((10, 8)));
        let _ = imported(&text, None);
    }
}
