//! The default proxies are chosen by the committed leaderboard: those of which the rows are made that no faster one
//! equals.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use nbzero_proxy::Group;
use nbzero_report::read_leaderboard;

#[test]
fn they_are_the_costs_and_what_the_front_of_tau_and_seconds_is_made_of() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/leaderboard.csv");
    let value = read_leaderboard(&path).unwrap().value();
    let mut chosen: BTreeSet<&str> = value.members_of_front();
    chosen.extend(["flops", "params", "depth"]);
    let definitions = Group::Default.definitions();
    let default: BTreeSet<&str> = definitions.map(|definition| definition.name).collect();
    assert_eq!(default, chosen);
}
