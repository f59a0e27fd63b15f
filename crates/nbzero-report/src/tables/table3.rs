//! Table 3 of the paper: the same proxies on R1, R2 and MB.

use nbzero_metrics::Bootstrap;
use nbzero_table::Table;

use super::transfer::{Transfer, part, some_tables};
use crate::{Result, paper};

/// Measures Table 3 on tables of several spaces, with 1000 bootstrap resamples.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn table3(tables: &[&Table]) -> Result<Transfer> {
    table3_with(tables, Bootstrap::default())
}

/// Measures Table 3 with a bootstrap of your own.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn table3_with(tables: &[&Table], bootstrap: Bootstrap) -> Result<Transfer> {
    some_tables(tables, "table3")?;
    let measure = |table: &&Table| {
        let space = &table.metadata().space;
        part(table, bootstrap, |name| paper::table3_pick(space, name))
    };
    Ok(Transfer {
        name: "table3",
        title: "Table 3: zero-shot proxies in different search spaces",
        paper_note: "In parentheses: the paper's own values, measured with CIFAR-100 after 360 \
                     epochs on R1, R2 and MB (also beside r1-mini, r2-mini and mb-mini). Only the \
                     orders of the proxies can be compared, not the numbers.",
        parts: tables.iter().map(measure).collect::<Result<_>>()?,
    })
}
