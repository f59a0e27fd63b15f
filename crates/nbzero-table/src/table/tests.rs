//! Queries.

use crate::sample::{build, record, table};
use crate::{Cost, Direction, Error, Split};

const SMALL: &str = "r1:8:16x1s2";
const LARGE: &str = "r1:16:8x1s2,16x1s2";

#[test]
fn columns_are_in_the_order_of_the_architectures() -> Result<(), Error> {
    let table = table();
    assert_eq!(table.architectures(), [LARGE, SMALL]);
    assert_eq!(table.flops(), [18_000, 11_000].map(Some));
    assert_eq!(table.costs(Cost::Params), [180, 110].map(Some));
    assert_eq!(table.costs(Cost::Depth), [8, 8].map(Some));
    assert_eq!(table.seeds(), [0, 1]);
    assert_eq!(table.proxies().collect::<Vec<_>>(), ["grasp", "snip"]);
    assert_eq!(table.accuracy(Split::Test, 0)?, [Some(70.0), Some(61.5)]);
    assert_eq!(
        table.accuracy(Split::NasValidation, 1)?,
        [None, Some(31.25)]
    );
    assert_eq!(table.mean_accuracy(Split::Test), [Some(70.0), Some(62.0)]);
    assert_eq!(table.direction("grasp")?, Direction::Lower);
    assert_eq!(table.score_values("snip")?, [6.0, 11.0 / 3.0]);
    assert!(
        table
            .score_values("grasp")?
            .iter()
            .all(|value| value.is_nan())
    );
    Ok(())
}

#[test]
fn rows_know_everything() -> Result<(), Error> {
    let table = table();
    let row = table.find(SMALL).expect("there");
    assert_eq!((row.index(), row.arch(), row.depth()), (1, SMALL, Some(8)));
    assert_eq!(
        (row.flops(), row.cost(Cost::Params)),
        (Some(11_000), Some(110))
    );
    assert_eq!(row.accuracy(Split::Test, 1)?, Some(62.5));
    assert_eq!(row.score("grasp")?.reason(), Some("singular"));
    assert_eq!(row.scores().len(), 2);
    assert_eq!(row.stages().len(), 1);
    assert!(table.find("r1:8:16x1s3").is_none());
    assert!(table.row(2).is_none());
    assert_eq!(
        table.rows().map(|row| row.index()).collect::<Vec<_>>(),
        [0, 1]
    );
    Ok(())
}

#[test]
fn what_is_missing_is_named_with_what_exists() {
    let table = table();
    assert_eq!(
        table.scores("zen").expect_err("missing").to_string(),
        "the table has no scores of \"zen\": it has grasp and snip"
    );
    assert_eq!(
        table
            .accuracy(Split::Test, 7)
            .expect_err("missing")
            .to_string(),
        "the table has no accuracies of seed 7: it has the seeds 0 and 1"
    );
    assert_eq!(
        "valid".parse::<Split>().expect_err("missing").to_string(),
        "there is no split \"valid\": choose one of test and nas-validation"
    );
    assert!("latency".parse::<Cost>().is_err());
}

#[test]
fn the_best_under_a_budget() -> Result<(), Error> {
    let table = table();
    let best = |budget| {
        table
            .best_under(Cost::Flops, budget, Split::Test)
            .map(|row| row.arch())
    };
    assert_eq!(best(u64::MAX), Some(LARGE));
    assert_eq!(best(18_000), Some(LARGE));
    assert_eq!(best(17_999), Some(SMALL));
    assert_eq!(best(10_999), None);
    // Equal accuracies: the cheaper one, though it stands later.
    let tied = build(&[
        record("aa", 0, 50.0),
        record("b", 0, 50.0),
        record("c", 0, 50.0),
    ])?;
    let best = tied.best_under(Cost::Flops, u64::MAX, Split::Test);
    assert_eq!(best.map(|row| row.arch()), Some("b"));
    Ok(())
}
