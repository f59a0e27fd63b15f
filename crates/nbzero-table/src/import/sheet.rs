//! A CSV file by columns' names and rows' lines.

use std::path::Path;

use super::{ImportError, ImportResult};
use crate::error::list;

/// A CSV file with a header.
pub(super) struct Sheet<'a> {
    path: &'a Path,
    table: &'static str,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
}

/// A column that is there.
pub(super) struct Column {
    name: String,
    index: usize,
}

/// A row of a sheet.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    path: &'a Path,
    record: &'a csv::StringRecord,
}

impl<'a> Sheet<'a> {
    /// Reads the bytes of a file.
    pub(super) fn read(path: &'a Path, table: &'static str, bytes: &[u8]) -> ImportResult<Self> {
        let malformed = |error: csv::Error| ImportError::Malformed {
            path: path.into(),
            table,
            format: "CSV",
            reason: error.to_string(),
        };
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().map_err(malformed)?.clone();
        let records = reader.records().collect::<Result<_, _>>();
        Ok(Self {
            path,
            table,
            header,
            records: records.map_err(malformed)?,
        })
    }

    /// A column by name.
    pub(super) fn column(&self, name: impl Into<String>) -> ImportResult<Column> {
        let name = name.into();
        let index = self.header.iter().position(|known| known == name.as_str());
        let index = index.ok_or_else(|| ImportError::MissingColumn {
            path: self.path.into(),
            table: self.table,
            column: name.clone(),
            known: self.known(),
        })?;
        Ok(Column { name, index })
    }

    /// The columns that are there, as far as a person would read on: a file of another kind may be one
    /// long line.
    fn known(&self) -> String {
        const MOST: usize = 40;
        let short = |name: &str| match name.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}...", &name[..end]),
            None => name.to_owned(),
        };
        let first = self.header.iter().take(MOST).map(short);
        let more = self.header.len().saturating_sub(MOST);
        let more = (more > 0).then(|| format!("{more} more"));
        list(first.chain(more))
    }

    /// All rows.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let path = self.path;
        self.records.iter().map(move |record| Line { path, record })
    }
}

impl<'a> Line<'a> {
    /// Where the row stands: `line N`.
    pub(super) fn place(&self) -> String {
        let line = self.record.position().map_or(0, csv::Position::line);
        format!("line {line}")
    }

    /// The text of a cell.
    pub(super) fn text(&self, column: &Column) -> &'a str {
        self.record.get(column.index).unwrap_or_default()
    }

    /// A cell that must hold a finite number.
    pub(super) fn number(&self, column: &Column) -> ImportResult<f64> {
        let value = self.text(column).parse().ok();
        value
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| self.bad(column, "a number"))
    }

    /// A cell that must hold a number from 0 to `most`.
    pub(super) fn number_to(&self, column: &Column, most: f64) -> ImportResult<f64> {
        let value = self.text(column).parse().ok();
        value
            .filter(|value| (0.0..=most).contains(value))
            .ok_or_else(|| self.bad(column, format!("a number from 0 to {most}")))
    }

    /// A cell that must hold millions with up to six decimals: a whole number of ones.
    pub(super) fn millions(&self, column: &Column) -> ImportResult<u64> {
        let ones = self.number(column)? * 1e6;
        let whole = ones.round();
        // The files write 17.958592 as 17.958591999999999: a sum of floats.
        if !(1.0..1e15).contains(&whole) || (ones - whole).abs() > 0.01 {
            return Err(self.bad(column, "millions, with up to six decimals"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to 1e15"
        )]
        Ok(whole as u64)
    }

    /// The error for a cell that does not hold what it should.
    pub(super) fn bad(&self, column: &Column, expected: impl Into<String>) -> ImportError {
        ImportError::BadValue {
            path: self.path.into(),
            place: self.place(),
            column: column.name.clone(),
            expected: expected.into(),
            found: match self.text(column) {
                "" => "nothing".into(),
                text => format!("{text:?}"),
            },
        }
    }
}
