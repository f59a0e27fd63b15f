//! The leaderboard as a file that anyone can read again without the published accuracies.

use std::path::Path;

use nbzero_metrics::Interval;
use nbzero_table::import::{Column, ImportResult, Line, Sheet as Cells};
use nbzero_table::read_text;

use super::sheets::columns;
use super::{Board, Kind, Leaderboard, Reported, Standing};
use crate::sheet::Sheet;
use crate::{Estimate, Format, Result};

impl Leaderboard {
    /// All boards as one CSV file, a line a row of a board; [`read_leaderboard`] reads it.
    pub fn file(&self) -> String {
        let sheet = Sheet {
            title: String::new(),
            columns: columns(),
            rows: self.boards.iter().flat_map(Board::rows).collect(),
            notes: Vec::new(),
        };
        sheet.render(Format::Csv).unwrap_or_default()
    }
}

/// Reads what [`Leaderboard::file`] has written.
///
/// # Errors
///
/// If the file cannot be read, or is not such a file; the error names the line and the column.
pub fn read_leaderboard(path: &Path) -> Result<Leaderboard> {
    let text = read_text(path)?;
    let cells = Cells::read(path, "the leaderboard", &text)?;
    let file = File { cells: &cells };
    let mut boards: Vec<Board> = Vec::new();
    for line in cells.lines() {
        let name = line.text(&file.column("benchmark")?);
        let place = boards.iter().position(|board| board.name == name);
        let place = place.unwrap_or(boards.len());
        if place == boards.len() {
            boards.push(file.board(line)?);
        }
        boards[place].standings.push(file.standing(line)?);
    }
    Ok(Leaderboard { boards })
}

struct File<'a> {
    cells: &'a Cells<'a>,
}

impl File<'_> {
    fn column(&self, name: &str) -> ImportResult<Column> {
        self.cells.column(name)
    }

    fn text(&self, line: Line<'_>, name: &str) -> ImportResult<String> {
        Ok(line.text(&self.column(name)?).to_owned())
    }

    /// A finite number, or nothing in an empty cell.
    fn number(&self, line: Line<'_>, name: &str) -> ImportResult<Option<f64>> {
        let column = self.column(name)?;
        if line.text(&column).is_empty() {
            return Ok(None);
        }
        let number = line.float(&column).filter(|number| number.is_finite());
        let number = number.ok_or_else(|| line.bad(&column, "a number, or nothing"));
        number.map(Some)
    }

    fn count(&self, line: Line<'_>, name: &str) -> ImportResult<usize> {
        let column = self.column(name)?;
        let count = line.text(&column).parse();
        count.map_err(|_| line.bad(&column, "a whole number"))
    }

    /// An index with its interval.
    fn estimate(&self, line: Line<'_>, name: &str) -> ImportResult<Option<Estimate>> {
        let Some(value) = self.number(line, name)? else {
            return Ok(None);
        };
        let resamples = self.count(line, "resamples")?;
        let [low, high] = ["low", "high"].map(|end| self.number(line, &format!("{name}_{end}")));
        let interval = low?.zip(high?).map(|(low, high)| Interval {
            low,
            high,
            resamples,
            defined: resamples,
        });
        Ok(Some(Estimate { value, interval }))
    }

    /// A board without rows.
    fn board(&self, line: Line<'_>) -> ImportResult<Board> {
        let column = self.column("kind")?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == line.text(&column));
        Ok(Board {
            name: self.text(line, "benchmark")?,
            family: self.text(line, "family")?,
            kind: kind.ok_or_else(|| line.bad(&column, Kind::ALL.map(Kind::name).join(" or ")))?,
            scored: self.text(line, "scored")?,
            networks: self.count(line, "networks")?,
            standings: Vec::new(),
        })
    }

    fn standing(&self, line: Line<'_>) -> ImportResult<Standing> {
        let column = self.column("defined")?;
        let defined = self.number(line, "defined")?;
        let formula = self.text(line, "formula")?;
        let reported = self
            .number(line, "tau_paper")?
            .zip(self.number(line, "spearman_paper")?);
        let source = self.text(line, "paper")?;
        Ok(Standing {
            name: self.text(line, "row")?,
            formula: (!formula.is_empty()).then_some(formula),
            tau: self.estimate(line, "tau")?,
            spearman: self.estimate(line, "spearman")?,
            mbr: self.estimate(line, "mbr")?,
            mbr10: self.estimate(line, "mbr10")?,
            top_tau: self.estimate(line, "top_tau")?,
            seconds: self.number(line, "seconds")?,
            defined: defined.ok_or_else(|| line.bad(&column, "a number"))?,
            paper: reported.map(|(tau, spearman)| Reported {
                tau,
                spearman,
                source,
            }),
        })
    }
}
