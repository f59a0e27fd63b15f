//! A CSV of anybody's benchmark: which column holds what is for the caller to say.
//!
//! - **Names**: any. A name that is an [`Architecture`] is written as nbzero writes it, and its costs
//!   are counted where classes and resolution are known; those of the file have to agree
//! - **What is not known**: an empty cell, or no column, is a cost or an accuracy that nobody knows

use std::path::Path;

use nbzero_graph::Resolution;
use nbzero_space::Architecture;

use super::ImportResult;
use super::draft::Costs;
use super::own::{About, OwnNetwork};
use super::sheet::{Column, Line, Sheet};
use crate::{Cost, read_text};

/// What the file is called in errors.
const NAME: &str = "a table of your own";

/// The most layers.
const MOST_LAYERS: u64 = u32::MAX as u64;

/// The names of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnColumns {
    /// The networks' names.
    pub arch: String,
    /// Test accuracies in percent.
    pub accuracy: String,
    /// FLOPs (multiply-accumulates), if there are such.
    pub flops: Option<String>,
    /// Parameters, if there are such.
    pub params: Option<String>,
    /// Convolution and linear layers, if there are such.
    pub depth: Option<String>,
}

/// Reads the networks of a CSV, plain or compressed with gzip, for [`own_table`](super::own_table).
///
/// # Errors
///
/// If the file cannot be read or is damaged; a column is missing; a name is empty, an accuracy no
/// number from 0 to 100, a cost no whole number; or an architecture costs something else.
pub fn read_own_csv(
    path: &Path,
    columns: &OwnColumns,
    about: &About,
) -> ImportResult<Vec<OwnNetwork>> {
    let text = read_text(path)?;
    let sheet = Sheet::read(path, NAME, &text)?;
    let cost = |name: &Option<String>| name.as_ref().map(|name| sheet.column(name)).transpose();
    let reader = Reader {
        arch: sheet.column(&columns.arch)?,
        accuracy: sheet.column(&columns.accuracy)?,
        costs: [
            cost(&columns.flops)?,
            cost(&columns.params)?,
            cost(&columns.depth)?,
        ],
        sizes: about.classes.zip(about.resolution),
    };
    sheet.lines().map(|line| reader.network(line)).collect()
}

struct Reader {
    arch: Column,
    accuracy: Column,
    /// FLOPs, parameters and depth.
    costs: [Option<Column>; 3],
    /// Classes and resolution.
    sizes: Option<(u32, Resolution)>,
}

impl Reader {
    fn network(&self, line: Line<'_>) -> ImportResult<OwnNetwork> {
        let name = line.text(&self.arch);
        if name.is_empty() {
            return Err(line.bad(&self.arch, "the name of a network"));
        }
        let architecture = name.parse::<Architecture>().ok();
        let counted = architecture.as_ref().zip(self.sizes);
        let counted = counted.map(|(one, (classes, resolution))| {
            let Costs {
                flops,
                params,
                depth,
            } = Costs::of(one, classes, resolution);
            [flops, params, u64::from(depth)]
        });
        let cost = |of: usize| {
            let counted = counted.map(|counted| counted[of]);
            self.cost(line, of, counted)
        };
        let accuracy = match line.text(&self.accuracy) {
            "" => None,
            _ => Some(line.number_to(&self.accuracy, 100.0)?),
        };
        Ok(OwnNetwork {
            place: line.place(),
            flops: cost(0)?,
            params: cost(1)?,
            depth: cost(2)?.and_then(|depth| u32::try_from(depth).ok()),
            accuracy,
            arch: architecture.map_or(name.to_owned(), |one| one.to_string()),
        })
    }

    /// A cost of a row: that of the file, and of a network that can be counted that which it has.
    fn cost(&self, line: Line<'_>, of: usize, counted: Option<u64>) -> ImportResult<Option<u64>> {
        let Some(column) = self.costs[of]
            .as_ref()
            .filter(|column| !line.text(column).is_empty())
        else {
            return Ok(counted);
        };
        let most = if Cost::ALL[of] == Cost::Depth {
            MOST_LAYERS
        } else {
            u64::MAX
        };
        let given = whole(line, column).filter(|&value| value <= most);
        let given = given.ok_or_else(|| {
            let what = "a whole number, such as 1250000 and not 1.25 for millions";
            line.bad(column, what)
        })?;
        match counted {
            Some(counted) if counted != given => {
                let expected = format!("{counted}, which the architecture determines");
                Err(line.bad(column, expected))
            }
            _ => Ok(Some(given)),
        }
    }
}

/// A whole number, also as programs write it that know floats alone: `1250000.0`, `1.25e6`.
fn whole(line: Line<'_>, column: &Column) -> Option<u64> {
    /// Up to here floats hold every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Ok(value) = line.text(column).parse() {
        return Some(value);
    }
    let value = line.float(column)?;
    let is_whole = (0.0..=EXACT).contains(&value) && value.fract() == 0.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and neither negative nor too large"
    )]
    is_whole.then_some(value as u64)
}
