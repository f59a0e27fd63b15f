//! Figure 2 of the paper: how FLOPs, parameters and accuracies are distributed.

use nbzero_metrics::Bootstrap;
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::exhibit::{Exhibit, document};
use crate::number::{fixed, metric};
use crate::plot::{Axis, Grid, INK, PAGE, Panel, Stroke, Text, look};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::tables::some_tables;
use crate::{About, Picture, Result};

/// Bars of a histogram.
const BINS: usize = 20;

/// Distributions on several tables, such as one of cells and one of chains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig2 {
    /// One for each table, in the order given.
    pub parts: Vec<Fig2Part>,
}

/// Distributions on one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig2Part {
    /// What it was measured on.
    pub about: About,
    /// Of FLOPs, parameters and accuracies.
    pub distributions: [Distribution; 3],
}

/// How one quantity is distributed over the networks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distribution {
    /// `flops`, `params` or `accuracy`.
    pub name: &'static str,
    /// Smallest value, quartiles, largest value.
    pub quartiles: [f64; 5],
    /// Number of networks in each of equally wide bins from the smallest to the largest value.
    pub bins: Vec<usize>,
}

/// Measures Figure 2 on each of the tables.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn fig2(tables: &[&Table]) -> Result<Fig2> {
    some_tables(tables, "fig2")?;
    let part = |table: &&Table| {
        let pool = Pool::with_accuracy(table)?;
        let none = Bootstrap {
            resamples: 0,
            seed: 0,
        };
        Ok(Fig2Part {
            about: About::new(&pool, none)?,
            distributions: [
                Distribution::new("flops", pool.costs(Cost::Flops)?.values()),
                Distribution::new("params", pool.costs(Cost::Params)?.values()),
                Distribution::new("accuracy", pool.accuracies.values()),
            ],
        })
    };
    Ok(Fig2 {
        parts: tables.iter().map(part).collect::<Result<_>>()?,
    })
}

impl Distribution {
    fn new(name: &'static str, values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let quartile = |i: usize| {
            // Between the two neighbours of the place.
            let (place, rest) = (i * last / 4, (i * last % 4) as f64 / 4.0);
            let (low, high) = (sorted[place], sorted[(place + 1).min(last)]);
            low + rest * (high - low)
        };
        let quartiles = [0, 1, 2, 3, 4].map(quartile);
        let (low, high) = (quartiles[0], quartiles[4]);
        let mut bins = vec![0; BINS];
        for value in sorted {
            let share = if high > low {
                (value - low) / (high - low)
            } else {
                0.5
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from 0 to the number of bins"
            )]
            let bin = (share * BINS as f64) as usize;
            bins[bin.min(BINS - 1)] += 1;
        }
        Self {
            name,
            quartiles,
            bins,
        }
    }

    fn axis(&self) -> Axis {
        let [low, .., high] = self.quartiles;
        let name = match self.name {
            "flops" => "FLOPs (multiply-accumulates)",
            "params" => "parameters",
            _ => "test accuracy (%)",
        };
        match self.name {
            "accuracy" => Axis::around([low, high], name),
            _ => Axis::from_zero([high], name),
        }
    }

    fn written(&self, value: f64) -> String {
        match self.name {
            "accuracy" => format!("{}%", fixed(value, 1)),
            _ => metric(value),
        }
    }

    /// Bars and the median.
    fn draw(
        &self,
        canvas: &mut crate::plot::Canvas<'_>,
        panel: &Panel,
        networks: usize,
    ) -> Result<()> {
        let [low, _, median, _, high] = self.quartiles;
        let width = if high > low {
            (high - low) / BINS as f64
        } else {
            1.0
        };
        // The grid lies behind the bars.
        panel.frame(canvas, true, true)?;
        for (i, count) in self
            .bins
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let start = low + i as f64 * width;
            let share = 100.0 * *count as f64 / networks as f64;
            let (foot, top) = (panel.at(start, 0.0), panel.at(start + width, share));
            let colour = look("zen").colour;
            canvas.rectangle((foot.0 + 0.1, foot.1), (top.0 - 0.1, top.1), colour, 0.85)?;
        }
        let (x, bottom) = panel.at(median, 0.0);
        let ends = [(x, panel.corner.1), (x, bottom)];
        canvas.line(&ends, Stroke::new(INK, 0.3).dashed(0.8))?;
        panel.x_name(canvas)?;
        panel.remark(canvas, &format!("median {}", self.written(median)))
    }
}

impl Fig2 {
    fn draw(&self) -> Result<Picture> {
        let (left, height, below) = (13.0, 24.0, 16.0);
        let grid = Grid::fill((left, 10.0), PAGE - left - 4.0, 3, height, (8.0, below));
        let total = 10.0 + self.parts.len() as f64 * (height + below) - below + 8.5;
        Picture::draw(PAGE, total, |canvas| {
            for (row, part) in self.parts.iter().enumerate() {
                for (column, distribution) in part.distributions.iter().enumerate() {
                    let networks = part.about.networks;
                    let most = distribution.bins.iter().max().copied().unwrap_or(0);
                    let most = 100.0 * most as f64 / networks as f64;
                    let panel = Panel {
                        corner: grid.corner(3 * row + column),
                        size: grid.panel,
                        x: distribution.axis(),
                        y: Axis::from_zero([most], "networks (%)"),
                    };
                    distribution.draw(canvas, &panel, networks)?;
                    if column == 0 {
                        let middle = panel.corner.1 + height / 2.0;
                        canvas.text(&panel.y.name, (3.0, middle), Text::label().upwards())?;
                        let title = format!("{}: {networks} networks", part.about.name());
                        let place = (left, panel.corner.1 - 5.5);
                        canvas.text(&title, place, Text::title().left())?;
                    }
                }
            }
            Ok(())
        })
    }
}

impl Exhibit for Fig2 {
    fn name(&self) -> &'static str {
        "fig2"
    }

    fn sheet(&self) -> Sheet {
        let names = ["space", "dataset", "networks", "quantity"];
        let ends = ["smallest", "25%", "median", "75%", "largest"];
        let mut columns: Vec<Column> = names.map(|n| Column::plain(n, n)).into();
        columns.extend(ends.map(|n| Column::plain(n, n)));
        let row = |part: &Fig2Part, distribution: &Distribution| {
            let mut fields = vec![
                Field::text(&part.about.space),
                Field::text(part.about.accuracies()),
                Field::Count(part.about.networks),
                Field::text(distribution.name),
            ];
            fields.extend(distribution.quartiles.map(|value| match distribution.name {
                "accuracy" => Field::Number(Some(value), 1),
                _ => Field::Metric(value),
            }));
            fields
        };
        let rows = self
            .parts
            .iter()
            .flat_map(|part| part.distributions.iter().map(move |d| row(part, d)));
        let mut notes = vec![
            "What to see: how much of each space is cheap and how much is good. Bars are networks in \
             20 equally wide bins, the dashed line is the median."
                .to_owned(),
        ];
        notes.extend(self.parts.iter().map(|part| part.about.measured()));
        notes.push(
            "FLOPs are multiply-accumulates for one image. The paper says: on NAS-Bench-201 FLOPs \
             reach 200M, parameters 1.6M and the best accuracy on CIFAR-100 is 73.3%; on its own \
             spaces 700M, 14M and 79.1%."
                .to_owned(),
        );
        Sheet {
            title: "Figure 2: distribution of FLOPs, parameters and accuracies".to_owned(),
            columns,
            rows: rows.collect(),
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    fn picture(&self) -> Result<Option<Picture>> {
        self.draw().map(Some)
    }
}
