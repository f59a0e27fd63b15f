//! A table of typed fields, from which every format is made.

use nbzero_metrics::Interval;

use crate::entrant::label;
use crate::grid::{Cell, Grid, csv_line};
use crate::number::{fixed, metric, significant};
use crate::{Estimate, Format};

/// Notes are broken so that they fit this terminal.
const WIDTH: usize = 100;

/// A table: title, columns, rows and notes.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub(crate) title: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Field>>,
    pub(crate) notes: Vec<String>,
}

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// In CSV.
    key: String,
    /// For people; `None`: only for CSV.
    heading: Option<String>,
    /// What follows the key in CSV, a column for each.
    suffixes: &'static [&'static str],
}

/// One value.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    Text(String),
    /// Does not apply to this row: a dash for people, nothing in CSV.
    Absent,
    Count(usize),
    /// A number that may be undefined, with decimals for people.
    Number(Option<f64>, usize),
    /// A large positive number, three digits and a unit for people.
    Metric(f64),
    /// A number of any size that may be undefined, six digits for people.
    Significant(Option<f64>),
    /// A measured number and the paper's.
    Paper(Option<f64>, Option<f64>, usize),
    /// An interval.
    Range(Option<Interval>, usize),
    /// A proxy by its name in commands; people read its label.
    Proxy(String),
    /// A number with its interval, and the paper's number.
    Estimate(Option<Estimate>, Option<f64>, usize),
    /// A number with its interval, which the paper does not have.
    Measured(Option<Estimate>, usize),
}

impl Column {
    pub(crate) fn plain(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self::new(key, Some(heading.into()), &[""])
    }

    /// Only in CSV.
    pub(crate) fn hidden(key: impl Into<String>) -> Self {
        Self::new(key, None, &[""])
    }

    /// Of [`Field::Paper`].
    pub(crate) fn paper(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self::new(key, Some(heading.into()), &["", "_paper"])
    }

    /// Of [`Field::Range`].
    pub(crate) fn range(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self::new(key, Some(heading.into()), &["_low", "_high"])
    }

    /// Of [`Field::Measured`].
    pub(crate) fn measured(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self::new(key, Some(heading.into()), &["", "_low", "_high"])
    }

    /// The same column, in CSV alone.
    pub(crate) fn only_in_csv(mut self) -> Self {
        self.heading = None;
        self
    }

    /// Of [`Field::Estimate`].
    pub(crate) fn estimate(key: impl Into<String>, heading: impl Into<String>) -> Self {
        let suffixes = &["", "_paper", "_low", "_high"];
        Self::new(key, Some(heading.into()), suffixes)
    }

    fn new(
        key: impl Into<String>,
        heading: Option<String>,
        suffixes: &'static [&'static str],
    ) -> Self {
        Self {
            key: key.into(),
            heading,
            suffixes,
        }
    }
}

impl Field {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn proxy(name: &str) -> Self {
        Self::Proxy(name.to_owned())
    }

    /// A number with its interval; the paper prints none.
    pub(crate) fn estimate(estimate: Estimate, decimals: usize) -> Self {
        Self::Estimate(Some(estimate), None, decimals)
    }

    fn cell(&self) -> Cell {
        let number = |value: Option<f64>, decimals: usize| {
            value.map_or_else(|| "none".to_owned(), |v| fixed(v, decimals))
        };
        let estimate = |estimate: &Option<Estimate>, paper: Option<f64>, decimals: usize| Cell {
            main: estimate.map_or_else(|| "-".to_owned(), |e| fixed(e.value, decimals)),
            // A bootstrap does not know the third decimal of an end.
            interval: estimate.map(|e| range(e.interval, decimals.min(2))),
            // The digits that the paper prints.
            paper: paper.map(|value| format!("{value:?}")),
        };
        match self {
            Self::Text(text) => Cell::new(text),
            Self::Absent => Cell::new("-"),
            Self::Count(count) => Cell::new(count.to_string()),
            Self::Number(value, decimals) => Cell::new(number(*value, *decimals)),
            Self::Metric(value) => Cell::new(metric(*value)),
            Self::Significant(value) => {
                Cell::new(value.map_or_else(|| "undefined".to_owned(), significant))
            }
            Self::Paper(value, paper, decimals) => Cell {
                paper: paper.map(|value| format!("{value:?}")),
                ..Cell::new(number(*value, *decimals))
            },
            Self::Range(interval, decimals) => Cell::new(range(*interval, *decimals)),
            Self::Proxy(name) => Cell::new(label(name)),
            Self::Estimate(value, paper, decimals) => estimate(value, *paper, *decimals),
            Self::Measured(value, decimals) => estimate(value, None, *decimals),
        }
    }

    fn csv(&self) -> Vec<Option<String>> {
        let text = |value: f64| value.to_string();
        match self {
            Self::Text(text) => vec![Some(text.clone())],
            Self::Absent => Vec::new(),
            Self::Count(count) => vec![Some(count.to_string())],
            Self::Number(value, _) | Self::Significant(value) => vec![value.map(text)],
            Self::Metric(value) => vec![Some(text(*value))],
            Self::Paper(value, paper, _) => vec![value.map(text), paper.map(text)],
            Self::Range(interval, _) => {
                vec![
                    interval.map(|i| text(i.low)),
                    interval.map(|i| text(i.high)),
                ]
            }
            Self::Proxy(name) => vec![Some(name.clone())],
            Self::Measured(estimate, _) => {
                let interval = estimate.and_then(|estimate| estimate.interval);
                vec![
                    estimate.map(|estimate| text(estimate.value)),
                    interval.map(|i| text(i.low)),
                    interval.map(|i| text(i.high)),
                ]
            }
            Self::Estimate(estimate, paper, _) => {
                let interval = estimate.and_then(|estimate| estimate.interval);
                vec![
                    estimate.map(|estimate| text(estimate.value)),
                    paper.map(text),
                    interval.map(|i| text(i.low)),
                    interval.map(|i| text(i.high)),
                ]
            }
        }
    }

    /// What a column is sorted by: a number, or nothing where it is undefined.
    fn key(&self) -> Option<f64> {
        match self {
            Self::Text(_) | Self::Proxy(_) | Self::Absent => None,
            Self::Estimate(estimate, ..) | Self::Measured(estimate, _) => {
                estimate.map(|estimate| estimate.value)
            }
            Self::Count(count) => Some(*count as f64),
            Self::Number(value, _) | Self::Significant(value) | Self::Paper(value, ..) => *value,
            Self::Metric(value) => Some(*value),
            Self::Range(interval, _) => interval.map(|i| i.low),
        }
    }
}

/// `0.02-0.31`; `-0.31 to 0.02` where a dash could be a sign.
fn range(interval: Option<Interval>, decimals: usize) -> String {
    let Some(interval) = interval else {
        return "none".to_owned();
    };
    let [low, high] = [interval.low, interval.high].map(|end| fixed(end, decimals));
    let between = if low.starts_with('-') { " to " } else { "-" };
    format!("{low}{between}{high}")
}

/// A cell as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct PageCell {
    pub(crate) cell: Cell,
    pub(crate) key: Option<f64>,
    pub(crate) is_text: bool,
}

impl Sheet {
    /// The table in a format for people or as CSV; `None` for JSON, which the values themselves make.
    pub(crate) fn render(&self, format: Format) -> Option<String> {
        match format {
            Format::Text => Some(self.grid().text(WIDTH)),
            Format::Markdown => Some(self.grid().markdown()),
            Format::Csv => Some(self.csv()),
            Format::Json => None,
        }
    }

    /// The headings for people.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|c| c.heading.as_deref())
    }

    /// The cells for people, with what they are sorted by.
    pub(crate) fn page_rows(&self) -> impl Iterator<Item = Vec<PageCell>> {
        let page = |field: &Field| PageCell {
            cell: field.cell(),
            key: field.key(),
            is_text: matches!(field, Field::Text(_) | Field::Proxy(_)),
        };
        self.rows.iter().map(move |row| self.shown(row, page))
    }

    fn grid(&self) -> Grid {
        Grid {
            title: self.title.clone(),
            header: self.headings().map(str::to_owned).collect(),
            rows: self
                .rows
                .iter()
                .map(|row| self.shown(row, Field::cell))
                .collect(),
            notes: self.notes.clone(),
        }
    }

    /// The fields of the columns that people see.
    fn shown<T>(&self, row: &[Field], show: impl Fn(&Field) -> T) -> Vec<T> {
        let pairs = self.columns.iter().zip(row);
        let shown = pairs.filter(|(column, _)| column.heading.is_some());
        shown.map(|(_, field)| show(field)).collect()
    }

    fn csv(&self) -> String {
        let names = |column: &Column| {
            let name = |suffix: &&str| Some(format!("{}{suffix}", column.key));
            column.suffixes.iter().map(name).collect::<Vec<_>>()
        };
        let mut text = csv_line(self.columns.iter().flat_map(names));
        let values = |(column, field): (&Column, &Field)| {
            let mut values = field.csv();
            values.resize(column.suffixes.len(), None);
            values
        };
        for row in &self.rows {
            text.push_str(&csv_line(self.columns.iter().zip(row).flat_map(values)));
        }
        text
    }
}
