//! Tables of text, and numbers for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
pub(crate) use nbzero_report::significant as number;

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
