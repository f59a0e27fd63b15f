//! The paper's statements on small made-up tables.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{bootstrap, ten_networks, with_more_proxies};
use nbzero_report::{Exhibit, Format, Ruling, claims, fig9};
use nbzero_table::Dataset;

#[test]
fn a_missing_table_is_named() {
    let found = claims(&[&ten_networks()], None, bootstrap()).unwrap();
    assert_eq!(found.claims.len(), 27);
    let first = &found.claims[0];
    assert_eq!(first.verdict, Ruling::CannotBeSaid);
    assert_eq!(first.missing.as_deref(), Some("a table of cells"));
}

#[test]
fn equal_tables_agree_and_so_cells_transfer() {
    let (cells, chains) = (
        with_more_proxies("nb201-mini", Dataset::Cifar100, 1),
        with_more_proxies("r1-mini", Dataset::Cifar100, 1),
    );
    let found = claims(&[&cells, &chains], None, bootstrap()).unwrap();
    assert_eq!(found.about[0].space, "r1-mini");
    let value = found.claims[0].readings[0].numbers[0].estimate.value;
    assert!((value - 1.0).abs() < 1e-9);
    assert_ne!(found.claims[0].verdict, Ruling::Holds);
}

#[test]
fn tables_may_have_more_proxies_than_combinations_can_be_searched() {
    let chains = with_more_proxies("r1-mini", Dataset::Cifar100, 30);
    let other = with_more_proxies("mb-mini", Dataset::Cifar100, 30);
    let found = claims(&[&chains, &other], None, bootstrap()).unwrap();
    let text = found.render(Format::Text).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(
        words
            .join(" ")
            .contains("Not combined, because more are too many to search: proxy_09, proxy_11")
    );
    let combined = fig9(&chains, &[&other], bootstrap()).unwrap();
    assert_eq!(combined.best.len(), 12);
    // log_synflow ranks as synflow does, and plain scores all networks alike.
    assert_eq!(combined.left_out.len(), 2 + 33 - 12);
}

#[test]
fn a_proxy_that_scores_all_networks_alike_is_best_by_nothing() {
    // plain is such a one.
    let found = claims(&[&ten_networks()], None, bootstrap()).unwrap();
    let text = found.render(Format::Text).unwrap();
    assert!(text.contains("Best by tau: ") && !text.contains("plain"));
    let json = found.render(Format::Json).unwrap();
    assert!(!json.contains("plain"), "{json}");
}

#[test]
fn every_format_is_written_and_text_fits() {
    let found = claims(&[&ten_networks()], None, bootstrap()).unwrap();
    let text = found.render(Format::Text).unwrap();
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );
    for format in Format::ALL {
        assert!(!found.render(format).unwrap().is_empty());
    }
}

#[test]
fn datasets_are_compared_where_one_space_has_several() {
    let tables = [
        with_more_proxies("r1-mini", Dataset::Cifar100, 1),
        with_more_proxies("mb-mini", Dataset::Cifar10, 1),
        with_more_proxies("mb-mini", Dataset::ImageNet16Tiny, 1),
    ];
    let found = claims(&tables.each_ref(), None, bootstrap()).unwrap();
    let agree = found.claims.iter();
    let agree = agree.filter(|c| c.subject.starts_with("Orders agree across"));
    let [datasets, spaces] = agree.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(
        datasets.readings[0].on,
        "mb-mini, cifar10; mb-mini, imagenet16-tiny"
    );
    let missing = spaces.missing.as_deref();
    assert_eq!(
        missing,
        Some("a table of another space of chains than r1-mini on cifar100")
    );
}

#[test]
fn networks_of_one_width_say_nothing_of_width() {
    let found = claims(&[&ten_networks()], None, bootstrap()).unwrap();
    let subject = "Width drives the accuracy";
    let claim = found.claims.iter().find(|c| c.subject == subject).unwrap();
    let missing = "networks of several widths on r1-mini, imagenet16-tiny";
    assert_eq!(claim.missing.as_deref(), Some(missing));
}
