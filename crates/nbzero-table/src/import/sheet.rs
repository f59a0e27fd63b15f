//! A sheet of cells by columns' names and rows' lines: CSV as programs and spreadsheets write it.

use std::borrow::Cow;
use std::path::Path;

use super::{ImportError, ImportResult};
use crate::error::list;

/// What may separate the fields, the usual one first.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A file of rows and columns with a header.
///
/// Fields are separated by commas, semicolons or tabs, whichever the header has most fields with.
/// Where it is not commas, numbers may have decimal commas, if all numbers of the file do. Blanks
/// around a field do not belong to it, and rows of nothing but blanks are none.
#[derive(Debug)]
pub struct Sheet<'a> {
    path: &'a Path,
    table: &'static str,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
    decimal_commas: bool,
}

/// A column that is there.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    index: usize,
}

/// A row of a sheet.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    path: &'a Path,
    record: &'a csv::StringRecord,
    decimal_commas: bool,
}

impl<'a> Sheet<'a> {
    /// Reads a text; `path` and `table` name the file and what it should hold in errors.
    ///
    /// # Errors
    ///
    /// If it is empty, has no columns or two of one name, rows of different lengths, both decimal points
    /// and decimal commas, or marks that may be decimal ones or separate thousands.
    pub fn read(path: &'a Path, table: &'static str, text: &[u8]) -> ImportResult<Self> {
        let malformed = |reason: String| ImportError::Malformed {
            path: path.into(),
            table,
            format: "CSV",
            reason,
        };
        if text.trim_ascii().is_empty() {
            return Err(malformed("it is empty".into()));
        }
        let separator = separator(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text);
        let unreadable = |error: csv::Error| malformed(error.to_string());
        let header = reader.headers().map_err(unreadable)?.clone();
        if let Some(name) = twice(&header) {
            return Err(ImportError::ColumnTwice {
                path: path.into(),
                column: name.into(),
            });
        }
        let records = reader.records().collect::<Result<Vec<_>, _>>();
        let mut records = records.map_err(unreadable)?;
        records.retain(|record| record.iter().any(|cell| !cell.is_empty()));
        if let Some(odd) = records.iter().find(|record| record.len() != header.len()) {
            return Err(malformed(format!(
                "{} has {} fields, and the header has {}",
                place(odd),
                odd.len(),
                header.len()
            )));
        }
        let decimal_commas =
            separator != b',' && decimal_commas(&records, separator).map_err(malformed)?;
        Ok(Self {
            path,
            table,
            header,
            records,
            decimal_commas,
        })
    }

    /// The names of the columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        let names = self.header.iter().enumerate();
        names.map(|(index, name)| Column {
            name: name.to_owned(),
            index,
        })
    }

    /// A column by name, if there is one.
    pub fn find(&self, name: &str) -> Option<Column> {
        self.columns().find(|column| column.name == name)
    }

    /// A column by name.
    ///
    /// # Errors
    ///
    /// If there is none; the error lists those that exist.
    pub fn column(&self, name: impl Into<String>) -> ImportResult<Column> {
        let name = name.into();
        self.find(&name).ok_or_else(|| {
            let path = self.path.into();
            match self.header.len() {
                1 => ImportError::OneColumn {
                    path,
                    table: self.table,
                    column: name,
                    known: self.known(),
                },
                _ => ImportError::MissingColumn {
                    path,
                    table: self.table,
                    column: name,
                    known: self.known(),
                },
            }
        })
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
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.records.iter().map(|record| Line {
            path: self.path,
            record,
            decimal_commas: self.decimal_commas,
        })
    }
}

impl Column {
    /// Its name in the header.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The separator with which the header has most fields.
fn separator(text: &[u8]) -> u8 {
    let fields = |separator: &u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(*separator)
            .from_reader(text);
        reader.byte_headers().map_or(0, csv::ByteRecord::len)
    };
    // The last one of the largest: so the usual one comes last.
    let best = SEPARATORS.into_iter().rev().max_by_key(fields);
    best.unwrap_or(SEPARATORS[0])
}

/// The first name that two columns have. Several may have none.
fn twice(header: &csv::StringRecord) -> Option<&str> {
    let mut names: Vec<&str> = header.iter().filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    let mut pairs = names.windows(2);
    pairs.find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// Whether the numbers have decimal commas; the error names one of each where some have points, or one
/// that may be a thousand. A file of semicolons comes from where commas are decimal, and points are not.
fn decimal_commas(records: &[csv::StringRecord], separator: u8) -> Result<bool, String> {
    let first = |mark: char| {
        records.iter().find_map(|record| {
            let cell = record.iter().find(|cell| is_decimal(cell, mark))?;
            Some((place(record), cell))
        })
    };
    let thousands = |mark: char| {
        let may_be = |cell: &str| !is_decimal(cell, mark) || may_be_thousands(cell, mark);
        records.iter().flatten().all(may_be)
    };
    let unclear = |(at, cell): (String, &str), mark: char| {
        format!(
            "{cell:?} ({at}) may be {} or {}: separate fields with commas, and write numbers with a \
             decimal point and no separator of thousands",
            cell.replace(mark, "."),
            cell.replace(mark, "")
        )
    };
    match (first(','), first('.')) {
        (None, Some(found)) if separator == b';' && thousands('.') => Err(unclear(found, '.')),
        (None, _) => Ok(false),
        (Some(found), None) if thousands(',') => Err(unclear(found, ',')),
        (Some(_), None) => Ok(true),
        (Some((comma_at, comma)), Some((point_at, point))) => Err(format!(
            "{comma:?} ({comma_at}) has a decimal comma and {point:?} ({point_at}) a decimal point; \
             write all numbers in one way"
        )),
    }
}

/// Whether it is a number with one such decimal mark.
fn is_decimal(cell: &str, mark: char) -> bool {
    let Some((whole, part)) = cell.split_once(mark) else {
        return false;
    };
    let whole = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let (part, exponent) = part.split_once(['e', 'E']).unwrap_or((part, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part) && digits(exponent)
}

/// Whether the mark of a number may separate thousands: one to three digits, none of them a leading zero,
/// and three behind it.
fn may_be_thousands(cell: &str, mark: char) -> bool {
    let Some((whole, part)) = cell.split_once(mark) else {
        return false;
    };
    let whole = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    (1..=3).contains(&whole.len()) && !whole.starts_with('0') && part.len() == 3
}

fn place(record: &csv::StringRecord) -> String {
    let line = record.position().map_or(0, csv::Position::line);
    format!("line {line}")
}

impl<'a> Line<'a> {
    /// Where the row stands: `line N`.
    pub fn place(&self) -> String {
        place(self.record)
    }

    /// The text of a cell.
    pub fn text(&self, column: &Column) -> &'a str {
        self.record.get(column.index).unwrap_or_default()
    }

    /// The number in a cell, which may be infinite or none; `None` where it is something else.
    pub fn float(&self, column: &Column) -> Option<f64> {
        let text = self.text(column);
        let text = if self.decimal_commas {
            Cow::from(text.replace(',', "."))
        } else {
            Cow::from(text)
        };
        text.parse().ok()
    }

    /// A cell that must hold a finite number.
    pub(super) fn number(&self, column: &Column) -> ImportResult<f64> {
        self.float(column)
            .filter(|value| value.is_finite())
            .ok_or_else(|| self.bad(column, "a number"))
    }

    /// A cell that must hold a number from 0 to `most`.
    pub(super) fn number_to(&self, column: &Column, most: f64) -> ImportResult<f64> {
        self.float(column)
            .filter(|value| (0.0..=most).contains(value))
            .ok_or_else(|| self.bad(column, format!("a number from 0 to {most}")))
    }

    /// A cell that must hold so many ones, in millions: what the architecture of the row has.
    pub(super) fn agree(&self, column: &Column, exact: u64) -> ImportResult<()> {
        // The files write 17.958592 as 17.958591999999999: a sum of floats.
        const NOISE: f64 = 0.01;
        let found = self.number(column)? * 1e6;
        if (found - exact as f64).abs() <= NOISE {
            return Ok(());
        }
        let (whole, part) = (exact / 1_000_000, exact % 1_000_000);
        let expected =
            format!("{whole}.{part:06} (in millions), which the architecture determines");
        Err(self.bad(column, expected))
    }

    /// Refuses a number, where there is one, below that of another column, which it cannot be below.
    pub(super) fn at_least(&self, column: Option<&Column>, other: &Column) -> ImportResult<()> {
        let Some(column) = column.filter(|column| !self.text(column).is_empty()) else {
            return Ok(());
        };
        if self.number(column)? >= self.number(other)? {
            return Ok(());
        }
        let expected = format!("at least {} of column {}", self.text(other), other.name());
        Err(self.bad(column, expected))
    }

    /// The error for a cell that does not hold what it should.
    pub fn bad(&self, column: &Column, expected: impl Into<String>) -> ImportError {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> ImportResult<Sheet<'static>> {
        Sheet::read(Path::new("file"), "this test", text.as_bytes())
    }

    fn numbers(text: &str) -> Vec<Option<f64>> {
        let sheet = sheet(text).expect("a sheet");
        let column = sheet.column("b").expect("a column");
        sheet.lines().map(|line| line.float(&column)).collect()
    }

    #[test]
    fn fields_are_separated_by_whatever_separates_the_header() {
        for text in [
            "a,b\nx,1.5\n",
            "a;b\nx;1.5\n",
            "a\tb\r\nx\t1.5\r\n",
            " a ; b \nx ; 1.5 \n",
        ] {
            assert_eq!(numbers(text), [Some(1.5)], "{text:?}");
        }
    }

    #[test]
    fn decimal_commas_are_read_where_commas_separate_nothing() {
        assert_eq!(
            numbers("a;b\nx;1,5\ny;-2,5e-3\nz;3\n"),
            [Some(1.5), Some(-2.5e-3), Some(3.0)]
        );
        // One that cannot be a thousand shows what the others are.
        assert_eq!(numbers("a;b\nx;1,234\ny;0,5\n"), [Some(1.234), Some(0.5)]);
        for text in ["a;b\nx;1,234\ny;900\n", "a\tb\nx\t1,234\ny\t2,000\n"] {
            let error = sheet(text).expect_err("thousands").to_string();
            assert!(error.contains("may be 1.234 or 1234"), "{error}");
        }
        // Points are decimal where one cannot be a thousand, and where no semicolon says otherwise.
        assert_eq!(numbers("a;b\nx;1.234\ny;0.5\n"), [Some(1.234), Some(0.5)]);
        assert_eq!(numbers("a\tb\nx\t1.234\n"), [Some(1.234)]);
        let error = sheet("a;b\nx;1.234\ny;900\n").expect_err("thousands");
        let error = error.to_string();
        assert!(error.contains("may be 1.234 or 1234"), "{error}");
        // It may be a thousand.
        assert_eq!(numbers("a,b\nx,\"1,500\"\n"), [None]);
        let mixed = sheet("a;b\nx;1,5\ny;2.5\n").expect_err("mixed").to_string();
        assert!(
            mixed.contains("\"1,5\" (line 2)") && mixed.contains("\"2.5\" (line 3)"),
            "{mixed}"
        );
    }

    #[test]
    fn no_two_columns_have_one_name() {
        let error = sheet("a,b, a\n1,2,3\n").expect_err("twice").to_string();
        assert_eq!(
            error,
            "file has two columns \"a\": leave out or rename one of them"
        );
        assert!(sheet("a,,\n1,2,3\n").is_ok());
    }

    #[test]
    fn rows_of_blanks_are_none_and_short_ones_are_named() {
        assert_eq!(
            numbers("a,b\n,\nx,1\n   \ny,2\n ,  \n"),
            [Some(1.0), Some(2.0)]
        );
        let error = sheet("a,b\nx,1\ny\n").expect_err("short").to_string();
        assert!(
            error.contains("line 3 has 1 fields, and the header has 2"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_sheet_says_what_was_expected() {
        let error = sheet(" \n").expect_err("empty").to_string();
        assert!(error.contains("it is empty"), "{error}");
        let one = sheet("a|b\n1|2\n").expect("one column").column("b");
        let error = one.expect_err("one column").to_string();
        assert!(error.contains("commas, semicolons or tabs"), "{error}");
    }
}
