//! A file of scores as cells, whether it is CSV or Parquet.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use nbzero_table::import::Sheet;
use nbzero_table::read_text;

/// The column of architecture strings.
pub(super) const ARCH: &str = "arch";

/// The columns of a file but that of the architectures, and its rows.
pub(super) struct Cells {
    /// What stands in the header.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One network.
pub(super) struct Row {
    /// Where it stands: `line 3`.
    pub(super) place: String,
    pub(super) arch: String,
    /// In the order of the names.
    pub(super) cells: Vec<Cell>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Number(f64),
    /// Anything else, as it is written.
    Other(String),
}

/// Reads a file of either format; its first bytes say which it is.
pub(super) fn read(path: &Path) -> Result<Cells> {
    if is_parquet(path) {
        #[cfg(feature = "parquet")]
        return super::parquet::read(path);
        #[cfg(not(feature = "parquet"))]
        anyhow::bail!(
            "this nbzero was built without Parquet and cannot read {}: build it with `--features \
             parquet`, or give CSV",
            path.display()
        );
    }
    csv(path)
}

/// What cannot be read is said by whoever reads it.
fn is_parquet(path: &Path) -> bool {
    let mut start = [0; 4];
    // From a pipe bytes come once.
    if !path.is_file() {
        return false;
    }
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == b"PAR1"
}

fn csv(path: &Path) -> Result<Cells> {
    let text = read_text(path)?;
    let sheet = Sheet::read(path, "scores", &text)?;
    let arch = sheet
        .column(ARCH)
        .with_context(|| format!("{} cannot be matched with the table", path.display()))?;
    let columns: Vec<_> = sheet.columns().filter(|c| c.name() != ARCH).collect();
    let rows = sheet.lines().map(|line| Row {
        place: line.place(),
        arch: line.text(&arch).to_owned(),
        cells: columns
            .iter()
            .map(|column| match (line.text(column), line.float(column)) {
                ("", _) => Cell::Nothing,
                (_, Some(number)) => Cell::Number(number),
                (text, None) => Cell::Other(text.to_owned()),
            })
            .collect(),
    });
    Ok(Cells {
        rows: rows.collect(),
        names: columns.iter().map(|c| c.name().to_owned()).collect(),
    })
}
