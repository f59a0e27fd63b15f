//! Figure 1 of the paper: mBR of every proxy, cells beside chains.

use nbzero_metrics::Bootstrap;
use nbzero_table::{Cost, Table};
use serde::Serialize;

use crate::entrant::{entrants, label, union};
use crate::exhibit::{Exhibit, document};
use crate::indices::EXPECTED;
use crate::judge::{Ground, against_flops};
use crate::plot::{Axis, COLUMN, DotRow, PAGE, Panel, Text, dot_rows, look};
use crate::pool::Pool;
use crate::sheet::{Column, Field, Sheet};
use crate::tables::some_tables;
use crate::{About, Judged, Picture, Result};

/// Height of a row, in millimetres.
const ROW: f64 = 4.2;

/// Millimetres for the headings above the panels.
const TOP: f64 = 8.0;

/// mBR of every proxy on several tables, such as one of cells and one of chains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig1 {
    /// One for each table, in the order given.
    pub parts: Vec<Fig1Part>,
}

/// mBR of every proxy on one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fig1Part {
    /// What it was measured on.
    pub about: About,
    /// Oracle, costs, then the table's proxies.
    pub rows: Vec<Judged>,
}

/// Measures Figure 1: mBR under FLOPs budgets on each of the tables.
///
/// # Errors
///
/// If there is no table, or one of them has no test accuracy.
pub fn fig1(tables: &[&Table], bootstrap: Bootstrap) -> Result<Fig1> {
    some_tables(tables, "fig1")?;
    let part = |table: &&Table| {
        let pool = Pool::new(table)?;
        let ground = Ground {
            accuracies: &pool.accuracies,
            costs: &pool.costs(Cost::Flops)?,
            judging: bootstrap.into(),
        };
        Ok(Fig1Part {
            about: About::new(&pool, bootstrap)?,
            rows: ground.judge(&entrants(&pool)?)?,
        })
    };
    Ok(Fig1 {
        parts: tables.iter().map(part).collect::<Result<_>>()?,
    })
}

impl Fig1 {
    fn names(&self) -> Vec<&str> {
        let rows = self.parts.iter().flat_map(|part| &part.rows);
        union(rows.map(|row| row.name.as_str()))
    }

    fn draw(&self) -> Result<Picture> {
        let names = self.names();
        // Names stand left of the first panel.
        let longest = names.iter().map(|name| Text::label().width(label(name)));
        let left = longest.fold(18.0, f64::max) + 2.0;
        let (gap, rows) = (6.0, names.len() as f64);
        let panels = self.parts.len() as f64;
        // One table fits a column, several share the page.
        let page = if self.parts.len() == 1 { COLUMN } else { PAGE };
        let width = (page - left - 3.0 + gap) / panels - gap;
        let ends = self.parts.iter().flat_map(|part| &part.rows).map(|row| {
            let high = row.mbr.interval.map_or(0.0, |interval| interval.high);
            high.max(row.mbr.value)
        });
        let x = Axis::from_zero(ends, "mean best rank (mBR), lower is better");
        Picture::draw(page, TOP + rows * ROW + 8.5, |canvas| {
            for (i, part) in self.parts.iter().enumerate() {
                let panel = Panel {
                    corner: (left + i as f64 * (width + gap), TOP),
                    size: (width, rows * ROW),
                    x: x.clone(),
                    y: Axis::exact(0.0, rows, "").ticks([]),
                };
                panel.vertical_grid(canvas)?;
                panel.frame(canvas, true, false)?;
                panel.x_name(canvas)?;
                // Names of tables may be as long as a panel is wide.
                let above = (panel.corner.0, panel.corner.1 - 5.0);
                canvas.text(&part.about.name(), above, Text::title().left())?;
                panel.remark(canvas, &format!("{} networks", part.about.networks))?;
                let rows: Vec<DotRow<'_>> = names
                    .iter()
                    .map(|name| DotRow {
                        name: label(name),
                        look: look(name),
                        value: part.row(name).map(|row| row.mbr),
                    })
                    .collect();
                dot_rows(canvas, &panel, &rows, i == 0)?;
            }
            Ok(())
        })
    }
}

impl Fig1Part {
    fn row(&self, name: &str) -> Option<&Judged> {
        self.rows.iter().find(|row| row.name == name)
    }
}

impl Exhibit for Fig1 {
    fn name(&self) -> &'static str {
        "fig1"
    }

    fn sheet(&self) -> Sheet {
        let mut columns = vec![Column::plain("proxy", "Proxy")];
        columns.extend(self.parts.iter().flat_map(|part| {
            let about = &part.about;
            let (key, space, dataset) = (about.key(), &about.space, about.accuracies());
            [
                Column::estimate(format!("{key}_mbr"), format!("{space}\nmBR 95%")),
                Column::measured(format!("{key}_mbr10"), format!("{dataset}\nmBR10 95%")),
            ]
        }));
        let fields = |name: &str| {
            let cells = self.parts.iter().flat_map(|part| {
                let row = part.row(name);
                [
                    Field::Estimate(row.map(|row| row.mbr), None, 3),
                    Field::Measured(row.map(|row| row.expected.estimate), 3),
                ]
            });
            std::iter::once(Field::proxy(name)).chain(cells).collect()
        };
        let mut notes = vec![
            "What to see: which proxies lead near the best network, and whether they do so in every \
             space; where intervals overlap widely, the order is not known."
                .to_owned(),
        ];
        notes.extend(self.parts.iter().map(|part| part.about.measured()));
        notes.push(format!(
            "mBR under five FLOPs budgets: 0 is the oracle's, lower is better; {EXPECTED}; both with \
             their 95% bootstrap intervals."
        ));
        notes.extend(
            self.parts
                .iter()
                .map(|part| against_flops(&part.rows, &part.about.name())),
        );
        notes.push(
            "The paper says: synflow is the best zero-shot proxy on both; FLOPs and params beat it \
             on NAS-Bench-201 and not on its own spaces."
                .to_owned(),
        );
        Sheet {
            title: "Figure 1: mBR of every proxy, cells beside chains".to_owned(),
            columns,
            rows: self.names().into_iter().map(fields).collect(),
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
