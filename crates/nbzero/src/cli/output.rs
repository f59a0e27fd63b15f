//! Tables of text, and numbers for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// A borderless table: the first column left-aligned, the others right-aligned.
pub(crate) fn table(header: Vec<String>, rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Six significant digits; very large and very small numbers with an exponent.
pub(crate) fn number(value: f64) -> String {
    let magnitude = value.abs();
    if value.fract() == 0.0 && magnitude < 1e15 {
        return format!("{value}");
    }
    if !(1e-4..1e6).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    #[expect(clippy::cast_possible_truncation, reason = "between -4 and 6")]
    let decimals = usize::try_from(5 - magnitude.log10().floor() as i64).unwrap_or(0);
    format!("{value:.decimals$}")
}
