//! Table 2 of the paper: the same proxies on three datasets.

use nbzero_metrics::Bootstrap;
use nbzero_table::Table;

use super::transfer::{Transfer, part, some_tables};
use crate::{Result, paper};

/// Measures Table 2 on tables of several datasets, with 1000 bootstrap resamples.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn table2(tables: &[&Table]) -> Result<Transfer> {
    table2_with(tables, Bootstrap::default())
}

/// Measures Table 2 with a bootstrap of your own.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn table2_with(tables: &[&Table], bootstrap: Bootstrap) -> Result<Transfer> {
    some_tables(tables, "table2")?;
    let measure = |table: &&Table| {
        let dataset = table.metadata().dataset;
        part(table, bootstrap, |name| paper::table2_pick(dataset, name))
    };
    Ok(Transfer {
        name: "table2",
        title: "Table 2: zero-shot proxies on different datasets",
        paper_note: "In parentheses: the paper's own values, measured on R1 after 360 epochs (those \
                     of ImageNet-16-120 also beside imagenet16-tiny). Only the orders of the proxies \
                     can be compared, not the numbers.",
        parts: tables.iter().map(measure).collect::<Result<_>>()?,
    })
}
